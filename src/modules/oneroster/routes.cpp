#include "http/routes.hpp"

#include "http/bind.hpp"
#include "modules/oneroster/oneroster.hpp"

namespace educard::oneroster {

namespace {

using http::blocking;

http::Reply<http::Json> reply_of(Page&& page) {
    http::Reply<http::Json> reply{.body = {.body = std::move(page.body)}, .headers = {}};
    for (auto& [name, value] : page.headers) {
        reply.headers.push_back({std::move(name), std::move(value)});
    }
    return reply;
}

/// A collection and one of its records (OneRoster 1.2 Rostering REST binding, endpoints).
void add_collection(http::Routes& routes,
                    const OneRoster& oneroster,
                    const std::string& name,
                    Collection collection,
                    const std::string& what) {
    routes
        .get(std::string(kBase) + "/" + name,
             blocking([&oneroster, collection](const Caller& caller, const ListInput& input) {
                 return reply_of(oneroster.list(caller, collection, input));
             }))
        .summary("OneRoster 1.2: " + what + " that the app may see")
        .tag("oneroster")
        .imsx();
    routes
        .get(std::string(kBase) + "/" + name + "/{id}",
             blocking([&oneroster, collection](const Caller& caller, const OneInput& input) {
                 return reply_of(oneroster.get(caller, collection, input));
             }))
        .summary("OneRoster 1.2: one of the " + what)
        .tag("oneroster")
        .imsx();
}

void add_below(http::Routes& routes,
               const OneRoster& oneroster,
               const std::string& path,
               Below below,
               Collection collection,
               const std::string& what) {
    routes
        .get(std::string(kBase) + path,
             blocking([&oneroster, below, collection](const Caller& caller, const BelowInput& input) {
                 return reply_of(oneroster.list_below(caller, below, collection, input));
             }))
        .summary("OneRoster 1.2: " + what)
        .tag("oneroster")
        .imsx();
}

}  // namespace

void add_routes(http::Routes& routes, OneRoster& oneroster) {
    add_collection(routes, oneroster, "orgs", Collection::orgs, "organisations");
    add_collection(routes, oneroster, "schools", Collection::schools, "schools");
    add_collection(routes, oneroster, "classes", Collection::classes, "classes");
    add_collection(routes, oneroster, "courses", Collection::courses, "courses");
    add_collection(routes, oneroster, "academicSessions", Collection::academic_sessions, "school years");
    add_collection(routes, oneroster, "users", Collection::users, "people");
    add_collection(routes, oneroster, "students", Collection::students, "students");
    add_collection(routes, oneroster, "teachers", Collection::teachers, "teachers");
    add_collection(routes, oneroster, "enrollments", Collection::enrollments, "enrollments");
    add_below(routes,
              oneroster,
              "/schools/{id}/classes",
              Below::school,
              Collection::classes,
              "classes of a school");
    add_below(routes,
              oneroster,
              "/schools/{id}/students",
              Below::school,
              Collection::students,
              "students of a school");
    add_below(routes,
              oneroster,
              "/schools/{id}/teachers",
              Below::school,
              Collection::teachers,
              "teachers of a school");
    add_below(routes,
              oneroster,
              "/classes/{id}/students",
              Below::class_,
              Collection::students,
              "students of a class");
    add_below(routes,
              oneroster,
              "/classes/{id}/teachers",
              Below::class_,
              Collection::teachers,
              "teachers of a class");
}

}  // namespace educard::oneroster
