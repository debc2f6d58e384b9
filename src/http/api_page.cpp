#include "http/endpoint.hpp"
#include "http/html.hpp"
#include "http/openapi.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <map>

namespace educard::http {

namespace {

constexpr std::string_view kStyle =
    R"(:root { color-scheme: light dark; --ink: light-dark(#17212e, #eef2f7); --soft: light-dark(#5c6878, #9eaab8);
  --line: light-dark(#e1e6ed, #2a3440); --ground: light-dark(#f4f6f9, #0e141b); --surface: light-dark(#fff, #161e27); --link: light-dark(#0f4c81, #7db4e6);
  font: 16px/1.6 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; color: var(--ink); background: var(--ground); }
body { max-width: 64rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.75rem; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.375rem; }
a { color: var(--link); }
details { margin: .5rem 0; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); }
summary { cursor: pointer; }
summary:hover { color: var(--link); }
code { font: .9em/1.5 ui-monospace, monospace; }
.method { display: inline-block; min-width: 4.5em; font-weight: 600; color: var(--link); }
.about { display: block; margin-left: 1.1em; color: var(--soft); }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .375rem .75rem .375rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
@media (max-width: 40rem) { table, tbody, tr, th, td { display: block; } tr { padding: .375rem 0; border-top: 1px solid var(--line); } th, td { padding: 0; border: 0; } }
)";

std::string who(const Route& route) {
    if (route.access == Access::anyone) {
        return "anyone";
    }
    if (route.access == Access::signed_in) {
        return route.proven ? "whoever is signed in and has shown again that it is them" : "whoever is signed in";
    }
    std::string list;
    for (const auto role : route.roles) {
        list.append(list.empty() ? "" : ", ").append(boost::describe::enum_to_string(role, ""));
    }
    return list;
}

/// "Item", "list of Item", "string (date)": a schema in a few words, with links to the named ones.
std::string in_words(const boost::json::object& schema) {
    const auto text_of = [](const boost::json::value& value) {
        return value.is_string() ? std::string(value.as_string().c_str()) : boost::json::serialize(value);
    };
    if (const auto* reference = schema.if_contains("$ref")) {
        const auto name = text_of(*reference).substr(std::string_view("#/components/schemas/").size());
        return "<a href=\"#" + escape_html(name) + "\">" + escape_html(name) + "</a>";
    }
    if (const auto* choices = schema.if_contains("anyOf")) {
        return in_words(choices->as_array().front().as_object());
    }
    if (const auto* values = schema.if_contains("enum")) {
        return escape_html(boost::json::serialize(*values));
    }
    if (const auto* items = schema.if_contains("items")) {
        return "list of " + in_words(items->as_object());
    }
    if (const auto* members = schema.if_contains("additionalProperties");
        members != nullptr && members->is_object()) {
        return "map of " + in_words(members->as_object());
    }
    const auto* type = schema.if_contains("type");
    auto text = type == nullptr ? std::string("any") : escape_html(text_of(*type));
    if (const auto* format = schema.if_contains("format")) {
        text += " (" + escape_html(text_of(*format)) + ")";
    }
    return text;
}

std::string place_of(const Route& route, std::string_view name) {
    const auto in_path = path_members(route.path);
    if (std::ranges::find(in_path, name) != in_path.end()) {
        return "path";
    }
    return takes_body(route) ? "body" : "query";
}

std::string route_section(const Route& route, json::Components& components) {
    std::string html = "<details><summary><span class=\"method\">" + std::string(to_text(route.method)) +
                       "</span> <code>" + escape_html(route.path) + "</code> <span class=\"about\">" +
                       escape_html(route.summary) + "</span></summary>\n";
    html += "<p>Who may call: " + escape_html(who(route)) + "</p>\n";
    if (!route.endpoint->input.empty()) {
        html += "<table>";
        for (const auto& field : route.endpoint->input) {
            html += "<tr><th scope=\"row\"><code>" + std::string(field.name) + "</code></th><td>" +
                    place_of(route, field.name) + "</td><td>" + in_words(field.schema(components)) +
                    "</td><td>" + (field.optional ? "optional" : "required") + "</td></tr>\n";
        }
        html += "</table>\n";
    }
    html += "<p>" + std::to_string(route.endpoint->status) + " ";
    html += route.endpoint->result != nullptr ? in_words(route.endpoint->result(components))
                                              : escape_html(route.endpoint->result_type);
    html += "</p>\n";
    for (const auto& code : route.errors) {
        html += "<p><a href=\"#" + escape_html(code) + "\"><code>" + escape_html(code) + "</code></a></p>\n";
    }
    return html + "</details>\n";
}

std::string schema_sections(const json::Components& components) {
    std::map<std::string, const boost::json::object*> sorted;
    for (const auto& [name, schema] : components) {
        sorted.emplace(std::string(name.data(), name.size()), &schema.as_object());
    }
    std::string html;
    for (const auto& [name, schema] : sorted) {
        html += "<details id=\"" + escape_html(name) + "\"><summary><code>" + escape_html(name) +
                "</code></summary><table>\n";
        for (const auto& [member, member_schema] : schema->at("properties").as_object()) {
            html += "<tr><th scope=\"row\"><code>" + escape_html({member.data(), member.size()}) +
                    "</code></th><td>" + in_words(member_schema.as_object()) + "</td></tr>\n";
        }
        html += "</table></details>\n";
    }
    return html;
}

/// Callers are answered in either language.
std::string code_table(const Texts& texts) {
    std::string html = "<table>\n";
    for (const auto code : texts.codes()) {
        html += "<tr id=\"" + escape_html(code) + "\"><th scope=\"row\"><code>" + escape_html(code) +
                "</code></th><td>" + escape_html(texts.text(Language::en, code)) +
                "</td><td lang=\"zh-CN\">" + escape_html(texts.text(Language::zh_cn, code)) + "</td></tr>\n";
    }
    return html + "</table>\n";
}

constexpr std::string_view kIntroduction =
    "<p>Everything that a page can do, an app can do over this API. Callers are known by an "
    "<code>Authorization: "
    "Bearer</code> token or the session cookie; ids are strings, times RFC 3339 in UTC, dates YYYY-MM-DD; "
    "lists go on "
    "with <code>cursor</code>; refusals are problem+json (RFC 9457) with a stable <code>code</code>. For "
    "machines: "
    "<a href=\"/api/openapi.json\">openapi.json</a> (OpenAPI 3.1)</p>\n";

}  // namespace

std::string api_page(const Routes& routes, const Texts& texts, std::string_view version) {
    json::Components components;
    std::map<std::string, std::string> by_tag;
    for (const auto& route : routes.list()) {
        by_tag[route->tag] += route_section(*route, components);
    }
    std::string html =
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width\">"
        "<title>educard API</title><link rel=\"icon\" href=\"/icon.svg\" type=\"image/svg+xml\"><link "
        "rel=\"stylesheet\" href=\"/api/style.css\"></head><body><main>\n";
    html += "<h1>educard API " + escape_html(version) + "</h1>\n";
    html += kIntroduction;
    html += "<nav>";
    for (const auto& [tag, sections] : by_tag) {
        html += "<a href=\"#tag-" + escape_html(tag) + "\">" + escape_html(tag) + "</a>\n";
    }
    html += "</nav>\n";
    for (const auto& [tag, sections] : by_tag) {
        html += "<h2 id=\"tag-" + escape_html(tag) + "\">" + escape_html(tag) + "</h2>\n" + sections;
    }
    html += "<h2>Schemas</h2>\n" + schema_sections(components);
    html += "<h2>Codes</h2>\n" + code_table(texts);
    return html + "</main></body></html>\n";
}

std::string_view api_style() {
    return kStyle;
}

}  // namespace educard::http
