#include "modules/accounts/store.hpp"

namespace educard::accounts::store {

void insert_account(sql::Tx& tx, const AccountRow& row, std::optional<AccountId> created_by) {
    tx.execute(
        R"(INSERT INTO account (id, person_id, name, birth_date, user_name, password_hash,
                                must_change_password, password_expires_at, phone, language, created_at, created_by)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12))",
        row.id,
        row.person_id,
        row.name,
        row.birth_date,
        row.user_name,
        row.password_hash,
        row.must_change_password,
        row.password_expires_at,
        row.phone,
        row.language,
        row.created_at,
        created_by);
}

bool insert_name(sql::Tx& tx, std::string_view name_key, AccountId account) {
    return tx.execute(R"(INSERT INTO account_name (name_key, account_id) VALUES ($1, $2)
                         ON CONFLICT DO NOTHING)",
                      name_key,
                      account) == 1;
}

std::optional<AccountRow> find_account(sql::Tx& tx, AccountId id) {
    return tx.find<AccountRow>(
        R"(SELECT id, person_id, name, user_name, birth_date, language, must_change_password, created_at,
                  password_hash, password_expires_at, phone, phone_verified_at
           FROM account WHERE id = $1)",
        id);
}

std::optional<AccountId> find_by_name(sql::Tx& tx, std::string_view name_key) {
    return tx.find<AccountId>(R"(SELECT account_id FROM account_name WHERE name_key = $1)", name_key);
}

std::optional<AccountId> find_by_person(sql::Tx& tx, PersonId person) {
    return tx.find<AccountId>(R"(SELECT account_id FROM account_person WHERE person_id = $1)", person);
}

bool insert_person(sql::Tx& tx, PersonId person, AccountId account) {
    return tx.execute(R"(INSERT INTO account_person (person_id, account_id) VALUES ($1, $2)
                         ON CONFLICT DO NOTHING)",
                      person,
                      account) == 1;
}

void delete_person(sql::Tx& tx, PersonId person, AccountId account) {
    tx.execute(R"(DELETE FROM account_person WHERE person_id = $1 AND account_id = $2)", person, account);
}

bool set_person(sql::Tx& tx, AccountId account, PersonId person) {
    return tx.execute(R"(UPDATE account SET person_id = $2 WHERE id = $1 AND person_id IS NULL)",
                      account,
                      person) == 1;
}

void replace_password(sql::Tx& tx, AccountId account, std::string_view hash) {
    tx.post(
        R"(UPDATE account SET password_hash = $2, must_change_password = 0, password_expires_at = NULL WHERE id = $1)",
        account,
        hash);
}

void set_one_time_password(sql::Tx& tx, AccountId account, std::string_view hash, Time until) {
    tx.post(
        R"(UPDATE account SET password_hash = $2, must_change_password = 1, password_expires_at = $3 WHERE id = $1)",
        account,
        hash,
        until);
}

void hold_account(sql::Tx& tx, AccountId account) {
    tx.execute(R"(UPDATE account SET user_name = user_name WHERE id = $1)", account);
}

bool set_password(sql::Tx& tx, AccountId account, std::string_view checked_hash, std::string_view new_hash) {
    return tx.execute(
               R"(UPDATE account SET password_hash = $3, must_change_password = 0, password_expires_at = NULL
                  WHERE id = $1 AND password_hash = $2)",
               account,
               checked_hash,
               new_hash) == 1;
}

void rehash_password(sql::Tx& tx,
                     AccountId account,
                     std::string_view checked_hash,
                     std::string_view new_hash) {
    tx.execute(R"(UPDATE account SET password_hash = $3 WHERE id = $1 AND password_hash = $2)",
               account,
               checked_hash,
               new_hash);
}

void set_language(sql::Tx& tx, AccountId account, Language language) {
    tx.execute(R"(UPDATE account SET language = $2 WHERE id = $1)", account, language);
}

void set_phone(sql::Tx& tx, AccountId account, const std::optional<Bytes>& phone) {
    tx.execute(R"(UPDATE account SET phone = $2, phone_verified_at = NULL WHERE id = $1)", account, phone);
}

bool insert_claim(sql::Tx& tx, AccountId account, const ClaimRow& claim, Time now) {
    return tx.execute(R"(INSERT INTO claim (account_id, document_kind, digest, number, claimed_at)
                         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING)",
                      account,
                      claim.document_kind,
                      claim.digest,
                      claim.number,
                      now) == 1;
}

void set_birth_date(sql::Tx& tx, AccountId account, std::optional<Date> birth_date) {
    tx.execute("UPDATE account SET birth_date = $2 WHERE id = $1", account, birth_date);
}

std::optional<ClaimRow> find_claim(sql::Tx& tx, AccountId account) {
    return tx.find<ClaimRow>(R"(SELECT document_kind, digest, number FROM claim WHERE account_id = $1)",
                             account);
}

std::optional<IdentityRow> find_identity(sql::Tx& tx, AccountId account) {
    return tx.find<IdentityRow>(R"(SELECT a.name, a.phone, a.phone_verified_at, c.digest
                                   FROM account a LEFT JOIN claim c ON c.account_id = a.id WHERE a.id = $1)",
                                account);
}

std::vector<Account> claimants(sql::Tx& tx, ByteView digest) {
    return tx.list<Account>(
        R"(SELECT a.id, a.person_id, a.name, a.user_name, a.birth_date, a.language, a.must_change_password,
                  a.created_at
           FROM claim c JOIN account a ON a.id = c.account_id
           WHERE c.digest = $1 ORDER BY a.id LIMIT 50)",
        digest);
}

void insert_consent(sql::Tx& tx, AccountId account, const ConsentRow& row) {
    tx.execute(R"(INSERT INTO consent (id, account_id, purpose, policy_version, guardian_name, relation,
                                       guardian_phone, method, given_at, given_by)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10))",
               row.id,
               account,
               row.purpose,
               row.policy_version,
               row.guardian_name,
               row.relation,
               row.guardian_phone,
               row.method,
               row.given_at,
               row.given_by);
}

std::vector<ConsentRow> consents(sql::Tx& tx, AccountId account) {
    return tx.list<ConsentRow>(
        R"(SELECT id, purpose, policy_version, guardian_name, relation, guardian_phone, method, given_at,
                  withdrawn_at, given_by
           FROM consent WHERE account_id = $1 ORDER BY id)",
        account);
}

bool withdraw_consent(sql::Tx& tx, AccountId account, ConsentId id, Time now, std::optional<AccountId> by) {
    return tx.execute(R"(UPDATE consent SET withdrawn_at = $3, withdrawn_by = $4
                         WHERE id = $1 AND account_id = $2 AND withdrawn_at IS NULL)",
                      id,
                      account,
                      now,
                      by) == 1;
}

}  // namespace educard::accounts::store
