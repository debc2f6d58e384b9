#pragma once
// The SQLite engine: one thread that writes, several that read.
//
// Writes that wait together are committed together (group commit), and all are told of success only after the
// common commit is on the disk. When one throws, all are rolled back and run again, each under a savepoint of
// its own, so that it is rolled back alone; the next batches have savepoints from the start. When the common
// transaction breaks (disk full, I/O fault), each is run again by itself and gets its own answer.

#include "sql/brief.hpp"
#include "sql/sqlite/options.hpp"
#include "sql/task.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace educard::sql::sqlite {

class Connection;

/// What the writer knows of its latest commits; read by others.
struct WriterState {
    int log_pages = 0;              // of the write-ahead log, after the last commit; the writer's own
    std::atomic<bool> full{false};  // the latest transaction that wanted to write found no room
    std::atomic<Watcher*> watcher{nullptr};
};

/// Commits what its queue holds. Owns the only connection that writes.
class Writer {
public:
    explicit Writer(const Options& options);
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    TaskQueue& queue() { return queue_; }
    WriterState& state() { return state_; }
    /// Finishes what is queued, and waits for that.
    void stop();

private:
    void loop();
    void checkpoint_when_due();

    TaskQueue queue_;
    WriterState state_;
    std::unique_ptr<Connection> connection_;
    int careful_ = 0;          // batches that are still to be run with savepoints
    int checkpoint_at_pages_;  // when to copy the log into the file
    int truncate_at_pages_;    // when to wait for the readers as well, so that the log can start anew
    std::thread thread_;
};

/// Runs reads, each on the snapshot of its beginning.
class Readers {
public:
    /// `state` outlives it.
    Readers(const Options& options, const WriterState& state);
    ~Readers();
    Readers(const Readers&) = delete;
    Readers& operator=(const Readers&) = delete;

    TaskQueue& queue() { return queue_; }
    /// Does the work here and now, on a connection that nobody uses at this moment; queues it when there is
    /// none.
    void run_here(Work work, Done done);
    /// Finishes what is queued, and waits for that.
    void stop();

private:
    /// A connection with whoever uses it: its reader, or a brief read on the thread that asks.
    struct Seat;
    void loop(Seat& seat);

    TaskQueue queue_;
    const WriterState& state_;
    std::vector<std::unique_ptr<Seat>> seats_;
    std::vector<std::thread> threads_;
};

class SqliteDatabase final : public Database, public BriefReader {
public:
    explicit SqliteDatabase(Options options);
    ~SqliteDatabase() override;

    void submit_read(Work work, Done done) override;
    void submit_brief_read(Work work, Done done) override;
    void submit_write(Work work, Done done) override;
    void backup(const std::string& target) override;
    std::vector<std::string> integrity_faults() override;
    void watch(Watcher& watcher) override { writer_->state().watcher = &watcher; }
    Queued queued() const override;
    bool is_full() const override { return writer_->state().full; }
    std::string_view engine() const override { return "sqlite"; }

private:
    Options options_;
    std::string temporary_folder_;
    std::unique_ptr<Writer> writer_;
    std::unique_ptr<Readers> readers_;
};

}  // namespace educard::sql::sqlite
