#include "crypto/cbor.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace educard::crypto::cbor {

namespace {

enum Major : unsigned { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kTag, kSimple };

double half_to_double(std::uint64_t half) {
    const auto exponent = static_cast<int>(half >> 10 & 0x1FU);
    const auto mantissa = static_cast<double>(half & 0x3FFU);
    double value = 0;
    if (exponent == 0) {
        value = std::ldexp(mantissa, -24);
    } else if (exponent != 31) {
        value = std::ldexp(mantissa + 1024, exponent - 25);
    } else {
        value = mantissa == 0 ? std::numeric_limits<double>::infinity()
                              : std::numeric_limits<double>::quiet_NaN();
    }
    return (half & 0x8000U) != 0 ? -value : value;
}

class Reader {
public:
    explicit Reader(ByteView input) : input_(input) {}

    bool value(Value& out, std::size_t depth) {
        if (depth > kMaxDepth) {
            return fail(CborFault::too_deep);
        }
        if (++items_ > kMaxItems) {
            return fail(CborFault::too_many);
        }
        const auto start = at_;
        unsigned major = 0;
        unsigned size = 0;
        if (!head(major, size, out.number) || !body(major, size, out, depth)) {
            return false;
        }
        out.raw = input_.subspan(start, at_ - start);
        return true;
    }

    CborFault fault() const { return fault_; }

private:
    bool fail(CborFault fault) {
        fault_ = fault;
        return false;
    }
    std::size_t left() const { return input_.size() - at_; }

    /// `size` is the head's low five bits.
    bool head(unsigned& major, unsigned& size, std::uint64_t& number) {
        if (left() == 0) {
            return fail(CborFault::truncated);
        }
        major = input_[at_] >> 5;
        size = input_[at_++] & 31U;
        if (size < 24) {
            number = size;
            return true;
        }
        if (size > 27) {
            return fail(size == 31 ? CborFault::indefinite : CborFault::malformed);
        }
        const std::size_t octets = std::size_t{1} << (size - 24);
        if (left() < octets) {
            return fail(CborFault::truncated);
        }
        number = 0;
        for (std::size_t i = 0; i < octets; ++i) {
            number = number << 8 | input_[at_++];
        }
        return true;
    }

    bool body(unsigned major, unsigned size, Value& out, std::size_t depth) {
        switch (major) {
            case kUnsigned:
                out.kind = Kind::unsigned_integer;
                return true;
            case kNegative:
                out.kind = Kind::negative_integer;
                return true;
            case kBytes:
            case kText:
                return string(major == kText, out);
            case kArray:
                out.kind = Kind::array;
                return list(out, out.number, depth);
            case kMap:
                out.kind = Kind::map;
                if (out.number > kMaxItems) {
                    return fail(left() < out.number ? CborFault::truncated : CborFault::too_many);
                }
                return list(out, out.number * 2, depth) && keys_differ(out);
            case kTag:
                out.kind = Kind::tag;
                return list(out, 1, depth);
            default:
                return simple(size, out);
        }
    }

    bool string(bool text, Value& out) {
        out.kind = text ? Kind::text : Kind::bytes;
        if (out.number > left()) {
            return fail(CborFault::truncated);
        }
        out.content = input_.subspan(at_, static_cast<std::size_t>(out.number));
        at_ += out.content.size();
        return !text || is_valid_utf8(as_text(out.content)) || fail(CborFault::not_utf8);
    }

    bool list(Value& out, std::uint64_t count, std::size_t depth) {
        if (count > left()) {  // each item takes an octet at least
            return fail(CborFault::truncated);
        }
        if (count > kMaxItems - items_) {
            return fail(CborFault::too_many);
        }
        out.items.resize(static_cast<std::size_t>(count));
        return std::ranges::all_of(out.items, [&](Value& item) { return value(item, depth + 1); });
    }

    bool keys_differ(const Value& map) {
        for (std::size_t i = 0; i < map.items.size(); i += 2) {
            for (std::size_t j = 0; j < i; j += 2) {
                if (std::ranges::equal(map.items[i].raw, map.items[j].raw)) {
                    return fail(CborFault::duplicate_key);
                }
            }
        }
        return true;
    }

    bool simple(unsigned size, Value& out) {
        out.kind = Kind::simple;
        if (size == 24 && out.number < 32) {
            return fail(CborFault::malformed);
        }
        if (size > 24) {
            out.kind = Kind::floating;
            out.real = size == 25 ? half_to_double(out.number)
                       : size == 26
                           ? static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(out.number)))
                           : std::bit_cast<double>(out.number);
        }
        return true;
    }

    ByteView input_;
    std::size_t at_ = 0;
    std::size_t items_ = 0;
    CborFault fault_ = CborFault::malformed;
};

}  // namespace

std::optional<std::int64_t> Value::integer() const {
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        return std::nullopt;
    }
    const auto magnitude = static_cast<std::int64_t>(number);
    if (kind == Kind::unsigned_integer) {
        return magnitude;
    }
    return kind == Kind::negative_integer ? std::optional(-1 - magnitude) : std::nullopt;
}

std::optional<std::string_view> Value::text() const {
    return kind == Kind::text ? std::optional(as_text(content)) : std::nullopt;
}

std::optional<ByteView> Value::bytes() const {
    return kind == Kind::bytes ? std::optional(content) : std::nullopt;
}

const Value* Value::find(std::int64_t key) const {
    for (std::size_t i = 0; kind == Kind::map && i + 1 < items.size(); i += 2) {
        if (items[i].integer() == key) {
            return &items[i + 1];
        }
    }
    return nullptr;
}

const Value* Value::find(std::string_view key) const {
    for (std::size_t i = 0; kind == Kind::map && i + 1 < items.size(); i += 2) {
        if (items[i].text() == key) {
            return &items[i + 1];
        }
    }
    return nullptr;
}

const Value* Value::tagged(std::uint64_t tag) const {
    return kind == Kind::tag && number == tag ? items.data() : nullptr;
}

std::expected<Value, CborFault> decode_first(ByteView input) {
    Reader reader(input);
    Value value;
    if (!reader.value(value, 0)) {
        return std::unexpected(reader.fault());
    }
    return value;
}

std::expected<Value, CborFault> decode(ByteView input) {
    auto value = decode_first(input);
    if (value && value->raw.size() != input.size()) {
        return std::unexpected(CborFault::trailing);
    }
    return value;
}

void Writer::head(unsigned major, std::uint64_t number) {
    const auto first = static_cast<std::uint8_t>(major << 5);
    if (number < 24) {
        out_.push_back(static_cast<std::uint8_t>(first | number));
        return;
    }
    unsigned size = 3;
    if (number <= 0xFF) {
        size = 0;
    } else if (number <= 0xFFFF) {
        size = 1;
    } else if (number <= 0xFFFFFFFF) {
        size = 2;
    }
    out_.push_back(static_cast<std::uint8_t>(first | (24 + size)));
    for (unsigned octet = 1U << size; octet-- > 0;) {
        out_.push_back(static_cast<std::uint8_t>(number >> (8 * octet)));
    }
}

Writer& Writer::integer(std::int64_t number) {
    if (number >= 0) {
        head(kUnsigned, static_cast<std::uint64_t>(number));
    } else {
        head(kNegative, static_cast<std::uint64_t>(-(number + 1)));
    }
    return *this;
}

Writer& Writer::bytes(ByteView octets) {
    head(kBytes, octets.size());
    return raw(octets);
}

Writer& Writer::text(std::string_view text) {
    head(kText, text.size());
    return raw(as_bytes(text));
}

Writer& Writer::boolean(bool value) {
    head(kSimple, value ? kTrue : kFalse);
    return *this;
}

Writer& Writer::null() {
    head(kSimple, kNull);
    return *this;
}

Writer& Writer::array(std::size_t items) {
    head(kArray, items);
    return *this;
}

Writer& Writer::tag(std::uint64_t number) {
    head(kTag, number);
    return *this;
}

Writer& Writer::map(std::vector<std::pair<Bytes, Bytes>> entries) {
    std::ranges::sort(entries, {}, &std::pair<Bytes, Bytes>::first);
    head(kMap, entries.size());
    for (const auto& [key, value] : entries) {
        raw(key).raw(value);
    }
    return *this;
}

Writer& Writer::raw(ByteView written) {
    out_.insert(out_.end(), written.begin(), written.end());
    return *this;
}

Bytes of(std::int64_t number) {
    return Writer().integer(number).take();
}

Bytes of(std::string_view text) {
    return Writer().text(text).take();
}

Bytes of(ByteView octets) {
    return Writer().bytes(octets).take();
}

}  // namespace educard::crypto::cbor
