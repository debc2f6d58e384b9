#include "modules/rollout/days.hpp"

#include "modules/rollout/levels.hpp"
#include "modules/rollout/store_days.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <spdlog/spdlog.h>

namespace educard::rollout {

namespace {

using std::chrono::days;
using std::chrono::sys_days;

/// Until when yesterday may still be kept: at night nobody reviews, so the counts are still those of
/// midnight.
constexpr auto kGrace = std::chrono::hours(3);
constexpr auto kChinaAheadOfUtc = std::chrono::hours(8);
constexpr days kYear{366};
constexpr days kMostDays{400};
constexpr days kUsualTrend{89};

Date plus(Date day, days number) {
    return Date(sys_days(day) + number);
}

bool is_month_end(Date day) {
    return plus(day, days(1)).day() == std::chrono::day(1);
}

Microseconds since_midnight_in_china(Time now) {
    const auto local = now + kChinaAheadOfUtc;
    return local - std::chrono::floor<days>(local);
}

/// Adds a school's counts to its own row and to those of everything above it.
void add_upwards(std::map<OrganisationId, store::DayRow>& rows, const store::PathCounts& school, Date day) {
    std::optional<OrganisationId> above;
    const char* const end = school.path.data() + school.path.size();
    for (const char* at = school.path.data(); at < end; ++at) {
        OrganisationId id;
        const auto step = std::from_chars(at, end, id.value);
        if (step.ec == std::errc()) {
            const auto [row, is_new] =
                rows.try_emplace(id, store::DayRow{.organisation = id, .day = day, .parent = above});
            row->second.counts += school.counts;
            above = id;
            at = step.ptr;
        }
    }
}

/// The counts of every organisation above classes: the schools' own, and summed for what is above.
std::vector<store::DayRow> count_day(sql::Tx& tx,
                                     const std::vector<organisations::Organisation>& places,
                                     Date day) {
    std::map<OrganisationId, store::DayRow> rows;
    for (const auto& place : places) {
        rows[place.id] = {.organisation = place.id, .day = day, .parent = place.parent_id};
    }
    for (const auto& school : store::counts_of_schools(tx)) {
        if (school.counts != CountsByKind()) {  // else a closed one that nobody is left in
            add_upwards(rows, school, day);
        }
    }
    std::vector<store::DayRow> list;
    for (auto& [id, row] : rows) {
        list.push_back(std::move(row));
    }
    return list;
}

}  // namespace

Standing standing_of(const Counts& counts,
                     std::optional<Date> deadline,
                     Date today,
                     const std::optional<Counts>& at_deadline) {
    const auto is_complete = [](const Counts& one) {
        return one.total() > 0 && one.certified == one.total();
    };
    Standing standing{.deadline = deadline, .complete = is_complete(counts)};
    if (!deadline || counts.total() == 0) {
        return standing;
    }
    if (today <= *deadline) {
        standing.on_time = standing.complete ? std::optional(true) : std::nullopt;
        return standing;
    }
    standing.overdue = counts.total() - counts.certified;
    if (at_deadline) {
        standing.on_time = is_complete(*at_deadline);
    } else if (!standing.complete) {
        standing.on_time = false;
    }
    return standing;
}

void Rollout::keep_day(sql::Database& database) const {
    const auto now = clock_.now();
    const auto today = date_in_china(now);
    const auto yesterday = plus(today, days(-1));
    const bool in_time = since_midnight_in_china(now) < kGrace;
    const bool has_work = database.read(
        [&](sql::Tx& tx) { return !store::find_run(tx, yesterday) && (in_time || store::last_run(tx)); });
    if (!has_work) {
        return;
    }
    database.write([&](sql::Tx& tx) {
        const auto last = store::last_run(tx);
        if (last) {
            auto day = std::max(plus(*last, days(1)), plus(yesterday, -kMostDays));
            for (; day < yesterday || (day == yesterday && !in_time); day = plus(day, days(1))) {
                if (store::insert_run(tx, {day, store::DayState::missing, now}, is_month_end(day))) {
                    spdlog::warn("progress: nobody kept {}", to_text(day));
                }
            }
        }
        if (!in_time ||
            !store::insert_run(tx, {yesterday, store::DayState::kept, now}, is_month_end(yesterday))) {
            return;
        }
        const auto places = store::open_places(tx, today);
        auto rows = count_day(tx, places, yesterday);
        if (deadlines_) {
            const auto deadlines = deadlines_(tx, places);
            std::map<OrganisationId, std::optional<Date>> by_place;
            for (std::size_t i = 0; i < places.size(); ++i) {
                by_place[places[i].id] = deadlines[i];
            }
            for (auto& row : rows) {
                row.deadline = by_place[row.organisation];
            }
        }
        store::insert_days(tx, rows);
    });
}

void Rollout::thin_days(sql::Database& database) const {
    const auto before = plus(date_in_china(clock_.now()), -kYear);
    const auto day = database.read([&](sql::Tx& tx) { return store::day_to_thin(tx, before); });
    if (day) {
        database.write([&](sql::Tx& tx) { store::remove_day(tx, *day); });
    }
}

Trend Rollout::trend(sql::Tx& tx,
                     const Caller& caller,
                     OrganisationId organisation,
                     std::optional<Date> from,
                     std::optional<Date> until) const {
    const auto found = visible(tx, caller, organisation);
    const auto today = date_in_china(clock_.now());
    const auto last = std::min(until.value_or(today), today);
    const auto first = from.value_or(plus(last, -kUsualTrend));
    if (first > last) {
        throw Error::invalid("from", "rollout.from_after_until");
    }
    if (sys_days(last) - sys_days(first) > kMostDays) {
        throw Error::invalid("from", "rollout.too_many_days");
    }
    Trend trend{found.id, organisations::display_name(found, today), {}, clock_.now()};
    std::map<Date, TrendDay> by_day;
    for (const auto& run : store::runs_between(tx, first, last)) {
        if (run.state == store::DayState::missing) {
            by_day[run.day] = {.day = run.day, .missing = true};
        }
    }
    for (const auto& row : store::days_of(tx, found.id, first, last)) {
        const auto counts = row.counts.all();
        const auto standing = standing_of(counts, row.deadline, plus(row.day, days(1)), std::nullopt);
        by_day[row.day] = {
            .day = row.day, .by_kind = row.counts, .counts = counts, .overdue = standing.overdue};
    }
    if (last == today) {
        const auto by_kind = by_kind_of(tx, found);
        const auto counts = by_kind.all();
        const auto standing = standing_of(counts, deadline_of(tx, found), today, std::nullopt);
        by_day[today] = {.day = today, .by_kind = by_kind, .counts = counts, .overdue = standing.overdue};
    }
    for (const auto& [day, one] : by_day) {
        trend.days.push_back(one);
    }
    return trend;
}

Comparison Rollout::compare(sql::Tx& tx, const Caller& caller, const Compare& input) const {
    const auto top = visible(tx, caller, input.organisation_id);
    const auto level = input.level.value_or(Level::children);
    const auto today = date_in_china(clock_.now());
    auto now = level_now(tx, top, level);
    Comparison comparison{.organisation = std::move(now.organisation), .level = level, .as_of = now.as_of};
    std::map<OrganisationId, CountsByKind> before;
    if (input.since) {
        if (const auto then = level_on(tx, top, level, *input.since)) {
            comparison.since = input.since;
            for (const auto& node : then->nodes) {
                before.emplace(node.id, node.by_kind);
            }
        }
    }
    for (auto& node : now.nodes) {
        const auto was = before.find(node.id);
        comparison.items.push_back(
            {std::move(node), was == before.end() ? std::nullopt : std::optional(was->second)});
    }
    for (const auto& run : store::runs_between(tx, plus(today, -kYear), today)) {
        if (run.state == store::DayState::kept) {
            comparison.days.push_back(run.day);
        }
    }
    std::ranges::reverse(comparison.days);
    return comparison;
}

}  // namespace educard::rollout
