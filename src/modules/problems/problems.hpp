#pragma once
// The problem desk (F6). A problem is at exactly one desk, that of an organisation whose administrators
// answer, ask back, solve, or hand it up, by hand or when their turn is over. Reporters see where it is and
// what is said to them, not what the levels say to each other. Owns problem, problem_event, problem_picture,
// problem_count, problem_text, problem_notice and problem_me_too. What Parts refers to outlives it; any
// thread may call it.

#include "base/ids.hpp"
#include "base/json.hpp"
#include "base/time.hpp"
#include "modules/organisations/organisations.hpp"
#include "modules/problems/types.hpp"
#include "modules/questions/questions.hpp"
#include "runtime/audit.hpp"
#include "runtime/caller.hpp"
#include "runtime/rate_limit.hpp"
#include "sql/sql.hpp"

#include <atomic>
#include <filesystem>
#include <functional>

namespace educard::http {
class Routes;
}

namespace educard::problems {

namespace store {
struct ProblemRow;
struct EventRow;
struct NoticeRow;
struct Count;
}  // namespace store

/// Who answers for an organisation. cli wires it from accounts.
class Officers {
public:
    virtual ~Officers() = default;
    virtual bool has_any(sql::Tx& tx, const organisations::Organisation& organisation) const = 0;
};

struct Settings {
    int school_days = 3;  // working days of a school's turn
    int level_days = 5;   // of a county's or a city's
};

/// What Problems stands on; all of it outlives it.
struct Parts {
    sql::Database& database;
    const Clock& clock;
    IdSource& ids;
    RateLimits& limits;
    Audit& audit;
    const organisations::Organisations& organisations;
    const questions::Questions& questions;
    const questions::Places& places;
    const Officers& officers;
};

class Problems {
public:
    static constexpr int kMostPictures = 3;
    static constexpr int kMostSame = 500;  // reports that are one problem
    static constexpr std::chrono::days kReopenFor{14};

    Problems(const Parts& parts, Settings settings)
        : parts_(parts), settings_(settings), engine_(parts.database.engine()) {}

    // reporting.cpp: of the reporter. A problem of somebody else is not_found "problems.unknown".
    /// For which organisations the caller may report without choosing, and who will answer.
    std::vector<Home> homes(sql::Tx& tx, const Caller& caller) const;
    /// Throws too_many, invalid "problems.no_home".
    Problem report(sql::Tx& tx, const Caller& caller, const Report& input) const;
    Slice mine(sql::Tx& tx, const Caller& caller, std::optional<ProblemId> cursor, int limit) const;
    std::int64_t unseen(sql::Tx& tx, const Caller& caller) const;
    Problem get(sql::Tx& tx, const Caller& caller, ProblemId id) const;
    void see(sql::Tx& tx, const Caller& caller, ProblemId id) const;
    /// Throws conflict "problems.is_over" and, here and below, "problems.changed_meanwhile".
    Problem add(sql::Tx& tx, const Caller& caller, const Message& input) const;
    /// Throws conflict "problems.not_over", "problems.too_late".
    Problem reopen(sql::Tx& tx, const Caller& caller, const Message& input) const;
    Problem withdraw(sql::Tx& tx, const Caller& caller, ProblemId id) const;

    // pictures.cpp
    /// Not inside a Tx. Throws invalid "problems.picture_…", conflict "problems.too_many_pictures".
    PictureView add_picture(const Caller& caller, ProblemId id, const std::filesystem::path& file) const;
    /// For the reporter and whoever sees the problem at a desk.
    PictureFile picture(sql::Tx& tx, const Caller& caller, ProblemId id, PictureId picture) const;

    // desk.cpp: administrators. What is neither at their desk nor below is not_found "problems.unknown"; who
    // may see it but not act hears forbidden "problems.not_your_turn".
    Slice queue(sql::Tx& tx, const Caller& caller, const Queue& input) const;
    DeskProblem desk_problem(sql::Tx& tx, const Caller& caller, ProblemId id) const;
    DeskProblem answer(sql::Tx& tx, const Caller& caller, const GiveAnswer& input) const;
    DeskProblem ask(sql::Tx& tx, const Caller& caller, const Act& input) const;
    DeskProblem note(sql::Tx& tx, const Caller& caller, const Message& input) const;
    DeskProblem escalate(sql::Tx& tx, const Caller& caller, const Act& input) const;
    DeskProblem hand_down(sql::Tx& tx, const Caller& caller, const Act& input) const;
    /// From a desk below to one's own.
    DeskProblem take(sql::Tx& tx, const Caller& caller, const Act& input) const;

    // merging.cpp
    DeskProblem merge(sql::Tx& tx, const Caller& caller, const Merge& input) const;
    DeskProblem unmerge(sql::Tx& tx, const Caller& caller, const Act& input) const;
    /// A draft with title and answer of the problem.
    questions::Question make_question(sql::Tx& tx, const Caller& caller, ProblemId id) const;

    // notices.cpp
    std::vector<Notice> notices(sql::Tx& tx, const Caller& caller) const;
    Notice me_too(sql::Tx& tx, const Caller& caller, NoticeId id) const;
    std::vector<Notice> own_notices(sql::Tx& tx, const Caller& caller, OrganisationId organisation) const;
    Notice make_notice(sql::Tx& tx, const Caller& caller, const NewNotice& input) const;
    Notice change_notice(sql::Tx& tx, const Caller& caller, const ChangeNotice& input) const;
    Notice end_notice(sql::Tx& tx, const Caller& caller, const EndNotice& input) const;

    // statistics.cpp
    Statistics statistics(sql::Tx& tx, const Caller& caller, OrganisationId organisation) const;
    std::string statistics_csv(sql::Tx& tx, const Caller& caller, OrganisationId organisation) const;

    // moving.cpp
    /// Hands up what is overdue or lies where nobody is, so many at a time, and forgets old pictures.
    void sweep(sql::Tx& tx) const;
    void follow_move(sql::Tx& tx, std::string_view from, std::string_view to) const;

    const Parts& parts() const { return parts_; }

private:
    using Organisation = organisations::Organisation;

    // views.cpp
    std::string name_of(sql::Tx& tx, OrganisationId id) const;
    Line line_of(sql::Tx& tx, const store::ProblemRow& row) const;
    Slice slice_of(sql::Tx& tx, const std::vector<store::ProblemRow>& rows, int limit) const;
    Problem view_of(sql::Tx& tx, const store::ProblemRow& row) const;
    DeskProblem desk_view_of(sql::Tx& tx, const Caller& caller, const store::ProblemRow& row) const;
    EventView event_view_of(sql::Tx& tx, const store::EventRow& row, bool for_officers) const;
    bool is_overdue(const store::ProblemRow& row) const;
    Date today() const { return parts_.organisations.today(); }

    // finding
    store::ProblemRow get_own(sql::Tx& tx, const Caller& caller, ProblemId id) const;
    store::ProblemRow get_seen(sql::Tx& tx, const Caller& caller, ProblemId id) const;
    /// At the caller's desk and in the version given.
    store::ProblemRow get_acting(sql::Tx& tx, const Caller& caller, const Act& input) const;

    Organisation first_desk(sql::Tx& tx, const Caller& caller, const Organisation& home) const;
    // moving.cpp
    /// The nearest desk at which somebody is: at the organisation or above.
    Organisation desk_at(sql::Tx& tx, const Organisation& organisation) const;
    std::optional<Organisation> desk_above(sql::Tx& tx, const Organisation& organisation) const;
    /// Between the desk and where the problem comes from, the highest at which somebody is.
    std::optional<Organisation> desk_below(sql::Tx& tx, const store::ProblemRow& row) const;
    void put_at(store::ProblemRow& row, const Organisation& desk) const;
    std::optional<Date> turn_until(organisations::Kind level) const;
    void move(sql::Tx& tx,
              const Caller& caller,
              store::ProblemRow& row,
              const Organisation& to,
              Step step,
              const std::string& note) const;
    void leave_empty_desk(sql::Tx& tx, OrganisationId id, int& left) const;

    // acting
    void save(sql::Tx& tx, store::ProblemRow& row) const;
    void say(sql::Tx& tx,
             const Caller& caller,
             const store::ProblemRow& row,
             Step step,
             const std::string& text,
             std::optional<OrganisationId> from = std::nullopt,
             std::optional<OrganisationId> to = std::nullopt) const;
    /// The reporter, and those of the same problem, have something to see.
    void tell(sql::Tx& tx, const store::ProblemRow& row, Step step) const;
    void record(sql::Tx& tx, const Caller& caller, std::string action, const store::ProblemRow& row) const;

    Notice notice_view(sql::Tx& tx, const store::NoticeRow& row, std::optional<bool> mine) const;
    store::NoticeRow get_notice(sql::Tx& tx, const Caller& caller, NoticeId id) const;

    Parts parts_;
    Settings settings_;
    std::string_view engine_;
    mutable std::atomic<std::int64_t> desks_looked_at_{0};  // the last one; the next sweep goes on after it
};

void add_routes(http::Routes& routes, Problems& problems);

}  // namespace educard::problems
