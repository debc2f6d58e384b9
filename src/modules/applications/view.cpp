#include "modules/applications/view.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "crypto/field_cipher.hpp"

namespace educard::applications {

namespace {

crypto::FieldPlace guardians_place(ApplicationId id) {
    return crypto::FieldPlace{.table = "application", .column = "guardians", .row = id.value};
}

std::string mask_phone(const std::string& phone) {
    const auto digits = normalise_phone(phone);
    if (!digits) {
        return "***";
    }
    return digits->substr(0, 3) + "****" + digits->substr(digits->size() - 4);
}

}  // namespace

Profile profile_of(const Needs& needs, const store::Record& record) {
    auto profile = json::decode<Profile>(record.profile);
    if (profile.school_id && record.school_id) {
        profile.school_id = record.school_id;  // a school may have become part of another since
    }
    if (record.guardians) {
        const auto text = needs.cipher.open(*record.guardians, guardians_place(record.id));
        profile.guardians = json::decode<std::vector<Guardian>>(text);
    }
    return profile;
}

Profile masked(Profile profile) {
    if (!profile.guardians) {
        return profile;
    }
    for (auto& guardian : *profile.guardians) {
        if (guardian.phone) {
            guardian.phone = mask_phone(*guardian.phone);
        }
        if (guardian.document) {
            guardian.document->number = people::mask(guardian.document->number);
        }
    }
    return profile;
}

void put_profile(const Needs& needs, const Profile& profile, store::Record& record) {
    auto open = profile;
    open.guardians = std::nullopt;
    record.profile = json::encode(open);
    record.guardians = std::nullopt;
    if (profile.guardians) {
        record.guardians = needs.cipher.seal(json::encode(*profile.guardians), guardians_place(record.id));
    }
    record.name = profile.name.value_or("");
    record.school_id = profile.school_id;
    record.class_id = profile.class_id;
    record.entry_year = profile.entry_year;
}

std::optional<std::string> Names::of(std::optional<OrganisationId> id) {
    if (!id) {
        return std::nullopt;
    }
    const auto known = known_.find(id->value);
    if (known != known_.end()) {
        return known->second;
    }
    const auto found = organisations_.find(tx_, *id);
    const auto name = found ? display_name(*found, organisations_.today()) : std::string();
    known_.emplace(id->value, name);
    return name;
}

ApplicationView view_of(
    sql::Tx& tx, const Needs& needs, const Settings& settings, const store::Record& record, Profile profile) {
    Names names(tx, needs.organisations);
    return ApplicationView{.id = record.id,
                           .kind = record.kind,
                           .state = record.state,
                           .profile = std::move(profile),
                           .school = names.of(record.school_id),
                           .class_name = names.of(record.class_id),
                           .turn = turn_of(tx, needs, settings, record),
                           .submitted_at = record.submitted_at,
                           .decided_at = record.decided_at,
                           .reason = record.reason,
                           .created_at = record.created_at,
                           .updated_at = record.updated_at,
                           .version = record.version};
}

ReviewItem item_of(const store::Listed& row, Names& names) {
    return ReviewItem{.id = row.id,
                      .kind = row.kind,
                      .state = row.state,
                      .name = row.name,
                      .school = names.of(row.school_id),
                      .class_name = names.of(row.class_id),
                      .roster_match = row.roster_match.value_or(RosterMatch::none),
                      .submitted_at = row.submitted_at,
                      .version = row.version};
}

}  // namespace educard::applications
