#pragma once
// What a code keeps of the authorization request for the moment when it is changed for tokens, and how tokens
// are looked up. Inside of the module.

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "crypto/digest.hpp"
#include "modules/oidc/oidc.hpp"

#include <boost/describe/class.hpp>

namespace educard::oidc {

struct CodeDetails {
    std::string redirect_uri;
    std::string challenge;
    std::optional<std::string> nonce;
    std::vector<Claim> claims;
    Time signed_in_at;
};
BOOST_DESCRIBE_STRUCT(CodeDetails, (), (redirect_uri, challenge, nonce, claims, signed_in_at))

/// A token is 256 random bits, so an unkeyed digest keeps it.
inline Bytes digest_of_token(std::string_view token) {
    const auto digest = crypto::sha256(token);
    return {digest.begin(), digest.end()};
}

bool has_scope(std::string_view scopes, std::string_view wanted);

}  // namespace educard::oidc
