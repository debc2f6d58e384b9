// Several reports that are one problem. Those that were merged rest: their reporters see what happens to the
// one that they are the same as, and not what its reporter wrote.

#include "base/error.hpp"
#include "modules/problems/acting.hpp"
#include "modules/problems/problems.hpp"
#include "modules/problems/store.hpp"

namespace educard::problems {

namespace {

constexpr int kEventsRead = 600;

}  // namespace

DeskProblem Problems::merge(sql::Tx& tx, const Caller& caller, const Merge& input) const {
    auto row = get_acting(tx, caller, {.id = input.id, .version = input.version, .text = {}});
    auto main = store::find(tx, input.into);
    if (!main || input.into == input.id || !acts_at(caller, main->desk_path) ||
        main->desk_id != row.desk_id) {
        throw Error::invalid("into", "problems.not_at_this_desk");
    }
    if (main->state != State::open && main->state != State::asked) {
        throw Error::invalid("into",
                             main->state == State::merged ? "problems.is_merged" : "problems.is_over");
    }
    if (store::count_same(tx, row.id) > 0) {
        throw Error(Fault::conflict, "problems.others_have_it");
    }
    if (store::count_same(tx, main->id) >= kMostSame) {
        throw Error(Fault::conflict, "problems.too_many_same");
    }
    const auto now = parts_.clock.now();
    main->changed_at = now;
    save(tx, *main);  // nobody solves or merges it meanwhile
    row.state = State::merged;
    row.main_id = main->id;
    row.due_on.reset();
    row.days_left.reset();
    row.changed_at = now;
    save(tx, row);
    store::count(tx, row.desk_id, row.kind, {.waiting = -1});
    say(tx, caller, row, Step::merged, "", row.desk_id);
    tell(tx, row, Step::merged);
    record(tx, caller, "problems.merged", row);
    return desk_view_of(tx, caller, row);
}

DeskProblem Problems::unmerge(sql::Tx& tx, const Caller& caller, const Act& input) const {
    auto row = get_seen(tx, caller, input.id);
    const auto text = checked_text(input.text.value, Need::no);
    if (row.state != State::merged) {
        throw Error(Fault::conflict, "problems.not_merged");
    }
    const auto main = store::find(tx, *row.main_id);
    EDU_ASSERT(main.has_value());
    if (!acts_at(caller, main->desk_path)) {
        throw Error(Fault::forbidden, "problems.not_your_turn");
    }
    if (row.version != input.version) {
        throw Error(Fault::conflict, "problems.changed_meanwhile");
    }
    row.state = State::open;
    row.main_id.reset();
    row.changed_at = parts_.clock.now();
    const bool arrives = row.desk_id != main->desk_id;  // the other one went on meanwhile
    put_at(row, parts_.organisations.get(tx, main->desk_id));
    save(tx, row);
    store::count(tx, row.desk_id, row.kind, {.waiting = 1, .arrived = arrives ? 1 : 0});
    say(tx, caller, row, Step::unmerged, text, row.desk_id);
    tell(tx, row, Step::unmerged);
    record(tx, caller, "problems.unmerged", row);
    return desk_view_of(tx, caller, row);
}

questions::Question Problems::make_question(sql::Tx& tx, const Caller& caller, ProblemId id) const {
    const auto row = get_seen(tx, caller, id);
    if (!may_administer(caller, row.desk_path)) {
        throw Error(Fault::forbidden, "problems.not_your_turn");
    }
    std::string answer;
    for (const auto& event : store::events_of(tx, id, kEventsRead)) {
        if (event.kind == Step::answered || event.kind == Step::solved) {
            answer = event.text;  // the last one
        }
    }
    if (answer.empty()) {
        throw Error(Fault::conflict, "problems.not_answered");
    }
    questions::NewQuestion draft;
    draft.organisation_id = row.desk_id;
    draft.language = caller.language;
    draft.title = row.title;
    draft.answer.value = std::move(answer);
    using questions::Audience;
    draft.audience = {
        Audience::student, Audience::guardian, Audience::teacher, Audience::staff, Audience::administrator};
    auto question = parts_.questions.create(tx, caller, draft, questions::ReportId{id.value});
    record(tx, caller, "problems.question_made", row);
    return question;
}

}  // namespace educard::problems
