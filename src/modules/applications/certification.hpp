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

/// After an application left review without approval: the entry is in review while another application for it
/// is, else returned when this one or another was returned, else not begun.
void settle_roster(sql::Tx& tx, const Needs& needs, const store::Record& record);

/// For Applications::when_changed.
void tell_of(sql::Tx& tx, const Needs& needs, const PlaceEvent& event);

/// Whether others claim the number too, or it is somebody's already.
bool is_contested(sql::Tx& tx, const Needs& needs, const Bytes& digest, AccountId account);

}  // namespace educard::applications
