// From desk to desk. A problem is never without one: where nobody is, or the organisation is closed, it goes
// to whoever took the organisation over, else to the nearest desk above; the province keeps what nobody else
// has.

#include "base/error.hpp"
#include "modules/problems/acting.hpp"
#include "modules/problems/problems.hpp"
#include "modules/problems/store.hpp"

#include <algorithm>

namespace educard::problems {

namespace {

constexpr int kMovedAtOnce = 100;
constexpr int kDesksAtOnce = 200;
constexpr int kDeepest = 16;  // successors of successors, or levels
constexpr int kPicturesAtOnce = 50;
constexpr std::chrono::days kPicturesKept{365};

}  // namespace

std::optional<Date> Problems::turn_until(organisations::Kind level) const {
    using organisations::Kind;
    if (level == Kind::province) {
        return std::nullopt;
    }
    const int days = level == Kind::school ? settings_.school_days : settings_.level_days;
    return add_working_days(today(), days);
}

Problems::Organisation Problems::desk_at(sql::Tx& tx, const Organisation& organisation) const {
    auto here = organisation;
    for (int step = 0; step < kDeepest && here.parent_id; ++step) {
        const bool open = here.is_open(today());
        if (open && is_desk(here.kind) && parts_.officers.has_any(tx, here)) {
            return here;
        }
        std::optional<Organisation> next;
        if (!open) {
            const auto history = parts_.organisations.history(tx, here.id);
            const auto ended = std::ranges::find_if(
                history, [](const organisations::State& state) { return state.successor_id.has_value(); });
            next =
                ended == history.end() ? std::nullopt : parts_.organisations.find(tx, *ended->successor_id);
        }
        here = next ? std::move(*next) : parts_.organisations.get(tx, *here.parent_id);
    }
    while (here.parent_id) {  // successors that go round
        here = parts_.organisations.get(tx, *here.parent_id);
    }
    return here;
}

std::optional<Problems::Organisation> Problems::desk_above(sql::Tx& tx,
                                                           const Organisation& organisation) const {
    if (!organisation.parent_id) {
        return std::nullopt;
    }
    return desk_at(tx, parts_.organisations.get(tx, *organisation.parent_id));
}

std::optional<Problems::Organisation> Problems::desk_below(sql::Tx& tx, const store::ProblemRow& row) const {
    if (row.home_id == row.desk_id || !is_within(row.home_path, row.desk_path)) {
        return std::nullopt;
    }
    const auto home = parts_.organisations.find(tx, row.home_id);
    if (!home) {
        return std::nullopt;
    }
    for (const auto& organisation : parts_.organisations.line(tx, *home)) {
        if (organisation.path.size() > row.desk_path.size() && is_desk(organisation.kind) &&
            organisation.is_open(today()) && parts_.officers.has_any(tx, organisation)) {
            return organisation;
        }
    }
    return std::nullopt;
}

void Problems::put_at(store::ProblemRow& row, const Organisation& desk) const {
    row.desk_id = desk.id;
    row.desk_path = desk.path;
    row.desk_level = desk.kind;
    row.desk_since = parts_.clock.now();
    row.days_left.reset();
    row.due_on = turn_until(desk.kind);
}

void Problems::move(sql::Tx& tx,
                    const Caller& caller,
                    store::ProblemRow& row,
                    const Organisation& to,
                    Step step,
                    const std::string& note) const {
    const auto from = row.desk_id;
    const bool was_asked = row.state == State::asked;
    put_at(row, to);
    if (was_asked) {  // the reporter still has the word
        row.days_left = row.due_on ? std::optional<std::int64_t>(working_days_between(today(), *row.due_on))
                                   : std::nullopt;
        row.due_on.reset();
    }
    row.changed_at = parts_.clock.now();
    save(tx, row);
    store::count(tx,
                 from,
                 row.kind,
                 {.waiting = -1,
                  .escalated = step == Step::escalated ? 1 : 0,
                  .overdue = step == Step::overdue ? 1 : 0});
    // What a closed organisation leaves to another was counted when it arrived there.
    store::count(tx, to.id, row.kind, {.waiting = 1, .arrived = step == Step::closed ? 0 : 1});
    const auto by = caller.signed_in() ? std::optional(step == Step::taken ? to.id : from) : std::nullopt;
    say(tx, caller, row, step, note, by, to.id);
    tell(tx, row, step);
    record(tx, caller, "problems." + std::string(boost::describe::enum_to_string(step, "")), row);
}

void Problems::leave_empty_desk(sql::Tx& tx, OrganisationId id, int& left) const {
    const auto desk = parts_.organisations.find(tx, id);
    if (!desk || !desk->parent_id) {
        return;
    }
    const bool open = desk->is_open(today());
    if (open && parts_.officers.has_any(tx, *desk)) {
        return;
    }
    const auto to = desk_at(tx, *desk);
    if (to.id == id) {
        return;
    }
    for (auto& row : store::at_desk(tx, id, left)) {
        if (store::hold(tx, row)) {
            move(tx, Caller{}, row, to, open ? Step::nobody : Step::closed, "");
            --left;
        }
    }
}

void Problems::sweep(sql::Tx& tx) const {
    for (auto& row : store::overdue(tx, today(), kMovedAtOnce)) {
        const auto desk = parts_.organisations.find(tx, row.desk_id);
        const auto above = desk ? desk_above(tx, *desk) : std::nullopt;
        if (above && store::hold(tx, row)) {
            move(tx, Caller{}, row, *above, Step::overdue, "");
        }
    }
    int left = kMovedAtOnce;
    auto looked_at = desks_looked_at_.load();
    const auto desks = store::waiting_desks(tx, OrganisationId{looked_at}, kDesksAtOnce);
    for (const auto id : desks) {
        if (left > 0) {
            leave_empty_desk(tx, id, left);
            looked_at = id.value;
        }
    }
    if (static_cast<int>(desks.size()) < kDesksAtOnce && left > 0) {
        looked_at = 0;
    }
    tx.after_commit([this, looked_at] { desks_looked_at_ = looked_at; });
    for (const auto& picture : store::old_pictures(tx, parts_.clock.now() - kPicturesKept, kPicturesAtOnce)) {
        store::delete_picture(tx, picture);
    }
}

void Problems::follow_move(sql::Tx& tx, std::string_view from, std::string_view to) const {
    store::move_paths(tx, from, to);
    store::move_notice_paths(tx, from, to);
}

}  // namespace educard::problems
