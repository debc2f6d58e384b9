#pragma once
// The PostgreSQL engine: threads that read and threads that write, each with a connection of its own.
//
// Every write is a transaction of its own under READ COMMITTED; the server joins the syncs of those that
// commit at the same time. What the server rolled back so that others could go on is run again, and so is
// what met a broken connection before its COMMIT was sent. When a connection breaks after that, nobody knows
// whether it was committed, and the caller is told so ("sql.unknown_outcome").

#include "sql/postgres/messenger.hpp"
#include "sql/postgres/options.hpp"
#include "sql/task.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace educard::sql::postgres {

class Connection;

/// Threads that take work from one queue, all for reading or all for writing.
class Pool {
public:
    enum class Kind { reading, writing };

    Pool(const Options& options, Kind kind);
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    void submit(Work work, Done done);
    std::size_t queued() const { return queue_.size(); }
    void watch(Watcher& watcher) { watcher_ = &watcher; }
    /// Whether the latest transaction that ended found no room on the server's disk.
    bool is_full() const { return full_; }
    /// Finishes what is queued, and waits for that.
    void stop();

private:
    class Worker;

    const Options& options_;
    Kind kind_;
    TaskQueue queue_;
    std::atomic<bool> stopping_{false};
    std::atomic<bool> full_{false};
    std::atomic<std::chrono::steady_clock::time_point> lost_at_{};  // when a connection that stood was lost
    std::atomic<Watcher*> watcher_{nullptr};
    std::vector<std::thread> threads_;
};

class PostgresDatabase final : public Database {
public:
    /// Throws Error(unavailable, "sql.unreachable") when no server answers.
    explicit PostgresDatabase(Options options);
    ~PostgresDatabase() override;

    void submit_read(Work work, Done done) override;
    void submit_write(Work work, Done done) override;
    /// Runs pg_dump, which has to be installed; `target` is an archive for pg_restore.
    void backup(const std::string& target) override;
    std::vector<std::string> integrity_faults() override;
    void tell_others(std::string message) override { messenger_.tell(std::move(message)); }
    void hear_others(Hear hear) override { messenger_.hear(std::move(hear)); }
    void watch(Watcher& watcher) override;
    Queued queued() const override;
    bool is_full() const override { return writers_->is_full(); }
    std::string_view engine() const override { return "postgres"; }

private:
    Options options_;
    Messenger messenger_;
    std::unique_ptr<Pool> writers_;
    std::unique_ptr<Pool> readers_;
};

}  // namespace educard::sql::postgres
