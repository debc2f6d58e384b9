#pragma once
// The SQL of days that were kept, and nothing else.

#include "modules/rollout/rollout.hpp"

#include <boost/describe/enum.hpp>

#include <optional>
#include <string>
#include <vector>

namespace educard::rollout::store {

enum class DayState { kept, missing };
BOOST_DESCRIBE_ENUM(DayState, kept, missing)

struct Run {
    Date day{};
    DayState state{};
    Time at;
};
BOOST_DESCRIBE_STRUCT(Run, (), (day, state, at))

/// What one organisation was on a day.
struct DayRow {
    OrganisationId organisation;
    Date day{};
    std::optional<OrganisationId> parent;
    CountsByKind counts;
    std::optional<Date> deadline;
};

/// False when somebody else has spoken of that day already.
bool insert_run(sql::Tx& tx, const Run& run, bool month_end);
std::optional<Run> find_run(sql::Tx& tx, Date day);
std::optional<Date> last_run(sql::Tx& tx);
std::vector<Run> runs_between(sql::Tx& tx, Date from, Date until);
/// The oldest day before `before` that is not the last of its month.
std::optional<Date> day_to_thin(sql::Tx& tx, Date before);
void remove_day(sql::Tx& tx, Date day);

void insert_days(sql::Tx& tx, const std::vector<DayRow>& rows);
std::optional<DayRow> find_day(sql::Tx& tx, OrganisationId organisation, Date day);
std::vector<DayRow> children_on(sql::Tx& tx, OrganisationId parent, Date day);
/// Oldest first.
std::vector<DayRow> days_of(sql::Tx& tx, OrganisationId organisation, Date from, Date until);

/// Every organisation above classes that is open on that day.
std::vector<organisations::Organisation> open_places(sql::Tx& tx, Date today);
/// The schools' counts, by path.
struct PathCounts {
    OrganisationId organisation;
    std::string path;
    CountsByKind counts;
};
std::vector<PathCounts> counts_of_schools(sql::Tx& tx);

}  // namespace educard::rollout::store
