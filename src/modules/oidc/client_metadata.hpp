#pragma once
// Client metadata (OpenID Connect Dynamic Client Registration 1.0, 2; RFC 7591, 2): what an app says of
// itself, and what is registered of that. Inside of the module. Pure functions.

#include "modules/oidc/oidc.hpp"

#include <string_view>
#include <vector>

namespace educard::oidc {

/// What an app says of itself. `app` has no organisation and no claims yet.
struct ClientMetadata {
    NewApp app;
    std::vector<Claim> covered;  // what its scope stands for
    std::optional<std::string> client_id;
    std::optional<std::string> client_secret;
};

/// Throws invalid "oauth.invalid_redirect_uri" or "oauth.invalid_client_metadata", which name all members
/// that are wrong; "json.malformed" for what is no JSON. What nobody knows is ignored (RFC 7591, 2).
ClientMetadata parse_client_metadata(std::string_view json);

/// What is registered, under the names of the metadata (RFC 7591, 3.2.1).
boost::json::object metadata_of(const App& app);

/// Throws as parse_client_metadata() does; the paths are those of the metadata.
void refuse_metadata(const std::vector<FieldError>& errors);

}  // namespace educard::oidc
