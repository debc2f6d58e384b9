#include "modules/applications/store.hpp"

namespace educard::applications::store {

void insert_delegation(sql::Tx& tx, const DelegationRow& row, Time now) {
    tx.execute(
        R"(INSERT INTO delegation (id, from_account, to_account, role, organisation_id, starts_on, ends_on,
                      created_at)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8))",
        row.id,
        row.from_account,
        row.to_account,
        row.role,
        row.organisation_id,
        row.starts_on,
        row.ends_on,
        now);
}

bool is_delegated(sql::Tx& tx, const DelegationRow& row) {
    return tx
        .find<std::int64_t>(
            R"(SELECT id FROM delegation
                    WHERE to_account = $1 AND from_account = $2 AND organisation_id = $3 AND revoked_at IS NULL
                      AND starts_on <= $4 AND ends_on >= $5 LIMIT 1)",
            row.to_account,
            row.from_account,
            row.organisation_id,
            row.ends_on,
            row.starts_on)
        .has_value();
}

std::optional<DelegationRow> find_delegation(sql::Tx& tx, std::int64_t id) {
    return tx.find<DelegationRow>(
        R"(SELECT id, from_account, to_account, role, organisation_id, starts_on, ends_on,
                                         revoked_at
                                     FROM delegation WHERE id = $1)",
        id);
}

std::vector<DelegationRow> delegations_to(sql::Tx& tx, AccountId account, std::string_view day, int limit) {
    return tx.list<DelegationRow>(
        R"(SELECT id, from_account, to_account, role, organisation_id, starts_on, ends_on,
                                         revoked_at
                                     FROM delegation
                                     WHERE to_account = $1 AND ends_on >= $2 AND starts_on <= $2 AND revoked_at IS NULL
                                     ORDER BY id LIMIT $3)",
        account,
        day,
        limit);
}

std::vector<DelegationRow> delegations_around(sql::Tx& tx, AccountId account, int limit) {
    return tx.list<DelegationRow>(
        R"(SELECT id, from_account, to_account, role, organisation_id, starts_on, ends_on,
                                         revoked_at
                                     FROM delegation WHERE from_account = $1 OR to_account = $1
                                     ORDER BY id DESC LIMIT $2)",
        account,
        limit);
}

bool revoke_delegation(sql::Tx& tx, std::int64_t id, Time now) {
    return tx.execute(
               "UPDATE delegation SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL", now, id) == 1;
}

}  // namespace educard::applications::store
