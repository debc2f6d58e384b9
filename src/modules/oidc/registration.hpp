#pragma once
// Apps that register themselves (OpenID Connect Dynamic Client Registration 1.0, RFC 7591, RFC 7592). An
// administrator of the installation makes an initial access token for an organisation that answers for what
// is registered with it; a developer shows it and tells the client metadata. Owns app_initial_token. Values
// and pure functions; what acts on them are members of Oidc. docs/decisions/0027 says what such apps may
// hear.

#include "base/ids.hpp"
#include "base/json.hpp"

#include <boost/describe/class.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace educard::oidc {

using InitialTokenId = Id<struct InitialTokenTag>;

/// So much client metadata at most, in octets.
inline constexpr std::size_t kMaxClientMetadata = std::size_t{1} << 16U;

struct NewInitialToken {
    OrganisationId organisation_id;
    std::int64_t uses = 1;      // apps that may be registered with it, 1 to 1,000
    std::chrono::days life{7};  // 1 to 366
    bool testing = false;       // apps that are registered with it are in test
};

struct InitialToken {
    InitialTokenId id;
    OrganisationId organisation_id;
    std::int64_t uses_left = 0;
    Time created_at;
    Time expires_at;
    std::optional<Time> revoked_at;
    bool testing = false;
};
BOOST_DESCRIBE_STRUCT(InitialToken,
                      (),
                      (id, organisation_id, uses_left, created_at, expires_at, revoked_at, testing))

/// `token` is shown once and kept as a digest.
struct MadeInitialToken {
    InitialToken kept;
    std::string token;
};

/// Client metadata (RFC 7591, 2) as it came.
struct RegistrationInput {
    std::optional<json::Text<kMaxClientMetadata>> body;
};
BOOST_DESCRIBE_STRUCT(RegistrationInput, (), (body))

/// At the client configuration endpoint (RFC 7592, 2).
struct ManagedInput {
    std::string client_id;
};
BOOST_DESCRIBE_STRUCT(ManagedInput, (), (client_id))

struct ReplacementInput : ManagedInput, RegistrationInput {};
BOOST_DESCRIBE_STRUCT(ReplacementInput, (ManagedInput, RegistrationInput), ())

}  // namespace educard::oidc
