// What follows when a class, or a whole school, goes to another school.

#include "base/error.hpp"
#include "modules/applications/applications.hpp"
#include "modules/applications/store.hpp"

namespace educard::applications {

namespace {

constexpr int kMaxDelegationsAround = 200;

}  // namespace

std::vector<PersonId> Applications::transfer(sql::Tx& tx, const SchoolTransfer& transfer) const {
    const auto now = needs_.clock.now();
    store::follow_school(tx, transfer);
    std::vector<PersonId> moved;
    for (auto& place : store::places_at(tx, transfer.from.id, transfer.class_id)) {
        moved.push_back(place.person_id);
        place.school_id = transfer.to.id;
        if (place.starts_on >= transfer.day) {
            store::set_place(tx, place, now);
            continue;
        }
        store::end_place(tx, place, transfer.day, now);
        place.id = needs_.ids.next<ApplicationId>().value;
        place.starts_on = transfer.day;
        store::insert_place(tx, place, now);
    }
    return moved;
}

void Applications::entry_replaced(sql::Tx& tx, std::int64_t entry, std::int64_t by) const {
    store::replace_entry(tx, entry, by);
}

Waiting Applications::waiting_at(sql::Tx& tx, const organisations::Organisation& place) const {
    return {.submitted = store::count_at(tx, place, State::submitted),
            .open = store::count_at(tx, place, State::submitted) +
                    store::count_at(tx, place, State::returned) + store::count_at(tx, place, State::draft)};
}

std::vector<PersonAt> Applications::people_at(sql::Tx& tx,
                                              OrganisationId school,
                                              std::int64_t after,
                                              int limit) const {
    return store::people_at(tx, school, after, limit);
}

std::vector<DelegationView> Applications::delegations_of(sql::Tx& tx, AccountId account) const {
    Caller holder;
    holder.account = account;
    auto list = delegations(tx, holder);
    std::erase_if(list, [today = needs_.organisations.today()](const DelegationView& one) {
        return one.ends_on < today;
    });
    return list;
}

std::int64_t Applications::end_delegations(sql::Tx& tx, AccountId from, OrganisationId organisation) const {
    std::int64_t ended = 0;
    for (const auto& row : store::delegations_around(tx, from, kMaxDelegationsAround)) {
        if (row.from_account == from && row.organisation_id == organisation && !row.revoked_at &&
            store::revoke_delegation(tx, row.id, needs_.clock.now())) {
            ++ended;
        }
    }
    return ended;
}

}  // namespace educard::applications
