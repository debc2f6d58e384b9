#include "modules/applications/certification.hpp"

#include "crypto/blind_index.hpp"
#include "modules/applications/view.hpp"

#include <algorithm>

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

namespace {

/// What somebody was approved for does not hold where they have become the same at another school since.
bool holds(sql::Tx& tx, const store::Standing& standing) {
    return standing.state != State::approved || !standing.person_id ||
           store::latest_school(tx, *standing.person_id, standing.kind) == standing.school_id;
}

Certification certification_of(State state) {
    switch (state) {
        case State::approved:
            return Certification::certified;
        case State::submitted:
            return Certification::in_review;
        case State::returned:
            return Certification::returned;
        case State::draft:
        case State::withdrawn:
        case State::rejected:
            break;
    }
    return Certification::not_begun;
}

/// `not_begun`, `returned`, `in_review`, `certified`, from the least to the furthest.
Certification further(Certification one, Certification other) {
    const auto rank = [](Certification certification) {
        switch (certification) {
            case Certification::certified:
                return 3;
            case Certification::in_review:
                return 2;
            case Certification::returned:
                return 1;
            case Certification::not_begun:
                break;
        }
        return 0;
    };
    return rank(one) < rank(other) ? other : one;
}

/// Whose hand-in is compared anew: nobody decides by the others any more.
std::optional<RosterMatch> match_anew(sql::Tx& tx,
                                      const Needs& needs,
                                      const store::Standing& standing,
                                      std::int64_t entry) {
    if (standing.state == State::approved) {
        return std::nullopt;
    }
    const auto record = store::find(tx, standing.id);
    const auto listed = needs.roster.get(tx, entry);
    if (!record || !listed) {
        return std::nullopt;
    }
    return match_of(compare_with(tx, needs, *record, profile_of(needs, *record), *listed));
}

}  // namespace

bool is_certified_by_others(sql::Tx& tx, std::int64_t entry, ApplicationId but) {
    return std::ranges::any_of(store::standings_of_entry(tx, entry), [&](const store::Standing& standing) {
        return standing.id != but && standing.state == State::approved && holds(tx, standing);
    });
}

void settle_entry(sql::Tx& tx, const Needs& needs, std::int64_t entry) {
    auto furthest = Certification::not_begun;
    for (const auto& standing : store::standings_of_entry(tx, entry)) {
        if (holds(tx, standing)) {
            furthest = further(furthest, certification_of(standing.state));
        }
    }
    needs.roster.set_certification(tx, entry, furthest, PersonId{});
}

void settle_roster(sql::Tx& tx, const Needs& needs, const store::Record& record) {
    if (record.roster_entry_id) {
        settle_entry(tx, needs, *record.roster_entry_id);
    }
}

std::vector<std::int64_t> entries_left_behind(sql::Tx& tx, const store::Record& record) {
    std::vector<std::int64_t> entries;
    if (!record.digest) {
        return entries;
    }
    for (const auto& standing : store::standings_of_document(tx, *record.digest, record.kind)) {
        if (standing.roster_entry_id && standing.school_id != record.school_id) {
            entries.push_back(*standing.roster_entry_id);
        }
    }
    return entries;
}

void tell_of(sql::Tx& tx, const Needs& needs, const PlaceEvent& event) {
    if (needs.tell) {
        needs.tell(tx, event);
    }
}

bool is_contested(sql::Tx& tx, const Needs& needs, const Bytes& digest, AccountId account) {
    return !needs.accounts.competing(tx, digest, account).empty();
}

Certification Applications::entered_roster(sql::Tx& tx, const Listing& listing) const {
    auto furthest = Certification::not_begun;
    for (const auto& standing : store::standings_of_document(tx, listing.digest, listing.kind)) {
        if (standing.school_id != listing.school || !holds(tx, standing)) {
            continue;
        }
        furthest = further(furthest, certification_of(standing.state));
        if (standing.roster_entry_id == listing.entry) {
            continue;
        }
        store::set_entry(tx, standing.id, listing.entry, match_anew(tx, needs_, standing, listing.entry));
        if (standing.roster_entry_id) {
            settle_entry(tx, needs_, *standing.roster_entry_id);
        }
    }
    return furthest;
}

void Applications::left_school(sql::Tx& tx, const Bytes& digest, Kind kind, OrganisationId school) const {
    for (const auto person : store::certified_people(tx, digest)) {
        if (!store::end_affiliations_at(tx, person, kind, school, needs_.clock.now())) {
            continue;
        }
        tell_of(tx,
                needs_,
                {.person = person, .change = PlaceChange::left, .kind = kind, .former_school = school});
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
            tell_of(tx,
                    needs_,
                    {.person = person, .change = PlaceChange::certified, .kind = kind, .former_school = {}});
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
