#pragma once
// Re-opening and closing many applications at once. A work begins with a dry run, which remembers what it
// found; whoever began it confirms it with a reason; then each application goes through the same steps as by
// a single decision, if nobody touched it since. For a week a work can be undone by another one, with a dry
// run of its own. Owns bulk_work and bulk_work_item. What is passed to the constructor outlives it. Any
// thread.

#include "modules/applications/applications.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace educard {
class Texts;
}

namespace educard::applications {

namespace store {
struct BulkWorkRow;
}

using BulkWorkId = Id<struct BulkWorkTag>;

/// reopen: what was rejected goes back to its applicant to be corrected. close: what waits for nothing is
/// rejected. undo: each application is again what it was before another work.
enum class BulkAction { reopen, close, undo };
BOOST_DESCRIBE_ENUM(BulkAction, reopen, close, undo)

enum class BulkWorkState { counting, ready, running, done, failed };
BOOST_DESCRIBE_ENUM(BulkWorkState, counting, ready, running, done, failed)

enum class BulkOutcome { planned, left_out, done, skipped };
BOOST_DESCRIBE_ENUM(BulkOutcome, planned, left_out, done, skipped)

struct NewBulkWork {
    BulkAction action{};
    OrganisationId organisation_id;
    std::optional<State> state;  // of those to close: submitted or returned
    std::optional<Kind> kind;
    std::optional<Date> since;   // handed in, or decided, on that day or later
    std::optional<Date> before;  // and before that one; required to close
};
BOOST_DESCRIBE_STRUCT(NewBulkWork, (), (action, organisation_id, state, kind, since, before))

struct BulkConfirmation {
    BulkWorkId id;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(BulkConfirmation, (), (id, reason))

struct BulkReason {
    std::string reason;  // a message key
    std::int64_t total = 0;
};
BOOST_DESCRIBE_STRUCT(BulkReason, (), (reason, total))

struct BulkWork {
    BulkWorkId id;
    BulkAction action{};
    std::optional<BulkWorkId> of_id;  // the work that this one undoes
    OrganisationId organisation_id;
    std::string organisation;
    State from_state{};
    State to_state{};
    std::optional<Kind> kind;
    std::optional<Date> since;
    std::optional<Date> before;
    BulkWorkState state{};
    std::optional<std::string> error;  // a code, when it failed
    std::optional<JobId> job_id;       // whose progress the bus tells to its owner under "job:<id>"
    std::int64_t total = 0;            // to be done
    std::int64_t left_out = 0;
    std::int64_t done = 0;
    std::int64_t skipped = 0;
    bool is_full = false;         // there are more than one work holds
    std::int64_t undone = 0;      // by works that undo this one
    std::vector<BulkReason> why;  // left out or skipped; of a work that was asked for by itself
    std::optional<std::string> reason;
    std::optional<std::string> by;
    Time created_at{};
    std::optional<Time> confirmed_at;
    std::optional<Time> finished_at;
    std::optional<Time> undo_until;
    bool may_confirm = false;
    bool may_undo = false;
};
BOOST_DESCRIBE_STRUCT(BulkWork,
                      (),
                      (id,
                       action,
                       of_id,
                       organisation_id,
                       organisation,
                       from_state,
                       to_state,
                       kind,
                       since,
                       before,
                       state,
                       error,
                       job_id,
                       total,
                       left_out,
                       done,
                       skipped,
                       is_full,
                       undone,
                       why,
                       reason,
                       by,
                       created_at,
                       confirmed_at,
                       finished_at,
                       undo_until,
                       may_confirm,
                       may_undo))

struct BulkSchool {
    OrganisationId school_id;
    std::string school;
    std::int64_t planned = 0;
    std::int64_t left_out = 0;
    std::int64_t done = 0;
    std::int64_t skipped = 0;
    std::vector<BulkReason> why;
};
BOOST_DESCRIBE_STRUCT(BulkSchool, (), (school_id, school, planned, left_out, done, skipped, why))

struct BulkItemView {
    ApplicationId id;
    Kind kind{};
    std::string name;
    OrganisationId school_id;
    std::string school;
    std::optional<std::string> class_name;
    BulkOutcome outcome{};
    std::optional<std::string> reason;  // a message key
};
BOOST_DESCRIBE_STRUCT(BulkItemView, (), (id, kind, name, school_id, school, class_name, outcome, reason))

/// What a work that was begun above a school has done there so far.
struct BulkDoneAt {
    BulkWorkId work_id;
    BulkAction action{};
    State state{};   // of the applications now
    std::string by;  // the organisation where it was begun
    OrganisationId school_id;
    std::string school;
    std::int64_t done = 0;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(BulkDoneAt, (), (work_id, action, state, by, school_id, school, done, reason))

/// Which items of a work: in the order of schools, after that one.
struct BulkItems {
    BulkWorkId id;
    BulkOutcome outcome{};
    std::optional<OrganisationId> school_id;
    OrganisationId after_school;
    ApplicationId after;
    int limit = 0;
};

class BulkWorks {
public:
    BulkWorks(const Applications& applications, sql::Database& database, const Texts& texts)
        : applications_(applications), database_(database), texts_(texts) {}

    // Throws forbidden "scope.outside" for a place where the caller is no administrator, and not_found
    // "applications.bulk_work_unknown" for works there.
    /// Begins a dry run.
    BulkWork begin(sql::Tx& tx, const Caller& caller, const NewBulkWork& wanted) const;
    /// Begins the dry run of an undoing. Throws conflict "applications.bulk_undo_late" after a week, and
    /// "applications.bulk_no_undo" for what has done nothing or is an undoing itself.
    BulkWork begin_undo(sql::Tx& tx, const Caller& caller, BulkWorkId id) const;
    /// Begins what the dry run found, as a job: by whoever made it, else forbidden
    /// "applications.bulk_not_yours". Asking again gives the same work.
    BulkWork confirm(sql::Tx& tx, const Caller& caller, const BulkConfirmation& confirmation) const;
    BulkWork get(sql::Tx& tx, const Caller& caller, BulkWorkId id) const;
    /// At an organisation and below it, newest first.
    std::vector<BulkWork> list(
        sql::Tx& tx, const Caller& caller, OrganisationId organisation, BulkWorkId before, int limit) const;
    std::vector<BulkSchool> schools(
        sql::Tx& tx, const Caller& caller, BulkWorkId id, OrganisationId after, int limit) const;
    /// Without what concerns whoever began it: that is counted and not shown.
    std::vector<BulkItemView> items(sql::Tx& tx, const Caller& caller, const BulkItems& which) const;
    /// The same as a file; audited. Reads and writes by itself.
    std::string to_csv(const Caller& caller, BulkWorkId id) const;

    /// Who tells a school of it; called again when more is done there. Before serving starts.
    void when_done_at(std::function<void(sql::Tx& tx, const BulkDoneAt& done)> tell) {
        tell_ = std::move(tell);
    }
    /// Registers the handlers of the jobs; before Jobs::start.
    void handle_jobs() const;
    /// Forgets dry runs that nobody confirmed within a day.
    void sweep(sql::Tx& tx) const;

private:
    struct Seen;
    Seen see(sql::Tx& tx, const Caller& caller, BulkWorkId id) const;
    BulkWork view_of(sql::Tx& tx, const Caller& caller, const Seen& seen) const;
    BulkWork begin(sql::Tx& tx, const Caller& caller, store::BulkWorkRow row) const;

    const Applications& applications_;
    sql::Database& database_;
    const Texts& texts_;
    std::function<void(sql::Tx& tx, const BulkDoneAt& done)> tell_;
};

void add_routes(http::Routes& routes, BulkWorks& works);

}  // namespace educard::applications
