#include "modules/accounts/store_factors.hpp"

namespace educard::accounts::store {

std::optional<AuthenticatorRow> find_authenticator(sql::Tx& tx, AccountId account) {
    return tx.find<AuthenticatorRow>(
        "SELECT secret, used_step, confirmed_at FROM authenticator WHERE account_id = $1", account);
}

bool offer_authenticator(sql::Tx& tx, AccountId account, const Bytes& secret, Time now) {
    return tx.execute(R"(INSERT INTO authenticator (account_id, secret, used_step, created_at)
                         VALUES ($1, $2, 0, $3)
                         ON CONFLICT (account_id) DO UPDATE SET
                             secret = excluded.secret, created_at = excluded.created_at
                         WHERE authenticator.confirmed_at IS NULL)",
                      account,
                      secret,
                      now) == 1;
}

bool confirm_authenticator(sql::Tx& tx, AccountId account, const Bytes& secret, std::int64_t step, Time now) {
    return tx.execute(R"(UPDATE authenticator SET confirmed_at = $4, used_step = $3
                         WHERE account_id = $1 AND secret = $2 AND confirmed_at IS NULL)",
                      account,
                      secret,
                      step,
                      now) == 1;
}

bool use_step(sql::Tx& tx, AccountId account, std::int64_t step) {
    return tx.execute("UPDATE authenticator SET used_step = $2 WHERE account_id = $1 AND used_step < $2",
                      account,
                      step) == 1;
}

void remove_authenticator(sql::Tx& tx, AccountId account) {
    tx.post("DELETE FROM authenticator WHERE account_id = $1", account);
}

void insert_recovery_code(sql::Tx& tx, AccountId account, const Bytes& digest) {
    tx.post("INSERT INTO recovery_code (account_id, digest) VALUES ($1, $2)", account, digest);
}

int count_recovery_codes(sql::Tx& tx, AccountId account) {
    return tx
        .find<int>("SELECT COUNT(*) FROM recovery_code WHERE account_id = $1 AND used_at IS NULL", account)
        .value_or(0);
}

bool use_recovery_code(sql::Tx& tx, AccountId account, const Bytes& digest, Time now) {
    return tx.execute(R"(UPDATE recovery_code SET used_at = $3
                         WHERE account_id = $1 AND digest = $2 AND used_at IS NULL)",
                      account,
                      digest,
                      now) == 1;
}

void remove_recovery_codes(sql::Tx& tx, AccountId account) {
    tx.post("DELETE FROM recovery_code WHERE account_id = $1", account);
}

bool insert_passkey(sql::Tx& tx, const PasskeyRow& row) {
    return tx.execute(
               R"(INSERT INTO passkey (credential_id, id, account_id, user_handle, name, public_key, sign_count,
                                              synced, created_at)
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (credential_id) DO NOTHING)",
               row.credential_id,
               row.id,
               row.account_id,
               row.user_handle,
               row.name,
               row.public_key,
               row.sign_count,
               row.synced,
               row.created_at) == 1;
}

std::optional<PasskeyRow> find_passkey(sql::Tx& tx, const Bytes& credential_id) {
    return tx.find<PasskeyRow>(
        R"(SELECT credential_id, id, account_id, user_handle, name, public_key, sign_count, synced, created_at, last_used_at
           FROM passkey WHERE credential_id = $1)",
        credential_id);
}

std::vector<PasskeyRow> passkeys(sql::Tx& tx, AccountId account) {
    return tx.list<PasskeyRow>(
        R"(SELECT credential_id, id, account_id, user_handle, name, public_key, sign_count, synced, created_at, last_used_at
           FROM passkey WHERE account_id = $1 ORDER BY id)",
        account);
}

bool use_passkey(sql::Tx& tx, const Bytes& credential_id, std::int64_t sign_count, Time now) {
    return tx.execute(R"(UPDATE passkey SET sign_count = $2, last_used_at = $3
                         WHERE credential_id = $1 AND (sign_count < $2 OR (sign_count = 0 AND CAST($2 AS BIGINT) = 0)))",
                      credential_id,
                      sign_count,
                      now) == 1;
}

bool remove_passkey(sql::Tx& tx, AccountId account, PasskeyId id) {
    return tx.execute("DELETE FROM passkey WHERE account_id = $1 AND id = $2", account, id) == 1;
}

void remove_passkeys(sql::Tx& tx, AccountId account) {
    tx.post("DELETE FROM passkey WHERE account_id = $1", account);
}

bool answer_challenge(sql::Tx& tx, const Bytes& digest, Time expires_at) {
    return tx.execute(
               "INSERT INTO answered_challenge (digest, expires_at) VALUES ($1, $2) ON CONFLICT (digest) DO "
               "NOTHING",
               digest,
               expires_at) == 1;
}

}  // namespace educard::accounts::store
