#include "modules/campaigns/campaigns.hpp"

#include "modules/campaigns/views.hpp"
#include "modules/notices/notices.hpp"
#include "modules/rollout/rollout.hpp"
#include "runtime/audit.hpp"
#include "runtime/jobs.hpp"
#include "testing/fake_clock.hpp"
#include "testing/test_database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace educard::campaigns {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr OrganisationId kTop{1};
constexpr OrganisationId kMiddle{12};
constexpr OrganisationId kLow{123};

Date day(unsigned number) {
    return Date(std::chrono::year(2026), std::chrono::month(12), std::chrono::day(number));
}

OwnDeadline own(OrganisationId id, unsigned number, Later later, std::optional<Date> latest = {}) {
    return {id, Phase::certification, day(number), later, latest, 1};
}

TEST(Inheritance, IdsOfAPathComeFromTheTop) {
    EXPECT_THAT(ids_of("/1/12/123/"), ElementsAre(kTop, kMiddle, kLow));
    EXPECT_THAT(ids_of("/"), IsEmpty());
    EXPECT_THAT(ids_of(""), IsEmpty());
}

TEST(Inheritance, TheNearestOwnValueHolds) {
    const std::vector<OwnDeadline> all{own(kLow, 5, Later::locked), own(kTop, 20, Later::locked)};
    const std::vector line{kTop, kMiddle};
    EXPECT_EQ(along(line, all, Phase::certification).back().deadline, day(20));
    const std::vector longer{kTop, kMiddle, kLow};
    EXPECT_EQ(along(longer, all, Phase::certification).back().deadline, day(5));
    EXPECT_THAT(along(longer, all, Phase::training), IsEmpty());
}

TEST(Inheritance, ALockedDeadlineAllowsNothingLater) {
    EXPECT_EQ(latest_allowed(std::vector{own(kTop, 20, Later::locked)}), day(20));
    EXPECT_EQ(latest_allowed(std::vector{own(kTop, 20, Later::until, day(25))}), day(25));
    EXPECT_EQ(latest_allowed(std::vector{own(kTop, 20, Later::open)}), std::nullopt);
    EXPECT_EQ(latest_allowed({}), std::nullopt);
}

TEST(Inheritance, WhatIsBelowBindsAsWellAsWhatIsAbove) {
    EXPECT_EQ(latest_allowed(std::vector{own(kTop, 20, Later::open), own(kMiddle, 15, Later::locked)}),
              day(15));
    EXPECT_EQ(latest_allowed(std::vector{own(kTop, 20, Later::locked), own(kMiddle, 15, Later::open)}),
              day(20));
    EXPECT_EQ(
        latest_allowed(std::vector{own(kTop, 20, Later::locked), own(kMiddle, 15, Later::until, day(18))}),
        day(18));
}

TEST(Inheritance, AnExceptionFromAboveIsTheNewBound) {
    EXPECT_EQ(latest_allowed(std::vector{own(kTop, 20, Later::locked), own(kMiddle, 25, Later::open)}),
              day(25));
    EXPECT_EQ(
        latest_allowed(std::vector{own(kTop, 20, Later::locked), own(kMiddle, 25, Later::until, day(28))}),
        day(28));
}

TEST(Inheritance, TheNearestPercentIsFoundPastNumbersOfPeople) {
    const std::vector<OwnTarget> all{{kTop, 90, {}, 1}, {kMiddle, {}, 500, 1}};
    const std::vector line{kTop, kMiddle, kLow};
    ASSERT_NE(nearest_percent(line, all), nullptr);
    EXPECT_EQ(nearest_percent(line, all)->percent, 90);
    EXPECT_EQ(nearest_percent(std::vector{kLow}, all), nullptr);
}

TEST(Standing, TargetsAreRoundedUp) {
    EXPECT_EQ(target_of(101, 90), 91);
    EXPECT_EQ(target_of(100, 90), 90);
    EXPECT_EQ(target_of(0, 90), 0);
}

TEST(Standing, FollowsTimeAndShare) {
    EXPECT_EQ(standing_of(0, 0, day(1), day(20), day(30)), Standing::nothing);
    EXPECT_EQ(standing_of(10, 10, day(1), day(20), day(30)), Standing::done);
    EXPECT_EQ(standing_of(10, 9, day(1), day(20), day(21)), Standing::overdue);
    EXPECT_EQ(standing_of(10, 0, day(1), day(20), day(5)), Standing::on_course);  // the first quarter
    EXPECT_EQ(standing_of(10, 0, day(1), day(20), day(6)), Standing::behind);
    EXPECT_EQ(standing_of(10, 5, day(1), day(20), day(11)), Standing::on_course);
    EXPECT_EQ(standing_of(10, 9, day(1), day(20), day(20)), Standing::behind);  // the day itself counts whole
    EXPECT_EQ(standing_of(10, 0, day(5), day(5), day(5)), Standing::on_course);
}

class CampaignsTest : public ::testing::Test {
protected:
    CampaignsTest() {
        database_->write([&](sql::Tx& tx) { organisations_.seed(tx); });
    }

    organisations::Organisation get(OrganisationId id) {
        return database_->read([&](sql::Tx& tx) { return organisations_.get(tx, id); });
    }
    Date today_and(int days) {
        return Date(std::chrono::sys_days(organisations_.today()) + std::chrono::days(days));
    }

    CampaignView published(OrganisationId organisation, Role role, int days) {
        CampaignInput input;
        input.organisation_id = organisation;
        input.name = "认证";
        input.begins_on = today_and(0);
        input.ends_on = today_and(60);
        input.concerns.items = {Concern::student};
        input.target_percent = 100;
        input.phases.items = {
            {Phase::certification, today_and(0), today_and(days), Later::locked, std::nullopt}};
        return database_->write([&](sql::Tx& tx) {
            const auto made = campaigns_.create(tx, caller(tx, organisation, role), input);
            return campaigns_.publish(tx, caller(tx, organisation, role), {made.id, made.version});
        });
    }
    Caller caller(sql::Tx& tx, OrganisationId id, Role role) {
        Caller caller;
        caller.account = AccountId{7};
        caller.grants = {{role, id, organisations_.get(tx, id).path}};
        return caller;
    }
    std::optional<Date> deadline(OrganisationId id) {
        return database_->read(
            [&](sql::Tx& tx) { return campaigns_.deadline(tx, organisations_.get(tx, id)); });
    }

    static constexpr OrganisationId kProvince{32};
    static constexpr OrganisationId kCity{3203};
    static constexpr OrganisationId kCounty{320302};

    testing::TestDatabase database_;
    testing::FakeClock clock_;
    IdSource ids_{clock_, 1};
    LocalBus bus_;
    Audit audit_{clock_, ids_};
    Jobs jobs_{*database_, clock_, ids_, bus_};
    organisations::Organisations organisations_{clock_, ids_, audit_};
    rollout::Rollout rollout_{clock_, organisations_, bus_};
    notices::Notices notices_{clock_, ids_};
    Campaigns campaigns_{Parts{.database = *database_,
                               .clock = clock_,
                               .ids = ids_,
                               .audit = audit_,
                               .jobs = jobs_,
                               .organisations = organisations_,
                               .rollout = rollout_,
                               .notices = notices_}};
};

TEST_F(CampaignsTest, OthersAreToldTheEarliestDeadlineInForce) {
    EXPECT_EQ(deadline(kCounty), std::nullopt);
    published(kProvince, Role::province_admin, 30);
    EXPECT_EQ(deadline(kCounty), today_and(30));
    const auto own = published(kCity, Role::city_admin, 10);
    EXPECT_EQ(deadline(kCounty), today_and(10));
    EXPECT_EQ(deadline(kProvince), today_and(30));
    const auto of_children = database_->read(
        [&](sql::Tx& tx) { return campaigns_.deadlines_of_children(tx, organisations_.get(tx, kProvince)); });
    EXPECT_EQ(of_children.of(get(kCity)), today_and(10));
    EXPECT_EQ(of_children.of(get(OrganisationId{3205})), today_and(30));
    database_->write([&](sql::Tx& tx) {
        campaigns_.finish(tx, caller(tx, kCity, Role::city_admin), {own.id, own.version});
    });
    EXPECT_EQ(deadline(kCounty), today_and(30));
}

TEST_F(CampaignsTest, AnOwnDeadlineIsSeenAmongTheChildrenAndBelow) {
    const auto campaign = published(kProvince, Role::province_admin, 30);
    database_->write([&](sql::Tx& tx) {
        campaigns_.set_deadline(
            tx,
            caller(tx, kCity, Role::city_admin),
            {campaign.id, kCity, Phase::certification, today_and(20), Later::locked, std::nullopt, 0});
    });
    EXPECT_EQ(deadline(kCounty), today_and(20));
    const auto of_children = database_->read(
        [&](sql::Tx& tx) { return campaigns_.deadlines_of_children(tx, organisations_.get(tx, kProvince)); });
    EXPECT_EQ(of_children.of(get(kCity)), today_and(20));
    const auto below = database_->read(
        [&](sql::Tx& tx) { return campaigns_.deadlines_of_children(tx, organisations_.get(tx, kCity)); });
    EXPECT_EQ(below.of(get(kCounty)), today_and(20));
}

TEST(CampaignMigrations, WhatWasSaidOfACertificationIsNotSaidAgain) {
    const testing::TestDatabase database(testing::Schema::none);
    const auto all = sql::embedded_migrations(database->engine());
    auto earlier = all;
    std::erase_if(earlier, [](const sql::Migration& one) { return one.number == 132; });
    sql::migrate(*database, earlier);
    database->write([](sql::Tx& tx) {
        tx.execute("INSERT INTO campaign_reminder VALUES (7, 1, 32, '2026-12-20', 3, '2026-12-17', 5)");
    });
    sql::migrate(*database, all);
    const auto copied = database->read([](sql::Tx& tx) {
        return tx.list<std::string>(
            R"(SELECT account_id || ' ' || phase || ' ' || organisation_id || ' ' || deadline || ' ' || days_left || ' '
                      || day || ' ' || missing FROM campaign_phase_reminder)");
    });
    EXPECT_THAT(copied, ElementsAre("7 certification 32 2026-12-20 3 2026-12-17 5"));
}

TEST_F(CampaignsTest, ADayIsBegunOnceWhoeverIsFirst) {
    campaigns_.handle_jobs();
    campaigns_.begin_round();
    campaigns_.begin_round();
    EXPECT_TRUE(jobs_.run_one());
    EXPECT_FALSE(jobs_.run_one());
}

}  // namespace
}  // namespace educard::campaigns
