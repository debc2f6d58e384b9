#include "modules/oidc/client_metadata.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "modules/oidc/details.hpp"
#include "modules/oidc/redirects.hpp"
#include "modules/oidc/requests.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <initializer_list>

namespace educard::oidc {

namespace {

using boost::json::object;

constexpr std::string_view kDeviceGrant = "urn:ietf:params:oauth:grant-type:device_code";
// Shown to people in place of what the app did not say.
constexpr std::string_view kNoPurpose = "应用未说明用途";

/// The members that mean something here.
struct Said {
    std::optional<std::vector<std::string>> redirect_uris;
    std::optional<std::string> token_endpoint_auth_method;
    std::optional<std::vector<std::string>> grant_types;
    std::optional<std::vector<std::string>> response_types;
    std::optional<boost::json::value> jwks;
    std::optional<std::string> scope;
    std::optional<std::string> application_type;
    std::optional<std::string> subject_type;
    std::optional<std::string> id_token_signed_response_alg;
    std::optional<std::vector<std::string>> post_logout_redirect_uris;
    std::optional<std::string> backchannel_logout_uri;
    std::optional<bool> backchannel_logout_session_required;
    std::optional<bool> require_pushed_authorization_requests;
    std::optional<bool> dpop_bound_access_tokens;
    std::optional<std::string> client_id;  // this and the next: of a replacement
    std::optional<std::string> client_secret;
    // What would have to be fetched from an address that the app names, or would be sealed for it: to leave
    // it out without a word would be to answer otherwise than the app relies on.
    std::optional<boost::json::value> jwks_uri;
    std::optional<boost::json::value> sector_identifier_uri;
    std::optional<boost::json::value> request_uris;
    std::optional<boost::json::value> userinfo_signed_response_alg;
    std::optional<boost::json::value> userinfo_encrypted_response_alg;
    std::optional<boost::json::value> id_token_encrypted_response_alg;
    // RFC 7592, 2.2: the app must not send these.
    std::optional<boost::json::value> registration_access_token;
    std::optional<boost::json::value> registration_client_uri;
    std::optional<boost::json::value> client_secret_expires_at;
    std::optional<boost::json::value> client_id_issued_at;
};
BOOST_DESCRIBE_STRUCT(Said,
                      (),
                      (redirect_uris,
                       token_endpoint_auth_method,
                       grant_types,
                       response_types,
                       jwks,
                       scope,
                       application_type,
                       subject_type,
                       id_token_signed_response_alg,
                       post_logout_redirect_uris,
                       backchannel_logout_uri,
                       backchannel_logout_session_required,
                       require_pushed_authorization_requests,
                       dpop_bound_access_tokens,
                       client_id,
                       client_secret,
                       jwks_uri,
                       sector_identifier_uri,
                       request_uris,
                       userinfo_signed_response_alg,
                       userinfo_encrypted_response_alg,
                       id_token_encrypted_response_alg,
                       registration_access_token,
                       registration_client_uri,
                       client_secret_expires_at,
                       client_id_issued_at))

/// Text for people: the one in Chinese, else the one without a language, else any (RFC 7591, 2.2).
std::string in_words(const object& members, std::string_view name, std::vector<FieldError>& errors) {
    const auto rank = [&](std::string_view key) {
        if (key == name) {
            return 2;
        }
        if (!key.starts_with(name) || !key.substr(name.size()).starts_with('#')) {
            return 0;
        }
        return key.substr(name.size() + 1).starts_with("zh") ? 3 : 1;
    };
    std::string best;
    int best_rank = 0;
    for (const auto& member : members) {
        const std::string_view key(member.key().data(), member.key().size());
        const auto of_this = rank(key);
        if (of_this == 0 || member.value().is_null()) {
            continue;
        }
        json::FieldErrors found;
        std::string text;
        json::Codec<std::string>::decode(member.value(), text, json::Where{nullptr, key}, found);
        errors.insert(errors.end(), found.list().begin(), found.list().end());
        if (of_this > best_rank) {
            best = std::move(text);
            best_rank = of_this;
        }
    }
    return best;
}

Said decode_known(const object& members, std::vector<FieldError>& errors) {
    Said said;
    json::FieldErrors found;
    for (const auto& field : json::fields_of<Said>()) {
        if (const auto* value = members.if_contains({field.name.data(), field.name.size()})) {
            field.decode(*value, &said, json::Where{nullptr, field.name}, found);
        }
    }
    errors.insert(errors.end(), found.list().begin(), found.list().end());
    return said;
}

void refuse_unsupported(const Said& said, std::vector<FieldError>& errors) {
    const auto refuse = [&](const char* name, const std::optional<boost::json::value>& member) {
        const bool empty = member && member->is_array() && member->as_array().empty();
        if (member && !empty) {
            errors.push_back({name, "oidc.unsupported"});
        }
    };
    refuse("jwks_uri", said.jwks_uri);
    refuse("sector_identifier_uri", said.sector_identifier_uri);
    refuse("request_uris", said.request_uris);
    refuse("userinfo_signed_response_alg", said.userinfo_signed_response_alg);
    refuse("userinfo_encrypted_response_alg", said.userinfo_encrypted_response_alg);
    refuse("id_token_encrypted_response_alg", said.id_token_encrypted_response_alg);
    refuse("registration_access_token", said.registration_access_token);
    refuse("registration_client_uri", said.registration_client_uri);
    refuse("client_secret_expires_at", said.client_secret_expires_at);
    refuse("client_id_issued_at", said.client_id_issued_at);
}

bool has(const std::vector<std::string>& list, std::string_view wanted) {
    return std::ranges::find(list, wanted) != list.end();
}

/// Whether all of them are known.
bool check_each(const std::string& name,
                const std::vector<std::string>& list,
                std::initializer_list<std::string_view> known,
                std::vector<FieldError>& errors) {
    bool good = true;
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (std::ranges::find(known, list[i]) == known.end()) {
            errors.push_back({name + "[" + std::to_string(i) + "]", "value"});
            good = false;
        }
    }
    return good;
}

/// RFC 7591, 2.1: grant types and response types go together, and redirect URIs with both.
void read_grants(const Said& said, NewApp& app, std::vector<FieldError>& errors) {
    const auto grants = said.grant_types.value_or(std::vector<std::string>{"authorization_code"});
    const bool by_code = has(grants, "authorization_code");
    const auto responses =
        said.response_types.value_or(by_code ? std::vector<std::string>{"code"} : std::vector<std::string>{});
    const bool known = check_each("grant_types",
                                  grants,
                                  {"authorization_code", "refresh_token", "client_credentials", kDeviceGrant},
                                  errors) &&
                       check_each("response_types", responses, {"code"}, errors);
    if (!known) {
        return;
    }
    if (by_code != has(responses, "code")) {
        errors.push_back({by_code ? "response_types" : "grant_types", "value"});
    }
    app.redirect_uris = said.redirect_uris.value_or(std::vector<std::string>{});
    if (by_code == app.redirect_uris.empty()) {
        errors.push_back({"redirect_uris", by_code ? "required" : "oidc.unsupported"});
    }
    app.service = has(grants, "client_credentials");
    app.device = has(grants, kDeviceGrant);
    if (!by_code && !app.service && !app.device) {
        errors.push_back({"grant_types", "value"});
    }
}

void read_authentication(const Said& said, NewApp& app, std::vector<FieldError>& errors) {
    const auto method = said.token_endpoint_auth_method.value_or("client_secret_basic");
    app.posts_secret = method == "client_secret_post";
    if (app.posts_secret || method == "client_secret_basic") {
        app.authentication = Authentication::client_secret;
    } else if (!boost::describe::enum_from_string(method.c_str(), app.authentication) ||
               app.authentication == Authentication::client_secret) {
        errors.push_back({"token_endpoint_auth_method", "value"});
    }
    if (app.authentication == Authentication::private_key_jwt && said.jwks) {
        app.keys = boost::json::serialize(*said.jwks);
    }
    const auto algorithm = said.id_token_signed_response_alg.value_or("RS256");
    if (!boost::describe::enum_from_string(algorithm.c_str(), app.id_token_algorithm)) {
        errors.push_back({"id_token_signed_response_alg", "value"});
    }
}

/// What the registry calls otherwise.
std::string name_in_metadata(const std::string& path) {
    if (path == "name") {
        return "client_name";
    }
    if (path == "keys") {
        return "jwks";
    }
    return path == "service" ? "grant_types" : path;
}

/// Empty when they differ, or people could not read it.
std::string host_of(const NewApp& app) {
    auto host = sector_of(app.redirect_uris);
    const bool plain = std::ranges::all_of(host, [](char c) { return c > ' ' && c <= '~'; });
    return plain ? host : std::string();
}

std::string scope_of(const App& app) {
    std::string scope = "openid";
    const auto add = [&](const char* name) {
        const auto covered = claims_of_scope(name);
        if (std::ranges::any_of(covered, [&](Claim claim) {
                return contains(app.essential, claim) || contains(app.voluntary, claim);
            })) {
            scope.append(" ").append(name);
        }
    };
    add("profile");
    add("education");
    add("card");
    return scope + " offline_access";
}

const char* method_of(const App& app) {
    switch (app.authentication) {
        case Authentication::none:
            return "none";
        case Authentication::client_secret:
            return app.posts_secret ? "client_secret_post" : "client_secret_basic";
        case Authentication::private_key_jwt:
            return "private_key_jwt";
    }
    return "none";
}

bool is_on_the_web(const App& app) {
    return std::ranges::all_of(app.redirect_uris,
                               [](const std::string& uri) { return uri.starts_with("https:"); });
}

boost::json::array list_of(const std::vector<std::string>& texts) {
    return boost::json::array(texts.begin(), texts.end());
}

}  // namespace

void refuse_metadata(const std::vector<FieldError>& errors) {
    if (errors.empty()) {
        return;
    }
    std::string what;
    std::vector<std::string> named;
    for (const auto& error : errors) {
        if (!has(named, error.path)) {
            named.push_back(error.path);
            what += (what.empty() ? "" : ", ") + error.path + " (" + error.code + ")";
        }
    }
    // RFC 7591, 3.2.2
    const bool redirect = std::ranges::any_of(
        errors, [](const FieldError& error) { return error.path.starts_with("redirect_uris"); });
    throw Error(Fault::invalid, redirect ? "oauth.invalid_redirect_uri" : "oauth.invalid_client_metadata")
        .with("what", what);
}

ClientMetadata parse_client_metadata(std::string_view json) {
    ClientMetadata metadata;
    auto& app = metadata.app;
    std::vector<FieldError> errors;
    json::parse(json, [&](const boost::json::value& value) {
        const auto* members = value.if_object();
        if (members == nullptr) {
            errors.push_back({"metadata", "type"});
            return;
        }
        auto said = decode_known(*members, errors);
        app.name = in_words(*members, "client_name", errors);
        app.purpose = in_words(*members, "purpose", errors);
        if (app.purpose.empty()) {
            app.purpose = kNoPurpose;
        }
        refuse_unsupported(said, errors);
        read_grants(said, app, errors);
        read_authentication(said, app, errors);
        if (said.subject_type.value_or("pairwise") != "pairwise") {
            errors.push_back({"subject_type", "value"});
        }
        const auto kind = said.application_type.value_or("web");
        if (kind != "web" && kind != "native") {
            errors.push_back({"application_type", "value"});
        }
        app.pushed = said.require_pushed_authorization_requests.value_or(false);
        app.bound = said.dpop_bound_access_tokens.value_or(false);
        app.post_logout_redirect_uris = said.post_logout_redirect_uris.value_or(std::vector<std::string>{});
        app.backchannel_logout_uri = said.backchannel_logout_uri;
        metadata.covered = claims_of_scope(said.scope.value_or(""));
        metadata.client_id = said.client_id;
        metadata.client_secret = said.client_secret;
    });
    if (errors.empty()) {
        // RFC 7591, 2: it may have no name of its own; where people return to is true of it.
        app.name = app.name.empty() ? host_of(app) : tidy(app.name);
        app.purpose = tidy(app.purpose);
        errors = find_faults(app);
        for (auto& error : errors) {
            error.path = name_in_metadata(error.path);
        }
    }
    refuse_metadata(errors);
    return metadata;
}

boost::json::object metadata_of(const App& app) {
    const bool by_code = !app.redirect_uris.empty();
    boost::json::array grants;
    if (by_code) {
        grants.emplace_back("authorization_code");
    }
    if (by_code || app.device) {
        grants.emplace_back("refresh_token");
    }
    if (app.service) {
        grants.emplace_back("client_credentials");
    }
    if (app.device) {
        grants.emplace_back(boost::json::string_view(kDeviceGrant.data(), kDeviceGrant.size()));
    }
    object metadata{
        {"client_name", app.name},
        {"purpose", app.purpose},
        {"redirect_uris", list_of(app.redirect_uris)},
        {"application_type", is_on_the_web(app) ? "web" : "native"},
        {"grant_types", std::move(grants)},
        {"response_types", by_code ? boost::json::array{"code"} : boost::json::array{}},
        {"token_endpoint_auth_method", method_of(app)},
        {"id_token_signed_response_alg", boost::describe::enum_to_string(app.id_token_algorithm, "")},
        {"subject_type", "pairwise"},
        {"post_logout_redirect_uris", list_of(app.post_logout_redirect_uris)},
        {"require_pushed_authorization_requests", app.pushed},
        {"dpop_bound_access_tokens", app.bound},
    };
    if (by_code || app.device) {
        metadata["scope"] = scope_of(app);
    }
    if (!app.keys.empty()) {
        json::parse(app.keys, [&](const boost::json::value& keys) { metadata["jwks"] = keys; });
    }
    if (app.backchannel_logout_uri) {
        metadata["backchannel_logout_uri"] = *app.backchannel_logout_uri;
        metadata["backchannel_logout_session_required"] = true;  // logout tokens have `sid` always
    }
    return metadata;
}

}  // namespace educard::oidc
