#pragma once
// Keys that sign JSON Web Tokens (RFC 7515, 7518, 8037), of three algorithms behind one face, and the compact
// serialisation. OpenSSL does the work. Values; any thread.

#include "base/bytes.hpp"
#include "crypto/secret.hpp"

#include <boost/describe/enum.hpp>
#include <boost/json/object.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace educard::crypto {

/// Named as in RFC 7518, 3.1. RS256 is for clients that know nothing newer: 2,048 bits.
enum class JwsAlgorithm { RS256, ES256, EdDSA };
BOOST_DESCRIBE_ENUM(JwsAlgorithm, RS256, ES256, EdDSA)

class JwsKey {
public:
    static JwsKey generate(JwsAlgorithm algorithm);
    /// PKCS #8; nothing when it is not a key for that algorithm.
    static std::optional<JwsKey> from_der(JwsAlgorithm algorithm, ByteView der);

    JwsAlgorithm algorithm() const { return algorithm_; }
    Secret to_der() const;
    /// The public half as a JSON Web Key: kty and its members, alg and use; without kid.
    boost::json::object public_jwk() const;
    Bytes sign(ByteView message) const;

private:
    JwsKey(JwsAlgorithm algorithm, std::shared_ptr<void> key) : algorithm_(algorithm), key_(std::move(key)) {}

    JwsAlgorithm algorithm_;
    std::shared_ptr<void> key_;  // EVP_PKEY, shared by copies
};

/// A signed token in the compact serialisation. `type` is the header's typ ("JWT", "at+jwt", "logout+jwt").
std::string make_jwt(const JwsKey& key,
                     std::string_view key_id,
                     std::string_view type,
                     const boost::json::object& claims);

}  // namespace educard::crypto
