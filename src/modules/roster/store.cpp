#include "modules/roster/store.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace educard::roster::store {

namespace {

constexpr std::string_view kAnyOutcome;

}  // namespace

void insert_import(sql::Tx& tx, const ImportRecord& import) {
    tx.execute(R"(
        INSERT INTO roster_import (id, organisation_id, kind, file_name, file, state, error, error_parameters, account_id,
                                   job_id, columns, counts, missing_classes, applied, options, created_at, finished_at)
        VALUES ($1, $2, $3, $4, '', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16))",
               import.id,
               import.organisation_id,
               import.kind,
               import.file_name,
               import.state,
               import.error,
               import.error_parameters,
               import.account_id,
               import.job_id,
               import.columns,
               import.counts,
               import.missing_classes,
               import.applied,
               import.options,
               import.created_at,
               import.finished_at);
}

std::optional<ImportRecord> find_import(sql::Tx& tx, ImportId id) {
    return tx.find<ImportRecord>(R"(
        SELECT id, organisation_id, kind, file_name, state, error, error_parameters, account_id, job_id, columns,
               counts, missing_classes, applied, options, created_at, finished_at
        FROM roster_import WHERE id = $1)",
                                 id);
}

std::vector<ImportRecord> list_imports(sql::Tx& tx, OrganisationId organisation, int limit) {
    return tx.list<ImportRecord>(R"(
        SELECT id, organisation_id, kind, file_name, state, error, error_parameters, account_id, job_id, columns,
               counts, missing_classes, applied, options, created_at, finished_at
        FROM roster_import WHERE organisation_id = $1 ORDER BY id DESC LIMIT $2)",
                                 organisation,
                                 limit);
}

std::vector<ImportRecord> list_finished(sql::Tx& tx, Time before, int limit) {
    return tx.list<ImportRecord>(R"(
        SELECT id, organisation_id, kind, file_name, state, error, error_parameters, account_id, job_id, columns,
               counts, missing_classes, applied, options, created_at, finished_at
        FROM roster_import WHERE state NOT IN ('checking', 'applying') AND created_at < $1 ORDER BY id LIMIT $2)",
                                 before,
                                 limit);
}

bool move_import(sql::Tx& tx, ImportId id, ImportState from, ImportState to) {
    return tx.execute("UPDATE roster_import SET state = $3 WHERE id = $1 AND state = $2", id, from, to) == 1;
}

void set_job(sql::Tx& tx, ImportId id, JobId job) {
    tx.execute("UPDATE roster_import SET job_id = $2 WHERE id = $1", id, job);
}

void set_columns(sql::Tx& tx, ImportId id, std::string_view columns) {
    tx.execute("UPDATE roster_import SET columns = $2 WHERE id = $1", id, columns);
}

void set_counts(sql::Tx& tx, ImportId id, std::string_view counts) {
    tx.execute("UPDATE roster_import SET counts = $2 WHERE id = $1", id, counts);
}

void set_checked(sql::Tx& tx, ImportId id, std::string_view counts, std::string_view missing_classes) {
    tx.execute("UPDATE roster_import SET counts = $2, missing_classes = $3 WHERE id = $1",
               id,
               counts,
               missing_classes);
}

void set_options(sql::Tx& tx, ImportId id, std::string_view options) {
    tx.execute("UPDATE roster_import SET options = $2 WHERE id = $1", id, options);
}

void add_applied(sql::Tx& tx, ImportId id, std::int64_t rows) {
    tx.execute("UPDATE roster_import SET applied = applied + $2 WHERE id = $1", id, rows);
}

void set_finished(
    sql::Tx& tx, ImportId id, Time at, std::optional<std::string_view> error, std::string_view parameters) {
    tx.execute("UPDATE roster_import SET finished_at = $2, error = $3, error_parameters = $4 WHERE id = $1",
               id,
               at,
               error,
               parameters);
}

void remove_import(sql::Tx& tx, ImportId id) {
    remove_rows(tx, id);
    remove_file(tx, id);
    tx.execute("DELETE FROM roster_import WHERE id = $1", id);
}

void insert_piece(sql::Tx& tx, ImportId import, std::int64_t index, ByteView octets, Time at) {
    tx.execute("INSERT INTO roster_import_file (import_id, piece, octets, kept_at) VALUES ($1, $2, $3, $4)",
               import,
               index,
               octets,
               at);
}

std::int64_t count_pieces(sql::Tx& tx, ImportId import) {
    return tx.find<std::int64_t>("SELECT COUNT(*) FROM roster_import_file WHERE import_id = $1", import)
        .value_or(0);
}

Bytes get_piece(sql::Tx& tx, ImportId import, std::int64_t index) {
    auto octets = tx.find<Bytes>(
        "SELECT octets FROM roster_import_file WHERE import_id = $1 AND piece = $2", import, index);
    if (!octets) {
        throw Error(Fault::gone, "roster.file_gone");
    }
    return std::move(*octets);
}

void remove_file(sql::Tx& tx, ImportId import) {
    tx.execute("DELETE FROM roster_import_file WHERE import_id = $1", import);
}

void remove_orphaned_pieces(sql::Tx& tx, Time before) {
    tx.execute(R"(DELETE FROM roster_import_file
                  WHERE kept_at < $1 AND NOT EXISTS (SELECT 1 FROM roster_import i
                                                     WHERE i.id = roster_import_file.import_id))",
               before);
}

sql::Rows no_rows() {
    return {"roster_import_row",
            {"import_id",  "ordinal",     "sheet",           "line",        "outcome",
             "faults",     "changes",     "entry_id",        "school_id",   "class_id",
             "class_key",  "kind",        "old_fingerprint", "name",        "document_kind",
             "digest",     "number_mask", "sealed",          "gender",      "birth_date",
             "entry_year", "subjects",    "appointed_on",    "fingerprint", "initials"}};
}

void add_row(sql::Rows& rows, ImportId import, const RowRecord& row) {
    rows.add_values(import,
                    row.ordinal,
                    row.sheet,
                    row.line,
                    row.outcome,
                    row.faults,
                    row.changes,
                    row.entry_id,
                    row.school_id,
                    row.class_id,
                    row.class_key,
                    row.kind,
                    row.old_fingerprint,
                    row.name,
                    row.document_kind,
                    row.digest,
                    row.number_mask,
                    row.sealed,
                    row.gender,
                    row.birth_date,
                    row.entry_year,
                    row.subjects,
                    row.appointed_on,
                    row.fingerprint,
                    row.initials);
}

void remove_rows(sql::Tx& tx, ImportId import) {
    tx.execute("DELETE FROM roster_import_row WHERE import_id = $1", import);
    tx.execute("DELETE FROM roster_import_class WHERE import_id = $1", import);
}

std::vector<RowRecord> list_rows(
    sql::Tx& tx, ImportId import, const Which& which, Ordinals ordinals, int limit) {
    return tx.list<RowRecord>(
        R"(
        SELECT ordinal, sheet, line, outcome, faults, changes, entry_id, old_fingerprint, school_id,
               COALESCE(class_id, (SELECT c.class_id FROM roster_import_class c
                                   WHERE c.import_id = r.import_id AND c.school_id = r.school_id
                                     AND c.class_key = r.class_key)) AS class_id,
               class_key, kind, name, document_kind, digest, number_mask, sealed, gender, birth_date, entry_year,
               subjects, appointed_on, fingerprint, initials, elsewhere
        FROM roster_import_row r
        WHERE import_id = $1 AND ordinal > $2 AND ordinal <= $3 AND ($4 = '' OR outcome = $4)
          AND (elsewhere OR CAST($5 AS BOOLEAN) = FALSE)
        ORDER BY ordinal LIMIT $6)",
        import,
        ordinals.after,
        ordinals.up_to,
        which.outcome ? std::string_view(boost::describe::enum_to_string(*which.outcome, "")) : kAnyOutcome,
        which.elsewhere,
        limit);
}

std::int64_t last_ordinal(sql::Tx& tx, ImportId import) {
    return tx
        .find<std::int64_t>("SELECT COALESCE(MAX(ordinal), 0) FROM roster_import_row WHERE import_id = $1",
                            import)
        .value_or(0);
}

std::vector<SeenRow> list_seen(sql::Tx& tx, ImportId import, std::int64_t after, int limit) {
    return tx.list<SeenRow>(R"(
        SELECT ordinal, digest, kind, line, school_id, fingerprint FROM roster_import_row
        WHERE import_id = $1 AND ordinal > $2 AND outcome IN ('fresh', 'changed', 'unchanged')
        ORDER BY ordinal LIMIT $3)",
                            import,
                            after,
                            limit);
}

// Not grouped by outcome: SQLite would sort all of the rows in memory for that.
Counts count_outcomes(sql::Tx& tx, ImportId import) {
    return tx
        .find<Counts>(R"(
            SELECT COUNT(*) FILTER (WHERE outcome <> 'missing') AS rows,
                   COUNT(*) FILTER (WHERE outcome = 'fresh') AS fresh,
                   COUNT(*) FILTER (WHERE outcome = 'changed') AS changed,
                   COUNT(*) FILTER (WHERE outcome = 'unchanged') AS unchanged,
                   COUNT(*) FILTER (WHERE outcome = 'rejected') AS rejected,
                   COUNT(*) FILTER (WHERE outcome = 'missing') AS missing,
                   COUNT(*) FILTER (WHERE elsewhere) AS elsewhere
            FROM roster_import_row WHERE import_id = $1)",
                      import)
        .value_or(Counts{});
}

std::vector<KeyCount> count_missing_classes(sql::Tx& tx, ImportId import) {
    return tx.list<KeyCount>(R"(
        SELECT school_id, class_key, COUNT(*) AS count FROM roster_import_row
        WHERE import_id = $1 AND class_key IS NOT NULL AND class_id IS NULL AND outcome IN ('fresh', 'changed')
        GROUP BY school_id, class_key ORDER BY school_id, class_key LIMIT 1000)",
                             import);
}

void mark_elsewhere(sql::Tx& tx, ImportId import, Ordinals ordinals) {
    // In two steps, as the rows lie with their import and the entries with their schools.
    std::multimap<std::pair<Bytes, Kind>, OrganisationId> places;
    tx.each(
        R"(
        SELECT digest, kind, school_id FROM roster_entry
        WHERE state = 'active'
          AND digest IN (SELECT r.digest FROM roster_import_row r
                         WHERE r.import_id = $1 AND r.ordinal > $2 AND r.ordinal <= $3 AND r.outcome = 'fresh'))",
        [&](const sql::Row& row) {
            places.emplace(std::pair(row.get<Bytes>(0), row.get<Kind>(1)), row.get<OrganisationId>(2));
        },
        import,
        ordinals.after,
        ordinals.up_to);
    if (places.empty()) {
        return;
    }
    std::vector<std::int64_t> found;
    tx.each(
        R"(
        SELECT ordinal, digest, kind, school_id FROM roster_import_row
        WHERE import_id = $1 AND ordinal > $2 AND ordinal <= $3 AND outcome = 'fresh')",
        [&](const sql::Row& row) {
            const auto school = row.get<OrganisationId>(3);
            const auto [first, last] = places.equal_range(std::pair(row.get<Bytes>(1), row.get<Kind>(2)));
            if (std::any_of(first, last, [&](const auto& place) { return place.second != school; })) {
                found.push_back(row.get<std::int64_t>(0));
            }
        },
        import,
        ordinals.after,
        ordinals.up_to);
    for (const auto ordinal : found) {
        tx.post("UPDATE roster_import_row SET elsewhere = TRUE WHERE import_id = $1 AND ordinal = $2",
                import,
                ordinal);
    }
}

void insert_missing(sql::Tx& tx,
                    ImportId import,
                    Kind kind,
                    std::optional<OrganisationId> school,
                    std::int64_t after_ordinal) {
    const std::string_view second = kind == Kind::student ? "student" : "staff";
    const std::string_view first = kind == Kind::student ? "student" : "teacher";
    tx.execute(R"(
        INSERT INTO roster_import_row (import_id, ordinal, sheet, line, outcome, faults, changes, entry_id, old_fingerprint,
                                       school_id, class_id, class_key, kind, name, document_kind, digest, number_mask,
                                       sealed, gender, birth_date, entry_year, subjects, appointed_on, fingerprint)
        SELECT $1, $2 + ROW_NUMBER() OVER (ORDER BY e.id), 0, 0, 'missing', '[]', '[]', e.id, e.fingerprint,
               e.school_id, e.class_id, NULL, e.kind, e.name, e.document_kind, NULL, e.number_mask,
               NULL, e.gender, e.birth_date, e.entry_year, e.subjects, e.appointed_on, e.fingerprint
        FROM roster_entry e
        WHERE e.state = 'active' AND e.kind IN ($3, $4)
          AND (e.school_id = $5 OR e.school_id IN (SELECT r.school_id FROM roster_import_row r
                                                   WHERE r.import_id = $1 AND r.school_id IS NOT NULL))
          AND e.id NOT IN (SELECT r.entry_id FROM roster_import_row r WHERE r.import_id = $1 AND r.entry_id IS NOT NULL)
          AND (e.school_id, e.name) NOT IN (SELECT r.school_id, r.name FROM roster_import_row r
                                            WHERE r.import_id = $1 AND r.outcome = 'rejected' AND r.entry_id IS NULL
                                              AND r.school_id IS NOT NULL))",
               import,
               after_ordinal,
               first,
               second,
               school.value_or(OrganisationId{}));
}

void give_class(sql::Tx& tx,
                ImportId import,
                OrganisationId school,
                std::string_view class_key,
                OrganisationId class_id) {
    tx.execute(R"(
        INSERT INTO roster_import_class (import_id, school_id, class_key, class_id) VALUES ($1, $2, $3, $4))",
               import,
               school,
               class_key,
               class_id);
}

void reject_classless(sql::Tx& tx, ImportId import, std::string_view faults) {
    tx.execute(R"(
        UPDATE roster_import_row SET outcome = 'rejected', faults = $2
        WHERE import_id = $1 AND class_key IS NOT NULL AND class_id IS NULL AND outcome IN ('fresh', 'changed')
          AND NOT EXISTS (SELECT 1 FROM roster_import_class c
                          WHERE c.import_id = roster_import_row.import_id
                            AND c.school_id = roster_import_row.school_id
                            AND c.class_key = roster_import_row.class_key))",
               import,
               faults);
}

void reject_row(sql::Tx& tx, ImportId import, std::int64_t ordinal, std::string_view faults) {
    tx.execute(
        "UPDATE roster_import_row SET outcome = 'rejected', faults = $3 WHERE import_id = $1 AND ordinal = "
        "$2",
        import,
        ordinal,
        faults);
}

void remember(
    sql::Tx& tx, OrganisationId organisation, Kind kind, std::string_view heading, std::string_view field) {
    tx.execute(R"(
        INSERT INTO roster_mapping (organisation_id, kind, heading, field) VALUES ($1, $2, $3, $4)
        ON CONFLICT (organisation_id, kind, heading) DO UPDATE SET field = excluded.field)",
               organisation,
               kind,
               heading,
               field);
}

Mapping mapping(sql::Tx& tx, OrganisationId organisation, Kind kind) {
    Mapping out;
    tx.each(
        "SELECT heading, field FROM roster_mapping WHERE organisation_id = $1 AND kind = $2",
        [&](const sql::Row& row) { out[row.get<std::string>(0)] = find_field(row.text(1)); },
        organisation,
        kind);
    return out;
}

}  // namespace educard::roster::store
