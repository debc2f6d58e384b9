#include "http/routes.hpp"

#include "http/bind.hpp"
#include "modules/rollout/rollout.hpp"

#include <fstream>
#include <iterator>

namespace educard::rollout {

namespace {

struct ProgressInput {
    std::optional<OrganisationId> organisation_id;  // the caller's own highest when absent
};
BOOST_DESCRIBE_STRUCT(ProgressInput, (), (organisation_id))

struct TrendInput {
    OrganisationId organisation_id;
    std::optional<Date> from;
    std::optional<Date> until;
};
BOOST_DESCRIBE_STRUCT(TrendInput, (), (organisation_id, from, until))

struct OutlineInput {
    MapName name{};
};
BOOST_DESCRIBE_STRUCT(OutlineInput, (), (name))

std::string read_upload(const http::Upload& upload) {
    std::ifstream file(upload.path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

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
    routes
        .get("/api/v1/progress/trend", read([&](sql::Tx& tx, const Caller& caller, const TrendInput& input) {
                 return rollout.trend(tx, caller, input.organisation_id, input.from, input.until);
             }))
        .summary("What an organisation's progress was as each day ended, and is now")
        .errors({"scope.outside", "organisations.unknown"})
        .allow(everybody_with_a_role);
    routes
        .get("/api/v1/progress/comparison",
             read([&](sql::Tx& tx, const Caller& caller, const Compare& input) {
                 return rollout.compare(tx, caller, input);
             }))
        .summary("Organisations of one level beside each other, now and as an earlier day ended")
        .errors({"scope.outside", "organisations.unknown"})
        .allow(everybody_with_a_role);
}

void add_routes(http::Routes& routes, const Outlines& outlines) {
    using namespace http;
    routes.get("/api/v1/map-outlines", read([&](sql::Tx& tx, const Caller&) { return outlines.list(tx); }))
        .summary("Where the outlines of maps come from")
        .signed_in();
    routes
        .get("/api/v1/map-outlines/{name}", read([&](sql::Tx& tx, const Caller&, const OutlineInput& input) {
                 return Json{outlines.get(tx, input.name)};
             }))
        .summary("The outlines of places, as GeoJSON")
        .signed_in();
    routes
        .post("/api/v1/map-outlines/{name}",
              upload([&](const Caller& caller, const ReplaceOutline& input, const Upload& file) {
                  return outlines.replace(caller, input, read_upload(file));
              }))
        .summary("Put other outlines in the place of the program's: GeoJSON, checked by its content")
        .max_body(Outlines::kMostOctets)
        .allow({Role::province_admin});
    routes
        .del("/api/v1/map-outlines/{name}",
             write([&](sql::Tx& tx, const Caller& caller, const OutlineInput& input) {
                 outlines.restore(tx, caller, input.name);
             }))
        .summary("Go back to the program's own outlines")
        .allow({Role::province_admin});
}

}  // namespace educard::rollout
