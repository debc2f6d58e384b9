#include "modules/applications/store.hpp"

namespace educard::applications::store {

std::vector<Place> places_at(sql::Tx& tx, OrganisationId school, std::optional<OrganisationId> class_id) {
    return tx.list<Place>(R"(
        SELECT id, person_id, account_id, kind, school_id, class_id, entry_year, details, application_id, starts_on
        FROM affiliation
        WHERE school_id = $1 AND kind IN ('student', 'teacher', 'staff') AND ends_on IS NULL
          AND (CAST($2 AS BIGINT) = 0 OR class_id = $2)
        ORDER BY id)",
                          school,
                          class_id.value_or(OrganisationId{}));
}

void set_place(sql::Tx& tx, const Place& place, Time now) {
    tx.post("UPDATE affiliation SET school_id = $3, changed_at = $4 WHERE person_id = $1 AND id = $2",
            place.person_id,
            place.id,
            place.school_id,
            now);
}

void end_place(sql::Tx& tx, const Place& place, Date day, Time now) {
    tx.post("UPDATE affiliation SET ends_on = $3, changed_at = $4 WHERE person_id = $1 AND id = $2",
            place.person_id,
            place.id,
            day,
            now);
}

void insert_place(sql::Tx& tx, const Place& place, Time now) {
    tx.post(
        R"(INSERT INTO affiliation (id, person_id, account_id, kind, school_id, class_id, entry_year, details,
                   application_id, starts_on, changed_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11))",
        place.id,
        place.person_id,
        place.account_id,
        place.kind,
        place.school_id,
        place.class_id,
        place.entry_year,
        place.details,
        place.application_id,
        place.starts_on,
        now);
}

void follow_school(sql::Tx& tx, const SchoolTransfer& transfer) {
    tx.execute(R"(UPDATE application SET school_id = $2
                  WHERE school_id = $1 AND (CAST($3 AS BIGINT) = 0 OR class_id = $3))",
               transfer.from.id,
               transfer.to.id,
               transfer.class_id.value_or(OrganisationId{}));
    if (!transfer.class_id) {
        tx.execute("UPDATE application SET path = $2, base_depth = base_depth + $3 WHERE path = $1",
                   transfer.from.path,
                   transfer.to.path,
                   transfer.to.depth - transfer.from.depth);
    }
}

void replace_entry(sql::Tx& tx, std::int64_t entry, std::int64_t by) {
    tx.execute("UPDATE application SET roster_entry_id = $2 WHERE roster_entry_id = $1", entry, by);
}

std::int64_t count_at(sql::Tx& tx, const organisations::Organisation& place, State state) {
    const bool is_class = place.kind == organisations::Kind::class_;
    return tx
        .find<std::int64_t>(is_class ? "SELECT COUNT(*) FROM application WHERE class_id = $1 AND state = $2"
                                     : "SELECT COUNT(*) FROM application WHERE school_id = $1 AND state = $2",
                            place.id,
                            state)
        .value_or(0);
}

std::vector<PersonAt> people_at(sql::Tx& tx, OrganisationId school, std::int64_t after, int limit) {
    return tx.list<PersonAt>(R"(
        SELECT id, person_id FROM affiliation
        WHERE school_id = $1 AND kind IN ('student', 'teacher', 'staff') AND ends_on IS NULL AND id > $2
        ORDER BY id LIMIT $3)",
                             school,
                             after,
                             limit);
}

}  // namespace educard::applications::store
