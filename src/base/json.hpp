#pragma once
// JSON from one description of a struct (BOOST_DESCRIBE_STRUCT): decoding that reports every wrong field at
// once, text written straight from the struct, and the schema for OpenAPI 3.1. Everything from outside is
// bounded: text 4 KiB, lists 1,000 items, depth 32, unless the member's type says otherwise (Text<N>, List<T,
// N>). Pure functions; any thread.
//
// Members: std::string, integers, double, bool, Id (a string), Time (RFC 3339), Date, Bytes (base64url),
// described enums (by name), described structs (bases too), std::optional, std::vector, std::map<std::string,
// T>, boost::json::value (as it comes). A member is required unless it is std::optional; null and absent are
// the same; optional is written as null. Another type joins by specialising Codec.
//
// Codes of field errors: required, type, value, too_long, too_many, unknown.

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11/algorithm.hpp>

#include <array>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace educard::json {

inline constexpr std::size_t kMaxText = 4096;  // octets
inline constexpr std::size_t kMaxItems = 1000;
inline constexpr std::size_t kMaxDepth = 32;

/// Text of up to `Max` octets, for members that need more (or less) than the usual 4 KiB.
template <std::size_t Max>
struct Text {
    std::string value;

    bool operator==(const Text&) const = default;
};

/// A list of up to `Max` items, for members that need more (or fewer) than the usual 1,000.
template <class T, std::size_t Max>
struct List {
    std::vector<T> items;

    bool operator==(const List&) const = default;
};

/// Where in the input we are; a chain on the stack that becomes text only when something is wrong.
struct Where {
    const Where* parent = nullptr;
    std::string_view name;  // empty: an item of a list
    std::size_t index = 0;

    /// "guardians[0].phone"; empty for the whole input.
    std::string text() const;
};

/// Collects what is wrong with an input, at most 100 entries.
class FieldErrors {
public:
    void add(const Where& where, std::string_view code);
    bool empty() const { return list_.empty(); }
    /// Throws Error::invalid with all that was found, if anything was.
    void throw_if_any() &&;
    const std::vector<FieldError>& list() const { return list_; }

private:
    std::vector<FieldError> list_;
};

/// Named schemas ("applications.DecideInput") of an OpenAPI document.
using Components = boost::json::object;

template <class T>
struct Codec;

/// How one member of a struct is read and written, without its type. One constant table per struct.
struct Field {
    std::string_view name;
    bool optional = false;  // may be absent from a body
    bool list = false;      // may come several times in a query
    void (*decode)(const boost::json::value& in,
                   void* object,
                   const Where& where,
                   FieldErrors& errors) = nullptr;
    /// From a path or query; null when the member cannot be written as one text.
    void (*decode_text)(std::string_view in, void* object, const Where& where, FieldErrors& errors) = nullptr;
    void (*write)(const void* object, std::string& out) = nullptr;
    boost::json::object (*schema)(Components& components) = nullptr;
};

template <class T>
concept Described = boost::describe::has_describe_members<T>::value && !std::is_union_v<T>;
template <class T>
concept DescribedEnum = boost::describe::has_describe_enumerators<T>::value;

// What the templates below share; in json.cpp.
namespace detail {

bool decode_text_into(
    std::string_view in, std::string& out, std::size_t max, const Where& where, FieldErrors& errors);
void decode_string(
    const boost::json::value& in, std::string& out, std::size_t max, const Where& where, FieldErrors& errors);
bool decode_integer(const boost::json::value& in, std::int64_t& out, const Where& where, FieldErrors& errors);
void decode_double(const boost::json::value& in, double& out, const Where& where, FieldErrors& errors);
void decode_double_text(std::string_view in, double& out, const Where& where, FieldErrors& errors);
void decode_bool(const boost::json::value& in, bool& out, const Where& where, FieldErrors& errors);
void decode_bool_text(std::string_view in, bool& out, const Where& where, FieldErrors& errors);
/// The text of a string value; null (and an error) for any other.
const boost::json::string* string_of(const boost::json::value& in, const Where& where, FieldErrors& errors);
/// The items of an array within the bound; null (and an error) otherwise.
const boost::json::array* array_of(const boost::json::value& in,
                                   std::size_t max,
                                   const Where& where,
                                   FieldErrors& errors);
const boost::json::object* object_of(const boost::json::value& in,
                                     std::size_t max,
                                     const Where& where,
                                     FieldErrors& errors);
void decode_raw(const boost::json::value& in,
                boost::json::value& out,
                const Where& where,
                FieldErrors& errors);
void decode_struct(const boost::json::value& in,
                   void* out,
                   std::span<const Field> fields,
                   const Where& where,
                   FieldErrors& errors);

void write_string(std::string_view text, std::string& out);
void write_integer(std::int64_t number, std::string& out);
void write_unsigned(std::uint64_t number, std::string& out);
void write_double(double number, std::string& out);
void write_raw(const boost::json::value& value, std::string& out);
void write_struct(const void* object, std::span<const Field> fields, std::string& out);

boost::json::object string_schema(std::size_t max);
boost::json::object format_schema(std::string_view format);
boost::json::object integer_schema(std::int64_t min, std::uint64_t max);
boost::json::object enum_schema(std::span<const std::string_view> names);
boost::json::object nullable(boost::json::object schema);
/// Puts the struct's schema among the components (once) and gives a reference to it.
boost::json::object struct_schema(std::string_view name,
                                  std::span<const Field> fields,
                                  Components& components);
/// "educard::applications::Item" → "applications.Item"; "Page<Item>" → "applications.ItemPage".
std::string component_name(std::string_view type);

template <class T>
constexpr std::string_view type_name() {
    const std::string_view name =
        __PRETTY_FUNCTION__;  // "… type_name() [T = educard::X]" or "[with T = …; …]"
    const auto begin = name.find("T = ") + 4;
    const auto semicolon = name.find(';', begin);
    const auto end = semicolon == std::string_view::npos ? name.rfind(']') : semicolon;
    return name.substr(begin, end - begin);
}

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = !std::is_same_v<T, std::uint8_t>;
template <class T, std::size_t Max>
inline constexpr bool is_list<List<T, Max>> = true;

template <class T>
concept FromText = requires(std::string_view in, T& out, const Where& where, FieldErrors& errors) {
    Codec<T>::decode_text(in, out, where, errors);
};

template <class T, class Descriptor>
struct MemberOf {
    using Member = std::remove_cvref_t<decltype(std::declval<T&>().*Descriptor::pointer)>;

    static void decode(const boost::json::value& in, void* object, const Where& where, FieldErrors& errors) {
        Codec<Member>::decode(in, static_cast<T*>(object)->*Descriptor::pointer, where, errors);
    }
    static void decode_text(std::string_view in, void* object, const Where& where, FieldErrors& errors) {
        if constexpr (FromText<Member>) {
            Codec<Member>::decode_text(in, static_cast<T*>(object)->*Descriptor::pointer, where, errors);
        }
    }
    static void write(const void* object, std::string& out) {
        Codec<Member>::write(static_cast<const T*>(object)->*Descriptor::pointer, out);
    }
    static boost::json::object schema(Components& components) { return Codec<Member>::schema(components); }
    static constexpr Field field() {
        return Field{.name = Descriptor::name,
                     .optional = is_optional<Member>,
                     .list = is_list<Member>,
                     .decode = &decode,
                     .decode_text = FromText<Member> ? &decode_text : nullptr,
                     .write = &write,
                     .schema = &schema};
    }
};

template <class T, class Descriptors>
struct FieldTable;
template <class T, template <class...> class L, class... Descriptors>
struct FieldTable<T, L<Descriptors...>> {
    static constexpr std::array<Field, sizeof...(Descriptors)> fields{MemberOf<T, Descriptors>::field()...};
};

}  // namespace detail

/// The members of a described struct, those of its bases first.
template <Described T>
constexpr std::span<const Field> fields_of() {
    using namespace boost::describe;
    return detail::FieldTable<T, describe_members<T, mod_public | mod_inherited>>::fields;
}

template <std::size_t Max>
struct TextCodec {
    static void decode(const boost::json::value& in,
                       std::string& out,
                       const Where& where,
                       FieldErrors& errors) {
        detail::decode_string(in, out, Max, where, errors);
    }
    static void decode_text(std::string_view in, std::string& out, const Where& where, FieldErrors& errors) {
        detail::decode_text_into(in, out, Max, where, errors);
    }
    static void write(const std::string& text, std::string& out) { detail::write_string(text, out); }
    static boost::json::object schema(Components&) { return detail::string_schema(Max); }
};
template <>
struct Codec<std::string> : TextCodec<kMaxText> {};

template <std::size_t Max>
struct Codec<Text<Max>> {
    static void decode(const boost::json::value& in,
                       Text<Max>& out,
                       const Where& where,
                       FieldErrors& errors) {
        detail::decode_string(in, out.value, Max, where, errors);
    }
    static void decode_text(std::string_view in, Text<Max>& out, const Where& where, FieldErrors& errors) {
        detail::decode_text_into(in, out.value, Max, where, errors);
    }
    static void write(const Text<Max>& text, std::string& out) { detail::write_string(text.value, out); }
    static boost::json::object schema(Components&) { return detail::string_schema(Max); }
};

/// Texts that are borrowed from somewhere can be written, not read.
template <>
struct Codec<std::string_view> {
    static void write(std::string_view text, std::string& out) { detail::write_string(text, out); }
    static boost::json::object schema(Components&) { return detail::string_schema(kMaxText); }
};

template <class T>
    requires(std::integral<T> && !std::same_as<T, bool>)
struct Codec<T> {
    static void decode(const boost::json::value& in, T& out, const Where& where, FieldErrors& errors) {
        std::int64_t number = 0;
        if (!detail::decode_integer(in, number, where, errors)) {
            return;
        }
        if (std::in_range<T>(number)) {
            out = static_cast<T>(number);
        } else {
            errors.add(where, "value");
        }
    }
    static void decode_text(std::string_view in, T& out, const Where& where, FieldErrors& errors) {
        const auto [end, fault] = std::from_chars(in.data(), in.data() + in.size(), out);
        if (fault != std::errc() || end != in.data() + in.size()) {
            errors.add(where, "value");
        }
    }
    static void write(T number, std::string& out) {
        if constexpr (std::is_signed_v<T>) {
            detail::write_integer(number, out);
        } else {
            detail::write_unsigned(number, out);
        }
    }
    static boost::json::object schema(Components&) {
        return detail::integer_schema(static_cast<std::int64_t>(std::numeric_limits<T>::min()),
                                      static_cast<std::uint64_t>(std::numeric_limits<T>::max()));
    }
};

template <>
struct Codec<bool> {
    static void decode(const boost::json::value& in, bool& out, const Where& where, FieldErrors& errors) {
        detail::decode_bool(in, out, where, errors);
    }
    static void decode_text(std::string_view in, bool& out, const Where& where, FieldErrors& errors) {
        detail::decode_bool_text(in, out, where, errors);
    }
    static void write(bool value, std::string& out) { out += value ? "true" : "false"; }
    static boost::json::object schema(Components&) { return {{"type", "boolean"}}; }
};

template <>
struct Codec<double> {
    static void decode(const boost::json::value& in, double& out, const Where& where, FieldErrors& errors) {
        detail::decode_double(in, out, where, errors);
    }
    static void decode_text(std::string_view in, double& out, const Where& where, FieldErrors& errors) {
        detail::decode_double_text(in, out, where, errors);
    }
    static void write(double number, std::string& out) { detail::write_double(number, out); }
    static boost::json::object schema(Components&) { return {{"type", "number"}}; }
};

/// A type that travels as one text: `static std::optional<T> parse(std::string_view)`, `static std::string
/// print(const T&)` and `static boost::json::object schema(Components&)` are all that a derived Codec adds.
template <class T, class Spelling>
struct SpelledCodec {
    static void decode(const boost::json::value& in, T& out, const Where& where, FieldErrors& errors) {
        if (const auto* text = detail::string_of(in, where, errors)) {
            decode_text(std::string_view(text->data(), text->size()), out, where, errors);
        }
    }
    static void decode_text(std::string_view in, T& out, const Where& where, FieldErrors& errors) {
        if (auto parsed = Spelling::parse(in)) {
            out = std::move(*parsed);
        } else {
            errors.add(where, "value");
        }
    }
    static void write(const T& value, std::string& out) { detail::write_string(Spelling::print(value), out); }
};

template <class Tag>
struct Codec<Id<Tag>> : SpelledCodec<Id<Tag>, Codec<Id<Tag>>> {
    static std::optional<Id<Tag>> parse(std::string_view text) {
        const auto value = parse_id(text);
        return value ? std::optional(Id<Tag>{*value}) : std::nullopt;
    }
    static std::string print(Id<Tag> id) { return std::to_string(id.value); }
    static boost::json::object schema(Components&) {
        return {{"type", "string"}, {"pattern", "^[0-9]{1,19}$"}};
    }
};

template <>
struct Codec<Time> : SpelledCodec<Time, Codec<Time>> {
    static std::optional<Time> parse(std::string_view text) { return parse_time(text); }
    static std::string print(Time time) { return to_text(time); }
    static boost::json::object schema(Components&) { return detail::format_schema("date-time"); }
};

template <>
struct Codec<Date> : SpelledCodec<Date, Codec<Date>> {
    static std::optional<Date> parse(std::string_view text) { return parse_date(text); }
    static std::string print(Date date) { return to_text(date); }
    static boost::json::object schema(Components&) { return detail::format_schema("date"); }
};

template <>
struct Codec<Bytes> : SpelledCodec<Bytes, Codec<Bytes>> {
    static std::optional<Bytes> parse(std::string_view text);
    static std::string print(const Bytes& bytes);
    static boost::json::object schema(Components&);
};

template <DescribedEnum T>
struct Codec<T> : SpelledCodec<T, Codec<T>> {
    static std::optional<T> parse(std::string_view text) {
        std::optional<T> found;
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto enumerator) {
            if (text == enumerator.name) {
                found = enumerator.value;
            }
        });
        return found;
    }
    static std::string print(T value) { return boost::describe::enum_to_string(value, ""); }
    static boost::json::object schema(Components&) {
        std::vector<std::string_view> names;
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
            [&](auto enumerator) { names.emplace_back(enumerator.name); });
        return detail::enum_schema(names);
    }
};

template <class T>
struct Codec<std::optional<T>> {
    static void decode(const boost::json::value& in,
                       std::optional<T>& out,
                       const Where& where,
                       FieldErrors& errors) {
        if (in.is_null()) {
            out.reset();
        } else {
            Codec<T>::decode(in, out.emplace(), where, errors);
        }
    }
    /// An empty text is an absent one, as forms send it.
    static void decode_text(std::string_view in,
                            std::optional<T>& out,
                            const Where& where,
                            FieldErrors& errors)
        requires detail::FromText<T>
    {
        if (in.empty()) {
            out.reset();
        } else {
            Codec<T>::decode_text(in, out.emplace(), where, errors);
        }
    }
    static void write(const std::optional<T>& value, std::string& out) {
        if (value) {
            Codec<T>::write(*value, out);
        } else {
            out += "null";
        }
    }
    static boost::json::object schema(Components& components) {
        return detail::nullable(Codec<T>::schema(components));
    }
};

template <class T, std::size_t Max>
struct ListCodec {
    static void decode(const boost::json::value& in,
                       std::vector<T>& out,
                       const Where& where,
                       FieldErrors& errors) {
        const auto* items = detail::array_of(in, Max, where, errors);
        if (items == nullptr) {
            return;
        }
        out.clear();
        out.reserve(items->size());
        for (const auto& item : *items) {
            const Where here{&where, {}, out.size()};
            Codec<T>::decode(item, out.emplace_back(), here, errors);
        }
    }
    /// Adds the items of one query parameter, separated by commas; the parameter may come again.
    static void decode_text(std::string_view in, std::vector<T>& out, const Where& where, FieldErrors& errors)
        requires detail::FromText<T>
    {
        while (!in.empty()) {
            const auto comma = in.find(',');
            if (out.size() >= Max) {
                errors.add(where, "too_many");
                return;
            }
            const Where here{&where, {}, out.size()};
            Codec<T>::decode_text(in.substr(0, comma), out.emplace_back(), here, errors);
            in = comma == std::string_view::npos ? std::string_view() : in.substr(comma + 1);
        }
    }
    static void write(const std::vector<T>& items, std::string& out) {
        char separator = '[';
        for (const auto& item : items) {
            out += separator;
            Codec<T>::write(item, out);
            separator = ',';
        }
        out += items.empty() ? "[]" : "]";
    }
    static boost::json::object schema(Components& components) {
        return {{"type", "array"}, {"items", Codec<T>::schema(components)}};
    }
};
template <class T>
struct Codec<std::vector<T>> : ListCodec<T, kMaxItems> {};

template <class T, std::size_t Max>
struct Codec<List<T, Max>> {
    static void decode(const boost::json::value& in,
                       List<T, Max>& out,
                       const Where& where,
                       FieldErrors& errors) {
        ListCodec<T, Max>::decode(in, out.items, where, errors);
    }
    static void decode_text(std::string_view in, List<T, Max>& out, const Where& where, FieldErrors& errors)
        requires detail::FromText<T>
    {
        ListCodec<T, Max>::decode_text(in, out.items, where, errors);
    }
    static void write(const List<T, Max>& list, std::string& out) {
        ListCodec<T, Max>::write(list.items, out);
    }
    static boost::json::object schema(Components& components) {
        auto schema = ListCodec<T, Max>::schema(components);
        schema["maxItems"] = Max;
        return schema;
    }
};

template <class T>
struct Codec<std::map<std::string, T>> {
    static void decode(const boost::json::value& in,
                       std::map<std::string, T>& out,
                       const Where& where,
                       FieldErrors& errors) {
        const auto* members = detail::object_of(in, kMaxItems, where, errors);
        if (members == nullptr) {
            return;
        }
        out.clear();
        for (const auto& member : *members) {
            std::string name;
            const Where here{&where, std::string_view(member.key().data(), member.key().size())};
            if (detail::decode_text_into(here.name, name, kMaxText, here, errors)) {
                Codec<T>::decode(member.value(), out[std::move(name)], here, errors);
            }
        }
    }
    static void write(const std::map<std::string, T>& members, std::string& out) {
        char separator = '{';
        for (const auto& [name, value] : members) {
            out += separator;
            detail::write_string(name, out);
            out += ':';
            Codec<T>::write(value, out);
            separator = ',';
        }
        out += members.empty() ? "{}" : "}";
    }
    static boost::json::object schema(Components& components) {
        return {{"type", "object"}, {"additionalProperties", Codec<T>::schema(components)}};
    }
};

template <>
struct Codec<boost::json::value> {
    static void decode(const boost::json::value& in,
                       boost::json::value& out,
                       const Where& where,
                       FieldErrors& errors) {
        detail::decode_raw(in, out, where, errors);
    }
    static void write(const boost::json::value& value, std::string& out) { detail::write_raw(value, out); }
    static boost::json::object schema(Components&) { return {}; }
};

template <Described T>
struct Codec<T> {
    static void decode(const boost::json::value& in, T& out, const Where& where, FieldErrors& errors) {
        detail::decode_struct(in, &out, fields_of<T>(), where, errors);
    }
    static void write(const T& value, std::string& out) { detail::write_struct(&value, fields_of<T>(), out); }
    static boost::json::object schema(Components& components) {
        return detail::struct_schema(detail::type_name<T>(), fields_of<T>(), components);
    }
};

/// Parses text and hands the value to `use`; throws Error(invalid, "json.malformed") when it is not JSON in
/// UTF-8, nests deeper than 32, or anything follows it. The value lives only for the length of the call.
void parse(std::string_view text, const std::function<void(const boost::json::value&)>& use);

/// Throws Error::invalid with all field errors at once, or Error(invalid, "json.malformed").
template <class T>
T decode(std::string_view text) {
    T out{};
    FieldErrors errors;
    parse(text, [&](const boost::json::value& value) { Codec<T>::decode(value, out, Where{}, errors); });
    std::move(errors).throw_if_any();
    return out;
}

/// Appends the value as JSON text.
template <class T>
void write(const T& value, std::string& out) {
    Codec<T>::write(value, out);
}

template <class T>
std::string encode(const T& value) {
    std::string out;
    Codec<T>::write(value, out);
    return out;
}

/// The type's schema; described structs land among the components and are referred to.
template <class T>
boost::json::object schema(Components& components) {
    return Codec<T>::schema(components);
}

/// Whether the octets are well-formed UTF-8 without surrogates and without NUL.
bool is_clean_text(std::string_view text);

}  // namespace educard::json
