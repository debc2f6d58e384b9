#pragma once
// The card opens apps: an OpenID Connect provider (OpenID Connect Core 1.0, RFC 6749, 7636, 9126, 9449,
// 9700). Apps are registered for an organisation that answers for them and say which claims they need; people
// sign in with their card, agree, and the app hears no more than that, never an ID number. Owns app,
// app_secret, token_key, app_consent, app_allowance, app_request, app_grant, app_token, app_revoked_token,
// used_proof, app_school_approval and app_school_entry. Any thread may call any member.
//
//   authorize()   the page asks: sign in, consent, or back to the app with a code
//   token()       the app changes the code for tokens
//   user_info()   the app reads the claims

#include "base/json.hpp"
#include "base/time.hpp"
#include "crypto/field_cipher.hpp"
#include "modules/oidc/form_post.hpp"
#include "modules/oidc/registration.hpp"
#include "modules/organisations/organisations.hpp"
#include "runtime/audit.hpp"
#include "runtime/caller.hpp"
#include "runtime/outbox.hpp"
#include "runtime/outgoing.hpp"
#include "runtime/rate_limit.hpp"
#include "sql/sql.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace educard::http {
class Routes;
}

namespace educard::oidc {

using AppId = Id<struct AppTag>;
using AppSecretId = Id<struct AppSecretTag>;
using GrantId = Id<struct AppGrantTag>;

/// What an app may hear of a person, beside `sub`. Named as in tokens.
enum class Claim { name, role, stage, school, class_name, card_number };
BOOST_DESCRIBE_ENUM(Claim, name, role, stage, school, class_name, card_number)

/// How an app shows at the token endpoint that it is itself. `none`: programs on people's own devices, which
/// cannot keep a secret; PKCE stands for it. `private_key_jwt`: it signs (RFC 7523), and educard knows public
/// keys only.
enum class Authentication { none, client_secret, private_key_jwt };
BOOST_DESCRIBE_ENUM(Authentication, none, client_secret, private_key_jwt)

enum class Algorithm { RS256, ES256, EdDSA };
BOOST_DESCRIBE_ENUM(Algorithm, RS256, ES256, EdDSA)

enum class AppState { active, disabled };
BOOST_DESCRIBE_ENUM(AppState, active, disabled)

struct App {
    AppId id;  // its client_id
    OrganisationId organisation_id;
    std::string name;
    std::string purpose;
    Authentication authentication{};
    bool posts_secret = false;  // said that its secret comes in the form; either way is good
    std::vector<std::string> redirect_uris;
    std::vector<Claim> essential;
    std::vector<Claim> voluntary;
    Algorithm id_token_algorithm{};
    std::string keys;      // of private_key_jwt: a JWK Set; empty otherwise
    bool service = false;  // may ask for tokens in its own name
    bool pushed = false;   // has to push its requests (RFC 9126)
    bool bound = false;    // has to bind its tokens to a key (RFC 9449)
    bool device = false;   // runs on devices without a browser (RFC 8628)
    std::vector<std::string> post_logout_redirect_uris;
    std::optional<std::string> backchannel_logout_uri;
    AppState state{};
    bool testing = false;  // only its testers enter
    Time created_at;
    std::optional<Time> deleted_at{};    // disabled for good, by the app itself
    std::optional<Time> tokens_since{};  // what it was given before is no longer good

    /// Whether what it was given at that moment may still be good.
    bool keeps_what_is_of(Time issued_at) const { return !tokens_since || issued_at >= *tokens_since; }
};
BOOST_DESCRIBE_STRUCT(App,
                      (),
                      (id,
                       organisation_id,
                       name,
                       purpose,
                       authentication,
                       posts_secret,
                       redirect_uris,
                       essential,
                       voluntary,
                       id_token_algorithm,
                       keys,
                       service,
                       pushed,
                       bound,
                       device,
                       post_logout_redirect_uris,
                       backchannel_logout_uri,
                       state,
                       testing,
                       created_at,
                       deleted_at,
                       tokens_since))

struct NewApp {
    OrganisationId organisation_id;
    std::string name;
    std::string purpose;
    Authentication authentication{};
    bool posts_secret = false;
    std::vector<std::string> redirect_uris;
    std::vector<Claim> essential;
    std::vector<Claim> voluntary;
    Algorithm id_token_algorithm{};
    std::string keys;  // a JWK Set or one JWK (RFC 7517)
    bool service = false;
    bool pushed = false;
    bool bound = false;
    bool device = false;
    std::vector<std::string> post_logout_redirect_uris;
    std::optional<std::string> backchannel_logout_uri;
    bool testing = false;
};

/// A secret as it is known afterwards.
struct SecretView {
    Time created_at;
    std::optional<Time> expires_at;  // of one that was replaced
};
BOOST_DESCRIBE_STRUCT(SecretView, (), (created_at, expires_at))

/// `secret` is shown once and kept as a digest.
struct Registered {
    App app;
    std::optional<std::string> secret;
};

/// An authorization request (OpenID Connect Core 3.1.2.1) without who sends it.
struct RequestInput {
    std::optional<std::string> redirect_uri;
    std::optional<std::string> response_type;
    std::optional<std::string> response_mode;
    std::optional<std::string> scope;
    std::optional<std::string> state;
    std::optional<std::string> nonce;
    std::optional<std::string> code_challenge;
    std::optional<std::string> code_challenge_method;
    std::optional<std::string> prompt;
    std::optional<std::string> max_age;
    std::optional<std::string> dpop_jkt;
    std::optional<std::string> claims;         // JSON
    std::optional<std::string> id_token_hint;  // nobody else may come back
    std::optional<std::string> login_hint;     // the user name, for the page
    std::optional<std::string> acr_values;     // voluntary, and there is one way to sign in
    std::optional<std::string> request;        // as a JWT: refused by name
    std::optional<std::string> request_uri;
};
BOOST_DESCRIBE_STRUCT(RequestInput,
                      (),
                      (redirect_uri,
                       response_type,
                       response_mode,
                       scope,
                       state,
                       nonce,
                       code_challenge,
                       code_challenge_method,
                       prompt,
                       max_age,
                       dpop_jkt,
                       claims,
                       id_token_hint,
                       login_hint,
                       acr_values,
                       request,
                       request_uri))

/// The same as the page passes it on, and what the person said.
struct AuthorizationInput : RequestInput {
    std::optional<std::string> client_id;
    std::optional<std::string> begun;        // from the step before, when it asked to sign in
    std::optional<bool> chosen;              // the person goes on with the account that is signed in
    std::optional<bool> allowed;             // the person's answer
    std::optional<std::vector<Claim>> with;  // the voluntary claims that they agree to
    std::optional<std::vector<std::string>> repeated;  // parameters that came more than once
};
BOOST_DESCRIBE_STRUCT(AuthorizationInput, (RequestInput), (client_id, begun, chosen, allowed, with, repeated))

/// What the page does next. `choose`: ask whether to go on as who is signed in. `done`: say that it is done,
/// there is nowhere to go.
enum class Next { sign_in, choose, consent, leave, done };
BOOST_DESCRIBE_ENUM(Next, sign_in, choose, consent, leave, done)

struct AppView {
    AppId id;
    std::string name;
    std::string purpose;
    std::string organisation;  // empty where nobody looks at it
};
BOOST_DESCRIBE_STRUCT(AppView, (), (id, name, purpose, organisation))

/// One claim with what the app would read.
struct ClaimView {
    Claim claim{};
    std::string value;
    bool essential = false;
};
BOOST_DESCRIBE_STRUCT(ClaimView, (), (claim, value, essential))

struct AuthorizationStep {
    Next next{};
    AppView app;
    std::vector<ClaimView> claims;          // of consent
    std::optional<std::string> begun;       // of sign_in: send it with the next request
    std::optional<std::string> login_hint;  // of sign_in: the user name that the app expects
    std::optional<std::string> location;    // of leave: where the browser goes
    std::optional<std::string> ticket;      // of leave, instead: what it posts to /oidc/form_post
};
BOOST_DESCRIBE_STRUCT(AuthorizationStep, (), (next, app, claims, begun, login_hint, location, ticket))

/// What the page was given for an app that wants its answer posted.
struct FormPostInput {
    json::Text<std::size_t{1} << 16U> ticket;
};
BOOST_DESCRIBE_STRUCT(FormPostInput, (), (ticket))

/// How an app says who it is in a form (RFC 6749, 2.3.1; RFC 7521, 4.2).
struct ClientInput {
    std::optional<std::string> client_id;
    std::optional<std::string> client_secret;
    std::optional<std::string> client_assertion_type;
    std::optional<std::string> client_assertion;
};
BOOST_DESCRIBE_STRUCT(ClientInput, (), (client_id, client_secret, client_assertion_type, client_assertion))

/// A device that has no browser of its own asks (RFC 8628, 3.1).
struct DeviceInput : ClientInput {
    std::optional<std::string> scope;
};
BOOST_DESCRIBE_STRUCT(DeviceInput, (ClientInput), (scope))

/// The code that the device shows, as the person typed it, and what they said.
struct DeviceAuthorizationInput {
    std::string user_code;
    std::optional<std::string> begun;
    std::optional<bool> allowed;
    std::optional<std::vector<Claim>> with;
};
BOOST_DESCRIBE_STRUCT(DeviceAuthorizationInput, (), (user_code, begun, allowed, with))

/// An app asks to sign somebody out (OpenID Connect RP-Initiated Logout 1.0, 2).
struct LogoutInput {
    std::optional<std::string> id_token_hint;
    std::optional<std::string> client_id;
    std::optional<std::string> post_logout_redirect_uri;
    std::optional<std::string> state;
    std::optional<std::vector<std::string>> repeated;  // parameters that came more than once
};
BOOST_DESCRIBE_STRUCT(LogoutInput, (), (id_token_hint, client_id, post_logout_redirect_uri, state, repeated))

/// `ask`: the person has to say that they want it. `location`: where the browser goes afterwards.
struct LogoutStep {
    bool ask = false;
    std::optional<AppView> app;
    std::optional<std::string> location;
};
BOOST_DESCRIBE_STRUCT(LogoutStep, (), (ask, app, location))

/// The form of the token endpoint, and of introspection and revocation.
struct TokenInput : ClientInput {
    std::optional<std::string> grant_type;
    std::optional<std::string> code;
    std::optional<std::string> redirect_uri;
    std::optional<std::string> code_verifier;
    std::optional<std::string> refresh_token;
    std::optional<std::string> device_code;
    std::optional<std::string> scope;
    std::optional<std::string> token;
};
BOOST_DESCRIBE_STRUCT(
    TokenInput,
    (ClientInput),
    (grant_type, code, redirect_uri, code_verifier, refresh_token, device_code, scope, token))

/// A request that an app pushes before it sends the browser (RFC 9126).
struct PushedInput : ClientInput, RequestInput {};
BOOST_DESCRIBE_STRUCT(PushedInput, (ClientInput, RequestInput), ())

/// An app that somebody lets in.
struct ConnectedApp {
    AppView app;
    std::vector<Claim> claims;
    Time given_at;
};
BOOST_DESCRIBE_STRUCT(ConnectedApp, (), (app, claims, given_at))

/// Why a child may enter an app, or may not yet: the school answers for it, a guardian allowed it, or the
/// child asks.
enum class ChildAppState { school, allowed, asked };
BOOST_DESCRIBE_ENUM(ChildAppState, school, allowed, asked)

/// An app that concerns a child, for the child's guardians.
struct ChildApp {
    AppView app;
    ChildAppState state{};
    std::vector<ClaimView> claims;  // all that it may ask for, with what it would read
    std::vector<Claim> allowed;     // of these
    std::optional<std::string> allowed_by;
    Time at;                                   // allowed, asked, entered first, or approved by the school
    std::optional<std::string> approved_by{};  // this and the next: who answers for an app of somebody else
    std::optional<std::string> school_purpose{};  // and what for
};
BOOST_DESCRIBE_STRUCT(ChildApp,
                      (),
                      (app, state, claims, allowed, allowed_by, at, approved_by, school_purpose))

using SchoolApprovalId = Id<struct SchoolApprovalTag>;

/// A school, or a county for all of its schools, answers for an app of somebody else.
struct SchoolApproval {
    SchoolApprovalId id;
    AppView app;
    OrganisationId organisation_id;
    std::string organisation;
    std::string purpose;        // what the school uses it for
    std::vector<Claim> claims;  // that it covers
    std::optional<std::string> approved_by;
    Time approved_at;
    bool from_above = false;     // of an authority above the school that was asked for
    bool asks_for_more = false;  // the app needs by now what is not covered
};
BOOST_DESCRIBE_STRUCT(SchoolApproval,
                      (),
                      (id,
                       app,
                       organisation_id,
                       organisation,
                       purpose,
                       claims,
                       approved_by,
                       approved_at,
                       from_above,
                       asks_for_more))

/// What an administrator may do about an app: nothing where it is `own`, of their school or an authority
/// above.
enum class Approvable { open, own, approved };
BOOST_DESCRIBE_ENUM(Approvable, open, own, approved)

/// An app that a school may answer for.
struct SchoolAppCandidate {
    AppView app;
    std::vector<Claim> essential;
    std::vector<Claim> voluntary;
    Approvable standing{};
};
BOOST_DESCRIBE_STRUCT(SchoolAppCandidate, (), (app, essential, voluntary, standing))

struct SchoolAppCandidates {
    std::vector<SchoolAppCandidate> items;
    std::optional<AppId> next;
};

struct ApproveForSchool {
    OrganisationId organisation_id;
    AppId app_id;
    std::string purpose;
};
BOOST_DESCRIBE_STRUCT(ApproveForSchool, (), (organisation_id, app_id, purpose))

/// What is known of a certified person.
struct Person {
    PersonId id;
    std::string name;
    std::optional<std::string> role;  // student, teacher, staff; nothing when they are nothing anywhere now
    std::optional<std::string> stage;
    std::optional<std::string> school;
    std::optional<std::string> school_code;
    std::optional<std::string> class_name;
    std::optional<std::string> card_number;
    std::string path;  // of their class or school
};

/// What decides who agrees.
struct Standing {
    bool is_child = false;  // below the age at which people decide on their own data
};

/// What an app hears of somebody while they are away: `members` are `sub` and the values of `claims`.
struct Told {
    std::vector<Claim> claims;
    boost::json::object members;
};

/// Why an app is told something. `parting`: something of the person ended, perhaps that for which a child
/// might enter; the app that the child had entered may still hear that, by `sub` alone.
enum class Occasion { standing, parting };

/// Knows who signs in. cli wires it from accounts, people and cards. Both finds give nothing when the account
/// is nobody's who was certified.
class People {
public:
    virtual ~People() = default;
    virtual std::optional<Standing> find_standing(sql::Tx& tx, AccountId account) const = 0;
    virtual std::optional<Person> find(sql::Tx& tx, AccountId account) const = 0;
    virtual std::optional<std::string> name_of(sql::Tx& tx, AccountId account) const = 0;
    /// Whether the account is still signed in there. If so, nobody ends the session before `tx` is done.
    virtual bool hold_session(sql::Tx& tx, AccountId account, SessionId session) const = 0;
};

/// What Oidc stands on; all of it outlives it.
struct Parts {
    sql::Database& database;
    const Clock& clock;
    IdSource& ids;
    const crypto::KeyRing& keys;
    crypto::Random& random;
    RateLimits& limits;
    Audit& audit;
    Outbox& outbox;
    const organisations::Organisations& organisations;
    const People& people;
    const Outgoing& outgoing;
    std::string issuer;                         // "https://card.example.edu.cn"
    std::vector<std::string> service_scopes{};  // what services may ask for in their own name
};

/// A service that calls in its own name, and what its token is good for.
struct ServiceCall {
    App app;
    std::string scope;
};

bool has_scope(std::string_view scopes, std::string_view wanted);

/// Of the token endpoint: a refusal is an answer too where it changes something.
struct Answer {
    int status = 200;
    boost::json::object body;
};

namespace store {
struct ApprovalRow;
}

class SigningKeys;
class Seals;
struct ProofFor;
struct AccessToken;

/// Something that may be shown once until it expires.
struct OnceOnly {
    Bytes digest;
    Time expires_at;
};

class Oidc {
public:
    static constexpr std::chrono::seconds kCodeLife{60};
    static constexpr std::chrono::minutes kAccessLife{15};
    static constexpr std::chrono::days kRefreshLife{30};
    static constexpr std::chrono::days kGrantLife{365};
    /// So long a refresh token that was used gives the same answer again, for a client that did not get it.
    static constexpr std::chrono::seconds kRefreshAgain{60};
    static constexpr std::chrono::days kSecretOverlap{7};
    /// Of a pushed request: the person may have to sign in meanwhile.
    static constexpr std::chrono::minutes kPushedLife{10};
    static constexpr std::chrono::minutes kDeviceLife{10};
    /// How often a device may ask whether somebody has agreed.
    static constexpr std::chrono::seconds kDeviceInterval{5};

    explicit Oidc(Parts parts);
    ~Oidc();

    /// Who may enter an app in test; without it nobody. Before serving starts.
    using IsTester = std::function<bool(sql::Tx& tx, AppId app, AccountId account)>;
    void admit_testers_with(IsTester is_tester) { is_tester_ = std::move(is_tester); }
    /// Which apps may not change what they registered themselves any more, because somebody reviews it.
    /// Before serving starts.
    using IsReviewed = std::function<bool(sql::Tx& tx, const App& app)>;
    void keep_reviewed_with(IsReviewed is_reviewed) { is_reviewed_ = std::move(is_reviewed); }
    sql::Database& database() const { return parts_.database; }

    // apps.cpp: the registry
    /// What is wrong with it, by the names of NewApp.
    std::vector<FieldError> faults_of(const NewApp& app) const;
    /// Throws Error::invalid with all field errors.
    Registered register_app(sql::Tx& tx, const Caller& caller, const NewApp& app) const;
    std::vector<App> list_apps(sql::Tx& tx) const;
    std::optional<App> find_app(sql::Tx& tx, AppId id) const;
    /// A new secret; the old ones go on for kSecretOverlap. Throws not_found "oidc.app_unknown", conflict
    /// "oidc.app_without_secret".
    std::string rotate_secret(sql::Tx& tx, const Caller& caller, AppId id) const;
    /// Other public keys for those that it signs with: a JWK Set or one JWK. Throws not_found
    /// "oidc.app_unknown", conflict "oidc.app_without_keys", Error::invalid.
    void replace_keys(sql::Tx& tx, const Caller& caller, AppId id, std::string_view keys) const;
    /// What it may hear from now on. Throws not_found "oidc.app_unknown", Error::invalid.
    void set_claims(sql::Tx& tx,
                    const Caller& caller,
                    AppId id,
                    const std::vector<Claim>& essential,
                    const std::vector<Claim>& voluntary) const;
    /// Everything about it but its owner, its state and how it shows who it is (`authentication`, `keys`).
    /// Throws not_found "oidc.app_unknown", Error::invalid, and as replace_app.
    App change_app(sql::Tx& tx, const Caller& caller, AppId id, NewApp app) const;
    /// Only testers enter it, and what it had been given is ended; or whoever may.
    void set_testing(sql::Tx& tx, const Caller& caller, AppId id, bool testing) const;
    /// Newest first; those that are over are left out.
    std::vector<SecretView> secrets_of(sql::Tx& tx, AppId id) const;
    /// Secrets that were replaced are good for nothing from now on: one of them got into wrong hands.
    void end_replaced_secrets(sql::Tx& tx, const Caller& caller, AppId id) const;
    /// Lets nobody in any more, or again. What it had been given before it was disabled is ended for good.
    void set_state(sql::Tx& tx, const Caller& caller, AppId id, AppState state) const;

    // registration.cpp: apps that register themselves
    /// Throws Error::invalid.
    MadeInitialToken make_initial_token(sql::Tx& tx,
                                        const Caller& caller,
                                        const NewInitialToken& wanted) const;
    std::vector<InitialToken> list_initial_tokens(sql::Tx& tx) const;
    /// Throws not_found "oidc.initial_token_unknown".
    void revoke_initial_token(sql::Tx& tx, const Caller& caller, InitialTokenId id) const;
    /// The client registration endpoint. What this and the next throw has the codes of RFC 7591, 3.2.2 and
    /// RFC 6750, 3.1.
    boost::json::object register_itself(sql::Tx& tx,
                                        const Caller& caller,
                                        const RegistrationInput& input) const;
    // The client configuration endpoint (RFC 7592, 2).
    boost::json::object read_registration(sql::Tx& tx, const Caller& caller, const ManagedInput& input) const;
    boost::json::object replace_registration(sql::Tx& tx,
                                             const Caller& caller,
                                             const ReplacementInput& input) const;
    void delete_registration(sql::Tx& tx, const Caller& caller, const ManagedInput& input) const;

    // authorize.cpp: the person's side
    /// Throws Error when the app or where to return to is not known; everything else that is wrong with the
    /// request goes back to the app (RFC 6749, 4.1.2.1).
    AuthorizationStep authorize(sql::Tx& tx, const Caller& caller, const AuthorizationInput& input) const;
    /// Whether authorize() changes nothing then.
    static bool only_reads(const AuthorizationInput& input);
    // form_post.cpp
    /// The page that posts the answer to the app. Throws invalid "oidc.request_expired".
    PostingPage form_post(const FormPostInput& input) const;
    std::vector<ConnectedApp> connected(sql::Tx& tx, const Caller& caller) const;
    /// The app hears nothing from now on.
    void disconnect(sql::Tx& tx, const Caller& caller, AppId app) const;

    // children.cpp: a guardian decides which apps a child enters
    /// The child asks its guardians for an app. Throws not_found "oidc.app_unknown", conflict
    /// "oidc.no_guardian_needed".
    void ask_guardian(sql::Tx& tx, const Caller& caller, AppId app) const;
    /// Allowed ones, then those that the child asks for, then those that its school answers for and it has
    /// entered. These functions do not ask who may decide for the child.
    std::vector<ChildApp> apps_of_child(sql::Tx& tx, AccountId child) const;
    /// The child may enter; the app hears what it cannot do without, and what of the rest `with` names.
    /// Throws not_found "oidc.app_unknown", conflict "oidc.no_guardian_needed".
    void allow_for_child(sql::Tx& tx,
                         const Caller& guardian,
                         AccountId child,
                         AppId app,
                         const std::optional<std::vector<Claim>>& with) const;
    /// No longer: its tokens are no longer good. Throws not_found "oidc.not_connected".
    void withdraw_for_child(sql::Tx& tx, const Caller& guardian, AccountId child, AppId app) const;
    /// All that one guardian allowed, who turned out not to be one.
    void withdraw_allowances_by(sql::Tx& tx, const Caller& caller, AccountId child, AccountId guardian) const;
    /// The guardian does not want it; the child may ask again.
    void refuse_for_child(sql::Tx& tx, const Caller& guardian, AccountId child, AppId app) const;

    /// Who has to know, in the same transaction, that a child asks for an app. Before serving starts.
    using Asked = std::function<void(sql::Tx& tx, AccountId child, const std::string& app)>;
    void when_asked(Asked asked) { asked_ = std::move(asked); }

    // school_approvals.cpp: administrators of a school or a county; outside of their scope forbidden
    // "scope.outside"
    /// Of that organisation, then of those above it; newest first.
    std::vector<SchoolApproval> school_approvals(sql::Tx& tx,
                                                 const Caller& caller,
                                                 OrganisationId organisation) const;
    /// Active apps whose name contains `query`, after `cursor`.
    SchoolAppCandidates search_for_school(sql::Tx& tx,
                                          const Caller& caller,
                                          OrganisationId organisation,
                                          const std::string& query,
                                          AppId cursor,
                                          int limit) const;
    /// What the app cannot do without now. Again, when it needs more by now. Throws not_found
    /// "oidc.app_unknown", conflict "oidc.own_app", "oidc.approved_already", "oidc.not_a_school", and
    /// Error::invalid.
    SchoolApproval approve_for_school(sql::Tx& tx, const Caller& caller, const ApproveForSchool& input) const;
    /// The tokens of people who did not agree themselves end, soon after the commit. Throws not_found
    /// "oidc.approval_unknown".
    void withdraw_from_school(sql::Tx& tx, const Caller& caller, SchoolApprovalId id) const;
    /// What the caller's own school answers for; of a child also its school's own apps that it has entered.
    std::vector<SchoolApproval> own_school_approvals(sql::Tx& tx, const Caller& caller) const;
    /// Ends what was given while an approval was being withdrawn, and forgets who had entered.
    void sweep_school_approvals(sql::Tx& tx) const;

    // device.cpp: a device without a browser, and the person who holds a telephone beside it (RFC 8628)
    boost::json::object begin_device(sql::Tx& tx, const Caller& caller, const DeviceInput& input) const;
    /// A try at a code; commit it before the code is looked at. Throws too_many "runtime.too_many".
    void count_user_code(sql::Tx& tx, const Caller& caller) const;
    /// Throws not_found "oidc.user_code_unknown", and as authorize().
    AuthorizationStep authorize_device(sql::Tx& tx,
                                       const Caller& caller,
                                       const DeviceAuthorizationInput& input) const;

    // hearing.cpp: what apps are told without being asked
    /// The apps that somebody, their guardian or their school lets in.
    std::vector<AppId> apps_of(sql::Tx& tx, AccountId account) const;
    /// What the app may hear of them now; nothing when it is not active, or they do not let it in.
    std::optional<Told> find_told(sql::Tx& tx, const App& app, AccountId account, Occasion occasion) const;
    /// `tell` hears that somebody, or their guardian, no longer lets an app in, in the transaction of it.
    /// Before there are others.
    void when_withdrawn(std::function<void(sql::Tx&, AppId, AccountId)> tell) {
        tell_withdrawn_ = std::move(tell);
    }

    // logout.cpp
    /// What the page does for an app that asks to sign the caller out; nobody is signed out yet. Throws
    /// invalid "oidc.redirect_unknown", not_found "oidc.app_unknown".
    LogoutStep logout(sql::Tx& tx, const Caller& caller, const LogoutInput& input) const;
    /// For Accounts::when_ended: what apps hold because of that session ends, but for what they may do while
    /// the person is away (offline_access), and they are told (OpenID Connect Back-Channel Logout 1.0).
    void session_ended(sql::Tx& tx, AccountId account, SessionId session) const;
    /// Before the outbox starts.
    void handle_outbox();

    // requests.cpp
    /// Keeps a request for kPushedLife: its request_uri. What is thrown has the codes of RFC 6749.
    boost::json::object push(sql::Tx& tx, const Caller& caller, const PushedInput& input) const;

    // tokens.cpp and access.cpp: the app's side; what is thrown has the codes of RFC 6749
    // ("oauth.invalid_grant")
    Answer token(sql::Tx& tx, const Caller& caller, const TokenInput& input) const;
    /// Whether token() changes nothing then.
    static bool only_reads(const Caller& caller, const TokenInput& input);
    /// `method` as the request has it: GET or POST.
    boost::json::object user_info(sql::Tx& tx, const Caller& caller, std::string_view method) const;
    /// Who shows an access token that a service got in its own name; `method` and `path` are of the request.
    /// Throws unauthenticated "oauth.invalid_token".
    ServiceCall identify_service(sql::Tx& tx,
                                 const Caller& caller,
                                 std::string_view method,
                                 std::string_view path) const;
    /// The `sub` by which the app knows somebody (OpenID Connect Core 8.1).
    std::string subject_of(const App& app, AccountId account) const;
    boost::json::object introspect(sql::Tx& tx, const Caller& caller, const TokenInput& input) const;
    void revoke(sql::Tx& tx, const Caller& caller, const TokenInput& input) const;
    /// Forgets tokens and grants that are over.
    void sweep(sql::Tx& tx) const;

    // metadata.cpp
    boost::json::object metadata() const;
    boost::json::object jwks() const;

    /// Makes the keys that are missing or soon too old; hourly.
    void renew_keys();

private:
    /// What the database knows of a sealed access token.
    struct TokenState {
        std::optional<std::string> claims;  // of its grant, in JSON; nothing when that is over
        bool is_revoked = false;            // it was given back itself
    };
    /// A token that is good now, with what it stands for.
    struct Live {
        AppId app;
        AccountId account;  // none: the app in its own name
        std::vector<Claim> claims;
        std::string scope;
        std::optional<std::string> key_thumbprint;
        Time issued_at;
        Time expires_at;
        bool is_access = false;
    };
    // apps.cpp
    /// An app that find_faults() finds nothing wrong with.
    Registered add_app(sql::Tx& tx, const Caller& caller, const NewApp& app, std::string details) const;
    /// Throws unavailable "oauth.temporarily_unavailable" when somebody else changes it at the same time.
    App replace_app(sql::Tx& tx, const App& before, NewApp app) const;
    std::string add_secret(sql::Tx& tx, AppId app) const;
    void record(
        sql::Tx& tx, const Caller& caller, const char* action, const App& app, std::string details) const;

    // registration.cpp
    void record_initial_token(sql::Tx& tx,
                              const Caller& caller,
                              const char* action,
                              const InitialToken& token) const;
    App authenticate_manager(sql::Tx& tx, const Caller& caller, std::string_view client_id) const;
    boost::json::object describe_registration(const App& app, std::string_view token) const;

    /// Throws forbidden "oidc.app_in_test" unless the account may enter the app as far as it is in test.
    void admit(sql::Tx& tx, const App& app, AccountId account) const;
    /// Whether it is open, or they are to test it.
    bool admits(sql::Tx& tx, const App& app, AccountId account) const;
    Seals seals() const;
    std::optional<Live> find_live(sql::Tx& tx, std::string_view token) const;
    std::optional<Live> live_of(const AccessToken& token, const TokenState& state) const;
    void check_holder(const Live& live, const Caller& caller, const ProofFor& wanted) const;

    // authentication.cpp
    /// An app that has shown who it is; `assertion` is good once.
    struct Known {
        App app;
        std::optional<OnceOnly> assertion;
        TokenState state;  // of the token that it shows
    };
    Known identify(sql::Tx& tx,
                   const Caller& caller,
                   const ClientInput& input,
                   const AccessToken* shown = nullptr) const;
    /// The same, and spends the assertion.
    App authenticate(sql::Tx& tx, const Caller& caller, const ClientInput& input) const;
    /// The thumbprint of the key that a DPoP proof for `path` shows; none when there is no proof. Spends it.
    std::optional<std::string> read_binding(sql::Tx& tx, const Caller& caller, std::string_view path) const;

    /// PIPL art. 31: below fourteen it is not theirs to agree. Apps that their own school answers for, or who
    /// is above it, hear what they cannot do without; others wait for a guardian.
    bool may_enter(sql::Tx& tx, const App& app, const Person& person) const;
    /// What the app may hear of a child; nothing when the child may not enter.
    std::optional<std::vector<Claim>> claims_for_child(sql::Tx& tx,
                                                       const App& app,
                                                       AccountId child,
                                                       const std::vector<Claim>& wanted) const;
    // school_approvals.cpp
    /// What an app hears of somebody without their word, because their school answers for it; nothing when it
    /// does not, or not for all that the app cannot do without.
    std::optional<std::vector<Claim>> claims_of_school(sql::Tx& tx,
                                                       const App& app,
                                                       const Person& person,
                                                       const std::vector<Claim>& wanted) const;
    /// The same of an account.
    std::optional<std::vector<Claim>> claims_of_school(sql::Tx& tx,
                                                       const App& app,
                                                       AccountId account,
                                                       const std::vector<Claim>& wanted) const;
    /// Whether the school, or for a child whoever answers for an app of their own, lets the app hear these
    /// claims beside those that are `allowed`; what rests on an approval is kept, so that it ends with the
    /// approval.
    bool rests_on_school(sql::Tx& tx,
                         const App& app,
                         AccountId account,
                         const std::vector<Claim>& claims,
                         const std::vector<Claim>& allowed,
                         bool of_child) const;
    bool has_own_ground(sql::Tx& tx, const App& app, AccountId account) const;
    /// Whether they, a guardian or their school of now still agree to any of it: who changed school may be
    /// out.
    bool is_let_in(sql::Tx& tx, const App& app, AccountId account, const std::vector<Claim>& claims) const;
    SchoolApproval view_of_approval(sql::Tx& tx, const store::ApprovalRow& row, std::string_view path) const;
    void end_entries(const OutboxItem& item) const;
    void end_entry(sql::Tx& tx, const App& app, AccountId account) const;
    Person get_child(sql::Tx& tx, AccountId child) const;
    /// Ends what the app holds of them, and says so.
    void end_consent(sql::Tx& tx, AccountId account, AppId app) const;
    void end_allowance(sql::Tx& tx, const Caller& caller, AccountId child, AppId app) const;
    void record_child(
        sql::Tx& tx, const Caller& caller, const char* action, AccountId child, AppId app) const;
    std::string session_id_for(const App& app, SessionId session) const;
    void tell_logout(const OutboxItem& item) const;
    /// A ticket for form_post().
    std::string seal_answer(PostedAnswer answer) const;
    AppView view_of(sql::Tx& tx, const App& app) const;
    boost::json::object claims_of(const Person& person, const std::vector<Claim>& claims) const;

    friend class Authorization;
    friend class DeviceAuthorization;
    friend class TokenRequest;

    Parts parts_;
    IsTester is_tester_;
    IsReviewed is_reviewed_;
    crypto::FieldCipher cipher_;
    std::unique_ptr<SigningKeys> signing_keys_;
    std::function<void(sql::Tx&, AppId, AccountId)> tell_withdrawn_;
    Asked asked_;
};

void add_routes(http::Routes& routes, Oidc& oidc);
/// What schools answer for.
void add_school_routes(http::Routes& routes, Oidc& oidc);

}  // namespace educard::oidc
