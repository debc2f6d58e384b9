#include "http/openapi.hpp"

#include "http/endpoint.hpp"
#include "http/problem.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace educard::http {

namespace {

using boost::json::array;
using boost::json::object;

boost::json::string_view view(std::string_view text) {
    return {text.data(), text.size()};
}

std::string lower_method(Method method) {
    std::string text(to_text(method));
    std::ranges::transform(text, text.begin(), [](char c) { return static_cast<char>(c + 32); });
    return text;
}

bool is_in_path(const Route& route, std::string_view name) {
    const auto names = path_members(route.path);
    return std::ranges::find(names, name) != names.end();
}

/// "post_applications_id_decision"
std::string operation_id(const Route& route) {
    auto id = lower_method(route.method);
    std::string_view path = route.path;
    for (const std::string_view prefix : {"/api", "/v1"}) {
        path.remove_prefix(path.starts_with(prefix) ? prefix.size() : 0);
    }
    for (const char c : path) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (letter) {
            id += c;
        } else if (c >= 'A' && c <= 'Z') {  // academicSessions
            id += std::string("_") + static_cast<char>(c - 'A' + 'a');
        } else if (!id.ends_with('_') && c != '}') {
            id += '_';
        }
    }
    return id;
}

/// So that a request whose answer got lost may be sent again.
object idempotency_key() {
    return {{"name", "Idempotency-Key"},
            {"in", "header"},
            {"required", false},
            {"description",
             "Chosen by the client; the same request with the same key is done once and answered alike for a "
             "day."},
            {"schema", object{{"type", "string"}, {"minLength", 8}, {"maxLength", 128}}}};
}

array parameters_of(const Route& route, json::Components& components) {
    array list;
    if (route.method == Method::post || route.method == Method::del) {
        list.emplace_back(object{{"$ref", "#/components/parameters/IdempotencyKey"}});
    }
    for (const auto& field : route.endpoint->input) {
        const bool in_path = is_in_path(route, field.name);
        if (!in_path && takes_body(route)) {
            continue;
        }
        object parameter{{"name", view(field.name)},
                         {"in", in_path ? "path" : "query"},
                         {"required", in_path || !(field.optional || field.list)},
                         {"schema", field.schema(components)}};
        list.push_back(std::move(parameter));
    }
    return list;
}

/// The JSON body, or octets for an upload; empty when there is none.
object request_body(const Route& route, json::Components& components) {
    if (route.endpoint->kind == Endpoint::Kind::upload) {
        object any{{"*/*", object{{"schema", object{{"type", "string"}, {"format", "binary"}}}}}};
        return {{"required", true}, {"content", std::move(any)}};
    }
    if (!takes_body(route)) {
        return {};
    }
    if (route.json_body) {
        object any{{"application/json", object{{"schema", object{{"type", "object"}}}}}};
        return {{"required", true}, {"content", std::move(any)}};
    }
    object properties;
    array required;
    for (const auto& field : route.endpoint->input) {
        if (is_in_path(route, field.name)) {
            continue;
        }
        properties[view(field.name)] = field.schema(components);
        if (!field.optional) {
            required.emplace_back(view(field.name));
        }
    }
    if (properties.empty()) {
        return {};
    }
    const bool needed = !required.empty();
    object schema{{"type", "object"}, {"properties", std::move(properties)}};
    if (needed) {
        schema["required"] = std::move(required);
    }
    const bool form = route.style != Style::api;
    schema["additionalProperties"] = form;
    object media{{form ? "application/x-www-form-urlencoded" : "application/json",
                  object{{"schema", std::move(schema)}}}};
    return {{"required", needed}, {"content", std::move(media)}};
}

object responses_of(const Route& route, json::Components& components) {
    object success{{"description", "Done"}};
    if (!route.endpoint->result_type.empty()) {
        object schema{{"type", "string"}};
        if (route.endpoint->result != nullptr) {
            schema = route.endpoint->result(components);
        }
        success["content"] =
            object{{view(route.endpoint->result_type), object{{"schema", std::move(schema)}}}};
    }
    return {{std::to_string(route.endpoint->status), std::move(success)},
            {"default", object{{"$ref", "#/components/responses/Problem"}}}};
}

object operation_of(const Route& route, json::Components& components) {
    object operation{
        {"operationId", operation_id(route)}, {"summary", route.summary}, {"tags", array{route.tag}}};
    if (auto parameters = parameters_of(route, components); !parameters.empty()) {
        operation["parameters"] = std::move(parameters);
    }
    if (auto body = request_body(route, components); !body.empty()) {
        operation["requestBody"] = std::move(body);
    }
    operation["responses"] = responses_of(route, components);
    if (route.access != Access::anyone) {
        operation["security"] = array{object{{"bearer", array()}}, object{{"cookie", array()}}};
    }
    if (!route.roles.empty()) {
        array roles;
        for (const auto role : route.roles) {
            roles.emplace_back(boost::describe::enum_to_string(role, ""));
        }
        operation["x-educard-roles"] = std::move(roles);
    }
    if (route.proven) {
        operation["x-educard-proven"] = true;
    }
    if (!route.errors.empty()) {
        operation["x-educard-errors"] = array(route.errors.begin(), route.errors.end());
    }
    return operation;
}

object security_schemes() {
    return {{"bearer", object{{"type", "http"}, {"scheme", "bearer"}}},
            {"cookie", object{{"type", "apiKey"}, {"in", "cookie"}, {"name", "__Host-educard"}}}};
}

}  // namespace

std::string openapi_document(const Routes& routes, std::string_view version) {
    json::Components components;
    object paths;
    for (const auto& route : routes.list()) {
        if (!paths.contains(route->path)) {
            paths[route->path] = object();
        }
        paths[route->path].as_object()[lower_method(route->method)] = operation_of(*route, components);
    }
    auto problem_schema = json::schema<Problem>(components);
    object problem_content{{"application/problem+json", object{{"schema", std::move(problem_schema)}}}};
    object problem{{"description", "Refused or failed (RFC 9457)"}, {"content", std::move(problem_content)}};
    object document{{"openapi", "3.1.0"},
                    {"info",
                     object{{"title", "educard"},
                            {"version", view(version)},
                            {"summary", "The platform behind a province's education card"},
                            {"license", object{{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
                    {"servers", array{object{{"url", "/"}}}},
                    {"paths", std::move(paths)},
                    {"components",
                     object{{"schemas", std::move(components)},
                            {"parameters", object{{"IdempotencyKey", idempotency_key()}}},
                            {"responses", object{{"Problem", std::move(problem)}}},
                            {"securitySchemes", security_schemes()}}}};
    return boost::json::serialize(document);
}

}  // namespace educard::http
