// When somebody leaves: what they hold goes to a successor on a day, and theirs ends.

#include "base/error.hpp"
#include "base/text.hpp"
#include "modules/offices/offers.hpp"

#include <algorithm>

namespace educard::offices {

namespace {

constexpr std::size_t kMostAtOnce = 50;

Time start_of_day_in_china(Date day) {
    return Time(std::chrono::sys_days(day)) - std::chrono::hours(8);
}

bool may_hand_over(sql::Tx& tx,
                   const accounts::Accounts& accounts,
                   const Caller& caller,
                   const accounts::Appointment& office) {
    try {
        accounts.require_appointer(tx, caller, office.organisation_id, office.role);
        return office.account_id != caller.account;
    } catch (const Error&) {
        return false;
    }
}

}  // namespace

Holdings Offices::holdings(sql::Tx& tx, const Caller& caller, AccountId id) const {
    const auto account = parts_.accounts.find(tx, id);
    Holdings holdings{.account_id = id, .name = {}, .user_name = {}, .items = {}};
    if (account) {
        const auto delegations = parts_.applications.delegations_of(tx, id);
        for (auto& office : parts_.accounts.offices_of(tx, id)) {
            if (!may_hand_over(tx, parts_.accounts, caller, office)) {
                ++holdings.others;
                continue;
            }
            const auto place = parts_.organisations.get(tx, office.organisation_id);
            const bool counts =
                place.kind == organisations::Kind::school || place.kind == organisations::Kind::class_;
            Holding holding{.office = office,
                            .waiting = counts ? parts_.applications.waiting_at(tx, place).submitted : 0,
                            .delegations = {},
                            .is_contact = store::is_contact(tx, place.id, id)};
            std::ranges::copy_if(delegations,
                                 std::back_inserter(holding.delegations),
                                 [&](const applications::DelegationView& one) {
                                     return one.from_account == id && one.organisation_id == place.id;
                                 });
            holdings.items.push_back(std::move(holding));
        }
    }
    if (holdings.items.empty()) {
        throw Error(Fault::not_found, "offices.nobody");
    }
    holdings.name = account->name;
    holdings.user_name = account->user_name;
    return holdings;
}

void Offices::take_over(sql::Tx& tx,
                        const Caller& giver,
                        const Offer& offer,
                        AccountId successor,
                        const std::optional<Date>& on,
                        const std::optional<Date>& until,
                        std::vector<accounts::Appointment>& made) const {
    const auto today = parts_.organisations.today();
    const auto begins = on && std::chrono::sys_days(*on) > std::chrono::sys_days(today) ? on : std::nullopt;
    accounts::Appoint office;
    office.organisation_id = offer.organisation_id;
    office.role = offer.role;
    office.begins_on = begins;
    office.ends_on = until;
    office.replace = offer.replace;
    if (offer.takes_over) {
        const auto present = parts_.accounts.find_appointment(tx, accounts::AppointmentId{*offer.takes_over});
        if (present) {
            if (begins && offer.role == Role::class_teacher) {
                throw Error::invalid("on", "offices.class_from_today");
            }
            parts_.accounts.require_appointer(tx, giver, present->organisation_id, present->role);
            if (present->account_id == giver.account || present->account_id == successor) {
                throw Error(Fault::conflict, "offices.same_person");
            }
            const auto at = begins ? std::optional(start_of_day_in_china(*begins)) : std::nullopt;
            parts_.accounts.end_office(tx, giver, *present, at);
            if (!begins) {
                parts_.applications.end_delegations(tx, present->account_id, present->organisation_id);
            }
            store::replace_contact(tx,
                                   present->organisation_id,
                                   present->account_id,
                                   successor,
                                   name_of(tx, successor).value_or(""),
                                   parts_.clock.now(),
                                   giver.account);
        }
        office.ends_at = offer.ends_at;
        // Of two who hold the same office one may take over what the other leaves.
        const auto held = parts_.accounts.offices_of(tx, successor);
        const auto same = std::ranges::find_if(held, [&](const accounts::Appointment& one) {
            return one.organisation_id == offer.organisation_id && one.role == offer.role && !one.ends_at &&
                   one.starts_at <= parts_.clock.now();
        });
        if (same != held.end()) {
            made.push_back(*same);
            return;
        }
    }
    made.push_back(parts_.accounts.appoint_account(tx, giver, office, successor));
}

HandedOver Offices::hand_over(sql::Tx& tx, const Caller& caller, const HandOver& input) const {
    const auto known = holdings(tx, caller, input.account_id);
    const bool by_name = input.name && !tidy(*input.name).empty();
    const bool by_account = input.user_name && !tidy(*input.user_name).empty();
    if (by_name == by_account) {
        throw Error::invalid("user_name", "offices.one_successor");
    }
    if (input.appointments.empty() || input.appointments.size() > kMostAtOnce) {
        throw Error::invalid("appointments", input.appointments.empty() ? "required" : "too_many");
    }
    const auto today = std::chrono::sys_days(parts_.organisations.today());
    if (input.on && (std::chrono::sys_days(*input.on) < today ||
                     std::chrono::sys_days(*input.on) > today + std::chrono::days(180))) {
        throw Error::invalid("on", "offices.day");
    }
    std::vector<Offer> offers;
    for (std::size_t index = 0; index < input.appointments.size(); ++index) {
        const auto found = std::ranges::find_if(
            known.items, [&](const Holding& one) { return one.office.id == input.appointments[index]; });
        if (found == known.items.end()) {
            throw Error::invalid("appointments[" + std::to_string(index) + "]",
                                 "accounts.appointment_unknown");
        }
        offers.push_back(Offer{.organisation_id = found->office.organisation_id,
                               .role = found->office.role,
                               .takes_over = found->office.id.value,
                               .ends_at = found->office.ends_at});
    }
    HandedOver result;
    if (by_name) {
        Invite invite;
        invite.organisation_id = offers.front().organisation_id;
        invite.role = offers.front().role;
        invite.name = *input.name;
        invite.phone = input.phone;
        invite.begins_on = input.on;
        result.invitation = make_invitation(tx, caller, invite, offers);
        return result;
    }
    const auto successor = parts_.accounts.find_by_user_name(tx, *input.user_name);
    if (!successor) {
        throw Error::invalid("user_name", "accounts.user_name_unknown");
    }
    for (const auto& offer : offers) {
        take_over(tx, caller, offer, successor->id, input.on, std::nullopt, result.appointments);
    }
    parts_.audit.record(
        tx,
        caller,
        AuditEntry{.action = "offices.handed_over",
                   .organisation_path = parts_.organisations.get(tx, offers.front().organisation_id).path,
                   .subject_kind = "account",
                   .subject = std::to_string(input.account_id.value),
                   .details = ""});
    return result;
}

}  // namespace educard::offices
