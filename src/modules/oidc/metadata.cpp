// What apps read first: OpenID Connect Discovery 1.0 and RFC 8414.

#include "modules/oidc/claims_request.hpp"
#include "modules/oidc/signing_keys.hpp"

#include <boost/json/array.hpp>

namespace educard::oidc {

boost::json::object Oidc::metadata() const {
    using boost::json::array;
    const array methods{"client_secret_basic", "client_secret_post", "private_key_jwt", "none"};
    const array algorithms{"ES256", "EdDSA", "Ed25519", "PS256", "RS256"};
    const auto at = [&](std::string_view path) { return parts_.issuer + std::string(path); };
    array scopes{"openid", "profile", "education", "card", "offline_access"};
    scopes.insert(scopes.end(), parts_.service_scopes.begin(), parts_.service_scopes.end());
    return {
        {"issuer", parts_.issuer},
        {"authorization_endpoint", at("/authorize")},
        {"token_endpoint", at("/oidc/token")},
        {"pushed_authorization_request_endpoint", at("/oidc/par")},
        {"device_authorization_endpoint", at("/oidc/device_authorization")},
        {"end_session_endpoint", at("/logout")},
        {"backchannel_logout_supported", true},
        {"backchannel_logout_session_supported", true},
        {"registration_endpoint", at("/oidc/register")},
        {"userinfo_endpoint", at("/oidc/userinfo")},
        {"jwks_uri", at("/oidc/jwks")},
        {"introspection_endpoint", at("/oidc/introspect")},
        {"revocation_endpoint", at("/oidc/revoke")},
        {"scopes_supported", scopes},
        {"response_types_supported", array{"code"}},
        {"response_modes_supported", array{"query", "form_post"}},
        {"grant_types_supported",
         array{"authorization_code",
               "refresh_token",
               "client_credentials",
               "urn:ietf:params:oauth:grant-type:device_code"}},
        {"subject_types_supported", array{"pairwise"}},
        {"id_token_signing_alg_values_supported", array{"RS256", "ES256", "EdDSA"}},
        {"token_endpoint_auth_methods_supported", methods},
        {"token_endpoint_auth_signing_alg_values_supported", algorithms},
        {"revocation_endpoint_auth_methods_supported", methods},
        {"revocation_endpoint_auth_signing_alg_values_supported", algorithms},
        {"introspection_endpoint_auth_methods_supported",
         array{"client_secret_basic", "client_secret_post", "private_key_jwt"}},
        {"introspection_endpoint_auth_signing_alg_values_supported", algorithms},
        {"dpop_signing_alg_values_supported", algorithms},
        {"require_pushed_authorization_requests", false},
        {"code_challenge_methods_supported", array{"S256"}},
        {"prompt_values_supported", array{"none", "login", "consent", "select_account"}},
        {"claims_supported",
         array{"sub",
               "name",
               "role",
               "stage",
               "school",
               "class_name",
               "card_number",
               "auth_time",
               "acr",
               "amr",
               "sid"}},
        {"ui_locales_supported", array{"zh-CN", "en"}},
        {"claims_parameter_supported", true},
        {"acr_values_supported", array{authentication_context(parts_.issuer)}},
        {"request_parameter_supported", false},
        {"request_uri_parameter_supported", false},
        {"authorization_response_iss_parameter_supported", true},
        {"service_documentation", at("/api")},
    };
}

boost::json::object Oidc::jwks() const {
    return signing_keys_->jwks();
}

}  // namespace educard::oidc
