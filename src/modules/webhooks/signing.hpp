#pragma once
// Secrets and signatures as the Standard Webhooks specification 1.0 has them. Pure functions.

#include "base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace educard::webhooks {

constexpr std::size_t kSecretOctets = 32;

/// As people copy it: "whsec_" and base64.
std::string text_of_secret(ByteView secret);

/// "v1,<base64 of HMAC-SHA-256 over id.timestamp.body>" for each of the secrets, separated by blanks.
/// `seconds` since 1970.
std::string sign(std::span<const Bytes> secrets,
                 std::string_view id,
                 std::int64_t seconds,
                 std::string_view body);

}  // namespace educard::webhooks
