#pragma once
// How far the rollout has come (F4): certified, in review, returned and not yet begun, for every
// organisation, from the rosters' targets. Owns progress: one row for each class and school, moved in the
// transaction that changes a roster entry; what lies above is summed from the schools' when it is read.
// Owns progress_day and progress_day_run: the same for every organisation above classes as each day ended
// (days.hpp), and map_outline: outlines that somebody put in the place of ours (outlines.hpp). What the
// constructor is given outlives it; any thread.

#include "base/ids.hpp"
#include "base/time.hpp"
#include "modules/organisations/organisations.hpp"
#include "modules/rollout/counts.hpp"    // IWYU pragma: export
#include "modules/rollout/days.hpp"      // IWYU pragma: export
#include "modules/rollout/outlines.hpp"  // IWYU pragma: export
#include "runtime/bus.hpp"
#include "runtime/caller.hpp"
#include "runtime/ticker.hpp"
#include "sql/sql.hpp"

#include <boost/describe/class.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace educard::http {
class Routes;
}

namespace educard::rollout {

struct Progress {
    NodeProgress organisation;
    std::vector<NodeProgress> children;  // last the closed ones that still have people
    Time as_of;
};

/// The deadline of each of the organisations given, in their order.
using Deadlines = std::function<std::vector<std::optional<Date>>(
    sql::Tx& tx, const std::vector<organisations::Organisation>& organisations)>;

class Rollout {
public:
    Rollout(const Clock& clock, const organisations::Organisations& organisations, Bus& bus);
    ~Rollout();

    /// `count` entries at `node` (a class, or the school of those without one) went from one certification to
    /// another; no `from`: they are new, no `to`: they are gone. In the transaction that changes the roster;
    /// see roster::RosterObserver.
    void moved(sql::Tx& tx,
               OrganisationId node,
               Kind kind,
               std::optional<Certification> from,
               std::optional<Certification> to,
               std::int64_t count);

    /// The counts of a class or school that has none yet, for those who bring whole rosters: a school's hold
    /// its classes'.
    void begin_with(sql::Tx& tx,
                    const organisations::Organisation& organisation,
                    const CountsByKind& counts) const;

    /// For Organisations::when_moved.
    void follow_move(sql::Tx& tx, std::string_view from, std::string_view to) const;

    /// Counts one school and its classes anew, as the roster has them now: after people went from one school
    /// to another.
    void recount(sql::Tx& tx, const organisations::Organisation& school);

    /// The same by kind of person.
    CountsByKind kinds_of(sql::Tx& tx, const organisations::Organisation& organisation) const;
    /// Of an organisation with everything below it.
    Counts counts_of(sql::Tx& tx, const organisations::Organisation& organisation) const;
    /// The same by kind of person; where kinds of school are given, of what such schools have. O(schools).
    CountsByKind counts_by_kind(sql::Tx& tx,
                                const organisations::Organisation& organisation,
                                const std::vector<organisations::SchoolKind>& schools = {}) const;
    /// Of each of its children, closed ones included; one that nobody counted yet is not there.
    std::map<OrganisationId, CountsByKind> counts_of_children(
        sql::Tx& tx,
        const organisations::Organisation& parent,
        const std::vector<organisations::SchoolKind>& schools = {}) const;

    /// Of each school at or below an organisation; one that nobody counted yet is not there.
    std::map<OrganisationId, CountsByKind> counts_of_schools(
        sql::Tx& tx, const organisations::Organisation& organisation) const;

    /// Who knows deadlines. Before serving starts; without it there are none.
    void know_deadlines(Deadlines deadlines) { deadlines_ = std::move(deadlines); }
    std::optional<Date> deadline_of(sql::Tx& tx, const organisations::Organisation& organisation) const;

    /// Whoever holds a role over the organisation may see it; without one, the caller's own highest.
    Progress progress(sql::Tx& tx, const Caller& caller, std::optional<OrganisationId> organisation) const;
    /// The same as CSV that spreadsheets open, in the caller's language.
    std::string progress_csv(sql::Tx& tx,
                             const Caller& caller,
                             std::optional<OrganisationId> organisation) const;

    // days.cpp, levels.cpp: see days.hpp.
    /// The organisations of a level below `top` as they are now, in the order of codes; last the closed ones
    /// that still have people. Their counts together are those of `top`. Throws invalid for counties of
    /// anything but the province.
    LevelProgress level_now(sql::Tx& tx, const organisations::Organisation& top, Level level) const;
    /// The same as that day ended, with the names of the day; nothing when the day was not kept.
    std::optional<LevelProgress> level_on(sql::Tx& tx,
                                          const organisations::Organisation& top,
                                          Level level,
                                          Date day) const;
    /// The days of an organisation above classes, oldest first, at most 400.
    Trend trend(sql::Tx& tx,
                const Caller& caller,
                OrganisationId organisation,
                std::optional<Date> from,
                std::optional<Date> until) const;
    Comparison compare(sql::Tx& tx, const Caller& caller, const Compare& input) const;
    /// Keeps yesterday, once for all nodes, in the first hours of the day; a day that nobody kept in time is
    /// marked as missing. Cheap when there is nothing to do.
    void keep_day(sql::Database& database) const;
    /// Of days more than a year ago the last day of each month stays, if it was kept. One day at a time.
    void thin_days(sql::Database& database) const;

    /// Throws unless the caller may hear of that organisation. Topic "progress:<id>"; the event says only
    /// that there is something new, at most once a second.
    std::string topic(sql::Tx& tx, const Caller& caller, OrganisationId organisation) const;

    /// Schools and classes whose counts are not those of the roster, or that are counted in another place
    /// than they are. Reads every entry: for educard doctor.
    std::vector<OrganisationId> wrong_counts(sql::Tx& tx) const;
    /// Counts everything anew.
    void recount(sql::Tx& tx) const;

    /// Tells listeners every second what has changed, until stop.
    void start();
    void stop();
    /// What start does every second.
    void publish_changes();

private:
    CountsByKind by_kind_of(sql::Tx& tx, const organisations::Organisation& organisation) const;
    /// Fills in how they stand with their deadlines. `nodes` are those of `list`.
    void judge(sql::Tx& tx,
               const std::vector<organisations::Organisation>& list,
               std::vector<NodeProgress*> nodes) const;
    organisations::Organisation visible(sql::Tx& tx,
                                        const Caller& caller,
                                        std::optional<OrganisationId> organisation) const;

    const Clock& clock_;
    const organisations::Organisations& organisations_;
    Bus& bus_;
    std::mutex mutex_;
    std::set<std::string> changed_paths_;  // under mutex_: of schools, since the last publish
    std::unique_ptr<Ticker> ticker_;
    Deadlines deadlines_;
};

void add_routes(http::Routes& routes, Rollout& rollout);

}  // namespace educard::rollout
