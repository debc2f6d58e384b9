#include "modules/problems/working_days.hpp"

#include "base/error.hpp"

namespace educard::problems {

namespace {

bool is_working_day(std::chrono::sys_days day) {
    const std::chrono::weekday weekday(day);
    return weekday != std::chrono::Saturday && weekday != std::chrono::Sunday;
}

}  // namespace

Date add_working_days(Date from, int days) {
    EDU_ASSERT(days >= 1);
    auto day = std::chrono::sys_days(from);
    while (days > 0) {
        day += std::chrono::days(1);
        days -= is_working_day(day) ? 1 : 0;
    }
    return Date(day);
}

int working_days_between(Date from, Date to) {
    int days = 0;
    for (auto day = std::chrono::sys_days(from) + std::chrono::days(1); day <= std::chrono::sys_days(to);
         day += std::chrono::days(1)) {
        days += is_working_day(day) ? 1 : 0;
    }
    return days;
}

}  // namespace educard::problems
