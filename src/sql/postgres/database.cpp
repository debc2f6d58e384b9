#include "sql/postgres/database.hpp"

#include "base/durable_file.hpp"
#include "sql/postgres/connection.hpp"
#include "sql/transaction.hpp"

#include <fcntl.h>
#include <filesystem>
#include <random>
#include <spawn.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace educard::sql::postgres {

namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr int kMaxAttempts = 8;
constexpr auto kConnectPause = 100ms;
constexpr auto kRefusalTime = 1s;  // after which a server that did not answer is asked again

/// Grows with the attempts and differs between threads, so that those that met do not meet again.
void pause_before(int attempt) {
    thread_local std::minstd_rand random(std::random_device{}());
    const auto most = 1 << std::min(attempt, 6);
    std::this_thread::sleep_for(std::chrono::milliseconds(std::uniform_int_distribution(1, most)(random)));
}

/// Paths of organisations and beginnings of names are found as ranges, which are right only where text is
/// ordered by its code points, as the embedded engine does; in most languages' orders '/' does not even
/// count. Throws Error "sql.text_order".
void require_order_by_code(Connection& connection) {
    bool is_right = false;
    const auto look = [&](const Row& row) { is_right = row.integer(0) == 1; };
    connection.begin();
    connection.run(
        R"(SELECT CASE WHEN current_setting('server_encoding') = 'UTF8' AND 'B' < 'a' AND '/1/2/5/' < '/1/20'
                                  THEN 1 ELSE 0 END::bigint)",
        {},
        look);
    connection.roll_back();
    if (!is_right) {
        throw Error(Fault::conflict, "sql.text_order");
    }
}

/// Nodes that start at the same moment all make it; one of them does.
void make_schema(Connection& connection, const std::string& name) {
    while (true) {
        connection.begin();
        try {
            connection.run("CREATE SCHEMA IF NOT EXISTS " + name);
            connection.commit();
            return;
        } catch (const TryAgain&) {
            connection.roll_back();
        }
    }
}

}  // namespace

/// One thread of a pool, with its connection.
class Pool::Worker {
public:
    explicit Worker(Pool& pool) : pool_(pool) {}

    void loop() {
        for (auto task = pool_.queue_.take(); task; task = pool_.queue_.take()) {
            if (auto* watcher = pool_.watcher_.load(); watcher != nullptr && pool_.kind_ == Kind::reading) {
                watcher->read_waited(Steady::now() - task->queued_at);
            }
            run(*task);
        }
    }

private:
    enum class Ending { finished, again };

    void run(Task& task) {
        for (int attempt = 1;; ++attempt) {
            Actions actions;
            std::exception_ptr fault;
            if (run_once(task.work, actions, fault) == Ending::again && attempt < kMaxAttempts) {
                pause_before(attempt);
                continue;
            }
            if (!fault) {
                for (auto& action : actions) {
                    action();
                }
            }
            task.done(std::move(fault));
            return;
        }
    }

    using Actions = std::vector<std::move_only_function<void()>>;

    /// Tells in `fault` what went wrong, if anything, also when it may be tried again.
    Ending run_once(Work& work, Actions& actions, std::exception_ptr& fault) {
        bool committing = false;
        std::exception_ptr root;  // of a statement; the work may have thrown something else because of it
        try {
            require_connection();
            connection_->begin();
            Transaction transaction(*connection_);
            try {
                work(transaction);
                transaction.require_sound();
            } catch (...) {
                root = transaction.fault();
                throw;
            }
            committing = true;
            const auto begin = Steady::now();
            connection_->commit();
            noticed_commit(Steady::now() - begin);
            actions = transaction.take_actions();
            return Ending::finished;
        } catch (...) {
            fault = std::current_exception();
        }
        return after_fault(fault, root, committing);
    }

    void noticed_commit(std::chrono::duration<double> time) {
        pool_.full_ = false;
        if (auto* watcher = pool_.watcher_.load(); watcher != nullptr && pool_.kind_ == Kind::writing) {
            watcher->committed(1, time);
        }
    }

    Ending after_fault(std::exception_ptr& fault, const std::exception_ptr& root, bool committing) {
        try {
            std::rethrow_exception(root ? root : fault);
        } catch (const TryAgain&) {
            connection_->roll_back();
            return Ending::again;
        } catch (const ConnectionLost&) {
            if (connection_) {
                pool_.lost_at_ = Steady::now();
                connection_.reset();
            }
            if (committing && pool_.kind_ == Kind::writing) {
                fault = std::make_exception_ptr(
                    Error(Error(Fault::unavailable, "sql.unknown_outcome").retry_after(2s)));
                return Ending::finished;
            }
            return refused_until_ > Steady::now() ? Ending::finished : Ending::again;
        } catch (const Error& error) {
            pool_.full_ = pool_.full_ || error.code() == "sql.disk_full";
            if (connection_) {
                connection_->roll_back();
            }
            return Ending::finished;
        } catch (...) {
            if (connection_) {
                connection_->roll_back();
            }
            return Ending::finished;
        }
    }

    /// Waits a bounded time for a server that is away; then work is refused at once for a while, so that a
    /// queue of waiting requests does not wait one after another. A connection older than the latest loss of
    /// another is not trusted: if their server hangs, this one would be waited for as long once more.
    void require_connection() {
        if (connection_ && connected_at_ >= pool_.lost_at_.load()) {
            return;
        }
        connection_.reset();
        if (refused_until_ > Steady::now()) {
            throw ConnectionLost();  // and that does not make it longer
        }
        const auto deadline = Steady::now() + std::chrono::milliseconds(pool_.options_.connect_wait_ms);
        while (true) {
            connected_at_ = Steady::now();
            try {
                connection_ = std::make_unique<Connection>(
                    pool_.options_,
                    pool_.kind_ == Kind::reading ? Connection::Mode::read : Connection::Mode::write);
                return;
            } catch (const ConnectionLost&) {
                if (pool_.stopping_ || Steady::now() > deadline) {
                    refused_until_ = Steady::now() + kRefusalTime;
                    throw;
                }
            }
            std::this_thread::sleep_for(kConnectPause);
        }
    }

    Pool& pool_;
    std::unique_ptr<Connection> connection_;
    Steady::time_point connected_at_{};
    Steady::time_point refused_until_{};
};

Pool::Pool(const Options& options, Kind kind)
    : options_(options),
      kind_(kind),
      queue_(kind == Kind::reading ? options.read_queue : options.write_queue) {
    const auto threads = kind == Kind::reading ? options.readers : options.writers;
    for (std::size_t i = 0; i < threads; ++i) {
        threads_.emplace_back([this] { Worker(*this).loop(); });
    }
}

Pool::~Pool() {
    stop();
}

void Pool::submit(Work work, Done done) {
    sql::submit(queue_, std::move(work), std::move(done));
}

void Pool::stop() {
    stopping_ = true;
    queue_.close();
    for (auto& thread : threads_) {
        thread.join();
    }
    threads_.clear();
}

PostgresDatabase::PostgresDatabase(Options options) : options_(std::move(options)), messenger_(options_) {
    Connection first(options_, Connection::Mode::write);
    require_order_by_code(first);
    if (!options_.schema.empty()) {
        make_schema(first, options_.schema);
    }
    writers_ = std::make_unique<Pool>(options_, Pool::Kind::writing);
    readers_ = std::make_unique<Pool>(options_, Pool::Kind::reading);
}

PostgresDatabase::~PostgresDatabase() {
    // Both pools' threads before either object: what ends on one may still ask the other.
    readers_->stop();
    writers_->stop();
}

void PostgresDatabase::watch(Watcher& watcher) {
    writers_->watch(watcher);
    readers_->watch(watcher);
}

Database::Queued PostgresDatabase::queued() const {
    return {.writes = writers_->queued(), .reads = readers_->queued()};
}

void PostgresDatabase::submit_read(Work work, Done done) {
    readers_->submit(std::move(work), std::move(done));
}

void PostgresDatabase::submit_write(Work work, Done done) {
    writers_->submit(std::move(work), std::move(done));
}

void PostgresDatabase::backup(const std::string& target) {
    if (std::filesystem::exists(target)) {
        throw Error(Fault::conflict, "sql.backup_exists").with("path", target);
    }
    const std::string unfinished = target + ".unfinished";
    std::string schema = options_.schema.empty() ? "--no-privileges" : "--schema=" + options_.schema;
    std::string name = "pg_dump";
    std::string format = "--format=custom";
    const auto server = directly_without_password(options_);
    std::string connection = "--dbname=" + server.connection;
    std::string password = "PGPASSWORD=" + server.password;
    std::vector<char*> environment;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        environment.push_back(*entry);
    }
    if (!server.password.empty()) {
        environment.push_back(password.data());
    }
    environment.push_back(nullptr);
    std::array<char*, 5> arguments = {name.data(), format.data(), schema.data(), connection.data(), nullptr};
    // A file of its own: what an earlier backup that was killed left running writes into one without a name.
    std::filesystem::remove(unfinished);
    posix_spawn_file_actions_t actions{};
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(
        &actions, STDOUT_FILENO, unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
    pid_t child = 0;
    int status = -1;
    if (::posix_spawnp(&child, "pg_dump", &actions, nullptr, arguments.data(), environment.data()) == 0) {
        ::waitpid(child, &status, 0);
    }
    ::posix_spawn_file_actions_destroy(&actions);
    if (status != 0) {
        std::filesystem::remove(unfinished);
        throw Error(Fault::unavailable, "sql.pg_dump");
    }
    move_durably(unfinished, target);
}

std::vector<std::string> PostgresDatabase::integrity_faults() {
    return read([](Tx& tx) {
        return tx.list<std::string>(R"(
            SELECT 'index ' || indexrelid::regclass::text || ' is not valid' FROM pg_index WHERE NOT indisvalid
            UNION ALL
            SELECT 'constraint ' || conname::text || ' was never checked' FROM pg_constraint
            WHERE NOT convalidated)");
    });
}

}  // namespace educard::sql::postgres
