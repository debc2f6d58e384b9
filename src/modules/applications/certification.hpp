#pragma once
// What an application means for the roster: comparing with its entry, and keeping the entry's certification
// in step.

#include "modules/applications/applications.hpp"
#include "modules/applications/store.hpp"

#include <vector>

namespace educard::applications {

std::vector<FieldComparison> compare_with(sql::Tx& tx,
                                          const Needs& needs,
                                          const store::Record& record,
                                          const Profile& profile,
                                          const RosterEntry& entry);

/// Blind indexes of the guardians' documents and phones.
std::vector<Bytes> marks_of(const Needs& needs, const Profile& profile);

/// What the account claims, into the record that is handed in.
void put_claim(store::Record& record, const Claim& claim);

/// The roster's entry for the application: the one found at hand-in, or one that came into the roster since.
std::optional<RosterEntry> entry_of(sql::Tx& tx, const Needs& needs, const store::Record& record);

/// The entry is as far as the furthest of the applications that belong to it. One that was approved counts as
/// long as the person has not become the same at another school
/// (docs/decisions/0043-one-person-in-two-rosters.md).
void settle_entry(sql::Tx& tx, const Needs& needs, std::int64_t entry);
/// The same for the entry of an application whose state was written, if it has one.
void settle_roster(sql::Tx& tx, const Needs& needs, const store::Record& record);

/// Whether an application other than that one certifies the entry.
bool is_certified_by_others(sql::Tx& tx, std::int64_t entry, ApplicationId but);

/// Entries of other schools that applications of the same document belong to: they are to be settled once the
/// person has become the same at this application's school.
std::vector<std::int64_t> entries_left_behind(sql::Tx& tx, const store::Record& record);

/// For Applications::when_changed.
void tell_of(sql::Tx& tx, const Needs& needs, const PlaceEvent& event);

/// Whether others claim the number too, or it is somebody's already.
bool is_contested(sql::Tx& tx, const Needs& needs, const Bytes& digest, AccountId account);

}  // namespace educard::applications
