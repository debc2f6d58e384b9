#pragma once
// The SQL of oneroster, and nothing else.

#include "modules/oneroster/oneroster.hpp"

namespace educard::oneroster::store {

void put_approval(sql::Tx& tx, const Approval& approval);
bool remove_approval(sql::Tx& tx, oidc::AppId app);
std::optional<Approval> find_approval(sql::Tx& tx, oidc::AppId app);

void put_subject(sql::Tx& tx, PersonId person, oidc::AppId app, std::string_view subject);
std::optional<PersonId> find_person(sql::Tx& tx, oidc::AppId app, std::string_view subject);

struct Node : organisations::Organisation {
    std::optional<Time> changed_at;
};
BOOST_DESCRIBE_STRUCT(Node, (organisations::Organisation), (changed_at))

enum class Kinds { organisations, schools, classes };

/// Those at and below a path that are open, or were closed after `since`, in the order of their paths.
struct NodeQuery {
    Kinds kinds{};
    std::string path;
    std::string after;  // path of the last one seen
    Date since;
    int limit = 0;
};
std::vector<Node> nodes(sql::Tx& tx, const NodeQuery& query);
std::optional<Node> find_node(sql::Tx& tx, OrganisationId id);

/// One thing that a person is somewhere (other_…), beside the one that they were come across by.
struct MemberRow {
    std::string path;  // of the school; this and the next two are the place in the order
    std::string kind;
    std::int64_t id = 0;
    PersonId person_id;
    std::string name;
    std::optional<Time> person_changed_at;
    std::optional<std::string> subject;
    std::int64_t other_id = 0;
    std::string other_kind;
    AccountId account_id;
    OrganisationId school_id;
    std::string school_path;
    std::optional<OrganisationId> class_id;
    std::optional<organisations::Stage> stage;
    std::optional<int> entry_year;
    Date starts_on;
    std::optional<Date> ends_on;
    std::optional<Time> changed_at;
};
BOOST_DESCRIBE_STRUCT(MemberRow,
                      (),
                      (path,
                       kind,
                       id,
                       person_id,
                       name,
                       person_changed_at,
                       subject,
                       other_id,
                       other_kind,
                       account_id,
                       school_id,
                       school_path,
                       class_id,
                       stage,
                       entry_year,
                       starts_on,
                       ends_on,
                       changed_at))

/// What people are at schools at and below a path, in the order of the schools' paths, what they are, and
/// since when.
struct MemberQuery {
    oidc::AppId app;
    std::string path;
    std::string after_path;  // this and the next two: the last one seen
    std::string after_kind;
    std::int64_t after_id = 0;
    Date since;               // those that ended before are left out
    std::string kind;         // empty: any
    OrganisationId in_class;  // none: any
    int limit = 0;            // of rows
};
std::vector<MemberRow> members(sql::Tx& tx, const MemberQuery& query);
/// The same of one person, come across by everything that they are.
std::vector<MemberRow> members_of(sql::Tx& tx, oidc::AppId app, PersonId person);

/// That somebody is class teacher.
struct Lead {
    std::int64_t id = 0;
    OrganisationId class_id;
    Time starts_at;
    std::optional<Time> ends_at;
};
BOOST_DESCRIBE_STRUCT(Lead, (), (id, class_id, starts_at, ends_at))
/// Of classes of a school, unless it ended before `since`.
std::vector<Lead> leads(sql::Tx& tx, AccountId account, OrganisationId school, Time now, Time since);

}  // namespace educard::oneroster::store
