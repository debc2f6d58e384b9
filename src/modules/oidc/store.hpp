#pragma once
// The SQL of oidc, and nothing else.

#include "modules/oidc/oidc.hpp"
#include "modules/oidc/sealed.hpp"

namespace educard::oidc::store {

struct AppRow {
    AppId id;
    OrganisationId organisation_id;
    std::string name;
    std::string purpose;
    Authentication authentication{};
    bool posts_secret = false;
    std::string redirect_uris;  // this and the next two: JSON
    std::string essential;
    std::string voluntary;
    Algorithm id_token_algorithm{};
    std::string keys;
    bool service = false;
    bool pushed = false;
    bool bound = false;
    bool device = false;
    std::string post_logout_redirect_uris;  // JSON
    std::optional<std::string> backchannel_logout_uri;
    AppState state{};
    bool testing = false;
    Time created_at;
    std::optional<Time> deleted_at{};
    std::optional<Time> tokens_since{};
};
BOOST_DESCRIBE_STRUCT(AppRow,
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

void insert_app(sql::Tx& tx, const AppRow& row);
std::optional<AppRow> find_app(sql::Tx& tx, AppId id);
/// An app, and whether a secret with that digest is one of its own now.
struct AppAndSecret : AppRow {
    bool has_secret = false;
};
BOOST_DESCRIBE_STRUCT(AppAndSecret, (AppRow), (has_secret))
std::optional<AppAndSecret> find_app(sql::Tx& tx, AppId id, const Bytes& secret_digest, Time now);
/// The same, with what is known of an access token that somebody shows.
struct AppAndToken : AppAndSecret {
    std::optional<std::string> granted;  // the claims of its grant; nothing when that is revoked or not there
    bool is_revoked = false;             // the token itself was given back
};
BOOST_DESCRIBE_STRUCT(AppAndToken, (AppAndSecret), (granted, is_revoked))
std::optional<AppAndToken> find_app(
    sql::Tx& tx, AppId id, const Bytes& secret_digest, Time now, const AccessToken& token);
/// An app, and the claims that this person lets it hear.
struct AppAndConsent : AppRow {
    std::optional<std::string> agreed;
};
BOOST_DESCRIBE_STRUCT(AppAndConsent, (AppRow), (agreed))
std::optional<AppAndConsent> find_app(sql::Tx& tx, AppId id, AccountId account);
std::vector<AppRow> list_apps(sql::Tx& tx);
/// False when there is none, or it was deleted.
bool disable(sql::Tx& tx, AppId id);
/// The same. What it had before it was disabled stays ended.
bool enable(sql::Tx& tx, AppId id, Time now);
void open(sql::Tx& tx, AppId id);
/// What it had before ends.
void put_to_test(sql::Tx& tx, AppId id, Time now);
void set_keys(sql::Tx& tx, AppId id, std::string_view keys);
void set_claims(sql::Tx& tx, AppId id, std::string_view essential, std::string_view voluntary);

void set_registration(sql::Tx& tx, AppId id, const Bytes& digest);
/// Whether that is its registration access token. Not when it was deleted.
bool has_registration(sql::Tx& tx, AppId id, const Bytes& digest);
/// All but who answers for it and its state. False when it was deleted, or its claims changed, meanwhile.
bool replace_app(sql::Tx& tx,
                 const AppRow& row,
                 std::string_view essential_before,
                 std::string_view voluntary_before);
/// False when it was deleted before.
bool delete_app(sql::Tx& tx, AppId id, Time at);

void insert_initial_token(sql::Tx& tx, const InitialToken& token, const Bytes& digest);
std::vector<InitialToken> initial_tokens(sql::Tx& tx);
std::optional<InitialToken> revoke_initial_token(sql::Tx& tx, InitialTokenId id, Time at);
/// Takes one use. Nothing when none is left, it is over, or there is no such token.
std::optional<InitialToken> use_initial_token(sql::Tx& tx, const Bytes& digest, Time now);

void insert_secret(sql::Tx& tx, AppSecretId id, AppId app, const Bytes& digest, Time now);
/// Newest first, of those that are good at `now`.
std::vector<SecretView> secrets(sql::Tx& tx, AppId app, Time now);
void end_replaced_secrets(sql::Tx& tx, AppId app, Time now);
/// Of those that have no end yet.
void end_secrets(sql::Tx& tx, AppId app, Time at);

struct TokenKey {
    Algorithm algorithm{};
    std::int64_t number = 0;
    Bytes material;
    Time created_at;
    Time signs_from;
};
BOOST_DESCRIBE_STRUCT(TokenKey, (), (algorithm, number, material, created_at, signs_from))

/// By number.
std::vector<TokenKey> token_keys(sql::Tx& tx);
/// False when there is one of that number.
bool insert_token_key(sql::Tx& tx, const TokenKey& key);

struct Consent {
    AppId app_id;
    std::string claims;
    Time given_at;
};
BOOST_DESCRIBE_STRUCT(Consent, (), (app_id, claims, given_at))

std::vector<Consent> consents(sql::Tx& tx, AccountId account);
void put_consent(sql::Tx& tx, AccountId account, AppId app, std::string_view claims, Time now);
std::optional<Consent> find_consent(sql::Tx& tx, AccountId account, AppId app);
/// The claims of a consent, in JSON, which nobody removes or changes before `tx` is done; nothing when there
/// is none.
std::optional<Consent> hold_consent(sql::Tx& tx, AccountId account, AppId app);
bool remove_consent(sql::Tx& tx, AccountId account, AppId app);

/// What a guardian allows of a child's account.
struct Allowance {
    AppId app_id;
    std::string claims;
    AccountId allowed_by;
    Time allowed_at;
};
BOOST_DESCRIBE_STRUCT(Allowance, (), (app_id, claims, allowed_by, allowed_at))
/// Nobody removes or changes it before `tx` is done.
std::optional<Allowance> hold_allowance(sql::Tx& tx, AccountId child, AppId app);
std::optional<Allowance> find_allowance(sql::Tx& tx, AccountId child, AppId app);
std::vector<Allowance> allowances(sql::Tx& tx, AccountId child);
void put_allowance(sql::Tx& tx, AccountId child, const Allowance& allowance);
bool remove_allowance(sql::Tx& tx, AccountId child, AppId app);

/// What a child asks its guardians for.
struct Request {
    AppId app_id;
    Time asked_at;
};
BOOST_DESCRIBE_STRUCT(Request, (), (app_id, asked_at))
std::vector<Request> requests(sql::Tx& tx, AccountId child);
void put_request(sql::Tx& tx, AccountId child, AppId app, Time now);
bool remove_request(sql::Tx& tx, AccountId child, AppId app);

/// The apps that hold a grant, with when the first was given.
struct Entered {
    AppId app_id;
    Time first_at;
};
BOOST_DESCRIBE_STRUCT(Entered, (), (app_id, first_at))
std::vector<Entered> entered(sql::Tx& tx, AccountId account);

struct Grant {
    GrantId id;
    AccountId account_id;
    AppId app_id;
    std::string scope;
    std::string claims;
    Time signed_in_at;
    Time created_at;
    std::optional<Time> revoked_at;
    std::optional<SessionId> session_id;
    std::string id_token_claims;
    std::string methods;
};
BOOST_DESCRIBE_STRUCT(Grant,
                      (),
                      (id,
                       account_id,
                       app_id,
                       scope,
                       claims,
                       signed_in_at,
                       created_at,
                       revoked_at,
                       session_id,
                       id_token_claims,
                       methods))

/// False when there is one with that id.
bool insert_grant(sql::Tx& tx, const Grant& grant);
std::optional<Grant> find_grant(sql::Tx& tx, AccountId account, GrantId id);
/// Of one session, those that still are.
std::vector<Grant> grants_of(sql::Tx& tx, AccountId account, SessionId session);
/// False when there is none, or it was revoked before.
bool revoke_grant(sql::Tx& tx, AccountId account, GrantId id, Time at);
void revoke_grants(sql::Tx& tx, AppId app, AccountId account, Time at);

enum class TokenKind { code, access, refresh, request, device, user_code };
BOOST_DESCRIBE_ENUM(TokenKind, code, access, refresh, request, device, user_code)

struct Token {
    Bytes digest;
    TokenKind kind{};
    AppId app_id;
    std::optional<AccountId> account_id;
    std::optional<GrantId> grant_id;
    std::string scope;
    std::string details;
    Time expires_at;
    std::optional<Time> used_at;
    std::optional<Bytes> answer;
    std::optional<std::string> key_thumbprint;
    std::optional<Time> polled_at{};
};
BOOST_DESCRIBE_STRUCT(Token,
                      (),
                      (digest,
                       kind,
                       app_id,
                       account_id,
                       grant_id,
                       scope,
                       details,
                       expires_at,
                       used_at,
                       answer,
                       key_thumbprint,
                       polled_at))

/// False when there is one with that digest.
bool insert_token(sql::Tx& tx, const Token& token);
std::optional<Token> find_token(sql::Tx& tx, const Bytes& digest);
/// False when somebody used it before.
bool use_token(sql::Tx& tx, const Bytes& digest, Time at, const std::optional<Bytes>& answer);
/// What the person said of a device that waits. False when somebody was faster.
bool answer_device(sql::Tx& tx, const Token& device, std::string_view details_before);
void note_poll(sql::Tx& tx, const Bytes& digest, Time at);
void remove_token(sql::Tx& tx, const Bytes& digest);
/// Of one that is kept nowhere.
void revoke_token(sql::Tx& tx, const AccessToken& token);
struct TokenState {
    std::optional<std::string> granted;  // as in AppAndToken
    bool is_revoked = false;
};
BOOST_DESCRIBE_STRUCT(TokenState, (), (granted, is_revoked))
/// Of one that is kept nowhere.
TokenState state_of_token(sql::Tx& tx, const AccessToken& token);
/// False when it was spent before.
bool spend(sql::Tx& tx, const OnceOnly& once);
/// Proofs that are spent are kept until `now` only.
void sweep(sql::Tx& tx, Time now, Time tokens_before, Time grants_before);

}  // namespace educard::oidc::store

namespace educard::oidc {

App app_of(const store::AppRow& row);

}  // namespace educard::oidc
