#include "base/json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <limits>
#include <stdexcept>

namespace educard::json {

namespace {

constexpr std::size_t kMaxErrors = 100;
constexpr std::size_t kMaxEchoedName = 64;
constexpr std::int64_t kMaxSafeInteger = (std::int64_t{1} << 53) - 1;

/// How many of the octets from `at` on can be written as they are; it may stop before one that could be too.
std::size_t count_plain(std::string_view text, std::size_t at) {
    constexpr std::uint64_t kOnes = 0x0101010101010101U;
    constexpr std::uint64_t kHigh = 0x80 * kOnes;
    const auto below = [](std::uint64_t eight, std::uint64_t limit) {  // for limits up to 128
        return (eight - limit * kOnes) & ~eight & kHigh;
    };
    const std::size_t begin = at;
    for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, text.data() + at, sizeof eight);
        if ((below(eight, 0x20) | below(eight ^ '"' * kOnes, 1) | below(eight ^ '\\' * kOnes, 1)) != 0) {
            break;
        }
    }
    return at - begin;
}

/// Whether it holds NUL, or a number beyond what a double can say.
bool is_unusable(const boost::json::value& value) {
    if (const auto* number = value.if_double()) {
        return !std::isfinite(*number);
    }
    if (const auto* text = value.if_string()) {
        return text->find('\0') != boost::json::string::npos;
    }
    if (const auto* items = value.if_array()) {
        return std::ranges::any_of(*items, is_unusable);
    }
    if (const auto* members = value.if_object()) {
        return std::ranges::any_of(*members, [](const boost::json::key_value_pair& member) {
            return member.key().find('\0') != boost::json::string_view::npos || is_unusable(member.value());
        });
    }
    return false;
}

/// Length of the well-formed sequence that begins at `text`, or 0.
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0U) == 0x80U; };
    const unsigned first = byte(0);
    if (first < 0x80U) {
        return 1;
    }
    if (first >= 0xC2U && first <= 0xDFU) {
        return continues(1) ? 2 : 0;
    }
    if (first >= 0xE0U && first <= 0xEFU && continues(1) && continues(2)) {
        const bool overlong = first == 0xE0U && byte(1) < 0xA0U;
        const bool surrogate = first == 0xEDU && byte(1) >= 0xA0U;
        return overlong || surrogate ? 0 : 3;
    }
    if (first >= 0xF0U && first <= 0xF4U && continues(1) && continues(2) && continues(3)) {
        const bool overlong = first == 0xF0U && byte(1) < 0x90U;
        const bool too_high = first == 0xF4U && byte(1) >= 0x90U;
        return overlong || too_high ? 0 : 4;
    }
    return 0;
}

}  // namespace

std::string Where::text() const {
    std::string before = parent != nullptr ? parent->text() : std::string();
    if (!name.empty()) {
        const auto shown = name.substr(0, kMaxEchoedName);
        return before.empty() ? std::string(shown) : before.append(1, '.').append(shown);
    }
    if (parent != nullptr) {
        before.append(1, '[').append(std::to_string(index)).append(1, ']');
    }
    return before;
}

void FieldErrors::add(const Where& where, std::string_view code) {
    if (list_.size() < kMaxErrors) {
        list_.push_back({where.text(), std::string(code)});
    }
}

void FieldErrors::throw_if_any() && {
    if (!list_.empty()) {
        throw Error::invalid(std::move(list_));
    }
}

bool is_clean_text(std::string_view text) {
    while (!text.empty()) {
        const auto length = text.front() == '\0' ? 0 : utf8_length(text);
        if (length == 0) {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

std::optional<Bytes> Codec<Bytes>::parse(std::string_view text) {
    return text.size() > kMaxText * 4 ? std::nullopt : from_base64url(text);
}

std::string Codec<Bytes>::print(const Bytes& bytes) {
    return to_base64url(bytes);
}

boost::json::object Codec<Bytes>::schema(Components&) {
    return {{"type", "string"}, {"contentEncoding", "base64url"}, {"pattern", "^[A-Za-z0-9_-]*$"}};
}

void parse(std::string_view text, const std::function<void(const boost::json::value&)>& use) {
    unsigned char first_block[4096];
    unsigned char scratch[1024];
    boost::json::monotonic_resource memory(first_block, sizeof first_block);
    boost::json::parse_options options;
    options.max_depth = kMaxDepth;
    boost::json::parser parser({}, options, scratch, sizeof scratch);
    parser.reset(&memory);
    boost::json::error_code fault;
    parser.write(text.data(), text.size(), fault);
    if (fault) {
        throw Error(Fault::invalid, "json.malformed");
    }
    const boost::json::value value = parser.release();
    use(value);
}

namespace detail {

bool decode_text_into(
    std::string_view in, std::string& out, std::size_t max, const Where& where, FieldErrors& errors) {
    if (in.size() > max) {
        errors.add(where, "too_long");
        return false;
    }
    if (!is_clean_text(in)) {
        errors.add(where, "value");
        return false;
    }
    out.assign(in);
    return true;
}

void decode_string(const boost::json::value& in,
                   std::string& out,
                   std::size_t max,
                   const Where& where,
                   FieldErrors& errors) {
    if (const auto* text = string_of(in, where, errors)) {
        decode_text_into(std::string_view(text->data(), text->size()), out, max, where, errors);
    }
}

bool decode_integer(const boost::json::value& in,
                    std::int64_t& out,
                    const Where& where,
                    FieldErrors& errors) {
    if (const auto* number = in.if_int64()) {
        out = *number;
        return true;
    }
    errors.add(where, in.is_uint64() ? "value" : "type");
    return false;
}

void decode_double(const boost::json::value& in, double& out, const Where& where, FieldErrors& errors) {
    if (in.is_number()) {
        out = in.is_double() ? in.get_double()
                             : (in.is_int64() ? static_cast<double>(in.get_int64())
                                              : static_cast<double>(in.get_uint64()));
        if (std::isfinite(out)) {
            return;
        }
        out = 0;
        errors.add(where, "value");
    } else {
        errors.add(where, "type");
    }
}

void decode_double_text(std::string_view in, double& out, const Where& where, FieldErrors& errors) {
    const auto [end, fault] = std::from_chars(in.data(), in.data() + in.size(), out);
    if (fault != std::errc() || end != in.data() + in.size() || !std::isfinite(out)) {
        out = 0;
        errors.add(where, "value");
    }
}

void decode_bool(const boost::json::value& in, bool& out, const Where& where, FieldErrors& errors) {
    if (const auto* value = in.if_bool()) {
        out = *value;
    } else {
        errors.add(where, "type");
    }
}

void decode_bool_text(std::string_view in, bool& out, const Where& where, FieldErrors& errors) {
    if (in == "true" || in == "false") {
        out = in == "true";
    } else {
        errors.add(where, "value");
    }
}

const boost::json::string* string_of(const boost::json::value& in, const Where& where, FieldErrors& errors) {
    const auto* text = in.if_string();
    if (text == nullptr) {
        errors.add(where, in.is_null() ? "required" : "type");
    }
    return text;
}

const boost::json::array* array_of(const boost::json::value& in,
                                   std::size_t max,
                                   const Where& where,
                                   FieldErrors& errors) {
    const auto* items = in.if_array();
    if (items == nullptr) {
        errors.add(where, in.is_null() ? "required" : "type");
    } else if (items->size() > max) {
        errors.add(where, "too_many");
        return nullptr;
    }
    return items;
}

const boost::json::object* object_of(const boost::json::value& in,
                                     std::size_t max,
                                     const Where& where,
                                     FieldErrors& errors) {
    const auto* members = in.if_object();
    if (members == nullptr) {
        errors.add(where, in.is_null() ? "required" : "type");
    } else if (members->size() > max) {
        errors.add(where, "too_many");
        return nullptr;
    }
    return members;
}

void decode_raw(const boost::json::value& in,
                boost::json::value& out,
                const Where& where,
                FieldErrors& errors) {
    if (is_unusable(in)) {
        errors.add(where, "value");
    } else {
        out = in;  // assignment copies into out's own memory
    }
}

void decode_struct(const boost::json::value& in,
                   void* out,
                   std::span<const Field> fields,
                   const Where& where,
                   FieldErrors& errors) {
    const auto* members = object_of(in, kMaxItems, where, errors);
    if (members == nullptr) {
        return;
    }
    std::size_t known = 0;
    for (const auto& field : fields) {
        const Where here{&where, field.name};
        if (const auto* value =
                members->if_contains(boost::json::string_view(field.name.data(), field.name.size()))) {
            ++known;
            field.decode(*value, out, here, errors);
        } else if (!field.optional) {
            errors.add(here, "required");
        }
    }
    if (known == members->size()) {
        return;
    }
    for (const auto& member : *members) {
        const std::string_view name(member.key().data(), member.key().size());
        if (std::ranges::find(fields, name, &Field::name) == fields.end()) {
            errors.add(Where{&where, name.empty() ? "\"\"" : name}, "unknown");
        }
    }
}

void write_string(std::string_view text, std::string& out) {
    static constexpr std::string_view kHex = "0123456789abcdef";
    out += '"';
    std::size_t plain = 0;
    for (std::size_t i = count_plain(text, 0); i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20U && c != '"' && c != '\\') {
            continue;
        }
        out.append(text.substr(plain, i - plain));
        plain = i + 1;
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                out.append("\\u00").append(1, kHex[c >> 4U]).append(1, kHex[c & 15U]);
        }
        i += count_plain(text, i + 1);
    }
    out.append(text.substr(plain));
    out += '"';
}

void write_integer(std::int64_t number, std::string& out) {
    const fmt::format_int digits(number);
    out.append(digits.data(), digits.size());
}

void write_unsigned(std::uint64_t number, std::string& out) {
    const fmt::format_int digits(number);
    out.append(digits.data(), digits.size());
}

void write_double(double number, std::string& out) {
    if (std::isfinite(number)) {
        fmt::format_to(std::back_inserter(out), "{}", number);
    } else {
        out += "null";
    }
}

void write_raw(const boost::json::value& value, std::string& out) {
    out += boost::json::serialize(value);
}

void write_struct(const void* object, std::span<const Field> fields, std::string& out) {
    char separator = '{';
    for (const auto& field : fields) {
        out += separator;
        out += '"';
        out += field.name;
        out += "\":";
        field.write(object, out);
        separator = ',';
    }
    out += fields.empty() ? "{}" : "}";
}

boost::json::object string_schema(std::size_t max) {
    return {{"type", "string"}, {"maxLength", max}};
}

boost::json::object format_schema(std::string_view format) {
    return {{"type", "string"}, {"format", boost::json::string_view(format.data(), format.size())}};
}

boost::json::object integer_schema(std::int64_t min, std::uint64_t max) {
    boost::json::object schema{{"type", "integer"}};
    if (min >= -kMaxSafeInteger) {
        schema["minimum"] = min;
    }
    if (max <= static_cast<std::uint64_t>(kMaxSafeInteger)) {
        schema["maximum"] = max;
    } else {
        schema["format"] = "int64";
    }
    return schema;
}

boost::json::object enum_schema(std::span<const std::string_view> names) {
    boost::json::array list;
    for (const auto name : names) {
        list.emplace_back(boost::json::string_view(name.data(), name.size()));
    }
    return {{"type", "string"}, {"enum", std::move(list)}};
}

boost::json::object nullable(boost::json::object schema) {
    if (schema.empty()) {
        return schema;  // anything, null too
    }
    if (const auto* type = schema.if_contains("type"); type != nullptr && !schema.contains("enum")) {
        schema["type"] = boost::json::array{*type, "null"};
        return schema;
    }
    return {{"anyOf", boost::json::array{std::move(schema), boost::json::object{{"type", "null"}}}}};
}

static bool has_members(const boost::json::object& schema, std::span<const Field> fields) {
    return std::ranges::equal(
        schema.at("properties").as_object(),
        fields,
        {},
        [](const auto& property) { return std::string_view(property.key().data(), property.key().size()); },
        &Field::name);
}

boost::json::object struct_schema(std::string_view type,
                                  std::span<const Field> fields,
                                  Components& components) {
    const auto name = component_name(type);
    if (!components.contains(name)) {
        components[name] = nullptr;  // a struct may contain lists of itself
        boost::json::object properties;
        boost::json::array required;
        for (const auto& field : fields) {
            const boost::json::string_view field_name(field.name.data(), field.name.size());
            properties[field_name] = field.schema(components);
            if (!field.optional) {
                required.emplace_back(field_name);
            }
        }
        boost::json::object schema{{"type", "object"}, {"properties", std::move(properties)}};
        if (!required.empty()) {
            schema["required"] = std::move(required);
        }
        schema["additionalProperties"] = false;
        components[name] = std::move(schema);
    } else if (const auto* known = components.at(name).if_object();
               known != nullptr && !has_members(*known, fields)) {
        throw std::logic_error("two structs would be the schema " + name);
    }
    return {{"$ref", "#/components/schemas/" + name}};
}

std::string component_name(std::string_view type) {
    if (const auto open = type.find('<'); open != std::string_view::npos && type.ends_with('>')) {
        auto outer = type.substr(0, open);
        outer.remove_prefix(std::min(outer.size(), outer.rfind(':') + 1));
        return component_name(type.substr(open + 1, type.size() - open - 2)).append(outer);
    }
    std::string name;
    while (!type.empty()) {
        const auto scope = type.substr(0, type.find("::"));
        type.remove_prefix(std::min(type.size(), scope.size() + 2));
        // How Clang and GCC call a namespace without a name.
        if (scope == "educard" || scope == "(anonymous namespace)" || scope == "{anonymous}") {
            continue;
        }
        name += name.empty() ? "" : ".";
        for (const char c : scope) {
            name += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ? c : '_';
        }
    }
    return name;
}

}  // namespace detail

}  // namespace educard::json
