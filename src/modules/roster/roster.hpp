#pragma once
// The roster (名册): what a school already knows of its people before they register, and the import that
// brings it in: upload → a job reads the file row by row and judges each row (dry run) → somebody confirms →
// a job writes, in chunks that survive a crash, each exactly once. Owns roster_entry, roster_import,
// roster_import_row, roster_mapping and the sealed copies of uploads. What the constructor is
// given outlives it; any thread may call any member.

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "crypto/blind_index.hpp"
#include "crypto/field_cipher.hpp"
#include "modules/organisations/organisations.hpp"
#include "modules/people/people.hpp"
#include "modules/roster/record.hpp"
#include "runtime/caller.hpp"
#include "sql/sql.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard {
class Audit;
class Error;
class Jobs;
class Texts;
class JobRun;
namespace http {
class Routes;
}
}  // namespace educard

namespace educard::roster {

namespace store {
struct EntryRecord;
struct RowRecord;
struct ImportRecord;
}  // namespace store

using EntryId = Id<struct RosterEntryTag>;
using ImportId = Id<struct RosterImportTag>;

enum class EntryState { active, left };
BOOST_DESCRIBE_ENUM(EntryState, active, left)

enum class Certification { not_begun, in_review, returned, certified };
BOOST_DESCRIBE_ENUM(Certification, not_begun, in_review, returned, certified)

/// A school's own record of somebody.
struct Entry {
    EntryId id;
    OrganisationId school_id;
    std::optional<OrganisationId> class_id;
    Kind kind{};
    std::string name;
    people::DocumentKind document_kind{};
    std::string number_mask;
    people::Gender gender{};
    std::optional<Date> birth_date;
    std::optional<int> entry_year;
    std::string student_number;
    std::vector<Guardian> guardians;
    std::vector<std::string> subjects;
    std::optional<Date> appointed_on;
    std::string fingerprint;  // changes when anything above does
    EntryState state{};
    Certification certification{};
};

/// Hears of every change of the counts, in the transaction that makes it; and knows how far somebody is who
/// is new to a roster. The program wires rollout and applications to it.
class RosterObserver {
public:
    virtual ~RosterObserver() = default;
    /// `count` entries of `kind` at `node` (the class, or the school of those without one) went from one
    /// certification to another. No `from`: they are new; no `to`: they are gone.
    virtual void moved(sql::Tx& tx,
                       OrganisationId node,
                       Kind kind,
                       std::optional<Certification> from,
                       std::optional<Certification> to,
                       std::int64_t count) = 0;
    /// Somebody enters that school's roster, or is in it again: how far they are at that school.
    virtual Certification entered(
        sql::Tx& tx, EntryId entry, const Bytes& digest, Kind kind, OrganisationId school) = 0;
    /// Somebody certified is no longer in that school's roster, or is in it again after that.
    virtual void left(sql::Tx& tx, const Bytes& digest, Kind kind, OrganisationId school) = 0;
    virtual void returned(sql::Tx& tx, const Bytes& digest, Kind kind, OrganisationId school) = 0;
    /// Digests of the documents of whoever holds the card; none when the number was never issued.
    virtual std::vector<Bytes> documents_of_card(sql::Tx& tx, std::string_view card_number) = 0;
};

/// Counts nothing, knows nobody.
class NoObserver final : public RosterObserver {
public:
    void moved(sql::Tx&,
               OrganisationId,
               Kind,
               std::optional<Certification>,
               std::optional<Certification>,
               std::int64_t) override {}
    Certification entered(sql::Tx&, EntryId, const Bytes&, Kind, OrganisationId) override {
        return Certification::not_begun;
    }
    void left(sql::Tx&, const Bytes&, Kind, OrganisationId) override {}
    void returned(sql::Tx&, const Bytes&, Kind, OrganisationId) override {}
    std::vector<Bytes> documents_of_card(sql::Tx&, std::string_view) override { return {}; }
};

enum class ImportState { checking, ready, applying, done, failed, cancelled };
BOOST_DESCRIBE_ENUM(ImportState, checking, ready, applying, done, failed, cancelled)

/// `fresh` is written "new" on the wire.
enum class Outcome { fresh, changed, unchanged, rejected, missing };
BOOST_DESCRIBE_ENUM(Outcome, fresh, changed, unchanged, rejected, missing)

/// How many rows of each outcome. `missing`: active entries of the same schools and kind that the list does
/// not name. `elsewhere`: of the fresh ones, those who stand in another school's roster, too; nothing for
/// lists that were checked before this was looked for.
struct Counts {
    std::int64_t rows = 0;
    std::int64_t fresh = 0;
    std::int64_t changed = 0;
    std::int64_t unchanged = 0;
    std::int64_t rejected = 0;
    std::int64_t missing = 0;
    std::optional<std::int64_t> elsewhere;
};
BOOST_DESCRIBE_STRUCT(Counts, (), (rows, fresh, changed, unchanged, rejected, missing, elsewhere))

/// A class that rows name and the tree does not have.
struct MissingClass {
    OrganisationId school_id;
    std::string school_name;
    organisations::Stage stage{};
    int entry_year = 0;
    int number = 0;
    std::string name;
    std::int64_t rows = 0;
};
BOOST_DESCRIBE_STRUCT(MissingClass, (), (school_id, school_name, stage, entry_year, number, name, rows))

struct ColumnView {
    std::int64_t sheet = 0;
    std::string heading;
    std::string key;
    std::optional<Field> field;  // none: not used
};
BOOST_DESCRIBE_STRUCT(ColumnView, (), (sheet, heading, key, field))

/// What was confirmed.
struct Options {
    bool create_classes = false;     // else rows of classes that the tree does not have are left out
    bool mark_missing_left = false;  // people whom the list does not name are marked as having left
};
BOOST_DESCRIBE_STRUCT(Options, (), (create_classes, mark_missing_left))

struct Import {
    ImportId id;
    OrganisationId organisation_id;
    Kind kind{};
    std::string file_name;
    ImportState state{};
    std::optional<std::string> error;  // a message key
    std::map<std::string, std::string> error_parameters;
    std::optional<std::string> error_message;  // of get_import: `error` in the caller's language
    JobId job_id;                              // progress on the bus under "job:<id>"
    std::vector<ColumnView> columns;
    Counts counts;
    std::vector<MissingClass> missing_classes;
    std::int64_t applied = 0;
    Options options;
    Time created_at;
    std::optional<Time> finished_at;
};
BOOST_DESCRIBE_STRUCT(Import,
                      (),
                      (id,
                       organisation_id,
                       kind,
                       file_name,
                       state,
                       error,
                       error_parameters,
                       error_message,
                       job_id,
                       columns,
                       counts,
                       missing_classes,
                       applied,
                       options,
                       created_at,
                       finished_at))

struct ImportRow {
    std::int64_t ordinal = 0;
    std::int64_t sheet = 0;
    std::int64_t line = 0;
    Outcome outcome{};
    std::vector<RowFault> faults;      // for rejected
    std::vector<std::string> changes;  // fields, for changed
    std::string name;
    std::string number_mask;
    std::optional<OrganisationId> school_id;
    std::optional<OrganisationId> class_id;
    bool elsewhere = false;                    // stands in another school's roster, too
    std::vector<std::string> elsewhere_names;  // of those schools, where the caller administers them
};
BOOST_DESCRIBE_STRUCT(ImportRow,
                      (),
                      (ordinal,
                       sheet,
                       line,
                       outcome,
                       faults,
                       changes,
                       name,
                       number_mask,
                       school_id,
                       class_id,
                       elsewhere,
                       elsewhere_names))

/// Which rows of an import.
struct RowSearch {
    ImportId import;
    std::optional<Outcome> outcome;
    bool elsewhere = false;  // only of people who stand in another school's roster, too
    std::int64_t after = 0;
    int limit = 50;
};

/// A cell as it stands in the list, shortened, digits of numbers masked.
struct FirstCell {
    std::string text;
    std::string key;             // for the mapping; empty: cannot be a heading
    std::optional<Field> field;  // what the heading means so far
};
BOOST_DESCRIBE_STRUCT(FirstCell, (), (text, key, field))

struct FirstRow {
    std::int64_t line = 0;
    bool headings = false;  // may be the line of headings
    std::vector<FirstCell> cells;
};
BOOST_DESCRIBE_STRUCT(FirstRow, (), (line, headings, cells))

/// The first rows of one sheet that are not blank.
struct SheetStart {
    std::int64_t sheet = 0;
    std::string name;
    std::vector<FirstRow> rows;
};
BOOST_DESCRIBE_STRUCT(SheetStart, (), (sheet, name, rows))

struct NewImport {
    OrganisationId organisation_id;  // a school, or a county, unit or city for the lists of many schools
    Kind kind{};
    std::string file_name;
};

/// With the names that a list of many schools needs.
struct ListedEntry {
    Entry entry;
    std::string school_name;
    std::string class_name;  // empty: none
};

/// Up to where a search has looked. What somebody typed may mean several things, which are walked one after
/// the other.
struct EntryPlace {
    std::size_t meaning = 0;
    EntryId id;
};

struct FoundEntries {
    std::vector<ListedEntry> entries;
    std::optional<EntryPlace> next;  // nothing: that was all; there may be more even when few were found
};

struct EntrySearch {
    OrganisationId organisation_id;
    std::optional<Kind> kind;
    std::optional<Certification> certification;
    std::string query;  // of a name, its pinyin, its initials; a whole card number or document number
    std::optional<EntryPlace> after;
    int limit = 50;
};

/// Somebody who enters a roster without an import.
struct NewEntry {
    Record record;  // read and judged already
    OrganisationId school_id;
    std::optional<OrganisationId> class_id;
    std::optional<organisations::ClassKey> class_key;  // of that class
    Certification certification{};
};
struct Entered {
    EntryId id;
    Bytes digest;
    std::string fingerprint;
};

struct Needs {
    sql::Database& database;
    const Clock& clock;
    IdSource& ids;
    const organisations::Organisations& organisations;
    const crypto::FieldCipher& cipher;
    const crypto::BlindIndex& blind_index;
    Audit& audit;
    Jobs& jobs;
    const Texts& texts;
    RosterObserver& observer;
    std::filesystem::path
        folder;  // where lists are opened while they are read; is made when missing; empty: no lists
};

/// Entries of one school that go to another: those of one class, or all that are left.
struct Transfer {
    OrganisationId from;
    OrganisationId to;
    std::optional<OrganisationId> class_id;
};

/// An entry that gave way to another of the same document and kind, for what refers to it.
struct Replaced {
    EntryId entry;
    EntryId by;
};

class Roster {
public:
    explicit Roster(const Needs& needs);

    /// Makes the jobs of this module known. Call before jobs start.
    void handle_jobs();

    // Import. Callers need an administrator's role over the organisation; to others an import does not exist.

    /// Takes a sealed copy of the file and starts the dry run. Throws Error(invalid) when the file is no
    /// spreadsheet.
    Import upload(const Caller& caller, const NewImport& import, const std::filesystem::path& file) const;
    Import get_import(sql::Tx& tx, const Caller& caller, ImportId id) const;
    /// Newest first.
    std::vector<Import> list_imports(sql::Tx& tx, const Caller& caller, OrganisationId organisation) const;
    /// How the sheets of the list begin, for choosing the line of headings. Audited.
    std::vector<SheetStart> first_rows(const Caller& caller, ImportId id) const;
    /// Says what headings mean, remembers it for the organisation, and begins the dry run anew. Of columns
    /// called by their places (key_of_place) it is said for this list alone.
    Import remap(sql::Tx& tx, const Caller& caller, ImportId id, const Mapping& mapping) const;
    std::vector<ImportRow> list_rows(sql::Tx& tx, const Caller& caller, const RowSearch& search) const;
    /// The rejected rows as they were read, with line and reason in front, as CSV that spreadsheets open.
    /// Audited.
    std::string rejected_csv(const Caller& caller, ImportId id) const;
    Import confirm(sql::Tx& tx, const Caller& caller, ImportId id, const Options& options) const;
    Import cancel(sql::Tx& tx, const Caller& caller, ImportId id) const;
    /// Forgets imports that were over before `before`, and their files.
    std::int64_t sweep(sql::Tx& tx, Time before) const;

    // Entries.

    /// Writes an entry as an import does. The counts of progress are for the caller to keep.
    Entered enter(sql::Tx& tx, const NewEntry& entry) const;
    std::optional<Entry> find(sql::Tx& tx, EntryId id) const;
    /// The active entry of that document: of `school` if it has one, else of another school.
    std::optional<Entry> find(sql::Tx& tx, const Bytes& digest, Kind kind, OrganisationId school) const;
    std::optional<std::string> fingerprint(sql::Tx& tx, EntryId id) const;
    /// Blind index of the document of whoever the entry names.
    std::optional<Bytes> find_digest(sql::Tx& tx, EntryId id) const;
    /// Moves the entry and the counts; false when it is there already. Throws not_found "roster.unknown".
    bool set_certification(sql::Tx& tx, EntryId id, Certification certification) const;
    /// Active entries of a school or class in the order of names; `query` is not looked at. Throws
    /// Error(invalid) with field "organisation_id" above the schools.
    FoundEntries list(sql::Tx& tx, const Caller& caller, const EntrySearch& search) const;
    /// Of active entries anywhere in the organisation, one school after the other (not at the root), each in
    /// the order of names (of initials when letters were typed): those whose name begins so, is read so or
    /// has such initials; in a school or class also those with it inside. Throws Error(invalid) with field
    /// "query" when it is blank.
    FoundEntries search(sql::Tx& tx, const Caller& caller, const EntrySearch& search) const;
    /// Who is in the lists of both schools is one entry afterwards: the one of `to`, as far in certification
    /// as either was. The counts of those that move are for the caller to take anew.
    std::vector<Replaced> transfer(sql::Tx& tx, const Transfer& transfer) const;
    /// How many are in the lists of both.
    std::int64_t count_doubles(sql::Tx& tx, const Transfer& transfer) const;
    /// The number in clear, for administrators of the school: audited.
    std::string reveal_number(sql::Tx& tx, const Caller& caller, EntryId id) const;

private:
    void check(JobRun& run) const;
    void apply(JobRun& run) const;
    void fill_initials(JobRun& run) const;
    std::vector<ListedEntry> with_places(sql::Tx& tx, const std::vector<store::EntryRecord>& records) const;
    std::vector<store::EntryRecord> find_by_name(sql::Tx& tx,
                                                 const organisations::Organisation& organisation,
                                                 const EntrySearch& search,
                                                 const std::string& query,
                                                 std::optional<EntryPlace>& next) const;
    std::vector<store::EntryRecord> find_by_number(sql::Tx& tx,
                                                   const organisations::Organisation& organisation,
                                                   const EntrySearch& search,
                                                   const std::string& query) const;
    std::vector<std::string> elsewhere_names(sql::Tx& tx,
                                             const Caller& caller,
                                             const store::RowRecord& row) const;
    /// Ends an import that cannot go on, with the reason.
    void fail(ImportId id, const Error& error) const;
    /// Throws not_found unless the caller administers the import's organisation.
    store::ImportRecord require_import(sql::Tx& tx, const Caller& caller, ImportId id) const;

    Needs needs_;
};

void add_routes(http::Routes& routes, Roster& roster);

}  // namespace educard::roster
