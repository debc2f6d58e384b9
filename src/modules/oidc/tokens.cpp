// The token endpoint. Whoever calls is an app; what is wrong is said as RFC 6749, 5.2 has it.

#include "base/error.hpp"
#include "base/json.hpp"
#include "crypto/blind_index.hpp"
#include "crypto/random.hpp"
#include "modules/oidc/claims_request.hpp"
#include "modules/oidc/details.hpp"
#include "modules/oidc/proofs.hpp"
#include "modules/oidc/redirects.hpp"
#include "modules/oidc/requests.hpp"
#include "modules/oidc/sealed.hpp"
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

constexpr std::chrono::minutes kIdTokenLife{15};
// Two pages, and two nodes whose clocks differ, agree at the same moment.
constexpr std::chrono::seconds kSameMoment{5};
// So long after its end a code that is shown again ends what it gave.
constexpr std::chrono::days kCodeRemembered{1};

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

class TokenRequest {
public:
    /// `key`: the thumbprint of the key that the app showed, if it did.
    TokenRequest(const Oidc& oidc, sql::Tx& tx, App app, std::optional<std::string> key)
        : oidc_(oidc), tx_(tx), app_(std::move(app)), key_(std::move(key)), now_(oidc.parts_.clock.now()) {}

    /// A code is good once, and its grant tells: whoever shows it again finds the grant there and ends it
    /// (RFC 6749, 4.1.2 and 10.5), whatever else is wrong with what they show.
    Answer change_code(const TokenInput& input) {
        const auto text = input.code.value_or("");
        const auto sealed = oidc_.seals().open_code(text);
        const auto code = sealed ? *sealed : stored_code(text);
        const auto issued_at = code.expires_at - Oidc::kCodeLife;
        if (code.app_id != app_.id || code.expires_at + kCodeRemembered <= now_ ||
            !app_.keeps_what_is_of(issued_at)) {
            throw invalid_grant();
        }
        const auto& details = code.details;
        if (!details.session) {
            throw invalid_grant();  // nobody gets a code without being signed in
        }
        const auto from = origin_of(code);
        if (!fits(code, input)) {
            return refuse_again(from);
        }
        if (!sealed && !store::use_token(tx_, digest_of_token(text), now_, std::nullopt)) {
            return refuse_for_good(from);
        }
        return begin(
            from,
            {.user_info = details.claims, .id_token = details.id_token_claims.value_or(std::vector<Claim>())},
            {.at = details.signed_in_at,
             .methods = details.methods.value_or("pwd"),
             .session = details.session,
             .of_child = details.of_child.value_or(false),
             .agreed_by = issued_at},
            details.nonce);
    }

    /// A device asks whether the person has agreed (RFC 8628, 3.4 and 3.5).
    Answer poll(const TokenInput& input) {
        const auto digest = digest_of_token(input.device_code.value_or(""));
        const auto device = find(digest, store::TokenKind::device);
        const auto details = json::decode<DeviceDetails>(device.details);
        if (device.expires_at <= now_ || !app_.keeps_what_is_of(device.expires_at - Oidc::kDeviceLife)) {
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
                      .of_child = details.of_child.value_or(false),
                      .agreed_by = std::nullopt},
                     std::nullopt);
    }

    /// Each refresh token is good once; used again it tells that two have it (RFC 9700, 4.14.2), unless it is
    /// so soon that an answer may have been lost.
    Answer refresh(const TokenInput& input) {
        const auto digest = digest_of_token(input.refresh_token.value_or(""));
        auto token = find(digest, store::TokenKind::refresh);
        const auto grant = store::find_grant(tx_, *token.account_id, *token.grant_id);
        if (!grant || grant->revoked_at || token.expires_at <= now_ ||
            grant->created_at + Oidc::kGrantLife <= now_ || !app_.keeps_what_is_of(grant->created_at) ||
            !oidc_.admits(tx_, app_, *token.account_id) ||
            !oidc_.is_let_in(tx_, app_, *token.account_id, json::decode<std::vector<Claim>>(grant->claims))) {
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
    /// A code that had no room in its own text, or is of an earlier version.
    Code stored_code(std::string_view text) const {
        const auto row = find(digest_of_token(text), store::TokenKind::code);
        Code code{.grant_id = *row.grant_id,
                  .app_id = row.app_id,
                  .account_id = *row.account_id,
                  .scope = row.scope,
                  .details = json::decode<CodeDetails>(row.details),
                  .expires_at = row.expires_at};
        code.details.redirect_uri = digest_of_uri(code.details.redirect_uri);
        return code;
    }

    bool fits(const Code& code, const TokenInput& input) const {
        const auto& details = code.details;
        const auto verifier = input.code_verifier.value_or("");
        return code.expires_at > now_ &&
               digest_of_uri(input.redirect_uri.value_or("")) == details.redirect_uri &&
               is_verifier(verifier) && to_base64url(crypto::sha256(verifier)) == details.challenge &&
               (!details.dpop_jkt || details.dpop_jkt == key_);  // RFC 9449, 10
    }

    static store::Token origin_of(const Code& code) {
        return {.digest = {},
                .kind = store::TokenKind::code,
                .app_id = code.app_id,
                .account_id = code.account_id,
                .grant_id = code.grant_id,
                .scope = code.scope,
                .details = "",
                .expires_at = code.expires_at,
                .used_at = std::nullopt,
                .answer = std::nullopt,
                .key_thumbprint = std::nullopt};
    }

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
        std::optional<Time> agreed_by;  // an agreement of later is not the one that this rests on
    };

    /// Whether the person, who decides for the child, or their school still lets the app hear that much; what
    /// rests on a school alone is kept, so that it ends with the approval.
    bool still_agreed(AccountId account, const Agreed& agreed, const SignedIn& signed_in) const {
        auto claims = agreed.user_info;
        claims.insert(claims.end(), agreed.id_token.begin(), agreed.id_token.end());
        const auto within = [&claims](const std::vector<Claim>& known) {
            return std::ranges::all_of(claims, [&](Claim claim) { return contains(known, claim); });
        };
        if (signed_in.of_child) {
            const auto allowance = store::hold_allowance(tx_, account, app_.id);
            const auto allowed =
                allowance ? json::decode<std::vector<Claim>>(allowance->claims) : std::vector<Claim>();
            return (allowance && within(allowed)) ||
                   oidc_.rests_on_school(tx_, app_, account, claims, allowed, true);
        }
        const auto consent = store::hold_consent(tx_, account, app_.id);
        // Withdrawn and given anew is another one; agreeing on two pages at once is not.
        const bool is_same =
            consent && (!signed_in.agreed_by || consent->given_at <= *signed_in.agreed_by + kSameMoment);
        return (is_same && within(json::decode<std::vector<Claim>>(consent->claims))) ||
               oidc_.rests_on_school(tx_, app_, account, claims, {}, false);
    }

    /// The first tokens of a grant.
    Answer begin(const store::Token& from,
                 const Agreed& agreed,
                 const SignedIn& signed_in,
                 const std::optional<std::string>& nonce) {
        // They agreed, and then signed out, or withdrew it. It may have been used before.
        if (signed_in.session &&
            !oidc_.parts_.people.hold_session(tx_, *from.account_id, *signed_in.session)) {
            return refuse_again(from);
        }
        if (!oidc_.admits(tx_, app_, *from.account_id) ||
            !still_agreed(*from.account_id, agreed, signed_in)) {
            return refuse_again(from);
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
        if (!store::insert_grant(tx_, grant)) {
            return refuse_for_good(from);
        }
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

    /// What is wrong ends what the same code or device gave before; when that is nothing, all stays as it is.
    Answer refuse_again(const store::Token& token) {
        if (!store::revoke_grant(tx_, *token.account_id, *token.grant_id, now_)) {
            throw invalid_grant();
        }
        return refusal("invalid_grant", "it was used before");
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
            {"access_token", access_token(from)},
            {"token_type", key_ ? "DPoP" : "Bearer"},
            {"expires_in", std::chrono::seconds(Oidc::kAccessLife).count()},
            {"scope", from.scope},
        };
        if (has_scope(from.scope, "offline_access")) {
            answer["refresh_token"] = oidc_.parts_.random.token();
        }
        return answer;
    }

    /// Sealed, so that nothing has to be kept; random when its scope is too long for that.
    std::string access_token(const store::Token& from) const {
        if (from.scope.size() > Seals::kRoomInToken) {
            return oidc_.parts_.random.token();
        }
        return oidc_.seals().seal(AccessToken{.app_id = app_.id,
                                              .account_id = from.account_id.value_or(AccountId()),
                                              .grant_id = from.grant_id.value_or(GrantId()),
                                              .scope = from.scope,
                                              .key_thumbprint = key_,
                                              .expires_at = now_ + Oidc::kAccessLife});
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
        if (from.scope.size() > Seals::kRoomInToken) {
            insert("access_token", store::TokenKind::access, now_ + Oidc::kAccessLife, true);
        }
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
    const auto require = [](const std::optional<std::string>& member, std::string_view name) {
        if (!member) {
            throw invalid_request(std::string(name) + " is missing");
        }
    };
    if (*input.grant_type == "authorization_code") {
        require(input.code, "code");
        return request.change_code(input);
    }
    if (*input.grant_type == "refresh_token") {
        require(input.refresh_token, "refresh_token");
        return request.refresh(input);
    }
    if (*input.grant_type == "urn:ietf:params:oauth:grant-type:device_code") {
        require(input.device_code, "device_code");
        return request.poll(input);
    }
    if (*input.grant_type == "client_credentials") {
        return request.serve(input);
    }
    throw Error(Fault::invalid, "oauth.unsupported_grant_type");
}

bool Oidc::only_reads(const Caller& caller, const TokenInput& input) {
    // A service that shows neither an assertion nor a proof, which are spent, gets what is kept nowhere.
    return input.grant_type == "client_credentials" && !input.client_assertion && caller.dpop.empty() &&
           input.scope.value_or("").size() <= Seals::kRoomInToken;
}

}  // namespace educard::oidc
