// The registry of apps.

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "crypto/random.hpp"
#include "modules/oidc/details.hpp"
#include "modules/oidc/proofs.hpp"
#include "modules/oidc/redirects.hpp"
#include "modules/oidc/requests.hpp"
#include "modules/oidc/signing_keys.hpp"
#include "modules/oidc/store.hpp"

#include <algorithm>

namespace educard::oidc {

namespace {

constexpr std::size_t kMaxName = 50;
constexpr std::size_t kMaxPurposeOfApp = 200;
constexpr std::size_t kMaxRedirects = 20;

store::AppRow row_of(AppId id, const NewApp& app, Time created_at) {
    return {.id = id,
            .organisation_id = app.organisation_id,
            .name = app.name,
            .purpose = app.purpose,
            .authentication = app.authentication,
            .posts_secret = app.posts_secret,
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
            .testing = app.testing,
            .created_at = created_at};
}

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

bool have_one_twice(const std::vector<Claim>& essential, const std::vector<Claim>& voluntary) {
    return std::ranges::any_of(voluntary, [&](Claim claim) { return contains(essential, claim); });
}

}  // namespace

std::vector<FieldError> find_faults(const NewApp& app) {
    std::vector<FieldError> errors;
    check_text("name", app.name, kMaxName, errors);
    check_text("purpose", app.purpose, kMaxPurposeOfApp, errors);
    if (app.redirect_uris.empty() && !app.service && !app.device) {
        errors.push_back({"redirect_uris", "required"});
    }
    check_uris("redirect_uris", app.redirect_uris, errors);
    check_uris("post_logout_redirect_uris", app.post_logout_redirect_uris, errors);
    if (app.backchannel_logout_uri && !may_be_told(*app.backchannel_logout_uri)) {
        errors.push_back({"backchannel_logout_uri", "oidc.redirect_uri"});
    }
    if (have_one_twice(app.essential, app.voluntary)) {
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

App app_of(const store::AppRow& row) {
    return {
        .id = row.id,
        .organisation_id = row.organisation_id,
        .name = row.name,
        .purpose = row.purpose,
        .authentication = row.authentication,
        .posts_secret = row.posts_secret,
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
        .testing = row.testing,
        .created_at = row.created_at,
        .deleted_at = row.deleted_at,
        .tokens_since = row.tokens_since};
}

Oidc::Oidc(Parts parts)
    : parts_(std::move(parts)),
      cipher_(parts_.keys, parts_.random),
      signing_keys_(std::make_unique<SigningKeys>(parts_.database, cipher_, parts_.clock)) {}

Oidc::~Oidc() = default;

void Oidc::renew_keys() {
    signing_keys_->renew();
}

std::vector<FieldError> Oidc::faults_of(const NewApp& app) const {
    return find_faults(app);
}

Registered Oidc::register_app(sql::Tx& tx, const Caller& caller, const NewApp& wanted) const {
    NewApp app = wanted;
    app.name = tidy(app.name);
    app.purpose = tidy(app.purpose);
    if (auto errors = find_faults(app); !errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    return add_app(tx, caller, app, "");
}

Registered Oidc::add_app(sql::Tx& tx, const Caller& caller, const NewApp& app, std::string details) const {
    const auto row = row_of(parts_.ids.next<AppId>(), app, parts_.clock.now());
    store::insert_app(tx, row);
    Registered registered{.app = app_of(row), .secret = std::nullopt};
    if (app.authentication == Authentication::client_secret) {
        registered.secret = add_secret(tx, row.id);
    }
    record(tx, caller, "oidc.app_registered", registered.app, std::move(details));
    return registered;
}

App Oidc::replace_app(sql::Tx& tx, const App& before, NewApp app) const {
    app.organisation_id = before.organisation_id;
    const auto row = row_of(before.id, app, before.created_at);
    if (!store::replace_app(tx, row, json::encode(before.essential), json::encode(before.voluntary))) {
        throw Error(Fault::unavailable, "oauth.temporarily_unavailable");
    }
    return app_of(row);
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
    store::end_secrets(tx, id, parts_.clock.now() + kSecretOverlap);
    auto secret = add_secret(tx, id);
    record(tx, caller, "oidc.secret_rotated", *app, "");
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
    record(tx, caller, "oidc.keys_replaced", *app, "");
}

void Oidc::set_claims(sql::Tx& tx,
                      const Caller& caller,
                      AppId id,
                      const std::vector<Claim>& essential,
                      const std::vector<Claim>& voluntary) const {
    const auto app = find_app(tx, id);
    if (!app) {
        throw Error(Fault::not_found, "oidc.app_unknown");
    }
    if (have_one_twice(essential, voluntary)) {
        throw Error::invalid("voluntary", "oidc.claim_twice");
    }
    store::set_claims(tx, id, json::encode(essential), json::encode(voluntary));
    record(tx, caller, "oidc.claims_changed", *app, "");
}

void Oidc::set_state(sql::Tx& tx, const Caller& caller, AppId id, AppState state) const {
    const auto app = find_app(tx, id);
    const bool enables = state == AppState::active;
    if (!app || !(enables ? store::enable(tx, id, parts_.clock.now()) : store::disable(tx, id))) {
        throw Error(Fault::not_found, "oidc.app_unknown");
    }
    record(tx, caller, enables ? "oidc.app_enabled" : "oidc.app_disabled", *app, "");
}

App Oidc::change_app(sql::Tx& tx, const Caller& caller, AppId id, NewApp app) const {
    const auto before = find_app(tx, id);
    if (!before || before->deleted_at) {
        throw Error(Fault::not_found, "oidc.app_unknown");
    }
    app.name = tidy(app.name);
    app.purpose = tidy(app.purpose);
    app.authentication = before->authentication;
    app.posts_secret = before->posts_secret;
    app.keys = before->keys;
    if (auto errors = find_faults(app); !errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    auto changed = replace_app(tx, *before, std::move(app));
    record(tx, caller, "oidc.app_changed", changed, "");
    return changed;
}

void Oidc::set_testing(sql::Tx& tx, const Caller& caller, AppId id, bool testing) const {
    const auto app = find_app(tx, id);
    if (!app) {
        throw Error(Fault::not_found, "oidc.app_unknown");
    }
    if (testing) {
        store::put_to_test(tx, id, parts_.clock.now());
    } else {
        store::open(tx, id);
    }
    record(tx, caller, testing ? "oidc.app_in_test" : "oidc.app_opened", *app, "");
}

std::vector<SecretView> Oidc::secrets_of(sql::Tx& tx, AppId id) const {
    return store::secrets(tx, id, parts_.clock.now());
}

void Oidc::end_replaced_secrets(sql::Tx& tx, const Caller& caller, AppId id) const {
    const auto app = find_app(tx, id);
    if (!app) {
        throw Error(Fault::not_found, "oidc.app_unknown");
    }
    store::end_replaced_secrets(tx, id, parts_.clock.now());
    record(tx, caller, "oidc.secrets_ended", *app, "");
}

void Oidc::admit(sql::Tx& tx, const App& app, AccountId account) const {
    if (!admits(tx, app, account)) {
        throw Error(Fault::forbidden, "oidc.app_in_test");
    }
}

bool Oidc::admits(sql::Tx& tx, const App& app, AccountId account) const {
    return !app.testing || (is_tester_ && is_tester_(tx, app.id, account));
}

std::string Oidc::add_secret(sql::Tx& tx, AppId app) const {
    auto secret = parts_.random.token();
    store::insert_secret(
        tx, parts_.ids.next<AppSecretId>(), app, digest_of_token(secret), parts_.clock.now());
    return secret;
}

void Oidc::record(
    sql::Tx& tx, const Caller& caller, const char* action, const App& app, std::string details) const {
    parts_.audit.record(
        tx,
        caller,
        AuditEntry{.action = action,
                   .organisation_path = parts_.organisations.get(tx, app.organisation_id).path,
                   .subject_kind = "app",
                   .subject = std::to_string(app.id.value),
                   .details = std::move(details)});
}

AppView Oidc::view_of(sql::Tx& tx, const App& app) const {
    return {.id = app.id,
            .name = app.name,
            .purpose = app.purpose,
            .organisation = parts_.organisations.get(tx, app.organisation_id).name};
}

}  // namespace educard::oidc
