// The token endpoint and what goes with it. Whoever calls is an app; what is wrong is said as RFC 6749, 5.2
// has it.

#include "base/error.hpp"
#include "base/json.hpp"
#include "crypto/blind_index.hpp"
#include "crypto/random.hpp"
#include "http/request.hpp"
#include "modules/oidc/details.hpp"
#include "modules/oidc/redirects.hpp"
#include "modules/oidc/signing_keys.hpp"
#include "modules/oidc/store.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <fmt/format.h>

namespace educard::oidc {

namespace {

constexpr std::chrono::days kGrantLife{365};
constexpr std::chrono::minutes kIdTokenLife{15};

Error invalid_client() {
    return {Fault::unauthenticated, "oauth.invalid_client"};
}

Error invalid_grant() {
    return {Fault::invalid, "oauth.invalid_grant"};
}

Error invalid_request(std::string_view what) {
    return Error(Fault::invalid, "oauth.invalid_request").with("what", std::string(what));
}

std::int64_t seconds(Time time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

bool begins_with_scheme(std::string_view header, std::string_view scheme) {
    return header.size() > scheme.size() &&
           std::ranges::equal(header.substr(0, scheme.size()), scheme, [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
           });
}

struct Credentials {
    std::string id;
    std::string secret;
};

/// RFC 6749, 2.3.1: both are form-encoded before they are put into the header of RFC 7617.
std::optional<Credentials> read_basic(std::string_view header) {
    constexpr std::string_view kBasic = "basic ";
    if (!begins_with_scheme(header, kBasic)) {
        return std::nullopt;
    }
    std::string encoded(header.substr(kBasic.size()));
    std::erase(encoded, '=');
    std::ranges::replace(encoded, '+', '-');
    std::ranges::replace(encoded, '/', '_');
    const auto octets = from_base64url(encoded);
    const auto text = octets ? as_text(*octets) : std::string_view();
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) {
        throw invalid_client();
    }
    auto id = http::percent_decode(text.substr(0, colon), http::Plus::space);
    auto secret = http::percent_decode(text.substr(colon + 1), http::Plus::space);
    if (!id || !secret) {
        throw invalid_client();
    }
    return Credentials{.id = std::move(*id), .secret = std::move(*secret)};
}

std::string_view read_bearer(std::string_view header) {
    constexpr std::string_view kBearer = "bearer ";
    return begins_with_scheme(header, kBearer) ? header.substr(kBearer.size()) : std::string_view();
}

/// OpenID Connect Core 3.1.3.6, for algorithms that hash with SHA-256.
std::string half_hash(std::string_view token) {
    const auto digest = crypto::sha256(token);
    return to_base64url(ByteView(digest).first(digest.size() / 2));
}

}  // namespace

App Oidc::authenticate(sql::Tx& tx, const Caller& caller, const TokenInput& input) const {
    auto credentials = read_basic(caller.authorization);
    const bool in_header = credentials.has_value();
    if (in_header && (input.client_secret || (input.client_id && *input.client_id != credentials->id))) {
        throw invalid_request("one way of authentication at a time");
    }
    if (!in_header) {
        credentials =
            Credentials{.id = input.client_id.value_or(""), .secret = input.client_secret.value_or("")};
    }
    const auto id = parse_id(credentials->id);
    auto app = id ? find_app(tx, AppId{*id}) : std::nullopt;
    if (!app || app->state != AppState::active) {
        throw invalid_client();
    }
    const bool needs_secret = app->authentication == Authentication::client_secret;
    if (needs_secret != !credentials->secret.empty()) {
        throw invalid_client();
    }
    if (needs_secret &&
        !store::has_secret(tx, app->id, digest_of_token(credentials->secret), parts_.clock.now())) {
        throw invalid_client();
    }
    return std::move(*app);
}

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
    TokenRequest(const Oidc& oidc, sql::Tx& tx, App app)
        : oidc_(oidc), tx_(tx), app_(std::move(app)), now_(oidc.parts_.clock.now()) {}

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
        const auto verifier = crypto::sha256(input.code_verifier.value_or(""));
        if (to_base64url(verifier) != details.challenge) {
            throw invalid_grant();
        }
        if (!store::use_token(tx_, digest, now_, std::nullopt)) {
            return refuse_for_good(code);
        }
        store::insert_grant(tx_,
                            store::Grant{.id = *code.grant_id,
                                         .account_id = *code.account_id,
                                         .app_id = app_.id,
                                         .scope = code.scope,
                                         .claims = json::encode(details.claims),
                                         .signed_in_at = details.signed_in_at,
                                         .created_at = now_,
                                         .revoked_at = std::nullopt});
        auto answer = make_tokens(code);
        keep(answer, code);
        answer["id_token"] = id_token(code, details.signed_in_at, details.nonce, answer);
        return {.status = 200, .body = std::move(answer)};
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
        if (token.used_at) {
            return repeat(token);
        }
        auto answer = make_tokens(token);
        answer["id_token"] = id_token(token, grant->signed_in_at, std::nullopt, answer);
        const auto sealed = oidc_.cipher_.seal(boost::json::serialize(answer), place_of(token));
        if (!store::use_token(tx_, digest, now_, sealed)) {
            return repeat(find(digest, store::TokenKind::refresh));
        }
        keep(answer, token);
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

    /// What was revoked stays so, which is why nothing is thrown.
    Answer refuse_for_good(const store::Token& token) {
        store::revoke_grant(tx_, *token.account_id, *token.grant_id, now_);
        return {
            .status = 400,
            .body = {{"error", "invalid_grant"}, {"error_description", "it was used before or is too old"}}};
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
            {"token_type", "Bearer"},
            {"expires_in", std::chrono::seconds(Oidc::kAccessLife).count()},
            {"scope", from.scope},
        };
        if (has_scope(from.scope, "offline_access")) {
            answer["refresh_token"] = oidc_.parts_.random.token();
        }
        return answer;
    }

    void keep(const boost::json::object& answer, const store::Token& from) {
        const auto insert = [&](const char* name, store::TokenKind kind, Time until) {
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
                                 .answer = std::nullopt});
            }
        };
        insert("access_token", store::TokenKind::access, now_ + Oidc::kAccessLife);
        insert("refresh_token", store::TokenKind::refresh, now_ + Oidc::kRefreshLife);
    }

    std::string id_token(const store::Token& from,
                         Time signed_in_at,
                         const std::optional<std::string>& nonce,
                         const boost::json::object& answer) const {
        boost::json::object claims{
            {"iss", oidc_.parts_.issuer},
            {"sub", oidc_.subject_of(app_, *from.account_id)},
            {"aud", std::to_string(app_.id.value)},
            {"iat", seconds(now_)},
            {"exp", seconds(now_ + kIdTokenLife)},
            {"auth_time", seconds(signed_in_at)},
            {"amr", boost::json::array{"pwd"}},
        };
        if (nonce) {
            claims["nonce"] = *nonce;
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
    const Time now_;
};

Answer Oidc::token(sql::Tx& tx, const Caller& caller, const TokenInput& input) const {
    if (!input.grant_type) {
        throw invalid_request("grant_type is missing");
    }
    TokenRequest request(*this, tx, authenticate(tx, caller, input));
    if (*input.grant_type == "authorization_code") {
        return request.change_code(input);
    }
    if (*input.grant_type == "refresh_token") {
        return request.refresh(input);
    }
    throw Error(Fault::invalid, "oauth.unsupported_grant_type");
}

std::optional<Oidc::Live> Oidc::find_live(sql::Tx& tx, std::string_view token) const {
    const auto found = store::find_token(tx, digest_of_token(token));
    const auto now = parts_.clock.now();
    if (!found || found->kind == store::TokenKind::code || found->expires_at <= now || found->used_at ||
        !found->account_id) {
        return std::nullopt;
    }
    const auto grant = store::find_grant(tx, *found->account_id, *found->grant_id);
    auto app = find_app(tx, found->app_id);
    if (!grant || grant->revoked_at || !app || app->state != AppState::active) {
        return std::nullopt;
    }
    return Live{.app = std::move(*app),
                .account = *found->account_id,
                .claims = json::decode<std::vector<Claim>>(grant->claims),
                .scope = found->scope,
                .expires_at = found->expires_at,
                .is_access = found->kind == store::TokenKind::access};
}

boost::json::object Oidc::user_info(sql::Tx& tx, const Caller& caller) const {
    const auto token = read_bearer(caller.authorization);
    const auto live = token.empty() ? std::nullopt : find_live(tx, token);
    const auto person = live && live->is_access ? parts_.people.find(tx, live->account) : std::nullopt;
    if (!person) {
        throw Error(Fault::unauthenticated, "oauth.invalid_token");
    }
    auto answer = claims_of(*person, live->claims);
    answer["sub"] = subject_of(live->app, live->account);
    return answer;
}

boost::json::object Oidc::introspect(sql::Tx& tx, const Caller& caller, const TokenInput& input) const {
    const auto app = authenticate(tx, caller, input);
    if (app.authentication == Authentication::none) {
        throw invalid_client();
    }
    const auto live = find_live(tx, input.token.value_or(""));
    if (!live || live->app.id != app.id) {
        return {{"active", false}};
    }
    return {{"active", true},
            {"iss", parts_.issuer},
            {"client_id", std::to_string(app.id.value)},
            {"sub", subject_of(app, live->account)},
            {"scope", live->scope},
            {"exp", seconds(live->expires_at)},
            {"token_type", live->is_access ? "Bearer" : "refresh_token"}};
}

void Oidc::revoke(sql::Tx& tx, const Caller& caller, const TokenInput& input) const {
    const auto app = authenticate(tx, caller, input);
    const auto digest = digest_of_token(input.token.value_or(""));
    const auto token = store::find_token(tx, digest);
    if (!token || token->app_id != app.id || token->kind == store::TokenKind::code) {
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
    store::sweep(tx, now - std::chrono::days(1), now - kGrantLife - kRefreshLife);
}

}  // namespace educard::oidc
