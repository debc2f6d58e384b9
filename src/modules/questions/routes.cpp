#include "http/routes.hpp"

#include "http/bind.hpp"
#include "modules/questions/questions.hpp"

namespace educard::questions {

namespace {

using http::read;
using http::write;

struct QuestionRef {
    QuestionId id;
};
BOOST_DESCRIBE_STRUCT(QuestionRef, (), (id))

void add_readers(http::Routes& routes, Questions& questions) {
    routes
        .get("/api/v1/answers", read([&questions](sql::Tx& tx, const Caller& caller, const Find& input) {
                 return questions.find(tx, caller, input);
             }))
        .summary(
            "Answers for the caller's role and place, or those open to all: by words, or most helpful first")
        .anyone();
    routes
        .get("/api/v1/answers/{id}",
             read([&questions](sql::Tx& tx, const Caller& caller, const QuestionRef& input) {
                 return questions.answer(tx, caller, input.id);
             }))
        .summary("An answer")
        .anyone()
        .errors({"questions.unknown"});
    routes
        .put("/api/v1/answers/{id}/feedback",
             write([&questions](sql::Tx& tx, const Caller& caller, const Feedback& input) {
                 return questions.give_feedback(tx, caller, input);
             }))
        .summary("Say whether an answer was helpful; once for each account")
        .signed_in()
        .errors({"input.invalid", "questions.unknown"});
}

void add_editors(http::Routes& routes, Questions& questions) {
    routes
        .get("/api/v1/questions",
             read([&questions](sql::Tx& tx, const Caller& caller, const ListQuestions& input) {
                 auto slice = questions.list(tx, caller, input);
                 http::Page<QuestionLine> page{.items = std::move(slice.items), .next = {}};
                 if (slice.next) {
                     page.next = std::to_string(slice.next->value);
                 }
                 return page;
             }))
        .summary("The entries of an organisation, of all states, newest first")
        .allow(kAdministrators)
        .errors({"scope.outside", "organisations.unknown"});
    routes
        .post("/api/v1/questions",
              write([&questions](sql::Tx& tx, const Caller& caller, const NewQuestion& input) {
                  return http::Created<Question>{questions.create(tx, caller, input)};
              }))
        .summary("Write an entry; it is a draft until it is published")
        .allow(kAdministrators)
        .errors({"input.invalid", "scope.outside", "organisations.unknown"});
    routes
        .get("/api/v1/questions/{id}",
             read([&questions](sql::Tx& tx, const Caller& caller, const QuestionRef& input) {
                 return questions.get(tx, caller, input.id);
             }))
        .summary("The newest version of an entry")
        .allow(kAdministrators)
        .errors({"questions.unknown"});
    routes
        .put("/api/v1/questions/{id}",
             write([&questions](sql::Tx& tx, const Caller& caller, const Edit& input) {
                 return questions.edit(tx, caller, input);
             }))
        .summary("Write a new version; what is read stays until it is published")
        .allow(kAdministrators)
        .errors({"input.invalid",
                 "questions.unknown",
                 "questions.changed_meanwhile",
                 "questions.too_many_versions"});
    routes
        .post("/api/v1/questions/{id}/publish",
              write([&questions](sql::Tx& tx, const Caller& caller, const Publish& input) {
                  return questions.publish(tx, caller, input);
              }))
        .summary("Have a version read from now on")
        .allow(kAdministrators)
        .errors({"input.invalid",
                 "questions.unknown",
                 "questions.changed_meanwhile",
                 "questions.published_already"});
    routes
        .post("/api/v1/questions/{id}/withdraw",
              write([&questions](sql::Tx& tx, const Caller& caller, const Withdraw& input) {
                  return questions.withdraw(tx, caller, input);
              }))
        .summary("Take an entry away from its readers")
        .allow(kAdministrators)
        .errors({"questions.unknown", "questions.changed_meanwhile", "questions.withdrawn_already"});
    routes
        .get("/api/v1/questions/{id}/versions",
             read([&questions](sql::Tx& tx, const Caller& caller, const QuestionRef& input) {
                 return questions.versions(tx, caller, input.id);
             }))
        .summary("Every version of an entry, newest first")
        .allow(kAdministrators)
        .errors({"questions.unknown"});
    routes
        .get("/api/v1/questions/{id}/complaints",
             read([&questions](sql::Tx& tx, const Caller& caller, const QuestionRef& input) {
                 return questions.complaints(tx, caller, input.id);
             }))
        .summary("Why readers found it not helpful, without who said so")
        .allow(kAdministrators)
        .errors({"questions.unknown"});
}

}  // namespace

void add_routes(http::Routes& routes, Questions& questions) {
    add_readers(routes, questions);
    add_editors(routes, questions);
}

}  // namespace educard::questions
