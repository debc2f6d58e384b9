#include "http/routes.hpp"

#include "http/bind.hpp"
#include "modules/restructuring/restructuring.hpp"

#include <algorithm>

namespace educard::restructuring {

namespace {

using http::read;
using http::write;

constexpr int kDefaultLimit = 50;
constexpr int kMostRows = 200;

struct ListInput {
    OrganisationId organisation_id;
    std::optional<State> state;
    std::optional<std::int64_t> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(ListInput, (), (organisation_id, state, cursor, limit))

struct IdInput {
    RestructuringId id;
};
BOOST_DESCRIBE_STRUCT(IdInput, (), (id))

struct CallOffInput {
    RestructuringId id;
    std::optional<bool> even_so;  // though a later one counts on it
};
BOOST_DESCRIBE_STRUCT(CallOffInput, (), (id, even_so))

}  // namespace

void add_routes(http::Routes& routes, Restructuring& restructuring) {
    const auto administrators = {
        Role::province_admin, Role::city_admin, Role::county_admin, Role::school_admin};
    routes
        .post("/api/v1/restructurings/preview",
              read([&](sql::Tx& tx, const Caller& caller, const Order& order) {
                  return restructuring.preview(tx, caller, order);
              }))
        .summary(
            "What would follow if organisations were founded, got another name, merged, split, moved or "
            "ended, "
            "or classes went elsewhere")
        .allow(administrators)
        .errors({"scope.outside", "organisations.unknown"});
    routes
        .post("/api/v1/restructurings", write([&](sql::Tx& tx, const Caller& caller, const Order& order) {
                  return http::Created<View>{restructuring.order(tx, caller, order)};
              }))
        .summary("Do it, or plan it for a later day; `people` is what the preview said")
        .allow(administrators)
        .proven()
        .rate(http::Rate::costly)
        .errors({"restructuring.people",
                 "restructuring.no_number",
                 "restructuring.replaced",
                 "organisations.school_code_taken",
                 "organisations.before_last_change",
                 "organisations.stage_not_taught",
                 "scope.outside"});
    routes
        .get("/api/v1/restructurings", read([&](sql::Tx& tx, const Caller& caller, const ListInput& input) {
                 const int limit = std::clamp(input.limit.value_or(kDefaultLimit), 1, kMostRows);
                 http::Page<View> page{
                     .items = restructuring.list(
                         tx, caller, input.organisation_id, input.state, input.cursor.value_or(0), limit),
                     .next = std::nullopt};
                 if (page.items.size() >= static_cast<std::size_t>(limit)) {
                     page.next = std::to_string(page.items.back().id.value);
                 }
                 return page;
             }))
        .summary("Planned and done, at an organisation and below it")
        .allow(administrators);
    routes
        .get("/api/v1/restructurings/{id}",
             read([&](sql::Tx& tx, const Caller& caller, const IdInput& input) {
                 return restructuring.get(tx, caller, input.id);
             }))
        .summary("One of them, and how far it is")
        .allow(administrators)
        .errors({"restructuring.unknown"});
    routes
        .post("/api/v1/restructurings/{id}/call-off",
              write([&](sql::Tx& tx, const Caller& caller, const CallOffInput& input) {
                  return restructuring.call_off(tx, caller, input.id, input.even_so.value_or(false));
              }))
        .summary("What was planned will not be done")
        .allow(administrators)
        .errors({"restructuring.unknown", "restructuring.not_planned", "restructuring.counted_on"});
    routes
        .post("/api/v1/school-years/preview",
              read([&](sql::Tx& tx, const Caller& caller, const YearOrder& order) {
                  return restructuring.preview_year(tx, caller, order);
              }))
        .summary("The classes that a new school year would get, and those that are there")
        .allow(administrators);
    routes
        .post("/api/v1/school-years", write([&](sql::Tx& tx, const Caller& caller, const YearOrder& order) {
                  return http::Created<YearClasses>{restructuring.found_year(tx, caller, order)};
              }))
        .summary("Found the classes of a school year that are not there yet, all at once")
        .allow(administrators);
}

}  // namespace educard::restructuring
