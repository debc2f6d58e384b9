// Doing it: classes and what else is below go to who receives, then what is left, then what ends is closed.

#include "base/error.hpp"
#include "modules/restructuring/plan.hpp"

#include <algorithm>

namespace educard::restructuring {

namespace {

using organisations::Kind;

constexpr int kOfficesAtOnce = 200;

}  // namespace

Organisation Restructuring::receiver(sql::Tx& tx, const Caller& caller, const Plan& plan) const {
    if (!plan.founded) {
        return parts_.organisations.get(tx, plan.into->id);
    }
    return parts_.organisations.create(tx, caller, draft_of(plan), plan.leaving);
}

void Restructuring::move_unit(sql::Tx& tx,
                              const Caller& caller,
                              const Organisation& unit,
                              const Organisation& to,
                              Date day,
                              Numbers& numbers) const {
    if (unit.kind != Kind::class_) {
        parts_.organisations.relocate(tx, caller, unit, to, day);
        return;
    }
    const auto number = numbers.find(unit);
    if (!number) {
        throw Error(Fault::conflict, "restructuring.no_number");
    }
    Transferred transferred{.from = parts_.organisations.school_of(tx, unit),
                            .to = to,
                            .class_id = unit.id,
                            .day = day,
                            .people = {}};
    parts_.organisations.relocate(tx, caller, unit, to, day, number);
    const auto replaced =
        parts_.roster.transfer(tx, {.from = transferred.from.id, .to = to.id, .class_id = unit.id});
    for (const auto& one : replaced) {
        parts_.applications.entry_replaced(tx, one.entry.value, one.by.value);
    }
    transferred.people = parts_.applications.transfer(
        tx, {.from = transferred.from, .to = to, .class_id = unit.id, .day = day});
    for (const auto& follow : followers_) {
        follow(tx, transferred);
    }
}

void Restructuring::empty_school(
    sql::Tx& tx, const Caller&, const Organisation& from, const Organisation& to, Date day) const {
    const auto replaced =
        parts_.roster.transfer(tx, {.from = from.id, .to = to.id, .class_id = std::nullopt});
    for (const auto& one : replaced) {
        parts_.applications.entry_replaced(tx, one.entry.value, one.by.value);
    }
    const auto people =
        parts_.applications.transfer(tx, {.from = from, .to = to, .class_id = std::nullopt, .day = day});
    for (const auto& follow : followers_) {
        follow(tx, {.from = from, .to = to, .class_id = std::nullopt, .day = day, .people = people});
    }
}

void Restructuring::settle_offices(sql::Tx& tx,
                                   const Caller& caller,
                                   const Organisation& from,
                                   const Organisation& to,
                                   const std::vector<accounts::AppointmentId>& go) const {
    std::vector<accounts::Office> offices;
    for (const auto state : {accounts::OfficeState::present, accounts::OfficeState::upcoming}) {
        const auto found = parts_.accounts.offices(
            tx, caller, {.organisation_id = from.id, .state = state, .limit = kOfficesAtOnce});
        offices.insert(offices.end(), found.begin(), found.end());
    }
    for (const auto& office : offices) {
        if (office.account_id == caller.account) {
            continue;  // nobody appoints or ends themselves: it rests with what is closed
        }
        parts_.accounts.end_office(tx, caller, office, std::nullopt);
        parts_.applications.end_delegations(tx, office.account_id, from.id);
        if (std::ranges::find(go, office.id) == go.end()) {
            continue;
        }
        const auto there = parts_.accounts.holders(tx, to.id, office.role);
        if (std::ranges::find(there, office.account_id, &accounts::Appointment::account_id) == there.end()) {
            accounts::Appoint appoint;
            appoint.organisation_id = to.id;
            appoint.role = office.role;
            if (office.starts_at > parts_.clock.now()) {
                appoint.starts_at = office.starts_at;
            }
            appoint.ends_at = office.ends_at;
            parts_.accounts.appoint_account(tx, caller, appoint, office.account_id);
        }
    }
}

void Restructuring::finish(
    sql::Tx& tx, const Caller& caller, const Organisation& from, const Organisation& to, Date day) const {
    const auto now = parts_.organisations.get(tx, from.id);
    const auto people = parts_.rollout.counts_of(tx, now).total();
    parts_.organisations.close(
        tx,
        caller,
        organisations::Closing{
            .id = now.id, .version = now.version, .valid_to = day, .successor_id = to.id, .people = people});
}

OrganisationId Restructuring::carry_out(sql::Tx& tx, const Caller& caller, const Plan& plan) const {
    if (plan.act == Act::move) {
        const auto& one = plan.sources.front();
        organisations::Change change;
        change.id = one.id;
        change.version = one.version;
        change.effective_on = plan.day;
        change.parent_id = plan.into->id;
        parts_.organisations.change(tx, caller, change);
        return plan.into->id;
    }
    if (plan.act == Act::rename) {
        const auto& one = plan.sources.front();
        organisations::Change change;
        change.id = one.id;
        change.version = one.version;
        change.effective_on = plan.day;
        change.name = plan.name;
        parts_.organisations.change(tx, caller, change);
        return one.id;
    }
    if (plan.act == Act::found) {
        return parts_.organisations.create(tx, caller, draft_of(plan), plan.leaving).id;
    }
    if (plan.act == Act::close) {
        const auto& one = plan.sources.front();
        parts_.organisations.close(
            tx,
            caller,
            organisations::Closing{.id = one.id,
                                   .version = one.version,
                                   .valid_to = plan.day,
                                   .successor_id = plan.into ? std::optional(plan.into->id) : std::nullopt,
                                   .people = parts_.rollout.counts_of(tx, one).total()});
        return one.id;
    }
    const auto to = receiver(tx, caller, plan);
    Numbers numbers;
    if (to.kind == Kind::school) {
        for (const auto& one : parts_.organisations.classes_of(tx, to.id)) {
            numbers.take(*one.stage, *one.entry_year, *one.class_number);
        }
    }
    std::vector<Organisation> left;  // schools that people went away from
    for (const auto& unit : plan.units) {
        if (plan.is_of_schools()) {
            const auto school = parts_.organisations.school_of(tx, unit);
            if (std::ranges::find(left, school.id, &Organisation::id) == left.end()) {
                left.push_back(school);
            }
        }
        if (plan.is_of_schools() || plan.act == Act::split) {
            move_unit(tx, caller, unit, to, plan.day, numbers);
        }
    }
    if (plan.act == Act::merge) {
        for (const auto& source : plan.sources) {
            if (source.kind == Kind::school) {
                empty_school(tx, caller, source, to, plan.day);
                parts_.rollout.recount(tx, source);
            }
            settle_offices(tx, caller, source, to, plan.offices);
            finish(tx, caller, source, to, plan.day);
        }
    }
    for (const auto& school : left) {
        parts_.rollout.recount(tx, school);
    }
    if (plan.is_of_schools()) {
        parts_.rollout.recount(tx, to);
        put_cards_job(tx, to.id);
    }
    if (plan.act == Act::merge) {
        // Last, for bulletins are computed anew from the counts.
        for (const auto& source : plan.sources) {
            for (const auto& follow : merged_) {
                follow(tx, source, parts_.organisations.get(tx, to.id));
            }
        }
    }
    return to.id;
}

}  // namespace educard::restructuring
