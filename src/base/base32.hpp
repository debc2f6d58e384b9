#pragma once
// Base32 (RFC 4648, 6) without padding: codes that people type.

#include "base/bytes.hpp"

#include <string>

namespace educard {

/// Capital letters and the digits 2 to 7.
std::string to_base32(ByteView bytes);

}  // namespace educard
