#include "modules/webhooks/signing.hpp"

#include "crypto/digest.hpp"

#include <fmt/format.h>

namespace educard::webhooks {

std::string text_of_secret(ByteView secret) {
    return "whsec_" + to_base64(secret);
}

std::string sign(std::span<const Bytes> secrets,
                 std::string_view id,
                 std::int64_t seconds,
                 std::string_view body) {
    const auto head = fmt::format("{}.{}.", id, seconds);
    std::string signatures;
    for (const auto& secret : secrets) {
        const crypto::Hmac hmac(secret);
        signatures += signatures.empty() ? "v1," : " v1,";
        signatures += to_base64(hmac.over({as_bytes(head), as_bytes(body)}));
    }
    return signatures;
}

}  // namespace educard::webhooks
