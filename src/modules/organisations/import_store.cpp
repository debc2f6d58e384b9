#include "modules/organisations/import_store.hpp"

#include "base/json.hpp"

#include <utility>

namespace educard::organisations::store {

namespace {

struct StoredImport : ImportFacts {
    std::string unknown_headings;  // JSON
};
BOOST_DESCRIBE_STRUCT(StoredImport, (ImportFacts), (unknown_headings))

}  // namespace

void insert_import(sql::Tx& tx,
                   ImportId id,
                   const NewImport& import,
                   const std::vector<std::string>& unknown_headings,
                   AccountId by,
                   Time now) {
    tx.execute(
        R"(INSERT INTO organisation_import (id, organisation_id, kind, state, file_name, created_by, created_at,
                      unknown_headings)
                  VALUES ($1, $2, $3, 'ready', $4, $5, $6, $7))",
        id,
        import.organisation_id,
        import.kind,
        import.file_name,
        by,
        now,
        json::encode(unknown_headings));
}

void insert_import_row(sql::Tx& tx, ImportId id, std::int64_t ordinal, const ImportRow& row) {
    tx.execute(
        R"(INSERT INTO organisation_import_row (import_id, ordinal, line, outcome, organisation_id, version,
                      parent_id, name, school_code, school_kind, stage, entry_year, class_number, field, reason)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15))",
        id,
        ordinal,
        row.line,
        row.outcome,
        row.organisation_id,
        row.version,
        row.parent_id,
        row.name,
        row.school_code,
        row.school_kind,
        row.stage,
        row.entry_year,
        row.class_number,
        row.field,
        row.reason);
}

std::optional<ImportView> find_import(sql::Tx& tx, ImportId id) {
    auto stored =
        tx.find<StoredImport>(R"(SELECT i.id AS id, i.organisation_id AS organisation_id, i.kind AS kind,
            i.state AS state, i.file_name AS file_name,
            (SELECT count(*) FROM organisation_import_row r WHERE r.import_id = i.id AND r.outcome = 'fresh') AS fresh,
            (SELECT count(*) FROM organisation_import_row r WHERE r.import_id = i.id AND r.outcome = 'changed') AS changed,
            (SELECT count(*) FROM organisation_import_row r WHERE r.import_id = i.id AND r.outcome = 'unchanged')
                AS unchanged,
            (SELECT count(*) FROM organisation_import_row r WHERE r.import_id = i.id AND r.outcome = 'rejected')
                AS rejected,
            i.created_at AS created_at, i.confirmed_at AS confirmed_at, i.unknown_headings AS unknown_headings
        FROM organisation_import i WHERE i.id = $1)",
                              id);
    if (!stored) {
        return std::nullopt;
    }
    auto unknown = json::decode<std::vector<std::string>>(stored->unknown_headings);
    return ImportView{std::move(static_cast<ImportFacts&>(*stored)), std::move(unknown)};
}

std::vector<ImportRow> import_rows(
    sql::Tx& tx, ImportId id, std::string_view outcome, std::int64_t after, int limit) {
    return tx.list<ImportRow>(
        R"(SELECT ordinal, line, outcome, name, organisation_id, version, parent_id, school_code,
                                     school_kind, stage, entry_year, class_number, field, reason
                                 FROM organisation_import_row
                                 WHERE import_id = $1 AND ($2 = '' OR outcome = $2) AND ordinal > $3
                                 ORDER BY ordinal LIMIT $4)",
        id,
        outcome,
        after,
        limit);
}

std::vector<ImportRow> rows_to_apply(sql::Tx& tx, ImportId id) {
    return tx.list<ImportRow>(
        R"(SELECT ordinal, line, outcome, name, organisation_id, version, parent_id, school_code,
                                     school_kind, stage, entry_year, class_number, field, reason
                                 FROM organisation_import_row
                                 WHERE import_id = $1 AND outcome IN ('fresh', 'changed') ORDER BY ordinal)",
        id);
}

bool confirm_import(sql::Tx& tx, ImportId id, Time now) {
    return tx.execute(
               "UPDATE organisation_import SET state = 'confirmed', confirmed_at = $1 WHERE id = $2 AND "
               "state = 'ready'",
               now,
               id) == 1;
}

}  // namespace educard::organisations::store
