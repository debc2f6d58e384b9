#pragma once
// Where an app may be returned to. Pure functions.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace educard::oidc {

/// Where an app may be told things: https, or http on the loopback.
bool may_be_told(std::string_view uri);

/// Whether an app may register it: https; http only to the loopback; or a private-use scheme in
/// reverse-domain form (RFC 8252, 7.1). Absolute, without fragment and user info.
bool may_redirect_to(std::string_view uri);

/// Exactly one of those registered (RFC 9700, 2.1); on the loopback any port (RFC 8252, 7.3).
bool is_registered(std::string_view uri, const std::vector<std::string>& registered);

/// The host of all of them, or nothing when they differ: people have one `sub` there (OpenID Connect
/// Core 8.1).
std::string sector_of(const std::vector<std::string>& registered);

/// Its origin as a Content-Security-Policy names it (CSP Level 3, 2.3.1). Nothing when a form cannot be
/// posted there, or a policy not name it: a scheme of the app's own, an IPv6 address, letters that a policy
/// is written with.
std::optional<std::string> form_origin(std::string_view uri);

/// The URI with these parameters added to its query.
std::string with_parameters(std::string_view uri,
                            const std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace educard::oidc
