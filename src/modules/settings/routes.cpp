#include "http/routes.hpp"

#include "http/bind.hpp"
#include "modules/settings/settings.hpp"

namespace educard::settings {

namespace {

using http::read;
using http::write;

struct PlaceInput {
    OrganisationId organisation_id;
};
BOOST_DESCRIBE_STRUCT(PlaceInput, (), (organisation_id))

}  // namespace

void add_routes(http::Routes& routes, Settings& settings) {
    const auto administrators = {
        Role::province_admin, Role::city_admin, Role::county_admin, Role::school_admin};
    routes
        .get("/api/v1/settings",
             read([&settings](sql::Tx& tx, const Caller& caller, const PlaceInput& input) {
                 return settings.of(tx, caller, input.organisation_id);
             }))
        .summary("What holds at an organisation, and where each value comes from")
        .allow(administrators);
    routes
        .put("/api/v1/settings/{key}",
             write([&settings](sql::Tx& tx, const Caller& caller, const SettingInput& input) {
                 return settings.set(tx, caller, input);
             }))
        .summary("Set it for an organisation and all below it; locked: nobody below may set it otherwise")
        .allow(administrators)
        .errors({"settings.locked", "settings.coverage", "scope.outside"});
    routes
        .del("/api/v1/settings/{key}",
             write([&settings](sql::Tx& tx, const Caller& caller, const SettingRef& input) {
                 return settings.reset(tx, caller, input);
             }))
        .summary("Back to what comes from above")
        .allow(administrators);
    routes
        .get("/api/v1/me/locality",
             read([&settings](sql::Tx& tx, const Caller& caller) { return settings.locality(tx, caller); }))
        .summary("What the caller's own place has set: texts, deadlines, functions that are switched on")
        .signed_in();
}

}  // namespace educard::settings
