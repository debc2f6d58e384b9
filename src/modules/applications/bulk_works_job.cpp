// The work itself: a dry run that judges each application, and the job that turns those it found. Each chunk
// and how far it came are one transaction, so that after a crash every application was turned once.

#include "modules/applications/bulk_works_job.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "modules/applications/certification.hpp"
#include "modules/applications/decide.hpp"
#include "modules/applications/store_bulk_works.hpp"
#include "runtime/jobs.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <utility>

namespace educard::applications {

namespace {

constexpr int kCountedAtOnce = 200;
constexpr int kTurnedAtOnce = 100;
constexpr std::int64_t kMostItems = 50'000;
constexpr int kMostOfAccount = 100;
constexpr int kMostRepeated = 5;

Time begin_of_day_in_china(Date day) {
    return Time(std::chrono::sys_days(day)) - std::chrono::hours(8);
}

/// Whoever works, as they are in this transaction.
struct Worker {
    Caller caller;
    std::vector<Reach> reaches;
    std::vector<Marks> marks;
};

Worker worker_of(sql::Tx& tx, const Needs& needs, const BulkWorkJob& job) {
    Worker worker{.caller = caller_of(tx, needs, job.account, job.offices), .reaches = {}, .marks = {}};
    for (auto& reach : own_reaches(worker.caller)) {
        if (std::ranges::find(kAdministrators, reach.role) != kAdministrators.end()) {
            worker.reaches.push_back(std::move(reach));
        }
    }
    worker.marks.push_back(marks_of(tx, needs, job.account));
    return worker;
}

/// Why a rejected application cannot be open again; nothing when it can. An account has one open application,
/// and only the latest of what was rejected comes back.
std::optional<std::string> why_not_open(sql::Tx& tx, const Needs& needs, const store::Record& record) {
    std::optional<std::string> newer;
    for (const auto& other : store::of_account(tx, record.account_id, kMostOfAccount)) {
        const bool certified = other.state == State::approved;
        if (other.id != record.id && !certified && other.state != State::rejected) {
            return "applications.bulk_other_open";
        }
        if (other.id > record.id && !newer) {
            newer = certified ? "applications.bulk_certified" : "applications.bulk_newer";
        }
    }
    if (newer) {
        return newer;
    }
    const auto claims = needs.accounts.competing(tx, record.digest.value_or(Bytes()), record.account_id);
    if (std::ranges::any_of(claims, &CompetingClaim::certified)) {
        return "applications.number_certified";
    }
    return std::nullopt;
}

/// The office by which an application may be turned, or why it may not.
struct Judgement {
    std::optional<Reach> reach;
    std::optional<std::string> reason;
};

Judgement judge(sql::Tx& tx,
                const Needs& needs,
                const Settings& settings,
                const Worker& worker,
                const store::BulkWorkRow& work,
                const store::Record& record) {
    const auto covering =
        std::ranges::find_if(worker.reaches, [&](const Reach& reach) { return covers(reach, record); });
    if (covering == worker.reaches.end()) {
        return {.reach = {}, .reason = "applications.bulk_outside"};
    }
    if (concerns_any(tx, needs, worker.marks, record)) {
        return {.reach = {}, .reason = std::string(kConcernsWorker)};
    }
    if (work.action == BulkAction::close && record.state == State::submitted) {
        auto seat = seat_among(worker.reaches, record, settings, needs.clock.now());
        return seat.reach ? Judgement{.reach = std::move(seat.reach), .reason = {}}
                          : Judgement{.reach = {}, .reason = "applications.bulk_other_turn"};
    }
    auto reason = record.state == State::rejected ? why_not_open(tx, needs, record) : std::nullopt;
    return {.reach = *covering, .reason = std::move(reason)};
}

EventKind event_into(State state) {
    return state == State::returned   ? EventKind::returned
           : state == State::rejected ? EventKind::rejected
                                      : EventKind::submitted;
}

/// How far a dry run has come: the last key, by hand-in or by school.
struct Counted {
    std::int64_t first = 0;
    std::int64_t second = 0;
};

Counted read_position(std::string_view text) {
    const auto bar = std::min(text.find('|'), text.size());
    return {.first = parse_id(text.substr(0, bar)).value_or(0),
            .second = parse_id(text.substr(std::min(bar + 1, text.size()))).value_or(0)};
}

/// A job that finds what a work is about.
class DryRun {
public:
    DryRun(const Applications& applications, sql::Database& database, JobRun& run)
        : needs_(applications.needs()),
          settings_(applications.settings()),
          database_(database),
          run_(run),
          job_(json::decode<BulkWorkJob>(run.job().payload)) {}

    void go() {
        std::optional<Counted> at = read_position(run_.job().position);
        while (at) {
            at = database_.write([&](sql::Tx& tx) { return step(tx, *at); });
        }
    }

private:
    /// One application of the step: where it stands in the order, and what an undoing knows of it.
    struct Found {
        Counted at;
        ApplicationId id;
        std::optional<store::WorkItem> undone;
    };

    std::optional<Counted> step(sql::Tx& tx, Counted at) {
        const auto work = store::find_work(tx, job_.work_id);
        if (!work || work->state != BulkWorkState::counting) {
            return std::nullopt;
        }
        const auto worker = worker_of(tx, needs_, job_);
        const auto room = kMostItems - work->total - work->left_out;
        const auto found = work->of_id ? undone(tx, *work, at) : candidates(tx, *work, at);
        std::int64_t planned = 0;
        std::int64_t left_out = 0;
        for (const auto& one : found) {
            if (planned + left_out == room) {
                break;
            }
            (take(tx, worker, *work, one) ? planned : left_out) += 1;
            at = one.at;
        }
        store::count_found(tx, work->id, planned, left_out);
        const bool full = std::cmp_less(planned + left_out, found.size());
        const bool more = !full && std::cmp_equal(found.size(), kCountedAtOnce);
        if (!more) {
            store::end_counting(tx, work->id, full);
        }
        const auto counted = kMostItems - room + planned + left_out;
        run_.save(tx, fmt::format("{}|{}", at.first, at.second), counted, 0);
        return more ? std::optional(at) : std::nullopt;
    }

    std::vector<Found> candidates(sql::Tx& tx, const store::BulkWorkRow& work, const Counted& at) const {
        const auto place = needs_.organisations.get(tx, work.organisation_id);
        store::Candidates wanted{
            .state = work.from_state,
            .kind = work.kind,
            .path = place.path,
            .school = std::nullopt,
            .from = work.from_day ? begin_of_day_in_china(*work.from_day) : Time{},
            .before = work.before_day ? begin_of_day_in_china(*work.before_day) : needs_.clock.now(),
            .after_time = Time(Microseconds(at.first)),
            .after_id = at.second,
            .limit = kCountedAtOnce};
        if (place.kind == organisations::Kind::school) {
            wanted.school = place.id;
        } else if (place.kind == organisations::Kind::class_) {
            wanted.school = place.parent_id;
        }
        std::vector<Found> list;
        for (const auto& one : store::candidates(tx, wanted)) {
            list.push_back(
                Found{.at = {.first = one.submitted_at.time_since_epoch().count(), .second = one.id.value},
                      .id = one.id,
                      .undone = std::nullopt});
        }
        return list;
    }

    static std::vector<Found> undone(sql::Tx& tx, const store::BulkWorkRow& work, const Counted& at) {
        std::vector<Found> list;
        for (auto& item : store::work_items(tx,
                                            *work.of_id,
                                            BulkOutcome::done,
                                            {.school = at.first, .application = at.second},
                                            kCountedAtOnce)) {
            list.push_back(Found{.at = {.first = item.school_id.value, .second = item.application_id.value},
                                 .id = item.application_id,
                                 .undone = std::move(item)});
        }
        return list;
    }

    /// Whether it is to be done.
    bool take(sql::Tx& tx, const Worker& worker, const store::BulkWorkRow& work, const Found& found) {
        const auto record = store::find(tx, found.id);
        if (!record || !record->school_id) {
            return false;
        }
        store::WorkItem item{.work_id = work.id,
                             .application_id = record->id,
                             .school_id = *record->school_id,
                             .version = record->version,
                             .decided_by = record->decided_by,
                             .decided_at = record->decided_at,
                             .decided_reason = record->reason,
                             .outcome = BulkOutcome::left_out,
                             .reason = std::nullopt};
        // What another work turned has had one change since that work's dry run, and no other.
        if (record->state != work.from_state ||
            (found.undone && record->version != found.undone->version + 1)) {
            item.reason = "applications.changed_meanwhile";
        } else {
            item.reason = judge(tx, needs_, settings_, worker, work, *record).reason;
        }
        if (found.undone) {
            item.decided_by = found.undone->decided_by;
            item.decided_at = found.undone->decided_at;
            item.decided_reason = found.undone->decided_reason;
        }
        if (!item.reason) {
            item.outcome = BulkOutcome::planned;
        }
        store::insert_work_item(tx, item);
        return item.outcome == BulkOutcome::planned;
    }

    const Needs& needs_;
    const Settings& settings_;
    sql::Database& database_;
    JobRun& run_;
    const BulkWorkJob job_;
};

/// A job that turns what the dry run found.
class Turning {
public:
    using Tell = std::function<void(sql::Tx& tx, const BulkDoneAt& done)>;

    Turning(const Applications& applications, sql::Database& database, JobRun& run, const Tell& tell)
        : needs_(applications.needs()),
          settings_(applications.settings()),
          database_(database),
          run_(run),
          tell_(tell),
          job_(json::decode<BulkWorkJob>(run.job().payload)) {}

    void go() {
        int repeated = 0;
        for (bool more = true; more;) {
            try {
                more = database_.write([&](sql::Tx& tx) { return step(tx); });
                repeated = 0;
            } catch (const Error& error) {
                // An applicant began another application at the same moment. It is seen when the step is
                // taken again.
                if (error.code() != "sql.duplicate" || ++repeated > kMostRepeated) {
                    throw;
                }
            }
        }
    }

private:
    bool step(sql::Tx& tx) {
        const auto work = store::find_work(tx, job_.work_id);
        if (!work || work->state != BulkWorkState::running) {
            return false;
        }
        const auto items = store::work_items(tx, work->id, BulkOutcome::planned, {}, kTurnedAtOnce);
        const auto worker = worker_of(tx, needs_, job_);
        std::vector<store::Record> turned;
        for (const auto& item : items) {
            const auto skipped = turn(tx, worker, *work, item, turned);
            store::end_item(tx, item, skipped);
        }
        // Last, because whoever else decides in these schools waits from here to the commit: it moves the
        // schools' counts.
        for (const auto& record : turned) {
            settle_roster(tx, needs_, record);
        }
        tell_schools(tx, *work, turned);
        const auto all = static_cast<std::int64_t>(items.size());
        const auto done = static_cast<std::int64_t>(turned.size());
        store::count_turned(tx, work->id, done, all - done);
        if (items.empty()) {
            store::end_work(tx, work->id, needs_.clock.now());
        }
        run_.save(tx, "", work->done + work->skipped + all, work->total);
        return !items.empty();
    }

    void tell_schools(sql::Tx& tx,
                      const store::BulkWorkRow& work,
                      const std::vector<store::Record>& turned) const {
        const auto place = needs_.organisations.get(tx, work.organisation_id);
        if (!tell_ || place.kind == organisations::Kind::school ||
            place.kind == organisations::Kind::class_) {
            return;  // whoever runs the school has done it
        }
        std::set<OrganisationId> schools;
        for (const auto& record : turned) {
            schools.insert(*record.school_id);
        }
        for (const auto id : schools) {
            tell_(tx,
                  BulkDoneAt{.work_id = work.id,
                             .action = work.action,
                             .state = work.to_state,
                             .by = place.name,
                             .school_id = id,
                             .school = needs_.organisations.get(tx, id).name,
                             .done = store::count_done_at(tx, work.id, id),
                             .reason = work.reason.value_or("")});
        }
    }

    /// Why it is left as it is; nothing when it was turned, which `turned` then has as it is now.
    std::optional<std::string> turn(sql::Tx& tx,
                                    const Worker& worker,
                                    const store::BulkWorkRow& work,
                                    const store::WorkItem& item,
                                    std::vector<store::Record>& turned) {
        const auto now = needs_.clock.now();
        auto record = store::find(tx, item.application_id);
        if (!record || record->version != item.version || record->state != work.from_state) {
            return "applications.changed_meanwhile";
        }
        auto [reach, reason] = judge(tx, needs_, settings_, worker, work, *record);
        if (reason) {
            return reason;
        }
        store::StateChange change{.id = record->id,
                                  .version = record->version,
                                  .from = work.from_state,
                                  .to = work.to_state,
                                  .decided_by = job_.account,
                                  .decided_at = now,
                                  .reason = work.reason,
                                  .at = now};
        if (work.action == BulkAction::undo) {
            change.decided_by = item.decided_by;
            change.decided_at = item.decided_at;
            change.reason = item.decided_reason;
        }
        if (!store::change_state(tx, change)) {
            return "applications.changed_meanwhile";
        }
        add_event(tx, needs_, worker.caller, *reach, *record, event_into(work.to_state), work.reason);
        record_and_tell(
            tx, needs_, worker.caller, *record, work.to_state, details_of(work.reason.value_or("")));
        record->state = work.to_state;
        turned.push_back(*std::move(record));
        return std::nullopt;
    }

    const Needs& needs_;
    const Settings& settings_;
    sql::Database& database_;
    JobRun& run_;
    const Tell& tell_;
    const BulkWorkJob job_;
};

}  // namespace

void BulkWorks::handle_jobs() const {
    auto& jobs = applications_.needs().jobs;
    jobs.handle(kCountJob, [this](JobRun& run) { DryRun(applications_, database_, run).go(); });
    jobs.handle(kTurnJob, [this](JobRun& run) { Turning(applications_, database_, run, tell_).go(); });
}

}  // namespace educard::applications
