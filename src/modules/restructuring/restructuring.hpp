#pragma once
// Organisations that are founded, get another name, merge, split, move or end, and classes that go to other
// schools, with all that hangs on them: rosters, applications, what people are where, offices, counts. Each
// act has a preview of what follows; one for a later day is kept as planned and carried out then. Also the
// classes of a new school year at once. Owns restructuring. What Parts refers to outlives it; any thread may
// call it.

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "modules/accounts/accounts.hpp"
#include "modules/applications/applications.hpp"
#include "modules/organisations/organisations.hpp"
#include "modules/rollout/rollout.hpp"
#include "modules/roster/roster.hpp"
#include "runtime/audit.hpp"
#include "runtime/caller.hpp"
#include "runtime/jobs.hpp"
#include "sql/sql.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace educard::http {
class Routes;
}

namespace educard::restructuring {

namespace store {
struct Row;
}

using RestructuringId = Id<struct RestructuringTag>;
using organisations::Organisation;

/// merge: `organisations` end and `into`, or what is founded, takes over all of theirs. split: `children` of
/// the one in `organisations` go to `into`, or what is founded. move: the one goes below `into`. close: the
/// one ends; `into` may take over what is below it. move_classes: `children`, classes of any schools, go to
/// the school `into`. rename: the one gets `name`. found: `founded` is made below `into`.
enum class Act { merge, split, move, close, move_classes, rename, found };
BOOST_DESCRIBE_ENUM(Act, merge, split, move, close, move_classes, rename, found)

/// A new organisation: beside the first of `organisations` and of its kind, or of `kind` below `into`.
struct Founded {
    std::optional<organisations::Kind> kind;
    std::string name;
    std::optional<std::string> division_code;
    std::optional<std::string> school_code;
    std::optional<organisations::SchoolKind> school_kind;
};
BOOST_DESCRIBE_STRUCT(Founded, (), (kind, name, division_code, school_code, school_kind))

struct Order {
    Act act{};
    std::optional<std::vector<OrganisationId>> organisations;
    std::optional<OrganisationId> into;
    std::optional<Founded> founded;
    std::optional<std::vector<OrganisationId>> children;
    std::optional<std::string> name;                              // the new one, of rename
    std::optional<std::vector<accounts::AppointmentId>> offices;  // of what ends: go along; the others end
    std::optional<Date> on;                                       // today when absent
    std::optional<std::int64_t> people;    // as many as the preview said; not needed for a preview
    std::optional<RestructuringId> again;  // the failed one that this is to replace
};
BOOST_DESCRIBE_STRUCT(Order,
                      (),
                      (act, organisations, into, founded, children, name, offices, on, people, again))

/// A class, or an organisation above the classes, that goes elsewhere.
struct Unit {
    OrganisationId id;
    organisations::Kind kind{};
    std::string from;
    std::string name;
    std::string new_name;  // another than `name` when the number is taken where it goes
    std::int64_t people = 0;
    std::int64_t certified = 0;
    std::int64_t waiting = 0;  // applications to be decided
};
BOOST_DESCRIBE_STRUCT(Unit, (), (id, kind, from, name, new_name, people, certified, waiting))

enum class Fate { goes, ends, rests };
BOOST_DESCRIBE_ENUM(Fate, goes, ends, rests)

/// An office at an organisation that ends.
struct OfficeFate {
    accounts::AppointmentId id;
    std::string name;
    std::string user_name;
    Role role{};
    std::string organisation;
    Fate fate{};
};
BOOST_DESCRIBE_STRUCT(OfficeFate, (), (id, name, user_name, role, organisation, fate))

/// What another name means.
struct Renaming {
    std::string before;
    std::string after;
    std::optional<std::string> school_code;  // stays
    organisations::Below below;
    std::int64_t people = 0;     // at it and below it
    std::int64_t certified = 0;  // whose e-card says the new name, when it is a school
    std::int64_t bulletins = 0;  // published by it: they keep the name that they were published with
};
BOOST_DESCRIBE_STRUCT(Renaming, (), (before, after, school_code, below, people, certified, bulletins))

/// What other modules keep for an organisation that ends in another.
struct Following {
    std::int64_t sessions = 0;   // of training, not yet held
    std::int64_t drafts = 0;     // of bulletins
    std::int64_t schedules = 0;  // of bulletins
    std::int64_t bulletins = 0;  // published: they stay
};
BOOST_DESCRIBE_STRUCT(Following, (), (sessions, drafts, schedules, bulletins))

/// Why it cannot be done, and which organisation it is, where it is one.
struct Blocker {
    std::string code;  // a message key
    std::optional<std::string> name;

    bool operator==(const Blocker&) const = default;
};
BOOST_DESCRIBE_STRUCT(Blocker, (), (code, name))

/// What would follow.
struct Preview {
    Act act{};
    Date on{};
    bool planned = false;  // for a later day
    std::optional<OrganisationId> into_id;
    std::string into;
    std::vector<Unit> units;  // the first 500
    std::int64_t units_total = 0;
    std::int64_t renumbered = 0;
    std::int64_t people = 0;  // who go elsewhere, or are left where something ends
    std::int64_t certified = 0;
    std::int64_t students = 0;
    std::int64_t staff = 0;    // teachers too
    std::int64_t waiting = 0;  // applications to be decided
    std::int64_t open_applications = 0;
    std::int64_t doubles = 0;  // in the rosters of both: one entry afterwards
    std::vector<OfficeFate> offices;
    std::vector<std::string> retired_codes;
    std::optional<Following> following;  // of those that end in another
    std::optional<Renaming> renaming;
    std::int64_t namesakes = 0;  // others of the new name elsewhere, when one is given
    bool can_be_undone = false;  // once it is done: a closing by reopening; a plan can be called off
    std::vector<Blocker> blockers;
};
BOOST_DESCRIBE_STRUCT(Preview,
                      (),
                      (act,
                       on,
                       planned,
                       into_id,
                       into,
                       units,
                       units_total,
                       renumbered,
                       people,
                       certified,
                       students,
                       staff,
                       waiting,
                       open_applications,
                       doubles,
                       offices,
                       retired_codes,
                       following,
                       renaming,
                       namesakes,
                       can_be_undone,
                       blockers))

enum class State { planned, running, done, failed, called_off };
BOOST_DESCRIBE_ENUM(State, planned, running, done, failed, called_off)

struct View {
    RestructuringId id;
    Act act{};
    std::vector<std::string> organisations;
    std::optional<OrganisationId> into_id;
    std::string into;
    std::optional<std::string> founded;
    std::optional<std::string> name;  // the new one
    Order order;
    Date effective_on{};
    State state{};
    std::optional<std::string> error;            // a message key
    std::optional<std::string> error_name;       // whom it is about
    std::optional<RestructuringId> replaced_by;  // what was ordered in place of one that failed
    std::int64_t units = 0;                      // to move
    std::int64_t moved = 0;
    std::optional<JobId> job_id;
    std::optional<std::string> ordered_by;
    Time ordered_at;
    std::optional<Time> finished_at;
};
BOOST_DESCRIBE_STRUCT(View,
                      (),
                      (id,
                       act,
                       organisations,
                       into_id,
                       into,
                       founded,
                       name,
                       order,
                       effective_on,
                       state,
                       error,
                       error_name,
                       replaced_by,
                       units,
                       moved,
                       job_id,
                       ordered_by,
                       ordered_at,
                       finished_at))

/// A plan that could not be carried out on its day.
struct Failed {
    RestructuringId id;
    Act act{};
    OrganisationId organisation_id;  // where it is listed
    std::string organisations;       // names, as they are now
    std::string into;
    Date on{};
    std::string error;  // a message key
    std::optional<std::string> error_name;
};
BOOST_DESCRIBE_STRUCT(Failed, (), (id, act, organisation_id, organisations, into, on, error, error_name))

/// The open plans that an order is compared with.
struct Among {
    std::vector<RestructuringId> besides{};  // not these
    // Of the same day it goes after what is older than that one: after all of them, when it is new.
    RestructuringId younger_than{std::numeric_limits<std::int64_t>::max()};
};

// ---- a new school year ----

struct StageClasses {
    organisations::Stage stage{};
    int classes = 0;  // numbers 1 to this
};
BOOST_DESCRIBE_STRUCT(StageClasses, (), (stage, classes))

struct YearOrder {
    OrganisationId school_id;
    int entry_year = 0;
    std::vector<StageClasses> stages;
};
BOOST_DESCRIBE_STRUCT(YearOrder, (), (school_id, entry_year, stages))

struct YearClass {
    organisations::Stage stage{};
    int class_number = 0;
    std::string name;                  // in that year
    std::optional<OrganisationId> id;  // of one that is there
    bool is_new = false;
};
BOOST_DESCRIBE_STRUCT(YearClass, (), (stage, class_number, name, id, is_new))

struct YearClasses {
    std::vector<YearClass> classes;
    std::int64_t fresh = 0;
};
BOOST_DESCRIBE_STRUCT(YearClasses, (), (classes, fresh))

/// What Restructuring stands on; all of it outlives it.
struct Parts {
    sql::Database& database;
    const Clock& clock;
    IdSource& ids;
    Audit& audit;
    Jobs& jobs;
    const organisations::Organisations& organisations;
    const accounts::Accounts& accounts;
    const applications::Applications& applications;
    const roster::Roster& roster;
    rollout::Rollout& rollout;
    std::function<void(sql::Tx& tx, PersonId person)> holder_changed;  // what their e-card says
};

class Restructuring {
public:
    explicit Restructuring(Parts parts);

    /// Of a school: one class with its people went to another, or all that was left.
    struct Transferred {
        Organisation from;
        Organisation to;
        std::optional<OrganisationId> class_id;
        Date day{};
        std::vector<PersonId> people;  // that are certified
    };
    /// Who keeps something by school follows. Before serving starts.
    void when_transferred(std::function<void(sql::Tx& tx, const Transferred& transferred)> follow) {
        followers_.push_back(std::move(follow));
    }
    /// The same for an organisation of any kind that ended in another, when everything else is done.
    void when_merged(
        std::function<void(sql::Tx& tx, const Organisation& from, const Organisation& to)> follow) {
        merged_.push_back(std::move(follow));
    }

    /// Who knows what follows an organisation that ends in another. Before serving starts.
    void count_following_with(std::function<Following(sql::Tx& tx, const Organisation& from)> count) {
        count_following_ = std::move(count);
    }
    /// Who tells an account of a plan that failed: whoever ordered it, the administrators of the organisation
    /// and of the office that ordered it. Before serving starts.
    void when_failed(std::function<void(sql::Tx& tx, AccountId account, const Failed& failed)> tell) {
        tell_ = std::move(tell);
    }

    // preview.cpp
    /// Throws forbidden "scope.outside", and what is wrong with the order itself.
    Preview preview(sql::Tx& tx, const Caller& caller, const Order& order) const;

    // restructuring.cpp
    /// Does it, begins it as a job, or keeps it for its day. Throws conflict "restructuring.people" with the
    /// number when another one was previewed, and the first blocker of the preview. What contradicts an open
    /// plan is refused by field, with its day.
    View order(sql::Tx& tx, const Caller& caller, const Order& order) const;
    std::vector<View> list(sql::Tx& tx,
                           const Caller& caller,
                           OrganisationId organisation,
                           std::optional<State> state,
                           std::int64_t before,
                           int limit) const;
    View get(sql::Tx& tx, const Caller& caller, RestructuringId id) const;
    /// Throws conflict "restructuring.not_planned", and "restructuring.counted_on" with the days and names of
    /// later plans that cannot be carried out without this one, unless it is to be called off `even_so`.
    View call_off(sql::Tx& tx, const Caller& caller, RestructuringId id, bool even_so) const;

    // contradictions.cpp
    /// For what somebody is about to do at once in the tree, each: the refusal, a conflict, when an open plan
    /// speaks against it.
    std::vector<std::optional<Error>> refusals_by_plans(
        sql::Tx& tx, const Caller& caller, std::span<const organisations::Request> requests) const;

    // classes.cpp
    YearClasses preview_year(sql::Tx& tx, const Caller& caller, const YearOrder& order) const;
    YearClasses found_year(sql::Tx& tx, const Caller& caller, const YearOrder& order) const;

    /// The e-cards of a school's people are to say its name anew.
    void put_cards_job(sql::Tx& tx, OrganisationId school) const;
    /// Makes the jobs of this module known. Call before jobs start.
    void handle_jobs();
    /// Begins what is planned for today or earlier, and says of orders whose job has failed that they have.
    void begin_due(sql::Tx& tx) const;

private:
    struct Plan;
    class Numbers;
    enum class Moment { ordered, carried_out };
    void require_replaceable(sql::Tx& tx, const Caller& caller, const Order& order) const;
    Plan plan_of(
        sql::Tx& tx, const Caller& caller, const Order& order, Moment moment, const Among& among = {}) const;
    Plan named_by(sql::Tx& tx, const Caller& caller, const Order& order) const;
    organisations::Draft draft_of(const Plan& plan) const;
    void check_names(sql::Tx& tx, const Caller& caller, const Plan& plan) const;
    std::vector<Blocker> blockers_of(sql::Tx& tx, const Plan& plan) const;
    // contradictions.cpp
    struct Refusal {
        const char* code;
        std::string day;
        std::string names;
    };
    Refusal refusal_by(sql::Tx& tx, const Caller& caller, const store::Row& row) const;
    /// Throws by field what an open plan makes impossible, or what makes one impossible. Gives those that an
    /// open plan takes away or renames until then: their names are free.
    organisations::Leaving require_no_contradiction(
        sql::Tx& tx, const Caller& caller, const Order& order, Date day, const Among& among) const;
    /// Whether an open plan could be carried out as things are, and as the others leave them.
    bool is_possible(sql::Tx& tx, const store::Row& planned, const Among& among) const;
    /// Throws conflict "restructuring.counted_on".
    void require_nobody_counts_on(sql::Tx& tx, const store::Row& planned) const;
    Organisation receiver(sql::Tx& tx, const Caller& caller, const Plan& plan) const;
    OrganisationId carry_out(sql::Tx& tx, const Caller& caller, const Plan& plan) const;
    void move_unit(sql::Tx& tx,
                   const Caller& caller,
                   const Organisation& unit,
                   const Organisation& to,
                   Date day,
                   Numbers& numbers) const;
    void empty_school(
        sql::Tx& tx, const Caller& caller, const Organisation& from, const Organisation& to, Date day) const;
    void settle_offices(sql::Tx& tx,
                        const Caller& caller,
                        const Organisation& from,
                        const Organisation& to,
                        const std::vector<accounts::AppointmentId>& go) const;
    void finish(
        sql::Tx& tx, const Caller& caller, const Organisation& from, const Organisation& to, Date day) const;
    void settle(sql::Tx& tx) const;
    void fail(sql::Tx& tx, RestructuringId id, const Blocker& why) const;
    void count_what_follows(sql::Tx& tx, const Plan& plan, Preview& preview) const;
    void run(JobRun& run);
    void renew_cards(JobRun& run) const;
    Caller caller_of(sql::Tx& tx, const store::Row& row) const;
    View view_of(sql::Tx& tx, const store::Row& row) const;
    /// `organisation`: the first of those that it is about.
    void audit(sql::Tx& tx,
               const Caller& caller,
               std::string action,
               const Organisation& organisation,
               const store::Row& row) const;

    Parts parts_;
    std::vector<std::function<void(sql::Tx& tx, const Transferred& transferred)>> followers_;
    std::vector<std::function<void(sql::Tx& tx, const Organisation& from, const Organisation& to)>> merged_;
    std::function<Following(sql::Tx& tx, const Organisation& from)> count_following_;
    std::function<void(sql::Tx& tx, AccountId account, const Failed& failed)> tell_;
};

void add_routes(http::Routes& routes, Restructuring& restructuring);

}  // namespace educard::restructuring
