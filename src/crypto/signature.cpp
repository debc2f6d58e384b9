#include "crypto/signature.hpp"

#include "base/error.hpp"
#include "crypto/deleter.hpp"
#include "crypto/random.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <sodium.h>

namespace educard::crypto {

namespace {

using KeyPointer = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using ContextPointer = std::unique_ptr<EVP_PKEY_CTX, Deleter<EVP_PKEY_CTX_free>>;
using SignaturePointer = std::unique_ptr<ECDSA_SIG, Deleter<ECDSA_SIG_free>>;

constexpr std::size_t kMaxDer = 72;

using Point = std::array<std::uint8_t, 65>;

/// A P-256 key whose public point is replaced again and again: 1 µs, where making a key object takes 17 µs.
struct Slot {
    KeyPointer key{EVP_EC_gen("P-256")};
    ContextPointer context{EVP_PKEY_CTX_new(key.get(), nullptr)};
    Point point{};  // zero: not ready to check anything
    std::uint64_t used = 0;

    bool load(const Point& wanted) {
        point = {};
        if (EVP_PKEY_set1_encoded_public_key(key.get(), wanted.data(), wanted.size()) != 1 ||
            EVP_PKEY_verify_init(context.get()) != 1) {
            ERR_clear_error();
            return false;
        }
        point = wanted;
        return true;
    }
};

/// The keys that this thread used last: the issuer's is the same for card after card, and the holder's is met
/// when it is read and again when it is used.
class Slots {
public:
    /// What checks signatures of that key; null when the point is not on the curve.
    EVP_PKEY_CTX* find(const Point& point) {
        if (point[0] != POINT_CONVERSION_UNCOMPRESSED) {
            return nullptr;  // a key that was never made; it must not find a slot that was never filled
        }
        auto slot = std::ranges::find(slots_, point, &Slot::point);
        if (slot == slots_.end()) {
            slot = std::ranges::min_element(slots_, {}, &Slot::used);
            if (!slot->load(point)) {
                return nullptr;
            }
        }
        slot->used = ++uses_;
        return slot->context.get();
    }

private:
    std::array<Slot, 4> slots_;
    std::uint64_t uses_ = 0;
};

Slots& slots() {
    thread_local Slots made;
    return made;
}

/// One ASN.1 INTEGER of a 32-octet unsigned number.
std::uint8_t* write_integer(std::uint8_t* out, const std::uint8_t* number) {
    std::size_t skip = 0;
    while (skip < 31 && number[skip] == 0) {
        ++skip;
    }
    const std::size_t length = 32 - skip;
    const bool padded = (number[skip] & 0x80U) != 0;
    *out++ = 0x02;
    *out++ = static_cast<std::uint8_t>(length + (padded ? 1 : 0));
    if (padded) {
        *out++ = 0;
    }
    std::memcpy(out, number + skip, length);
    return out + length;
}

std::size_t write_der(std::uint8_t* out, const Signature& signature) {
    std::uint8_t* end = write_integer(out + 2, signature.data());
    end = write_integer(end, signature.data() + 32);
    out[0] = 0x30;
    out[1] = static_cast<std::uint8_t>(end - out - 2);
    return static_cast<std::size_t>(end - out);
}

}  // namespace

std::optional<Signature> to_signature(ByteView bytes) {
    Signature signature{};
    if (bytes.size() != signature.size()) {
        return std::nullopt;
    }
    std::ranges::copy(bytes, signature.begin());
    return signature;
}

Bytes signature_to_der(const Signature& signature) {
    Bytes der(kMaxDer);
    der.resize(write_der(der.data(), signature));
    return der;
}

std::optional<Signature> signature_from_der(ByteView der) {
    const auto* at = der.data();
    const SignaturePointer parsed(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    Signature signature{};
    if (!parsed || at != der.data() + der.size() ||
        BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), signature.data(), 32) != 32 ||
        BN_bn2binpad(ECDSA_SIG_get0_s(parsed.get()), signature.data() + 32, 32) != 32) {
        ERR_clear_error();
        return std::nullopt;
    }
    return signature;
}

std::optional<P256PublicKey> P256PublicKey::from_point(ByteView x, ByteView y) {
    P256PublicKey key;
    if (x.size() != 32 || y.size() != 32) {
        return std::nullopt;
    }
    key.point_[0] = POINT_CONVERSION_UNCOMPRESSED;
    std::ranges::copy(x, key.point_.begin() + 1);
    std::ranges::copy(y, key.point_.begin() + 33);
    return slots().find(key.point_) != nullptr ? std::optional(key) : std::nullopt;
}

std::optional<P256PublicKey> P256PublicKey::from_jwk(const Jwk& jwk) {
    const auto x = from_base64url(jwk.x);
    const auto y = from_base64url(jwk.y);
    if (jwk.kty != "EC" || jwk.crv != "P-256" || !x || !y) {
        return std::nullopt;
    }
    return from_point(*x, *y);
}

Jwk P256PublicKey::to_jwk() const {
    return Jwk{"EC", "P-256", to_base64url(x()), to_base64url(y())};
}

std::string P256PublicKey::thumbprint() const {
    return to_base64url(sha256(fmt::format(
        R"({{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}})", to_base64url(x()), to_base64url(y()))));
}

bool P256PublicKey::verify(ByteView message, const Signature& signature) const {
    return verify_digest(sha256(message), signature);
}

bool P256PublicKey::verify_digest(const Digest& digest, const Signature& signature) const {
    auto* const context = slots().find(point_);
    std::array<std::uint8_t, kMaxDer> der{};
    const auto length = write_der(der.data(), signature);
    const bool fits =
        context != nullptr && EVP_PKEY_verify(context, der.data(), length, digest.data(), digest.size()) == 1;
    if (!fits) {
        ERR_clear_error();
    }
    return fits;
}

P256PrivateKey::P256PrivateKey(std::shared_ptr<void> key) : key_(std::move(key)) {
    std::size_t length = 0;
    const int got = EVP_PKEY_get_octet_string_param(static_cast<EVP_PKEY*>(key_.get()),
                                                    OSSL_PKEY_PARAM_PUB_KEY,
                                                    public_key_.point_.data(),
                                                    public_key_.point_.size(),
                                                    &length);
    EDU_ASSERT(got == 1 && length == public_key_.point_.size());
}

P256PrivateKey P256PrivateKey::generate() {
    EVP_PKEY* const made = EVP_EC_gen("P-256");
    EDU_ASSERT(made != nullptr);
    return P256PrivateKey(std::shared_ptr<void>(KeyPointer(made)));
}

std::optional<P256PrivateKey> P256PrivateKey::from_der(ByteView der) {
    const auto* at = der.data();
    KeyPointer key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
    std::array<char, 32> group{};
    std::size_t length = 0;
    const bool fits = key && EVP_PKEY_get_group_name(key.get(), group.data(), group.size(), &length) == 1 &&
                      std::string_view(group.data(), length) == "prime256v1";
    if (!fits) {
        ERR_clear_error();
        return std::nullopt;
    }
    return P256PrivateKey(std::shared_ptr<void>(std::move(key)));
}

Secret P256PrivateKey::to_der() const {
    const std::unique_ptr<PKCS8_PRIV_KEY_INFO, Deleter<PKCS8_PRIV_KEY_INFO_free>> info(
        EVP_PKEY2PKCS8(static_cast<EVP_PKEY*>(key_.get())));
    unsigned char* octets = nullptr;
    const int length = i2d_PKCS8_PRIV_KEY_INFO(info.get(), &octets);
    EDU_ASSERT(length > 0);
    Secret der(Bytes(octets, octets + length));
    OPENSSL_clear_free(octets, static_cast<std::size_t>(length));
    return der;
}

Signature P256PrivateKey::sign(ByteView message) const {
    const ContextPointer context(EVP_PKEY_CTX_new(static_cast<EVP_PKEY*>(key_.get()), nullptr));
    const auto digest = sha256(message);
    std::array<std::uint8_t, kMaxDer> der{};
    std::size_t length = der.size();
    EDU_ASSERT(context && EVP_PKEY_sign_init(context.get()) == 1);
    EDU_ASSERT(EVP_PKEY_sign(context.get(), der.data(), &length, digest.data(), digest.size()) == 1);
    return signature_from_der(ByteView(der.data(), length)).value();
}

bool Ed25519PublicKey::verify(ByteView message, const Signature& signature) const {
    ensure_sodium();
    return crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key_.data()) == 0;
}

Ed25519PrivateKey::Ed25519PrivateKey(ByteView seed) {
    ensure_sodium();
    EDU_ASSERT(seed.size() == crypto_sign_SEEDBYTES);
    Bytes key(crypto_sign_SECRETKEYBYTES);
    std::array<std::uint8_t, 32> public_key{};
    crypto_sign_seed_keypair(public_key.data(), key.data(), seed.data());
    key_ = Secret(std::move(key));
}

Ed25519PublicKey Ed25519PrivateKey::public_key() const {
    std::array<std::uint8_t, 32> key{};
    std::ranges::copy(key_.view().subspan(32, 32), key.begin());
    return Ed25519PublicKey(key);
}

Signature Ed25519PrivateKey::sign(ByteView message) const {
    Signature signature{};
    crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), key_.view().data());
    return signature;
}

}  // namespace educard::crypto
