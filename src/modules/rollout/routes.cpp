#include "http/routes.hpp"

#include "http/bind.hpp"
#include "modules/rollout/rollout.hpp"

namespace educard::rollout {

namespace {

struct ProgressInput {
    std::optional<OrganisationId> organisation_id;  // the caller's own highest when absent
};
BOOST_DESCRIBE_STRUCT(ProgressInput, (), (organisation_id))

}  // namespace

BOOST_DESCRIBE_STRUCT(Progress, (), (organisation, children, as_of))

void add_routes(http::Routes& routes, Rollout& rollout) {
    using namespace http;
    const auto everybody_with_a_role = {
        Role::province_admin, Role::city_admin, Role::county_admin, Role::school_admin, Role::class_teacher};
    routes
        .get("/api/v1/progress", read([&](sql::Tx& tx, const Caller& caller, const ProgressInput& input) {
                 return rollout.progress(tx, caller, input.organisation_id);
             }))
        .summary("How far an organisation and those directly below it have come")
        .errors({"scope.outside", "organisations.unknown"})
        .allow(everybody_with_a_role);
    routes
        .get("/api/v1/progress.csv", read([&](sql::Tx& tx, const Caller& caller, const ProgressInput& input) {
                 return Download{"text/csv; charset=utf-8",
                                 rollout.progress_csv(tx, caller, input.organisation_id),
                                 "progress.csv",
                                 0,
                                 std::nullopt};
             }))
        .summary("The same as a file for spreadsheets")
        .allow(everybody_with_a_role);
}

}  // namespace educard::rollout
