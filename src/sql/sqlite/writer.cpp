#include "sql/sqlite/connection.hpp"
#include "sql/sqlite/database.hpp"
#include "sql/sqlite/transaction.hpp"

#include <algorithm>
#include <chrono>
#include <span>
#include <spdlog/spdlog.h>

namespace educard::sql::sqlite {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxBatch = 256;
constexpr auto kMaxBatchTime = 50ms;    // long work does not hold back the answers of others for ever
constexpr int kCheckpointPages = 4096;  // 16 MB of 4 KB pages
constexpr int kTruncatePages = 4 * kCheckpointPages;
constexpr int kTruncateWaitMs = 250;  // for readers to leave their snapshot
constexpr int kBusyTimeoutMs = 5000;

/// What has become of a task in the transaction that is under way.
struct Outcome {
    std::exception_ptr fault;
    std::vector<std::move_only_function<void()>> actions;
};

/// Runs tasks in one transaction; tells each exactly once.
class Batch {
public:
    Batch(Connection& connection, std::span<Task> tasks) : connection_(connection), tasks_(tasks) {}

    /// Gives how many of the tasks are finished; at least one.
    std::size_t run() {
        try {
            connection_.run("BEGIN IMMEDIATE");
        } catch (...) {
            finish_all(std::current_exception());
            return tasks_.size();
        }
        const std::exception_ptr broken = run_and_commit();
        if (broken && outcomes_.size() > 1) {
            for (auto& task : tasks_.first(outcomes_.size())) {
                Batch(connection_, std::span(&task, 1)).run();
            }
        } else {
            finish(broken);
        }
        return outcomes_.size();
    }

private:
    /// What broke the common transaction, or null when it is committed.
    std::exception_ptr run_and_commit() {
        const auto deadline = std::chrono::steady_clock::now() + kMaxBatchTime;
        try {
            for (auto& task : tasks_) {
                run_under_savepoint(task);
                if (std::chrono::steady_clock::now() > deadline) {
                    break;
                }
            }
            connection_.run("COMMIT");
            return nullptr;
        } catch (...) {
            connection_.roll_back();
            return std::current_exception();
        }
    }

    /// Keeps what the task throws. Throws when the common transaction is gone.
    void run_under_savepoint(Task& task) {
        auto& outcome = outcomes_.emplace_back();
        connection_.run("SAVEPOINT task");
        try {
            Transaction transaction(connection_);
            task.work(transaction);
            transaction.require_sound();
            outcome.actions = transaction.take_actions();
        } catch (...) {
            outcome.fault = std::current_exception();
        }
        if (!connection_.in_transaction()) {
            EDU_ASSERT(outcome.fault != nullptr);
            std::rethrow_exception(outcome.fault);
        }
        if (outcome.fault) {
            connection_.run("ROLLBACK TO task");
        }
        connection_.run("RELEASE task");
    }

    void finish(const std::exception_ptr& broken) {
        for (std::size_t i = 0; i < outcomes_.size(); ++i) {
            auto fault = outcomes_[i].fault ? std::move(outcomes_[i].fault) : broken;
            if (!fault) {
                for (auto& action : outcomes_[i].actions) {
                    action();
                }
            }
            tasks_[i].done(std::move(fault));
        }
    }

    void finish_all(const std::exception_ptr& fault) {
        for (auto& task : tasks_) {
            task.done(fault);
        }
    }

    Connection& connection_;
    std::span<Task> tasks_;
    std::vector<Outcome> outcomes_;
};

int remember_log_pages(void* pages, sqlite3* /*handle*/, const char* /*schema*/, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
}

}  // namespace

Writer::Writer(const Options& options)
    : queue_(options.write_queue),
      connection_(std::make_unique<Connection>(options, Connection::Mode::write)),
      checkpoint_at_pages_(kCheckpointPages),
      truncate_at_pages_(kTruncatePages) {
    sqlite3_wal_hook(connection_->handle(), &remember_log_pages, &log_pages_);
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
            waiting = waiting.subspan(Batch(*connection_, waiting).run());
            checkpoint_when_due();
        }
    }
}

/// Copies the log into the database file when it has grown. A log that stays long because there is always
/// some reader on an old snapshot is cut by holding the writes until the readers of that moment are done, for
/// a bounded time.
void Writer::checkpoint_when_due() {
    if (log_pages_ < kCheckpointPages) {
        checkpoint_at_pages_ = kCheckpointPages;
        truncate_at_pages_ = kTruncatePages;
        return;
    }
    auto* handle = connection_->handle();
    int result = SQLITE_OK;
    if (log_pages_ >= truncate_at_pages_) {
        sqlite3_busy_timeout(handle, kTruncateWaitMs);
        result = sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
        sqlite3_busy_timeout(handle, kBusyTimeoutMs);
        truncate_at_pages_ = log_pages_ + kCheckpointPages;
    } else if (log_pages_ >= checkpoint_at_pages_) {
        result = sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
        checkpoint_at_pages_ = log_pages_ + kCheckpointPages;
    }
    if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY) {
        spdlog::error("sqlite fault {} while writing back the log", result);
    }
}

}  // namespace educard::sql::sqlite
