#include "modules/oidc/store.hpp"

namespace educard::oidc::store {

void insert_app(sql::Tx& tx, const AppRow& row) {
    tx.execute(R"(
        INSERT INTO app (id, organisation_id, name, purpose, authentication, redirect_uris, essential, voluntary,
                         id_token_algorithm, keys, service, pushed, bound, device,
                         post_logout_redirect_uris, backchannel_logout_uri, state, created_at, posts_secret, testing)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20))",
               row.id,
               row.organisation_id,
               row.name,
               row.purpose,
               row.authentication,
               row.redirect_uris,
               row.essential,
               row.voluntary,
               row.id_token_algorithm,
               row.keys,
               row.service,
               row.pushed,
               row.bound,
               row.device,
               row.post_logout_redirect_uris,
               row.backchannel_logout_uri,
               row.state,
               row.created_at,
               row.posts_secret,
               row.testing);
}

std::optional<AppRow> find_app(sql::Tx& tx, AppId id) {
    return tx.find<AppRow>(R"(
        SELECT id, organisation_id, name, purpose, authentication, posts_secret, redirect_uris, essential, voluntary,
               id_token_algorithm, keys, service, pushed, bound, device, post_logout_redirect_uris,
               backchannel_logout_uri, state, testing, created_at, deleted_at, tokens_since
        FROM app WHERE id = $1)",
                           id);
}

std::optional<AppAndSecret> find_app(sql::Tx& tx, AppId id, const Bytes& secret_digest, Time now) {
    return tx.find<AppAndSecret>(R"(
        SELECT a.id, a.organisation_id, a.name, a.purpose, a.authentication, a.posts_secret, a.redirect_uris, a.essential, a.voluntary,
               a.id_token_algorithm, a.keys, a.service, a.pushed, a.bound, a.device, a.post_logout_redirect_uris,
               a.backchannel_logout_uri, a.state, a.testing, a.created_at, a.deleted_at, a.tokens_since,
               CASE WHEN EXISTS (SELECT 1 FROM app_secret s WHERE s.app_id = a.id AND s.digest = $2
                                 AND (s.expires_at IS NULL OR s.expires_at > $3)) THEN 1 ELSE 0 END AS has_secret
        FROM app a WHERE a.id = $1)",
                                 id,
                                 secret_digest,
                                 now);
}

std::optional<AppAndToken> find_app(
    sql::Tx& tx, AppId id, const Bytes& secret_digest, Time now, const AccessToken& token) {
    return tx.find<AppAndToken>(R"(
        SELECT a.id, a.organisation_id, a.name, a.purpose, a.authentication, a.posts_secret, a.redirect_uris, a.essential, a.voluntary,
               a.id_token_algorithm, a.keys, a.service, a.pushed, a.bound, a.device, a.post_logout_redirect_uris,
               a.backchannel_logout_uri, a.state, a.testing, a.created_at, a.deleted_at, a.tokens_since,
               CASE WHEN EXISTS (SELECT 1 FROM app_secret s WHERE s.app_id = a.id AND s.digest = $2
                                 AND (s.expires_at IS NULL OR s.expires_at > $3)) THEN 1 ELSE 0 END AS has_secret,
               (SELECT g.claims FROM app_grant g
                WHERE g.account_id = $4 AND g.id = $5 AND g.revoked_at IS NULL) AS granted,
               CASE WHEN EXISTS (SELECT 1 FROM app_revoked_token r
                                 WHERE r.account_id = $4 AND r.digest = $6) THEN 1 ELSE 0 END AS is_revoked
        FROM app a WHERE a.id = $1)",
                                id,
                                secret_digest,
                                now,
                                token.account_id,
                                token.grant_id,
                                token.digest);
}

std::optional<AppAndConsent> find_app(sql::Tx& tx, AppId id, AccountId account) {
    return tx.find<AppAndConsent>(R"(
        SELECT a.id, a.organisation_id, a.name, a.purpose, a.authentication, a.posts_secret, a.redirect_uris, a.essential, a.voluntary,
               a.id_token_algorithm, a.keys, a.service, a.pushed, a.bound, a.device, a.post_logout_redirect_uris,
               a.backchannel_logout_uri, a.state, a.testing, a.created_at, a.deleted_at, a.tokens_since,
               (SELECT c.claims FROM app_consent c WHERE c.account_id = $2 AND c.app_id = a.id) AS agreed
        FROM app a WHERE a.id = $1)",
                                  id,
                                  account);
}

std::vector<AppRow> list_apps(sql::Tx& tx) {
    return tx.list<AppRow>(R"(
        SELECT id, organisation_id, name, purpose, authentication, posts_secret, redirect_uris, essential, voluntary,
               id_token_algorithm, keys, service, pushed, bound, device, post_logout_redirect_uris,
               backchannel_logout_uri, state, testing, created_at, deleted_at, tokens_since
        FROM app ORDER BY id)");
}

bool disable(sql::Tx& tx, AppId id) {
    return tx.execute("UPDATE app SET state = 'disabled' WHERE id = $1 AND deleted_at IS NULL", id) == 1;
}

bool enable(sql::Tx& tx, AppId id, Time now) {
    return tx.execute(R"(
        UPDATE app SET tokens_since = CASE WHEN state = 'disabled' THEN $2 ELSE tokens_since END, state = 'active'
        WHERE id = $1 AND deleted_at IS NULL)",
                      id,
                      now) == 1;
}

void open(sql::Tx& tx, AppId id) {
    tx.execute("UPDATE app SET testing = 0 WHERE id = $1", id);
}

void put_to_test(sql::Tx& tx, AppId id, Time now) {
    tx.execute("UPDATE app SET testing = 1, tokens_since = $2 WHERE id = $1 AND testing = 0", id, now);
}

void set_keys(sql::Tx& tx, AppId id, std::string_view keys) {
    tx.execute("UPDATE app SET keys = $2 WHERE id = $1", id, keys);
}

void set_claims(sql::Tx& tx, AppId id, std::string_view essential, std::string_view voluntary) {
    tx.execute("UPDATE app SET essential = $2, voluntary = $3 WHERE id = $1", id, essential, voluntary);
}

void set_registration(sql::Tx& tx, AppId id, const Bytes& digest) {
    tx.execute("UPDATE app SET registration = $2 WHERE id = $1", id, digest);
}

bool has_registration(sql::Tx& tx, AppId id, const Bytes& digest) {
    return tx
        .find<int>("SELECT 1 FROM app WHERE id = $1 AND registration = $2 AND deleted_at IS NULL", id, digest)
        .has_value();
}

bool replace_app(sql::Tx& tx,
                 const AppRow& row,
                 std::string_view essential_before,
                 std::string_view voluntary_before) {
    return tx.execute(R"(
        UPDATE app SET name = $2, purpose = $3, authentication = $4, posts_secret = $5, redirect_uris = $6,
                       essential = $7, voluntary = $8, id_token_algorithm = $9, keys = $10, service = $11,
                       pushed = $12, bound = $13, device = $14, post_logout_redirect_uris = $15,
                       backchannel_logout_uri = $16
        WHERE id = $1 AND deleted_at IS NULL AND essential = $17 AND voluntary = $18)",
                      row.id,
                      row.name,
                      row.purpose,
                      row.authentication,
                      row.posts_secret,
                      row.redirect_uris,
                      row.essential,
                      row.voluntary,
                      row.id_token_algorithm,
                      row.keys,
                      row.service,
                      row.pushed,
                      row.bound,
                      row.device,
                      row.post_logout_redirect_uris,
                      row.backchannel_logout_uri,
                      essential_before,
                      voluntary_before) == 1;
}

bool delete_app(sql::Tx& tx, AppId id, Time at) {
    return tx.execute(
               "UPDATE app SET state = 'disabled', deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL",
               id,
               at) == 1;
}

void insert_initial_token(sql::Tx& tx, const InitialToken& token, const Bytes& digest) {
    tx.execute(R"(
        INSERT INTO app_initial_token (id, organisation_id, digest, uses_left, created_at, expires_at, testing)
        VALUES ($1, $2, $3, $4, $5, $6, $7))",
               token.id,
               token.organisation_id,
               digest,
               token.uses_left,
               token.created_at,
               token.expires_at,
               token.testing);
}

std::vector<InitialToken> initial_tokens(sql::Tx& tx) {
    return tx.list<InitialToken>(R"(
        SELECT id, organisation_id, uses_left, created_at, expires_at, revoked_at, testing
        FROM app_initial_token ORDER BY id)");
}

std::optional<InitialToken> revoke_initial_token(sql::Tx& tx, InitialTokenId id, Time at) {
    return tx.find<InitialToken>(R"(
        UPDATE app_initial_token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL
        RETURNING id, organisation_id, uses_left, created_at, expires_at, revoked_at, testing)",
                                 id,
                                 at);
}

std::optional<InitialToken> use_initial_token(sql::Tx& tx, const Bytes& digest, Time now) {
    return tx.find<InitialToken>(R"(
        UPDATE app_initial_token SET uses_left = uses_left - 1
        WHERE digest = $1 AND uses_left > 0 AND expires_at > $2 AND revoked_at IS NULL
        RETURNING id, organisation_id, uses_left, created_at, expires_at, revoked_at, testing)",
                                 digest,
                                 now);
}

void insert_secret(sql::Tx& tx, AppSecretId id, AppId app, const Bytes& digest, Time now) {
    tx.execute("INSERT INTO app_secret (id, app_id, digest, created_at) VALUES ($1, $2, $3, $4)",
               id,
               app,
               digest,
               now);
}

std::vector<SecretView> secrets(sql::Tx& tx, AppId app, Time now) {
    return tx.list<SecretView>(R"(
        SELECT created_at, expires_at FROM app_secret
        WHERE app_id = $1 AND (expires_at IS NULL OR expires_at > $2) ORDER BY id DESC)",
                               app,
                               now);
}

void end_replaced_secrets(sql::Tx& tx, AppId app, Time now) {
    tx.execute("UPDATE app_secret SET expires_at = $2 WHERE app_id = $1 AND expires_at > $2", app, now);
}

void end_secrets(sql::Tx& tx, AppId app, Time at) {
    tx.execute("UPDATE app_secret SET expires_at = $2 WHERE app_id = $1 AND expires_at IS NULL", app, at);
}

std::vector<TokenKey> token_keys(sql::Tx& tx) {
    return tx.list<TokenKey>(
        "SELECT algorithm, number, material, created_at, signs_from FROM token_key ORDER BY number");
}

bool insert_token_key(sql::Tx& tx, const TokenKey& key) {
    return tx.execute(R"(
        INSERT INTO token_key (algorithm, number, material, created_at, signs_from)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING)",
                      key.algorithm,
                      key.number,
                      key.material,
                      key.created_at,
                      key.signs_from) == 1;
}

std::optional<Consent> find_consent(sql::Tx& tx, AccountId account, AppId app) {
    return tx.find<Consent>(
        "SELECT app_id, claims, given_at FROM app_consent WHERE account_id = $1 AND app_id = $2",
        account,
        app);
}

std::vector<Consent> consents(sql::Tx& tx, AccountId account) {
    return tx.list<Consent>(
        "SELECT app_id, claims, given_at FROM app_consent WHERE account_id = $1 ORDER BY given_at DESC",
        account);
}

void put_consent(sql::Tx& tx, AccountId account, AppId app, std::string_view claims, Time now) {
    tx.post(R"(
        INSERT INTO app_consent (account_id, app_id, claims, given_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (account_id, app_id) DO UPDATE SET claims = excluded.claims, given_at = excluded.given_at)",
            account,
            app,
            claims,
            now);
}

std::optional<Consent> hold_consent(sql::Tx& tx, AccountId account, AppId app) {
    return tx.find<Consent>(R"(
        UPDATE app_consent SET given_at = given_at WHERE account_id = $1 AND app_id = $2
        RETURNING app_id, claims, given_at)",
                            account,
                            app);
}

bool remove_consent(sql::Tx& tx, AccountId account, AppId app) {
    return tx.execute("DELETE FROM app_consent WHERE account_id = $1 AND app_id = $2", account, app) == 1;
}

std::optional<Allowance> hold_allowance(sql::Tx& tx, AccountId child, AppId app) {
    return tx.find<Allowance>(R"(
        UPDATE app_allowance SET allowed_at = allowed_at WHERE account_id = $1 AND app_id = $2
        RETURNING app_id, claims, allowed_by, allowed_at)",
                              child,
                              app);
}

std::optional<Allowance> find_allowance(sql::Tx& tx, AccountId child, AppId app) {
    return tx.find<Allowance>(
        R"(SELECT app_id, claims, allowed_by, allowed_at FROM app_allowance
           WHERE account_id = $1 AND app_id = $2)",
        child,
        app);
}

std::vector<Allowance> allowances(sql::Tx& tx, AccountId child) {
    return tx.list<Allowance>(
        R"(SELECT app_id, claims, allowed_by, allowed_at FROM app_allowance
           WHERE account_id = $1 ORDER BY allowed_at DESC)",
        child);
}

void put_allowance(sql::Tx& tx, AccountId child, const Allowance& allowance) {
    tx.post(R"(
        INSERT INTO app_allowance (account_id, app_id, claims, allowed_by, allowed_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (account_id, app_id) DO UPDATE
        SET claims = excluded.claims, allowed_by = excluded.allowed_by, allowed_at = excluded.allowed_at)",
            child,
            allowance.app_id,
            allowance.claims,
            allowance.allowed_by,
            allowance.allowed_at);
}

bool remove_allowance(sql::Tx& tx, AccountId child, AppId app) {
    return tx.execute("DELETE FROM app_allowance WHERE account_id = $1 AND app_id = $2", child, app) == 1;
}

std::vector<Request> requests(sql::Tx& tx, AccountId child) {
    return tx.list<Request>(
        "SELECT app_id, asked_at FROM app_request WHERE account_id = $1 ORDER BY asked_at DESC LIMIT 100",
        child);
}

void put_request(sql::Tx& tx, AccountId child, AppId app, Time now) {
    tx.post(R"(INSERT INTO app_request (account_id, app_id, asked_at) VALUES ($1, $2, $3)
               ON CONFLICT (account_id, app_id) DO NOTHING)",
            child,
            app,
            now);
}

bool remove_request(sql::Tx& tx, AccountId child, AppId app) {
    return tx.execute("DELETE FROM app_request WHERE account_id = $1 AND app_id = $2", child, app) == 1;
}

std::vector<Entered> entered(sql::Tx& tx, AccountId account) {
    return tx.list<Entered>(
        R"(SELECT app_id, MIN(created_at) AS first_at FROM app_grant
           WHERE account_id = $1 AND revoked_at IS NULL GROUP BY app_id ORDER BY first_at DESC)",
        account);
}

bool insert_grant(sql::Tx& tx, const Grant& grant) {
    return tx.execute(R"(
        INSERT INTO app_grant (id, account_id, app_id, scope, claims, signed_in_at, created_at, session_id,
                               id_token_claims, methods)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING)",
                      grant.id,
                      grant.account_id,
                      grant.app_id,
                      grant.scope,
                      grant.claims,
                      grant.signed_in_at,
                      grant.created_at,
                      grant.session_id,
                      grant.id_token_claims,
                      grant.methods) == 1;
}

std::optional<Grant> find_grant(sql::Tx& tx, AccountId account, GrantId id) {
    return tx.find<Grant>(R"(
        SELECT id, account_id, app_id, scope, claims, signed_in_at, created_at, revoked_at, session_id,
               id_token_claims, methods
        FROM app_grant WHERE account_id = $1 AND id = $2)",
                          account,
                          id);
}

std::vector<Grant> grants_of(sql::Tx& tx, AccountId account, SessionId session) {
    return tx.list<Grant>(R"(
        SELECT id, account_id, app_id, scope, claims, signed_in_at, created_at, revoked_at, session_id,
               id_token_claims, methods
        FROM app_grant WHERE account_id = $1 AND session_id = $2 AND revoked_at IS NULL)",
                          account,
                          session);
}

bool revoke_grant(sql::Tx& tx, AccountId account, GrantId id, Time at) {
    return tx.execute(
               "UPDATE app_grant SET revoked_at = $3 WHERE account_id = $1 AND id = $2 AND revoked_at IS "
               "NULL",
               account,
               id,
               at) == 1;
}

void revoke_grants(sql::Tx& tx, AppId app, AccountId account, Time at) {
    tx.execute(
        "UPDATE app_grant SET revoked_at = $3 WHERE account_id = $1 AND app_id = $2 AND revoked_at IS NULL",
        account,
        app,
        at);
}

bool insert_token(sql::Tx& tx, const Token& token) {
    return tx.execute(R"(
        INSERT INTO app_token (digest, kind, app_id, account_id, grant_id, scope, details, expires_at, key_thumbprint)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING)",
                      token.digest,
                      token.kind,
                      token.app_id,
                      token.account_id,
                      token.grant_id,
                      token.scope,
                      token.details,
                      token.expires_at,
                      token.key_thumbprint) == 1;
}

std::optional<Token> find_token(sql::Tx& tx, const Bytes& digest) {
    return tx.find<Token>(R"(
        SELECT digest, kind, app_id, account_id, grant_id, scope, details, expires_at, used_at, answer,
               key_thumbprint, polled_at
        FROM app_token WHERE digest = $1)",
                          digest);
}

bool use_token(sql::Tx& tx, const Bytes& digest, Time at, const std::optional<Bytes>& answer) {
    return tx.execute("UPDATE app_token SET used_at = $2, answer = $3 WHERE digest = $1 AND used_at IS NULL",
                      digest,
                      at,
                      answer) == 1;
}

bool answer_device(sql::Tx& tx, const Token& device, std::string_view details_before) {
    return tx.execute(R"(
        UPDATE app_token SET account_id = $2, grant_id = $3, details = $4
        WHERE digest = $1 AND details = $5 AND used_at IS NULL)",
                      device.digest,
                      device.account_id,
                      device.grant_id,
                      device.details,
                      details_before) == 1;
}

void note_poll(sql::Tx& tx, const Bytes& digest, Time at) {
    tx.execute("UPDATE app_token SET polled_at = $2 WHERE digest = $1", digest, at);
}

void remove_token(sql::Tx& tx, const Bytes& digest) {
    tx.execute("DELETE FROM app_token WHERE digest = $1", digest);
}

void revoke_token(sql::Tx& tx, const AccessToken& token) {
    tx.post(R"(INSERT INTO app_revoked_token (account_id, digest, expires_at) VALUES ($1, $2, $3)
               ON CONFLICT DO NOTHING)",
            token.account_id,
            token.digest,
            token.expires_at);
}

TokenState state_of_token(sql::Tx& tx, const AccessToken& token) {
    return tx
        .find<TokenState>(R"(
        SELECT (SELECT g.claims FROM app_grant g
                WHERE g.account_id = $1 AND g.id = $2 AND g.revoked_at IS NULL) AS granted,
               CASE WHEN EXISTS (SELECT 1 FROM app_revoked_token r
                                 WHERE r.account_id = $1 AND r.digest = $3) THEN 1 ELSE 0 END AS is_revoked)",
                          token.account_id,
                          token.grant_id,
                          token.digest)
        .value();
}

bool spend(sql::Tx& tx, const OnceOnly& once) {
    return tx.execute("INSERT INTO used_proof (digest, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                      once.digest,
                      once.expires_at) == 1;
}

void sweep(sql::Tx& tx, Time now, Time tokens_before, Time grants_before) {
    tx.execute("DELETE FROM used_proof WHERE expires_at < $1", now);
    tx.execute("DELETE FROM app_initial_token WHERE expires_at < $1", tokens_before);
    tx.execute("DELETE FROM app_token WHERE expires_at < $1", tokens_before);
    tx.execute("DELETE FROM app_revoked_token WHERE expires_at < $1", tokens_before);
    tx.execute("DELETE FROM app_grant WHERE created_at < $1", grants_before);
}

}  // namespace educard::oidc::store
