// How a problem is shown: to its reporter without names and internal notes, to officers with them.

#include "base/error.hpp"
#include "modules/problems/acting.hpp"
#include "modules/problems/problems.hpp"
#include "modules/problems/store.hpp"

#include <algorithm>

namespace educard::problems {

namespace {

constexpr int kEventsShown = 600;
constexpr int kMostSameShown = 100;

/// Of the problem that it is the same as, what the desks did; what its reporter wrote stays theirs.
bool concerns_all(const store::EventRow& event) {
    return !event.internal && (event.from_id || !event.account_id);
}

}  // namespace

std::string Problems::name_of(sql::Tx& tx, OrganisationId id) const {
    const auto organisation = parts_.organisations.find(tx, id);
    return organisation ? organisations::display_name(*organisation, today()) : std::string();
}

bool Problems::is_overdue(const store::ProblemRow& row) const {
    return row.state == State::open && row.due_on && *row.due_on < today();
}

Line Problems::line_of(sql::Tx& tx, const store::ProblemRow& row) const {
    return {.id = row.id,
            .kind = row.kind,
            .title = row.title,
            .state = row.state,
            .home_id = row.home_id,
            .home_name = name_of(tx, row.home_id),
            .desk_id = row.desk_id,
            .desk_name = name_of(tx, row.desk_id),
            .desk_level = row.desk_level,
            .desk_since = row.desk_since,
            .due_on = row.due_on,
            .overdue = is_overdue(row),
            .reported_at = row.reported_at,
            .changed_at = row.changed_at,
            .unseen = row.unseen};
}

Slice Problems::slice_of(sql::Tx& tx, const std::vector<store::ProblemRow>& rows, int limit) const {
    Slice slice;
    for (const auto& row : rows) {
        if (static_cast<int>(slice.items.size()) == limit) {
            slice.next = slice.items.back().id;
            break;
        }
        slice.items.push_back(line_of(tx, row));
    }
    return slice;
}

EventView Problems::event_view_of(sql::Tx& tx, const store::EventRow& row, bool for_officers) const {
    EventView view{.id = row.id, .step = row.kind, .at = row.at, .internal = row.internal, .text = row.text};
    view.by_reporter = row.account_id && !row.from_id;
    if (row.from_id) {
        view.organisation = name_of(tx, *row.from_id);
    }
    if (row.to_id) {
        view.to = name_of(tx, *row.to_id);
    }
    if (for_officers && row.account_id) {
        view.name = parts_.places.name_of(tx, *row.account_id);
    }
    return view;
}

Problem Problems::view_of(sql::Tx& tx, const store::ProblemRow& own) const {
    Problem problem;
    const auto main = own.main_id ? store::find(tx, *own.main_id) : std::nullopt;
    auto row = own;
    if (main) {
        problem.merged = true;
        row.state = main->state;
        row.desk_id = main->desk_id;
        row.desk_level = main->desk_level;
        row.desk_since = main->desk_since;
        row.due_on = main->due_on;
        row.solved_at = main->solved_at;
    }
    problem.line = line_of(tx, row);
    problem.description = own.description;
    problem.context = {.page = own.page, .client_version = own.client_version, .browser = own.browser};
    auto events = store::events_of(tx, own.id, kEventsShown);
    std::erase_if(events, &store::EventRow::internal);
    if (main) {
        auto others = store::events_of(tx, main->id, kEventsShown);
        std::erase_if(others, [](const store::EventRow& event) { return !concerns_all(event); });
        events.insert(events.end(), others.begin(), others.end());
        std::ranges::sort(events, {}, &store::EventRow::id);
    }
    for (const auto& event : events) {
        // What the levels wrote to each other when they handed it on is not for the reporter.
        auto view = event_view_of(tx, event, false);
        if (event.kind == Step::escalated || event.kind == Step::handed_down || event.kind == Step::taken) {
            view.text.clear();
        }
        problem.events.push_back(std::move(view));
    }
    problem.pictures = store::pictures_of(tx, own.id, kMostPictures);
    const bool is_over = row.state == State::solved || row.state == State::withdrawn;
    problem.may_add = !is_over;
    problem.may_withdraw = !is_over && store::count_same(tx, own.id) == 0;
    if (is_over && row.solved_at && *row.solved_at + kReopenFor > parts_.clock.now()) {
        problem.reopen_until = *row.solved_at + kReopenFor;
    }
    return problem;
}

DeskProblem Problems::desk_view_of(sql::Tx& tx, const Caller& caller, const store::ProblemRow& row) const {
    DeskProblem problem;
    problem.line = line_of(tx, row);
    problem.version = row.version;
    problem.description = row.description;
    problem.context = {.page = row.page, .client_version = row.client_version, .browser = row.browser};
    problem.reporter = parts_.places.name_of(tx, row.account_id);
    for (const auto& event : store::events_of(tx, row.id, kEventsShown)) {
        problem.events.push_back(event_view_of(tx, event, true));
    }
    problem.pictures = store::pictures_of(tx, row.id, kMostPictures);
    std::string main_desk;  // where a merged report is decided
    if (const auto main = row.main_id ? store::find(tx, *row.main_id) : std::nullopt) {
        main_desk = main->desk_path;
        problem.main = line_of(tx, *main);
    }
    for (const auto& same : store::same_as(tx, row.id, kMostSameShown)) {
        problem.same.push_back(line_of(tx, same));
    }
    const bool goes_on = row.state == State::open || row.state == State::asked;
    Caller acting = caller;
    keep_to_acting(acting);  // an inspector is not told that they may do something
    problem.may_act = acts_at(acting, main_desk.empty() ? row.desk_path : main_desk) &&
                      (goes_on || row.state == State::merged);
    problem.may_take = goes_on && !acts_at(acting, row.desk_path) && may_administer(acting, row.desk_path);
    if (goes_on) {
        const auto desk = parts_.organisations.get(tx, row.desk_id);
        if (const auto above = desk_above(tx, desk)) {
            problem.above = above->name;
        }
        if (const auto below = desk_below(tx, row)) {
            problem.below = below->name;
        }
    }
    return problem;
}

}  // namespace educard::problems
