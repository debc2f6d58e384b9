// What officers do at their desk. Each act names the version that it was decided on: of two at once one hears
// that the problem has changed.

#include "base/error.hpp"
#include "base/search_words.hpp"
#include "base/text.hpp"
#include "modules/problems/acting.hpp"
#include "modules/problems/problems.hpp"
#include "modules/problems/store.hpp"
#include "sql/full_text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace educard::problems {

namespace {

constexpr int kDeskRows = 50;
constexpr int kMostDeskRows = 200;

}  // namespace

// ---- finding ----

/// At a desk of the caller's or below, or come from there.
store::ProblemRow Problems::get_seen(sql::Tx& tx, const Caller& caller, ProblemId id) const {
    auto row = store::find(tx, id);
    if (!row || !(may_administer(caller, row->desk_path) || may_administer(caller, row->home_path))) {
        throw Error(Fault::not_found, "problems.unknown");
    }
    return std::move(*row);
}

store::ProblemRow Problems::get_acting(sql::Tx& tx, const Caller& caller, const Act& input) const {
    auto row = get_seen(tx, caller, input.id);
    if (!acts_at(caller, row.desk_path)) {
        throw Error(Fault::forbidden, "problems.not_your_turn");
    }
    if (row.version != input.version) {
        throw Error(Fault::conflict, "problems.changed_meanwhile");
    }
    if (row.account_id == caller.account) {
        throw Error(Fault::forbidden, "problems.own");
    }
    if (row.state == State::merged) {
        throw Error(Fault::conflict, "problems.is_merged");
    }
    if (row.state != State::open && row.state != State::asked) {
        throw Error(Fault::conflict, "problems.is_over");
    }
    return row;
}

// ---- acting ----

void Problems::save(sql::Tx& tx, store::ProblemRow& row) const {
    if (!store::change(tx, row)) {
        throw Error(Fault::conflict, "problems.changed_meanwhile");
    }
    ++row.version;
}

void Problems::say(sql::Tx& tx,
                   const Caller& caller,
                   const store::ProblemRow& row,
                   Step step,
                   const std::string& text,
                   std::optional<OrganisationId> from,
                   std::optional<OrganisationId> to) const {
    store::EventRow event{.problem_id = row.id,
                          .id = parts_.ids.next<EventId>(),
                          .at = parts_.clock.now(),
                          .kind = step,
                          .from_id = from,
                          .to_id = to,
                          .internal = step == Step::noted,
                          .text = text};
    if (caller.signed_in()) {
        event.account_id = caller.account;
    }
    store::insert_event(tx, event);
}

void Problems::tell(sql::Tx& tx, const store::ProblemRow& row, Step step) const {
    if (step == Step::noted) {
        return;
    }
    store::unsee(tx, row.id);
    store::unsee_same(tx, row.id, parts_.clock.now());
}

void Problems::record(sql::Tx& tx,
                      const Caller& caller,
                      std::string action,
                      const store::ProblemRow& row) const {
    parts_.audit.record(tx,
                        caller,
                        {.action = std::move(action),
                         .organisation_path = row.desk_path,
                         .subject_kind = "problem",
                         .subject = std::to_string(row.id.value),
                         .details = boost::json::serialize(boost::json::object{
                             {"kind", std::string(boost::describe::enum_to_string(row.kind, ""))}})});
}

// ---- routes ----

Slice Problems::queue(sql::Tx& tx, const Caller& caller, const Queue& input) const {
    const auto organisation = parts_.organisations.get(tx, input.organisation_id);
    if (!may_administer(caller, organisation.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    const int limit = std::clamp(input.limit.value_or(kDeskRows), 1, kMostDeskRows);
    store::Wanted wanted{.where = input.where,
                         .organisation = organisation.id,
                         .path = organisation.path,
                         .kind = input.kind,
                         .due_before = input.overdue.value_or(false) ? std::optional(today()) : std::nullopt,
                         .cursor = input.cursor.value_or(ProblemId{}),
                         .limit = limit + 1};
    if (input.query && !tidy(*input.query).empty()) {
        const auto phrases = search_phrases(*input.query);
        if (phrases.empty()) {
            return {};
        }
        wanted.expression = sql::match_expression(engine_, phrases, sql::Match::all);
    }
    return slice_of(tx, store::queue(tx, engine_, wanted), limit);
}

DeskProblem Problems::desk_problem(sql::Tx& tx, const Caller& caller, ProblemId id) const {
    return desk_view_of(tx, caller, get_seen(tx, caller, id));
}

DeskProblem Problems::answer(sql::Tx& tx, const Caller& caller, const GiveAnswer& input) const {
    auto row = get_acting(tx, caller, input);
    const auto text = checked_text(input.text.value, Need::yes);
    const auto now = parts_.clock.now();
    store::Count more;
    if (!row.answered_at) {
        row.answered_at = now;
        more.answered = 1;
        more.answer_seconds = std::chrono::duration_cast<std::chrono::seconds>(now - row.reported_at).count();
    }
    if (input.solved) {
        row.state = State::solved;
        row.solved_at = now;
        row.due_on.reset();
        row.days_left.reset();
        more.solved = 1;
        more.waiting = -1;
    }
    row.changed_at = now;
    save(tx, row);
    store::count(tx, row.desk_id, row.kind, more);
    store::add_words(tx, row.id, index_words(text));
    const auto step = input.solved ? Step::solved : Step::answered;
    say(tx, caller, row, step, text, row.desk_id);
    tell(tx, row, step);
    record(tx, caller, input.solved ? "problems.solved" : "problems.answered", row);
    return desk_view_of(tx, caller, row);
}

DeskProblem Problems::ask(sql::Tx& tx, const Caller& caller, const Act& input) const {
    auto row = get_acting(tx, caller, input);
    const auto text = checked_text(input.text.value, Need::yes);
    row.changed_at = parts_.clock.now();
    if (row.state == State::open) {
        row.state = State::asked;
        row.days_left = row.due_on ? std::optional<std::int64_t>(working_days_between(today(), *row.due_on))
                                   : std::nullopt;
        row.due_on.reset();
    }
    save(tx, row);
    say(tx, caller, row, Step::asked, text, row.desk_id);
    tell(tx, row, Step::asked);
    record(tx, caller, "problems.asked", row);
    return desk_view_of(tx, caller, row);
}

DeskProblem Problems::note(sql::Tx& tx, const Caller& caller, const Message& input) const {
    const auto row = get_seen(tx, caller, input.id);
    const auto text = checked_text(input.text.value, Need::yes);
    // For whom: the desk, where they act at it, else the nearest office of theirs above or below it.
    auto from = row.desk_id;
    if (!acts_at(caller, row.desk_path)) {
        for (const auto& grant : caller.grants) {
            if (grant.role != Role::class_teacher &&
                (is_within(row.desk_path, grant.path) || is_within(row.home_path, grant.path))) {
                from = grant.organisation;
            }
        }
    }
    say(tx, caller, row, Step::noted, text, from);
    store::touch(tx, row.id, parts_.clock.now());
    record(tx, caller, "problems.noted", row);
    return desk_view_of(tx, caller, row);
}

DeskProblem Problems::escalate(sql::Tx& tx, const Caller& caller, const Act& input) const {
    auto row = get_acting(tx, caller, input);
    const auto text = checked_text(input.text.value, Need::yes);
    const auto above = desk_above(tx, parts_.organisations.get(tx, row.desk_id));
    if (!above) {
        throw Error(Fault::conflict, "problems.nobody_above");
    }
    move(tx, caller, row, *above, Step::escalated, text);
    return desk_view_of(tx, caller, row);
}

DeskProblem Problems::hand_down(sql::Tx& tx, const Caller& caller, const Act& input) const {
    auto row = get_acting(tx, caller, input);
    const auto text = checked_text(input.text.value, Need::yes);
    const auto below = desk_below(tx, row);
    if (!below) {
        throw Error(Fault::conflict, "problems.nobody_below");
    }
    move(tx, caller, row, *below, Step::handed_down, text);
    return desk_view_of(tx, caller, row);
}

DeskProblem Problems::take(sql::Tx& tx, const Caller& caller, const Act& input) const {
    auto row = get_seen(tx, caller, input.id);
    const auto text = checked_text(input.text.value, Need::no);
    const Grant* office = nullptr;  // the nearest above the desk
    for (const auto& grant : caller.grants) {
        if (grant.role != Role::class_teacher && is_within(row.desk_path, grant.path) &&
            (office == nullptr || grant.path.size() > office->path.size())) {
            office = &grant;
        }
    }
    if (office == nullptr || office->path == row.desk_path) {
        throw Error(Fault::forbidden, "problems.not_below");
    }
    if (row.version != input.version) {
        throw Error(Fault::conflict, "problems.changed_meanwhile");
    }
    if (row.account_id == caller.account) {
        throw Error(Fault::forbidden, "problems.own");
    }
    if (row.state == State::merged) {
        throw Error(Fault::conflict, "problems.is_merged");
    }
    if (row.state != State::open && row.state != State::asked) {
        throw Error(Fault::conflict, "problems.is_over");
    }
    move(tx, caller, row, parts_.organisations.get(tx, office->organisation), Step::taken, text);
    return desk_view_of(tx, caller, row);
}

}  // namespace educard::problems
