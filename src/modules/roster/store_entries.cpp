#include "modules/roster/store.hpp"
#include "runtime/audit.hpp"

#include <algorithm>

namespace educard::roster::store {

void insert_entry(sql::Tx& tx, const EntryRecord& entry, std::string_view initials, Time now) {
    tx.execute(R"(
        INSERT INTO roster_entry (id, school_id, class_id, kind, name, document_kind, digest, number_mask, sealed, gender,
                                  birth_date, entry_year, subjects, appointed_on, fingerprint, state, certification,
                                  updated_at, initials)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19))",
               entry.id,
               entry.school_id,
               entry.class_id,
               entry.kind,
               entry.name,
               entry.document_kind,
               entry.digest,
               entry.number_mask,
               entry.sealed,
               entry.gender,
               entry.birth_date,
               entry.entry_year,
               entry.subjects,
               entry.appointed_on,
               entry.fingerprint,
               entry.state,
               entry.certification,
               now,
               initials);
}

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

std::optional<Position> find_position(sql::Tx& tx, EntryId id) {
    return tx.find<Position>(R"(
        SELECT o.path, e.name, e.initials FROM roster_entry e JOIN organisation o ON o.id = e.school_id WHERE e.id = $1)",
                             id);
}

namespace {

const std::string kColumns =
    "SELECT e.id, e.school_id, e.class_id, e.kind, e.name, e.document_kind, e.digest, e.number_mask, "
    "e.sealed, e.gender, "
    "e.birth_date, e.entry_year, e.subjects, e.appointed_on, e.fingerprint, e.state, e.certification ";

/// Walks the schools in the order of the tree, and in each school one index.
std::string listing_below(const std::string& column) {
    return kColumns + "FROM organisation o JOIN roster_entry e ON e.school_id = o.id" +
           " WHERE o.kind = 'school' AND o.path >= $1 AND o.path < $2" + " AND (o.path > $3 OR (e." + column +
           ", e.id) > ($4, $5))" + " AND e." + column + " >= $6 AND e." + column +
           " < $7 AND e.state = 'active'" + " AND (CAST($8 AS BIGINT) = 0 OR e.class_id = $8)" +
           " ORDER BY o.path, e." + column + ", e.id LIMIT $9";
}

/// The one lower bound is both where the range begins and what was seen last: engines take the first they
/// see.
std::string listing_of_all(const std::string& column) {
    return kColumns + "FROM roster_entry e WHERE (e." + column + ", e.id) > ($1, $2) AND e." + column +
           " < $3 AND e.state = 'active' ORDER BY e." + column + ", e.id LIMIT $4";
}

/// Behind everything that begins with `prefix`: U+10FFFF is no character.
std::string end_of(std::string prefix) {
    return prefix += "\xF4\x8F\xBF\xBF";
}

std::vector<EntryRecord> list_all(sql::Tx& tx, const Listing& listing, const std::string& last) {
    static const std::string kByName = listing_of_all("name");
    static const std::string kByInitials = listing_of_all("initials");
    return tx.list<EntryRecord>(listing.order == Order::name ? kByName : kByInitials,
                                std::max(last, listing.prefix),
                                listing.after.value_or(EntryId{}),
                                end_of(listing.prefix),
                                listing.limit);
}

}  // namespace

std::vector<EntryRecord> list_entries(sql::Tx& tx, const Listing& listing) {
    static const std::string kByName = listing_below("name");
    static const std::string kByInitials = listing_below("initials");
    const bool by_name = listing.order == Order::name;
    const auto position = listing.after ? find_position(tx, *listing.after) : std::nullopt;
    const auto last = !position ? "" : by_name ? position->name : position->initials;
    if (listing.path.empty()) {
        return list_all(tx, listing, last);
    }
    return tx.list<EntryRecord>(by_name ? kByName : kByInitials,
                                position ? std::max(listing.path, position->path) : listing.path,
                                end_of_subtree(listing.path),
                                position ? position->path : "",
                                last,
                                position ? *listing.after : EntryId{},
                                listing.prefix,
                                end_of(listing.prefix),
                                listing.class_id,
                                listing.limit);
}

std::vector<EntryRecord> list_of_document(sql::Tx& tx, const Bytes& digest) {
    static const std::string kStatement =
        kColumns + "FROM roster_entry e WHERE e.digest = $1 AND e.state = 'active' ORDER BY e.id";
    return tx.list<EntryRecord>(kStatement, digest);
}

std::vector<Named> list_without_initials(sql::Tx& tx, EntryId after, int limit) {
    return tx.list<Named>(
        "SELECT id, name FROM roster_entry WHERE id > $1 AND initials = '' ORDER BY id LIMIT $2",
        after,
        limit);
}

void set_initials(sql::Tx& tx, EntryId id, std::string_view initials) {
    tx.execute("UPDATE roster_entry SET initials = $2 WHERE id = $1", id, initials);
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
                                  updated_at, initials)
        SELECT entry_id, school_id,
               COALESCE(class_id, (SELECT c.class_id FROM roster_import_class c
                                   WHERE c.import_id = r.import_id AND c.school_id = r.school_id
                                     AND c.class_key = r.class_key)),
               kind, name, document_kind, digest, number_mask, sealed, gender, birth_date, entry_year, subjects,
               appointed_on, fingerprint, 'active', 'not_begun', $4, initials
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
            subjects = $10, appointed_on = $11, fingerprint = $12, state = 'active', updated_at = $13, initials = $14
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
                      now,
                      row.initials) == 1;
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
