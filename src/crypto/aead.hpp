#pragma once
// XChaCha20-Poly1305 with a random nonce in front: nonce (24) || ciphertext || tag (16). Any thread.

#include "base/bytes.hpp"
#include "crypto/random.hpp"

#include <optional>

namespace educard::crypto {

constexpr std::size_t kAeadKeySize = 32;

Bytes aead_seal(ByteView key, ByteView plaintext, ByteView associated, Random& random);
/// Nothing when key, associated data or a single bit of it is not what was sealed.
std::optional<Bytes> aead_open(ByteView key, ByteView sealed, ByteView associated);

}  // namespace educard::crypto
