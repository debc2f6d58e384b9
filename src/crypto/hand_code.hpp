#pragma once
// One-time codes that are handed over on paper or read out: of invitations. Pure functions.

#include "crypto/random.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace educard::crypto {

/// Twelve letters and digits that are easily read and typed, "XK4T-9MHC-W7PF": 60 bits.
std::string make_code(Random& random);

/// As it was made, out of what somebody typed; nothing when it cannot be a code.
std::optional<std::string> read_code(std::string_view text);

}  // namespace educard::crypto
