#pragma once
// The claims that an app asks for one by one (OpenID Connect Core 5.5). Inside of the module.

#include "modules/oidc/oidc.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::oidc {

/// Whether a claim is essential is what the app is registered for; that it says so again changes nothing
/// (5.5.1).
struct ClaimsRequest {
    std::vector<Claim> user_info;
    std::vector<Claim> id_token;
    std::optional<std::string> subject;  // nobody else may come back (3.1.2.2)
    std::vector<std::string> acr;        // one of these, if any
    bool acr_essential = false;          // without it nobody gets in (5.5.1.1)
};

/// Claims that nobody knows are left out. Nothing when it is malformed.
std::optional<ClaimsRequest> parse_claims_request(std::string_view json);

/// How people sign in, as `acr` of the ID token says it: by a password over TLS, or without TLS; the classes
/// of SAML 2.0 Authentication Context, 3.4, which others know too.
std::string_view authentication_context(std::string_view issuer);

}  // namespace educard::oidc
