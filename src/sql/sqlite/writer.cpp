#include "sql/sqlite/connection.hpp"
#include "sql/sqlite/database.hpp"
#include "sql/transaction.hpp"

#include <algorithm>
#include <chrono>
#include <span>
#include <spdlog/spdlog.h>

namespace educard::sql::sqlite {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxBatch = 256;
constexpr auto kMaxBatchTime = 50ms;    // long work does not hold back the answers of others for ever
constexpr int kCarefulBatches = 100;    // with savepoints after a task threw: those who fail often pay little
constexpr int kCheckpointPages = 4096;  // 16 MB of 4 KB pages
constexpr int kTruncatePages = 4 * kCheckpointPages;
constexpr int kTruncateWaitMs = 250;  // for readers to leave their snapshot
constexpr int kUsualBusyTimeoutMs = 5000;

bool is_disk_full(const std::exception_ptr& fault) {
    try {
        std::rethrow_exception(fault);
    } catch (const Error& error) {
        return error.code() == "sql.disk_full";
    } catch (...) {  // whatever else it was goes to who asked
        return false;
    }
}

/// What has become of a task in the transaction that is under way.
struct Outcome {
    std::exception_ptr fault;
    std::vector<std::move_only_function<void()>> actions;
};

/// How a task that throws is kept from taking the others of its batch along.
enum class Care {
    run_again,   // everything is rolled back and run again with savepoints: dear when it happens
    savepoints,  // each task under one, which copies every page that it changes: a sixth of the time, always
};

/// Runs tasks in one transaction; tells each exactly once.
class Batch {
public:
    Batch(Connection& connection, WriterState& state, std::span<Task> tasks, Care care)
        : connection_(connection), state_(state), tasks_(tasks), care_(care) {}

    /// Gives how many of the tasks are finished; at least one.
    std::size_t run() {
        std::exception_ptr broken = begin_and_run();
        if (run_again_) {
            care_ = Care::savepoints;
            outcomes_.clear();
            broken = begin_and_run();
        }
        if (outcomes_.empty()) {
            finish_all(broken);
            return tasks_.size();
        }
        if (broken && outcomes_.size() > 1) {
            for (auto& task : tasks_.first(outcomes_.size())) {
                Batch(connection_, state_, std::span(&task, 1), Care::run_again).run();
            }
        } else {
            finish(broken);
        }
        return outcomes_.size();
    }

    /// Whether a task has thrown.
    bool had_faults() const { return had_faults_; }

private:
    /// What broke the common transaction, or null when it is committed.
    std::exception_ptr begin_and_run() {
        const auto deadline = std::chrono::steady_clock::now() + kMaxBatchTime;
        run_again_ = false;
        try {
            connection_.run("BEGIN IMMEDIATE");
            for (auto& task : tasks_) {
                if (care_ == Care::savepoints) {
                    run_under_savepoint(task);
                } else {
                    run_plainly(task);
                }
                if (std::chrono::steady_clock::now() > deadline) {
                    break;
                }
            }
            const auto begin = std::chrono::steady_clock::now();
            connection_.run("COMMIT");
            if (auto* watcher = state_.watcher.load()) {
                watcher->committed(outcomes_.size(), std::chrono::steady_clock::now() - begin);
            }
            return nullptr;
        } catch (...) {
            connection_.roll_back();
            return std::current_exception();
        }
    }

    /// Throws what the task throws, for nothing of the transaction may stay. The first task takes nobody
    /// along.
    void run_plainly(Task& task) {
        auto& outcome = outcomes_.emplace_back();
        run_task(task, outcome);
        if (outcome.fault) {
            run_again_ = outcomes_.size() > 1;
            std::rethrow_exception(outcome.fault);
        }
    }

    /// Keeps what the task throws. Throws when the common transaction is gone.
    void run_under_savepoint(Task& task) {
        auto& outcome = outcomes_.emplace_back();
        connection_.run("SAVEPOINT task");
        run_task(task, outcome);
        if (!connection_.in_transaction()) {
            EDU_ASSERT(outcome.fault != nullptr);
            std::rethrow_exception(outcome.fault);
        }
        if (outcome.fault) {
            connection_.run("ROLLBACK TO task");
        }
        connection_.run("RELEASE task");
    }

    void run_task(Task& task, Outcome& outcome) {
        try {
            Transaction transaction(connection_);
            task.work(transaction);
            transaction.require_sound();
            outcome.actions = transaction.take_actions();
        } catch (...) {
            outcome.fault = std::current_exception();
            had_faults_ = true;
        }
    }

    void finish(const std::exception_ptr& broken) {
        for (std::size_t i = 0; i < outcomes_.size(); ++i) {
            auto fault = outcomes_[i].fault ? std::move(outcomes_[i].fault) : broken;
            notice(fault);
            if (!fault) {
                for (auto& action : outcomes_[i].actions) {
                    action();
                }
            }
            tasks_[i].done(std::move(fault));
        }
    }

    void finish_all(const std::exception_ptr& fault) {
        notice(fault);
        for (auto& task : tasks_) {
            task.done(fault);
        }
    }

    void notice(const std::exception_ptr& fault) {
        if (fault && is_disk_full(fault)) {
            state_.full = true;
        }
    }

    Connection& connection_;
    WriterState& state_;
    std::span<Task> tasks_;
    Care care_;
    bool run_again_ = false;
    bool had_faults_ = false;
    std::vector<Outcome> outcomes_;
};

/// Called after commits that wrote something: so there was room.
int remember_log_pages(void* writer, sqlite3* /*handle*/, const char* /*schema*/, int count) {
    auto& state = *static_cast<WriterState*>(writer);
    state.log_pages = count;
    state.full = false;
    return SQLITE_OK;
}

}  // namespace

Writer::Writer(const Options& options)
    : queue_(options.write_queue),
      connection_(std::make_unique<Connection>(options, Connection::Mode::write)),
      checkpoint_at_pages_(kCheckpointPages),
      truncate_at_pages_(kTruncatePages) {
    sqlite3_wal_hook(connection_->handle(), &remember_log_pages, &state_);
    thread_ = std::thread([this] { loop(); });
}

Writer::~Writer() {
    stop();
}

void Writer::stop() {
    queue_.close();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Writer::loop() {
    for (auto tasks = queue_.take_all(kMaxBatch); !tasks.empty(); tasks = queue_.take_all(kMaxBatch)) {
        std::span<Task> waiting(tasks);
        while (!waiting.empty()) {
            const bool alone = waiting.size() == 1;
            const auto care = careful_ > 0 && !alone ? Care::savepoints : Care::run_again;
            Batch batch(*connection_, state_, waiting, care);
            waiting = waiting.subspan(batch.run());
            careful_ = batch.had_faults() && !alone ? kCarefulBatches : std::max(0, careful_ - 1);
            checkpoint_when_due();
        }
    }
}

/// Copies the log into the database file when it has grown. A log that stays long because there is always
/// some reader on an old snapshot is cut by holding the writes until the readers of that moment are done, for
/// a bounded time.
void Writer::checkpoint_when_due() {
    if (state_.log_pages < kCheckpointPages) {
        checkpoint_at_pages_ = kCheckpointPages;
        truncate_at_pages_ = kTruncatePages;
        return;
    }
    auto* handle = connection_->handle();
    int result = SQLITE_OK;
    if (state_.log_pages >= truncate_at_pages_) {
        sqlite3_busy_timeout(handle, kTruncateWaitMs);
        result = sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
        sqlite3_busy_timeout(handle, kUsualBusyTimeoutMs);
        truncate_at_pages_ = state_.log_pages + kCheckpointPages;
    } else if (state_.log_pages >= checkpoint_at_pages_) {
        result = sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
        checkpoint_at_pages_ = state_.log_pages + kCheckpointPages;
    }
    if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY) {
        spdlog::error("sqlite fault {} while writing back the log", result);
    }
}

}  // namespace educard::sql::sqlite
