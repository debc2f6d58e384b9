// The authorization endpoint: what the page that the browser was sent to does next.

#include "base/error.hpp"
#include "base/json.hpp"
#include "crypto/random.hpp"
#include "modules/oidc/details.hpp"
#include "modules/oidc/redirects.hpp"
#include "modules/oidc/signing_keys.hpp"
#include "modules/oidc/store.hpp"

#include <algorithm>
#include <charconv>

namespace educard::oidc {

namespace {

constexpr std::size_t kLeastChallenge = 43;  // RFC 7636, 4.2
constexpr std::size_t kMostChallenge = 128;

/// An error that goes back to the app (RFC 6749, 4.1.2.1; OpenID Connect Core 3.1.2.6).
struct Refusal {
    const char* error;
    const char* description;
};

std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = fault == std::errc() && end == text.data() + text.size() && value >= 0;
    return whole ? std::optional(value) : std::nullopt;
}

bool contains(const std::vector<Claim>& claims, Claim claim) {
    return std::ranges::find(claims, claim) != claims.end();
}

/// Which claims a scope stands for.
std::vector<Claim> claims_of_scopes(std::string_view scope) {
    std::vector<Claim> claims;
    if (has_scope(scope, "profile")) {
        claims.push_back(Claim::name);
    }
    if (has_scope(scope, "education")) {
        claims.insert(claims.end(), {Claim::role, Claim::stage, Claim::school, Claim::class_name});
    }
    if (has_scope(scope, "card")) {
        claims.push_back(Claim::card_number);
    }
    return claims;
}

std::string value_of(const Person& person, Claim claim) {
    switch (claim) {
        case Claim::name:
            return person.name;
        case Claim::role:
            return person.role.value_or("");
        case Claim::stage:
            return person.stage.value_or("");
        case Claim::school:
            return person.school.value_or("");
        case Claim::class_name:
            return person.class_name.value_or("");
        case Claim::card_number:
            return person.card_number.value_or("");
    }
    return {};
}

}  // namespace

bool has_scope(std::string_view scopes, std::string_view wanted) {
    while (!scopes.empty()) {
        const auto end = std::min(scopes.find(' '), scopes.size());
        if (scopes.substr(0, end) == wanted) {
            return true;
        }
        scopes.remove_prefix(std::min(end + 1, scopes.size()));
    }
    return false;
}

class Authorization {
public:
    Authorization(const Oidc& oidc, sql::Tx& tx, const Caller& caller, const AuthorizationInput& input)
        : oidc_(oidc), tx_(tx), caller_(caller), input_(input), now_(oidc.parts_.clock.now()) {}

    AuthorizationStep step() {
        find_app();
        if (const auto refusal = find_refusal()) {
            return leave_with(*refusal);
        }
        if (!is_signed_in()) {
            return silent() ? leave_with({"login_required", "the person has to sign in"}) : sign_in();
        }
        const auto person = oidc_.parts_.people.find(tx_, caller_.account);
        if (!person) {
            if (silent()) {
                return leave_with({"interaction_required", "the person is not certified"});
            }
            throw Error(Fault::conflict, "oidc.not_certified");
        }
        return person->is_child ? child_enters(*person) : adult_enters(*person);
    }

private:
    const std::string& text(const std::optional<std::string>& member) const {
        static const std::string kNone;
        return member ? *member : kNone;
    }
    bool prompts(std::string_view word) const { return has_scope(text(input_.prompt), word); }
    bool silent() const { return prompts("none"); }

    /// Without these two nothing may go to any address.
    void find_app() {
        const auto id = parse_id(text(input_.client_id));
        auto app = id ? oidc_.find_app(tx_, AppId{*id}) : std::nullopt;
        if (!app || app->state != AppState::active) {
            throw Error(Fault::not_found, "oidc.app_unknown");
        }
        if (!is_registered(text(input_.redirect_uri), app->redirect_uris)) {
            throw Error(Fault::invalid, "oidc.redirect_unknown");
        }
        app_ = std::move(*app);
        wanted_ = claims_of_scopes(text(input_.scope));
        std::erase_if(wanted_, [&](Claim claim) {
            return !contains(app_.essential, claim) && !contains(app_.voluntary, claim);
        });
    }

    std::optional<Refusal> find_refusal() const {
        if (input_.request) {
            return Refusal{"request_not_supported", "request objects are not supported"};
        }
        if (input_.request_uri) {
            return Refusal{"request_uri_not_supported", "request_uri is not supported"};
        }
        if (!input_.response_type) {
            return Refusal{"invalid_request", "response_type is missing"};
        }
        if (*input_.response_type != "code") {
            return Refusal{"unsupported_response_type", "response_type has to be code"};
        }
        if (input_.response_mode && *input_.response_mode != "query") {
            return Refusal{"invalid_request", "response_mode has to be query"};
        }
        if (!has_scope(text(input_.scope), "openid")) {
            return Refusal{"invalid_scope", "scope has to contain openid"};
        }
        const auto length = text(input_.code_challenge).size();
        if (text(input_.code_challenge_method) != "S256" || length < kLeastChallenge ||
            length > kMostChallenge) {
            return Refusal{"invalid_request", "PKCE with code_challenge_method S256 is required"};
        }
        if (silent() && *input_.prompt != "none") {
            return Refusal{"invalid_request", "prompt none stands alone"};
        }
        if (input_.max_age && !whole_number(*input_.max_age)) {
            return Refusal{"invalid_request", "max_age has to be a number of seconds"};
        }
        return std::nullopt;
    }

    /// Whether there is a session that is as fresh as the app asks for.
    bool is_signed_in() {
        if (!caller_.signed_in()) {
            return false;
        }
        signed_in_at_ = made_at(caller_.session.value);
        const auto asked_at = begun();
        if (asked_at && *asked_at <= signed_in_at_) {
            return true;
        }
        const auto most = input_.max_age ? whole_number(*input_.max_age) : std::nullopt;
        return !prompts("login") && (!most || now_ - signed_in_at_ <= std::chrono::seconds(*most));
    }

    crypto::FieldPlace place_of_begun() const {
        return {.table = "app", .column = "begun", .row = app_.id.value};
    }
    /// When this request asked to sign in, by what it was given to bring back.
    std::optional<Time> begun() const {
        const auto sealed = from_base64url(text(input_.begun));
        const auto opened = sealed ? oidc_.cipher_.try_open(*sealed, place_of_begun()) : std::nullopt;
        return opened ? parse_time(*opened) : std::nullopt;
    }

    AuthorizationStep sign_in() {
        AuthorizationStep step{.next = Next::sign_in, .app = oidc_.view_of(tx_, app_)};
        step.begun = to_base64url(oidc_.cipher_.seal(to_text(now_), place_of_begun()));
        return step;
    }

    /// PIPL art. 31: below fourteen it is not theirs to agree. An app of their own school, or of who is above
    /// it, hears what it cannot do without; others nothing.
    AuthorizationStep child_enters(const Person& person) {
        const auto owner = oidc_.parts_.organisations.get(tx_, app_.organisation_id).path;
        if (person.path.empty() || !is_within(person.path, owner)) {
            if (silent()) {
                return leave_with({"interaction_required", "a guardian has to agree"});
            }
            throw Error(Fault::forbidden, "oidc.guardian_needed");
        }
        std::erase_if(wanted_, [&](Claim claim) { return !contains(app_.essential, claim); });
        return leave_with_code(wanted_);
    }

    AuthorizationStep adult_enters(const Person& person) {
        if (input_.allowed && !*input_.allowed) {
            return leave_with({"access_denied", "the person did not agree"});
        }
        if (input_.allowed) {
            std::vector<Claim> agreed;
            std::ranges::copy_if(wanted_, std::back_inserter(agreed), [&](Claim claim) {
                return contains(app_.essential, claim) || (input_.with && contains(*input_.with, claim));
            });
            store::put_consent(tx_, caller_.account, app_.id, json::encode(agreed), now_);
            return leave_with_code(agreed);
        }
        if (const auto before = agreed_before(); before && !prompts("consent")) {
            return leave_with_code(*before);
        }
        if (silent()) {
            return leave_with({"consent_required", "the person has to agree"});
        }
        AuthorizationStep step{.next = Next::consent, .app = oidc_.view_of(tx_, app_)};
        for (const auto claim : wanted_) {
            step.claims.push_back({.claim = claim,
                                   .value = value_of(person, claim),
                                   .essential = contains(app_.essential, claim)});
        }
        return step;
    }

    /// What the person let the app hear, of what it asks for now; nothing when it asks for more that it
    /// needs.
    std::optional<std::vector<Claim>> agreed_before() {
        const auto consent = store::find_consent(tx_, caller_.account, app_.id);
        if (!consent) {
            return std::nullopt;
        }
        const auto known = json::decode<std::vector<Claim>>(consent->claims);
        std::vector<Claim> agreed;
        for (const auto claim : wanted_) {
            if (contains(known, claim)) {
                agreed.push_back(claim);
            } else if (contains(app_.essential, claim)) {
                return std::nullopt;
            }
        }
        return agreed;
    }

    AuthorizationStep leave_to(std::vector<std::pair<std::string, std::string>> parameters) {
        if (input_.state) {
            parameters.emplace_back("state", *input_.state);
        }
        parameters.emplace_back("iss", oidc_.parts_.issuer);  // RFC 9207
        AuthorizationStep step{.next = Next::leave, .app = oidc_.view_of(tx_, app_)};
        step.location = with_parameters(text(input_.redirect_uri), parameters);
        return step;
    }

    AuthorizationStep leave_with(const Refusal& refusal) {
        return leave_to({{"error", refusal.error}, {"error_description", refusal.description}});
    }

    AuthorizationStep leave_with_code(const std::vector<Claim>& claims) {
        const auto code = oidc_.parts_.random.token();
        const CodeDetails details{.redirect_uri = text(input_.redirect_uri),
                                  .challenge = text(input_.code_challenge),
                                  .nonce = input_.nonce,
                                  .claims = claims,
                                  .signed_in_at = signed_in_at_};
        store::insert_token(tx_,
                            store::Token{.digest = digest_of_token(code),
                                         .kind = store::TokenKind::code,
                                         .app_id = app_.id,
                                         .account_id = caller_.account,
                                         .grant_id = oidc_.parts_.ids.next<GrantId>(),
                                         .scope = text(input_.scope),
                                         .details = json::encode(details),
                                         .expires_at = now_ + Oidc::kCodeLife,
                                         .used_at = std::nullopt,
                                         .answer = std::nullopt});
        return leave_to({{"code", code}});
    }

    const Oidc& oidc_;
    sql::Tx& tx_;
    const Caller& caller_;
    const AuthorizationInput& input_;
    const Time now_;
    App app_;
    std::vector<Claim> wanted_;
    Time signed_in_at_;
};

AuthorizationStep Oidc::authorize(sql::Tx& tx, const Caller& caller, const AuthorizationInput& input) const {
    return Authorization(*this, tx, caller, input).step();
}

std::vector<ConnectedApp> Oidc::connected(sql::Tx& tx, const Caller& caller) const {
    std::vector<ConnectedApp> list;
    for (const auto& consent : store::consents(tx, caller.account)) {
        if (const auto app = find_app(tx, consent.app_id)) {
            list.push_back({.app = view_of(tx, *app),
                            .claims = json::decode<std::vector<Claim>>(consent.claims),
                            .given_at = consent.given_at});
        }
    }
    return list;
}

void Oidc::disconnect(sql::Tx& tx, const Caller& caller, AppId app) const {
    if (!store::remove_consent(tx, caller.account, app)) {
        throw Error(Fault::not_found, "oidc.not_connected");
    }
    store::revoke_grants(tx, app, caller.account, parts_.clock.now());
    parts_.audit.record(tx,
                        caller,
                        AuditEntry{.action = "oidc.disconnected",
                                   .organisation_path = "",
                                   .subject_kind = "app",
                                   .subject = std::to_string(app.value),
                                   .details = ""});
}

}  // namespace educard::oidc
