#include "modules/administration/administration.hpp"

#include "modules/organisations/organisations.hpp"
#include "modules/rollout/rollout.hpp"
#include "runtime/audit.hpp"
#include "runtime/bus.hpp"
#include "runtime/jobs.hpp"
#include "testing/call.hpp"
#include "testing/fake_clock.hpp"
#include "testing/test_database.hpp"

#include <gtest/gtest.h>

namespace educard::administration {
namespace {

class AdministrationTest : public ::testing::Test {
protected:
    AdministrationTest() {
        database_->write([&](sql::Tx& tx) {
            organisations_.seed(tx);
            xuzhou_ = organisations_.get(tx, OrganisationId{3203});
            nanjing_ = organisations_.get(tx, OrganisationId{3201});
            for (int i = 0; i < 3; ++i) {
                audit_.record(tx,
                              testing::caller_with(Role::city_admin, xuzhou_.id, xuzhou_.path),
                              {"cards.issued", xuzhou_.path, "card", std::to_string(i), R"({"reason":"x"})"});
            }
            audit_.record(tx, Caller{}, {"cards.issued", nanjing_.path, "card", "9", ""});
            audit_.record(tx, Caller{}, {"keys.rotated", "", "", "", ""});
        });
        add_routes(routes_,
                   *database_,
                   audit_,
                   jobs_,
                   organisations_,
                   rollout_,
                   {.account =
                        [](sql::Tx&, AccountId id) {
                            return id == AccountId{7} ? std::optional<std::string>("王芳") : std::nullopt;
                        },
                    .application =
                        [](sql::Tx&, ApplicationId id) {
                            return id == ApplicationId{9} ? std::optional<std::string>("周一诺")
                                                          : std::nullopt;
                        },
                    .by_user_name = [](sql::Tx&, std::string_view) { return std::optional<AccountId>(); }});
        api_ = std::make_unique<testing::Api>(*database_, routes_);
    }

    std::size_t events_seen(const std::string& target, const Caller& caller) {
        return api_->get(target, caller).json().at("items").as_array().size();
    }

    testing::TestDatabase database_;
    testing::FakeClock clock_;
    IdSource ids_{clock_, 1};
    LocalBus bus_;
    Audit audit_{clock_, ids_};
    Jobs jobs_{*database_, clock_, ids_, bus_};
    organisations::Organisations organisations_{clock_, ids_, audit_};
    rollout::Rollout rollout_{clock_, organisations_, bus_};
    organisations::Organisation xuzhou_;
    organisations::Organisation nanjing_;
    http::Routes routes_;
    std::unique_ptr<testing::Api> api_;
};

TEST_F(AdministrationTest, AdministratorsSeeTheirOwnSubtreeOnly) {
    const auto caller = testing::caller_with(Role::city_admin, xuzhou_.id, xuzhou_.path);
    const auto id = std::to_string(nanjing_.id.value);
    EXPECT_EQ(events_seen("/api/v1/audit-events", caller), 3U);
    EXPECT_EQ(api_->get("/api/v1/audit-events?organisation_id=" + id, caller).code(), "scope.outside");
    const auto teacher = testing::caller_with(Role::class_teacher, xuzhou_.id, xuzhou_.path);
    EXPECT_EQ(api_->get("/api/v1/audit-events", teacher).status, 403);
    EXPECT_EQ(api_->get("/api/v1/audit-events").status, 401);
}

TEST_F(AdministrationTest, TheProvinceAlsoSeesWhatBelongsToNoOrganisation) {
    const auto caller = testing::caller_with(Role::province_admin, OrganisationId{32}, "/32/");
    EXPECT_GE(events_seen("/api/v1/audit-events", caller), 5U);
    EXPECT_EQ(events_seen("/api/v1/audit-events?action=keys.rotated", caller), 1U);
}

TEST_F(AdministrationTest, PagesFollowOneAnother) {
    const auto caller = testing::caller_with(Role::city_admin, xuzhou_.id, xuzhou_.path);
    const auto first = api_->get("/api/v1/audit-events?limit=2", caller).json();
    ASSERT_TRUE(first.at("next").is_string());
    EXPECT_EQ(first.at("items").at(0).at("subject").as_string(), "2");
    EXPECT_EQ(first.at("items").at(0).at("details").at("reason").as_string(), "x");
    const std::string cursor(first.at("next").as_string());
    const auto second = api_->get("/api/v1/audit-events?limit=2&cursor=" + cursor, caller).json();
    EXPECT_EQ(second.at("items").as_array().size(), 1U);
    EXPECT_TRUE(second.at("next").is_null());
}

TEST_F(AdministrationTest, WhoActedIsNamed) {
    const auto caller = testing::caller_with(Role::city_admin, xuzhou_.id, xuzhou_.path, AccountId{7});
    database_->write([&](sql::Tx& tx) {
        audit_.record(tx, caller, {"cards.revoked", xuzhou_.path, "card", "9", ""});
        audit_.record(tx, Caller{}, {"accounts.appointed", xuzhou_.path, "account", "7", ""});
        audit_.record(tx, Caller{}, {"organisations.changed", xuzhou_.path, "organisation", "3203", ""});
    });
    const auto events = api_->get("/api/v1/audit-events?limit=3", caller).json().at("items");
    EXPECT_EQ(events.at(0).at("subject_name").as_string(), xuzhou_.name);
    EXPECT_TRUE(events.at(1).at("account_name").is_null());
    EXPECT_EQ(events.at(1).at("subject_name").as_string(), "王芳");
    EXPECT_EQ(events.at(2).at("account_name").as_string(), "王芳");
    EXPECT_TRUE(events.at(2).at("subject_name").is_null());
    const auto nanjing = testing::caller_with(Role::city_admin, nanjing_.id, nanjing_.path);
    const auto others = api_->get("/api/v1/audit-events", nanjing);
    EXPECT_EQ(others.body.find("王芳"), std::string::npos);
}

TEST_F(AdministrationTest, WhoAppliedIsNamed) {
    const auto caller = testing::caller_with(Role::city_admin, xuzhou_.id, xuzhou_.path, AccountId{7});
    database_->write([&](sql::Tx& tx) {
        audit_.record(tx, caller, {"applications.approved", xuzhou_.path, "application", "9", ""});
        audit_.record(tx, caller, {"applications.discarded", "", "application", "8", ""});
        audit_.record(tx, caller, {"cards.issued", xuzhou_.path, "card", "9", ""});
    });
    const auto province = testing::caller_with(Role::province_admin, OrganisationId{32}, "/32/");
    const auto events = api_->get("/api/v1/audit-events?limit=3", province).json().at("items");
    EXPECT_TRUE(events.at(0).at("subject_name").is_null()) << "a card's number is no application's";
    EXPECT_TRUE(events.at(1).at("subject_name").is_null()) << "it is gone";
    EXPECT_EQ(events.at(2).at("subject_name").as_string(), "周一诺");
    const auto nanjing = testing::caller_with(Role::city_admin, nanjing_.id, nanjing_.path);
    const auto others = api_->get("/api/v1/audit-events?subject=9", nanjing);
    EXPECT_EQ(others.body.find("周一诺"), std::string::npos);
    EXPECT_EQ(api_->get("/api/v1/audit-events?action=applications.discarded", nanjing)
                  .json()
                  .at("items")
                  .as_array()
                  .size(),
              0U);
}

TEST_F(AdministrationTest, AJobIsSeenByWhoStartedIt) {
    const auto caller = testing::caller_with(Role::city_admin, xuzhou_.id, xuzhou_.path, AccountId{7});
    const auto job = database_->write(
        [&](sql::Tx& tx) { return jobs_.put(tx, {"roster.import", "{}", 10, AccountId{7}}); });
    const auto target = "/api/v1/jobs/" + std::to_string(job.value);
    EXPECT_EQ(api_->get(target, caller).json().at("state").as_string(), "queued");
    auto stranger = caller;
    stranger.account = AccountId{8};
    EXPECT_EQ(api_->get(target, stranger).code(), "administration.unknown_job");
    EXPECT_EQ(api_->get("/api/v1/jobs/1", caller).status, 404);
}

TEST_F(AdministrationTest, EventsAreHeardByWhoMaySeeTheirSubject) {
    const auto caller = testing::caller_with(Role::city_admin, xuzhou_.id, xuzhou_.path, AccountId{7});
    const auto job = database_->write(
        [&](sql::Tx& tx) { return jobs_.put(tx, {"roster.import", "{}", 10, AccountId{7}}); });
    const auto own = "/api/v1/events?topics=progress:3203,job:" + std::to_string(job.value);
    EXPECT_EQ(api_->get(own, caller).content_type, "text/event-stream");
    auto stranger = caller;
    stranger.account = AccountId{8};
    EXPECT_EQ(api_->get(own, stranger).code(), "administration.unknown_job");
    EXPECT_EQ(api_->get("/api/v1/events?topics=progress:3201", caller).code(), "scope.outside");
    EXPECT_EQ(api_->get(own).status, 401);
    for (const auto* topics :
         {"", "?topics=", "?topics=other:1", "?topics=job", "?topics=job:x", "?topics=:"}) {
        EXPECT_EQ(api_->get(std::string("/api/v1/events") + topics, caller).status, 422) << topics;
    }
}

}  // namespace
}  // namespace educard::administration
