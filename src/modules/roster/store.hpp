#pragma once
// SQL of the roster, and nothing else.

#include "modules/roster/roster.hpp"
#include "sql/rows.hpp"

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::roster::store {

// Imports. Lists and maps lie as JSON in text columns.

struct ImportRecord {
    ImportId id;
    OrganisationId organisation_id;
    Kind kind{};
    std::string file_name;
    ImportState state{};
    std::optional<std::string> error;
    std::string error_parameters;
    AccountId account_id;
    JobId job_id;
    std::string columns;
    std::string counts;
    std::string missing_classes;
    std::int64_t applied = 0;
    std::string options;
    Time created_at;
    std::optional<Time> finished_at;
};
BOOST_DESCRIBE_STRUCT(ImportRecord,
                      (),
                      (id,
                       organisation_id,
                       kind,
                       file_name,
                       state,
                       error,
                       error_parameters,
                       account_id,
                       job_id,
                       columns,
                       counts,
                       missing_classes,
                       applied,
                       options,
                       created_at,
                       finished_at))

void insert_import(sql::Tx& tx, const ImportRecord& import);
std::optional<ImportRecord> find_import(sql::Tx& tx, ImportId id);
std::vector<ImportRecord> list_imports(sql::Tx& tx, OrganisationId organisation, int limit);
std::vector<ImportRecord> list_finished(sql::Tx& tx, Time before, int limit);
/// False when it was not in the state `from`.
bool move_import(sql::Tx& tx, ImportId id, ImportState from, ImportState to);
void set_job(sql::Tx& tx, ImportId id, JobId job);
void set_columns(sql::Tx& tx, ImportId id, std::string_view columns);
void set_counts(sql::Tx& tx, ImportId id, std::string_view counts);
void set_checked(sql::Tx& tx, ImportId id, std::string_view counts, std::string_view missing_classes);
void set_options(sql::Tx& tx, ImportId id, std::string_view options);
void add_applied(sql::Tx& tx, ImportId id, std::int64_t rows);
void set_finished(
    sql::Tx& tx, ImportId id, Time at, std::optional<std::string_view> error, std::string_view parameters);
void remove_import(sql::Tx& tx, ImportId id);

// The uploaded list of an import.

void insert_piece(sql::Tx& tx, ImportId import, std::int64_t index, ByteView octets, Time at);
std::int64_t count_pieces(sql::Tx& tx, ImportId import);
/// Throws Error(gone, "roster.file_gone").
Bytes get_piece(sql::Tx& tx, ImportId import, std::int64_t index);
void remove_file(sql::Tx& tx, ImportId import);
/// Pieces kept before `before` whose import never came about.
void remove_orphaned_pieces(sql::Tx& tx, Time before);

// Rows of an import.

struct RowRecord {
    std::int64_t ordinal = 0;
    std::int64_t sheet = 0;
    std::int64_t line = 0;
    Outcome outcome{};
    std::string faults = "[]";
    std::string changes = "[]";
    std::optional<EntryId> entry_id;
    std::optional<std::string> old_fingerprint;
    std::optional<OrganisationId> school_id;
    std::optional<OrganisationId> class_id;
    std::optional<std::string> class_key;
    Kind kind{};
    std::string name;
    std::string initials;  // of the name, for search
    people::DocumentKind document_kind{};
    std::optional<Bytes> digest;
    std::string number_mask;
    std::optional<Bytes> sealed;
    people::Gender gender{};
    std::optional<Date> birth_date;
    std::optional<int> entry_year;
    std::string subjects = "[]";
    std::optional<Date> appointed_on;
    std::string fingerprint;
    bool elsewhere = false;
};
BOOST_DESCRIBE_STRUCT(RowRecord,
                      (),
                      (ordinal,
                       sheet,
                       line,
                       outcome,
                       faults,
                       changes,
                       entry_id,
                       old_fingerprint,
                       school_id,
                       class_id,
                       class_key,
                       kind,
                       name,
                       initials,
                       document_kind,
                       digest,
                       number_mask,
                       sealed,
                       gender,
                       birth_date,
                       entry_year,
                       subjects,
                       appointed_on,
                       fingerprint,
                       elsewhere))

/// What the dry run found, gathered to be inserted in bulk.
sql::Rows no_rows();
void add_row(sql::Rows& rows, ImportId import, const RowRecord& row);
void remove_rows(sql::Tx& tx, ImportId import);
struct Ordinals {
    std::int64_t after = 0;
    std::int64_t up_to = std::numeric_limits<std::int64_t>::max();
};
/// Any outcome when none is named; with `elsewhere` only people who stand in another school's roster, too.
struct Which {
    std::optional<Outcome> outcome;
    bool elsewhere = false;
};
std::vector<RowRecord> list_rows(
    sql::Tx& tx, ImportId import, const Which& which, Ordinals ordinals, int limit);
std::int64_t last_ordinal(sql::Tx& tx, ImportId import);
/// What duplicates are told by, of the rows that were accepted so far.
struct SeenRow {
    std::int64_t ordinal = 0;
    Bytes digest;
    Kind kind{};
    std::int64_t line = 0;
    std::optional<OrganisationId> school_id;
    std::string fingerprint;
};
BOOST_DESCRIBE_STRUCT(SeenRow, (), (ordinal, digest, kind, line, school_id, fingerprint))
std::vector<SeenRow> list_seen(sql::Tx& tx, ImportId import, std::int64_t after, int limit);

Counts count_outcomes(sql::Tx& tx, ImportId import);
struct KeyCount {
    OrganisationId school_id;
    std::string class_key;
    std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(KeyCount, (), (school_id, class_key, count))
std::vector<KeyCount> count_missing_classes(sql::Tx& tx, ImportId import);
/// Marks those of the fresh rows whose people stand in the roster of another school.
void mark_elsewhere(sql::Tx& tx, ImportId import, Ordinals ordinals);
/// Adds a row for each active entry of the list's schools and kinds that no row names: not by number, nor,
/// where a row's number is wrong, by name.
void insert_missing(sql::Tx& tx,
                    ImportId import,
                    Kind kind,
                    std::optional<OrganisationId> school,
                    std::int64_t after_ordinal);
/// From now on the rows of that key stand in this class.
void give_class(
    sql::Tx& tx, ImportId import, OrganisationId school, std::string_view class_key, OrganisationId class_id);
/// Rejects the rows whose class the tree does not have and nobody has given.
void reject_classless(sql::Tx& tx, ImportId import, std::string_view faults);
void reject_row(sql::Tx& tx, ImportId import, std::int64_t ordinal, std::string_view faults);

// Remembered headings.

void remember(
    sql::Tx& tx, OrganisationId organisation, Kind kind, std::string_view heading, std::string_view field);
Mapping mapping(sql::Tx& tx, OrganisationId organisation, Kind kind);

// Entries.

struct EntryRecord {
    EntryId id;
    OrganisationId school_id;
    std::optional<OrganisationId> class_id;
    Kind kind{};
    std::string name;
    people::DocumentKind document_kind{};
    Bytes digest;
    std::string number_mask;
    Bytes sealed;
    people::Gender gender{};
    std::optional<Date> birth_date;
    std::optional<int> entry_year;
    std::string subjects;
    std::optional<Date> appointed_on;
    std::string fingerprint;
    EntryState state{};
    Certification certification{};
};
BOOST_DESCRIBE_STRUCT(EntryRecord,
                      (),
                      (id,
                       school_id,
                       class_id,
                       kind,
                       name,
                       document_kind,
                       digest,
                       number_mask,
                       sealed,
                       gender,
                       birth_date,
                       entry_year,
                       subjects,
                       appointed_on,
                       fingerprint,
                       state,
                       certification))

void insert_entry(sql::Tx& tx, const EntryRecord& entry, std::string_view initials, Time now);
std::optional<EntryRecord> find_entry(sql::Tx& tx, EntryId id);
std::optional<EntryRecord> find_entry(sql::Tx& tx, const Bytes& digest, Kind kind, OrganisationId school);
/// Of any school; active ones first.
std::optional<EntryRecord> find_elsewhere(sql::Tx& tx, const Bytes& digest, Kind kind);
std::optional<std::string> find_fingerprint(sql::Tx& tx, EntryId id);
/// Where a listing stands: the school, and the name and its initials of the entry that was shown last.
struct Position {
    std::string path;
    std::string name;
    std::string initials;
};
BOOST_DESCRIBE_STRUCT(Position, (), (path, name, initials))
std::optional<Position> find_position(sql::Tx& tx, EntryId id);

enum class Order { name, initials };
struct Listing {
    Order order = Order::name;
    std::string prefix;       // of the name or of its initials
    std::string path;         // of the organisation; empty: the whole tree
    OrganisationId class_id;  // 0: whole schools
    std::optional<EntryId> after;
    int limit = 0;
};
/// Active entries of the schools below, one school after the other; of the whole tree in one order.
std::vector<EntryRecord> list_entries(sql::Tx& tx, const Listing& listing);
/// Active entries of one document, in any school.
std::vector<EntryRecord> list_of_document(sql::Tx& tx, const Bytes& digest);

struct Named {
    EntryId id;
    std::string name;
};
BOOST_DESCRIBE_STRUCT(Named, (), (id, name))
/// Entries whose initials are not filled in.
std::vector<Named> list_without_initials(sql::Tx& tx, EntryId after, int limit);
void set_initials(sql::Tx& tx, EntryId id, std::string_view initials);
bool has_entries(sql::Tx& tx, OrganisationId school);
/// False when it was not `from`.
bool move_certification(sql::Tx& tx, EntryId id, Certification from, Certification to, Time now);

// Writing what was confirmed; rows with from < ordinal <= to.

struct Written {
    EntryId id;
    OrganisationId school_id;
    std::optional<OrganisationId> class_id;
    Kind kind{};
    Certification certification{};
    Bytes digest;

    OrganisationId node() const { return class_id ? *class_id : school_id; }
};
BOOST_DESCRIBE_STRUCT(Written, (), (id, school_id, class_id, kind, certification, digest))

std::vector<Written> insert_fresh(sql::Tx& tx, ImportId import, std::int64_t from, std::int64_t to, Time now);
/// False when the entry is not as the dry run saw it.
bool update_entry(sql::Tx& tx, const RowRecord& row, Time now);
std::vector<Written> mark_left(sql::Tx& tx, ImportId import, std::int64_t from, std::int64_t to, Time now);

/// The same document and kind in two schools' lists.
struct Double {
    EntryId from_id;
    EntryId to_id;
    std::optional<OrganisationId> from_class;
    Kind kind{};
    EntryState from_state{};
    EntryState to_state{};
    Certification from_certification{};
    Certification to_certification{};
};
BOOST_DESCRIBE_STRUCT(
    Double,
    (),
    (from_id, to_id, from_class, kind, from_state, to_state, from_certification, to_certification))
std::vector<Double> doubles(sql::Tx& tx, const Transfer& transfer);
std::int64_t count_doubles(sql::Tx& tx, const Transfer& transfer);
void mark_entry_left(sql::Tx& tx, EntryId id, Time now);
void delete_entry(sql::Tx& tx, EntryId id);
/// Those that `to` does not have.
std::int64_t transfer(sql::Tx& tx, const Transfer& transfer, Time now);
/// What `organisation` had read for these schools or classes and is not written yet is of no use any more.
void outdate_imports(sql::Tx& tx, const Transfer& transfer, OrganisationId organisation, Time now);
/// Whether the schools of rows `after` … `to` are open and below `path` today, and their classes are theirs.
bool are_places_unchanged(
    sql::Tx& tx, ImportId id, std::int64_t after, std::int64_t to, std::string_view path, Date today);
/// Whether it is being written; nobody ends it before `tx` is done.
bool hold_applying(sql::Tx& tx, ImportId id);

}  // namespace educard::roster::store
