// Apps that register themselves: the client registration endpoint (OpenID Connect Dynamic Client Registration
// 1.0, 3; RFC 7591, 3) and the client configuration endpoint (RFC 7592, 2).

#include "base/error.hpp"
#include "base/json.hpp"
#include "crypto/random.hpp"
#include "modules/oidc/client_metadata.hpp"
#include "modules/oidc/details.hpp"
#include "modules/oidc/requests.hpp"
#include "modules/oidc/schemes.hpp"
#include "modules/oidc/store.hpp"

#include <algorithm>

namespace educard::oidc {

namespace {

constexpr std::int64_t kMaxUses = 1000;
constexpr std::chrono::days kMaxLife{366};

/// Who registered an app, in the audit log.
struct Origin {
    InitialTokenId initial_token;
};
BOOST_DESCRIBE_STRUCT(Origin, (), (initial_token))

Error invalid_token() {
    return {Fault::unauthenticated, "oauth.invalid_token"};
}

/// The claims of an app that registers itself: those that its scope covers and `before` has, or that need
/// nobody's approval. What an administrator made essential stays so.
void give_claims(NewApp& app, const std::vector<Claim>& covered, const App& before) {
    for (const auto claim : covered) {
        if (contains(before.essential, claim)) {
            app.essential.push_back(claim);
        } else if (claim != Claim::card_number || contains(before.voluntary, claim)) {
            app.voluntary.push_back(claim);
        }
    }
}

std::string text_of(const RegistrationInput& input) {
    return input.body ? input.body->value : std::string();
}

}  // namespace

MadeInitialToken Oidc::make_initial_token(sql::Tx& tx,
                                          const Caller& caller,
                                          const NewInitialToken& wanted) const {
    std::vector<FieldError> errors;
    if (wanted.uses < 1 || wanted.uses > kMaxUses) {
        errors.push_back({"uses", "value"});
    }
    if (wanted.life < std::chrono::days(1) || wanted.life > kMaxLife) {
        errors.push_back({"days", "value"});
    }
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    const auto now = parts_.clock.now();
    MadeInitialToken made{.kept = {.id = parts_.ids.next<InitialTokenId>(),
                                   .organisation_id = wanted.organisation_id,
                                   .uses_left = wanted.uses,
                                   .created_at = now,
                                   .expires_at = now + wanted.life,
                                   .revoked_at = std::nullopt,
                                   .testing = wanted.testing},
                          .token = parts_.random.token()};
    store::insert_initial_token(tx, made.kept, digest_of_token(made.token));
    record_initial_token(tx, caller, "oidc.initial_token_made", made.kept);
    return made;
}

std::vector<InitialToken> Oidc::list_initial_tokens(sql::Tx& tx) const {
    return store::initial_tokens(tx);
}

void Oidc::revoke_initial_token(sql::Tx& tx, const Caller& caller, InitialTokenId id) const {
    const auto token = store::revoke_initial_token(tx, id, parts_.clock.now());
    if (!token) {
        throw Error(Fault::not_found, "oidc.initial_token_unknown");
    }
    record_initial_token(tx, caller, "oidc.initial_token_revoked", *token);
}

void Oidc::record_initial_token(sql::Tx& tx,
                                const Caller& caller,
                                const char* action,
                                const InitialToken& token) const {
    parts_.audit.record(
        tx,
        caller,
        AuditEntry{.action = action,
                   .organisation_path = parts_.organisations.get(tx, token.organisation_id).path,
                   .subject_kind = "initial_token",
                   .subject = std::to_string(token.id.value),
                   .details = ""});
}

boost::json::object Oidc::register_itself(sql::Tx& tx,
                                          const Caller& caller,
                                          const RegistrationInput& input) const {
    // What is thrown further down gives the use back.
    const auto initial = store::use_initial_token(
        tx, digest_of_token(after_scheme(caller.authorization, "bearer ")), parts_.clock.now());
    if (!initial) {
        throw invalid_token();
    }
    auto metadata = parse_client_metadata(text_of(input));
    metadata.app.organisation_id = initial->organisation_id;
    metadata.app.testing = initial->testing;
    give_claims(metadata.app, metadata.covered, App{});
    const auto made = add_app(tx, caller, metadata.app, json::encode(Origin{.initial_token = initial->id}));
    const auto token = parts_.random.token();
    store::set_registration(tx, made.app.id, digest_of_token(token));
    auto answer = describe_registration(made.app, token);
    if (made.secret) {
        answer["client_secret"] = *made.secret;
        answer["client_secret_expires_at"] = 0;  // never
    }
    return answer;
}

boost::json::object Oidc::read_registration(sql::Tx& tx,
                                            const Caller& caller,
                                            const ManagedInput& input) const {
    return describe_registration(authenticate_manager(tx, caller, input.client_id),
                                 after_scheme(caller.authorization, "bearer "));
}

boost::json::object Oidc::replace_registration(sql::Tx& tx,
                                               const Caller& caller,
                                               const ReplacementInput& input) const {
    const auto before = authenticate_manager(tx, caller, input.client_id);
    if (is_reviewed_ && is_reviewed_(tx, before)) {
        throw Error(Fault::forbidden, "oauth.unauthorized_client");  // a change is proposed in the portal
    }
    auto metadata = parse_client_metadata(text_of(input));
    const auto now = parts_.clock.now();
    // RFC 7592, 2.2: it says its client_id, and its secret cannot be chosen.
    std::vector<FieldError> errors;
    if (metadata.client_id != std::to_string(before.id.value)) {
        errors.push_back({"client_id", metadata.client_id ? "value" : "required"});
    }
    if (metadata.client_secret &&
        !store::find_app(tx, before.id, digest_of_token(*metadata.client_secret), now)->has_secret) {
        errors.push_back({"client_secret", "value"});
    }
    refuse_metadata(errors);
    give_claims(metadata.app, metadata.covered, before);
    const auto app = replace_app(tx, before, metadata.app);
    record(tx, caller, "oidc.app_replaced", app, "");
    auto answer = describe_registration(app, after_scheme(caller.authorization, "bearer "));
    const bool had_secret = before.authentication == Authentication::client_secret;
    const bool has_secret = app.authentication == Authentication::client_secret;
    if (had_secret && !has_secret) {
        store::end_secrets(tx, app.id, now);
    } else if (!had_secret && has_secret) {
        answer["client_secret"] = add_secret(tx, app.id);
        answer["client_secret_expires_at"] = 0;
    }
    return answer;
}

void Oidc::delete_registration(sql::Tx& tx, const Caller& caller, const ManagedInput& input) const {
    const auto app = authenticate_manager(tx, caller, input.client_id);
    // Tokens are good only as long as their app is active, and it never will be again.
    if (!store::delete_app(tx, app.id, parts_.clock.now())) {
        throw invalid_token();
    }
    record(tx, caller, "oidc.app_deleted", app, "");
}

/// Whether there is such an app is not told (RFC 7592, 2.1).
App Oidc::authenticate_manager(sql::Tx& tx, const Caller& caller, std::string_view client_id) const {
    const auto token = after_scheme(caller.authorization, "bearer ");
    const auto id = parse_id(client_id);
    // Read before its token, for whoever deletes it takes the latter away: 403 is never said of what is gone.
    auto app = id ? find_app(tx, AppId{*id}) : std::nullopt;
    if (!app || token.empty() || !store::has_registration(tx, app->id, digest_of_token(token))) {
        throw invalid_token();
    }
    if (app->state != AppState::active) {
        throw Error(Fault::forbidden, "oauth.unauthorized_client");  // an administrator disabled it
    }
    return std::move(*app);
}

/// Everything but the secret, of which only the digest is known.
boost::json::object Oidc::describe_registration(const App& app, std::string_view token) const {
    const auto id = std::to_string(app.id.value);
    auto answer = metadata_of(app);
    answer["client_id"] = id;
    answer["client_id_issued_at"] = seconds(app.created_at);
    answer["registration_access_token"] = boost::json::string_view(token.data(), token.size());
    answer["registration_client_uri"] = parts_.issuer + "/oidc/register/" + id;
    return answer;
}

}  // namespace educard::oidc
