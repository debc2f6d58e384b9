// The administrator's side: whose card it is, what became of it, and the acts on it.

#include "base/error.hpp"
#include "base/json.hpp"
#include "modules/cards/cards.hpp"
#include "modules/cards/found.hpp"
#include "modules/cards/store.hpp"
#include "runtime/audit.hpp"

#include <boost/describe/enum_to_string.hpp>

#include <algorithm>
#include <map>

namespace educard::cards {

namespace {

constexpr std::size_t kMaxNote = 300;

/// What goes into the audit log beside the act.
struct ChangeDetails {
    CardState from{};
    CardReason reason{};
    std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(ChangeDetails, (), (from, reason, note))

/// Somebody who is nothing anywhere is the province's.
bool covers(const Caller& caller, const std::optional<Holder>& holder, std::initializer_list<Role> roles) {
    return holder
               ? may_act(caller, holder->path, roles)
               : std::ranges::find(caller.grants, Role::province_admin, &Grant::role) != caller.grants.end();
}

}  // namespace

Cards::Found Cards::within_scope(sql::Tx& tx,
                                 const Caller& caller,
                                 std::string_view number,
                                 std::initializer_list<Role> roles) const {
    const auto serial = permutation_.serial_of(number);
    auto card = serial ? store::find_card_by_serial(tx, *serial) : std::nullopt;
    if (!card) {
        throw Error(Fault::not_found, serial ? "cards.never_issued" : "cards.number_wrong");
    }
    auto holder = parts_.holders.find(tx, card->person_id);
    if (!covers(caller, holder, roles)) {
        throw Error(Fault::not_found, "cards.unknown");
    }
    return Found{.card = std::move(*card), .holder = std::move(holder)};
}

CardView Cards::find(sql::Tx& tx, const Caller& caller, std::string_view number) const {
    return within_scope(tx, caller, number, kOfficers).view();
}

std::vector<CardView> Cards::search(sql::Tx& tx, const Caller& caller, const CardSearch& search) const {
    std::vector<PersonId> people;
    if (search.number) {
        people = parts_.holders.owners_of(tx, *search.number);
        if (const auto person = find_holder(tx, *search.number)) {
            people.push_back(*person);
        }
    }
    if (search.roster_entry_id) {
        if (const auto person = parts_.holders.in_roster(tx, *search.roster_entry_id)) {
            people.push_back(*person);
        }
    }
    std::ranges::sort(people);
    const auto twice = std::ranges::unique(people);
    people.erase(twice.begin(), twice.end());
    std::vector<CardView> views;
    for (const auto person : people) {
        auto card = store::find_card(tx, person);
        auto holder = parts_.holders.find(tx, person);
        if (card && covers(caller, holder, kOfficers)) {
            views.push_back(Found{.card = std::move(*card), .holder = std::move(holder)}.view());
        }
    }
    return views;
}

std::vector<CardEvent> Cards::history(sql::Tx& tx, const Caller& caller, std::string_view number) const {
    const auto found = within_scope(tx, caller, number, kOfficers);
    std::map<AccountId, std::optional<std::string>> names;
    std::vector<CardEvent> events;
    for (const auto& row : store::list_changes(tx, found.card.person_id)) {
        CardEvent event{.state = row.state,
                        .reason = row.reason,
                        .note = row.note,
                        .at = row.at,
                        .account_id = row.account_id,
                        .account_name = std::nullopt};
        if (row.account_id) {
            const auto [known, is_new] = names.try_emplace(*row.account_id);
            if (is_new) {
                known->second = parts_.holders.name_of(tx, *row.account_id);
            }
            event.account_name = known->second;
        }
        events.push_back(std::move(event));
    }
    events.push_back({.state = CardState::active,
                      .reason = std::nullopt,
                      .note = std::nullopt,
                      .at = found.card.issued_at,
                      .account_id = std::nullopt,
                      .account_name = std::nullopt});
    return events;
}

CardView Cards::suspend(sql::Tx& tx, const Caller& caller, const CardChange& input) const {
    return change(tx, caller, input, Act::suspend);
}

CardView Cards::resume(sql::Tx& tx, const Caller& caller, const CardChange& input) const {
    return change(tx, caller, input, Act::resume);
}

CardView Cards::revoke(sql::Tx& tx, const Caller& caller, const CardChange& input) const {
    return change(tx, caller, input, Act::revoke);
}

CardView Cards::change(sql::Tx& tx, const Caller& caller, const CardChange& input, Act act) const {
    if (input.note && input.note->size() > kMaxNote) {
        throw Error::invalid("note", "too_long");
    }
    if (input.reason == CardReason::left || (input.reason == CardReason::found && act != Act::resume)) {
        throw Error::invalid("reason", "value");
    }
    const auto found =
        within_scope(tx, caller, input.number, act == Act::revoke ? kAdministrators : kOfficers);
    if (caller.person && caller.person == found.card.person_id) {
        throw Error(Fault::forbidden, "cards.own_card");
    }
    struct Way {
        bool open;
        CardState to;
        std::string_view action;
    };
    const auto state = found.card.state;
    const auto way =
        act == Act::suspend  ? Way{state == CardState::active, CardState::suspended, "cards.suspended"}
        : act == Act::resume ? Way{state == CardState::suspended,
                                   found.holder ? CardState::active : CardState::left,
                                   "cards.resumed"}
                             : Way{state != CardState::revoked, CardState::revoked, "cards.revoked"};
    const auto reason = act == Act::resume ? std::nullopt : std::optional(input.reason);
    const Why why{.reason = reason, .entered = input.reason, .note = input.note};
    if (!way.open || !move(tx, found, way.to, why, &caller)) {
        throw Error(Fault::conflict, "cards.wrong_state")
            .with("state", boost::describe::enum_to_string(state, ""));
    }
    const ChangeDetails details{.from = state, .reason = input.reason, .note = input.note};
    parts_.audit.record(tx,
                        caller,
                        {.action = std::string(way.action),
                         .organisation_path = found.holder ? found.holder->path : "",
                         .subject_kind = "card",
                         .subject = found.card.number,
                         .details = json::encode(details)});
    return Found{.card = store::find_card(tx, found.card.person_id).value(), .holder = found.holder}.view();
}

}  // namespace educard::cards
