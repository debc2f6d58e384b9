#pragma once
// One-time passwords by time (TOTP, RFC 6238, with HMAC-SHA-1, steps of 30 seconds and six digits): what
// every authenticator app computes. Any thread.

#include "base/bytes.hpp"
#include "base/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace educard::crypto {

constexpr std::size_t kTotpSecretSize = 20;  // octets: as long as the hash (RFC 4226, 4, R6)

/// The number of the step that `at` lies in (RFC 6238, 4.2).
std::int64_t totp_step_of(Time at);

/// The code of one step, six digits (RFC 4226, 5.3).
std::string totp_code(ByteView secret, std::int64_t step);

/// The step, newer than `used`, whose code this is: that of `now`, the one before or the one after, for
/// clocks differ (RFC 6238, 5.2). Keep it and give it as `used` from then on, so that no code is good twice.
std::optional<std::int64_t> find_totp_step(ByteView secret,
                                           std::string_view code,
                                           Time now,
                                           std::int64_t used);

/// What authenticator apps read from a QR code, "otpauth://totp/…". Issuer and account are shown to the
/// owner.
std::string totp_uri(ByteView secret, std::string_view issuer, std::string_view account);

}  // namespace educard::crypto
