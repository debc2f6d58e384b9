#pragma once
// The card number: 16 digits, `32` + 12-digit body + 2 check digits. The body is a keyed permutation of a
// serial, so numbers are unique by construction, look random and reveal nothing; the inverse tells an issued
// number from one that never was. Values only; any thread.

#include "base/bytes.hpp"
#include "crypto/digest.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace educard::crypto {

/// How many serials and bodies there are.
constexpr std::int64_t kCardSerials = 1'000'000'000'000;

/// A permutation of 0 … 10^12 - 1: a balanced Feistel network of ten rounds over 40 bits, walked on while the
/// result is outside. Round r turns (left, right) into (right, left xor F_r(right)), F_r = the first 20 bits
/// of HMAC-SHA-256(key, "educard/card-number/1" || r || right as 4 octets, big-endian).
class CardNumberPermutation {
public:
    explicit CardNumberPermutation(ByteView key);

    /// The number of a serial, 16 digits. The serial must be in 0 … 10^12 - 1.
    std::string number_of(std::int64_t serial) const;
    /// The serial of a number; nothing when the text is not a valid card number. Spaces between groups are
    /// allowed.
    std::optional<std::int64_t> serial_of(std::string_view number) const;

private:
    std::uint32_t round(unsigned index, std::uint32_t half) const;
    std::uint64_t forward(std::uint64_t value) const;
    std::uint64_t backward(std::uint64_t value) const;

    Hmac hmac_;
};

/// The two ISO 7064 MOD 97-10 digits for fourteen: 98 − (N·100 mod 97).
std::string check_digits(std::string_view fourteen_digits);

/// Sixteen digits without spaces (ASCII spaces between groups are dropped), begin with 32 and the check fits;
/// nothing for anything else. Finds every single-digit, adjacent-swap, jump-swap, twin and phonetic error
/// (ISO/IEC 7064:2003).
std::optional<std::string> normalise_card_number(std::string_view text);

bool is_valid_card_number(std::string_view text);

/// "3212 3456 7890 1287".
std::string group_card_number(std::string_view number);
/// "32** **** **** **87".
std::string mask_card_number(std::string_view number);

}  // namespace educard::crypto
