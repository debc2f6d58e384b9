#include "modules/applications/decide.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/prose.hpp"
#include "modules/applications/certification.hpp"
#include "runtime/audit.hpp"
#include "runtime/bus.hpp"

#include <fmt/format.h>

namespace educard::applications {

namespace {

constexpr std::size_t kMaxReason = 500;

struct ReasonDetails {
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(ReasonDetails, (), (reason))

}  // namespace

void add_event(sql::Tx& tx,
               const Needs& needs,
               const Caller& caller,
               const Reach& reach,
               const store::Record& record,
               EventKind kind,
               const std::optional<std::string>& reason) {
    store::insert_event(tx,
                        needs.ids.next<ApplicationId>().value,
                        record.id,
                        record.version + 1,
                        store::EventRow{.kind = kind,
                                        .account_id = caller.account,
                                        .role = reach.role,
                                        .on_behalf_of = reach.on_behalf_of,
                                        .reason = reason,
                                        .at = needs.clock.now()});
}

void record_and_tell(sql::Tx& tx,
                     const Needs& needs,
                     const Caller& caller,
                     const store::Record& record,
                     State state,
                     std::string details) {
    const char* name = boost::describe::enum_to_string(state, "");
    needs.audit.record(tx,
                       caller,
                       AuditEntry{.action = state == State::submitted ? "applications.put_back"
                                                                      : fmt::format("applications.{}", name),
                                  .organisation_path = record.path.value_or(""),
                                  .subject_kind = "application",
                                  .subject = std::to_string(record.id.value),
                                  .details = std::move(details)});
    publish_after_commit(
        tx,
        needs.bus,
        Event{.topic = fmt::format("account:{}", record.account_id.value),
              .json = fmt::format(R"({{"application":"{}","state":"{}"}})", record.id.value, name)});
    publish_after_commit(
        tx,
        needs.bus,
        Event{.topic = fmt::format("reviews:{}", record.school_id.value_or(OrganisationId{}).value),
              .json = R"({"changed":true})"});
}

namespace {

void write_outcome(sql::Tx& tx, const Caller& caller, const store::Outcome& outcome) {
    if (!store::decide(tx, outcome)) {
        const auto now = store::find(tx, outcome.id);
        if (now) {
            require_undecided(tx, caller, *now);
        }
        throw Error(Fault::conflict, "applications.changed_meanwhile");
    }
}

struct Certified {
    PersonId person;
    std::optional<std::int64_t> entry;      // of the roster
    std::vector<std::int64_t> left_behind;  // entries of schools where the person is no longer
};

Certified certify(sql::Tx& tx, const Needs& needs, const store::Record& record) {
    const auto person =
        needs.people.find_or_create(tx,
                                    NewPerson{.account = record.account_id,
                                              .digest = record.digest.value_or(Bytes()),
                                              .document_kind = *record.document_kind,
                                              .name = record.name,
                                              .birth_date = record.birth_date,
                                              .gender = record.gender.value_or(people::Gender::unknown)});
    switch (needs.accounts.attach(tx, record.account_id, person.id)) {
        case Attachment::done:
            break;
        case Attachment::account_is_someone_else:
            throw Error(Fault::conflict, "applications.account_is_someone_else");
        case Attachment::person_has_account:
            throw Error(Fault::conflict, "applications.number_certified");
    }
    const auto now = needs.clock.now();
    const auto today = date_in_china(now);
    std::optional<OrganisationId> school_before;
    if (!person.made) {
        school_before = store::open_school(tx, person.id, record.kind);
        store::end_affiliations(tx, person.id, record.kind, now);
    }
    store::insert_affiliation(tx, needs.ids.next<ApplicationId>().value, person.id, record, today);
    auto entry = record.roster_entry_id;
    if (!entry && record.digest && record.school_id) {
        const auto found = needs.roster.find(tx, *record.digest, record.kind, *record.school_id);
        entry = found ? std::optional(found->id) : std::nullopt;
        if (entry) {
            store::set_entry(tx, record.id, *entry, std::nullopt);
        }
    }
    std::vector<std::int64_t> left_behind;
    if (person.made) {
        needs.cards.issue_first(tx, person.id);
    } else {
        left_behind = entries_left_behind(tx, record);
        needs.cards.issue(tx, person.id);
        const bool moved = school_before && school_before != record.school_id;
        tell_of(tx,
                needs,
                {.person = person.id,
                 .change = moved ? PlaceChange::moved : PlaceChange::certified,
                 .kind = record.kind,
                 .former_school = moved ? school_before : std::nullopt});
    }
    return {.person = person.id, .entry = entry, .left_behind = std::move(left_behind)};
}

std::string reason_of(const Decision& decision) {
    auto reason = tidy_prose(decision.reason.value_or(""));
    if (decision.verdict != Verdict::approve && reason.empty()) {
        throw Error::invalid("reason", "required");
    }
    if (count_characters(reason) > kMaxReason) {
        throw Error::invalid("reason", "too_long");
    }
    return reason;
}

void turn_down(sql::Tx& tx,
               const Needs& needs,
               const Caller& caller,
               const Reach& reach,
               store::Record record,
               Verdict verdict,
               const std::string& reason) {
    const bool returned = verdict == Verdict::send_back;
    const auto state = returned ? State::returned : State::rejected;
    write_outcome(tx,
                  caller,
                  store::Outcome{.id = record.id,
                                 .version = record.version,
                                 .state = state,
                                 .by = caller.account,
                                 .reason = reason,
                                 .person = std::nullopt,
                                 .at = needs.clock.now()});
    add_event(tx, needs, caller, reach, record, returned ? EventKind::returned : EventKind::rejected, reason);
    record.state = state;
    settle_roster(tx, needs, record);
    record_and_tell(tx, needs, caller, record, state, details_of(reason));
}

}  // namespace

Seat seat_among(const std::vector<Reach>& reaches,
                const store::Record& record,
                const Settings& settings,
                Time now) {
    Seat seat;
    for (const auto& reach : reaches) {
        if (!covers(reach, record)) {
            continue;
        }
        const auto begins = turn_begins(reach, record, settings);
        if (begins <= now) {
            seat.reach = reach;
            return seat;
        }
        seat.from = seat.from ? std::min(*seat.from, begins) : begins;
    }
    return seat;
}

Seat seat_of(sql::Tx& tx,
             const Needs& needs,
             const Settings& settings,
             const Caller& caller,
             const store::Record& record) {
    auto seat = seat_among(own_reaches(caller), record, settings, needs.clock.now());
    if (seat.reach || !caller.signed_in()) {
        return seat;
    }
    auto reaches = delegated_reaches(tx, needs, caller);
    std::ranges::partition(
        reaches, [&](const Reach& reach) { return !concerns(tx, needs, *reach.on_behalf_of, record); });
    auto delegated = seat_among(reaches, record, settings, needs.clock.now());
    return delegated.reach || !seat.from ? delegated : seat;
}

std::vector<Marks> marks_around(sql::Tx& tx, const Needs& needs, const Caller& caller, const Seat& seat) {
    const std::span<const Reach> reaches(seat.reach ? &*seat.reach : nullptr, seat.reach ? 1 : 0);
    return marks_around(tx, needs, caller.account, reaches);
}

void require_unconcerned(sql::Tx& tx,
                         const Needs& needs,
                         const std::vector<Marks>& reviewers,
                         const store::Record& record) {
    if (concerns_any(tx, needs, reviewers, record)) {
        throw Error(Fault::forbidden, "applications.own_application");
    }
}

void require_undecided(sql::Tx& tx, const Caller& caller, const store::Record& record) {
    if (record.state == State::submitted) {
        return;
    }
    if (!record.decided_at || record.state == State::withdrawn || record.state == State::draft) {
        throw Error(Fault::conflict, "applications.withdrawn_meanwhile");
    }
    std::string by = "other";
    for (const auto& event : store::events(tx, record.id)) {
        if (event.role) {
            const bool own = event.account_id == caller.account;
            by = own ? "you" : boost::describe::enum_to_string(*event.role, "other");
        }
    }
    throw Error(Fault::conflict, "applications.already_decided")
        .with("state", boost::describe::enum_to_string(record.state, ""))
        .with("by", by)
        .with("at", to_text(*record.decided_at));
}

std::string details_of(const std::string& reason) {
    return json::encode(ReasonDetails{reason});
}

/// How old pupils of a class are who entered at the usual age: six, and twelve for junior secondary. Nothing
/// for classes of those who are older.
std::optional<Date> usual_birth_date(sql::Tx& tx,
                                     const Needs& needs,
                                     const std::optional<OrganisationId>& class_id) {
    using organisations::Stage;
    const auto in_class = class_id ? needs.organisations.find(tx, *class_id) : std::nullopt;
    if (!in_class || !in_class->stage || !in_class->entry_year) {
        return std::nullopt;
    }
    constexpr int kJuniorAge = 12;
    constexpr int kPrimaryAge = 6;
    const bool junior = *in_class->stage == Stage::junior;
    if (!junior && *in_class->stage != Stage::primary && *in_class->stage != Stage::special) {
        return std::nullopt;
    }
    return Date(std::chrono::year(*in_class->entry_year - (junior ? kJuniorAge : kPrimaryAge)),
                std::chrono::September,
                std::chrono::day(1));
}

/// The birth date of whoever claims a document without one is their own word; the roster has the school's,
/// and a class of children speaks for itself.
std::optional<std::string> find_consent_refusal(sql::Tx& tx,
                                                const Needs& needs,
                                                const store::Record& record) {
    if (!needs.accounts.has_consent(tx, record.account_id, std::nullopt)) {
        return "applications.no_consent";
    }
    if (people::bears_citizen_number(*record.document_kind)) {
        return std::nullopt;
    }
    const auto entry = entry_of(tx, needs, record);
    const auto born =
        entry && entry->birth_date ? entry->birth_date : usual_birth_date(tx, needs, record.class_id);
    if (!needs.accounts.has_consent(tx, record.account_id, born)) {
        return "applications.child_by_roster";
    }
    return std::nullopt;
}

void approve(sql::Tx& tx,
             const Needs& needs,
             const Caller& caller,
             const Reach& reach,
             const store::Record& record,
             Statement statement) {
    if (auto refusal = find_consent_refusal(tx, needs, record)) {
        throw Error(Fault::conflict, std::move(*refusal));
    }
    const auto [person, entry, left_behind] = certify(tx, needs, record);
    write_outcome(tx,
                  caller,
                  store::Outcome{.id = record.id,
                                 .version = record.version,
                                 .state = State::approved,
                                 .by = caller.account,
                                 .reason = std::nullopt,
                                 .person = person,
                                 .at = needs.clock.now()});
    add_event(tx, needs, caller, reach, record, EventKind::approved, std::nullopt);
    const bool stated = statement == Statement::guardian_is_not_me;
    record_and_tell(
        tx, needs, caller, record, State::approved, stated ? R"({"stated":"guardian_is_not_me"})" : "");
    // Last, because whoever else decides in that school waits from here to the commit: it moves the school's
    // counts.
    if (entry) {
        needs.roster.set_certification(tx, *entry, Certification::certified, person);
    }
    for (const auto other : left_behind) {
        settle_entry(tx, needs, other);
    }
}

Decided Applications::decide(sql::Tx& tx, const Caller& caller, const Decision& decision) const {
    const auto reason = reason_of(decision);
    const auto record = store::find(tx, decision.id);
    if (!record || !record->submitted_at) {
        throw Error(Fault::not_found, "applications.unknown");
    }
    const auto seat = seat_of(tx, needs_, settings_, caller, *record);
    if (!seat.reach && !seat.from) {
        throw Error(Fault::not_found, "applications.unknown");
    }
    const auto reviewers = marks_around(tx, needs_, caller, seat);
    require_unconcerned(tx, needs_, reviewers, *record);
    require_undecided(tx, caller, *record);
    if (!seat.reach) {
        throw Error(Fault::forbidden, "applications.not_your_turn").with("from", to_text(*seat.from));
    }
    if (record->version != decision.version) {
        throw Error(Fault::conflict, "applications.changed_meanwhile");
    }
    auto state = State::approved;
    if (decision.verdict == Verdict::approve) {
        const bool same_name = is_guardians_name(needs_, reviewers, *record);
        if (same_name && !decision.guardian_is_not_me.value_or(false)) {
            throw Error(Fault::conflict, "applications.guardian_same_name");
        }
        const auto statement = same_name ? Statement::guardian_is_not_me : Statement::none;
        approve(tx, needs_, caller, *seat.reach, *record, statement);
    } else {
        turn_down(tx, needs_, caller, *seat.reach, *record, decision.verdict, reason);
        state = decision.verdict == Verdict::send_back ? State::returned : State::rejected;
    }
    return Decided{.id = record->id, .state = state, .version = record->version + 1};
}

}  // namespace educard::applications
