#include "crypto/totp.hpp"

#include "base/base32.hpp"
#include "base/error.hpp"
#include "crypto/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <fmt/format.h>

namespace educard::crypto {

namespace {

constexpr std::chrono::seconds kStep{30};
constexpr std::uint32_t kModulus = 1'000'000;

/// Unreserved characters of RFC 3986 as they are, the rest percent-encoded.
std::string percent_encoded(std::string_view text) {
    constexpr std::string_view kUnreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string out;
    for (const char c : text) {
        if (kUnreserved.contains(c)) {
            out += c;
        } else {
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

}  // namespace

std::int64_t totp_step_of(Time at) {
    return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch() / kStep;
}

std::string totp_code(ByteView secret, std::int64_t step) {
    std::array<std::uint8_t, 8> message{};
    for (std::size_t i = 0; i < message.size(); ++i) {
        message[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(step) >> (56 - 8 * i));
    }
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> mac{};
    unsigned size = 0;
    EDU_ASSERT(::HMAC(EVP_sha1(),
                      secret.data(),
                      static_cast<int>(secret.size()),
                      message.data(),
                      message.size(),
                      mac.data(),
                      &size) != nullptr);
    const std::size_t at = mac[size - 1] & 0x0FU;
    const std::uint32_t number = (mac[at] & 0x7FU) << 24U | static_cast<std::uint32_t>(mac[at + 1]) << 16U |
                                 static_cast<std::uint32_t>(mac[at + 2]) << 8U | mac[at + 3];
    return fmt::format("{:06}", number % kModulus);
}

std::optional<std::int64_t> find_totp_step(ByteView secret,
                                           std::string_view code,
                                           Time now,
                                           std::int64_t used) {
    const auto present = totp_step_of(now);
    for (const auto step : {present, present - 1, present + 1}) {
        if (step > used && equal_in_constant_time(as_bytes(totp_code(secret, step)), as_bytes(code))) {
            return step;
        }
    }
    return std::nullopt;
}

std::string totp_uri(ByteView secret, std::string_view issuer, std::string_view account) {
    return fmt::format("otpauth://totp/{0}:{1}?secret={2}&issuer={0}",
                       percent_encoded(issuer),
                       percent_encoded(account),
                       to_base32(secret));
}

}  // namespace educard::crypto
