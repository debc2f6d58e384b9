#pragma once
// JSON Web Tokens that others signed: reading them, and checking them with public keys that others made (RFC
// 7515, 7517, 7518, 7638, 8037). OpenSSL and libsodium do the work. Values; any thread.

#include "base/bytes.hpp"
#include "crypto/signature.hpp"

#include <boost/describe/enum.hpp>
#include <boost/json/object.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace educard::crypto {

/// What others may sign with: no "none", and nothing with a shared secret.
enum class JwtAlgorithm { RS256, PS256, ES256, EdDSA };
BOOST_DESCRIBE_ENUM(JwtAlgorithm, RS256, PS256, ES256, EdDSA)

/// A public key: RSA of 2,048 to 4,096 bits, P-256 or Ed25519.
class JwtKey {
public:
    /// Nothing when it is none of those, is for something else than signatures, or holds a private half.
    static std::optional<JwtKey> from_jwk(const boost::json::object& jwk);

    /// Its kid, or empty.
    const std::string& id() const { return id_; }
    /// base64url(SHA-256) of the canonical JWK (RFC 7638).
    const std::string& thumbprint() const { return thumbprint_; }
    /// False also when the algorithm is not one for this key.
    bool verify(JwtAlgorithm algorithm, ByteView message, ByteView signature) const;

private:
    using Rsa = std::shared_ptr<void>;  // EVP_PKEY, shared by copies
    using Key = std::variant<Rsa, P256PublicKey, Ed25519PublicKey>;
    explicit JwtKey(Key key) : key_(std::move(key)) {}

    Key key_;
    std::optional<JwtAlgorithm> only_;  // its alg, when it has one
    std::string id_;
    std::string thumbprint_;
};

struct Jwt {
    JwtAlgorithm algorithm{};
    boost::json::object header;
    boost::json::object claims;
    std::string signed_part;
    Bytes signature;

    bool is_signed_by(const JwtKey& key) const {
        return key.verify(algorithm, as_bytes(signed_part), signature);
    }
    /// The member as text; empty when it is missing or something else.
    std::string_view text(std::string_view claim) const;
    /// A NumericDate in whole seconds (RFC 7519, 2).
    std::optional<std::int64_t> seconds(std::string_view claim) const;
    /// Whether `aud` is `audience` or a list with it.
    bool is_for(std::string_view audience) const;
};

/// The compact serialisation, not yet checked by any key. Nothing when it is malformed, longer than 8 KiB, of
/// another algorithm, or wants something understood ("crit") that is not.
std::optional<Jwt> read_jwt(std::string_view text);

}  // namespace educard::crypto
