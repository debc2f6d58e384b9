// Applications that were made, handed in and decided before: every row that those steps leave behind, written
// at once.

#include "base/error.hpp"
#include "modules/applications/applications.hpp"
#include "modules/applications/certification.hpp"
#include "modules/applications/decide.hpp"
#include "modules/applications/store.hpp"
#include "modules/applications/view.hpp"
#include "runtime/audit.hpp"

#include <fmt/format.h>

namespace educard::applications {

namespace {

constexpr std::int64_t kCreated = 1;  // versions, as each step leaves them; saving is the second
constexpr std::int64_t kSaved = 2;
constexpr std::int64_t kSubmitted = 3;
constexpr std::int64_t kLater = 4;

bool was_decided(State state) {
    return state == State::approved || state == State::returned || state == State::rejected;
}

std::string name_of(const std::optional<organisations::Organisation>& organisation, Date today) {
    return organisation ? organisations::display_name(*organisation, today) : std::string();
}

void put_hand_in(const Past& past, Date today, store::Record& record) {
    put_claim(record, past.claim);
    const bool student = past.kind == Kind::student && past.in_class;
    record.path = student ? past.in_class->path : past.school.path;
    record.base_depth = student && past.class_has_teacher ? past.in_class->depth : past.school.depth;
    record.roster_match = RosterMatch::none;
    if (past.entry) {
        const auto class_name = name_of(past.in_class, today);
        const bool same_class = past.entry->class_id == record.class_id;
        record.roster_entry_id = past.entry->id;
        record.roster_match =
            match_of(compare(past.kind,
                             Sides{.profile = past.profile,
                                   .birth_date = record.birth_date,
                                   .gender = past.claim.gender,
                                   .school = past.school.name,
                                   .class_name = class_name,
                                   .entry = *past.entry,
                                   .roster_school = past.school.name,
                                   .roster_class = same_class ? class_name : std::string()}));
    }
    record.submitted_at = past.submitted_at;
    record.updated_at = past.submitted_at;
    record.version = kSubmitted;
}

void put_decision(const Past& past, store::Record& record) {
    record.decided_by = past.reviewer.account;
    record.decided_at = past.decided_at;
    record.updated_at = past.decided_at;
    if (past.state != State::approved) {
        record.reason = past.reason;
    }
    record.version = kLater;
}

EventKind event_of(State state) {
    switch (state) {
        case State::approved:
            return EventKind::approved;
        case State::returned:
            return EventKind::returned;
        case State::rejected:
            return EventKind::rejected;
        case State::withdrawn:
            return EventKind::withdrawn;
        case State::draft:
        case State::submitted:
            break;
    }
    return EventKind::submitted;
}

/// Events and audit event of one past application.
class Trail {
public:
    Trail(sql::Tx& tx, const Needs& needs, const Past& past, const store::Record& record)
        : tx_(tx), needs_(needs), past_(past), record_(record) {}

    void write() {
        by_applicant(EventKind::created, kCreated, past_.created_at);
        if (past_.state == State::draft) {
            return;
        }
        by_applicant(EventKind::submitted, kSubmitted, past_.submitted_at);
        if (past_.state == State::withdrawn) {
            by_applicant(EventKind::withdrawn, kLater, past_.decided_at);
        } else if (was_decided(past_.state)) {
            by_reviewer();
        }
    }

private:
    void add(std::int64_t version, const store::EventRow& event) {
        store::insert_event(tx_, needs_.ids.next<ApplicationId>().value, record_.id, version, event);
    }
    void by_applicant(EventKind kind, std::int64_t version, Time at) {
        add(version,
            {.kind = kind,
             .account_id = past_.account,
             .role = std::nullopt,
             .on_behalf_of = std::nullopt,
             .reason = std::nullopt,
             .at = at});
    }
    void by_reviewer() {
        EDU_ASSERT(!past_.reviewer.grants.empty());
        add(kLater,
            {.kind = event_of(past_.state),
             .account_id = past_.reviewer.account,
             .role = past_.reviewer.grants.front().role,
             .on_behalf_of = std::nullopt,
             .reason = record_.reason,
             .at = past_.decided_at});
        needs_.audit.record(
            tx_,
            past_.reviewer,
            {.action = fmt::format("applications.{}", boost::describe::enum_to_string(past_.state, "")),
             .organisation_path = record_.path.value_or(""),
             .subject_kind = "application",
             .subject = std::to_string(record_.id.value),
             .details = past_.state == State::approved ? "" : details_of(past_.reason)});
    }

    sql::Tx& tx_;
    const Needs& needs_;
    const Past& past_;
    const store::Record& record_;
};

}  // namespace

ApplicationId Applications::record(sql::Tx& tx, const Past& past) const {
    store::Record record;
    record.id = needs_.ids.next<ApplicationId>();
    record.account_id = past.account;
    record.kind = past.kind;
    record.state = past.state;
    put_profile(needs_, past.profile, record);
    record.created_at = past.created_at;
    record.updated_at = past.created_at;
    record.version = kSaved;
    if (past.state != State::draft) {
        put_hand_in(past, needs_.organisations.today(), record);
        for (const auto& mark : marks_of(needs_, past.profile)) {
            store::insert_mark(tx, record.id, mark);
        }
    }
    if (was_decided(past.state)) {
        put_decision(past, record);
    } else if (past.state == State::withdrawn) {
        record.updated_at = past.decided_at;
        record.version = kLater;
    }
    store::insert_past(tx, record, past.person);
    if (past.state == State::approved) {
        EDU_ASSERT(past.person.has_value());
        store::insert_affiliation(
            tx, needs_.ids.next<ApplicationId>().value, *past.person, record, date_in_china(past.decided_at));
    }
    Trail(tx, needs_, past, record).write();
    return record.id;
}

}  // namespace educard::applications
