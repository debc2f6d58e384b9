#pragma once
// Rosters for apps that an organisation has approved: organisations, classes, people and who is in which
// class, by 1EdTech OneRoster 1.2 Rostering, over REST and as CSV. A service reads with an access token that
// it got in its own name (client_credentials), and sees no more than the part of the tree that it was
// approved for. People have the sourcedId that is their `sub` when they sign in to the app. Owns app_roster
// and roster_subject; reads organisation, person, affiliation and appointment. What the constructor is given
// outlives it; any thread may call any member.

#include "base/json.hpp"
#include "base/time.hpp"
#include "modules/oidc/oidc.hpp"
#include "modules/organisations/organisations.hpp"
#include "runtime/audit.hpp"
#include "runtime/caller.hpp"
#include "sql/sql.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace educard::http {
class Routes;
}

namespace educard::oneroster {

/// What services may ask for (OneRoster 1.2 Rostering REST binding, Security). Either is enough for all that
/// is here.
inline constexpr std::string_view kCoreScope =
    "https://purl.imsglobal.org/spec/or/v1p2/scope/roster-core.readonly";
inline constexpr std::string_view kRosterScope =
    "https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly";
inline constexpr std::string_view kBase = "/ims/oneroster/rostering/v1p2";

struct Approval {
    oidc::AppId app_id;
    OrganisationId organisation_id;
    Time approved_at;
};
BOOST_DESCRIBE_STRUCT(Approval, (), (app_id, organisation_id, approved_at))

/// The parameters of a collection (OneRoster 1.2 Rostering REST binding, Pagination, Sorting, Filtering,
/// Field Selection). `cursor` is ours: it comes in the link to the next page.
struct ListInput {
    std::optional<std::int64_t> limit;
    std::optional<std::int64_t> offset;
    std::optional<std::string> sort;
    std::optional<std::string> orderBy;
    std::optional<std::string> filter;
    std::optional<std::string> fields;
    std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(ListInput, (), (limit, offset, sort, orderBy, filter, fields, cursor))

/// The same below a school or a class.
struct BelowInput : ListInput {
    std::string id;
};
BOOST_DESCRIBE_STRUCT(BelowInput, (ListInput), (id))

struct OneInput {
    std::string id;
    std::optional<std::string> fields;
};
BOOST_DESCRIBE_STRUCT(OneInput, (), (id, fields))

enum class Collection {
    orgs,
    schools,
    classes,
    courses,
    academic_sessions,
    users,
    students,
    teachers,
    enrollments
};

/// Where in the tree a collection begins: everything that the app sees, one school, or one class.
enum class Below { roster, school, class_ };

struct Page {
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

/// What OneRoster stands on; all of it outlives it.
struct Parts {
    sql::Database& database;
    const Clock& clock;
    Audit& audit;
    const oidc::Oidc& oidc;
    const organisations::Organisations& organisations;
    std::string origin;  // "https://card.example.edu.cn"
};

struct Access;
struct Subject;

class OneRoster {
public:
    explicit OneRoster(Parts parts) : parts_(std::move(parts)) {}

    // approvals.cpp
    /// From now on the app sees that organisation and all below it. Throws not_found "oidc.app_unknown",
    /// conflict "oneroster.service_needed", "oneroster.claims_needed", "oneroster.outside".
    Approval approve(sql::Tx& tx, const Caller& caller, oidc::AppId app, OrganisationId organisation) const;
    /// It sees nothing any more. Throws not_found "oneroster.not_approved".
    void withdraw(sql::Tx& tx, const Caller& caller, oidc::AppId app) const;
    std::optional<Approval> find_approval(sql::Tx& tx, oidc::AppId app) const;

    // service.cpp: what is thrown becomes imsx_StatusInfo
    Page list(const Caller& caller, Collection collection, const ListInput& input) const;
    Page list_below(const Caller& caller, Below below, Collection collection, const BelowInput& input) const;
    Page get(const Caller& caller, Collection collection, const OneInput& input) const;

    // export.cpp: OneRoster 1.2 CSV binding, bulk
    /// Everything that the app sees, in a zip beside whose place nothing half-written is left. Throws as a
    /// request would.
    void export_for_app(oidc::AppId app, const std::filesystem::path& file) const;
    /// For the organisation itself. Its sourcedIds of people are those of no app.
    void export_for_organisation(OrganisationId organisation, const std::filesystem::path& file) const;

private:
    Access admit(sql::Tx& tx, const Caller& caller, std::string_view path) const;
    Access access_of(sql::Tx& tx, oidc::App app, const Approval& approval) const;
    Page list_at(const Caller& caller,
                 Below below,
                 std::string_view id,
                 Collection collection,
                 const ListInput& input) const;
    void keep(const Access& access, const std::vector<Subject>& subjects) const;
    std::vector<Subject> write_zip(sql::Tx& tx,
                                   const Access& access,
                                   const std::filesystem::path& file) const;

    Parts parts_;
};

void add_routes(http::Routes& routes, OneRoster& oneroster);

}  // namespace educard::oneroster
