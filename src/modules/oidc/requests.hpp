#pragma once
// What an authorization request asks for, and what is wrong with it. Inside of the module.

#include "modules/oidc/oidc.hpp"

namespace educard::oidc {

/// An error that goes back to the app (RFC 6749, 4.1.2.1; OpenID Connect Core 3.1.2.6).
struct Refusal {
    const char* error;
    const char* description;
};

/// What is wrong with a request beside where it returns to.
std::optional<Refusal> find_refusal(const RequestInput& request);

/// Whether the answer is to be posted (OAuth 2.0 Form Post Response Mode, 2).
bool wants_post(const RequestInput& request);

bool contains(const std::vector<Claim>& claims, Claim claim);
std::vector<Claim> claims_of_scope(std::string_view scope);
/// Which claims a scope stands for, of those that the app may hear.
std::vector<Claim> claims_wanted(const App& app, std::string_view scope);
/// Those of `claims` that the app may hear, each once, in their order on the page.
/// Everything that the app may ask for.
std::vector<Claim> all_claims_of(const App& app);
std::vector<Claim> registered_of(const App& app, const std::vector<Claim>& claims);
/// What the person agreed to of them: what is essential, and what they chose of the rest.
std::vector<Claim> agreed_of(const App& app,
                             const std::vector<Claim>& wanted,
                             const std::optional<std::vector<Claim>>& chosen);
/// Claims with what the app would read.
std::vector<ClaimView> views_of(const Person& person, const std::vector<Claim>& claims, const App& app);
std::optional<std::int64_t> whole_number(std::string_view text);

/// The digest of a pushed request's token; nothing when the URI is of another kind (RFC 9126, 2.2).
std::optional<Bytes> digest_of_request_uri(std::string_view request_uri);

}  // namespace educard::oidc
