#include "crypto/card_number.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace educard::crypto {

namespace {

constexpr unsigned kRounds = 10;
constexpr unsigned kHalfBits = 20;
constexpr std::uint32_t kHalfMask = (1U << kHalfBits) - 1;
constexpr std::string_view kPrefix = "32";
constexpr std::size_t kDigits = 16;

std::uint64_t number_in(std::string_view digits) {
    std::uint64_t number = 0;
    for (const char c : digits) {
        number = number * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return number;
}

}  // namespace

CardNumberPermutation::CardNumberPermutation(ByteView key) : hmac_(key) {}

std::uint32_t CardNumberPermutation::round(unsigned index, std::uint32_t half) const {
    const std::array<std::uint8_t, 5> input{static_cast<std::uint8_t>(index),
                                            static_cast<std::uint8_t>(half >> 24),
                                            static_cast<std::uint8_t>(half >> 16),
                                            static_cast<std::uint8_t>(half >> 8),
                                            static_cast<std::uint8_t>(half)};
    const auto digest = hmac_.over({as_bytes("educard/card-number/1"), input});
    return (static_cast<std::uint32_t>(digest[0]) << 12 | static_cast<std::uint32_t>(digest[1]) << 4 |
            digest[2] >> 4) &
           kHalfMask;
}

std::uint64_t CardNumberPermutation::forward(std::uint64_t value) const {
    auto left = static_cast<std::uint32_t>(value >> kHalfBits);
    auto right = static_cast<std::uint32_t>(value & kHalfMask);
    for (unsigned r = 0; r < kRounds; ++r) {
        const auto next = left ^ round(r, right);
        left = right;
        right = next;
    }
    return static_cast<std::uint64_t>(left) << kHalfBits | right;
}

std::uint64_t CardNumberPermutation::backward(std::uint64_t value) const {
    auto left = static_cast<std::uint32_t>(value >> kHalfBits);
    auto right = static_cast<std::uint32_t>(value & kHalfMask);
    for (unsigned r = kRounds; r-- > 0;) {
        const auto previous = right ^ round(r, left);
        right = left;
        left = previous;
    }
    return static_cast<std::uint64_t>(left) << kHalfBits | right;
}

std::string CardNumberPermutation::number_of(std::int64_t serial) const {
    EDU_ASSERT(serial >= 0 && serial < kCardSerials);
    constexpr auto kLimit = static_cast<std::uint64_t>(kCardSerials);
    auto body = forward(static_cast<std::uint64_t>(serial));
    while (body >= kLimit) {
        body = forward(body);
    }
    const auto payload = fmt::format("{}{:012}", kPrefix, body);
    return payload + check_digits(payload);
}

std::optional<std::int64_t> CardNumberPermutation::serial_of(std::string_view number) const {
    const auto digits = normalise_card_number(number);
    if (!digits) {
        return std::nullopt;
    }
    constexpr auto kLimit = static_cast<std::uint64_t>(kCardSerials);
    auto serial = backward(number_in(std::string_view(*digits).substr(2, 12)));
    while (serial >= kLimit) {
        serial = backward(serial);
    }
    return static_cast<std::int64_t>(serial);
}

std::string check_digits(std::string_view fourteen_digits) {
    return fmt::format("{:02}", 98 - number_in(fourteen_digits) * 100 % 97);
}

std::optional<std::string> normalise_card_number(std::string_view text) {
    std::string digits;
    digits.reserve(kDigits);
    for (const char c : text) {
        if (c == ' ') {
            continue;
        }
        if (c < '0' || c > '9' || digits.size() == kDigits) {
            return std::nullopt;
        }
        digits += c;
    }
    // 98 − remainder lies in 02 … 98, so 00, 01 and 99 are second spellings of others and refused.
    const bool fits =
        digits.size() == kDigits && digits.starts_with(kPrefix) &&
        check_digits(std::string_view(digits).substr(0, 14)) == std::string_view(digits).substr(14);
    return fits ? std::optional(std::move(digits)) : std::nullopt;
}

bool is_valid_card_number(std::string_view text) {
    return normalise_card_number(text).has_value();
}

std::string group_card_number(std::string_view number) {
    std::string text;
    for (std::size_t i = 0; i < number.size(); ++i) {
        if (i > 0 && i % 4 == 0) {
            text += ' ';
        }
        text += number[i];
    }
    return text;
}

std::string mask_card_number(std::string_view number) {
    if (number.size() != kDigits) {
        return {};
    }
    return fmt::format("{}** **** **** **{}", number.substr(0, 2), number.substr(14));
}

}  // namespace educard::crypto
