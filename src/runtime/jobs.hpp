#pragma once
// Background work that survives a crash: a row in the database, taken by one worker at a time under a lease.
// A worker that dies stops renewing; after the lease another one runs the job again, from the position that
// the handler saved last. So a handler does its work in steps, and saves its position in the same transaction
// as each step's work.
//
//   jobs.handle("roster.import", [&](JobRun& run) {
//       for (auto at = parse(run.job().position); !at.end(); ) {
//           database.write([&](sql::Tx& tx) { at = import_some(tx, at); run.save(tx, to_text(at), at.row,
//           rows); });
//       }
//   });
//
// Progress is published on the bus topic "job:<id>" as a JobView. Any thread may call put, cancel, find;
// handle comes before start. stop() interrupts handlers at their next save or check, and waits; what was
// interrupted goes on at the next start.

#include "base/ids.hpp"
#include "base/time.hpp"
#include "runtime/bus.hpp"
#include "runtime/ticker.hpp"
#include "sql/sql.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace educard {

enum class JobState { queued, running, done, failed, cancelled };
BOOST_DESCRIBE_ENUM(JobState, queued, running, done, failed, cancelled)

struct Job {
    JobId id;
    std::string kind;      // "roster.import"
    std::string payload;   // JSON, as it was put; no ID numbers
    std::string position;  // what the handler saved last; empty at first
    JobState state{};
    std::int64_t done = 0;
    std::int64_t total = 0;
    std::int64_t attempts = 0;
    bool cancel_requested = false;
    std::optional<AccountId> owner;
    std::optional<std::string> error;  // a code
    Time created_at;
    std::optional<Time> finished_at;
};
BOOST_DESCRIBE_STRUCT(Job,
                      (),
                      (id,
                       kind,
                       payload,
                       position,
                       state,
                       done,
                       total,
                       attempts,
                       cancel_requested,
                       owner,
                       error,
                       created_at,
                       finished_at))

/// What the world sees of a job: in answers, and on the bus.
struct JobView {
    JobId id;
    std::string kind;
    JobState state{};
    std::int64_t done = 0;
    std::int64_t total = 0;
    std::optional<std::string> error;
};
BOOST_DESCRIBE_STRUCT(JobView, (), (id, kind, state, done, total, error))
JobView view_of(const Job& job);

struct NewJob {
    std::string kind;
    std::string payload;
    std::int64_t total = 0;
    std::optional<AccountId> owner;
};

class Jobs;
class Metrics;

/// One attempt at a job, as its handler sees it.
class JobRun {
public:
    const Job& job() const { return job_; }
    /// Saves how far the work has come, in the transaction that does it. Throws, so that nothing of the step
    /// remains, when the job was cancelled, taken over by another worker or the program stops. Let it pass.
    void save(sql::Tx& tx, std::string_view position, std::int64_t done, std::int64_t total);
    /// Throws like save. For steps that write nothing.
    void check() const;

private:
    friend class Jobs;
    JobRun(Jobs& jobs, Job job, std::string lease)
        : jobs_(jobs), job_(std::move(job)), lease_(std::move(lease)) {}

    Jobs& jobs_;
    const Job job_;
    const std::string lease_;
    const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
    std::atomic<bool> cancelled_{false};
    std::atomic<bool> lost_{false};
};

struct JobOptions {
    std::size_t threads = 1;
    std::chrono::milliseconds poll{1000};  // how soon work of other nodes and leases that ran out are noticed
    std::chrono::seconds lease{15};
    std::int64_t most_attempts = 5;
};

class Jobs {
public:
    using Handler = std::function<void(JobRun&)>;

    Jobs(sql::Database& database, const Clock& clock, IdSource& ids, Bus& bus, JobOptions options = {});
    ~Jobs();
    Jobs(const Jobs&) = delete;
    Jobs& operator=(const Jobs&) = delete;

    /// What a handler throws: Errors about the work itself (invalid, not_found, conflict, …) fail the job at
    /// once; the others (unavailable, internal, anything unknown) are tried again, later and later.
    void handle(std::string kind, Handler handler);

    /// Counts runs, their outcomes and times, and what waits. After the handlers are known and before
    /// start(); `metrics` outlives it.
    void measure(Metrics& metrics);

    JobId put(sql::Tx& tx, const NewJob& job);
    /// False when it is over already or does not exist. A running job stops at its next step.
    bool cancel(sql::Tx& tx, JobId id);
    std::optional<Job> find(sql::Tx& tx, JobId id);
    /// Newest first, at most `limit`, older than `before` when that is given.
    std::vector<Job> list_of_owner(sql::Tx& tx, AccountId owner, std::optional<JobId> before, int limit);
    /// Forgets jobs that were over before `before`. Gives how many.
    std::int64_t sweep(sql::Tx& tx, Time before);

    void start();
    void stop();
    /// Runs one job that is due on the calling thread; false when none is. What the workers do; tests call it
    /// themselves.
    bool run_one();
    /// Renews the leases of what runs here. A thread of its own does so after start().
    void renew_leases();
    /// Looks how many jobs are due and since when, for the metrics. The same thread does so.
    void look_at_queue();

private:
    friend class JobRun;
    enum class Outcome { done, failed, cancelled, put_back };
    struct Measures;
    void count(const JobRun& run, Outcome outcome) const;
    std::unique_ptr<JobRun> claim();
    void attempt(JobRun& run);
    void finish(const JobRun& run, JobState state, const std::optional<std::string>& error);
    void put_back(const JobRun& run,
                  Time due_at,
                  std::int64_t attempts,
                  const std::optional<std::string>& error);
    void fail(JobRun& run, const std::exception_ptr& fault);
    void publish(sql::Tx& tx, const Job& job);
    void publish(sql::Tx& tx, JobId id);
    void wake_workers();

    sql::Database& database_;
    const Clock& clock_;
    IdSource& ids_;
    Bus& bus_;
    const JobOptions options_;
    std::map<std::string, Handler, std::less<>> handlers_;
    std::string due_statement_;
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;
    std::map<std::int64_t, JobRun*> running_;       // under mutex_
    std::vector<std::unique_ptr<Ticker>> workers_;  // under mutex_
    std::unique_ptr<Ticker> renewer_;
    std::unique_ptr<Measures> measures_;
};

}  // namespace educard
