#include "runtime/jobs.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "runtime/metrics.hpp"
#include "runtime/retry.hpp"

#include <array>
#include <fmt/format.h>
#include <limits>
#include <spdlog/spdlog.h>

namespace educard {

namespace {

/// Ends a handler because the program stops; the job goes on at the next start.
struct JobInterrupted : std::exception {
    const char* what() const noexcept override { return "interrupted"; }
};

struct JobLeaseTag;

}  // namespace

JobView view_of(const Job& job) {
    return {job.id, job.kind, job.state, job.done, job.total, job.error};
}

void JobRun::check() const {
    if (cancelled_) {
        throw Error(Fault::gone, "runtime.job_cancelled");
    }
    if (lost_) {
        throw Error(Fault::gone, "runtime.job_lost");
    }
    if (jobs_.stopping_) {
        throw JobInterrupted();
    }
}

void JobRun::save(sql::Tx& tx, std::string_view position, std::int64_t done, std::int64_t total) {
    check();
    const auto saved = tx.execute(
        R"(UPDATE job SET position = $3, done = $4, total = $5, due_at = $6
           WHERE id = $1 AND lease = $2 AND state = 'running' AND cancel_requested = FALSE)",
        job_.id,
        lease_,
        position,
        done,
        total,
        jobs_.clock_.now() + jobs_.options_.lease);
    if (saved == 0) {
        const auto now = jobs_.find(tx, job_.id);
        (now && now->cancel_requested ? cancelled_ : lost_) = true;
        check();
    }
    Job seen = job_;
    seen.done = done;
    seen.total = total;
    jobs_.publish(tx, seen);
}

/// The metrics of jobs, by kind; and what look_at_queue() saw.
struct Jobs::Measures {
    struct OfKind {
        std::array<Counter, 4> runs;  // by Outcome
        Histogram seconds;
    };
    std::map<std::string, OfKind, std::less<>> kinds;
    std::atomic<std::int64_t> due{0};
    std::atomic<std::int64_t> oldest_due_us{0};  // 0: nothing is due
};

Jobs::Jobs(sql::Database& database, const Clock& clock, IdSource& ids, Bus& bus, JobOptions options)
    : database_(database), clock_(clock), ids_(ids), bus_(bus), options_(options) {}

Jobs::~Jobs() {
    stop();
}

void Jobs::handle(std::string kind, Handler handler) {
    require_kind(kind);
    EDU_ASSERT(workers_.empty());
    handlers_[std::move(kind)] = std::move(handler);
    due_statement_ = fmt::format(R"(SELECT id FROM job WHERE state IN ('queued', 'running') AND due_at <= $1
        AND kind IN ({}) ORDER BY due_at LIMIT 1)",
                                 quoted_kinds(handlers_));
}

void Jobs::measure(Metrics& metrics) {
    EDU_ASSERT(workers_.empty());
    measures_ = std::make_unique<Measures>();
    for (const auto& [kind, handler] : handlers_) {
        const auto runs = [&](const char* outcome) {
            return metrics.counter("educard_job_runs_total",
                                   "Attempts at jobs that ended",
                                   {{"kind", kind}, {"outcome", outcome}});
        };
        measures_->kinds.emplace(
            kind,
            Measures::OfKind{
                {runs("done"), runs("failed"), runs("cancelled"), runs("put_back")},
                metrics.seconds("educard_job_seconds", "How long attempts at jobs took", {{"kind", kind}})});
    }
    metrics.gauge("educard_jobs_due", "Jobs that wait to be taken", [this] {
        return static_cast<double>(measures_->due.load());
    });
    metrics.gauge(
        "educard_job_queue_age_seconds", "How long the oldest job that is due has been waiting", [this] {
            const auto oldest = measures_->oldest_due_us.load();
            const auto now = clock_.now().time_since_epoch().count();
            return oldest == 0 ? 0.0 : static_cast<double>(now - oldest) / 1e6;
        });
}

void Jobs::count(const JobRun& run, Outcome outcome) const {
    if (!measures_) {
        return;
    }
    const auto kind = measures_->kinds.find(run.job().kind);
    if (kind == measures_->kinds.end()) {
        return;
    }
    kind->second.runs.at(static_cast<std::size_t>(outcome)).add();
    kind->second.seconds.observe(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - run.begun_).count());
}

void Jobs::look_at_queue() {
    if (!measures_) {
        return;
    }
    database_.read([&](sql::Tx& tx) {
        tx.each(
            "SELECT COUNT(*), MIN(due_at) FROM job WHERE state = 'queued' AND due_at <= $1",
            [&](const sql::Row& row) {
                measures_->due = row.integer(0);
                measures_->oldest_due_us = row.is_null(1) ? 0 : row.integer(1);
            },
            clock_.now());
    });
}

JobId Jobs::put(sql::Tx& tx, const NewJob& job) {
    require_kind(job.kind);
    const auto id = ids_.next<JobId>();
    const auto now = clock_.now();
    tx.execute(
        R"(INSERT INTO job (id, kind, payload, position, state, done, total, attempts, cancel_requested, due_at,
        owner, created_at) VALUES ($1, $2, $3, '', 'queued', 0, $4, 0, FALSE, $5, $6, $5))",
        id,
        job.kind,
        job.payload,
        job.total,
        now,
        job.owner);
    tx.after_commit([this] { wake_workers(); });
    return id;
}

bool Jobs::cancel(sql::Tx& tx, JobId id) {
    const auto now = clock_.now();
    if (tx.execute("UPDATE job SET state = 'cancelled', finished_at = $2 WHERE id = $1 AND state = 'queued'",
                   id,
                   now) == 1) {
        publish(tx, id);
        return true;
    }
    return tx.execute("UPDATE job SET cancel_requested = TRUE WHERE id = $1 AND state = 'running'", id) == 1;
}

std::optional<Job> Jobs::find(sql::Tx& tx, JobId id) {
    return tx.find<Job>(
        R"(SELECT id, kind, payload, position, state, done, total, attempts, cancel_requested, owner,
        error, created_at, finished_at FROM job WHERE id = $1)",
        id);
}

std::vector<Job> Jobs::list_of_owner(sql::Tx& tx, AccountId owner, std::optional<JobId> before, int limit) {
    return tx.list<Job>(
        R"(SELECT id, kind, payload, position, state, done, total, attempts, cancel_requested, owner,
        error, created_at, finished_at FROM job WHERE owner = $1 AND id < $2 ORDER BY id DESC LIMIT $3)",
        owner,
        before.value_or(JobId{std::numeric_limits<std::int64_t>::max()}),
        limit);
}

std::int64_t Jobs::sweep(sql::Tx& tx, Time before) {
    return tx.execute("DELETE FROM job WHERE state IN ('done', 'failed', 'cancelled') AND finished_at < $1",
                      before);
}

void Jobs::start() {
    stopping_ = false;
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < options_.threads; ++i) {
        workers_.push_back(std::make_unique<Ticker>("taking a job", options_.poll, [this] {
            while (!stopping_ && run_one()) {
            }
        }));
    }
    renewer_ = std::make_unique<Ticker>("renewing job leases", options_.lease / 3, [this] {
        renew_leases();
        look_at_queue();
    });
}

void Jobs::stop() {
    stopping_ = true;
    decltype(workers_) workers;
    {
        const std::lock_guard lock(mutex_);
        workers.swap(workers_);
    }
    workers.clear();  // waits, without the lock: what they finish may still want to wake somebody
    renewer_.reset();
}

void Jobs::wake_workers() {
    const std::lock_guard lock(mutex_);
    for (auto& worker : workers_) {
        worker->wake();
    }
}

bool Jobs::run_one() {
    if (handlers_.empty()) {
        return false;
    }
    const auto run = claim();
    if (!run) {
        return false;
    }
    {
        const std::lock_guard lock(mutex_);
        running_[run->job().id.value] = run.get();
    }
    attempt(*run);
    const std::lock_guard lock(mutex_);
    running_.erase(run->job().id.value);
    return true;
}

std::unique_ptr<JobRun> Jobs::claim() {
    const auto now = clock_.now();
    const auto due = database_.read([&](sql::Tx& tx) { return tx.find<JobId>(due_statement_, now); });
    if (!due) {
        return nullptr;
    }
    const auto lease = std::to_string(ids_.next<Id<JobLeaseTag>>().value);
    const auto job = database_.write([&](sql::Tx& tx) -> std::optional<Job> {
        const auto claimed =
            tx.execute(R"(UPDATE job SET state = 'running', lease = $2, attempts = attempts + 1,
            due_at = $3 WHERE id = $1 AND state IN ('queued', 'running') AND due_at <= $4)",
                       *due,
                       lease,
                       now + options_.lease,
                       now);
        return claimed == 1 ? find(tx, *due) : std::nullopt;
    });
    // Another worker may have been first; then there may be more to do all the same, at the next round.
    return job ? std::unique_ptr<JobRun>(new JobRun(*this, *job, lease)) : nullptr;
}

void Jobs::attempt(JobRun& run) {
    const auto& job = run.job();
    if (job.cancel_requested) {
        finish(run, JobState::cancelled, std::nullopt);
        return;
    }
    if (job.attempts > options_.most_attempts) {  // it took its workers down with it
        finish(run, JobState::failed, "runtime.job_crashed");
        return;
    }
    try {
        handlers_.find(job.kind)->second(run);
        finish(run, JobState::done, std::nullopt);
    } catch (const JobInterrupted&) {
        put_back(run, clock_.now(), job.attempts - 1, std::nullopt);
    } catch (...) {
        fail(run, std::current_exception());
    }
}

void Jobs::fail(JobRun& run, const std::exception_ptr& fault) {
    if (run.lost_) {
        return;  // it is another worker's now
    }
    if (run.cancelled_) {
        finish(run, JobState::cancelled, std::nullopt);
        return;
    }
    const auto& job = run.job();
    const auto failure = failure_of(fault, fmt::format("job {} ({})", job.id.value, job.kind));
    if (failure.try_again && job.attempts < options_.most_attempts) {
        put_back(run, clock_.now() + wait_before_attempt(job.attempts), job.attempts, failure.code);
    } else {
        finish(run, JobState::failed, failure.code);
    }
}

void Jobs::finish(const JobRun& run, JobState state, const std::optional<std::string>& error) {
    count(run,
          state == JobState::done     ? Outcome::done
          : state == JobState::failed ? Outcome::failed
                                      : Outcome::cancelled);
    run_logged("finishing a job", [&] {
        database_.write([&](sql::Tx& tx) {
            tx.execute(R"(UPDATE job SET state = $3, error = $4, finished_at = $5, lease = NULL
                          WHERE id = $1 AND lease = $2)",
                       run.job().id,
                       run.lease_,
                       state,
                       error,
                       clock_.now());
            publish(tx, run.job().id);
        });
    });
}

void Jobs::put_back(const JobRun& run,
                    Time due_at,
                    std::int64_t attempts,
                    const std::optional<std::string>& error) {
    count(run, Outcome::put_back);
    run_logged("putting a job back", [&] {
        database_.write([&](sql::Tx& tx) {
            tx.execute(
                R"(UPDATE job SET state = 'queued', due_at = $3, attempts = $4, error = $5, lease = NULL
                          WHERE id = $1 AND lease = $2)",
                run.job().id,
                run.lease_,
                due_at,
                attempts,
                error);
            publish(tx, run.job().id);
        });
    });
}

void Jobs::renew_leases() {
    std::map<std::int64_t, std::string> leases;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, run] : running_) {
            leases.emplace(id, run->lease_);
        }
    }
    if (leases.empty()) {
        return;
    }
    struct Answer {
        bool held;
        bool cancelled;
    };
    const auto answers = database_.write([&](sql::Tx& tx) {
        std::map<std::int64_t, Answer> result;
        for (const auto& [id, lease] : leases) {
            const auto held = tx.execute("UPDATE job SET due_at = $3 WHERE id = $1 AND lease = $2",
                                         id,
                                         lease,
                                         clock_.now() + options_.lease);
            const auto job = find(tx, JobId{id});
            result[id] = {held == 1, job && job->cancel_requested};
        }
        return result;
    });
    const std::lock_guard lock(mutex_);
    for (const auto& [id, run] : running_) {
        const auto answer = answers.find(id);
        if (answer != answers.end() && leases[id] == run->lease_) {
            run->lost_ = !answer->second.held;
            run->cancelled_ = answer->second.cancelled || run->cancelled_;
        }
    }
}

void Jobs::publish(sql::Tx& tx, const Job& job) {
    publish_after_commit(tx, bus_, Event{"job:" + std::to_string(job.id.value), json::encode(view_of(job))});
}

void Jobs::publish(sql::Tx& tx, JobId id) {
    if (const auto job = find(tx, id)) {
        publish(tx, *job);
    }
}

}  // namespace educard
