#include "crypto/aead.hpp"

#include "base/error.hpp"

#include <sodium.h>

namespace educard::crypto {

namespace {

constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;

}  // namespace

Bytes aead_seal(ByteView key, ByteView plaintext, ByteView associated, Random& random) {
    EDU_ASSERT(key.size() == kAeadKeySize);
    Bytes sealed(kNonce + plaintext.size() + kTag);
    random.fill(std::span(sealed).first(kNonce));
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data() + kNonce,
                                               nullptr,
                                               plaintext.data(),
                                               plaintext.size(),
                                               associated.data(),
                                               associated.size(),
                                               nullptr,
                                               sealed.data(),
                                               key.data());
    return sealed;
}

std::optional<Bytes> aead_open(ByteView key, ByteView sealed, ByteView associated) {
    EDU_ASSERT(key.size() == kAeadKeySize);
    if (sealed.size() < kNonce + kTag) {
        return std::nullopt;
    }
    Bytes plaintext(sealed.size() - kNonce - kTag);
    const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(plaintext.data(),
                                                                  nullptr,
                                                                  nullptr,
                                                                  sealed.data() + kNonce,
                                                                  sealed.size() - kNonce,
                                                                  associated.data(),
                                                                  associated.size(),
                                                                  sealed.data(),
                                                                  key.data());
    return failed == 0 ? std::optional(std::move(plaintext)) : std::nullopt;
}

}  // namespace educard::crypto
