#include "http/bind.hpp"
#include "http/routes.hpp"
#include "modules/oidc/oidc.hpp"

#include <algorithm>

namespace educard::oidc {

namespace {

using http::read;
using http::write;

constexpr int kMostRows = 100;

struct SchoolRef {
    OrganisationId organisation_id;
};
BOOST_DESCRIBE_STRUCT(SchoolRef, (), (organisation_id))

struct CandidatesQuery {
    OrganisationId organisation_id;
    std::optional<std::string> query;
    std::optional<std::string> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(CandidatesQuery, (), (organisation_id, query, cursor, limit))

struct ApprovalRef {
    SchoolApprovalId id;
};
BOOST_DESCRIBE_STRUCT(ApprovalRef, (), (id))

http::Page<SchoolAppCandidate> candidates(const Oidc& oidc,
                                          sql::Tx& tx,
                                          const Caller& caller,
                                          const CandidatesQuery& query) {
    const auto cursor = query.cursor ? parse_id(*query.cursor) : std::optional<std::int64_t>(0);
    if (!cursor) {
        throw Error::invalid("cursor", "value");
    }
    const int limit = std::clamp(query.limit.value_or(20), 1, kMostRows);
    auto found = oidc.search_for_school(
        tx, caller, query.organisation_id, query.query.value_or(""), AppId{*cursor}, limit);
    http::Page<SchoolAppCandidate> page;
    page.items = std::move(found.items);
    if (found.next) {
        page.next = std::to_string(found.next->value);
    }
    return page;
}

}  // namespace

void add_school_routes(http::Routes& routes, Oidc& oidc) {
    routes
        .get("/api/v1/school-apps", read([&oidc](sql::Tx& tx, const Caller& caller, const SchoolRef& input) {
                 return oidc.school_approvals(tx, caller, input.organisation_id);
             }))
        .summary("Apps of others for which a school, or an authority above it, answers")
        .allow(kAdministrators);
    routes
        .get("/api/v1/school-apps/candidates",
             read([&oidc](sql::Tx& tx, const Caller& caller, const CandidatesQuery& query) {
                 return candidates(oidc, tx, caller, query);
             }))
        .summary("Apps that a school may answer for")
        .allow(kAdministrators)
        .errors({"input.invalid"});
    routes
        .post("/api/v1/school-apps",
              write([&oidc](sql::Tx& tx, const Caller& caller, const ApproveForSchool& input) {
                  return http::Created<SchoolApproval>{oidc.approve_for_school(tx, caller, input)};
              }))
        .summary(
            "Answer for an app of somebody else: people of the school need not agree to what it cannot do "
            "without")
        .allow(kAdministrators)
        .proven()
        .errors({"input.invalid",
                 "oidc.app_unknown",
                 "oidc.own_app",
                 "oidc.approved_already",
                 "oidc.not_a_school"});
    routes
        .del("/api/v1/school-apps/{id}",
             write([&oidc](sql::Tx& tx, const Caller& caller, const ApprovalRef& input) {
                 oidc.withdraw_from_school(tx, caller, input.id);
             }))
        .summary("Answer for an app no longer: people who did not agree themselves are put out")
        .allow(kAdministrators)
        .proven()
        .errors({"oidc.approval_unknown"});
    routes
        .get("/api/v1/me/school-apps", read([&oidc](sql::Tx& tx, const Caller& caller) {
                 return oidc.own_school_approvals(tx, caller);
             }))
        .summary("Apps for which the caller's school answers")
        .signed_in();
}

}  // namespace educard::oidc
