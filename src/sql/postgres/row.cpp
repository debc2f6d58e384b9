// Values in PostgreSQL's binary formats: big-endian integers and IEEE numbers, text and bytea as they are,
// NUMERIC (what SUM over BIGINT gives) as digits of base 10,000.
#include "sql/postgres/connection.hpp"
#include "sql/postgres/types.hpp"

#include <bit>
#include <cmath>
#include <cstring>

namespace educard::sql::postgres {

namespace {

template <class Unsigned>
Unsigned big_endian(std::string_view octets) {
    Unsigned value = 0;
    for (const char octet : octets.substr(0, sizeof(Unsigned))) {
        value = static_cast<Unsigned>((value << 8U) | static_cast<unsigned char>(octet));
    }
    return value;
}

/// The parts of a NUMERIC: number of digits, weight of the first, sign, scale, then the digits.
struct Numeric {
    explicit Numeric(std::string_view octets)
        : weight(static_cast<std::int16_t>(big_endian<std::uint16_t>(octets.substr(2)))),
          sign(big_endian<std::uint16_t>(octets.substr(4))),
          digits(octets.substr(8)),
          count(big_endian<std::uint16_t>(octets)) {}

    static constexpr std::uint16_t kNegative = 0x4000;
    static constexpr std::uint16_t kSpecial = 0xC000;  // NaN and the infinities

    int digit(int index) const {
        return index < count ? big_endian<std::uint16_t>(digits.substr(static_cast<std::size_t>(index) * 2))
                             : 0;
    }
    bool is_special() const { return (sign & kSpecial) == kSpecial; }
    /// Whole and within 64 bits, or nothing.
    std::optional<std::int64_t> integer() const {
        if (is_special() || count > weight + 1) {
            return std::nullopt;
        }
        std::int64_t value = 0;
        for (int i = 0; i <= weight; ++i) {
            const std::int64_t next = sign == kNegative ? -digit(i) : digit(i);
            if (__builtin_mul_overflow(value, 10'000, &value) ||
                __builtin_add_overflow(value, next, &value)) {
                return std::nullopt;
            }
        }
        return value;
    }
    double real() const {
        if (is_special()) {
            return std::nan("");
        }
        double value = 0;
        for (int i = 0; i < count; ++i) {
            value += digit(i) * std::pow(10'000.0, weight - i);
        }
        return sign == kNegative ? -value : value;
    }

    int weight;
    std::uint16_t sign;
    std::string_view digits;
    int count;
};

}  // namespace

std::string_view ResultRow::octets(int column) const {
    return {PQgetvalue(result_, row_, column), static_cast<std::size_t>(PQgetlength(result_, row_, column))};
}

std::int64_t ResultRow::integer(int column) const {
    if (column < columns() && !is_null(column)) {
        const auto value = octets(column);
        switch (PQftype(result_, column)) {
            case kBool:
                return value[0] != 0 ? 1 : 0;
            case kInt2:
                return static_cast<std::int16_t>(big_endian<std::uint16_t>(value));
            case kInt4:
                return static_cast<std::int32_t>(big_endian<std::uint32_t>(value));
            case kInt8:
                return static_cast<std::int64_t>(big_endian<std::uint64_t>(value));
            case kNumeric:
                if (const auto whole = Numeric(value).integer()) {
                    return *whole;
                }
                break;
            default:
                break;
        }
    }
    throw_type_fault(*this, column, "integer");
}

double ResultRow::real(int column) const {
    if (column < columns() && !is_null(column)) {
        const auto value = octets(column);
        switch (PQftype(result_, column)) {
            case kFloat4:
                return static_cast<double>(std::bit_cast<float>(big_endian<std::uint32_t>(value)));
            case kFloat8:
                return std::bit_cast<double>(big_endian<std::uint64_t>(value));
            case kNumeric:
                return Numeric(value).real();
            default:
                return static_cast<double>(integer(column));
        }
    }
    throw_type_fault(*this, column, "number");
}

std::string_view ResultRow::text(int column) const {
    if (column < columns() && !is_null(column)) {
        switch (PQftype(result_, column)) {
            case kText:
            case kVarchar:
            case kBpchar:
            case kName:
            case kUnknown:
                return octets(column);
            default:
                break;
        }
    }
    throw_type_fault(*this, column, "text");
}

ByteView ResultRow::bytes(int column) const {
    if (column >= columns() || is_null(column) || PQftype(result_, column) != kBytea) {
        throw_type_fault(*this, column, "bytes");
    }
    return as_bytes(octets(column));
}

Parameter ResultRow::value(int column) const {
    if (is_null(column)) {
        return {};
    }
    switch (PQftype(result_, column)) {
        case kBytea:
            return {.kind = Parameter::Kind::bytes, .text = as_text(bytes(column))};
        case kFloat4:
        case kFloat8:
            return {.kind = Parameter::Kind::real, .real = real(column)};
        case kBool:
        case kInt2:
        case kInt4:
        case kInt8:
        case kNumeric:
            return {.kind = Parameter::Kind::integer, .integer = integer(column)};
        default:
            return {.kind = Parameter::Kind::text, .text = text(column)};
    }
}

}  // namespace educard::sql::postgres
