#include "modules/problems/working_days.hpp"

#include <gtest/gtest.h>

namespace educard::problems {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::year;

Date on(int number) {  // 2026-09-01 is a Tuesday
    return year(2026) / month(9) / day(static_cast<unsigned>(number));
}

TEST(WorkingDays, PassOverWeekends) {
    EXPECT_EQ(add_working_days(on(3), 3), on(8));  // Thursday: Friday, Monday, Tuesday
    EXPECT_EQ(add_working_days(on(4), 1), on(7));  // Friday
    EXPECT_EQ(add_working_days(on(5), 1), on(7));  // Saturday
    EXPECT_EQ(add_working_days(on(1), 5), on(8));
}

TEST(WorkingDays, AreCountedAsTheyWereAdded) {
    for (int from = 1; from <= 14; ++from) {
        for (int days = 1; days <= 10; ++days) {
            EXPECT_EQ(working_days_between(on(from), add_working_days(on(from), days)), days);
        }
    }
    EXPECT_EQ(working_days_between(on(8), on(1)), 0);
    EXPECT_EQ(working_days_between(on(4), on(6)), 0);
}

}  // namespace
}  // namespace educard::problems
