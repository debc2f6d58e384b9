#include "modules/cards/cards.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "modules/cards/found.hpp"
#include "runtime/audit.hpp"

#include <boost/describe/enum_to_string.hpp>

#include <algorithm>
#include <utility>

namespace educard::cards {

namespace {

constexpr std::int64_t kSerialBlock = 1'000;
constexpr std::int64_t kStatusEntries = Cards::kListSize * 1'000'000;
constexpr std::chrono::days kForgetAfter{30};  // far beyond what any clock may be off
constexpr int kMaxForgotten = 10'000;

}  // namespace

Cards::Cards(Parts parts)
    : parts_(std::move(parts)),
      permutation_(parts_.keys.active(crypto::Purpose::card_number).material.view()),
      issuer_key_(parts_.keys.issuer_key()),
      issuer_key_id_(parts_.keys.active(crypto::Purpose::issuer_signature).id),
      issuer_(parts_.keys.issuer()),
      published_(issuer_keys(parts_.keys)),
      trust_(trust_in(parts_.keys)),
      mark_(parts_.serial_mark,
            parts_.database.engine() == "sqlite" ? SerialMark::Sharing::alone
                                                 : SerialMark::Sharing::among_machines),
      card_serials_(parts_.database, mark_, kCardSerials, kSerialBlock, crypto::kCardSerials),
      status_serials_(parts_.database, mark_, kStatusSerials, kSerialBlock, kStatusEntries) {}

void Cards::start() const {
    card_serials_.prepare();
    status_serials_.prepare();
}

std::vector<Cards::SerialsFinding> Cards::examine_serials(sql::Tx& tx) const {
    const auto marks = mark_.read();
    std::vector<SerialsFinding> findings;
    for (const auto& block : store::list_serial_blocks(tx)) {
        std::optional<std::int64_t> mark;
        if (marks && marks->contains(block.name)) {
            mark = marks->at(block.name);
        }
        findings.push_back({.name = block.name,
                            .state = mark_.compare(mark, block.next_serial),
                            .difference = mark.value_or(0) - block.next_serial});
    }
    return findings;
}

CardView Cards::Found::view() const {
    CardView view{.card_number = card.number,
                  .state = card.state,
                  .reason = card.reason,
                  .issued_at = card.issued_at,
                  .changed_at = card.changed_at,
                  .name = std::nullopt,
                  .role = std::nullopt,
                  .school = std::nullopt,
                  .school_code = std::nullopt,
                  .stage = std::nullopt,
                  .class_name = std::nullopt,
                  .entry_year = std::nullopt};
    if (holder) {
        view.name = holder->name;
        view.role = holder->role;
        view.school = holder->school;
        view.school_code = holder->school_code;
        view.stage = holder->stage;
        view.class_name = holder->class_name;
        view.entry_year = holder->entry_year;
    }
    return view;
}

std::string Cards::issue(sql::Tx& tx, PersonId person) const {
    if (const auto card = store::find_card(tx, person)) {
        if (card->state == CardState::left) {
            move(tx, Found{.card = *card, .holder = std::nullopt}, CardState::active, {}, nullptr);
        } else {
            holder_changed(tx, person);
        }
        return card->number;
    }
    return issue_first(tx, person);
}

std::string Cards::issue_first(sql::Tx& tx, PersonId person) const {
    return issue(tx, person, card_serials_.next(tx));
}

std::int64_t Cards::take_serials(sql::Tx& tx, std::int64_t count) const {
    return card_serials_.take(tx, count);
}

std::string Cards::issue(sql::Tx& tx, PersonId person, std::int64_t serial) const {
    const auto now = parts_.clock.now();
    const store::CardRow card{.person_id = person,
                              .serial = serial,
                              .number = permutation_.number_of(serial),
                              .state = CardState::active,
                              .reason = std::nullopt,
                              .issued_at = now,
                              .changed_at = now};
    if (store::insert_card(tx, card)) {
        return card.number;
    }
    return store::find_card(tx, person).value().number;  // somebody was first
}

std::optional<PersonId> Cards::find_holder(sql::Tx& tx, std::string_view number) const {
    const auto serial = permutation_.serial_of(number);
    const auto card = serial ? store::find_card_by_serial(tx, *serial) : std::nullopt;
    return card ? std::optional(card->person_id) : std::nullopt;
}

std::optional<std::string> Cards::find_number(sql::Tx& tx, PersonId person) const {
    const auto card = store::find_card(tx, person);
    return card ? std::optional(card->number) : std::nullopt;
}

void Cards::person_left(sql::Tx& tx, PersonId person) const {
    const auto card = store::find_card(tx, person);
    if (card && card->state == CardState::active) {
        move(tx,
             Found{.card = *card, .holder = std::nullopt},
             CardState::left,
             because(CardReason::left),
             nullptr);
    }
}

void Cards::holder_changed(sql::Tx& tx, PersonId person) const {
    if (const auto card = store::hold_card(tx, person)) {
        restate(tx, person, card->state);
    }
}

void Cards::sweep(sql::Tx& tx) const {
    for (const auto list :
         store::delete_expired_devices(tx, parts_.clock.now() - kForgetAfter, kMaxForgotten)) {
        store::touch_list(tx, list);
    }
}

bool Cards::move(sql::Tx& tx, const Found& found, CardState to, const Why& why, const Caller* by) const {
    const auto& card = found.card;
    const auto account = by != nullptr ? std::optional(by->account) : std::nullopt;
    const auto now = parts_.clock.now();
    if (!store::change_card(tx, card.person_id, card.state, to, why.reason, now, account)) {
        return false;
    }
    store::insert_change(
        tx,
        card.person_id,
        parts_.ids.next<DeviceId>().value,
        {.state = to, .reason = why.entered, .note = why.note, .at = now, .account_id = account});
    restate(tx, card.person_id, to);
    if (tell_) {
        tell_(tx, card.person_id, to);
    }
    return true;
}

Cards::Found Cards::own(sql::Tx& tx, const Caller& caller) const {
    auto card = caller.person ? store::find_card(tx, caller.person) : std::nullopt;
    if (!card) {
        throw Error(Fault::not_found, "cards.none");
    }
    return Found{.card = std::move(*card), .holder = parts_.holders.find(tx, caller.person)};
}

CardView Cards::card(sql::Tx& tx, const Caller& caller) const {
    auto view = own(tx, caller).view();
    if (!view.name) {
        view.name = parts_.holders.name_of(tx, caller.account);
    }
    return view;
}

CardView Cards::report_lost(sql::Tx& tx, const Caller& caller) const {
    const auto found = own(tx, caller);
    if (found.card.state != CardState::active) {
        return found.view();
    }
    if (move(tx, found, CardState::suspended, because(CardReason::lost), &caller)) {
        parts_.audit.record(tx,
                            caller,
                            {.action = "cards.reported_lost",
                             .organisation_path = found.holder ? found.holder->path : "",
                             .subject_kind = "card",
                             .subject = found.card.number,
                             .details = ""});
    }
    auto view = own(tx, caller).view();
    if (!view.name) {
        view.name = parts_.holders.name_of(tx, caller.account);
    }
    return view;
}

}  // namespace educard::cards
