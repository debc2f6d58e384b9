#include "modules/accounts/store_phones.hpp"

namespace educard::accounts::store {

bool verify_phone(sql::Tx& tx, AccountId account, const Bytes& phone, Time now) {
    return tx.execute("UPDATE account SET phone_verified_at = $3 WHERE id = $1 AND phone = $2",
                      account,
                      phone,
                      now) == 1;
}

void put_phone_code(
    sql::Tx& tx, AccountId account, std::string_view purpose, const Bytes& digest, Time expires_at) {
    tx.post(
        R"(INSERT INTO phone_code (account_id, purpose, digest, expires_at, tries) VALUES ($1, $2, $3, $4, 0)
               ON CONFLICT (account_id, purpose) DO UPDATE SET
                   digest = excluded.digest, expires_at = excluded.expires_at, tries = 0)",
        account,
        purpose,
        digest,
        expires_at);
}

bool try_phone_code(sql::Tx& tx, AccountId account, std::string_view purpose, int most_tries, Time now) {
    return tx.execute(R"(UPDATE phone_code SET tries = tries + 1
                         WHERE account_id = $1 AND purpose = $2 AND tries < $3 AND expires_at > $4)",
                      account,
                      purpose,
                      most_tries,
                      now) == 1;
}

bool use_phone_code(sql::Tx& tx, AccountId account, std::string_view purpose, const Bytes& digest) {
    return tx.execute("DELETE FROM phone_code WHERE account_id = $1 AND purpose = $2 AND digest = $3",
                      account,
                      purpose,
                      digest) == 1;
}

void put_recovery(sql::Tx& tx, AccountId account, const PendingRecovery& recovery) {
    tx.post(R"(INSERT INTO pending_recovery (account_id, password_hash, ready_at) VALUES ($1, $2, $3)
               ON CONFLICT (account_id) DO UPDATE SET
                   password_hash = excluded.password_hash, ready_at = excluded.ready_at)",
            account,
            recovery.password_hash,
            recovery.ready_at);
}

std::optional<PendingRecovery> find_recovery(sql::Tx& tx, AccountId account) {
    return tx.find<PendingRecovery>(
        "SELECT password_hash, ready_at FROM pending_recovery WHERE account_id = $1", account);
}

bool remove_recovery(sql::Tx& tx, AccountId account) {
    return tx.execute("DELETE FROM pending_recovery WHERE account_id = $1", account) == 1;
}

std::int64_t remove_phone_codes(sql::Tx& tx, Time expired_before) {
    return tx.execute("DELETE FROM phone_code WHERE expires_at <= $1", expired_before);
}

}  // namespace educard::accounts::store
