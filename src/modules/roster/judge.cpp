#include "modules/roster/judge.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

#include <boost/describe/enum_to_string.hpp>

#include <algorithm>
#include <cstring>
#include <functional>

namespace educard::roster {

namespace {

crypto::FieldPlace place_of(EntryId entry) {
    return {.table = "roster_entry", .column = "sealed", .row = entry.value};
}

std::uint32_t hash_of(OrganisationId school, const std::string& fingerprint) {
    return static_cast<std::uint32_t>(std::hash<std::string>()(fingerprint) ^
                                      std::hash<std::int64_t>()(school.value));
}

/// Everything the school says of somebody, in one text with a fixed order.
std::string canonical(const Record& record, std::string_view class_key) {
    std::string out;
    const auto add = [&](std::string_view text) {
        out += text;
        out.push_back('\x1F');
    };
    add(record.name);
    add(boost::describe::enum_to_string(record.gender, ""));
    add(record.birth_date ? to_text(*record.birth_date) : "");
    add(class_key);
    add(record.entry_year ? std::to_string(*record.entry_year) : "");
    add(record.student_number);
    for (const auto& guardian : record.guardians) {
        add(guardian.name);
        add(guardian.relation);
        add(guardian.phone);
    }
    out.push_back('\x1E');
    for (const auto& subject : record.subjects) {
        add(subject);
    }
    out.push_back('\x1E');
    add(record.appointed_on ? to_text(*record.appointed_on) : "");
    return out;
}

void add_fault(Candidate& candidate,
               std::string_view field,
               std::string code,
               std::optional<std::size_t> line = {}) {
    candidate.faults.push_back({.field = std::string(field), .code = std::move(code), .line = line});
}

}  // namespace

std::string text_of(const organisations::ClassKey& key) {
    return std::string(boost::describe::enum_to_string(key.stage, "")) + "/" +
           std::to_string(key.entry_year) + "/" + std::to_string(key.number);
}

std::string fingerprint_of(const crypto::BlindIndex& index,
                           const Record& record,
                           std::string_view class_key) {
    const Bytes print = index.of("roster.fingerprint", canonical(record, class_key));
    return to_hex(ByteView(print).first(16));
}

Bytes seal_secrets(const crypto::FieldCipher& cipher, EntryId entry, const Secrets& secrets) {
    return cipher.seal(json::encode(secrets), place_of(entry));
}

Secrets open_secrets(const crypto::FieldCipher& cipher, EntryId entry, const Bytes& sealed) {
    return json::decode<Secrets>(cipher.open(sealed, place_of(entry)));
}

Judge::Judge(const Needs& needs, const store::ImportRecord& import)
    : needs_(needs), import_(import), today_(date_in_china(needs.clock.now())) {}

Judge::SeenKey Judge::seen_key(Kind kind, const Bytes& digest) {
    SeenKey key;
    EDU_ASSERT(digest.size() >= sizeof key.first + sizeof key.second);
    std::memcpy(&key.first, digest.data(), sizeof key.first);
    std::memcpy(&key.second, digest.data() + sizeof key.first, sizeof key.second);
    key.first ^= static_cast<std::uint64_t>(kind);
    return key;
}

void Judge::recall(const std::vector<store::SeenRow>& rows) {
    for (const auto& row : rows) {
        seen_.try_emplace(
            seen_key(row.kind, row.digest),
            Seen{.line = static_cast<std::uint32_t>(row.line),
                 .content = hash_of(row.school_id.value_or(OrganisationId{}), row.fingerprint)});
    }
}

std::optional<OrganisationId> Judge::own_school() const {
    return root_ && root_->kind == organisations::Kind::school ? std::optional(root_->id) : std::nullopt;
}

void Judge::judge(std::vector<Candidate>& batch) {
    needs_.database.read([&](sql::Tx& tx) {
        if (!root_) {
            root_ = needs_.organisations.get(tx, import_.organisation_id);
        }
        for (auto& candidate : batch) {
            place(tx, candidate);
            identify(candidate);
            find_duplicate(candidate);
            compare(tx, candidate);
        }
    });
    for (auto& candidate : batch) {
        finish(candidate);
    }
}

Judge::School* Judge::load_school(sql::Tx& tx,
                                  const std::string& key,
                                  const std::optional<organisations::Organisation>& found) {
    auto& slot = schools_[key];
    if (found && found->kind == organisations::Kind::school && is_within(found->path, root_->path) &&
        found->is_open(today_)) {
        slot =
            School{.organisation = *found, .classes = {}, .has_entries = store::has_entries(tx, found->id)};
    }
    return slot ? &*slot : nullptr;
}

namespace {

constexpr int kMostNamesakes = 50;

/// Schools write their names short ("玄武湖小学" for "南京市玄武湖小学") or with what is above them before.
bool may_mean(std::string_view written, std::string_view name) {
    return written.empty() || name.find(written) != std::string_view::npos ||
           written.find(name) != std::string_view::npos;
}

}  // namespace

Judge::School* Judge::find_school(sql::Tx& tx, Candidate& candidate) {
    const Record& record = candidate.record;
    const bool single = root_->kind == organisations::Kind::school;
    const std::string key = single                       ? std::string()
                            : record.school_code.empty() ? "=" + record.school_name
                                                         : record.school_code;
    if (single && !record.school_code.empty() && record.school_code != root_->school_code) {
        add_fault(candidate, name_of(Field::school_code), "roster.other_school");
        return nullptr;
    }
    if (single && record.school_code.empty() && !may_mean(record.school_name, root_->name)) {
        add_fault(candidate, name_of(Field::school_name), "roster.other_school");
        return nullptr;
    }
    if (!single && key == "=") {
        add_fault(candidate, name_of(Field::school_code), "required");
        return nullptr;
    }
    if (const auto known = schools_.find(key); known != schools_.end()) {
        if (!known->second) {
            add_fault(candidate,
                      name_of(record.school_code.empty() ? Field::school_name : Field::school_code),
                      "roster.school_unknown");
            return nullptr;
        }
        return &*known->second;
    }
    std::optional<organisations::Organisation> found;
    if (single) {
        found = root_;
    } else if (!record.school_code.empty()) {
        found = needs_.organisations.find_school(tx, record.school_code);
    } else {
        const auto named = needs_.organisations.search(tx,
                                                       {.text = record.school_name,
                                                        .kind = organisations::Kind::school,
                                                        .under = root_->id,
                                                        .cursor = {},
                                                        .limit = kMostNamesakes});
        const auto is_same = [&](const auto& school) { return school.name == record.school_name; };
        const auto same = std::ranges::find_if(named.items, is_same);
        if (std::ranges::count_if(named.items, is_same) > 1) {
            add_fault(candidate, name_of(Field::school_name), "roster.school_ambiguous");
            return nullptr;
        }
        found = same == named.items.end() ? std::nullopt : std::optional(*same);
    }
    School* const school = load_school(tx, key, found);
    if (school == nullptr) {
        add_fault(candidate,
                  name_of(record.school_code.empty() ? Field::school_name : Field::school_code),
                  "roster.school_unknown");
    }
    return school;
}

void Judge::place(sql::Tx& tx, Candidate& candidate) {
    School* const school = find_school(tx, candidate);
    if (school == nullptr) {
        return;
    }
    candidate.row.school_id = school->organisation.id;
    if (candidate.record.kind == Kind::student) {
        find_class(tx, candidate, *school);
    }
}

void Judge::find_class(sql::Tx& tx, Candidate& candidate, School& school) {
    Record& record = candidate.record;
    if (record.grade.empty() && record.class_name.empty()) {
        add_fault(candidate, name_of(Field::class_name), "required");
        return;
    }
    if (!school.organisation.school_kind) {
        add_fault(candidate, name_of(Field::class_name), "roster.class_unknown");
        return;
    }
    const auto kind = *school.organisation.school_kind;
    const std::string said =
        std::to_string(static_cast<int>(kind)) + "\n" + record.grade + "\n" + record.class_name;
    auto known = class_names_.find(said);
    if (known == class_names_.end()) {
        known = class_names_
                    .emplace(said, organisations::read_class(record.grade, record.class_name, kind, today_))
                    .first;
    }
    const auto& key = known->second;
    if (!key || !organisations::may_teach(kind, key->stage)) {
        add_fault(candidate, name_of(Field::class_name), "roster.class_unknown");
        return;
    }
    candidate.row.class_key = text_of(*key);
    auto [slot, fresh] = school.classes.try_emplace(*candidate.row.class_key);
    if (fresh) {
        const auto found = needs_.organisations.find_class(tx, school.organisation.id, *key);
        slot->second = found && found->is_open(today_) ? std::optional(found->id) : std::nullopt;
    }
    candidate.row.class_id = slot->second;
    if (!record.entry_year) {
        record.entry_year = key->entry_year;
    }
}

void Judge::identify(Candidate& candidate) {
    const bool readable = std::ranges::none_of(candidate.faults, [](const RowFault& fault) {
        return fault.field == name_of(Field::document_number) || fault.field == name_of(Field::document_kind);
    });
    if (!readable) {
        return;
    }
    candidate.row.digest = people::digest_of(needs_.blind_index, candidate.record.document);
    candidate.row.fingerprint =
        fingerprint_of(needs_.blind_index, candidate.record, candidate.row.class_key.value_or(""));
}

void Judge::find_duplicate(Candidate& candidate) {
    if (!candidate.row.digest || !candidate.faults.empty()) {
        return;
    }
    const Seen seen{.line = static_cast<std::uint32_t>(candidate.row.line),
                    .content = hash_of(*candidate.row.school_id, candidate.row.fingerprint)};
    const auto [first, fresh] =
        seen_.try_emplace(seen_key(candidate.record.kind, *candidate.row.digest), seen);
    if (fresh) {
        return;
    }
    const std::size_t at = first->second.line;
    if (first->second.content == seen.content) {
        add_fault(candidate, name_of(Field::document_number), "roster.duplicate", at);
    } else {
        add_fault(candidate, name_of(Field::document_number), "roster.listed_differently", at);
    }
}

std::optional<store::EntryRecord> Judge::find_known(sql::Tx& tx, Candidate& candidate) const {
    const auto school = std::ranges::find_if(schools_, [&](const auto& known) {
        return known.second && known.second->organisation.id == *candidate.row.school_id;
    });
    if (!school->second->has_entries) {
        return std::nullopt;
    }
    auto& record = candidate.record;
    auto known = store::find_entry(tx, *candidate.row.digest, record.kind, *candidate.row.school_id);
    if (!known && record.kind == Kind::teacher && !has(candidate.said, Field::post)) {
        known = store::find_entry(tx, *candidate.row.digest, Kind::staff, *candidate.row.school_id);
        record.kind = known ? Kind::staff : record.kind;
    }
    return known;
}

/// A list without a column says nothing of what would stand in it: the roster's own word stays.
void Judge::keep_unsaid(Candidate& candidate, const store::EntryRecord& known, const Secrets& secrets) const {
    Record& record = candidate.record;
    const auto said = [&](Field field) { return has(candidate.said, field); };
    if (!said(Field::gender) && record.gender == people::Gender::unknown) {
        record.gender = known.gender;
    }
    if (!said(Field::birth_date) && !record.birth_date) {
        record.birth_date = known.birth_date;
    }
    if (!said(Field::entry_year) && known.entry_year) {
        record.entry_year = known.entry_year;
    }
    if (!said(Field::student_number)) {
        record.student_number = secrets.student_number;
    }
    if (!said(Field::subjects)) {
        record.subjects = json::decode<std::vector<std::string>>(known.subjects);
    }
    if (!said(Field::appointed_on)) {
        record.appointed_on = known.appointed_on;
    }
    if (!said(Field::guardian_name) && !said(Field::guardian2_name) && !said(Field::father_name) &&
        !said(Field::mother_name)) {
        auto guardians = secrets.guardians;
        std::erase_if(guardians,
                      [&](const Guardian& guardian) {  // a new number takes the place of an old one
                          return guardian.name.empty() && !record.guardians.empty();
                      });
        for (auto& guardian : record.guardians) {
            if (std::ranges::find(guardians, guardian.phone, &Guardian::phone) == guardians.end()) {
                guardians.push_back(std::move(guardian));
            }
        }
        record.guardians = std::move(guardians);
    }
    candidate.row.fingerprint =
        fingerprint_of(needs_.blind_index, record, candidate.row.class_key.value_or(""));
}

void Judge::compare(sql::Tx& tx, Candidate& candidate) {
    auto& row = candidate.row;
    const Record& record = candidate.record;
    row.outcome = candidate.faults.empty() ? Outcome::fresh : Outcome::rejected;
    if (!row.digest || !row.school_id) {
        return;
    }
    const auto there = find_known(tx, candidate);
    if (there) {
        row.entry_id = there->id;
        row.old_fingerprint = there->fingerprint;
        if (row.outcome == Outcome::rejected) {
            return;
        }
        std::vector<std::string> changes;
        const auto note = [&](Field field, bool differs) {
            if (differs) {
                changes.emplace_back(name_of(field));
            }
        };
        if (there->fingerprint != row.fingerprint) {
            const Secrets old = open_secrets(needs_.cipher, there->id, there->sealed);
            keep_unsaid(candidate, *there, old);
            note(Field::name, there->name != record.name);
            note(Field::gender, there->gender != record.gender);
            note(Field::birth_date, there->birth_date != record.birth_date);
            note(Field::class_name, there->class_id != row.class_id || (row.class_key && !row.class_id));
            note(Field::entry_year, there->entry_year != record.entry_year);
            note(Field::student_number, old.student_number != record.student_number);
            note(Field::guardian_name, old.guardians != record.guardians);
            note(Field::subjects, there->subjects != json::encode(record.subjects));
            note(Field::appointed_on, there->appointed_on != record.appointed_on);
        }
        if (there->state == EntryState::left) {
            changes.emplace_back("state");
        }
        row.outcome = changes.empty() ? Outcome::unchanged : Outcome::changed;
        row.changes = json::encode(changes);
    } else if (row.outcome == Outcome::fresh) {
        row.entry_id = needs_.ids.next<EntryId>();
    }
    if (row.outcome == Outcome::fresh || row.outcome == Outcome::changed) {
        row.sealed = seal_secrets(needs_.cipher,
                                  *row.entry_id,
                                  {.number = record.document.number,
                                   .student_number = record.student_number,
                                   .guardians = record.guardians});
    }
}

void Judge::finish(Candidate& candidate) const {
    auto& row = candidate.row;
    const Record& record = candidate.record;
    row.kind = record.kind;
    row.name = record.name;
    row.initials = name_initials(record.name);
    row.document_kind = record.document.kind;
    row.number_mask = people::mask(record.document.number);
    row.gender = record.gender;
    row.birth_date = record.birth_date;
    row.entry_year = record.entry_year;
    row.subjects = record.subjects.empty() ? "[]" : json::encode(record.subjects);
    row.appointed_on = record.appointed_on;
    if (!candidate.faults.empty()) {
        row.faults = json::encode(candidate.faults);
    }
}

}  // namespace educard::roster
