#include "http/routes.hpp"

#include "http/bind.hpp"
#include "modules/campaigns/views.hpp"

namespace educard::campaigns {

namespace {

using http::read;
using http::write;

struct Sent {
    bool sent = true;
};
BOOST_DESCRIBE_STRUCT(Sent, (), (sent))

void add_reading(http::Routes& routes, Campaigns& campaigns) {
    routes
        .get("/api/v1/campaigns",
             read([&campaigns](sql::Tx& tx, const Caller& caller, const ListInput& input) {
                 return campaigns.list(tx, caller, input);
             }))
        .summary("Campaigns that concern an organisation, and those of what is below it; newest first")
        .allow(kOfficers)
        .errors({"scope.outside", "organisations.unknown"});
    routes
        .get("/api/v1/campaigns/{id}",
             read([&campaigns](sql::Tx& tx, const Caller& caller, const CampaignRef& ref) {
                 return campaigns.get(tx, caller, ref);
             }))
        .summary("A campaign, with the deadlines and the target that hold at an organisation")
        .allow(kOfficers)
        .errors({"scope.outside", "campaigns.unknown"});
    routes
        .get("/api/v1/campaigns/{id}/changes",
             read([&campaigns](sql::Tx& tx, const Caller& caller, const CampaignRef& ref) {
                 return campaigns.changes(tx, caller, ref);
             }))
        .summary("What was changed after publishing, newest first")
        .allow(kOfficers)
        .errors({"scope.outside", "campaigns.unknown"});
    routes
        .get("/api/v1/campaigns/{id}/standings",
             read([&campaigns](sql::Tx& tx, const Caller& caller, const CampaignRef& ref) {
                 return campaigns.standings(tx, caller, ref);
             }))
        .summary("An organisation and those directly below it against target and deadline")
        .allow(kOfficers)
        .errors({"scope.outside", "campaigns.unknown"});
    routes
        .get("/api/v1/campaigns/{id}/standings.csv",
             read([&campaigns](sql::Tx& tx, const Caller& caller, const CampaignRef& ref) {
                 return http::Download{"text/csv; charset=utf-8",
                                       campaigns.standings_csv(tx, caller, ref),
                                       "campaign.csv",
                                       0,
                                       std::nullopt};
             }))
        .summary("The same as a file for spreadsheets")
        .allow(kOfficers);
    routes
        .get("/api/v1/campaigns/{id}/preview",
             read([&campaigns](sql::Tx& tx, const Caller& caller, const CampaignRef& ref) {
                 return campaigns.preview(tx, caller, ref.id);
             }))
        .summary("What follows from publishing a campaign")
        .allow(kAdministrators)
        .errors({"scope.outside", "campaigns.unknown"});
}

void add_writing(http::Routes& routes, Campaigns& campaigns) {
    routes
        .post("/api/v1/campaigns",
              write([&campaigns](sql::Tx& tx, const Caller& caller, const CampaignInput& input) {
                  return http::Created<CampaignView>{campaigns.create(tx, caller, input)};
              }))
        .summary("Draft a campaign of an organisation for all that is below it")
        .allow(kAdministrators)
        .errors({"input.invalid", "scope.outside"});
    routes
        .put("/api/v1/campaigns/{id}",
             write([&campaigns](sql::Tx& tx, const Caller& caller, const CampaignEdit& input) {
                 return campaigns.edit(tx, caller, input);
             }))
        .summary("Change a campaign; after publishing, what was changed is shown to those below")
        .allow(kAdministrators)
        .errors({"input.invalid", "campaigns.unknown", "campaigns.changed_meanwhile", "campaigns.over"});
    routes
        .del("/api/v1/campaigns/{id}",
             write([&campaigns](sql::Tx& tx, const Caller& caller, const VersionInput& input) {
                 campaigns.remove(tx, caller, input);
             }))
        .summary("Remove a draft")
        .allow(kAdministrators)
        .errors({"campaigns.unknown", "campaigns.changed_meanwhile", "campaigns.published"});
    routes
        .post("/api/v1/campaigns/{id}/publish",
              write([&campaigns](sql::Tx& tx, const Caller& caller, const VersionInput& input) {
                  return campaigns.publish(tx, caller, input);
              }))
        .summary("Publish a draft: it holds for all below")
        .allow(kAdministrators)
        .errors({"campaigns.unknown",
                 "campaigns.changed_meanwhile",
                 "campaigns.published",
                 "campaigns.deadline_passed"});
    routes
        .post("/api/v1/campaigns/{id}/finish",
              write([&campaigns](sql::Tx& tx, const Caller& caller, const VersionInput& input) {
                  return campaigns.finish(tx, caller, input);
              }))
        .summary("End a campaign: nobody is reminded of it any more")
        .allow(kAdministrators)
        .errors({"campaigns.unknown", "campaigns.changed_meanwhile", "campaigns.not_published"});
    routes
        .post("/api/v1/campaigns/{id}/withdraw",
              write([&campaigns](sql::Tx& tx, const Caller& caller, const WithdrawInput& input) {
                  return campaigns.withdraw(tx, caller, input);
              }))
        .summary("Withdraw a published campaign, with a reason")
        .allow(kAdministrators)
        .errors(
            {"input.invalid", "campaigns.unknown", "campaigns.changed_meanwhile", "campaigns.not_published"});
}

void add_settings(http::Routes& routes, Campaigns& campaigns) {
    routes
        .put("/api/v1/campaigns/{id}/deadline",
             write([&campaigns](sql::Tx& tx, const Caller& caller, const DeadlineInput& input) {
                 return campaigns.set_deadline(tx, caller, input);
             }))
        .summary("Give an organisation and all below it a deadline of its own")
        .allow(kAdministrators)
        .errors({"input.invalid",
                 "scope.outside",
                 "campaigns.unknown",
                 "campaigns.changed_meanwhile",
                 "campaigns.not_published",
                 "campaigns.over"});
    routes
        .del("/api/v1/campaigns/{id}/deadline",
             write([&campaigns](sql::Tx& tx, const Caller& caller, const OwnInput& input) {
                 return campaigns.inherit_deadline(tx, caller, input);
             }))
        .summary("Go back to the deadline that is inherited")
        .allow(kAdministrators)
        .errors({"input.invalid", "scope.outside", "campaigns.unknown", "campaigns.changed_meanwhile"});
    routes
        .put("/api/v1/campaigns/{id}/target",
             write([&campaigns](sql::Tx& tx, const Caller& caller, const TargetInput& input) {
                 return campaigns.set_target(tx, caller, input);
             }))
        .summary("Give an organisation a target of its own: per cent for all below it, a number for itself")
        .allow(kAdministrators)
        .errors({"input.invalid",
                 "scope.outside",
                 "campaigns.unknown",
                 "campaigns.changed_meanwhile",
                 "campaigns.not_published",
                 "campaigns.over"});
    routes
        .del("/api/v1/campaigns/{id}/target",
             write([&campaigns](sql::Tx& tx, const Caller& caller, const OwnInput& input) {
                 return campaigns.inherit_target(tx, caller, input);
             }))
        .summary("Go back to the target that is inherited")
        .allow(kAdministrators)
        .errors({"scope.outside", "campaigns.unknown", "campaigns.changed_meanwhile"});
    routes
        .get("/api/v1/campaigns/{id}/call",
             read([&campaigns](sql::Tx& tx, const Caller& caller, const CampaignRef& ref) {
                 return campaigns.preview_call(tx, caller, ref);
             }))
        .summary("Whom a reminder by hand would reach")
        .allow(kAdministrators)
        .errors({"scope.outside", "campaigns.unknown"})
        .rate(http::Rate::costly);
    routes
        .post("/api/v1/campaigns/{id}/call",
              write([&campaigns](sql::Tx& tx, const Caller& caller, const CallInput& input) {
                  campaigns.call(tx, caller, input);
                  return http::Accepted<Sent>{};
              }))
        .summary("Remind those in an area that have not reached their target; once a day")
        .allow(kAdministrators)
        .errors({"scope.outside",
                 "campaigns.unknown",
                 "campaigns.called_today",
                 "campaigns.not_published",
                 "campaigns.over"})
        .rate(http::Rate::costly);
}

}  // namespace

void add_routes(http::Routes& routes, Campaigns& campaigns) {
    add_reading(routes, campaigns);
    add_writing(routes, campaigns);
    add_settings(routes, campaigns);
}

}  // namespace educard::campaigns
