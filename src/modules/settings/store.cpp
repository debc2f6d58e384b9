#include "modules/settings/store.hpp"

namespace educard::settings::store {

std::vector<Row> list(sql::Tx& tx, const std::array<OrganisationId, kDeepest>& line) {
    return tx.list<Row>(R"(SELECT organisation_id, key, value, locked FROM organisation_setting
                           WHERE organisation_id IN ($1, $2, $3, $4, $5, $6, $7, $8))",
                        line[0],
                        line[1],
                        line[2],
                        line[3],
                        line[4],
                        line[5],
                        line[6],
                        line[7]);
}

void set(sql::Tx& tx, const Row& row, Time at, AccountId by) {
    tx.execute(
        R"(INSERT INTO organisation_setting (organisation_id, key, value, locked, changed_at, changed_by)
                  VALUES ($1, $2, $3, $4, $5, $6)
                  ON CONFLICT (organisation_id, key) DO UPDATE
                  SET value = excluded.value, locked = excluded.locked, changed_at = excluded.changed_at,
                      changed_by = excluded.changed_by)",
        row.organisation_id,
        row.key,
        row.value,
        row.locked,
        at,
        by);
}

bool remove(sql::Tx& tx, OrganisationId organisation, Key key) {
    return tx.execute("DELETE FROM organisation_setting WHERE organisation_id = $1 AND key = $2",
                      organisation,
                      key) == 1;
}

}  // namespace educard::settings::store
