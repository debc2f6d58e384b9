#include "base/text.hpp"
#include "modules/roster/store.hpp"

namespace educard::roster::store {

std::optional<EntryRecord> find_entry(sql::Tx& tx, EntryId id) {
    return tx.find<EntryRecord>(R"(
        SELECT id, school_id, class_id, kind, name, document_kind, digest, number_mask, sealed, gender, birth_date,
               entry_year, subjects, appointed_on, fingerprint, state, certification
        FROM roster_entry WHERE id = $1)",
                                id);
}

std::optional<EntryRecord> find_entry(sql::Tx& tx, const Bytes& digest, Kind kind, OrganisationId school) {
    return tx.find<EntryRecord>(R"(
        SELECT id, school_id, class_id, kind, name, document_kind, digest, number_mask, sealed, gender, birth_date,
               entry_year, subjects, appointed_on, fingerprint, state, certification
        FROM roster_entry WHERE digest = $1 AND kind = $2 AND school_id = $3)",
                                digest,
                                kind,
                                school);
}

std::optional<EntryRecord> find_elsewhere(sql::Tx& tx, const Bytes& digest, Kind kind) {
    return tx.find<EntryRecord>(R"(
        SELECT id, school_id, class_id, kind, name, document_kind, digest, number_mask, sealed, gender, birth_date,
               entry_year, subjects, appointed_on, fingerprint, state, certification
        FROM roster_entry WHERE digest = $1 AND kind = $2 AND state = 'active'
        ORDER BY updated_at DESC LIMIT 1)",
                                digest,
                                kind);
}

std::optional<std::string> find_fingerprint(sql::Tx& tx, EntryId id) {
    return tx.find<std::string>("SELECT fingerprint FROM roster_entry WHERE id = $1", id);
}

std::vector<EntryRecord> list_entries(sql::Tx& tx, const EntrySearch& search) {
    const auto kind = search.kind ? std::string_view(boost::describe::enum_to_string(*search.kind, ""))
                                  : std::string_view();
    const auto certification =
        search.certification ? std::string_view(boost::describe::enum_to_string(*search.certification, ""))
                             : std::string_view();
    return tx.list<EntryRecord>(R"(
        SELECT id, school_id, class_id, kind, name, document_kind, digest, number_mask, sealed, gender, birth_date,
               entry_year, subjects, appointed_on, fingerprint, state, certification
        FROM roster_entry
        WHERE (school_id = $1 OR class_id = $1) AND id > $2 AND state = 'active'
          AND ($3 = '' OR kind = $3) AND ($4 = '' OR certification = $4)
          AND ($5 = '' OR SUBSTR(name, 1, LENGTH($5)) = $5)
        ORDER BY id LIMIT $6)",
                                search.organisation_id,
                                search.after.value_or(0),
                                kind,
                                certification,
                                tidy_name(search.query),
                                search.limit);
}

bool has_entries(sql::Tx& tx, OrganisationId school) {
    return tx.find<std::int64_t>("SELECT 1 FROM roster_entry WHERE school_id = $1 LIMIT 1", school)
        .has_value();
}

bool move_certification(sql::Tx& tx, EntryId id, Certification from, Certification to, Time now) {
    return tx.execute(R"(
        UPDATE roster_entry SET certification = $3, updated_at = $4 WHERE id = $1 AND certification = $2)",
                      id,
                      from,
                      to,
                      now) == 1;
}

std::vector<Written> insert_fresh(
    sql::Tx& tx, ImportId import, std::int64_t from, std::int64_t to, Time now) {
    return tx.list<Written>(R"(
        INSERT INTO roster_entry (id, school_id, class_id, kind, name, document_kind, digest, number_mask, sealed, gender,
                                  birth_date, entry_year, subjects, appointed_on, fingerprint, state, certification,
                                  updated_at)
        SELECT entry_id, school_id,
               COALESCE(class_id, (SELECT c.class_id FROM roster_import_class c
                                   WHERE c.import_id = r.import_id AND c.school_id = r.school_id
                                     AND c.class_key = r.class_key)),
               kind, name, document_kind, digest, number_mask, sealed, gender, birth_date, entry_year, subjects,
               appointed_on, fingerprint, 'active', 'not_begun', $4
        FROM roster_import_row r
        WHERE import_id = $1 AND ordinal > $2 AND ordinal <= $3 AND outcome = 'fresh'
        ON CONFLICT DO NOTHING
        RETURNING id, school_id, class_id, kind, certification, digest)",
                            import,
                            from,
                            to,
                            now);
}

bool update_entry(sql::Tx& tx, const RowRecord& row, Time now) {
    return tx.execute(R"(
        UPDATE roster_entry
        SET class_id = $3, name = $4, sealed = $5, number_mask = $6, gender = $7, birth_date = $8, entry_year = $9,
            subjects = $10, appointed_on = $11, fingerprint = $12, state = 'active', updated_at = $13
        WHERE id = $1 AND fingerprint = $2)",
                      row.entry_id,
                      row.old_fingerprint,
                      row.class_id,
                      row.name,
                      row.sealed,
                      row.number_mask,
                      row.gender,
                      row.birth_date,
                      row.entry_year,
                      row.subjects,
                      row.appointed_on,
                      row.fingerprint,
                      now) == 1;
}

std::vector<Written> mark_left(sql::Tx& tx, ImportId import, std::int64_t from, std::int64_t to, Time now) {
    return tx.list<Written>(R"(
        UPDATE roster_entry SET state = 'left', updated_at = $4
        WHERE state = 'active' AND id IN (SELECT entry_id FROM roster_import_row
                                          WHERE import_id = $1 AND ordinal > $2 AND ordinal <= $3 AND outcome = 'missing')
        RETURNING id, school_id, class_id, kind, certification, digest)",
                            import,
                            from,
                            to,
                            now);
}

}  // namespace educard::roster::store
