// The applicant's side: drafts, handing in, withdrawing, discarding. Nothing here tells what the roster
// knows.

#include "base/error.hpp"
#include "modules/applications/applications.hpp"
#include "modules/applications/certification.hpp"
#include "modules/applications/reach.hpp"
#include "modules/applications/store.hpp"
#include "modules/applications/view.hpp"
#include "runtime/audit.hpp"
#include "runtime/bus.hpp"

#include <algorithm>

namespace educard::applications {

namespace {

constexpr int kMaxOwn = 100;
constexpr std::size_t kMaxDraftGuardians = 6;
constexpr std::size_t kMaxDraftSubjects = 10;
constexpr std::size_t kMaxText = 200;  // octets of any text in a draft

void require_signed_in(const Caller& caller) {
    if (!caller.signed_in()) {
        throw Error(Fault::unauthenticated, "http.sign_in_required");
    }
}

store::Record own(sql::Tx& tx, const Caller& caller, ApplicationId id) {
    require_signed_in(caller);
    auto record = store::find(tx, id);
    if (!record || record->account_id != caller.account) {
        throw Error(Fault::not_found, "applications.unknown");
    }
    return *std::move(record);
}

bool is_open_to_change(State state) {
    return state == State::draft || state == State::returned || state == State::withdrawn;
}

void require_version(const store::Record& record, std::int64_t version) {
    if (record.version != version) {
        throw Error(Fault::conflict, "applications.changed_meanwhile");
    }
}

void add_event(sql::Tx& tx, const Needs& needs, const store::Record& record, EventKind kind) {
    store::insert_event(tx,
                        needs.ids.next<ApplicationId>().value,
                        record.id,
                        record.version,
                        store::EventRow{.kind = kind,
                                        .account_id = record.account_id,
                                        .role = std::nullopt,
                                        .on_behalf_of = std::nullopt,
                                        .reason = std::nullopt,
                                        .at = needs.clock.now()});
}

/// A draft may be incomplete, not endless.
void check_draft(const Profile& profile) {
    std::vector<FieldError> errors;
    const auto check = [&](const std::optional<std::string>& text, const std::string& path) {
        if (text && text->size() > kMaxText) {
            errors.push_back(FieldError{.path = path, .code = "too_long"});
        }
    };
    check(profile.name, "name");
    if (profile.guardians && profile.guardians->size() > kMaxDraftGuardians) {
        errors.push_back(FieldError{.path = "guardians", .code = "too_many"});
    } else if (profile.guardians) {
        for (std::size_t index = 0; index < profile.guardians->size(); ++index) {
            const auto path = "guardians[" + std::to_string(index) + "]";
            check((*profile.guardians)[index].name, path + ".name");
            check((*profile.guardians)[index].phone, path + ".phone");
        }
    }
    if (profile.subjects && profile.subjects->size() > kMaxDraftSubjects) {
        errors.push_back(FieldError{.path = "subjects", .code = "too_many"});
    } else if (profile.subjects) {
        for (std::size_t index = 0; index < profile.subjects->size(); ++index) {
            check((*profile.subjects)[index], "subjects[" + std::to_string(index) + "]");
        }
    }
    if (!errors.empty()) {
        for (auto& error : errors) {
            error.path.insert(0, "profile.");
        }
        throw Error::invalid(std::move(errors));
    }
}

struct Place {
    organisations::Organisation school;
    std::optional<organisations::Organisation> in_class;
};

/// The school and class that the profile names; adds to `errors` what is wrong with them.
std::optional<Place> find_place(sql::Tx& tx,
                                const Needs& needs,
                                const Profile& profile,
                                std::vector<FieldError>& errors) {
    if (!profile.school_id) {
        return std::nullopt;
    }
    const auto today = needs.organisations.today();
    auto school = needs.organisations.find(tx, *profile.school_id);
    if (!school || school->kind != organisations::Kind::school || !school->is_open(today)) {
        errors.push_back(FieldError{.path = "school_id", .code = "applications.school_unknown"});
        return std::nullopt;
    }
    Place place{.school = *std::move(school), .in_class = std::nullopt};
    if (profile.class_id) {
        auto found = needs.organisations.find(tx, *profile.class_id);
        if (!found || found->kind != organisations::Kind::class_ || found->parent_id != place.school.id ||
            !found->is_open(today)) {
            errors.push_back(FieldError{.path = "class_id", .code = "applications.class_unknown"});
            return std::nullopt;
        }
        place.in_class = std::move(found);
    }
    return place;
}

/// Whether the class has a teacher who may decide on this pupil: not the pupil's own guardian.
bool has_teacher_for(sql::Tx& tx,
                     const Needs& needs,
                     const organisations::Organisation& in_class,
                     const store::Record& record) {
    const auto teachers = needs.accounts.holders(tx, Role::class_teacher, in_class.id);
    return std::ranges::any_of(teachers,
                               [&](AccountId teacher) { return !concerns(tx, needs, teacher, record); });
}

void put_place(sql::Tx& tx, const Needs& needs, const Place& place, store::Record& record) {
    const bool student = record.kind == Kind::student && place.in_class;
    record.path = student ? place.in_class->path : place.school.path;
    const bool by_teacher = student && has_teacher_for(tx, needs, *place.in_class, record);
    record.base_depth = by_teacher ? place.in_class->depth : place.school.depth;
}

void put_roster(sql::Tx& tx, const Needs& needs, const Profile& profile, store::Record& record) {
    const auto entry = needs.roster.find(tx, *record.digest, record.kind, *record.school_id);
    record.roster_entry_id = std::nullopt;
    record.roster_match = RosterMatch::none;
    if (entry) {
        record.roster_entry_id = entry->id;
        record.roster_match = match_of(compare_with(tx, needs, record, profile, *entry));
        if (!is_certified_by_others(tx, entry->id, record.id)) {
            needs.roster.set_certification(tx, entry->id, Certification::in_review, PersonId{});
        }
    }
}

/// The entry that a returned application was found to be, and no longer is, waits for no correction.
void leave_entry(sql::Tx& tx, const Needs& needs, store::Record record, std::optional<std::int64_t> left) {
    if (left && left != record.roster_entry_id) {
        record.roster_entry_id = left;
        settle_roster(tx, needs, record);
    }
}

void tell_reviewers(sql::Tx& tx, const Needs& needs, const store::Record& record) {
    publish_after_commit(
        tx,
        needs.bus,
        Event{.topic = "reviews:" + std::to_string(record.school_id->value), .json = R"({"changed":true})"});
}

}  // namespace

ApplicationView Applications::create(sql::Tx& tx, const Caller& caller, const Creation& creation) const {
    require_signed_in(caller);
    store::Record record;
    record.id = needs_.ids.next<ApplicationId>();
    record.account_id = caller.account;
    record.kind = creation.kind;
    record.state = State::draft;
    Profile profile;
    if (const auto claim = needs_.accounts.find_claim(tx, caller.account)) {
        profile.name = claim->name;  // as they wrote it themselves when they registered
    }
    put_profile(needs_, profile, record);
    record.created_at = needs_.clock.now();
    record.updated_at = record.created_at;
    record.version = 1;
    if (!store::insert(tx, record)) {
        throw Error(Fault::conflict, "applications.open_already");
    }
    add_event(tx, needs_, record, EventKind::created);
    return view_of(tx, needs_, settings_, record, std::move(profile));
}

ApplicationView Applications::save(sql::Tx& tx, const Caller& caller, const Saving& saving) const {
    auto record = own(tx, caller, saving.id);
    require_version(record, saving.version);
    if (!is_open_to_change(record.state)) {
        throw Error(Fault::conflict, "applications.handed_in");
    }
    check_draft(saving.profile);
    record.kind = saving.kind.value_or(record.kind);
    auto profile = cut_to(record.kind, saving.profile);
    put_profile(needs_, profile, record);
    record.updated_at = needs_.clock.now();
    if (!store::save(tx, record)) {
        throw Error(Fault::conflict, "applications.changed_meanwhile");
    }
    ++record.version;
    return view_of(tx, needs_, settings_, record, std::move(profile));
}

ApplicationView Applications::submit(sql::Tx& tx, const Caller& caller, const Step& step) const {
    auto record = own(tx, caller, step.id);
    require_version(record, step.version);
    if (!is_open_to_change(record.state)) {
        throw Error(Fault::conflict, "applications.handed_in");
    }
    const auto profile = profile_of(needs_, record);
    auto errors = find_faults(record.kind, profile, needs_.organisations.today());
    const auto place = find_place(tx, needs_, profile, errors);
    if (!errors.empty() || !place) {
        for (auto& error : errors) {
            error.path.insert(0, "profile.");
        }
        throw Error::invalid(std::move(errors));
    }
    const auto claim = needs_.accounts.find_claim(tx, caller.account);
    if (!claim) {
        throw Error(Fault::conflict, "applications.no_document");
    }
    if (!needs_.accounts.has_consent(tx, caller.account, std::nullopt)) {
        throw Error(Fault::conflict, "applications.no_consent");
    }
    const auto entry_before = record.state == State::returned ? record.roster_entry_id : std::nullopt;
    put_claim(record, *claim);
    store::clear_marks(tx, record.id);
    for (const auto& mark : marks_of(needs_, profile)) {
        store::insert_mark(tx, record.id, mark);
    }
    put_place(tx, needs_, *place, record);
    put_roster(tx, needs_, profile, record);
    record.submitted_at = needs_.clock.now();
    record.updated_at = *record.submitted_at;
    if (!store::submit(tx, record)) {
        throw Error(Fault::conflict, "applications.changed_meanwhile");
    }
    record.state = State::submitted;
    ++record.version;
    leave_entry(tx, needs_, record, entry_before);
    add_event(tx, needs_, record, EventKind::submitted);
    tell_reviewers(tx, needs_, record);
    return view_of(tx, needs_, settings_, record, profile);
}

ApplicationView Applications::withdraw(sql::Tx& tx, const Caller& caller, const Step& step) const {
    auto record = own(tx, caller, step.id);
    if (record.state != State::submitted) {
        throw Error(Fault::conflict, "applications.not_handed_in");
    }
    require_version(record, step.version);
    record.updated_at = needs_.clock.now();
    if (!store::withdraw(tx, record)) {
        throw Error(Fault::conflict, "applications.changed_meanwhile");
    }
    record.state = State::withdrawn;
    ++record.version;
    settle_roster(tx, needs_, record);
    add_event(tx, needs_, record, EventKind::withdrawn);
    tell_reviewers(tx, needs_, record);
    return view_of(tx, needs_, settings_, record, profile_of(needs_, record));
}

void Applications::discard(sql::Tx& tx, const Caller& caller, const Step& step) const {
    const auto record = own(tx, caller, step.id);
    if (record.state != State::draft) {
        throw Error(Fault::conflict, "applications.handed_in_once");
    }
    require_version(record, step.version);
    if (!store::discard(tx, record)) {
        throw Error(Fault::conflict, "applications.changed_meanwhile");
    }
    store::clear_events(tx, record.id);
    needs_.audit.record(tx,
                        caller,
                        AuditEntry{.action = "applications.discarded",
                                   .organisation_path = "",
                                   .subject_kind = "application",
                                   .subject = std::to_string(record.id.value),
                                   .details = ""});
}

ApplicationView Applications::get(sql::Tx& tx, const Caller& caller, ApplicationId id) const {
    const auto record = own(tx, caller, id);
    return view_of(tx, needs_, settings_, record, profile_of(needs_, record));
}

std::vector<ApplicationView> Applications::mine(sql::Tx& tx, const Caller& caller) const {
    require_signed_in(caller);
    std::vector<ApplicationView> list;
    for (const auto& record : store::of_account(tx, caller.account, kMaxOwn)) {
        list.push_back(view_of(tx, needs_, settings_, record, profile_of(needs_, record)));
    }
    return list;
}

std::vector<EventView> Applications::history(sql::Tx& tx, const Caller& caller, ApplicationId id) const {
    own(tx, caller, id);
    std::vector<EventView> list;
    for (auto& event : store::events(tx, id)) {
        list.push_back(EventView{.kind = event.kind,
                                 .role = event.role,
                                 .by = std::nullopt,
                                 .delegated = event.on_behalf_of.has_value(),
                                 .reason = std::move(event.reason),
                                 .at = event.at});
    }
    return list;
}

std::optional<std::string> Applications::name_of(sql::Tx& tx, ApplicationId id) const {
    return store::name_of(tx, id);
}

std::vector<Affiliation> Applications::affiliations_of(sql::Tx& tx, PersonId person) const {
    return store::affiliations(tx, person);
}

}  // namespace educard::applications
