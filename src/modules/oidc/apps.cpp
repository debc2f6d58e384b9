// The registry of apps.

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "crypto/digest.hpp"
#include "crypto/random.hpp"
#include "modules/oidc/proofs.hpp"
#include "modules/oidc/redirects.hpp"
#include "modules/oidc/signing_keys.hpp"
#include "modules/oidc/store.hpp"

#include <algorithm>

namespace educard::oidc {

namespace {

constexpr std::size_t kMaxName = 50;
constexpr std::size_t kMaxPurpose = 200;
constexpr std::size_t kMaxRedirects = 20;

void check_text(std::string_view field,
                const std::string& text,
                std::size_t most,
                std::vector<FieldError>& errors) {
    if (text.empty()) {
        errors.push_back({std::string(field), "required"});
    } else if (count_characters(text) > most) {
        errors.push_back({std::string(field), "too_long"});
    }
}

void check_uris(const std::string& field,
                const std::vector<std::string>& uris,
                std::vector<FieldError>& errors) {
    if (uris.size() > kMaxRedirects) {
        errors.push_back({field, "too_many"});
    }
    for (std::size_t i = 0; i < uris.size(); ++i) {
        if (!may_redirect_to(uris[i])) {
            errors.push_back({field + "[" + std::to_string(i) + "]", "oidc.redirect_uri"});
        }
    }
}

std::vector<FieldError> find_faults(const NewApp& app) {
    std::vector<FieldError> errors;
    check_text("name", app.name, kMaxName, errors);
    check_text("purpose", app.purpose, kMaxPurpose, errors);
    if (app.redirect_uris.empty() && !app.service && !app.device) {
        errors.push_back({"redirect_uris", "required"});
    }
    check_uris("redirect_uris", app.redirect_uris, errors);
    check_uris("post_logout_redirect_uris", app.post_logout_redirect_uris, errors);
    if (app.backchannel_logout_uri && !may_be_told(*app.backchannel_logout_uri)) {
        errors.push_back({"backchannel_logout_uri", "oidc.redirect_uri"});
    }
    const bool twice = std::ranges::any_of(app.voluntary, [&](Claim claim) {
        return std::ranges::find(app.essential, claim) != app.essential.end();
    });
    if (twice) {
        errors.push_back({"voluntary", "oidc.claim_twice"});
    }
    if ((app.authentication == Authentication::private_key_jwt) != !app.keys.empty()) {
        errors.push_back({"keys", app.keys.empty() ? "required" : "oidc.keys_unused"});
    } else if (!app.keys.empty() && read_keys(app.keys).empty()) {
        errors.push_back({"keys", "oidc.keys"});
    }
    if (app.service && app.authentication == Authentication::none) {
        errors.push_back({"service", "oidc.service_without_secret"});
    }
    return errors;
}

Bytes digest_of(std::string_view secret) {
    const auto digest = crypto::sha256(secret);
    return {digest.begin(), digest.end()};
}

}  // namespace

App app_of(const store::AppRow& row) {
    return {
        .id = row.id,
        .organisation_id = row.organisation_id,
        .name = row.name,
        .purpose = row.purpose,
        .authentication = row.authentication,
        .redirect_uris = json::decode<std::vector<std::string>>(row.redirect_uris),
        .essential = json::decode<std::vector<Claim>>(row.essential),
        .voluntary = json::decode<std::vector<Claim>>(row.voluntary),
        .id_token_algorithm = row.id_token_algorithm,
        .keys = row.keys,
        .service = row.service,
        .pushed = row.pushed,
        .bound = row.bound,
        .device = row.device,
        .post_logout_redirect_uris = json::decode<std::vector<std::string>>(row.post_logout_redirect_uris),
        .backchannel_logout_uri = row.backchannel_logout_uri,
        .state = row.state,
        .created_at = row.created_at};
}

Oidc::Oidc(Parts parts)
    : parts_(std::move(parts)),
      cipher_(parts_.keys, parts_.random),
      signing_keys_(std::make_unique<SigningKeys>(parts_.database, cipher_, parts_.clock)) {}

Oidc::~Oidc() = default;

void Oidc::renew_keys() {
    signing_keys_->renew();
}

Registered Oidc::register_app(sql::Tx& tx, const Caller& caller, const NewApp& wanted) const {
    NewApp app = wanted;
    app.name = tidy(app.name);
    app.purpose = tidy(app.purpose);
    if (auto errors = find_faults(app); !errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    const auto organisation = parts_.organisations.get(tx, app.organisation_id);
    const auto now = parts_.clock.now();
    const store::AppRow row{.id = parts_.ids.next<AppId>(),
                            .organisation_id = organisation.id,
                            .name = app.name,
                            .purpose = app.purpose,
                            .authentication = app.authentication,
                            .redirect_uris = json::encode(app.redirect_uris),
                            .essential = json::encode(app.essential),
                            .voluntary = json::encode(app.voluntary),
                            .id_token_algorithm = app.id_token_algorithm,
                            .keys = app.keys,
                            .service = app.service,
                            .pushed = app.pushed,
                            .bound = app.bound,
                            .device = app.device,
                            .post_logout_redirect_uris = json::encode(app.post_logout_redirect_uris),
                            .backchannel_logout_uri = app.backchannel_logout_uri,
                            .state = AppState::active,
                            .created_at = now};
    store::insert_app(tx, row);
    Registered registered{.app = app_of(row), .secret = std::nullopt};
    if (app.authentication == Authentication::client_secret) {
        registered.secret = parts_.random.token();
        store::insert_secret(tx, parts_.ids.next<AppSecretId>(), row.id, digest_of(*registered.secret), now);
    }
    parts_.audit.record(tx,
                        caller,
                        AuditEntry{.action = "oidc.app_registered",
                                   .organisation_path = organisation.path,
                                   .subject_kind = "app",
                                   .subject = std::to_string(row.id.value),
                                   .details = ""});
    return registered;
}

std::vector<App> Oidc::list_apps(sql::Tx& tx) const {
    std::vector<App> apps;
    for (const auto& row : store::list_apps(tx)) {
        apps.push_back(app_of(row));
    }
    return apps;
}

std::optional<App> Oidc::find_app(sql::Tx& tx, AppId id) const {
    const auto row = store::find_app(tx, id);
    return row ? std::optional(app_of(*row)) : std::nullopt;
}

std::string Oidc::rotate_secret(sql::Tx& tx, const Caller& caller, AppId id) const {
    const auto app = find_app(tx, id);
    if (!app) {
        throw Error(Fault::not_found, "oidc.app_unknown");
    }
    if (app->authentication != Authentication::client_secret) {
        throw Error(Fault::conflict, "oidc.app_without_secret");
    }
    const auto now = parts_.clock.now();
    store::end_secrets(tx, id, now + kSecretOverlap);
    auto secret = parts_.random.token();
    store::insert_secret(tx, parts_.ids.next<AppSecretId>(), id, digest_of(secret), now);
    parts_.audit.record(
        tx,
        caller,
        AuditEntry{.action = "oidc.secret_rotated",
                   .organisation_path = parts_.organisations.get(tx, app->organisation_id).path,
                   .subject_kind = "app",
                   .subject = std::to_string(id.value),
                   .details = ""});
    return secret;
}

void Oidc::replace_keys(sql::Tx& tx, const Caller& caller, AppId id, std::string_view keys) const {
    const auto app = find_app(tx, id);
    if (!app) {
        throw Error(Fault::not_found, "oidc.app_unknown");
    }
    if (app->authentication != Authentication::private_key_jwt) {
        throw Error(Fault::conflict, "oidc.app_without_keys");
    }
    if (read_keys(keys).empty()) {
        throw Error::invalid("keys", "oidc.keys");
    }
    store::set_keys(tx, id, keys);
    parts_.audit.record(
        tx,
        caller,
        AuditEntry{.action = "oidc.keys_replaced",
                   .organisation_path = parts_.organisations.get(tx, app->organisation_id).path,
                   .subject_kind = "app",
                   .subject = std::to_string(id.value),
                   .details = ""});
}

void Oidc::set_state(sql::Tx& tx, const Caller& caller, AppId id, AppState state) const {
    const auto app = find_app(tx, id);
    if (!app || !store::set_state(tx, id, state)) {
        throw Error(Fault::not_found, "oidc.app_unknown");
    }
    parts_.audit.record(
        tx,
        caller,
        AuditEntry{.action = state == AppState::active ? "oidc.app_enabled" : "oidc.app_disabled",
                   .organisation_path = parts_.organisations.get(tx, app->organisation_id).path,
                   .subject_kind = "app",
                   .subject = std::to_string(id.value),
                   .details = ""});
}

AppView Oidc::view_of(sql::Tx& tx, const App& app) const {
    return {.id = app.id,
            .name = app.name,
            .purpose = app.purpose,
            .organisation = parts_.organisations.get(tx, app.organisation_id).name};
}

}  // namespace educard::oidc
