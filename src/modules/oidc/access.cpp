// What tokens are good for: the claims behind them, services, introspection (RFC 7662), giving back (RFC
// 7009).

#include "base/error.hpp"
#include "base/json.hpp"
#include "crypto/blind_index.hpp"
#include "modules/oidc/details.hpp"
#include "modules/oidc/proofs.hpp"
#include "modules/oidc/redirects.hpp"
#include "modules/oidc/requests.hpp"
#include "modules/oidc/schemes.hpp"
#include "modules/oidc/sealed.hpp"
#include "modules/oidc/store.hpp"

#include <fmt/format.h>

namespace educard::oidc {

std::string Oidc::subject_of(const App& app, AccountId account) const {
    const auto host = sector_of(app.redirect_uris);
    const auto sector = host.empty() ? fmt::format("app:{}", app.id.value) : host;
    const crypto::BlindIndex index(parts_.keys);
    return to_base64url(index.of("oidc.subject", fmt::format("{}\n{}", sector, account.value)));
}

boost::json::object Oidc::claims_of(const Person& person, const std::vector<Claim>& claims) const {
    boost::json::object out;
    const auto put = [&](const char* name, const std::optional<std::string>& value) {
        if (value && !value->empty()) {
            out[name] = *value;
        }
    };
    for (const auto claim : claims) {
        switch (claim) {
            case Claim::name:
                put("name", person.name);
                break;
            case Claim::role:
                put("role", person.role);
                break;
            case Claim::stage:
                put("stage", person.stage);
                break;
            case Claim::school:
                if (person.school) {
                    out["school"] = boost::json::object{{"name", *person.school},
                                                        {"code", person.school_code.value_or("")}};
                }
                break;
            case Claim::class_name:
                put("class_name", person.class_name);
                break;
            case Claim::card_number:
                put("card_number", person.card_number);
                break;
        }
    }
    return out;
}

Seals Oidc::seals() const {
    return {cipher_, parts_.keys, parts_.clock, parts_.issuer};
}

std::optional<Oidc::Live> Oidc::live_of(const AccessToken& token, const TokenState& state) const {
    const bool is_persons = static_cast<bool>(token.account_id);
    if (token.expires_at <= parts_.clock.now() || state.is_revoked || (is_persons && !state.claims)) {
        return std::nullopt;
    }
    return Live{.app = token.app_id,
                .account = token.account_id,
                .claims = is_persons ? json::decode<std::vector<Claim>>(*state.claims) : std::vector<Claim>(),
                .scope = token.scope,
                .key_thumbprint = token.key_thumbprint,
                .issued_at = token.expires_at - kAccessLife,
                .expires_at = token.expires_at,
                .is_access = true};
}

std::optional<Oidc::Live> Oidc::find_live(sql::Tx& tx, std::string_view token) const {
    if (const auto sealed = seals().open_token(token)) {
        auto state = store::state_of_token(tx, *sealed);
        return live_of(*sealed, {.claims = std::move(state.granted), .is_revoked = state.is_revoked});
    }
    const auto found = store::find_token(tx, digest_of_token(token));
    const auto now = parts_.clock.now();
    const bool is_access = found && found->kind == store::TokenKind::access;
    if (!found || (!is_access && found->kind != store::TokenKind::refresh) || found->expires_at <= now ||
        found->used_at) {
        return std::nullopt;
    }
    std::vector<Claim> claims;
    if (found->account_id) {
        const auto grant = store::find_grant(tx, *found->account_id, *found->grant_id);
        if (!grant || grant->revoked_at) {
            return std::nullopt;
        }
        claims = json::decode<std::vector<Claim>>(grant->claims);
    }
    return Live{.app = found->app_id,
                .account = found->account_id.value_or(AccountId()),
                .claims = std::move(claims),
                .scope = found->scope,
                .key_thumbprint = found->key_thumbprint,
                .issued_at = found->expires_at -
                             (is_access ? Time::duration(kAccessLife) : Time::duration(kRefreshLife)),
                .expires_at = found->expires_at,
                .is_access = is_access};
}

/// RFC 9449, 7.1: a token that is bound to a key comes with a proof made with it, and never as a bearer's.
void Oidc::check_holder(const Live& live, const Caller& caller, const ProofFor& wanted) const {
    const bool shows = !after_scheme(caller.authorization, "dpop ").empty();
    if (shows != live.key_thumbprint.has_value()) {
        throw Error(Fault::unauthenticated, "oauth.invalid_token");
    }
    if (!shows) {
        return;
    }
    const auto proof = check_proof(caller.dpop, wanted, parts_.clock.now());
    if (!proof || proof->key_thumbprint != *live.key_thumbprint) {
        throw invalid_proof(Fault::unauthenticated);
    }
}

boost::json::object Oidc::user_info(sql::Tx& tx, const Caller& caller, std::string_view method) const {
    const auto bearer = after_scheme(caller.authorization, "bearer ");
    const auto token = bearer.empty() ? after_scheme(caller.authorization, "dpop ") : bearer;
    const auto live = token.empty() ? std::nullopt : find_live(tx, token);
    if (!live || !live->is_access || !live->account) {
        throw Error(Fault::unauthenticated, "oauth.invalid_token");
    }
    check_holder(*live,
                 caller,
                 ProofFor{.url = parts_.issuer + "/oidc/userinfo", .method = method, .access_token = token});
    const auto app = find_app(tx, live->app);
    const auto person = parts_.people.find(tx, live->account);
    if (!app || app->state != AppState::active || !app->keeps_what_is_of(live->issued_at) || !person) {
        throw Error(Fault::unauthenticated, "oauth.invalid_token");
    }
    // What was agreed to, as far as the app may still hear it.
    auto answer = claims_of(*person, registered_of(*app, live->claims));
    answer["sub"] = subject_of(*app, live->account);
    return answer;
}

ServiceCall Oidc::identify_service(sql::Tx& tx,
                                   const Caller& caller,
                                   std::string_view method,
                                   std::string_view path) const {
    const auto bearer = after_scheme(caller.authorization, "bearer ");
    const auto token = bearer.empty() ? after_scheme(caller.authorization, "dpop ") : bearer;
    auto live = token.empty() ? std::nullopt : find_live(tx, token);
    if (!live || !live->is_access || live->account) {
        throw Error(Fault::unauthenticated, "oauth.invalid_token");
    }
    const auto url = parts_.issuer + std::string(path);
    check_holder(*live, caller, ProofFor{.url = url, .method = method, .access_token = token});
    auto app = find_app(tx, live->app);
    if (!app || app->state != AppState::active || !app->keeps_what_is_of(live->issued_at) || !app->service) {
        throw Error(Fault::unauthenticated, "oauth.invalid_token");
    }
    return {.app = std::move(*app), .scope = std::move(live->scope)};
}

boost::json::object Oidc::introspect(sql::Tx& tx, const Caller& caller, const TokenInput& input) const {
    // Reads only: what an assertion that is seen twice learns is whether a token is good.
    const auto token = input.token.value_or("");
    const auto sealed = seals().open_token(token);
    const auto [app, assertion, state] = identify(tx, caller, input, sealed ? &*sealed : nullptr);
    if (app.authentication == Authentication::none) {
        throw invalid_client();
    }
    const auto live = sealed ? live_of(*sealed, state) : find_live(tx, token);
    if (!live || live->app != app.id || !app.keeps_what_is_of(live->issued_at)) {
        return {{"active", false}};
    }
    const auto id = std::to_string(app.id.value);
    boost::json::object answer{{"active", true},
                               {"iss", parts_.issuer},
                               {"client_id", id},
                               {"sub", live->account ? subject_of(app, live->account) : id},
                               {"scope", live->scope},
                               {"exp", seconds(live->expires_at)}};
    const char* type = live->key_thumbprint ? "DPoP" : "Bearer";
    answer["token_type"] = live->is_access ? type : "refresh_token";
    if (live->key_thumbprint) {
        answer["cnf"] = boost::json::object{{"jkt", *live->key_thumbprint}};
    }
    return answer;
}

void Oidc::revoke(sql::Tx& tx, const Caller& caller, const TokenInput& input) const {
    const auto app = authenticate(tx, caller, input);
    const auto text = input.token.value_or("");
    if (const auto sealed = seals().open_token(text)) {
        if (sealed->app_id == app.id && sealed->expires_at > parts_.clock.now()) {
            store::revoke_token(tx, *sealed);
        }
        return;
    }
    const auto digest = digest_of_token(text);
    const auto token = store::find_token(tx, digest);
    const bool is_token =
        token && (token->kind == store::TokenKind::access || token->kind == store::TokenKind::refresh);
    if (!is_token || token->app_id != app.id) {
        return;  // RFC 7009, 2.2: nobody learns whether there was one
    }
    if (token->kind == store::TokenKind::refresh) {
        store::revoke_grant(tx, *token->account_id, *token->grant_id, parts_.clock.now());
    } else {
        store::remove_token(tx, digest);
    }
}

void Oidc::sweep(sql::Tx& tx) const {
    const auto now = parts_.clock.now();
    store::sweep(tx, now, now - std::chrono::days(1), now - kGrantLife - kRefreshLife);
}

}  // namespace educard::oidc
