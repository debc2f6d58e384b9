#include "http/routes.hpp"

#include "http/bind.hpp"
#include "modules/training/training.hpp"

namespace educard::training {

namespace {

using http::read;
using http::write;

constexpr std::size_t kMaxUpload = (20UL << 20U) + 1;  // one octet more, so that the rule says what is wrong

struct SessionRef {
    SessionId id;
};
BOOST_DESCRIBE_STRUCT(SessionRef, (), (id))
struct MaterialRef {
    MaterialId id;
};
BOOST_DESCRIBE_STRUCT(MaterialRef, (), (id))

void add_sessions(http::Routes& routes, Training& training) {
    routes
        .get("/api/v1/training-sessions",
             read([&training](sql::Tx& tx, const Caller& caller, const SessionsInput& input) {
                 return training.list(tx, caller, input);
             }))
        .summary("Training sessions of an organisation and of all below it")
        .allow(kAdministrators)
        .errors({"scope.outside", "organisations.unknown"});
    routes
        .post("/api/v1/training-sessions",
              write([&training](sql::Tx& tx, const Caller& caller, const NewSession& input) {
                  return http::Created<SessionView>{training.create(tx, caller, input)};
              }))
        .summary("Plan a session and invite whom it concerns")
        .allow(kAdministrators)
        .errors({"input.invalid", "scope.outside"});
    routes
        .get("/api/v1/training-sessions/{id}",
             read([&training](sql::Tx& tx, const Caller& caller, const SessionRef& input) {
                 return training.get(tx, caller, input.id);
             }))
        .summary("A session, for its organisers and for whom it concerns")
        .signed_in()
        .errors({"training.unknown"});
    routes
        .put("/api/v1/training-sessions/{id}",
             write([&training](sql::Tx& tx, const Caller& caller, const SessionEdit& input) {
                 return training.edit(tx, caller, input);
             }))
        .summary("Change a session; who is invited is told of another time or place")
        .allow(kAdministrators)
        .errors({"input.invalid", "training.unknown", "training.cancelled", "training.changed_meanwhile"});
    routes
        .post("/api/v1/training-sessions/{id}/cancel",
              write([&training](sql::Tx& tx, const Caller& caller, const Cancellation& input) {
                  return training.cancel(tx, caller, input);
              }))
        .summary("Cancel a session, with a reason")
        .allow(kAdministrators)
        .errors({"input.invalid", "training.unknown", "training.cancelled", "training.changed_meanwhile"});
    routes
        .get("/api/v1/training-sessions/{id}/calendar.ics",
             read([&training](sql::Tx& tx, const Caller& caller, const SessionRef& input) {
                 return http::Download{"text/calendar; charset=utf-8",
                                       training.calendar(tx, caller, input.id),
                                       "training.ics",
                                       0,
                                       std::nullopt};
             }))
        .summary("A session as an entry for calendars")
        .signed_in()
        .errors({"training.unknown"});
}

void add_materials(http::Routes& routes, Training& training) {
    routes
        .post("/api/v1/training-sessions/{id}/links",
              write([&training](sql::Tx& tx, const Caller& caller, const NewLink& input) {
                  return http::Created<MaterialView>{training.add_link(tx, caller, input)};
              }))
        .summary("Add a link to a session's materials")
        .allow(kAdministrators)
        .errors({"input.invalid", "training.unknown", "training.too_many_materials"});
    routes
        .post("/api/v1/training-sessions/{id}/files",
              http::upload([&training](const Caller& caller, const NewFile& input, const http::Upload& file) {
                  return http::Created<MaterialView>{training.add_file(caller, input, file.path)};
              }))
        .summary("Add a file to a session's materials")
        .allow(kAdministrators)
        .errors({"input.invalid", "training.unknown", "training.too_many_materials"})
        .rate(http::Rate::costly)
        .max_body(kMaxUpload);
    routes
        .get("/api/v1/training-materials/{id}",
             http::blocking([&training](const Caller& caller, const MaterialRef& input) {
                 auto opened = training.open(caller, input.id);
                 return http::Download{std::move(opened.content_type),
                                       std::move(opened.octets),
                                       std::move(opened.file_name),
                                       0,
                                       std::nullopt};
             }))
        .summary("A file of a session's materials")
        .signed_in()
        .errors({"training.unknown", "training.material_unknown"});
    routes
        .del("/api/v1/training-materials/{id}",
             write([&training](sql::Tx& tx, const Caller& caller, const MaterialRef& input) {
                 training.remove_material(tx, caller, input.id);
             }))
        .summary("Take a file or a link away")
        .allow(kAdministrators)
        .errors({"training.unknown", "training.material_unknown"});
}

void add_attendance(http::Routes& routes, Training& training) {
    routes
        .get("/api/v1/me/training",
             read([&training](sql::Tx& tx, const Caller& caller) { return training.mine(tx, caller); }))
        .summary("Sessions that the caller is invited to, signed up for or attended")
        .signed_in();
    routes
        .post("/api/v1/training-sessions/{id}/sign-up",
              write([&training](sql::Tx& tx, const Caller& caller, const SessionRef& input) {
                  return training.sign_up(tx, caller, input.id);
              }))
        .summary("Sign up for a session")
        .signed_in()
        .errors({"training.unknown",
                 "training.not_invited",
                 "training.full",
                 "training.cancelled",
                 "training.sign_up_over",
                 "training.changed_meanwhile"});
    routes
        .post("/api/v1/training-sessions/{id}/sign-off",
              write([&training](sql::Tx& tx, const Caller& caller, const SessionRef& input) {
                  return training.sign_off(tx, caller, input.id);
              }))
        .summary("Give one's seat back")
        .signed_in()
        .errors({"training.unknown"});
    routes
        .post("/api/v1/training-sessions/{id}/check-in",
              write([&training](sql::Tx& tx, const Caller& caller, const CheckIn& input) {
                  return training.check_in(tx, caller, input);
              }))
        .summary("Say that one is there, with the code that is shown in the room")
        .signed_in()
        .errors({"input.invalid",
                 "training.unknown",
                 "training.not_invited",
                 "training.cancelled",
                 "training.doors_closed"})
        .rate(http::Rate::guessable);
    routes
        .get("/api/v1/training-sessions/{id}/attendees",
             read([&training](sql::Tx& tx, const Caller& caller, const AttendeesInput& input) {
                 return training.attendees(tx, caller, input);
             }))
        .summary("Who signed up and who was there")
        .allow(kAdministrators)
        .errors({"training.unknown"});
    routes
        .post("/api/v1/training-sessions/{id}/attendance",
              write([&training](sql::Tx& tx, const Caller& caller, const Ticks& input) {
                  training.tick(tx, caller, input);
              }))
        .summary("Tick who was there")
        .allow(kAdministrators)
        .errors({"input.invalid", "training.unknown", "training.not_begun"});
    routes
        .post("/api/v1/training-sessions/{id}/attendees",
              write([&training](sql::Tx& tx, const Caller& caller, const ByName& input) {
                  training.tick_by_name(tx, caller, input);
              }))
        .summary("Tick somebody who is invited and came without signing up")
        .allow(kAdministrators)
        .errors({"input.invalid", "training.unknown", "training.not_begun"})
        .rate(http::Rate::guessable);
    routes
        .get("/api/v1/training-gaps",
             read([&training](sql::Tx& tx, const Caller& caller, const GapsInput& input) {
                 return training.gaps(tx, caller, input);
             }))
        .summary("For how many organisations below somebody with a role was trained, and for how many nobody")
        .allow(kAdministrators)
        .errors({"input.invalid", "scope.outside"})
        .rate(http::Rate::costly);
    routes
        .get("/api/v1/training-gaps.csv",
             read([&training](sql::Tx& tx, const Caller& caller, const GapsInput& input) {
                 return http::Download{"text/csv; charset=utf-8",
                                       training.gaps_csv(tx, caller, input),
                                       "training-gaps.csv",
                                       0,
                                       std::nullopt};
             }))
        .summary("The organisations for which nobody was trained, as a file for spreadsheets")
        .allow(kAdministrators)
        .rate(http::Rate::costly);
}

}  // namespace

void add_routes(http::Routes& routes, Training& training) {
    add_sessions(routes, training);
    add_materials(routes, training);
    add_attendance(routes, training);
}

}  // namespace educard::training
