#pragma once
// CBOR (RFC 8949): a reader of outside bytes that never throws and is bounded in depth and size, and a writer
// whose output is deterministic (4.2.1). The reader wants definite lengths, valid UTF-8 and no map key twice,
// but takes any key order. A Value borrows from the input. Pure functions; any thread.

#include "base/bytes.hpp"

#include <boost/describe/enum.hpp>

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace educard::crypto::cbor {

constexpr std::size_t kMaxDepth = 16;
constexpr std::size_t kMaxItems = 1024;  // values in the whole input

enum class CborFault {
    truncated,
    trailing,    // octets after the value
    malformed,   // a head that no version of CBOR defines
    indefinite,  // lengths that are not told at the beginning
    too_deep,
    too_many,
    not_utf8,
    duplicate_key,
};
BOOST_DESCRIBE_ENUM(
    CborFault, truncated, trailing, malformed, indefinite, too_deep, too_many, not_utf8, duplicate_key)

enum class Kind { unsigned_integer, negative_integer, bytes, text, array, map, tag, simple, floating };

constexpr std::uint64_t kFalse = 20;
constexpr std::uint64_t kTrue = 21;
constexpr std::uint64_t kNull = 22;
constexpr std::uint64_t kUndefined = 23;

struct Value {
    Kind kind = Kind::simple;
    std::uint64_t number = 0;  // the integer (negative: −1 − number), the tag, the simple value
    double real = 0;
    ByteView content;          // octets of a byte or text string
    ByteView raw;              // the whole value as it was written
    std::vector<Value> items;  // of an array; key, value, key, value … of a map; the one of a tag

    /// An integer that fits 64 bits with sign.
    std::optional<std::int64_t> integer() const;
    std::optional<std::string_view> text() const;
    std::optional<ByteView> bytes() const;
    /// The value under a key of a map; null when there is none, or this is no map.
    const Value* find(std::int64_t key) const;
    const Value* find(std::string_view key) const;
    /// What the tag holds; null when this is another tag or none.
    const Value* tagged(std::uint64_t tag) const;
};

/// One value and nothing after it.
std::expected<Value, CborFault> decode(ByteView input);
/// One value, whatever comes after it; Value::raw tells how long it is.
std::expected<Value, CborFault> decode_first(ByteView input);

/// Writes values one after the other; the caller sees to it that arrays and maps get as many as they
/// announce. Maps written with map() are sorted.
class Writer {
public:
    Writer& integer(std::int64_t number);
    Writer& bytes(ByteView octets);
    Writer& text(std::string_view text);
    Writer& boolean(bool value);
    Writer& null();
    Writer& array(std::size_t items);
    Writer& tag(std::uint64_t number);
    /// Keys and values that were written apart, in the order of the keys' octets.
    Writer& map(std::vector<std::pair<Bytes, Bytes>> entries);
    /// A value that was written apart.
    Writer& raw(ByteView written);

    const Bytes& written() const { return out_; }
    Bytes take() { return std::move(out_); }

private:
    void head(unsigned major, std::uint64_t number);
    Bytes out_;
};

// One value each, for map entries.
Bytes of(std::int64_t number);
Bytes of(std::string_view text);
Bytes of(ByteView octets);

}  // namespace educard::crypto::cbor
