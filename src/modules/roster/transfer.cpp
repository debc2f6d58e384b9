// Entries that follow their class, or their school, to another school.

#include "modules/roster/roster.hpp"
#include "modules/roster/store.hpp"

namespace educard::roster {

namespace {

/// How far certification has come; the words are in that order but for a returned application.
int rank_of(Certification certification) {
    switch (certification) {
        case Certification::not_begun:
            return 0;
        case Certification::returned:
            return 1;
        case Certification::in_review:
            return 2;
        case Certification::certified:
            return 3;
    }
    return 0;
}

}  // namespace

std::vector<Replaced> Roster::transfer(sql::Tx& tx, const Transfer& transfer) const {
    const auto now = needs_.clock.now();
    // First, so that what is written meanwhile is either there and moves along, or is not written any more.
    for (auto at = std::optional(transfer.from); at; at = needs_.organisations.get(tx, *at).parent_id) {
        store::outdate_imports(tx, transfer, *at, now);
    }
    std::vector<Replaced> replaced;
    for (const auto& both : store::doubles(tx, transfer)) {
        if (both.from_state != EntryState::active) {
            continue;  // stays where it was: nobody is in that list any more
        }
        if (both.to_state != EntryState::active) {
            store::delete_entry(tx, both.to_id);
            replaced.push_back({.entry = both.to_id, .by = both.from_id});
            continue;
        }
        store::mark_entry_left(tx, both.from_id, now);
        needs_.observer.moved(
            tx, both.from_class.value_or(transfer.from), both.kind, both.from_certification, std::nullopt, 1);
        if (rank_of(both.from_certification) > rank_of(both.to_certification)) {
            set_certification(tx, both.to_id, both.from_certification);
        }
        replaced.push_back({.entry = both.from_id, .by = both.to_id});
    }
    store::transfer(tx, transfer, now);
    return replaced;
}

std::int64_t Roster::count_doubles(sql::Tx& tx, const Transfer& transfer) const {
    return store::count_doubles(tx, transfer);
}

}  // namespace educard::roster
