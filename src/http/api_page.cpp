#include "http/endpoint.hpp"
#include "http/openapi.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <map>

namespace educard::http {

namespace {

constexpr std::string_view kStyle =
    R"(:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 64rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid; }
details { margin: .5rem 0; padding: .25rem .5rem; border: 1px solid #8886; border-radius: .25rem; }
summary { cursor: pointer; }
code, pre { font: .9em/1.5 ui-monospace, monospace; }
pre { overflow-x: auto; padding: .5rem; background: #8881; }
.method { display: inline-block; min-width: 4.5em; font-weight: 600; }
table { border-collapse: collapse; } th, td { padding: .25rem .75rem .25rem 0; text-align: left; vertical-align: top; }
nav a { margin-right: 1rem; }
@media (max-width: 40rem) { table, tbody, tr, th, td { display: block; } tr { padding: .25rem 0; border-bottom: 1px solid #8884; } th, td { padding: 0; } }
)";

std::string escape(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

/// Two languages side by side, the reader's one chosen.
class Words {
public:
    explicit Words(Language language) : english_(language == Language::en) {}
    std::string_view operator()(std::string_view chinese, std::string_view english) const {
        return english_ ? english : chinese;
    }

private:
    bool english_;
};

std::string who(const Route& route, const Words& words) {
    if (route.access == Access::anyone) {
        return std::string(words("任何人", "anyone"));
    }
    if (route.access == Access::signed_in) {
        return std::string(words("已登录的账户", "whoever is signed in"));
    }
    std::string list;
    for (const auto role : route.roles) {
        list.append(list.empty() ? "" : ", ").append(boost::describe::enum_to_string(role, ""));
    }
    return list;
}

/// "Item", "list of Item", "string (date)": a schema in a few words, with links to the named ones.
std::string in_words(const boost::json::object& schema, const Words& words) {
    const auto text_of = [](const boost::json::value& value) {
        return value.is_string() ? std::string(value.as_string().c_str()) : boost::json::serialize(value);
    };
    if (const auto* reference = schema.if_contains("$ref")) {
        const auto name = text_of(*reference).substr(std::string_view("#/components/schemas/").size());
        return "<a href=\"#" + escape(name) + "\">" + escape(name) + "</a>";
    }
    if (const auto* choices = schema.if_contains("anyOf")) {
        return in_words(choices->as_array().front().as_object(), words);
    }
    if (const auto* values = schema.if_contains("enum")) {
        return escape(boost::json::serialize(*values));
    }
    if (const auto* items = schema.if_contains("items")) {
        return std::string(words("列表：", "list of ")) + in_words(items->as_object(), words);
    }
    if (const auto* members = schema.if_contains("additionalProperties");
        members != nullptr && members->is_object()) {
        return std::string(words("对照表：", "map of ")) + in_words(members->as_object(), words);
    }
    const auto* type = schema.if_contains("type");
    auto text = type == nullptr ? std::string("any") : escape(text_of(*type));
    if (const auto* format = schema.if_contains("format")) {
        text += " (" + escape(text_of(*format)) + ")";
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

std::string route_section(const Route& route, const Words& words, json::Components& components) {
    std::string html = "<details><summary><span class=\"method\">" + std::string(to_text(route.method)) +
                       "</span> <code>" + escape(route.path) + "</code> " + escape(route.summary) +
                       "</summary>\n";
    html +=
        "<p>" + std::string(words("谁可以调用：", "Who may call: ")) + escape(who(route, words)) + "</p>\n";
    if (!route.endpoint->input.empty()) {
        html += "<table>";
        for (const auto& field : route.endpoint->input) {
            html += "<tr><th scope=\"row\"><code>" + std::string(field.name) + "</code></th><td>" +
                    place_of(route, field.name) + "</td><td>" + in_words(field.schema(components), words) +
                    "</td><td>" +
                    std::string(field.optional ? words("可省略", "optional") : words("必填", "required")) +
                    "</td></tr>\n";
        }
        html += "</table>\n";
    }
    html += "<p>" + std::to_string(route.endpoint->status) + " ";
    html += route.endpoint->result != nullptr ? in_words(route.endpoint->result(components), words)
                                              : escape(route.endpoint->result_type);
    html += "</p>\n";
    for (const auto& code : route.errors) {
        html += "<p><a href=\"#" + escape(code) + "\"><code>" + escape(code) + "</code></a></p>\n";
    }
    return html + "</details>\n";
}

std::string schema_sections(const json::Components& components, const Words& words) {
    std::map<std::string, const boost::json::object*> sorted;
    for (const auto& [name, schema] : components) {
        sorted.emplace(std::string(name.data(), name.size()), &schema.as_object());
    }
    std::string html;
    for (const auto& [name, schema] : sorted) {
        html += "<details id=\"" + escape(name) + "\"><summary><code>" + escape(name) +
                "</code></summary><table>\n";
        for (const auto& [member, member_schema] : schema->at("properties").as_object()) {
            html += "<tr><th scope=\"row\"><code>" + escape({member.data(), member.size()}) +
                    "</code></th><td>" + in_words(member_schema.as_object(), words) + "</td></tr>\n";
        }
        html += "</table></details>\n";
    }
    return html;
}

std::string code_table(const Texts& texts, Language language) {
    std::string html = "<table>\n";
    for (const auto code : texts.codes()) {
        html += "<tr id=\"" + escape(code) + "\"><th scope=\"row\"><code>" + escape(code) +
                "</code></th><td>" + escape(texts.text(language, code)) + "</td></tr>\n";
    }
    return html + "</table>\n";
}

std::string introduction(const Words& words) {
    std::string html = "<p>";
    html += words(
        "页面能做的一切，应用也能通过接口做到。用 <code>Authorization: Bearer</code> 令牌或登录 Cookie "
        "识别身份；编号是字符串，时间是 "
        "RFC 3339（UTC），日期是 YYYY-MM-DD；列表用 <code>cursor</code> 翻页；出错时返回 problem+json（RFC "
        "9457），其中 "
        "<code>code</code> 稳定不变。机器可读的说明：",
        "Everything that a page can do, an app can do over this API. Callers are known by an "
        "<code>Authorization: "
        "Bearer</code> token or the session cookie; ids are strings, times RFC 3339 in UTC, dates "
        "YYYY-MM-DD; lists go on "
        "with <code>cursor</code>; refusals are problem+json (RFC 9457) with a stable <code>code</code>. For "
        "machines: ");
    return html + "<a href=\"/api/openapi.json\">openapi.json</a> (OpenAPI 3.1)</p>\n";
}

}  // namespace

std::string api_page(const Routes& routes, const Texts& texts, Language language, std::string_view version) {
    const Words words(language);
    json::Components components;
    std::map<std::string, std::string> by_tag;
    for (const auto& route : routes.list()) {
        by_tag[route->tag] += route_section(*route, words, components);
    }
    std::string html =
        "<!doctype html>\n<html lang=\"" + std::string(language_tag(language)) +
        "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
        "<title>educard API</title><link rel=\"stylesheet\" href=\"/api/style.css\"></head><body><main>\n";
    html += "<h1>educard API " + escape(version) + "</h1>\n" + introduction(words) + "<nav>";
    for (const auto& [tag, sections] : by_tag) {
        html += "<a href=\"#tag-" + escape(tag) + "\">" + escape(tag) + "</a>\n";
    }
    html += "</nav>\n";
    for (const auto& [tag, sections] : by_tag) {
        html += "<h2 id=\"tag-" + escape(tag) + "\">" + escape(tag) + "</h2>\n" + sections;
    }
    html +=
        "<h2>" + std::string(words("数据结构", "Schemas")) + "</h2>\n" + schema_sections(components, words);
    html += "<h2>" + std::string(words("代码", "Codes")) + "</h2>\n" + code_table(texts, language);
    return html + "</main></body></html>\n";
}

std::string_view api_style() {
    return kStyle;
}

}  // namespace educard::http
