// The authorization endpoint: what the page that the browser was sent to does next.

#include "base/error.hpp"
#include "base/json.hpp"
#include "crypto/random.hpp"
#include "modules/oidc/claims_request.hpp"
#include "modules/oidc/details.hpp"
#include "modules/oidc/redirects.hpp"
#include "modules/oidc/requests.hpp"
#include "modules/oidc/sealed.hpp"
#include "modules/oidc/signing_keys.hpp"
#include "modules/oidc/store.hpp"

#include <algorithm>
#include <iterator>

namespace educard::oidc {

namespace {

/// Whether what the app chose itself has room in a code.
bool fits_in_code(const RequestInput& input) {
    std::size_t octets = 0;
    for (const auto* member : {&input.scope, &input.nonce, &input.code_challenge, &input.dpop_jkt}) {
        octets += *member ? (*member)->size() : 0;
    }
    return octets <= Seals::kRoomInCode;
}

}  // namespace

class Authorization {
public:
    Authorization(const Oidc& oidc, sql::Tx& tx, const Caller& caller, const AuthorizationInput& input)
        : oidc_(oidc), tx_(tx), caller_(caller), input_(input), now_(oidc.parts_.clock.now()) {}

    AuthorizationStep step() {
        for (const auto* name : {"client_id", "redirect_uri", "request_uri"}) {
            if (is_repeated(name)) {
                throw Error(Fault::invalid, "oidc.repeated").with("name", name);
            }
        }
        find_app();
        load_pushed();
        find_return();
        if (input_.repeated && !input_.repeated->empty()) {
            return leave_with({"invalid_request", "a parameter came more than once"});  // RFC 6749, 3.1
        }
        if (app_.pushed && !pushed_) {
            return leave_with({"invalid_request", "this app has to push its requests"});
        }
        if (const auto refusal = find_refusal(input_)) {
            return leave_with(*refusal);
        }
        if (const auto refusal = find_wanted()) {
            return leave_with(*refusal);
        }
        if (!is_signed_in()) {
            return silent() ? leave_with({"login_required", "the person has to sign in"}) : sign_in();
        }
        if (subject_ && *subject_ != oidc_.subject_of(app_, caller_.account)) {
            const bool tried = silent() || begun();
            return tried ? leave_with({"login_required", "somebody else is signed in"}) : sign_in();
        }
        if (prompts("select_account") && !chosen_ && !input_.chosen.value_or(false) && !input_.allowed) {
            auto step = sign_in();
            step.next = Next::choose;
            return step;
        }
        oidc_.admit(tx_, app_, caller_.account);
        // Who agreed before was certified and of age then, and nobody gets younger: a birth date is stated
        // once, before that (Accounts::claim).
        if (const auto before = agreed_before();
            before && caller_.person && !input_.allowed && !prompts("consent")) {
            return leave_with_code(*before);
        }
        const auto standing = oidc_.parts_.people.find_standing(tx_, caller_.account);
        if (!standing) {
            return refuse_uncertified();
        }
        return standing->is_child ? child_enters() : adult_enters();
    }

private:
    const std::string& text(const std::optional<std::string>& member) const {
        static const std::string kNone;
        return member ? *member : kNone;
    }
    bool prompts(std::string_view word) const { return has_scope(text(input_.prompt), word); }
    bool is_repeated(std::string_view name) const {
        return input_.repeated && std::ranges::find(*input_.repeated, name) != input_.repeated->end();
    }
    bool silent() const { return prompts("none"); }

    void find_app() {
        const auto id = parse_id(text(input_.client_id));
        auto row = id ? store::find_app(tx_, AppId{*id}, caller_.account) : std::nullopt;
        if (!row || row->state != AppState::active) {
            throw Error(Fault::not_found, "oidc.app_unknown");
        }
        app_ = app_of(*row);
        consent_ = std::move(row->agreed);
    }

    /// Of a pushed request nothing counts but what was pushed (RFC 9126, 4).
    void load_pushed() {
        pushed_ = digest_of_request_uri(text(input_.request_uri));
        if (!pushed_) {
            return;
        }
        const auto kept = store::find_token(tx_, *pushed_);
        if (!kept || kept->kind != store::TokenKind::request || kept->app_id != app_.id || kept->used_at ||
            kept->expires_at <= now_) {
            throw Error(Fault::invalid, "oidc.request_expired");
        }
        static_cast<RequestInput&>(input_) = json::decode<RequestInput>(kept->details);
    }

    /// Without an app and an address that is registered nobody may be sent anywhere.
    void find_return() {
        if (!is_registered(text(input_.redirect_uri), app_.redirect_uris)) {
            throw Error(Fault::invalid, "oidc.redirect_unknown");
        }
    }

    /// What the app asks to hear, and of whom. An error when it cannot have that of anybody.
    std::optional<Refusal> find_wanted() {
        user_info_ = claims_wanted(app_, text(input_.scope));
        if (input_.id_token_hint) {
            const auto hint = oidc_.signing_keys_->read(*input_.id_token_hint);
            if (!hint || !hint->is_for(std::to_string(app_.id.value))) {
                return Refusal{"invalid_request", "id_token_hint is no ID token of this app"};
            }
            subject_ = hint->text("sub");
        }
        if (input_.claims) {
            const auto asked = parse_claims_request(*input_.claims).value();
            user_info_.insert(user_info_.end(), asked.user_info.begin(), asked.user_info.end());
            id_token_ = registered_of(app_, asked.id_token);
            if (subject_ && asked.subject && *subject_ != *asked.subject) {
                return Refusal{"invalid_request", "id_token_hint and claims are of two people"};
            }
            subject_ = asked.subject ? asked.subject : subject_;
            const auto here = authentication_context(oidc_.parts_.issuer);
            if (asked.acr_essential && !asked.acr.empty() &&
                std::ranges::find(asked.acr, here) == asked.acr.end()) {
                return Refusal{"unmet_authentication_requirements", "nobody signs in that way here"};
            }
        }
        auto both = user_info_;
        both.insert(both.end(), id_token_.begin(), id_token_.end());
        wanted_ = registered_of(app_, both);
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
            chosen_ = true;
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
        step.login_hint = input_.login_hint;
        step.begun = to_base64url(oidc_.cipher_.seal(to_text(now_), place_of_begun()));
        return step;
    }

    AuthorizationStep refuse_uncertified() {
        if (silent()) {
            return leave_with({"interaction_required", "the person is not certified"});
        }
        throw Error(Fault::conflict, "oidc.not_certified");
    }

    AuthorizationStep child_enters() {
        if (input_.allowed && !*input_.allowed) {
            return leave_with({"access_denied", "the person did not agree"});
        }
        const auto claims = oidc_.claims_for_child(tx_, app_, caller_.account, wanted_);
        if (!claims) {
            if (silent()) {
                return leave_with({"interaction_required", "a guardian has to agree"});
            }
            throw Error(Fault::forbidden, "oidc.guardian_needed");
        }
        return leave_with_code(*claims, true);
    }

    AuthorizationStep adult_enters() {
        if (input_.allowed && !*input_.allowed) {
            return leave_with({"access_denied", "the person did not agree"});
        }
        if (input_.allowed) {
            const auto agreed = agreed_of(app_, wanted_, input_.with);
            store::put_consent(tx_, caller_.account, app_.id, json::encode(agreed), now_);
            return leave_with_code(agreed);
        }
        // What the app can do without is still theirs to tell, so they are asked for that where they can be.
        if (const auto covered = oidc_.claims_of_school(tx_, app_, caller_.account, wanted_);
            covered && !prompts("consent") && (silent() || covered->size() == wanted_.size())) {
            return leave_with_code(*covered);
        }
        if (silent()) {
            return leave_with({"consent_required", "the person has to agree"});
        }
        const auto person = oidc_.parts_.people.find(tx_, caller_.account);
        if (!person) {
            return refuse_uncertified();
        }
        AuthorizationStep step{.next = Next::consent, .app = oidc_.view_of(tx_, app_)};
        step.claims = views_of(*person, wanted_, app_);
        return step;
    }

    /// What the person let the app hear, of what it asks for now; nothing when it asks for more that it
    /// needs.
    std::optional<std::vector<Claim>> agreed_before() {
        if (!consent_) {
            return std::nullopt;
        }
        const auto known = json::decode<std::vector<Claim>>(*consent_);
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
        const auto& uri = text(input_.redirect_uri);
        AuthorizationStep step{
            .next = Next::leave,
            .app = {.id = app_.id, .name = app_.name, .purpose = app_.purpose, .organisation = ""}};
        if (!wants_post(input_) || !form_origin(uri)) {
            step.location = with_parameters(uri, parameters);
            return step;
        }
        PostedAnswer answer{.redirect_uri = uri, .parameters = {}, .expires_at = {}};
        for (auto& [name, value] : parameters) {
            answer.parameters.push_back({.name = std::move(name), .value = std::move(value)});
        }
        step.ticket = oidc_.seal_answer(std::move(answer));
        return step;
    }

    AuthorizationStep leave_with(const Refusal& refusal) {
        return leave_to({{"error", refusal.error}, {"error_description", refusal.description}});
    }

    static std::vector<Claim> both_of(const std::vector<Claim>& agreed, const std::vector<Claim>& asked) {
        std::vector<Claim> list;
        std::ranges::copy_if(
            agreed, std::back_inserter(list), [&](Claim claim) { return contains(asked, claim); });
        return list;
    }

    AuthorizationStep leave_with_code(const std::vector<Claim>& claims, bool of_child = false) {
        if (pushed_ && !store::use_token(tx_, *pushed_, now_, std::nullopt)) {
            throw Error(Fault::invalid, "oidc.request_expired");
        }
        const CodeDetails details{.redirect_uri = text(input_.redirect_uri),
                                  .challenge = text(input_.code_challenge),
                                  .nonce = input_.nonce,
                                  .claims = both_of(claims, user_info_),
                                  .signed_in_at = signed_in_at_,
                                  .dpop_jkt = input_.dpop_jkt,
                                  .session = caller_.session,
                                  .id_token_claims = both_of(claims, id_token_),
                                  .methods = caller_.methods,
                                  .of_child = of_child};
        return leave_to({{"code", fits_in_code(input_) ? sealed(details) : stored(details)}});
    }

    std::string sealed(CodeDetails details) const {
        details.redirect_uri = digest_of_uri(details.redirect_uri);
        return oidc_.seals().seal(Code{.grant_id = oidc_.parts_.ids.next<GrantId>(),
                                       .app_id = app_.id,
                                       .account_id = caller_.account,
                                       .scope = text(input_.scope),
                                       .details = std::move(details),
                                       .expires_at = now_ + Oidc::kCodeLife});
    }

    std::string stored(const CodeDetails& details) {
        auto code = oidc_.parts_.random.token();
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
                                         .answer = std::nullopt,
                                         .key_thumbprint = std::nullopt});
        return code;
    }

    const Oidc& oidc_;
    sql::Tx& tx_;
    const Caller& caller_;
    AuthorizationInput input_;
    const Time now_;
    App app_;
    std::optional<std::string> consent_;  // what the person agreed to before, in JSON
    std::optional<Bytes> pushed_;         // the digest of the request, when it was pushed
    std::vector<Claim> user_info_;        // asked for in each of the two places
    std::vector<Claim> id_token_;
    std::vector<Claim> wanted_;           // anywhere
    std::optional<std::string> subject_;  // who has to come back, if the app says so
    Time signed_in_at_;
    bool chosen_ = false;  // who is signed in did so for this request
};

bool Oidc::may_enter(sql::Tx& tx, const App& app, const Person& person) const {
    const auto owner = parts_.organisations.get(tx, app.organisation_id).path;
    return !person.path.empty() && is_within(person.path, owner);
}

AuthorizationStep Oidc::authorize(sql::Tx& tx, const Caller& caller, const AuthorizationInput& input) const {
    return Authorization(*this, tx, caller, input).step();
}

bool Oidc::only_reads(const AuthorizationInput& input) {
    return !input.allowed && !input.request_uri && fits_in_code(input);
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
    end_consent(tx, caller.account, app);
    parts_.audit.record(tx,
                        caller,
                        AuditEntry{.action = "oidc.disconnected",
                                   .organisation_path = "",
                                   .subject_kind = "app",
                                   .subject = std::to_string(app.value),
                                   .details = ""});
}

}  // namespace educard::oidc
