#include "sql/sqlite/database.hpp"

#include "base/durable_file.hpp"
#include "sql/sqlite/connection.hpp"
#include "sql/transaction.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace educard::sql::sqlite {

namespace {

using namespace std::chrono_literals;

/// In memory where the system has a place for that, so that tests do not wear the disk.
std::string make_temporary_folder() {
    std::error_code fault;
    const auto parent = std::filesystem::is_directory("/dev/shm", fault) && ::access("/dev/shm", W_OK) == 0
                            ? std::filesystem::path("/dev/shm")
                            : std::filesystem::temp_directory_path();
    std::string folder = (parent / "educard-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) {
        throw Error(Fault::unavailable, "sql.cannot_open").with("path", folder);
    }
    return folder;
}

std::vector<std::string> faults_in(Connection& connection) {
    std::vector<std::string> faults;
    connection.run("PRAGMA integrity_check(100)", {}, [&](const Row& row) {
        if (row.text(0) != "ok") {
            faults.emplace_back(row.text(0));
        }
    });
    connection.run("PRAGMA foreign_key_check", {}, [&](const Row& row) {
        faults.push_back("foreign key of table " + std::string(row.text(0)));
    });
    return faults;
}

/// In one go: a reader's snapshot stands still, so that writes meanwhile do not make it start over.
void copy_database(const Options& options, const std::string& target) {
    const Connection source(options, Connection::Mode::read);
    Options target_options = options;
    target_options.path = target;
    target_options.max_pages = 0;
    const Connection copy(target_options, Connection::Mode::write);
    auto* backup = sqlite3_backup_init(copy.handle(), "main", source.handle(), "main");
    if (backup == nullptr) {
        throw_fault(copy.handle(), "backup");
    }
    sqlite3_backup_step(backup, -1);
    if (sqlite3_backup_finish(backup) != SQLITE_OK) {
        throw_fault(copy.handle(), "backup");
    }
}

/// Throws Error "sql.backup_damaged".
void check_copy(const Options& options, const std::string& file) {
    Options copy_options = options;
    copy_options.path = file;
    Connection copy(copy_options,
                    Connection::Mode::write);  // or its -wal and -shm stay behind when it closes
    if (const auto faults = faults_in(copy); !faults.empty()) {
        throw Error(Fault::internal, "sql.backup_damaged").with("fault", faults.front());
    }
}

/// A database that nobody has open, with what a killed process left beside it.
void remove_database(const std::string& file) {
    for (const auto* suffix : {"", "-wal", "-shm", "-journal"}) {
        std::filesystem::remove(file + suffix);
    }
}

/// Gives what went wrong, or null.
std::exception_ptr run_read(Connection& connection, Work& work) {
    Transaction transaction(connection);
    try {
        connection.run("BEGIN");
        work(transaction);
        transaction.require_sound();
        connection.run("ROLLBACK");  // prepared once, unlike roll_back()
    } catch (...) {
        connection.roll_back();
        return std::current_exception();
    }
    for (auto& action : transaction.take_actions()) {
        action();
    }
    return nullptr;
}

}  // namespace

struct Readers::Seat {
    explicit Seat(const Options& options) : connection(options, Connection::Mode::read) {}

    std::mutex mutex;
    Connection connection;
};

Readers::Readers(const Options& options, const WriterState& state)
    : queue_(options.read_queue), state_(state) {
    for (std::size_t i = 0; i < options.readers; ++i) {
        seats_.push_back(std::make_unique<Seat>(options));
    }
    for (auto& seat : seats_) {
        threads_.emplace_back([this, &seat] { loop(*seat); });
    }
}

Readers::~Readers() {
    stop();
}

void Readers::stop() {
    queue_.close();
    for (auto& thread : threads_) {
        thread.join();
    }
    threads_.clear();
}

void Readers::loop(Seat& seat) {
    for (auto task = queue_.take(); task; task = queue_.take()) {
        std::unique_lock lock(seat.mutex);
        if (auto* watcher = state_.watcher.load()) {
            watcher->read_waited(std::chrono::steady_clock::now() - task->queued_at);
        }
        auto fault = run_read(seat.connection, task->work);
        lock.unlock();
        task->done(std::move(fault));
    }
}

void Readers::run_here(Work work, Done done) {
    for (const auto& seat : seats_) {
        std::unique_lock lock(seat->mutex, std::try_to_lock);
        if (lock.owns_lock()) {
            auto fault = run_read(seat->connection, work);
            lock.unlock();
            done(std::move(fault));
            return;
        }
    }
    submit(queue_, std::move(work), std::move(done));
}

SqliteDatabase::SqliteDatabase(Options options) : options_(std::move(options)) {
    if (options_.path.empty()) {
        temporary_folder_ = make_temporary_folder();
        options_.path = temporary_folder_ + "/educard.db";
    }
    writer_ = std::make_unique<Writer>(options_);
    readers_ = std::make_unique<Readers>(options_, writer_->state());
}

SqliteDatabase::~SqliteDatabase() {
    // Both threads before either object: what ends on one may still ask the other.
    readers_->stop();
    writer_->stop();
    readers_.reset();
    writer_.reset();
    if (!temporary_folder_.empty()) {
        std::error_code fault;
        std::filesystem::remove_all(temporary_folder_, fault);
    }
}

Database::Queued SqliteDatabase::queued() const {
    return {.writes = writer_->queue().size(), .reads = readers_->queue().size()};
}

void SqliteDatabase::submit_read(Work work, Done done) {
    submit(readers_->queue(), std::move(work), std::move(done));
}

void SqliteDatabase::submit_brief_read(Work work, Done done) {
    readers_->run_here(std::move(work), std::move(done));
}

void SqliteDatabase::submit_write(Work work, Done done) {
    submit(writer_->queue(), std::move(work), std::move(done));
}

void SqliteDatabase::backup(const std::string& target) {
    if (std::filesystem::exists(target)) {
        throw Error(Fault::conflict, "sql.backup_exists").with("path", target);
    }
    const std::string unfinished = target + ".unfinished";
    remove_database(unfinished);
    copy_database(options_, unfinished);
    check_copy(options_, unfinished);
    move_durably(unfinished, target);
}

std::vector<std::string> SqliteDatabase::integrity_faults() {
    Connection connection(options_, Connection::Mode::read);
    return faults_in(connection);
}

}  // namespace educard::sql::sqlite
