// How a guardian comes to a child: with the code of an invitation, or by what the school's record says of
// them. A try is counted before it is looked at. Who has no account gets one in the transaction that links
// it.

#include "base/error.hpp"
#include "base/text.hpp"
#include "modules/families/acting.hpp"
#include "crypto/hand_code.hpp"
#include "modules/families/families.hpp"
#include "modules/families/store.hpp"

#include <fmt/format.h>

namespace educard::families {

namespace {

using namespace std::chrono_literals;

constexpr RateRule kTriesOfNetwork{.burst = 300, .refill = 10s};
constexpr RateRule kTriesOfCard{.burst = 5, .refill = 2h};

/// 1 March for who was born on 29 February.
std::optional<Date> of_age_on(const Child& child) {
    if (!child.birth_date) {
        return std::nullopt;
    }
    const auto day = *child.birth_date + std::chrono::years(kAgeOfMajority);
    return day.ok() ? day : Date(day.year(), std::chrono::March, std::chrono::day(1));
}

Error code_unknown() {
    return Error::invalid("code", "families.code_unknown");
}

Error no_record() {
    return Error::invalid("record.card_number", "families.no_record");
}

}  // namespace

/// What gives a right to a link, as it stands now.
struct Families::Ticket {
    Child child;
    std::string guardian_name;
    GuardianRelation relation{};
    Rights rights{};
    Origin origin{};
    std::optional<std::string> phone;  // on record
    std::optional<Bytes> digest;       // this and the next three: of an invitation
    std::optional<AccountId> made_by;
    std::optional<AccountId> used_by;
    std::optional<LinkId> link;
};

Bytes Families::digest_of(std::string_view code) const {
    return index_.of("family.code", code);
}

void Families::count_try(const Caller& caller, const Join& input) const {
    parts_.database.write([&](sql::Tx& tx) {
        parts_.limits.require(tx, "family:" + caller.network, kTriesOfNetwork);
        if (input.record) {
            const auto card = index_.of("family.card", tidy(input.record->card_number));
            parts_.limits.require(tx, "family-record:" + to_base64url(card), kTriesOfCard);
        }
    });
}

Families::Ticket Families::read_ticket(sql::Tx& tx, const Caller& caller, const Join& input) const {
    Ticket ticket;
    if (input.code) {
        const auto code = crypto::read_code(*input.code);
        const auto row = code ? store::find_invitation(tx, digest_of(*code)) : std::nullopt;
        const bool used_by_other = row && row->used_by && row->used_by != caller.account;
        if (!row || row->expires_at <= parts_.clock.now() || used_by_other) {
            throw code_unknown();
        }
        ticket.child = get_child(tx, row->person_id);
        ticket.guardian_name =
            cipher_.open(row->guardian_name, {"family_invitation", "guardian_name", row->id.value});
        ticket.relation = row->relation;
        ticket.rights = row->rights;
        ticket.origin = Origin::invitation;
        ticket.digest = row->digest;
        ticket.made_by = row->made_by;
        ticket.used_by = row->used_by;
        ticket.link = row->link_id;
        if (!ticket.child.learns || stage_of(ticket.child) == Stage::adult) {
            throw code_unknown();
        }
        return ticket;
    }
    const auto person = parts_.children.of_card(tx, input.record->card_number);
    auto child = person ? parts_.children.find(tx, *person) : std::nullopt;
    if (!child || !child->learns || stage_of(*child) == Stage::adult) {
        throw no_record();
    }
    const auto relation =
        parts_.children.find_on_record(tx, *child, input.record->guardian_name, input.record->phone);
    if (!relation) {
        throw no_record();
    }
    ticket.child = std::move(*child);
    ticket.guardian_name = tidy_name(input.record->guardian_name);
    ticket.relation = *relation;
    ticket.rights = Rights::full;
    ticket.origin = Origin::record;
    ticket.phone = input.record->phone;
    return ticket;
}

void Families::check_joiner(sql::Tx& tx, const Caller& caller, const Ticket& ticket) const {
    const auto account = parts_.accounts.find(tx, caller.account).value();
    const auto today = date_in_china(parts_.clock.now());
    if (account.person_id == ticket.child.person) {
        throw Error(Fault::conflict, "families.own_child");
    }
    if (account.birth_date && years_between(*account.birth_date, today) < kAgeOfMajority) {
        throw Error(Fault::conflict, "families.too_young");
    }
    if (name_key(account.name) != name_key(ticket.guardian_name)) {
        throw Error(Fault::conflict, "families.other_name");
    }
}

/// The link, in the account that is signed in by now.
store::LinkRow Families::redeem(sql::Tx& tx, const Caller& caller, const Ticket& ticket, bool is_new) const {
    // Also in an account that they make for it.
    if (ticket.made_by && is_same_person(tx, *ticket.made_by, caller.account)) {
        throw Error(Fault::conflict, "families.own_invitation");
    }
    if (!is_new) {
        check_joiner(tx, caller, ticket);
    }
    if (ticket.digest && !store::use_invitation(tx, *ticket.digest, caller.account, parts_.clock.now())) {
        const auto used = store::find_invitation(tx, *ticket.digest);
        auto row = used && used->used_by == caller.account && used->link_id
                       ? store::find_link(tx, *used->link_id)
                       : std::nullopt;
        if (!row || row->state == LinkState::ended) {
            throw code_unknown();
        }
        return std::move(*row);
    }
    auto state = LinkState::active;
    if (ticket.origin == Origin::record) {
        // What the school wrote down is not proof of who types it: their telephone is, unless the school has
        // ended a link of the child before.
        const auto identity = parts_.accounts.identify(tx, caller.account);
        const bool proven =
            identity && identity->phone_verified && identity->phone &&
            parts_.children.find_on_record(tx, ticket.child, ticket.guardian_name, *identity->phone);
        state = proven && !store::has_ended_link(tx, ticket.child.person) ? LinkState::active
                                                                          : LinkState::waiting;
    }
    auto row = link(tx, caller, ticket, state);
    if (ticket.digest) {
        store::set_link_of(tx, *ticket.digest, row.id);
    }
    return row;
}

store::LinkRow Families::link(sql::Tx& tx,
                              const Caller& caller,
                              const Ticket& ticket,
                              LinkState state) const {
    if (store::links_of_child(tx, ticket.child.person).size() >= kMostLinks) {
        throw Error(Fault::conflict, "families.too_many");
    }
    store::LinkRow row;
    row.id = parts_.ids.next<LinkId>();
    row.person_id = ticket.child.person;
    row.account_id = caller.account;
    row.guardian_name = cipher_.seal(ticket.guardian_name, {"family_link", "guardian_name", row.id.value});
    row.relation = ticket.relation;
    row.rights = ticket.rights;
    row.state = state;
    row.origin = ticket.origin;
    row.school_id = ticket.child.school_id;
    row.made_by = ticket.made_by;
    row.made_at = parts_.clock.now();
    row.changed_at = row.made_at;
    if (store::insert_link(tx, row, of_age_on(ticket.child))) {
        note(tx, caller, row, EventKind::made);
        record(tx, caller, "families.linked", row, ticket.child.path);
        tell_fellows(tx, row, ticket.child, accounts::AccountEventKind::guardian_joins, ticket.guardian_name);
        tell_of_consents(tx, row, ticket.child);
        return row;
    }
    auto present = store::find_link(tx, row.person_id, caller.account);
    if (!present) {
        throw Error(Fault::conflict, "families.changed_meanwhile");
    }
    if (present->state == LinkState::disputed) {
        throw Error(Fault::conflict, "families.disputed");
    }
    const bool invited = ticket.origin == Origin::invitation;
    const bool confirms = present->state == LinkState::waiting && state == LinkState::active;
    const auto rights = invited ? ticket.rights : present->rights;
    if (!confirms && rights == present->rights) {
        return std::move(*present);
    }
    change(tx, *present, confirms ? LinkState::active : present->state, rights);
    note(tx, caller, *present, confirms ? EventKind::confirmed : EventKind::rights_changed);
    record(
        tx, caller, confirms ? "families.confirmed" : "families.rights_changed", *present, ticket.child.path);
    if (rights != Rights::full && ticket.child.account) {
        parts_.oidc.withdraw_allowances_by(tx, caller, *ticket.child.account, caller.account);
    }
    return get_link(tx, present->id);
}

Joined Families::join(const Caller& caller, const Join& input) const {
    if (input.code.has_value() == input.record.has_value()) {
        throw Error::invalid("code", "families.code_or_record");
    }
    if (caller.signed_in() == input.account.has_value()) {
        throw Error::invalid("account", caller.signed_in() ? "families.signed_in" : "required");
    }
    count_try(caller, input);
    Joined joined;
    if (caller.signed_in()) {
        parts_.database.write([&](sql::Tx& tx) {
            joined.child = child_view_of(tx, redeem(tx, caller, read_ticket(tx, caller, input), false));
        });
        return joined;
    }
    const auto ticket = parts_.database.read([&](sql::Tx& tx) { return read_ticket(tx, caller, input); });
    const accounts::GuardianForm form{.name = ticket.guardian_name,
                                      .user_name = input.account->user_name,
                                      .password = input.account->password,
                                      .phone = ticket.phone.value_or(input.account->phone.value_or("")),
                                      .captcha = input.account->captcha,
                                      .language = input.account->language,
                                      .transport = input.account->transport};
    joined.opened =
        parts_.accounts.register_guardian(caller, form, "account.", [&](sql::Tx& tx, AccountId account) {
            Caller owner = caller;
            owner.account = account;
            joined.child = child_view_of(tx, redeem(tx, owner, read_ticket(tx, owner, input), true));
        });
    return joined;
}

}  // namespace educard::families
