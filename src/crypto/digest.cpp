#include "crypto/digest.hpp"

#include "base/error.hpp"
#include "crypto/random.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <sodium.h>

namespace educard::crypto {

namespace {

static_assert(sizeof(crypto_auth_hmacsha256_state) == 208);

const EVP_MD* sha256_algorithm() {
    static const EVP_MD* const fetched =
        EVP_MD_fetch(nullptr, "SHA256", nullptr);  // lives as long as the program
    return fetched;
}

}  // namespace

Digest sha256(ByteView bytes) {
    Digest digest{};
    const int done =
        EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, sha256_algorithm(), nullptr);
    EDU_ASSERT(done == 1);
    return digest;
}

struct Sha256::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
};

Sha256::Sha256() : state_(new State) {
    EDU_ASSERT(EVP_DigestInit_ex2(state_->context, sha256_algorithm(), nullptr) == 1);
}

Sha256::~Sha256() {
    EVP_MD_CTX_free(state_->context);
    delete state_;
}

Sha256& Sha256::add(ByteView bytes) {
    EDU_ASSERT(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
    return *this;
}

Digest Sha256::finish() {
    Digest digest{};
    EDU_ASSERT(EVP_DigestFinal_ex(state_->context, digest.data(), nullptr) == 1);
    EDU_ASSERT(EVP_DigestInit_ex2(state_->context, sha256_algorithm(), nullptr) == 1);
    return digest;
}

Hmac::Hmac(ByteView key) : state_{} {
    ensure_sodium();
    if (key.empty()) {
        key = as_bytes("");  // libsodium wants a pointer even to nothing
    }
    crypto_auth_hmacsha256_init(
        reinterpret_cast<crypto_auth_hmacsha256_state*>(state_.data()), key.data(), key.size());
}

Hmac::~Hmac() {
    sodium_memzero(state_.data(), state_.size());
}

Digest Hmac::over(std::initializer_list<ByteView> pieces) const {
    auto copy = *this;
    auto* state = reinterpret_cast<crypto_auth_hmacsha256_state*>(copy.state_.data());
    for (const auto piece : pieces) {
        if (!piece.empty()) {
            crypto_auth_hmacsha256_update(state, piece.data(), piece.size());
        }
    }
    Digest digest{};
    crypto_auth_hmacsha256_final(state, digest.data());
    return digest;
}

Digest hmac_sha256(ByteView key, ByteView message) {
    return Hmac(key)(message);
}

Bytes hkdf_sha256(ByteView secret, ByteView salt, std::string_view info, std::size_t length) {
    EDU_ASSERT(length <= 255 * sizeof(Digest));
    const Digest extracted = hmac_sha256(salt, secret);
    const Hmac expand(extracted);
    Bytes key;
    Digest block{};
    std::size_t block_size = 0;
    for (std::uint8_t counter = 1; key.size() < length; ++counter) {
        block = expand.over({ByteView(block.data(), block_size), as_bytes(info), ByteView(&counter, 1)});
        block_size = block.size();
        const auto take = std::min(block.size(), length - key.size());
        key.insert(key.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(take));
    }
    return key;
}

bool equal_in_constant_time(ByteView a, ByteView b) {
    return a.size() == b.size() && (a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace educard::crypto
