#pragma once
// Signatures: ES256 (ECDSA P-256 with SHA-256, OpenSSL) for credentials and Ed25519 (libsodium) for the audit
// log. Keys are values and may be used from any thread; each thread keeps one prepared OpenSSL key and
// context, so that checking a signature by a key that was never seen before costs what the bare check costs.

#include "base/bytes.hpp"
#include "crypto/digest.hpp"
#include "crypto/secret.hpp"

#include <boost/describe/class.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace educard::crypto {

/// r || s for ES256, R || S for Ed25519.
using Signature = std::array<std::uint8_t, 64>;

/// 64 octets as a signature; nothing when there are more or fewer.
std::optional<Signature> to_signature(ByteView bytes);

/// A P-256 public key as a JSON Web Key (RFC 7517); other members are ignored by readers.
struct Jwk {
    std::string kty;
    std::string crv;
    std::string x;
    std::string y;
};
BOOST_DESCRIBE_STRUCT(Jwk, (), (kty, crv, x, y))

class P256PublicKey {
public:
    using Coordinate = std::array<std::uint8_t, 32>;

    /// Nothing when the point is not on the curve.
    static std::optional<P256PublicKey> from_point(ByteView x, ByteView y);
    static std::optional<P256PublicKey> from_jwk(const Jwk& jwk);

    Jwk to_jwk() const;
    /// base64url(SHA-256) of the key's canonical JWK (RFC 7638).
    std::string thumbprint() const;
    ByteView x() const { return ByteView(point_).subspan(1, 32); }
    ByteView y() const { return ByteView(point_).subspan(33, 32); }

    bool verify(ByteView message, const Signature& signature) const;
    /// The same when the message's SHA-256 is at hand.
    bool verify_digest(const Digest& digest, const Signature& signature) const;

    bool operator==(const P256PublicKey&) const = default;

private:
    P256PublicKey() = default;
    std::array<std::uint8_t, 65> point_{};  // 04 || x || y
    friend class P256PrivateKey;
};

class P256PrivateKey {
public:
    static P256PrivateKey generate();
    /// PKCS #8; nothing when it is not a P-256 key.
    static std::optional<P256PrivateKey> from_der(ByteView der);

    Secret to_der() const;
    const P256PublicKey& public_key() const { return public_key_; }
    Signature sign(ByteView message) const;

private:
    explicit P256PrivateKey(std::shared_ptr<void> key);
    std::shared_ptr<void> key_;  // EVP_PKEY, which counts its own users; shared by copies of this value
    P256PublicKey public_key_;
};

class Ed25519PublicKey {
public:
    explicit Ed25519PublicKey(const std::array<std::uint8_t, 32>& key) : key_(key) {}
    const std::array<std::uint8_t, 32>& bytes() const { return key_; }
    bool verify(ByteView message, const Signature& signature) const;

private:
    std::array<std::uint8_t, 32> key_;
};

class Ed25519PrivateKey {
public:
    /// `seed` is 32 octets (RFC 8032).
    explicit Ed25519PrivateKey(ByteView seed);
    Ed25519PublicKey public_key() const;
    Signature sign(ByteView message) const;

private:
    Secret key_;  // seed || public key
};

/// r || s as the ASN.1 that other software wants, and back; nothing when it is none or a number is too long.
Bytes signature_to_der(const Signature& signature);
std::optional<Signature> signature_from_der(ByteView der);

}  // namespace educard::crypto
