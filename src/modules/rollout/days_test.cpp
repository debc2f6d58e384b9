#include "modules/rollout/rollout.hpp"
#include "runtime/audit.hpp"
#include "testing/call.hpp"
#include "testing/fake_clock.hpp"
#include "testing/test_database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace educard::rollout {
namespace {

using namespace std::chrono_literals;
using organisations::Organisation;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr OrganisationId kProvince{32};
constexpr OrganisationId kCity{3203};
constexpr OrganisationId kCounty{320302};

Date day_of(std::string_view text) {
    return parse_date(text).value();
}

class DaysTest : public ::testing::Test {
protected:
    DaysTest() {
        at("2026-11-20", 12h);
        database_->write([&](sql::Tx& tx) {
            organisations_.seed(tx);
            organisations::Draft draft;
            draft.parent_id = kCounty;
            draft.kind = organisations::Kind::school;
            draft.name = "第一小学";
            draft.school_code = "2132000001";
            draft.school_kind = organisations::SchoolKind::primary;
            school_ = organisations_.create(tx, province_, draft);
        });
    }

    /// So long after midnight in China.
    void at(std::string_view day, std::chrono::minutes after_midnight) {
        clock_.set(Time(std::chrono::sys_days(day_of(day))) - 8h + after_midnight);
    }
    void add(Certification certification, std::int64_t count) {
        database_->write([&](sql::Tx& tx) {
            rollout_.moved(tx, school_.id, Kind::student, std::nullopt, certification, count);
        });
    }
    void keep() { rollout_.keep_day(*database_); }
    Trend trend(OrganisationId id) {
        return database_->read([&](sql::Tx& tx) {
            return rollout_.trend(tx, province_, id, day_of("2026-11-01"), std::nullopt);
        });
    }
    /// "2026-11-20 3/10" or "2026-11-20 missing"; the last is now.
    std::vector<std::string> said(OrganisationId id) {
        std::vector<std::string> said;
        for (const auto& one : trend(id).days) {
            said.push_back(to_text(one.day) + (one.missing ? " missing"
                                                           : " " + std::to_string(one.counts.certified) +
                                                                 "/" + std::to_string(one.counts.total())));
        }
        return said;
    }

    testing::TestDatabase database_;
    testing::FakeClock clock_;
    IdSource ids_{clock_, 1};
    LocalBus bus_;
    Audit audit_{clock_, ids_};
    organisations::Organisations organisations_{clock_, ids_, audit_};
    Rollout rollout_{clock_, organisations_, bus_};
    Caller province_ = testing::caller_with(Role::province_admin, kProvince, "/32/");
    Organisation school_;
};

TEST_F(DaysTest, ADayIsKeptOnceAtEveryLevelWhenItHasEnded) {
    add(Certification::certified, 3);
    add(Certification::not_begun, 7);
    keep();
    EXPECT_THAT(said(kProvince), ElementsAre("2026-11-20 3/10"));  // today only
    at("2026-11-21", 10min);
    keep();
    add(Certification::certified, 5);
    keep();
    Rollout other_node(clock_, organisations_, bus_);
    other_node.keep_day(*database_);
    for (const auto id : {school_.id, kCounty, kCity, kProvince}) {
        EXPECT_THAT(said(id), ElementsAre("2026-11-20 3/10", "2026-11-21 8/15"));
    }
    EXPECT_THAT(said(OrganisationId{3205}), ElementsAre("2026-11-20 0/0", "2026-11-21 0/0"));
}

TEST_F(DaysTest, ADayThatNobodyKeptIsMissingAndNeverMadeUp) {
    add(Certification::certified, 1);
    at("2026-11-21", 10min);
    keep();
    at("2026-11-24", 9h);  // an outage over two midnights, and this one was missed by hours
    keep();
    keep();
    EXPECT_THAT(said(kProvince),
                ElementsAre("2026-11-20 1/1",
                            "2026-11-21 missing",
                            "2026-11-22 missing",
                            "2026-11-23 missing",
                            "2026-11-24 1/1"));
    at("2026-11-25", 5min);
    keep();
    EXPECT_THAT(said(kProvince).back(), "2026-11-25 1/1");
    EXPECT_THAT(said(kProvince).at(4), "2026-11-24 1/1");
}

TEST_F(DaysTest, BeforeTheFirstDayNothingIsMissing) {
    at("2026-11-21", 9h);
    keep();
    EXPECT_THAT(said(kProvince), ElementsAre("2026-11-21 0/0"));
}

TEST_F(DaysTest, AfterAYearTheLastDayOfEachMonthStays) {
    for (const auto* day : {"2026-11-30", "2026-12-01", "2026-12-02"}) {
        at(day, 10min);
        keep();
    }
    at("2027-12-20", 9h);
    for (int round = 0; round < 5; ++round) {
        rollout_.thin_days(*database_);
    }
    const auto days = database_->read([&](sql::Tx& tx) {
        return tx.list<std::string>("SELECT DISTINCT day FROM progress_day ORDER BY day");
    });
    EXPECT_THAT(days, ElementsAre("2026-11-30"));
}

TEST_F(DaysTest, DeadlinesMakeOverdueAndOnTimeAtEachLevel) {
    std::optional<Date> deadline = day_of("2026-11-20");
    rollout_.know_deadlines([&](sql::Tx&, const std::vector<Organisation>& list) {
        return std::vector<std::optional<Date>>(list.size(), deadline);
    });
    add(Certification::certified, 3);
    add(Certification::in_review, 2);
    const auto standing = [&] {
        return database_->read(
            [&](sql::Tx& tx) { return rollout_.progress(tx, province_, school_.id).organisation.standing; });
    };
    EXPECT_EQ(standing().overdue, 0);  // the day itself is not over
    EXPECT_EQ(standing().on_time, std::nullopt);
    at("2026-11-21", 10min);
    keep();
    EXPECT_EQ(standing().overdue, 2);
    EXPECT_EQ(standing().on_time, false);
    database_->write([&](sql::Tx& tx) {
        rollout_.moved(tx, school_.id, Kind::student, Certification::in_review, Certification::certified, 2);
    });
    EXPECT_EQ(standing().overdue, 0);
    EXPECT_TRUE(standing().complete);
    EXPECT_EQ(standing().on_time, false);  // complete, and too late
    EXPECT_EQ(trend(school_.id).days.front().overdue, 2);
}

TEST(Standing, IsOpenUntilTheDeadlineAndUnknownWithoutARecord) {
    const auto today = day_of("2026-11-20");
    const Counts all{0, 0, 0, 4};
    const Counts some{1, 0, 0, 3};
    EXPECT_EQ(standing_of(all, {}, today, {}).on_time, std::nullopt);
    EXPECT_EQ(standing_of(all, today, today, {}).on_time, true);
    EXPECT_EQ(standing_of(some, today, today, {}).on_time, std::nullopt);
    const auto past = day_of("2026-11-19");
    EXPECT_EQ(standing_of(all, past, today, {}).on_time, std::nullopt);
    EXPECT_EQ(standing_of(some, past, today, {}).on_time, false);
    EXPECT_EQ(standing_of(all, past, today, all).on_time, true);
    EXPECT_EQ(standing_of(all, past, today, some).on_time, false);
    EXPECT_EQ(standing_of(Counts{}, past, today, {}).on_time, std::nullopt);
}

TEST_F(DaysTest, LevelsAddUpAndKeepTheNamesOfTheDay) {
    add(Certification::certified, 3);
    at("2026-11-21", 10min);
    keep();
    at("2026-11-22", 12h);
    add(Certification::certified, 1);
    database_->write([&](sql::Tx& tx) {
        organisations::Change change;
        change.id = school_.id;
        change.version = school_.version;
        change.name = "改名小学";
        organisations_.change(tx, province_, change);
    });
    database_->read([&](sql::Tx& tx) {
        const auto county = organisations_.get(tx, kCounty);
        const auto then = rollout_.level_on(tx, county, Level::children, day_of("2026-11-20"));
        ASSERT_TRUE(then);
        ASSERT_EQ(then->nodes.size(), 1U);
        EXPECT_EQ(then->nodes[0].name, "第一小学");
        EXPECT_EQ(then->nodes[0].counts.certified, 3);
        EXPECT_EQ(rollout_.level_now(tx, county, Level::children).nodes.at(0).name, "改名小学");
        EXPECT_FALSE(rollout_.level_on(tx, county, Level::children, day_of("2026-11-21")));
        const auto province = organisations_.get(tx, kProvince);
        for (const auto level : {Level::children, Level::counties}) {
            Counts now;
            for (const auto& node : rollout_.level_now(tx, province, level).nodes) {
                now += node.counts;
            }
            EXPECT_EQ(now.certified, 4);
            Counts before;
            const auto kept = rollout_.level_on(tx, province, level, day_of("2026-11-20"));
            for (const auto& node : kept->nodes) {
                before += node.counts;
            }
            EXPECT_EQ(before.certified, 3);
        }
        EXPECT_THROW(rollout_.level_now(tx, county, Level::counties), Error);
    });
}

}  // namespace
}  // namespace educard::rollout
