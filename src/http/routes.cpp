#include "http/routes.hpp"

#include "base/error.hpp"
#include "http/endpoint.hpp"

#include <algorithm>

namespace educard::http {

namespace {

constexpr std::string_view kPrefix = "/api/v1/";

std::string default_tag(std::string_view path) {
    if (!path.starts_with(kPrefix)) {
        return "system";
    }
    path.remove_prefix(kPrefix.size());
    return std::string(path.substr(0, path.find_first_of("/.")));
}

/// The template with its names blanked: two routes that differ only in names are the same.
std::string shape(const Route& route) {
    std::string text(to_text(route.method));
    bool inside = false;
    for (const char c : route.path) {
        inside = inside ? c != '}' : c == '{';
        if (!inside || c == '{') {
            text += c;
        }
    }
    return text;
}

std::vector<std::string> faults_of(const Route& route) {
    std::vector<std::string> faults;
    const std::string name = std::string(to_text(route.method)) + " " + route.path;
    if (route.access == Access::undeclared) {
        faults.push_back(name + ": says not who may call it");
    }
    if (route.endpoint->kind == Endpoint::Kind::immediate && route.access != Access::anyone) {
        faults.push_back(name + ": nobody looks up who is calling, so it must be for anyone");
    }
    if (route.proven && route.access == Access::anyone) {
        faults.push_back(name + ": wants proof of somebody who may be nobody");
    }
    if (route.summary.empty()) {
        faults.push_back(name + ": has no summary");
    }
    const auto in_path = path_members(route.path);
    for (const auto& field : route.endpoint->input) {
        const bool as_text = std::ranges::find(in_path, field.name) != in_path.end() || !takes_body(route);
        if (as_text && field.decode_text == nullptr) {
            faults.push_back(name + ": " + std::string(field.name) + " cannot come from a path or query");
        }
    }
    for (const auto member : in_path) {
        if (std::ranges::find(route.endpoint->input, member, &json::Field::name) ==
            route.endpoint->input.end()) {
            faults.push_back(name + ": the input has no member " + std::string(member));
        }
    }
    return faults;
}

}  // namespace

RouteBuilder& RouteBuilder::summary(std::string text) {
    route_.summary = std::move(text);
    return *this;
}

RouteBuilder& RouteBuilder::tag(std::string name) {
    route_.tag = std::move(name);
    return *this;
}

RouteBuilder& RouteBuilder::allow(std::initializer_list<Role> roles) {
    route_.access = Access::roles;
    route_.roles = roles;
    return *this;
}

RouteBuilder& RouteBuilder::signed_in() {
    route_.access = Access::signed_in;
    return *this;
}

RouteBuilder& RouteBuilder::proven() {
    route_.proven = true;
    return *this;
}

RouteBuilder& RouteBuilder::reading() {
    route_.use = Use::reading;
    return *this;
}

RouteBuilder& RouteBuilder::acting() {
    route_.use = Use::acting;
    return *this;
}

RouteBuilder& RouteBuilder::anyone() {
    route_.access = Access::anyone;
    return *this;
}

RouteBuilder& RouteBuilder::oauth() {
    route_.access = Access::anyone;
    route_.style = Style::oauth;
    return *this;
}

RouteBuilder& RouteBuilder::imsx() {
    route_.access = Access::anyone;
    route_.style = Style::imsx;
    return *this;
}

RouteBuilder& RouteBuilder::beside_page() {
    route_.beside_page = true;
    return *this;
}

RouteBuilder& RouteBuilder::json_body() {
    route_.json_body = true;
    return *this;
}

RouteBuilder& RouteBuilder::errors(std::initializer_list<std::string> codes) {
    route_.errors = codes;
    return *this;
}

RouteBuilder& RouteBuilder::rate(Rate rate) {
    route_.rate = rate;
    return *this;
}

RouteBuilder& RouteBuilder::max_body(std::size_t octets) {
    route_.max_body = octets;
    return *this;
}

Routes::Routes() = default;
Routes::~Routes() = default;

RouteBuilder Routes::get(std::string path, Endpoint endpoint) {
    return add(Method::get, std::move(path), std::move(endpoint));
}

RouteBuilder Routes::post(std::string path, Endpoint endpoint) {
    return add(Method::post, std::move(path), std::move(endpoint));
}

RouteBuilder Routes::put(std::string path, Endpoint endpoint) {
    return add(Method::put, std::move(path), std::move(endpoint));
}

RouteBuilder Routes::patch(std::string path, Endpoint endpoint) {
    return add(Method::patch, std::move(path), std::move(endpoint));
}

RouteBuilder Routes::del(std::string path, Endpoint endpoint) {
    return add(Method::del, std::move(path), std::move(endpoint));
}

RouteBuilder Routes::add(Method method, std::string path, Endpoint endpoint) {
    auto route = std::make_unique<Route>();
    route->method = method;
    route->tag = default_tag(path);
    route->path = std::move(path);
    if (endpoint.kind == Endpoint::Kind::upload) {
        route->max_body = std::size_t{64} << 20U;
    }
    route->endpoint = std::make_shared<const Endpoint>(std::move(endpoint));
    return RouteBuilder(*routes_.emplace_back(std::move(route)));
}

std::vector<std::string> Routes::faults() const {
    std::vector<std::string> faults;
    std::set<std::string> shapes;
    for (const auto& route : routes_) {
        std::ranges::move(faults_of(*route), std::back_inserter(faults));
        if (!shapes.insert(shape(*route)).second) {
            faults.push_back(route->path + ": is declared twice");
        }
    }
    return faults;
}

std::vector<std::string_view> path_members(std::string_view path) {
    std::vector<std::string_view> names;
    for (auto open = path.find('{'); open != std::string_view::npos; open = path.find('{', open + 1)) {
        names.push_back(path.substr(open + 1, path.find('}', open) - open - 1));
    }
    return names;
}

std::string_view to_text(Method method) {
    switch (method) {
        case Method::get:
            return "GET";
        case Method::post:
            return "POST";
        case Method::put:
            return "PUT";
        case Method::patch:
            return "PATCH";
        case Method::del:
            return "DELETE";
    }
    return "";
}

}  // namespace educard::http
