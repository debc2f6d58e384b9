#include "http/bind.hpp"
#include "modules/problems/problems.hpp"
#include "modules/problems/routes.hpp"

namespace educard::problems {

namespace {

using http::read;
using http::write;

struct OrganisationRef {
    OrganisationId organisation_id;
};
BOOST_DESCRIBE_STRUCT(OrganisationRef, (), (organisation_id))

using ActOn = DeskProblem (Problems::*)(sql::Tx&, const Caller&, const Act&) const;

http::RouteBuilder add_act(
    http::Routes& routes, Problems& problems, std::string path, ActOn act, std::string summary) {
    return routes
        .post(std::move(path), write([&problems, act](sql::Tx& tx, const Caller& caller, const Act& input) {
                  return (problems.*act)(tx, caller, input);
              }))
        .summary(std::move(summary))
        .allow(kAdministrators);
}

void add_desk(http::Routes& routes, Problems& problems) {
    routes
        .get("/api/v1/desk-problems",
             read([&problems](sql::Tx& tx, const Caller& caller, const Queue& input) {
                 return page_of(problems.queue(tx, caller, input));
             }))
        .summary("The desk of an organisation: what waits there, below and above, and what is over")
        .allow(kAdministrators)
        .errors({"scope.outside", "organisations.unknown"});
    routes
        .get("/api/v1/desk-problems/{id}",
             read([&problems](sql::Tx& tx, const Caller& caller, const ProblemRef& input) {
                 return problems.desk_problem(tx, caller, input.id);
             }))
        .summary("A problem with all that was said, between the levels too")
        .allow(kAdministrators)
        .errors({"problems.unknown"});
    routes
        .post("/api/v1/desk-problems/{id}/answer",
              write([&problems](sql::Tx& tx, const Caller& caller, const GiveAnswer& input) {
                  return problems.answer(tx, caller, input);
              }))
        .summary("Answer the reporter, and with it solve the problem or not")
        .allow(kAdministrators)
        .errors({"input.invalid",
                 "problems.unknown",
                 "problems.not_your_turn",
                 "problems.own",
                 "problems.is_merged",
                 "problems.is_over",
                 "problems.changed_meanwhile"});
    routes
        .post("/api/v1/desk-problems/{id}/notes",
              write([&problems](sql::Tx& tx, const Caller& caller, const Message& input) {
                  return problems.note(tx, caller, input);
              }))
        .summary("A note between the levels, which the reporter does not see")
        .allow(kAdministrators)
        .errors({"input.invalid", "problems.unknown"});
    add_act(routes,
            problems,
            "/api/v1/desk-problems/{id}/ask",
            &Problems::ask,
            "Ask the reporter; the turn rests until they answer")
        .errors({"input.invalid",
                 "problems.unknown",
                 "problems.not_your_turn",
                 "problems.is_merged",
                 "problems.is_over",
                 "problems.changed_meanwhile"});
    add_act(routes,
            problems,
            "/api/v1/desk-problems/{id}/escalate",
            &Problems::escalate,
            "Hand it up to the next desk at which somebody is, with a note")
        .errors({"input.invalid",
                 "problems.unknown",
                 "problems.not_your_turn",
                 "problems.nobody_above",
                 "problems.is_merged",
                 "problems.is_over",
                 "problems.changed_meanwhile"});
    add_act(routes,
            problems,
            "/api/v1/desk-problems/{id}/hand-down",
            &Problems::hand_down,
            "Hand it down towards where it comes from, with a note")
        .errors({"input.invalid",
                 "problems.unknown",
                 "problems.not_your_turn",
                 "problems.nobody_below",
                 "problems.is_merged",
                 "problems.is_over",
                 "problems.changed_meanwhile"});
    add_act(routes,
            problems,
            "/api/v1/desk-problems/{id}/take",
            &Problems::take,
            "Take it from a desk below to one's own")
        .errors({"problems.unknown",
                 "problems.not_below",
                 "problems.is_merged",
                 "problems.is_over",
                 "problems.changed_meanwhile"});
    add_act(routes,
            problems,
            "/api/v1/desk-problems/{id}/unmerge",
            &Problems::unmerge,
            "It is another problem after all")
        .errors({"problems.unknown",
                 "problems.not_your_turn",
                 "problems.not_merged",
                 "problems.changed_meanwhile"});
    routes
        .post("/api/v1/desk-problems/{id}/merge",
              write([&problems](sql::Tx& tx, const Caller& caller, const Merge& input) {
                  return problems.merge(tx, caller, input);
              }))
        .summary("It is the same as another one at this desk; all reporters hear the answer")
        .allow(kAdministrators)
        .errors({"input.invalid",
                 "problems.unknown",
                 "problems.not_your_turn",
                 "problems.others_have_it",
                 "problems.too_many_same",
                 "problems.is_merged",
                 "problems.is_over",
                 "problems.changed_meanwhile"});
    routes
        .post("/api/v1/desk-problems/{id}/question",
              write([&problems](sql::Tx& tx, const Caller& caller, const ProblemRef& input) {
                  return http::Created<questions::Question>{problems.make_question(tx, caller, input.id)};
              }))
        .summary("Make a draft of a question and answer from it")
        .allow(kAdministrators)
        .errors({"problems.unknown", "problems.not_your_turn", "problems.not_answered"});
}

void add_known(http::Routes& routes, Problems& problems) {
    routes
        .get("/api/v1/desk-notices",
             read([&problems](sql::Tx& tx, const Caller& caller, const OrganisationRef& input) {
                 return problems.own_notices(tx, caller, input.organisation_id);
             }))
        .summary("Known problems of an organisation and all below it, newest first, ended ones too")
        .allow(kAdministrators)
        .errors({"scope.outside", "organisations.unknown"});
    routes
        .post("/api/v1/desk-notices",
              write([&problems](sql::Tx& tx, const Caller& caller, const NewNotice& input) {
                  return http::Created<Notice>{problems.make_notice(tx, caller, input)};
              }))
        .summary("Tell everybody below an organisation of a known problem")
        .allow(kAdministrators)
        .errors({"input.invalid", "scope.outside", "organisations.unknown", "problems.unknown"});
    routes
        .put("/api/v1/desk-notices/{id}",
             write([&problems](sql::Tx& tx, const Caller& caller, const ChangeNotice& input) {
                 return problems.change_notice(tx, caller, input);
             }))
        .summary("Say it differently")
        .allow(kAdministrators)
        .errors({"input.invalid", "problems.notice_unknown", "problems.changed_meanwhile"});
    routes
        .post("/api/v1/desk-notices/{id}/end",
              write([&problems](sql::Tx& tx, const Caller& caller, const EndNotice& input) {
                  return problems.end_notice(tx, caller, input);
              }))
        .summary("It is over")
        .allow(kAdministrators)
        .errors({"problems.notice_unknown", "problems.changed_meanwhile"});
    routes
        .get("/api/v1/problem-statistics",
             read([&problems](sql::Tx& tx, const Caller& caller, const OrganisationRef& input) {
                 return problems.statistics(tx, caller, input.organisation_id);
             }))
        .summary("Problems of a part of the tree by kind, level, age and organisation")
        .allow(kAdministrators)
        .errors({"scope.outside", "organisations.unknown"});
    routes
        .get("/api/v1/problem-statistics.csv",
             read([&problems](sql::Tx& tx, const Caller& caller, const OrganisationRef& input) {
                 return http::Download{.content_type = "text/csv; charset=utf-8",
                                       .body = problems.statistics_csv(tx, caller, input.organisation_id),
                                       .file_name = "problems.csv",
                                       .cache_seconds = 0,
                                       .etag = std::nullopt};
             }))
        .summary("The same by organisation, as a file for spreadsheets")
        .allow(kAdministrators);
}

}  // namespace

void add_desk_routes(http::Routes& routes, Problems& problems) {
    add_desk(routes, problems);
    add_known(routes, problems);
}

}  // namespace educard::problems
