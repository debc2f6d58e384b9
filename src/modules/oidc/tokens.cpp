// The token endpoint and what goes with it. Whoever calls is an app; what is wrong is said as RFC 6749, 5.2
// has it.

#include "base/error.hpp"
#include "base/json.hpp"
#include "crypto/blind_index.hpp"
#include "crypto/random.hpp"
#include "modules/oidc/claims_request.hpp"
#include "modules/oidc/details.hpp"
#include "modules/oidc/proofs.hpp"
#include "modules/oidc/redirects.hpp"
#include "modules/oidc/requests.hpp"
#include "modules/oidc/schemes.hpp"
#include "modules/oidc/signing_keys.hpp"
#include "modules/oidc/store.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <ranges>

namespace educard::oidc {

namespace {

constexpr std::chrono::days kGrantLife{365};
constexpr std::chrono::minutes kIdTokenLife{15};

/// OpenID Connect Core 3.1.3.6, for algorithms that hash with SHA-256.
std::string half_hash(std::string_view token) {
    const auto digest = crypto::sha256(token);
    return to_base64url(ByteView(digest).first(digest.size() / 2));
}

/// RFC 7636, 4.1. A shorter one, or none, would be as good as no PKCE, for anybody can make its challenge.
bool is_verifier(std::string_view text) {
    constexpr std::size_t kLeast = 43;
    constexpr std::size_t kMost = 128;
    return text.size() >= kLeast && text.size() <= kMost && std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '.' || c == '_' || c == '~';
           });
}

boost::json::array words_of(std::string_view text) {
    boost::json::array words;
    for (const auto word : std::views::split(text, ' ')) {
        words.emplace_back(std::string_view(word));
    }
    return words;
}

}  // namespace

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

class TokenRequest {
public:
    /// `key`: the thumbprint of the key that the app showed, if it did.
    TokenRequest(const Oidc& oidc, sql::Tx& tx, App app, std::optional<std::string> key)
        : oidc_(oidc), tx_(tx), app_(std::move(app)), key_(std::move(key)), now_(oidc.parts_.clock.now()) {}

    Answer change_code(const TokenInput& input) {
        const auto digest = digest_of_token(input.code.value_or(""));
        const auto code = find(digest, store::TokenKind::code);
        if (code.used_at || code.expires_at <= now_) {
            return refuse_for_good(code);
        }
        const auto details = json::decode<CodeDetails>(code.details);
        if (input.redirect_uri.value_or("") != details.redirect_uri) {
            throw invalid_grant();
        }
        const auto verifier = input.code_verifier.value_or("");
        if (!is_verifier(verifier) || to_base64url(crypto::sha256(verifier)) != details.challenge) {
            throw invalid_grant();
        }
        if (details.dpop_jkt && details.dpop_jkt != key_) {
            throw invalid_grant();  // RFC 9449, 10
        }
        if (!store::use_token(tx_, digest, now_, std::nullopt)) {
            return refuse_for_good(code);
        }
        return begin(
            code,
            {.user_info = details.claims, .id_token = details.id_token_claims.value_or(std::vector<Claim>())},
            {.at = details.signed_in_at,
             .methods = details.methods.value_or("pwd"),
             .session = details.session,
             .of_child = details.of_child.value_or(false)},
            details.nonce);
    }

    /// A device asks whether the person has agreed (RFC 8628, 3.4 and 3.5).
    Answer poll(const TokenInput& input) {
        const auto digest = digest_of_token(input.device_code.value_or(""));
        const auto device = find(digest, store::TokenKind::device);
        const auto details = json::decode<DeviceDetails>(device.details);
        if (device.expires_at <= now_) {
            return refusal("expired_token", "the person did not agree in time");
        }
        if (details.answer == DeviceAnswer::denied) {
            return refusal("access_denied", "the person did not agree");
        }
        if (details.answer == DeviceAnswer::pending) {
            // A second less, for what the network does to a device that keeps to the interval.
            const auto interval = Oidc::kDeviceInterval;
            const bool soon =
                device.polled_at && now_ < *device.polled_at + interval - std::chrono::seconds(1);
            store::note_poll(tx_, digest, soon ? now_ + interval : now_);
            return soon ? refusal("slow_down", "ask less often")
                        : refusal("authorization_pending", "not yet");
        }
        if (!store::use_token(tx_, digest, now_, std::nullopt)) {
            throw invalid_grant();
        }
        return begin(device,
                     {.user_info = details.claims, .id_token = {}},
                     {.at = details.signed_in_at.value(),
                      .methods = details.methods.value_or("pwd"),
                      .session = details.session,
                      .of_child = details.of_child.value_or(false)},
                     std::nullopt);
    }

    /// Each refresh token is good once; used again it tells that two have it (RFC 9700, 4.14.2), unless it is
    /// so soon that an answer may have been lost.
    Answer refresh(const TokenInput& input) {
        const auto digest = digest_of_token(input.refresh_token.value_or(""));
        auto token = find(digest, store::TokenKind::refresh);
        const auto grant = store::find_grant(tx_, *token.account_id, *token.grant_id);
        if (!grant || grant->revoked_at || token.expires_at <= now_ ||
            grant->created_at + kGrantLife <= now_) {
            throw invalid_grant();
        }
        if (token.key_thumbprint && token.key_thumbprint != key_) {
            throw invalid_grant();  // RFC 9449, 5
        }
        if (token.used_at) {
            return repeat(token);
        }
        auto answer = make_tokens(token);
        answer["id_token"] = id_token(*grant, std::nullopt, answer);
        const auto sealed = oidc_.cipher_.seal(boost::json::serialize(answer), place_of(token));
        if (!store::use_token(tx_, digest, now_, sealed)) {
            return repeat(find(digest, store::TokenKind::refresh));
        }
        keep(answer, token);
        return {.status = 200, .body = std::move(answer)};
    }

    /// RFC 6749, 4.4: the app in its own name, for what services may ask for of what it asks for (3.3).
    Answer serve(const TokenInput& input) {
        if (!app_.service) {
            throw Error(Fault::invalid, "oauth.unauthorized_client");
        }
        std::string scope;
        for (const auto& one : oidc_.parts_.service_scopes) {
            if (has_scope(input.scope.value_or(""), one)) {
                scope += (scope.empty() ? "" : " ") + one;
            }
        }
        const store::Token nobody{.app_id = app_.id, .scope = scope};
        auto answer = make_tokens(nobody);
        if (scope.empty()) {
            answer.erase("scope");
        }
        keep(answer, nobody);
        return {.status = 200, .body = std::move(answer)};
    }

private:
    store::Token find(const Bytes& digest, store::TokenKind kind) const {
        auto token = store::find_token(tx_, digest);
        if (!token || token->kind != kind || token->app_id != app_.id) {
            throw invalid_grant();
        }
        return std::move(*token);
    }

    crypto::FieldPlace place_of(const store::Token& token) const {
        return {.table = "app_token", .column = "answer", .row = token.grant_id->value};
    }

    /// What the person agreed to, by where the app reads it.
    struct Agreed {
        std::vector<Claim> user_info;
        std::vector<Claim> id_token;
    };

    /// How and where the person had signed in when they agreed.
    struct SignedIn {
        Time at;
        std::string methods;
        std::optional<SessionId> session;
        bool of_child = false;
    };

    /// The first tokens of a grant.
    Answer begin(const store::Token& from,
                 const Agreed& agreed,
                 const SignedIn& signed_in,
                 const std::optional<std::string>& nonce) {
        if (signed_in.session &&
            !oidc_.parts_.people.hold_session(tx_, *from.account_id, *signed_in.session)) {
            throw invalid_grant();  // they agreed, and then signed out
        }
        if (signed_in.of_child) {
            auto claims = agreed.user_info;
            claims.insert(claims.end(), agreed.id_token.begin(), agreed.id_token.end());
            if (!oidc_.claims_for_child(tx_, app_, *from.account_id, claims)) {
                throw invalid_grant();  // a guardian allowed it, and then withdrew it
            }
        }
        if (!oidc_.note_ground(tx_, app_, *from.account_id, signed_in.of_child)) {
            throw invalid_grant();  // they, or their school, agreed and then withdrew it
        }
        const store::Grant grant{.id = *from.grant_id,
                                 .account_id = *from.account_id,
                                 .app_id = app_.id,
                                 .scope = from.scope,
                                 .claims = json::encode(agreed.user_info),
                                 .signed_in_at = signed_in.at,
                                 .created_at = now_,
                                 .revoked_at = std::nullopt,
                                 .session_id = signed_in.session,
                                 .id_token_claims = json::encode(agreed.id_token),
                                 .methods = signed_in.methods};
        store::insert_grant(tx_, grant);
        auto answer = make_tokens(from);
        keep(answer, from);
        answer["id_token"] = id_token(grant, nonce, answer);
        return {.status = 200, .body = std::move(answer)};
    }

    /// Where something has to stay as it is now: what is thrown takes everything back.
    static Answer refusal(const char* error, const char* description) {
        return {.status = 400, .body = {{"error", error}, {"error_description", description}}};
    }

    Answer refuse_for_good(const store::Token& token) {
        store::revoke_grant(tx_, *token.account_id, *token.grant_id, now_);
        return refusal("invalid_grant", "it was used before or is too old");
    }

    Answer repeat(const store::Token& token) {
        const bool soon = token.used_at && *token.used_at + Oidc::kRefreshAgain > now_;
        if (!soon || !token.answer) {
            return refuse_for_good(token);
        }
        const auto text = oidc_.cipher_.open(*token.answer, place_of(token));
        return {.status = 200, .body = boost::json::parse(text).as_object()};
    }

    boost::json::object make_tokens(const store::Token& from) const {
        boost::json::object answer{
            {"access_token", oidc_.parts_.random.token()},
            {"token_type", key_ ? "DPoP" : "Bearer"},
            {"expires_in", std::chrono::seconds(Oidc::kAccessLife).count()},
            {"scope", from.scope},
        };
        if (has_scope(from.scope, "offline_access")) {
            answer["refresh_token"] = oidc_.parts_.random.token();
        }
        return answer;
    }

    void keep(const boost::json::object& answer, const store::Token& from) {
        const auto insert = [&](const char* name, store::TokenKind kind, Time until, bool bound) {
            if (const auto* token = answer.if_contains(name)) {
                store::insert_token(
                    tx_,
                    store::Token{.digest = digest_of_token(std::string_view(token->as_string())),
                                 .kind = kind,
                                 .app_id = app_.id,
                                 .account_id = from.account_id,
                                 .grant_id = from.grant_id,
                                 .scope = from.scope,
                                 .details = "",
                                 .expires_at = until,
                                 .used_at = std::nullopt,
                                 .answer = std::nullopt,
                                 .key_thumbprint = bound ? key_ : std::nullopt});
            }
        };
        insert("access_token", store::TokenKind::access, now_ + Oidc::kAccessLife, true);
        // An app that shows who it is may use another key later (RFC 9449, 5).
        insert("refresh_token",
               store::TokenKind::refresh,
               now_ + Oidc::kRefreshLife,
               app_.authentication == Authentication::none);
    }

    boost::json::object wanted_in_id_token(const store::Grant& grant) const {
        const auto claims = registered_of(app_, json::decode<std::vector<Claim>>(grant.id_token_claims));
        const auto person = claims.empty() ? std::nullopt : oidc_.parts_.people.find(tx_, grant.account_id);
        return person ? oidc_.claims_of(*person, claims) : boost::json::object();
    }

    std::string id_token(const store::Grant& grant,
                         const std::optional<std::string>& nonce,
                         const boost::json::object& answer) const {
        auto claims = wanted_in_id_token(grant);
        const boost::json::object fixed{
            {"iss", oidc_.parts_.issuer},
            {"sub", oidc_.subject_of(app_, grant.account_id)},
            {"aud", std::to_string(app_.id.value)},
            {"iat", seconds(now_)},
            {"exp", seconds(now_ + kIdTokenLife)},
            {"auth_time", seconds(grant.signed_in_at)},
            {"acr", authentication_context(oidc_.parts_.issuer)},
            {"amr", words_of(grant.methods)},  // RFC 8176, 2
        };
        claims.insert(fixed.begin(), fixed.end());
        if (nonce) {
            claims["nonce"] = *nonce;
        }
        if (grant.session_id) {
            claims["sid"] = oidc_.session_id_for(app_, *grant.session_id);
        }
        if (app_.id_token_algorithm != Algorithm::EdDSA) {
            claims["at_hash"] = half_hash(std::string_view(answer.at("access_token").as_string()));
        }
        const auto signer = oidc_.signing_keys_->signer(app_.id_token_algorithm);
        return crypto::make_jwt(signer.key, signer.id, "JWT", claims);
    }

    const Oidc& oidc_;
    sql::Tx& tx_;
    const App app_;
    const std::optional<std::string> key_;
    const Time now_;
};

Answer Oidc::token(sql::Tx& tx, const Caller& caller, const TokenInput& input) const {
    if (!input.grant_type) {
        throw invalid_request("grant_type is missing");
    }
    auto app = authenticate(tx, caller, input);
    auto key = read_binding(tx, caller, "/oidc/token");
    if (app.bound && !key) {
        throw invalid_proof(Fault::invalid);
    }
    TokenRequest request(*this, tx, std::move(app), std::move(key));
    if (*input.grant_type == "authorization_code") {
        return request.change_code(input);
    }
    if (*input.grant_type == "refresh_token") {
        return request.refresh(input);
    }
    if (*input.grant_type == "urn:ietf:params:oauth:grant-type:device_code") {
        return request.poll(input);
    }
    if (*input.grant_type == "client_credentials") {
        return request.serve(input);
    }
    throw Error(Fault::invalid, "oauth.unsupported_grant_type");
}

std::optional<Oidc::Live> Oidc::find_live(sql::Tx& tx, std::string_view token) const {
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
    if (!app || app->state != AppState::active || !person) {
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
    if (!app || app->state != AppState::active || !app->service) {
        throw Error(Fault::unauthenticated, "oauth.invalid_token");
    }
    return {.app = std::move(*app), .scope = std::move(live->scope)};
}

boost::json::object Oidc::introspect(sql::Tx& tx, const Caller& caller, const TokenInput& input) const {
    // Reads only: what an assertion that is seen twice learns is whether a token is good.
    const auto app = identify(tx, caller, input).app;
    if (app.authentication == Authentication::none) {
        throw invalid_client();
    }
    const auto live = find_live(tx, input.token.value_or(""));
    if (!live || live->app != app.id) {
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
    const auto digest = digest_of_token(input.token.value_or(""));
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
