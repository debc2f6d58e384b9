#include "http/routes.hpp"

#include "http/bind.hpp"
#include "modules/applications/applications.hpp"

namespace educard::applications {

namespace {

struct IdInput {
    ApplicationId id;
};
BOOST_DESCRIBE_STRUCT(IdInput, (), (id))

struct DelegationInput {
    DelegationId id;
};
BOOST_DESCRIBE_STRUCT(DelegationInput, (), (id))

struct ColleaguesInput {
    OrganisationId organisation_id;
};
BOOST_DESCRIBE_STRUCT(ColleaguesInput, (), (organisation_id))

void add_applicants(http::Routes& routes, Applications& applications) {
    routes
        .post("/api/v1/applications",
              http::write([&](sql::Tx& tx, const Caller& caller, const Creation& input) {
                  return http::Created<ApplicationView>{applications.create(tx, caller, input)};
              }))
        .summary("Begin an application")
        .signed_in()
        .errors({"applications.open_already"});
    routes
        .get("/api/v1/applications", http::read([&](sql::Tx& tx, const Caller& caller) {
                 return http::Page<ApplicationView>{.items = applications.mine(tx, caller),
                                                    .next = std::nullopt};
             }))
        .summary("One's own applications, newest first")
        .signed_in();
    routes
        .get("/api/v1/applications/{id}",
             http::read([&](sql::Tx& tx, const Caller& caller, const IdInput& input) {
                 return applications.get(tx, caller, input.id);
             }))
        .summary("One of one's own applications")
        .signed_in()
        .errors({"applications.unknown"});
    routes
        .put("/api/v1/applications/{id}",
             http::write([&](sql::Tx& tx, const Caller& caller, const Saving& input) {
                 return applications.save(tx, caller, input);
             }))
        .summary("Save a draft, complete or not, also as another kind")
        .signed_in()
        .errors({"applications.changed_meanwhile", "applications.handed_in"});
    routes
        .del("/api/v1/applications/{id}",
             http::write([&](sql::Tx& tx, const Caller& caller, const Step& input) {
                 applications.discard(tx, caller, input);
             }))
        .summary("Discard a draft that was never handed in")
        .signed_in()
        .errors({"applications.unknown", "applications.changed_meanwhile", "applications.handed_in_once"});
    routes
        .post("/api/v1/applications/{id}/submit",
              http::write([&](sql::Tx& tx, const Caller& caller, const Step& input) {
                  return applications.submit(tx, caller, input);
              }))
        .summary("Hand an application in for review")
        .signed_in()
        .errors({"applications.changed_meanwhile", "applications.handed_in", "applications.no_document"});
    routes
        .post("/api/v1/applications/{id}/withdraw",
              http::write([&](sql::Tx& tx, const Caller& caller, const Step& input) {
                  return applications.withdraw(tx, caller, input);
              }))
        .summary("Take an application back before it is decided")
        .signed_in()
        .errors({"applications.not_handed_in"});
    routes
        .get("/api/v1/applications/{id}/history",
             http::read([&](sql::Tx& tx, const Caller& caller, const IdInput& input) {
                 return applications.history(tx, caller, input.id);
             }))
        .summary("All that happened to an application")
        .signed_in();
}

void add_reviews(http::Routes& routes, Applications& applications) {
    routes
        .get("/api/v1/reviews", http::read([&](sql::Tx& tx, const Caller& caller, const Queue& input) {
                 auto slice = applications.queue(tx, caller, input);
                 return http::Page<ReviewItem>{.items = std::move(slice.items),
                                               .next = std::move(slice.next)};
             }))
        .summary("What the caller may review, oldest first")
        .signed_in()
        .errors({"applications.nothing_to_review"});
    routes
        .get("/api/v1/reviews/{id}", http::read([&](sql::Tx& tx, const Caller& caller, const IdInput& input) {
                 return applications.review(tx, caller, input.id);
             }))
        .summary("An application beside the roster, field by field")
        .signed_in()
        .errors({"applications.unknown", "applications.own_application"});
    routes
        .post("/api/v1/applications/{id}/decision",
              http::write([&](sql::Tx& tx, const Caller& caller, const Decision& input) {
                  return applications.decide(tx, caller, input);
              }))
        .summary("Approve, return or reject an application")
        .signed_in()
        .errors({"applications.already_decided",
                 "applications.changed_meanwhile",
                 "applications.not_your_turn",
                 "applications.own_application",
                 "applications.guardian_same_name",
                 "applications.number_certified"});
    routes
        .post("/api/v1/reviews/{id}/reveal",
              http::write([&](sql::Tx& tx, const Caller& caller, const Reveal& input) {
                  return applications.reveal(tx, caller, input);
              }))
        .summary("Show the ID number or the guardians in clear; audited")
        .signed_in()
        .proven()
        .errors({"applications.not_your_turn"});
}

void add_bulk(http::Routes& routes, Applications& applications) {
    routes
        .post("/api/v1/reviews/bulk-preview",
              http::write([&](sql::Tx& tx, const Caller& caller, const BulkScope& input) {
                  return applications.preview_bulk(tx, caller, input);
              }))
        .summary("Find what matches the roster exactly, at most 2,000 at once")
        .signed_in()
        .rate(http::Rate::costly);
    routes
        .post("/api/v1/reviews/bulk-approve",
              http::write([&](sql::Tx& tx, const Caller& caller, const BulkOrder& input) {
                  return applications.approve_bulk(tx, caller, input);
              }))
        .summary("Approve what was previewed, as a job; asking again tells how far it is")
        .signed_in()
        .proven()
        .errors({"applications.bulk_unknown"});
    routes
        .get("/api/v1/reviews/bulk",
             http::read([&](sql::Tx& tx, const Caller& caller, const BulkOrder& input) {
                 return applications.bulk_result(tx, caller, input);
             }))
        .summary("How far a bulk approval is, and what it left out")
        .signed_in()
        .errors({"applications.bulk_unknown"});
}

void add_delegations(http::Routes& routes, Applications& applications) {
    routes
        .get("/api/v1/delegations", http::read([&](sql::Tx& tx, const Caller& caller) {
                 return applications.delegations(tx, caller);
             }))
        .summary("Delegations that the caller gave or got")
        .signed_in();
    routes
        .post("/api/v1/delegations",
              http::write([&](sql::Tx& tx, const Caller& caller, const NewDelegation& input) {
                  return http::Created<DelegationView>{applications.delegate(tx, caller, input)};
              }))
        .summary("Let a colleague review in one's place for some days")
        .signed_in()
        .errors({"scope.outside", "applications.delegated_already"});
    routes
        .del("/api/v1/delegations/{id}",
             http::write([&](sql::Tx& tx, const Caller& caller, const DelegationInput& input) {
                 applications.revoke_delegation(tx, caller, input.id);
             }))
        .summary("End a delegation")
        .signed_in()
        .errors({"applications.delegation_unknown"});
    routes
        .get("/api/v1/delegations/colleagues",
             http::read([&](sql::Tx& tx, const Caller& caller, const ColleaguesInput& input) {
                 return applications.colleagues(tx, caller, input.organisation_id);
             }))
        .summary("To whom one may delegate")
        .signed_in()
        .errors({"scope.outside"});
}

}  // namespace

void add_routes(http::Routes& routes, Applications& applications) {
    add_applicants(routes, applications);
    add_reviews(routes, applications);
    add_bulk(routes, applications);
    add_delegations(routes, applications);
}

}  // namespace educard::applications
