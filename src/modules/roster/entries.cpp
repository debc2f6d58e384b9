#include "modules/roster/entries.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "modules/roster/judge.hpp"
#include "runtime/audit.hpp"

#include <algorithm>

namespace educard::roster {

Entry entry_of(const crypto::FieldCipher& cipher, const store::EntryRecord& record) {
    auto secrets = open_secrets(cipher, record.id, record.sealed);
    return {.id = record.id,
            .school_id = record.school_id,
            .class_id = record.class_id,
            .kind = record.kind,
            .name = record.name,
            .document_kind = record.document_kind,
            .number_mask = record.number_mask,
            .gender = record.gender,
            .birth_date = record.birth_date,
            .entry_year = record.entry_year,
            .student_number = std::move(secrets.student_number),
            .guardians = std::move(secrets.guardians),
            .subjects = json::decode<std::vector<std::string>>(record.subjects),
            .appointed_on = record.appointed_on,
            .fingerprint = record.fingerprint,
            .state = record.state,
            .certification = record.certification};
}

Entered Roster::enter(sql::Tx& tx, const NewEntry& entry) const {
    const auto& record = entry.record;
    const auto id = needs_.ids.next<EntryId>();
    const Secrets secrets{.number = record.document.number,
                          .student_number = record.student_number,
                          .guardians = record.guardians};
    store::EntryRecord row{
        .id = id,
        .school_id = entry.school_id,
        .class_id = entry.class_id,
        .kind = record.kind,
        .name = record.name,
        .document_kind = record.document.kind,
        .digest = people::digest_of(needs_.blind_index, record.document),
        .number_mask = people::mask(record.document.number),
        .sealed = seal_secrets(needs_.cipher, id, secrets),
        .gender = record.gender,
        .birth_date = record.birth_date,
        .entry_year = record.entry_year,
        .subjects = record.subjects.empty() ? "[]" : json::encode(record.subjects),
        .appointed_on = record.appointed_on,
        .fingerprint = fingerprint_of(
            needs_.blind_index, record, entry.class_key ? text_of(*entry.class_key) : std::string()),
        .state = EntryState::active,
        .certification = entry.certification};
    store::insert_entry(tx, row, name_initials(record.name), needs_.clock.now());
    return {.id = id, .digest = std::move(row.digest), .fingerprint = std::move(row.fingerprint)};
}

std::optional<Entry> Roster::find(sql::Tx& tx, EntryId id) const {
    const auto record = store::find_entry(tx, id);
    return record ? std::optional(entry_of(needs_.cipher, *record)) : std::nullopt;
}

std::optional<Entry> Roster::find(sql::Tx& tx, const Bytes& digest, Kind kind, OrganisationId school) const {
    auto record = store::find_entry(tx, digest, kind, school);
    if (!record || record->state != EntryState::active) {
        record = store::find_elsewhere(tx, digest, kind);
    }
    return record ? std::optional(entry_of(needs_.cipher, *record)) : std::nullopt;
}

std::optional<std::string> Roster::fingerprint(sql::Tx& tx, EntryId id) const {
    return store::find_fingerprint(tx, id);
}

std::optional<Bytes> Roster::find_digest(sql::Tx& tx, EntryId id) const {
    const auto record = store::find_entry(tx, id);
    return record ? std::optional(record->digest) : std::nullopt;
}

bool Roster::set_certification(sql::Tx& tx, EntryId id, Certification certification) const {
    const auto record = store::find_entry(tx, id);
    if (!record) {
        throw Error(Fault::not_found, "roster.unknown");
    }
    if (record->certification == certification ||
        !store::move_certification(tx, id, record->certification, certification, needs_.clock.now())) {
        return false;
    }
    if (record->state == EntryState::active) {
        const auto node = record->class_id ? *record->class_id : record->school_id;
        needs_.observer.moved(tx, node, record->kind, record->certification, certification, 1);
    }
    return true;
}

std::string Roster::reveal_number(sql::Tx& tx, const Caller& caller, EntryId id) const {
    const auto record = store::find_entry(tx, id);
    const auto school =
        record ? needs_.organisations.find(tx, record->class_id.value_or(record->school_id)) : std::nullopt;
    if (!school || !may_act(caller,
                            school->path,
                            {Role::province_admin,
                             Role::city_admin,
                             Role::county_admin,
                             Role::school_admin,
                             Role::class_teacher})) {
        throw Error(Fault::not_found, "roster.unknown");
    }
    needs_.audit.record(tx,
                        caller,
                        {.action = "roster.number_revealed",
                         .organisation_path = school->path,
                         .subject_kind = "roster_entry",
                         .subject = std::to_string(id.value),
                         .details = ""});
    return open_secrets(needs_.cipher, id, record->sealed).number;
}

}  // namespace educard::roster
