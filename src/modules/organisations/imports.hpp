#pragma once
// Lists of schools and classes that are brought into the tree. Part of organisations.hpp; include that.

#include "modules/organisations/organisations.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace educard::organisations {

using ImportId = Id<struct OrganisationImportTag>;
enum class ImportKind { schools, classes };
BOOST_DESCRIBE_ENUM(ImportKind, schools, classes)
enum class ImportState { ready, confirmed };
BOOST_DESCRIBE_ENUM(ImportState, ready, confirmed)
/// `fresh` is a row that will found something.
enum class ImportOutcome { fresh, changed, unchanged, rejected };
BOOST_DESCRIBE_ENUM(ImportOutcome, fresh, changed, unchanged, rejected)

struct ImportRow {
    std::int64_t ordinal = 0;  // over all sheets
    std::int64_t line = 0;
    ImportOutcome outcome{};
    std::string name;
    std::optional<OrganisationId> organisation_id;  // what changes or stays
    std::optional<std::int64_t> version;
    std::optional<OrganisationId> parent_id;
    std::optional<std::string> school_code;
    std::optional<SchoolKind> school_kind;
    std::optional<Stage> stage;
    std::optional<int> entry_year;
    std::optional<int> class_number;
    std::optional<std::string> field;   // what is wrong …
    std::optional<std::string> reason;  // … as a message key
};
BOOST_DESCRIBE_STRUCT(ImportRow,
                      (),
                      (ordinal,
                       line,
                       outcome,
                       name,
                       organisation_id,
                       version,
                       parent_id,
                       school_code,
                       school_kind,
                       stage,
                       entry_year,
                       class_number,
                       field,
                       reason))

struct ImportCounts {
    std::int64_t fresh = 0;
    std::int64_t changed = 0;
    std::int64_t unchanged = 0;
    std::int64_t rejected = 0;
};
BOOST_DESCRIBE_STRUCT(ImportCounts, (), (fresh, changed, unchanged, rejected))

struct ImportFacts : ImportCounts {
    ImportId id;
    OrganisationId organisation_id;
    ImportKind kind{};
    ImportState state{};
    std::string file_name;
    Time created_at{};
    std::optional<Time> confirmed_at;
};
BOOST_DESCRIBE_STRUCT(ImportFacts,
                      (ImportCounts),
                      (id, organisation_id, kind, state, file_name, created_at, confirmed_at))

struct ImportView : ImportFacts {
    std::vector<std::string> unknown_headings;  // columns of the list that were not used
};
BOOST_DESCRIBE_STRUCT(ImportView, (ImportFacts), (unknown_headings))

struct NewImport {
    OrganisationId organisation_id;  // all rows must lie below it
    ImportKind kind{};
    std::string file_name;
};
BOOST_DESCRIBE_STRUCT(NewImport, (), (organisation_id, kind, file_name))

/// The headings that lists of that kind may have: "学校标识码 = 学校代码 = …; 学校名称 = …", a semicolon
/// between columns.
std::string accepted_headings(ImportKind kind);

/// Brings lists (.csv, .xlsx) of schools or classes into the tree: a dry run that judges each row, then the
/// confirmation, which does all of it or nothing. The same list a second time changes nothing. Any thread.
class Imports {
public:
    Imports(sql::Database& database, const Organisations& organisations)
        : database_(database), organisations_(organisations) {}

    /// The dry run. Not inside a Tx. Throws Error(invalid) when the file is no list or has more than 10,000
    /// rows.
    ImportView upload(const Caller& caller, const NewImport& import, const std::filesystem::path& file) const;
    ImportView get(sql::Tx& tx, const Caller& caller, ImportId id) const;
    std::vector<ImportRow> rows(sql::Tx& tx,
                                const Caller& caller,
                                ImportId id,
                                std::optional<ImportOutcome> outcome,
                                std::int64_t after,
                                int limit) const;
    /// Founds and changes what the dry run said. Throws conflict when somebody changed the tree meanwhile.
    ImportView confirm(sql::Tx& tx, const Caller& caller, ImportId id) const;

private:
    sql::Database& database_;
    const Organisations& organisations_;
};

void add_routes(http::Routes& routes, Imports& imports);

}  // namespace educard::organisations
