#pragma once
// How far the rollout has come (F4): certified, in review, returned and not yet begun, for every
// organisation, from the rosters' targets. Owns progress: one row for each class and school, moved in the
// transaction that changes a roster entry; what lies above is summed from the schools' when it is read. What
// the constructor is given outlives it; any thread.

#include "base/ids.hpp"
#include "base/time.hpp"
#include "modules/organisations/organisations.hpp"
#include "runtime/bus.hpp"
#include "runtime/caller.hpp"
#include "runtime/ticker.hpp"
#include "sql/sql.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <array>
#include <cstdint>
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

/// As the roster knows them; the program hands its changes on to `moved`.
enum class Kind { student, teacher, staff };
BOOST_DESCRIBE_ENUM(Kind, student, teacher, staff)
enum class Certification { not_begun, in_review, returned, certified };
BOOST_DESCRIBE_ENUM(Certification, not_begun, in_review, returned, certified)

/// People by how far their certification has come.
struct Counts {
    std::int64_t not_begun = 0;
    std::int64_t in_review = 0;
    std::int64_t returned = 0;
    std::int64_t certified = 0;

    std::int64_t total() const { return not_begun + in_review + returned + certified; }
    Counts& operator+=(const Counts& other);
    bool operator==(const Counts&) const = default;
};
BOOST_DESCRIBE_STRUCT(Counts, (), (not_begun, in_review, returned, certified))

struct CountsByKind {
    Counts student;
    Counts teacher;
    Counts staff;

    Counts all() const;
    CountsByKind& operator+=(const CountsByKind& other);
    bool operator==(const CountsByKind&) const = default;
};
BOOST_DESCRIBE_STRUCT(CountsByKind, (), (student, teacher, staff))

/// The progress of one organisation with everything below it.
struct NodeProgress {
    OrganisationId id;
    organisations::Kind kind{};
    std::string name;
    std::optional<std::string> code;  // division or school code
    bool closed = false;
    Counts counts;
    CountsByKind by_kind;
};
BOOST_DESCRIBE_STRUCT(NodeProgress, (), (id, kind, name, code, closed, counts, by_kind))

struct Progress {
    NodeProgress organisation;
    std::vector<NodeProgress> children;  // last the closed ones that still have people
    Time as_of;
};

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

    /// Counts one school and its classes anew, as the roster has them now: after people went from one school to
    /// another.
    void recount(sql::Tx& tx, const organisations::Organisation& school);

    /// The same by kind of person.
    CountsByKind kinds_of(sql::Tx& tx, const organisations::Organisation& organisation) const;
    /// Of an organisation with everything below it.
    Counts counts_of(sql::Tx& tx, const organisations::Organisation& organisation) const;

    /// Whoever holds a role over the organisation may see it; without one, the caller's own highest.
    Progress progress(sql::Tx& tx, const Caller& caller, std::optional<OrganisationId> organisation) const;
    /// The same as CSV that spreadsheets open, in the caller's language.
    std::string progress_csv(sql::Tx& tx,
                             const Caller& caller,
                             std::optional<OrganisationId> organisation) const;

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
    organisations::Organisation visible(sql::Tx& tx,
                                        const Caller& caller,
                                        std::optional<OrganisationId> organisation) const;

    const Clock& clock_;
    const organisations::Organisations& organisations_;
    Bus& bus_;
    std::mutex mutex_;
    std::set<std::string> changed_paths_;  // under mutex_: of schools, since the last publish
    std::unique_ptr<Ticker> ticker_;
};

void add_routes(http::Routes& routes, Rollout& rollout);

}  // namespace educard::rollout
