#pragma once
// What progress was as each day ended in China, and organisations of one level beside each other. One row for
// each organisation above classes and day, written once, shortly after midnight, by whichever node comes
// first. A day that nobody could keep in time is marked as missing: it is never made up later. Part of
// rollout.hpp, which includes it.

#include "base/ids.hpp"
#include "base/time.hpp"
#include "modules/rollout/counts.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <optional>
#include <string>
#include <vector>

namespace educard::rollout {

/// `counties`: every county and unit of the province, whoever it reports to.
enum class Level { children, counties };
BOOST_DESCRIBE_ENUM(Level, children, counties)

/// An organisation and those of a level below it.
struct LevelProgress {
    NodeProgress organisation;
    std::vector<NodeProgress> nodes;
    Date day{};  // which ended so, or today
    Time as_of;  // when it was counted
};

struct TrendDay {
    Date day{};
    bool missing = false;  // nobody kept it; the counts say nothing then
    CountsByKind by_kind;
    Counts counts;
    std::int64_t overdue = 0;
};
BOOST_DESCRIBE_STRUCT(TrendDay, (), (day, missing, by_kind, counts, overdue))

struct Trend {
    OrganisationId organisation_id;
    std::string organisation_name;
    std::vector<TrendDay> days;  // last today, as it is now
    Time as_of;
};
BOOST_DESCRIBE_STRUCT(Trend, (), (organisation_id, organisation_name, days, as_of))

struct Compare {
    OrganisationId organisation_id;
    std::optional<Level> level;
    std::optional<Date> since;  // a day that was kept, to compare with
};
BOOST_DESCRIBE_STRUCT(Compare, (), (organisation_id, level, since))

struct Compared {
    NodeProgress now;
    std::optional<CountsByKind> before;  // nothing when it was not there, or the day was not kept
};
BOOST_DESCRIBE_STRUCT(Compared, (), (now, before))

struct Comparison {
    NodeProgress organisation;
    Level level{};
    std::optional<Date> since;  // the day asked for, when it was kept
    std::vector<Compared> items;
    std::vector<Date> days;  // that were kept of the last year, newest first, to choose from
    Time as_of;
};
BOOST_DESCRIBE_STRUCT(Comparison, (), (organisation, level, since, items, days, as_of))

}  // namespace educard::rollout
