#include "modules/bulletins/bulletins.hpp"
#include "testing/call.hpp"
#include "testing/fake_clock.hpp"
#include "testing/test_database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace educard::bulletins {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr OrganisationId kCounty{320302};

Date day_of(std::string_view text) {
    return parse_date(text).value();
}

class SchedulesTest : public ::testing::Test {
protected:
    SchedulesTest() {
        at("2026-11-27");  // a Friday
        database_->write([&](sql::Tx& tx) { organisations_.seed(tx); });
        rollout_.know_deadlines([&](sql::Tx&, const std::vector<organisations::Organisation>& list) {
            return std::vector<std::optional<Date>>(list.size(), deadline_);
        });
    }

    void at(std::string_view day) { clock_.set(Time(std::chrono::sys_days(day_of(day))) - 8h + 20min); }
    ScheduleView plan(Every every, int at, bool publish) {
        return database_->write([&](sql::Tx& tx) {
            return bulletins_.schedule(tx,
                                       admin_,
                                       {.organisation_id = kCounty,
                                        .every = every,
                                        .at = at,
                                        .publish = publish,
                                        .starts_on = day_of("2026-11-27")});
        });
    }
    /// "2026-11-27 published", oldest first.
    std::vector<std::string> made() {
        return database_->read([&](sql::Tx& tx) {
            std::vector<std::string> found;
            for (const auto& one : bulletins_.list(tx, admin_, {.organisation_id = kCounty}).first) {
                found.insert(found.begin(), to_text(one.day) + " " + json::Codec<State>::print(one.state));
            }
            return found;
        });
    }

    testing::TestDatabase database_;
    testing::FakeClock clock_;
    IdSource ids_{clock_, 1};
    LocalBus bus_;
    Audit audit_{clock_, ids_};
    organisations::Organisations organisations_{clock_, ids_, audit_};
    rollout::Rollout rollout_{clock_, organisations_, bus_};
    std::optional<Date> deadline_;
    Bulletins bulletins_{{.database = *database_,
                          .clock = clock_,
                          .ids = ids_,
                          .audit = audit_,
                          .organisations = organisations_,
                          .rollout = rollout_,
                          .name_of = [](sql::Tx&, AccountId) { return std::optional<std::string>("某人"); }}};
    Caller admin_ = testing::caller_with(Role::county_admin, kCounty, "/32/3203/320302/");
};

TEST_F(SchedulesTest, EveryWeekOnceHoweverOftenAndByWhomItIsLookedFor) {
    EXPECT_EQ(plan(Every::week, 5, true).next_on, day_of("2026-11-27"));
    bulletins_.make_due();
    bulletins_.make_due();
    EXPECT_THAT(made(), ElementsAre("2026-11-27 published"));
    at("2026-12-03");
    bulletins_.make_due();
    EXPECT_EQ(made().size(), 1U);
    at("2026-12-12");  // a Saturday, a week and a day too late: one, not two
    bulletins_.make_due();
    bulletins_.make_due();
    EXPECT_THAT(made(), ElementsAre("2026-11-27 published", "2026-12-12 published"));
}

TEST_F(SchedulesTest, EveryMonthAsADraft) {
    EXPECT_EQ(plan(Every::month, 15, false).next_on, day_of("2026-12-15"));
    bulletins_.make_due();
    EXPECT_THAT(made(), IsEmpty());
    at("2026-12-15");
    bulletins_.make_due();
    EXPECT_THAT(made(), ElementsAre("2026-12-15 draft"));
}

TEST_F(SchedulesTest, BeforeADeadlineOnceForEachDeadline) {
    EXPECT_EQ(plan(Every::deadline, 3, true).next_on, std::nullopt);
    bulletins_.make_due();
    at("2026-12-01");
    deadline_ = day_of("2026-12-05");
    bulletins_.make_due();
    EXPECT_THAT(made(), IsEmpty());
    for (const auto* day : {"2026-12-02", "2026-12-03", "2026-12-06"}) {
        at(day);
        bulletins_.make_due();
    }
    EXPECT_THAT(made(), ElementsAre("2026-12-02 published"));
    deadline_ = day_of("2026-12-08");
    at("2026-12-07");
    bulletins_.make_due();
    EXPECT_EQ(made().size(), 2U);
}

TEST_F(SchedulesTest, EndsWithItsOrganisation) {
    plan(Every::week, 5, true);
    database_->write([&](sql::Tx& tx) {
        tx.execute("UPDATE organisation SET valid_to = '2026-11-20' WHERE id = $1", kCounty);
    });
    bulletins_.make_due();
    const auto open = database_->read([&](sql::Tx& tx) {
        return tx.list<std::int64_t>("SELECT id FROM bulletin_schedule WHERE ended_at IS NULL");
    });
    EXPECT_THAT(open, IsEmpty());
    EXPECT_THAT(made(), IsEmpty());
}

}  // namespace
}  // namespace educard::bulletins
