#include "modules/applications/certification.hpp"

#include "crypto/blind_index.hpp"
#include "modules/applications/view.hpp"

namespace educard::applications {

std::vector<FieldComparison> compare_with(sql::Tx& tx,
                                          const Needs& needs,
                                          const store::Record& record,
                                          const Profile& profile,
                                          const RosterEntry& entry) {
    Names names(tx, needs.organisations);
    return compare(record.kind,
                   Sides{.profile = profile,
                         .birth_date = record.birth_date,
                         .gender = record.gender.value_or(people::Gender::unknown),
                         .school = names.of(record.school_id).value_or(""),
                         .class_name = names.of(record.class_id).value_or(""),
                         .entry = entry,
                         .roster_school = names.of(entry.school_id).value_or(""),
                         .roster_class = names.of(entry.class_id).value_or("")});
}

std::vector<Bytes> marks_of(const Needs& needs, const Profile& profile) {
    std::vector<Bytes> marks;
    for (const auto& guardian : profile.guardians.value_or(std::vector<Guardian>())) {
        if (const auto phone = normalise_phone(guardian.phone.value_or(""))) {
            marks.push_back(needs.blind_index.of("phone", *phone));
        }
        if (guardian.document) {
            marks.push_back(people::digest_of(needs.blind_index, *guardian.document));
        }
    }
    return marks;
}

void put_claim(store::Record& record, const Claim& claim) {
    record.digest = claim.digest;
    record.document_kind = claim.document_kind;
    record.document_mask = claim.mask;
    record.birth_date = claim.birth_date;
    record.gender = claim.gender;
}

std::optional<RosterEntry> entry_of(sql::Tx& tx, const Needs& needs, const store::Record& record) {
    if (record.roster_entry_id) {
        return needs.roster.get(tx, *record.roster_entry_id);
    }
    if (!record.digest || !record.school_id) {
        return std::nullopt;
    }
    return needs.roster.find(tx, *record.digest, record.kind, *record.school_id);
}

void settle_roster(sql::Tx& tx, const Needs& needs, const store::Record& record) {
    if (!record.roster_entry_id) {
        return;
    }
    auto certification = record.state == State::returned ? Certification::returned : Certification::not_begun;
    const auto other = store::other_state_of_entry(tx, *record.roster_entry_id, record.id);
    if (other == State::approved) {
        return;  // what is certified stays so, whatever becomes of other claims
    }
    if (other == State::submitted) {
        certification = Certification::in_review;
    } else if (other == State::returned) {
        certification = Certification::returned;
    }
    needs.roster.set_certification(tx, *record.roster_entry_id, certification, PersonId{});
}

void tell_of(sql::Tx& tx, const Needs& needs, const PlaceEvent& event) {
    if (needs.tell) {
        needs.tell(tx, event);
    }
}

bool is_contested(sql::Tx& tx, const Needs& needs, const Bytes& digest, AccountId account) {
    return !needs.accounts.competing(tx, digest, account).empty();
}

Certification Applications::certification_of(sql::Tx& tx, const Bytes& digest, Kind kind) const {
    const auto state = store::furthest_state(tx, digest, kind);
    if (state == State::approved) {
        return Certification::certified;
    }
    if (state == State::submitted) {
        return Certification::in_review;
    }
    return state == State::returned ? Certification::returned : Certification::not_begun;
}

void Applications::left_school(sql::Tx& tx, const Bytes& digest, Kind kind, OrganisationId school) const {
    for (const auto person : store::certified_people(tx, digest)) {
        if (!store::end_affiliations_at(tx, person, kind, school, needs_.clock.now())) {
            continue;
        }
        tell_of(tx, needs_, {.person = person, .change = PlaceChange::left, .kind = kind, .former_school = school});
        if (store::has_open_affiliation(tx, person)) {
            needs_.cards.holder_changed(tx, person);
        } else {
            needs_.cards.person_left(tx, person);
        }
    }
}

void Applications::returned_to_school(sql::Tx& tx,
                                      const Bytes& digest,
                                      Kind kind,
                                      OrganisationId school) const {
    for (const auto person : store::certified_people(tx, digest)) {
        if (store::reopen_affiliation(tx, person, kind, school, needs_.clock.now())) {
            needs_.cards.issue(tx, person);
            tell_of(tx, needs_, {.person = person, .change = PlaceChange::certified, .kind = kind, .former_school = {}});
        }
    }
}

void Applications::follow_move(sql::Tx& tx,
                               std::string_view from,
                               std::string_view to,
                               int depth_change) const {
    store::move_paths(tx, from, to, depth_change);
}

}  // namespace educard::applications
