// How often people sign in to an app, by day. Nothing is counted while somebody signs in: the days are
// counted afterwards, from what is kept of each sign-in anyway.

#include "base/error.hpp"
#include "modules/portal/found.hpp"

#include <fmt/format.h>

namespace educard::portal {

namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr auto kCountEvery = std::chrono::minutes(55);
constexpr int kDaysShown = 30;
constexpr int kMostDays = 366;
constexpr int kDaysLookedAt = 7;         // so that a day whose end nobody saw is counted to it afterwards
constexpr std::chrono::hours kChina{8};  // no daylight saving

Time begin_of(Date day) {
    return Time(sys_days(day)) - kChina;
}

/// A day that is over is counted once more, and then never again.
bool is_due(Time counted, Time end, Time now) {
    return counted < end && (now >= end || counted + kCountEvery <= now);
}

}  // namespace

Usage Portal::usage(sql::Tx& tx, const Caller& caller, const UsageInput& input) const {
    managed(tx, caller, input.id);
    const auto today = date_in_china(parts_.clock.now());
    const Date until = input.until.value_or(today);
    const Date from = input.from.value_or(Date(sys_days(until) - days(kDaysShown - 1)));
    if (from > until) {
        throw Error::invalid("from", "value");
    }
    if (sys_days(until) - sys_days(from) > days(kMostDays)) {
        throw Error::invalid("until", "value");
    }
    Usage usage{.from = from,
                .until = until,
                .sign_ins = 0,
                .days = store::usage(tx, input.id, from, until),
                .counted_at = store::counted_at(tx, today)};
    for (const auto& day : usage.days) {
        usage.sign_ins += day.sign_ins;
    }
    return usage;
}

std::string Portal::usage_csv(sql::Tx& tx, const Caller& caller, const UsageInput& input) const {
    const bool chinese = caller.language == Language::zh_cn;
    std::string out = "\xEF\xBB\xBF";  // so that spreadsheets read UTF-8
    out += chinese ? "日期,登录次数,登录人数\r\n" : "Day,Sign-ins,People\r\n";
    for (const auto& day : usage(tx, caller, input).days) {
        out += fmt::format("{},{},{}\r\n", to_text(day.day), day.sign_ins, day.people);
    }
    return out;
}

std::vector<UsageDay> Portal::usage_of(sql::Tx& tx, AppId id) const {
    find(tx, id);
    const auto today = date_in_china(parts_.clock.now());
    return store::usage(tx, id, Date(sys_days(today) - days(kDaysShown - 1)), today);
}

void Portal::count_usage(Count when) const {
    const auto now = parts_.clock.now();
    const auto today = date_in_china(now);
    for (int ago = kDaysLookedAt; ago >= 0; --ago) {
        const Date day(sys_days(today) - days(ago));
        const auto end = begin_of(Date(sys_days(day) + days(1)));
        std::vector<store::Counted> counted;
        std::optional<Time> before;
        const bool due = parts_.database.read([&](sql::Tx& tx) {
            before = store::counted_at(tx, day);
            if (when == Count::when_due && before && !is_due(*before, end, now)) {
                return false;
            }
            counted = store::count_sign_ins(tx, begin_of(day), end);
            return true;
        });
        if (!due) {
            continue;
        }
        parts_.database.write([&](sql::Tx& tx) {
            if (store::begin_count(tx, day, before, now)) {
                for (const auto& one : counted) {
                    store::put_usage(tx, day, one);
                }
            }
        });
    }
}

}  // namespace educard::portal
