#pragma once
// Passwords that one person hands to another, good until they are changed.

#include "crypto/random.hpp"

#include <string>

namespace educard::accounts {

/// Twelve letters that are easily read out and typed, "xk4t-9mhc-w7pf": 51 bits.
std::string make_one_time_password(crypto::Random& random);

}  // namespace educard::accounts
