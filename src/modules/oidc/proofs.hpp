#pragma once
// What apps sign to show who they are, or that they hold a key. Inside of the module.

#include "crypto/jwt.hpp"
#include "modules/oidc/oidc.hpp"

#include <vector>

namespace educard::oidc {

/// The keys of a JWK Set or of one JWK (RFC 7517). Nothing when one of them is no good, when there are none,
/// or more than ten.
std::vector<crypto::JwtKey> read_keys(std::string_view json);

/// RFC 7523, 3: who the assertion says it is from, unchecked; nothing when it is malformed.
std::optional<std::string> issuer_of_assertion(std::string_view assertion);

/// RFC 7523, 3. `audiences`: what it may be for. Nothing when it is no good, or no longer or not yet.
std::optional<OnceOnly> check_assertion(std::string_view assertion,
                                        const App& app,
                                        const std::vector<std::string>& audiences,
                                        Time now);

/// What a DPoP proof has to be for (RFC 9449, 4.3).
struct ProofFor {
    std::string url;  // without query
    std::string_view method = "POST";
    std::optional<std::string_view> access_token;  // at a resource
};
struct Proof {
    std::string key_thumbprint;
    OnceOnly once;
};
/// Nothing when it is no good.
std::optional<Proof> check_proof(std::string_view proof, const ProofFor& wanted, Time now);

}  // namespace educard::oidc
