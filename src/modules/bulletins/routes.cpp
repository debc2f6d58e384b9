#include "http/routes.hpp"

#include "http/bind.hpp"
#include "modules/bulletins/bulletins.hpp"

namespace educard::bulletins {

namespace {

struct Which {
    BulletinId id;
};
BOOST_DESCRIBE_STRUCT(Which, (), (id))

struct OfOrganisation {
    OrganisationId organisation_id;
};
BOOST_DESCRIBE_STRUCT(OfOrganisation, (), (organisation_id))

struct WhichSchedule {
    ScheduleId id;
};
BOOST_DESCRIBE_STRUCT(WhichSchedule, (), (id))

constexpr auto kReaders = {
    Role::province_admin, Role::city_admin, Role::county_admin, Role::school_admin, Role::class_teacher};
constexpr auto kAuthors = {Role::province_admin, Role::city_admin, Role::county_admin, Role::school_admin};

void add_reading(http::Routes& routes, const Bulletins& bulletins) {
    using namespace http;
    routes
        .get("/api/v1/bulletins", read([&](sql::Tx& tx, const Caller& caller, const ListInput& input) {
                 auto [items, next] = bulletins.list(tx, caller, input);
                 return Page<Summary>{std::move(items), std::move(next)};
             }))
        .summary("Bulletins of an organisation and of those above it, newest first")
        .errors({"scope.outside", "organisations.unknown"})
        .allow(kReaders);
    routes
        .get("/api/v1/bulletins/{id}",
             read([&](sql::Tx& tx, const Caller& caller, const WhichVersion& which) {
                 return bulletins.view(tx, caller, which);
             }))
        .summary("A bulletin with its text, figures and versions")
        .errors({"bulletins.unknown"})
        .allow(kReaders);
    routes
        .get("/api/v1/bulletins/{id}/difference",
             read([&](sql::Tx& tx, const Caller& caller, const WhichVersion& which) {
                 return bulletins.difference_of(tx, caller, which);
             }))
        .summary("What a version changed, cell by cell")
        .errors({"bulletins.unknown", "bulletins.first_version"})
        .allow(kReaders);
    routes
        .post("/api/v1/bulletins/{id}/read",
              write([&](sql::Tx& tx, const Caller& caller, const Which& which) {
                  bulletins.mark_read(tx, caller, which.id);
              }))
        .summary("Note that the caller has read the present version")
        .errors({"bulletins.unknown"})
        .allow(kReaders);
    routes
        .get("/api/v1/bulletins/{id}/pdf", blocking([&](const Caller& caller, const WhichVersion& which) {
                 const auto document = bulletins.document(caller, which);
                 return Download{
                     "application/pdf", pdf_of(document), document.file_name + ".pdf", 0, std::nullopt};
             }))
        .summary("A version as it is printed, A4")
        .errors({"bulletins.unknown", "bulletins.no_font"})
        .rate(Rate::costly)
        .allow(kReaders);
    routes
        .get("/api/v1/bulletins/{id}/xlsx", blocking([&](const Caller& caller, const WhichVersion& which) {
                 const auto document = bulletins.document(caller, which);
                 return Download{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                                 workbook_of(document),
                                 document.file_name + ".xlsx",
                                 0,
                                 std::nullopt};
             }))
        .summary("A version as a spreadsheet")
        .errors({"bulletins.unknown"})
        .rate(Rate::costly)
        .allow(kReaders);
}

void add_writing(http::Routes& routes, const Bulletins& bulletins) {
    using namespace http;
    routes
        .get("/api/v1/bulletin-previews", read([&](sql::Tx& tx, const Caller& caller, const Order& order) {
                 return bulletins.preview(tx, caller, order);
             }))
        .summary("What a bulletin would say; nothing is kept")
        .errors({"scope.outside", "organisations.unknown"})
        .allow(kAuthors);
    routes
        .post("/api/v1/bulletins", write([&](sql::Tx& tx, const Caller& caller, const Draft& draft) {
                  return Created<View>{bulletins.create(tx, caller, draft)};
              }))
        .summary("Make a draft: figures of now or of a day that was kept")
        .errors({"scope.outside", "organisations.unknown"})
        .allow(kAuthors);
    routes
        .patch("/api/v1/bulletins/{id}", write([&](sql::Tx& tx, const Caller& caller, const Edit& edit) {
                   return bulletins.edit(tx, caller, edit);
               }))
        .summary("Change the prose or the order of a draft, or count again")
        .errors({"bulletins.unknown", "bulletins.not_draft", "bulletins.changed_meanwhile"})
        .allow(kAuthors);
    routes
        .del("/api/v1/bulletins/{id}", write([&](sql::Tx& tx, const Caller& caller, const Revision& which) {
                 bulletins.discard(tx, caller, which);
             }))
        .summary("Throw a draft away")
        .errors({"bulletins.unknown", "bulletins.not_draft", "bulletins.changed_meanwhile"})
        .allow(kAuthors);
    routes
        .post("/api/v1/bulletins/{id}/publish",
              write([&](sql::Tx& tx, const Caller& caller, const Revision& which) {
                  return bulletins.publish(tx, caller, which);
              }))
        .summary("Publish a draft under the next number of the year")
        .errors({"bulletins.unknown", "bulletins.not_draft", "bulletins.changed_meanwhile"})
        .allow(kAuthors)
        .proven();
    routes
        .post("/api/v1/bulletins/{id}/correction-preview",
              read([&](sql::Tx& tx, const Caller& caller, const Correction& input) {
                  return bulletins.preview_correction(tx, caller, input);
              }))
        .summary("What a correction would change; nothing is kept")
        .errors({"bulletins.unknown", "bulletins.not_published", "bulletins.nothing_to_correct"})
        .allow(kAuthors);
    routes
        .post("/api/v1/bulletins/{id}/corrections",
              write([&](sql::Tx& tx, const Caller& caller, const Correction& input) {
                  return Created<View>{bulletins.correct(tx, caller, input)};
              }))
        .summary("Publish a new version of the same number")
        .errors({"bulletins.unknown", "bulletins.not_published", "bulletins.changed_meanwhile"})
        .allow(kAuthors)
        .proven();
    routes
        .post("/api/v1/bulletins/{id}/withdraw",
              write([&](sql::Tx& tx, const Caller& caller, const Withdrawal& input) {
                  return bulletins.withdraw(tx, caller, input);
              }))
        .summary("Withdraw a bulletin; it stays readable and says so")
        .errors({"bulletins.unknown", "bulletins.not_published", "bulletins.changed_meanwhile"})
        .allow(kAuthors)
        .proven();
}

}  // namespace

void add_routes(http::Routes& routes, Bulletins& bulletins) {
    using namespace http;
    add_reading(routes, bulletins);
    add_writing(routes, bulletins);
    routes
        .get("/api/v1/bulletin-settings",
             read([&](sql::Tx& tx, const Caller& caller, const OfOrganisation& of) {
                 return bulletins.setting(tx, caller, of.organisation_id);
             }))
        .summary("How an organisation numbers its bulletins, and their template")
        .errors({"scope.outside", "organisations.unknown"})
        .allow(kAuthors);
    routes
        .put("/api/v1/bulletin-settings",
             write([&](sql::Tx& tx, const Caller& caller, const SettingInput& input) {
                 return bulletins.change_setting(tx, caller, input);
             }))
        .summary("Change both")
        .errors({"scope.outside", "organisations.unknown"})
        .allow(kAuthors);
    routes
        .get("/api/v1/bulletin-schedules",
             read([&](sql::Tx& tx, const Caller& caller, const OfOrganisation& of) {
                 return bulletins.schedules(tx, caller, of.organisation_id);
             }))
        .summary("Bulletins that an organisation has made by themselves")
        .errors({"scope.outside", "organisations.unknown"})
        .allow(kAuthors);
    routes
        .post("/api/v1/bulletin-schedules",
              write([&](sql::Tx& tx, const Caller& caller, const NewSchedule& input) {
                  return Created<ScheduleView>{bulletins.schedule(tx, caller, input)};
              }))
        .summary("Have one made every week or month, or before the deadline")
        .errors({"scope.outside", "organisations.unknown", "bulletins.too_many_schedules"})
        .allow(kAuthors)
        .proven();
    routes
        .del("/api/v1/bulletin-schedules/{id}",
             write([&](sql::Tx& tx, const Caller& caller, const WhichSchedule& which) {
                 bulletins.end_schedule(tx, caller, which.id);
             }))
        .summary("End that")
        .errors({"bulletins.schedule_unknown"})
        .allow(kAuthors);
}

}  // namespace educard::bulletins
