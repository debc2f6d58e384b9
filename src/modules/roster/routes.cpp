#include "http/routes.hpp"

#include "base/error.hpp"
#include "http/bind.hpp"
#include "modules/roster/roster.hpp"

namespace educard::roster {

namespace {

constexpr std::size_t kMaxUpload = 64U << 20U;

struct UploadInput {
    OrganisationId organisation_id;
    Kind kind{};
    std::string file_name;
};
BOOST_DESCRIBE_STRUCT(UploadInput, (), (organisation_id, kind, file_name))

struct ImportInput {
    ImportId id;
};
BOOST_DESCRIBE_STRUCT(ImportInput, (), (id))

struct ImportsInput {
    OrganisationId organisation_id;
};
BOOST_DESCRIBE_STRUCT(ImportsInput, (), (organisation_id))

/// What one heading means; without a field the column is not used.
struct HeadingMeaning {
    std::string key;
    std::optional<Field> field;
};
BOOST_DESCRIBE_STRUCT(HeadingMeaning, (), (key, field))

struct MappingInput {
    ImportId id;
    std::vector<HeadingMeaning> columns;
};
BOOST_DESCRIBE_STRUCT(MappingInput, (), (id, columns))

struct RowsInput {
    ImportId id;
    std::optional<Outcome> outcome;
    std::optional<bool> elsewhere;  // only of people who stand in another school's roster, too
    std::optional<std::int64_t> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(RowsInput, (), (id, outcome, elsewhere, cursor, limit))

struct ConfirmInput {
    ImportId id;
    std::optional<bool> create_classes;
    std::optional<bool> mark_missing_left;
};
BOOST_DESCRIBE_STRUCT(ConfirmInput, (), (id, create_classes, mark_missing_left))

struct EntriesInput {
    OrganisationId organisation_id;
    std::optional<Kind> kind;
    std::optional<Certification> certification;
    std::optional<std::string> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(EntriesInput, (), (organisation_id, kind, certification, cursor, limit))

/// A body, never an address: what is looked for may be the number of a document.
struct SearchInput {
    OrganisationId organisation_id;
    std::string query;
    std::optional<Kind> kind;
    std::optional<Certification> certification;
    std::optional<std::string> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(SearchInput, (), (organisation_id, query, kind, certification, cursor, limit))

/// An entry as a list shows it: the number masked, guardians left out.
struct EntryView {
    EntryId id;
    OrganisationId school_id;
    std::string school_name;
    std::optional<OrganisationId> class_id;
    std::string class_name;  // empty: none
    Kind kind{};
    std::string name;
    people::DocumentKind document_kind{};
    std::string number_mask;
    people::Gender gender{};
    std::optional<Date> birth_date;
    std::optional<int> entry_year;
    std::vector<std::string> subjects;
    std::optional<Date> appointed_on;
    Certification certification{};
};
BOOST_DESCRIBE_STRUCT(EntryView,
                      (),
                      (id,
                       school_id,
                       school_name,
                       class_id,
                       class_name,
                       kind,
                       name,
                       document_kind,
                       number_mask,
                       gender,
                       birth_date,
                       entry_year,
                       subjects,
                       appointed_on,
                       certification))

struct EntryInput {
    EntryId id;
};
BOOST_DESCRIBE_STRUCT(EntryInput, (), (id))

struct RevealedNumber {
    std::string number;
};
BOOST_DESCRIBE_STRUCT(RevealedNumber, (), (number))

EntryView view_of(ListedEntry listed) {
    auto& entry = listed.entry;
    return {.id = entry.id,
            .school_id = entry.school_id,
            .school_name = std::move(listed.school_name),
            .class_id = entry.class_id,
            .class_name = std::move(listed.class_name),
            .kind = entry.kind,
            .name = std::move(entry.name),
            .document_kind = entry.document_kind,
            .number_mask = std::move(entry.number_mask),
            .gender = entry.gender,
            .birth_date = entry.birth_date,
            .entry_year = entry.entry_year,
            .subjects = std::move(entry.subjects),
            .appointed_on = entry.appointed_on,
            .certification = entry.certification};
}

Mapping mapping_of(const std::vector<HeadingMeaning>& columns) {
    Mapping mapping;
    for (const auto& column : columns) {
        mapping[column.key] = column.field;
    }
    return mapping;
}

/// The rows, and the cursor behind the last one when there may be more.
template <class Item, class Position>
http::Page<Item> page_of(std::vector<Item> items, int limit, Position position) {
    http::Page<Item> page;
    if (!items.empty() && items.size() >= static_cast<std::size_t>(limit)) {
        page.next = std::to_string(position(items.back()));
    }
    page.items = std::move(items);
    return page;
}

http::Page<ImportRow> list_rows(sql::Tx& tx,
                                const Caller& caller,
                                const Roster& roster,
                                const RowsInput& input) {
    const int limit = std::clamp(input.limit.value_or(50), 1, 200);
    auto rows = roster.list_rows(tx,
                                 caller,
                                 {.import = input.id,
                                  .outcome = input.outcome,
                                  .elsewhere = input.elsewhere.value_or(false),
                                  .after = input.cursor.value_or(0),
                                  .limit = limit});
    return page_of(std::move(rows), limit, [](const ImportRow& row) { return row.ordinal; });
}

/// "MEANING.ID", as next_of() wrote it.
std::optional<EntryPlace> place_of(const std::optional<std::string>& cursor) {
    if (!cursor) {
        return std::nullopt;
    }
    const auto* const end = cursor->data() + cursor->size();
    EntryPlace place;
    const auto meaning = std::from_chars(cursor->data(), end, place.meaning);
    const bool has_more = meaning.ec == std::errc() && meaning.ptr != end && *meaning.ptr == '.';
    const auto id = std::from_chars(has_more ? meaning.ptr + 1 : end, end, place.id.value);
    if (!has_more || id.ec != std::errc() || id.ptr != end) {
        throw Error::invalid("cursor", "value");
    }
    return place;
}

std::string next_of(const EntryPlace& place) {
    return std::to_string(place.meaning) + "." + std::to_string(place.id.value);
}

http::Page<EntryView> page_of(FoundEntries found) {
    http::Page<EntryView> page;
    for (auto& listed : found.entries) {
        page.items.push_back(view_of(std::move(listed)));
    }
    if (found.next) {
        page.next = next_of(*found.next);
    }
    return page;
}

http::Page<EntryView> list_entries(sql::Tx& tx,
                                   const Caller& caller,
                                   const Roster& roster,
                                   const EntriesInput& input) {
    return page_of(roster.list(tx,
                               caller,
                               {.organisation_id = input.organisation_id,
                                .kind = input.kind,
                                .certification = input.certification,
                                .query = {},
                                .after = place_of(input.cursor),
                                .limit = input.limit.value_or(50)}));
}

http::Page<EntryView> search_entries(sql::Tx& tx,
                                     const Caller& caller,
                                     const Roster& roster,
                                     const SearchInput& input) {
    return page_of(roster.search(tx,
                                 caller,
                                 {.organisation_id = input.organisation_id,
                                  .kind = input.kind,
                                  .certification = input.certification,
                                  .query = input.query,
                                  .after = place_of(input.cursor),
                                  .limit = input.limit.value_or(50)}));
}

http::Download rejected(const Roster& roster, const Caller& caller, ImportId id) {
    return {.content_type = "text/csv; charset=utf-8",
            .body = roster.rejected_csv(caller, id),
            .file_name = "rejected.csv",
            .cache_seconds = 0,
            .etag = {}};
}

void add_import_routes(http::Routes& routes, Roster& roster) {
    const auto administrators = {
        Role::province_admin, Role::city_admin, Role::county_admin, Role::school_admin};
    routes
        .post(
            "/api/v1/roster-imports",
            http::upload([&roster](const Caller& caller, const UploadInput& input, const http::Upload& file) {
                const NewImport import{.organisation_id = input.organisation_id,
                                       .kind = input.kind,
                                       .file_name = input.file_name};
                return http::Created<Import>{roster.upload(caller, import, file.path)};
            }))
        .summary("Bring a list of students or teachers; a dry run of it begins")
        .allow(administrators)
        .errors({"spreadsheet.empty_file",
                 "spreadsheet.not_a_spreadsheet",
                 "spreadsheet.old_xls",
                 "spreadsheet.encrypted",
                 "spreadsheet.web_page",
                 "spreadsheet.binary",
                 "spreadsheet.damaged",
                 "spreadsheet.zip_bomb",
                 "roster.for_schools"})
        .rate(http::Rate::costly)
        .max_body(kMaxUpload);
    routes
        .get("/api/v1/roster-imports",
             http::read([&roster](sql::Tx& tx, const Caller& caller, const ImportsInput& input) {
                 return http::Page<Import>{.items = roster.list_imports(tx, caller, input.organisation_id),
                                           .next = {}};
             }))
        .summary("The last imports of an organisation")
        .allow(administrators);
    routes
        .get("/api/v1/roster-imports/{id}",
             http::read([&roster](sql::Tx& tx, const Caller& caller, const ImportInput& input) {
                 return roster.get_import(tx, caller, input.id);
             }))
        .summary("One import: state, columns, counts")
        .allow(administrators)
        .errors({"roster.import_unknown"});
    routes
        .get("/api/v1/roster-imports/{id}/first-rows",
             http::blocking([&roster](const Caller& caller, const ImportInput& input) {
                 return roster.first_rows(caller, input.id);
             }))
        .summary("How each sheet of the list begins, to choose the line of headings from")
        .allow(administrators)
        .errors({"roster.import_unknown", "roster.file_gone", "roster.no_space"});
    routes
        .put("/api/v1/roster-imports/{id}/mapping",
             http::write([&roster](sql::Tx& tx, const Caller& caller, const MappingInput& input) {
                 return roster.remap(tx, caller, input.id, mapping_of(input.columns));
             }))
        .summary(
            "Correct what headings mean; is remembered, and the dry run begins anew. Keys @/0, @/1, … call "
            "the columns of a list without headings")
        .allow(administrators)
        .errors({"roster.import_unknown", "roster.import_over", "roster.places_changed"});
    routes
        .get("/api/v1/roster-imports/{id}/rows",
             http::read([&roster](sql::Tx& tx, const Caller& caller, const RowsInput& input) {
                 return list_rows(tx, caller, roster, input);
             }))
        .summary("What would become of each row, with the reasons of those that are rejected")
        .allow(administrators)
        .errors({"roster.import_unknown"});
    routes
        .get("/api/v1/roster-imports/{id}/rejected.csv",
             http::blocking([&roster](const Caller& caller, const ImportInput& input) {
                 return rejected(roster, caller, input.id);
             }))
        .summary("The rejected rows as a file, with a column for the reason")
        .allow(administrators)
        .acting()
        .errors({"roster.import_unknown", "roster.file_gone"});
    routes
        .post("/api/v1/roster-imports/{id}/confirm",
              http::write([&roster](sql::Tx& tx, const Caller& caller, const ConfirmInput& input) {
                  return roster.confirm(tx,
                                        caller,
                                        input.id,
                                        {.create_classes = input.create_classes.value_or(false),
                                         .mark_missing_left = input.mark_missing_left.value_or(false)});
              }))
        .summary("Write what the dry run found")
        .allow(administrators)
        .errors({"roster.import_unknown",
                 "roster.import_over",
                 "roster.places_changed",
                 "roster.still_checking"});
    routes
        .post("/api/v1/roster-imports/{id}/cancel",
              http::write([&roster](sql::Tx& tx, const Caller& caller, const ImportInput& input) {
                  return roster.cancel(tx, caller, input.id);
              }))
        .summary("Give an import up; its file is removed")
        .allow(administrators)
        .errors({"roster.import_unknown", "roster.import_over", "roster.places_changed"});
}

}  // namespace

void add_routes(http::Routes& routes, Roster& roster) {
    add_import_routes(routes, roster);
    const auto reviewers = {
        Role::province_admin, Role::city_admin, Role::county_admin, Role::school_admin, Role::class_teacher};
    routes
        .get("/api/v1/roster-entries",
             http::read([&roster](sql::Tx& tx, const Caller& caller, const EntriesInput& input) {
                 return list_entries(tx, caller, roster, input);
             }))
        .summary("The roster of a school or a class")
        .allow(reviewers);
    routes
        .post("/api/v1/roster-searches",
              http::read([&roster](sql::Tx& tx, const Caller& caller, const SearchInput& input) {
                  return search_entries(tx, caller, roster, input);
              }))
        .summary(
            "People anywhere below an organisation by name, pinyin, initials, card or document number. A "
            "page "
            "may be short and still have a next one")
        .allow(reviewers)
        .reading();
    routes
        .post("/api/v1/roster-entries/{id}/reveal",
              http::write([&roster](sql::Tx& tx, const Caller& caller, const EntryInput& input) {
                  return RevealedNumber{roster.reveal_number(tx, caller, input.id)};
              }))
        .summary("The number of an entry in clear; an audited act")
        .allow(reviewers)
        .proven()
        .errors({"roster.unknown"});
}

}  // namespace educard::roster
