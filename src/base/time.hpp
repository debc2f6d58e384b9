#pragma once
// Time as the whole program uses it: UTC, microseconds; dates of the Gregorian calendar. Time is a parameter: rules
// take it from a Clock, tests turn the hands of theirs.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace educard {

using Microseconds = std::chrono::microseconds;
/// A moment, UTC, in microseconds since 1970; stored as a 64-bit integer, written in JSON as RFC 3339.
using Time = std::chrono::sys_time<Microseconds>;
/// A day of the calendar, without a time zone; stored and written as "YYYY-MM-DD".
using Date = std::chrono::year_month_day;

class Clock {
public:
    virtual ~Clock() = default;
    virtual Time now() const = 0;
};

class SystemClock final : public Clock {
public:
    Time now() const override { return std::chrono::time_point_cast<Microseconds>(std::chrono::system_clock::now()); }
};

/// "2026-11-23T08:00:00.000000Z" (RFC 3339, always UTC, always six decimals).
std::string to_text(Time time);
/// Accepts what to_text writes, with zero to six decimals and any offset; nothing for anything else.
std::optional<Time> parse_time(std::string_view text);

/// "2026-11-23".
std::string to_text(Date date);
/// Accepts exactly YYYY-MM-DD of an existing day.
std::optional<Date> parse_date(std::string_view text);

/// The calendar day in China (UTC+8, no daylight saving) at that moment.
Date date_in_china(Time time);

/// Completed years between two days, as ages are counted.
int years_between(Date from, Date to);

}  // namespace educard
