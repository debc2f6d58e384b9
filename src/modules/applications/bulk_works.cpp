// Asking for bulk works, confirming them, and looking at them.

#include "modules/applications/bulk_works.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/prose.hpp"
#include "modules/applications/bulk_works_job.hpp"
#include "modules/applications/store_bulk_works.hpp"
#include "modules/applications/view.hpp"
#include "runtime/audit.hpp"
#include "runtime/jobs.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace educard::applications {

namespace {

constexpr std::size_t kMaxWorkReason = 500;
constexpr auto kUndoTime = std::chrono::days(7);
constexpr auto kDryRunTime = std::chrono::days(1);
constexpr int kForgottenAtOnce = 5;

std::string reason_from(const BulkConfirmation& confirmation) {
    auto reason = tidy_prose(confirmation.reason);
    if (reason.empty()) {
        throw Error::invalid("reason", "required");
    }
    if (count_characters(reason) > kMaxWorkReason) {
        throw Error::invalid("reason", "too_long");
    }
    return reason;
}

/// From which state to which; throws when that cannot be chosen.
store::BulkWorkRow row_of(const NewBulkWork& wanted, Date today) {
    std::vector<FieldError> errors;
    const auto add = [&](const char* path, const char* code) {
        errors.push_back(FieldError{.path = path, .code = code});
    };
    store::BulkWorkRow row;
    row.action = wanted.action;
    row.organisation_id = wanted.organisation_id;
    row.kind = wanted.kind ? boost::describe::enum_to_string(*wanted.kind, "") : "";
    row.from_day = wanted.since;
    row.before_day = wanted.before;
    if (wanted.action == BulkAction::undo) {
        add("action", "value");
    } else if (wanted.action == BulkAction::reopen) {
        row.from_state = State::rejected;
        row.to_state = State::returned;
        if (wanted.state.value_or(State::rejected) != State::rejected) {
            add("state", "value");
        }
    } else {
        row.from_state = wanted.state.value_or(State::draft);
        row.to_state = State::rejected;
        if (!wanted.state) {
            add("state", "required");
        } else if (row.from_state != State::submitted && row.from_state != State::returned) {
            add("state", "value");
        }
        if (!wanted.before) {
            add("before", "required");
        }
    }
    const auto tomorrow = std::chrono::sys_days(today) + std::chrono::days(1);
    const auto end = wanted.before ? std::chrono::sys_days(*wanted.before) : tomorrow;
    if (end >= tomorrow && wanted.before) {
        add("before", "applications.day_implausible");
    }
    if (wanted.since && std::chrono::sys_days(*wanted.since) >= end) {
        add("since", "applications.day_implausible");
    }
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    return row;
}

JobId put_job(
    sql::Tx& tx, const Needs& needs, const Caller& caller, const char* kind, const store::BulkWorkRow& row) {
    const BulkWorkJob payload{.work_id = row.id, .account = caller.account, .offices = offices_of(caller)};
    return needs.jobs.put(
        tx,
        NewJob{.kind = kind, .payload = json::encode(payload), .total = row.total, .owner = caller.account});
}

/// What the audit log says of a work as a whole.
struct WorkDetails {
    std::string work;
    std::int64_t total = 0;
    State from{};
    State to{};
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(WorkDetails, (), (work, total, from, to, reason))

}  // namespace

/// A work that the caller may look at, where it is.
struct BulkWorks::Seen {
    store::BulkWorkRow row;
    organisations::Organisation place;
};

BulkWorks::Seen BulkWorks::see(sql::Tx& tx, const Caller& caller, BulkWorkId id) const {
    auto row = store::find_work(tx, id);
    auto place = row ? applications_.needs().organisations.find(tx, row->organisation_id) : std::nullopt;
    if (!place || !may_administer(caller, place->path)) {
        throw Error(Fault::not_found, "applications.bulk_work_unknown");
    }
    return Seen{.row = *std::move(row), .place = *std::move(place)};
}

BulkWork BulkWorks::view_of(sql::Tx& tx, const Caller& caller, const Seen& seen) const {
    const auto& needs = applications_.needs();
    const auto& row = seen.row;
    BulkWork view{.id = row.id,
                  .action = row.action,
                  .of_id = row.of_id,
                  .organisation_id = row.organisation_id,
                  .organisation = display_name(seen.place, needs.organisations.today()),
                  .from_state = row.from_state,
                  .to_state = row.to_state,
                  .kind = std::nullopt,
                  .since = row.from_day,
                  .before = row.before_day,
                  .state = row.state,
                  .error = std::nullopt,
                  .job_id = row.job_id,
                  .total = row.total,
                  .left_out = row.left_out,
                  .done = row.done,
                  .skipped = row.skipped,
                  .is_full = row.is_full,
                  .undone = store::count_undone(tx, row.id),
                  .why = {},
                  .reason = row.reason,
                  .by = needs.accounts.name_of(tx, row.created_by),
                  .created_at = row.created_at,
                  .confirmed_at = row.confirmed_at,
                  .finished_at = row.finished_at,
                  .undo_until = std::nullopt,
                  .may_confirm = false,
                  .may_undo = false};
    if (Kind kind{}; boost::describe::enum_from_string(row.kind.c_str(), kind)) {
        view.kind = kind;
    }
    if (row.state == BulkWorkState::counting || row.state == BulkWorkState::running) {
        const auto job = row.job_id ? needs.jobs.find(tx, *row.job_id) : std::nullopt;
        if (!job || job->state == JobState::failed || job->state == JobState::cancelled) {
            view.state = BulkWorkState::failed;
            view.error = job && job->error ? *job->error : "applications.bulk_work_stopped";
        }
    }
    auto acting = caller;
    keep_to_acting(acting);  // an inspector is not told that they may do something
    view.may_confirm = row.state == BulkWorkState::ready && row.total > 0 &&
                       row.created_by == caller.account && may_administer(acting, seen.place.path);
    if (row.action != BulkAction::undo && row.confirmed_at) {
        view.undo_until = *row.confirmed_at + kUndoTime;
        const bool over = view.state == BulkWorkState::done || view.state == BulkWorkState::failed;
        view.may_undo = over && row.done > view.undone && needs.clock.now() < *view.undo_until &&
                        may_administer(acting, seen.place.path);
    }
    return view;
}

BulkWork BulkWorks::begin(sql::Tx& tx, const Caller& caller, store::BulkWorkRow row) const {
    const auto& needs = applications_.needs();
    row.id = needs.ids.next<BulkWorkId>();
    row.state = BulkWorkState::counting;
    row.created_by = caller.account;
    row.created_at = needs.clock.now();
    row.job_id = put_job(tx, needs, caller, kCountJob, row);
    store::insert_work(tx, row);
    return get(tx, caller, row.id);
}

BulkWork BulkWorks::begin(sql::Tx& tx, const Caller& caller, const NewBulkWork& wanted) const {
    const auto& organisations = applications_.needs().organisations;
    require_scope(caller, organisations.get(tx, wanted.organisation_id).path, kAdministrators);
    return begin(tx, caller, row_of(wanted, organisations.today()));
}

BulkWork BulkWorks::begin_undo(sql::Tx& tx, const Caller& caller, BulkWorkId id) const {
    const auto seen = see(tx, caller, id);
    const auto view = view_of(tx, caller, seen);
    if (view.undo_until && view.undo_until <= applications_.needs().clock.now()) {
        throw Error(Fault::conflict, "applications.bulk_undo_late");
    }
    if (!view.may_undo) {
        throw Error(Fault::conflict, "applications.bulk_no_undo");
    }
    store::BulkWorkRow row;
    row.action = BulkAction::undo;
    row.of_id = id;
    row.organisation_id = seen.row.organisation_id;
    row.from_state = seen.row.to_state;
    row.to_state = seen.row.from_state;
    return begin(tx, caller, std::move(row));
}

BulkWork BulkWorks::confirm(sql::Tx& tx, const Caller& caller, const BulkConfirmation& confirmation) const {
    const auto& needs = applications_.needs();
    const auto seen = see(tx, caller, confirmation.id);
    const auto& row = seen.row;
    if (row.created_by != caller.account) {
        throw Error(Fault::forbidden, "applications.bulk_not_yours");
    }
    const auto reason = reason_from(confirmation);
    if (row.confirmed_at) {
        return get(tx, caller, row.id);
    }
    if (row.state == BulkWorkState::counting) {
        throw Error(Fault::conflict, "applications.bulk_still_counting");
    }
    if (row.total == 0) {
        throw Error(Fault::conflict, "applications.bulk_nothing");
    }
    if (row.of_id) {
        const auto of = store::find_work(tx, *row.of_id);
        if (!of || *of->confirmed_at + kUndoTime <= needs.clock.now()) {
            throw Error(Fault::conflict, "applications.bulk_undo_late");
        }
    }
    const auto job = put_job(tx, needs, caller, kTurnJob, row);
    if (!store::start_work(tx, row.id, job, reason, needs.clock.now())) {
        throw Error(Fault::conflict, "applications.changed_meanwhile");
    }
    needs.audit.record(tx,
                       caller,
                       AuditEntry{.action = fmt::format("applications.bulk_{}",
                                                        boost::describe::enum_to_string(row.action, "")),
                                  .organisation_path = seen.place.path,
                                  .subject_kind = "organisation",
                                  .subject = std::to_string(seen.place.id.value),
                                  .details = json::encode(WorkDetails{.work = std::to_string(row.id.value),
                                                                      .total = row.total,
                                                                      .from = row.from_state,
                                                                      .to = row.to_state,
                                                                      .reason = reason})});
    return get(tx, caller, row.id);
}

BulkWork BulkWorks::get(sql::Tx& tx, const Caller& caller, BulkWorkId id) const {
    auto view = view_of(tx, caller, see(tx, caller, id));
    view.why = store::reasons_of_work(tx, id);
    return view;
}

std::vector<BulkWork> BulkWorks::list(
    sql::Tx& tx, const Caller& caller, OrganisationId organisation, BulkWorkId before, int limit) const {
    const auto& organisations = applications_.needs().organisations;
    const auto top = organisations.get(tx, organisation);
    require_scope(caller, top.path, kAdministrators);
    std::vector<BulkWork> views;
    for (auto& row : store::list_works(tx, top.path, before, limit)) {
        const auto place = organisations.get(tx, row.organisation_id);
        views.push_back(view_of(tx, caller, Seen{.row = std::move(row), .place = place}));
    }
    return views;
}

std::vector<BulkSchool> BulkWorks::schools(
    sql::Tx& tx, const Caller& caller, BulkWorkId id, OrganisationId after, int limit) const {
    see(tx, caller, id);
    std::vector<BulkSchool> list;
    const auto ids = store::schools_of_work(tx, id, after, limit);
    if (ids.empty()) {
        return list;
    }
    Names names(tx, applications_.needs().organisations);
    for (auto& count : store::counts_by_school(tx, id, ids.front(), ids.back())) {
        if (list.empty() || list.back().school_id != count.school_id) {
            list.push_back(BulkSchool{.school_id = count.school_id,
                                      .school = names.of(count.school_id).value_or(""),
                                      .planned = 0,
                                      .left_out = 0,
                                      .done = 0,
                                      .skipped = 0,
                                      .why = {}});
        }
        auto& school = list.back();
        auto& number = count.outcome == BulkOutcome::planned    ? school.planned
                       : count.outcome == BulkOutcome::left_out ? school.left_out
                       : count.outcome == BulkOutcome::done     ? school.done
                                                                : school.skipped;
        number += count.total;
        if (count.reason) {
            school.why.push_back(BulkReason{.reason = *std::move(count.reason), .total = count.total});
        }
    }
    return list;
}

std::vector<BulkItemView> BulkWorks::items(sql::Tx& tx, const Caller& caller, const BulkItems& which) const {
    see(tx, caller, which.id);
    std::vector<BulkItemView> list;
    Names names(tx, applications_.needs().organisations);
    for (auto& item :
         store::shown_items(tx,
                            which.id,
                            which.outcome,
                            which.school_id.value_or(OrganisationId{}),
                            {.school = which.after_school.value, .application = which.after.value},
                            kConcernsWorker,
                            which.limit)) {
        const auto record = store::find(tx, item.application_id);
        list.push_back(BulkItemView{.id = item.application_id,
                                    .kind = record ? record->kind : Kind::student,
                                    .name = record ? record->name : "",
                                    .school_id = item.school_id,
                                    .school = names.of(item.school_id).value_or(""),
                                    .class_name = record ? names.of(record->class_id) : std::nullopt,
                                    .outcome = item.outcome,
                                    .reason = std::move(item.reason)});
    }
    return list;
}

void BulkWorks::sweep(sql::Tx& tx) const {
    const auto before = applications_.needs().clock.now() - kDryRunTime;
    for (const auto id : store::stale_works(tx, before, kForgottenAtOnce)) {
        store::forget_work(tx, id);
    }
}

}  // namespace educard::applications
