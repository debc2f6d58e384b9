// The reporter's side. What looks like an ID number is masked before it is kept, wherever somebody typed it.

#include "base/error.hpp"
#include "base/mask.hpp"
#include "base/prose.hpp"
#include "base/search_words.hpp"
#include "base/text.hpp"
#include "modules/problems/acting.hpp"
#include "modules/problems/problems.hpp"
#include "modules/problems/store.hpp"

#include <algorithm>

namespace educard::problems {

namespace {

constexpr RateRule kReports{.burst = 10, .refill = std::chrono::minutes(30)};
constexpr RateRule kMessages{.burst = 30, .refill = std::chrono::minutes(1)};
constexpr std::size_t kLongestTitle = 100;  // characters
constexpr std::size_t kLongestContext = 300;
constexpr std::int64_t kMostEvents = 500;

std::string cut(std::string_view text) {
    auto tidied = mask_id_numbers(tidy_line(text));
    if (tidied.size() > kLongestContext) {
        auto end = kLongestContext;
        while ((static_cast<unsigned char>(tidied[end]) & 0xC0U) == 0x80U) {
            --end;
        }
        tidied.resize(end);
    }
    return tidied;
}

}  // namespace

std::string checked_text(std::string_view input, Need need) {
    auto text = mask_id_numbers(tidy_prose(input));
    if (text.empty() && need == Need::yes) {
        throw Error::invalid("text", "required");
    }
    return text;
}

std::vector<Home> Problems::homes(sql::Tx& tx, const Caller& caller) const {
    std::vector<Home> homes;
    const auto add = [&](OrganisationId id) {
        const bool known = std::ranges::find(homes, id, &Home::organisation_id) != homes.end();
        const auto organisation = known ? std::nullopt : parts_.organisations.find(tx, id);
        if (!organisation || !is_desk(organisation->kind) || !organisation->is_open(today())) {
            return;
        }
        const auto desk = first_desk(tx, caller, *organisation);
        homes.push_back({.organisation_id = id,
                         .name = organisation->name,
                         .desk_name = desk.name,
                         .desk_level = desk.kind});
    };
    for (const auto& grant : caller.grants) {
        if (grant.role != Role::class_teacher) {
            add(grant.organisation);
        }
    }
    for (const auto& place : parts_.places.of(tx, caller)) {
        add(place.organisation);
    }
    return homes;
}

/// Who administers the organisation does not report to themselves.
Problems::Organisation Problems::first_desk(sql::Tx& tx,
                                            const Caller& caller,
                                            const Organisation& home) const {
    const auto desk = desk_at(tx, home);
    if (!acts_at(caller, desk.path)) {
        return desk;
    }
    return desk_above(tx, desk).value_or(desk);
}

Problem Problems::report(sql::Tx& tx, const Caller& caller, const Report& input) const {
    std::vector<FieldError> errors;
    store::ProblemRow row;
    row.title = mask_id_numbers(tidy_line(input.title));
    row.description = mask_id_numbers(tidy_prose(input.description.value));
    if (row.title.empty()) {
        errors.push_back({"title", "required"});
    } else if (count_characters(row.title) > kLongestTitle) {
        errors.push_back({"title", "too_long"});
    }
    if (row.description.empty()) {
        errors.push_back({"description", "required"});
    }
    std::optional<Organisation> home;
    if (input.organisation_id) {
        home = parts_.organisations.find(tx, *input.organisation_id);
    } else if (const auto own = homes(tx, caller); !own.empty()) {
        home = parts_.organisations.find(tx, own.front().organisation_id);
    }
    if (!home || !is_desk(home->kind) || !home->is_open(today())) {
        errors.push_back({"organisation_id", input.organisation_id ? "problems.no_home" : "required"});
    }
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    parts_.limits.require(tx, "problems.report:" + std::to_string(caller.account.value), kReports);
    const auto now = parts_.clock.now();
    row.id = parts_.ids.next<ProblemId>();
    row.account_id = caller.account;
    row.home_id = home->id;
    row.home_path = home->path;
    row.kind = input.kind;
    if (input.context) {
        row.page = cut(input.context->page);
        row.client_version = cut(input.context->client_version);
        row.browser = cut(input.context->browser);
    }
    row.state = State::open;
    row.version = 1;
    row.reported_at = now;
    row.changed_at = now;
    const auto desk = first_desk(tx, caller, *home);
    put_at(row, desk);
    store::insert(tx, row);
    store::put_words(tx, row.id, index_words(row.title), index_words(row.description));
    store::count(tx, row.desk_id, row.kind, {.waiting = 1, .arrived = 1});
    say(tx, caller, row, Step::reported, "", std::nullopt, row.desk_id);
    record(tx, caller, "problems.reported", row);
    return view_of(tx, row);
}

Slice Problems::mine(sql::Tx& tx, const Caller& caller, std::optional<ProblemId> cursor, int limit) const {
    return slice_of(
        tx, store::of_account(tx, caller.account, cursor.value_or(ProblemId{}), limit + 1), limit);
}

std::int64_t Problems::unseen(sql::Tx& tx, const Caller& caller) const {
    return store::unseen(tx, caller.account);
}

store::ProblemRow Problems::get_own(sql::Tx& tx, const Caller& caller, ProblemId id) const {
    auto row = store::find(tx, id);
    if (!row || row->account_id != caller.account) {
        throw Error(Fault::not_found, "problems.unknown");
    }
    return std::move(*row);
}

Problem Problems::get(sql::Tx& tx, const Caller& caller, ProblemId id) const {
    return view_of(tx, get_own(tx, caller, id));
}

void Problems::see(sql::Tx& tx, const Caller& caller, ProblemId id) const {
    (void)get_own(tx, caller, id);
    store::see(tx, id, caller.account);
}

Problem Problems::add(sql::Tx& tx, const Caller& caller, const Message& input) const {
    auto row = get_own(tx, caller, input.id);
    const auto text = checked_text(input.text.value, Need::yes);
    if (row.state == State::solved || row.state == State::withdrawn) {
        throw Error(Fault::conflict, "problems.is_over");
    }
    if (store::count_events(tx, row.id) >= kMostEvents) {
        throw Error(Fault::conflict, "problems.too_much_said");
    }
    parts_.limits.require(tx, "problems.message:" + std::to_string(caller.account.value), kMessages);
    const auto now = parts_.clock.now();
    if (row.state == State::asked) {  // the desk's turn goes on with the days that it had left
        row.state = State::open;
        row.due_on =
            row.days_left
                ? std::optional(add_working_days(today(), std::max(1, static_cast<int>(*row.days_left))))
                : std::nullopt;
        row.days_left.reset();
    }
    row.changed_at = now;
    save(tx, row);
    say(tx, caller, row, Step::added, text);
    if (row.main_id) {  // where its desk looks; other reporters do not see it
        store::insert_event(tx,
                            {.problem_id = *row.main_id,
                             .id = parts_.ids.next<EventId>(),
                             .at = now,
                             .kind = Step::added,
                             .account_id = caller.account,
                             .internal = true,
                             .text = text});
        store::touch(tx, *row.main_id, now);
    }
    return get(tx, caller, input.id);
}

Problem Problems::reopen(sql::Tx& tx, const Caller& caller, const Message& input) const {
    auto row = get_own(tx, caller, input.id);
    const auto text = checked_text(input.text.value, Need::yes);
    const auto now = parts_.clock.now();
    auto solved_at = row.solved_at;
    const bool was_merged = row.state == State::merged;
    if (was_merged) {
        const auto main = store::find(tx, *row.main_id);
        EDU_ASSERT(main.has_value());
        solved_at = main->state == State::solved ? main->solved_at : std::nullopt;
        row.desk_id = main->desk_id;
    }
    if (!(was_merged || row.state == State::solved || row.state == State::withdrawn) || !solved_at) {
        throw Error(Fault::conflict, "problems.not_over");
    }
    if (*solved_at + kReopenFor < now) {
        throw Error(Fault::conflict, "problems.too_late");
    }
    const auto desk = parts_.organisations.get(tx, row.desk_id);
    row.state = State::open;
    row.main_id.reset();
    row.solved_at.reset();
    row.changed_at = now;
    put_at(row, desk_at(tx, desk));
    save(tx, row);
    store::count(tx, row.desk_id, row.kind, {.waiting = 1, .arrived = 1});
    say(tx, caller, row, Step::reopened, text, std::nullopt, row.desk_id);
    record(tx, caller, "problems.reopened", row);
    return get(tx, caller, input.id);
}

Problem Problems::withdraw(sql::Tx& tx, const Caller& caller, ProblemId id) const {
    auto row = get_own(tx, caller, id);
    if (row.state == State::solved || row.state == State::withdrawn) {
        throw Error(Fault::conflict, "problems.is_over");
    }
    if (store::count_same(tx, id) > 0) {
        throw Error(Fault::conflict, "problems.others_have_it");
    }
    const bool was_merged = row.state == State::merged;
    const auto now = parts_.clock.now();
    row.state = State::withdrawn;
    row.main_id.reset();
    row.due_on.reset();
    row.days_left.reset();
    row.changed_at = now;
    row.solved_at = now;
    save(tx, row);
    if (!was_merged) {
        store::count(tx, row.desk_id, row.kind, {.waiting = -1});
    }
    say(tx, caller, row, Step::withdrawn, "");
    record(tx, caller, "problems.withdrawn", row);
    return get(tx, caller, id);
}

}  // namespace educard::problems
