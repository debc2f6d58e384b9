#include "modules/roster/store.hpp"
#include "runtime/audit.hpp"

namespace educard::roster::store {

std::vector<Double> doubles(sql::Tx& tx, const Transfer& transfer) {
    return tx.list<Double>(R"(
        SELECT f.id AS from_id, t.id AS to_id, f.class_id AS from_class, f.kind AS kind, f.state AS from_state,
               t.state AS to_state, f.certification AS from_certification, t.certification AS to_certification
        FROM roster_entry f JOIN roster_entry t ON t.digest = f.digest AND t.kind = f.kind AND t.school_id = $2
        WHERE f.school_id = $1 AND (CAST($3 AS BIGINT) = 0 OR f.class_id = $3)
        ORDER BY f.id)",
                           transfer.from,
                           transfer.to,
                           transfer.class_id.value_or(OrganisationId{}));
}

std::int64_t count_doubles(sql::Tx& tx, const Transfer& transfer) {
    return tx
        .find<std::int64_t>(R"(
        SELECT COUNT(*)
        FROM roster_entry f JOIN roster_entry t ON t.digest = f.digest AND t.kind = f.kind AND t.school_id = $2
        WHERE f.school_id = $1 AND (CAST($3 AS BIGINT) = 0 OR f.class_id = $3)
          AND f.state = 'active' AND t.state = 'active')",
                            transfer.from,
                            transfer.to,
                            transfer.class_id.value_or(OrganisationId{}))
        .value_or(0);
}

void outdate_imports(sql::Tx& tx, const Transfer& transfer, OrganisationId organisation, Time now) {
    tx.execute(R"(
        UPDATE roster_import SET state = 'failed', error = 'roster.places_changed', finished_at = $4
        WHERE organisation_id = $3 AND state IN ('checking', 'ready', 'applying')
          AND (organisation_id = $1
               OR EXISTS (SELECT 1 FROM roster_import_row r
                          WHERE r.import_id = roster_import.id AND r.school_id = $1
                            AND (CAST($2 AS BIGINT) = 0 OR r.class_id = $2))))",
               transfer.from,
               transfer.class_id.value_or(OrganisationId{}),
               organisation,
               now);
}

bool are_places_unchanged(
    sql::Tx& tx, ImportId id, std::int64_t after, std::int64_t to, std::string_view path, Date today) {
    return !tx.find<std::int64_t>(R"(
        SELECT 1 FROM roster_import_row r
               JOIN organisation s ON s.id = r.school_id
               LEFT JOIN organisation c ON c.id = r.class_id
        WHERE r.import_id = $1 AND r.ordinal > $2 AND r.ordinal <= $3 AND r.outcome <> 'rejected'
          AND (s.valid_to <= $6 OR s.path < $4 OR s.path >= $5 OR c.parent_id <> s.id)
        LIMIT 1)",
                                  id,
                                  after,
                                  to,
                                  path,
                                  end_of_subtree(path),
                                  today);
}

bool hold_applying(sql::Tx& tx, ImportId id) {
    return tx.execute("UPDATE roster_import SET applied = applied WHERE id = $1 AND state = 'applying'",
                      id) == 1;
}

void mark_entry_left(sql::Tx& tx, EntryId id, Time now) {
    tx.execute("UPDATE roster_entry SET state = 'left', updated_at = $2 WHERE id = $1", id, now);
}

void delete_entry(sql::Tx& tx, EntryId id) {
    tx.execute("DELETE FROM roster_entry WHERE id = $1", id);
}

std::int64_t transfer(sql::Tx& tx, const Transfer& transfer, Time now) {
    return tx.execute(R"(
        UPDATE roster_entry SET school_id = $2, updated_at = $4
        WHERE school_id = $1 AND (CAST($3 AS BIGINT) = 0 OR class_id = $3)
          AND NOT EXISTS (SELECT 1 FROM roster_entry t
                          WHERE t.digest = roster_entry.digest AND t.kind = roster_entry.kind AND t.school_id = $2))",
                      transfer.from,
                      transfer.to,
                      transfer.class_id.value_or(OrganisationId{}),
                      now);
}

}  // namespace educard::roster::store
