// What is particular to the SQLite engine: crashes, full disks, full queues, the log's size, copies.

#include "sql/brief.hpp"
#include "sql/sql.hpp"
#include "sql/sqlite/options.hpp"
#include "testing/test_database.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <random>
#include <semaphore>
#include <set>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace educard::sql::sqlite {
namespace {

using namespace std::chrono_literals;

/// Two rows that belong together.
void insert_pair(Database& database, std::int64_t id) {
    database.write([&](Tx& tx) {
        tx.execute("INSERT INTO item (id) VALUES ($1)", id);
        tx.execute("INSERT INTO item (id) VALUES ($1)", -id);
    });
}

class Sqlite : public ::testing::Test {
protected:
    std::string url(const std::string& options = "") { return "sqlite:" + folder.file("test.db") + options; }
    std::unique_ptr<Database> open_with_table(const std::string& options = "") {
        auto database = open(url(options));
        database->write([](Tx& tx) {
            tx.execute("CREATE TABLE IF NOT EXISTS item (id BIGINT PRIMARY KEY, content BYTEA)");
        });
        return database;
    }
    static void insert(Database& database, std::int64_t id, std::size_t size = 10) {
        const Bytes content(size, 1);
        database.write(
            [&](Tx& tx) { tx.execute("INSERT INTO item (id, content) VALUES ($1, $2)", id, content); });
    }
    static std::int64_t count(Database& database) {
        return database.read(
            [](Tx& tx) { return tx.find<std::int64_t>("SELECT COUNT(*) FROM item").value(); });
    }
    template <class Action>
    static std::string code_of(Action&& action) {
        try {
            action();
        } catch (const Error& error) {
            EXPECT_TRUE(error.fault() != Fault::unavailable || error.retry_after()) << error.code();
            return error.code();
        }
        return "nothing thrown";
    }
    std::uintmax_t log_size() { return std::filesystem::file_size(folder.file("test.db-wal")); }

    testing::TemporaryFolder folder;
};

TEST_F(Sqlite, WhatWasWrittenIsThereAfterReopening) {
    insert(*open_with_table(), 1);
    EXPECT_EQ(count(*open(url())), 1);
}

TEST_F(Sqlite, ABriefReadRunsWhereItIsAskedForUnlessEveryConnectionIsBusy) {
    const auto database = open_with_table("?readers=1");
    insert(*database, 1);
    std::thread::id ran_on;
    std::binary_semaphore done(0);
    std::int64_t seen = 0;
    const auto look = [&] {
        submit_brief_read(
            *database,
            [&](Tx& tx) {
                ran_on = std::this_thread::get_id();
                seen = tx.find<std::int64_t>("SELECT COUNT(*) FROM item").value();
            },
            [&](const std::exception_ptr& fault) {
                EXPECT_FALSE(fault);
                done.release();
            });
    };
    look();
    done.acquire();
    EXPECT_EQ(ran_on, std::this_thread::get_id());
    EXPECT_EQ(seen, 1);

    std::binary_semaphore reading(0);
    std::binary_semaphore go_on(0);
    database->submit_read(
        [&](Tx&) {
            reading.release();
            go_on.acquire();
        },
        [](const std::exception_ptr&) {});
    reading.acquire();
    look();
    go_on.release();
    done.acquire();
    EXPECT_NE(ran_on, std::this_thread::get_id());
}

TEST_F(Sqlite, ABriefReadThatFailsSaysSoAndWritesNothing) {
    const auto database = open_with_table();
    std::exception_ptr fault;
    submit_brief_read(
        *database,
        [](Tx& tx) { tx.execute("INSERT INTO item (id) VALUES (1)"); },
        [&](std::exception_ptr thrown) { fault = std::move(thrown); });
    EXPECT_TRUE(fault);
    EXPECT_EQ(count(*database), 0);
}

TEST_F(Sqlite, OnlyTheOwnerMayReadTheFiles) {
    const auto database = open_with_table();
    for (const auto* name : {"test.db", "test.db-wal", "test.db-shm"}) {
        const auto rights = std::filesystem::status(folder.file(name)).permissions();
        EXPECT_EQ(rights & (std::filesystem::perms::group_all | std::filesystem::perms::others_all),
                  std::filesystem::perms::none)
            << name;
    }
}

TEST_F(Sqlite, AFolderThatIsNotThereIsAClearError) {
    try {
        open("sqlite:" + folder.file("no/such/test.db"));
        ADD_FAILURE() << "opened";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), "sql.cannot_open");
    }
}

TEST_F(Sqlite, AFileThatIsNoDatabaseIsAClearError) {
    std::ofstream(folder.file("test.db")) << std::string(10'000, 'x');
    EXPECT_EQ(code_of([&] { open(url()); }), "sql.corrupt");
}

TEST_F(Sqlite, WrongUrlsAreRefused) {
    for (const auto* wrong :
         {"", "mysql:x", "sqlite:", "sqlite:x?readers=0", "sqlite:x?nothing=1", "sqlite:x?readers"}) {
        EXPECT_THROW(parse_url(wrong), Error) << wrong;
    }
    EXPECT_EQ(parse_url("sqlite:/a/b?readers=3&cache_mb=8").readers, 3U);
    EXPECT_TRUE(parse_url("sqlite::memory:").path.empty());
}

TEST_F(Sqlite, AFullQueueSaysBusyAndEverythingAcceptedIsAnswered) {
    const auto database = open_with_table("?write_queue=4");
    std::binary_semaphore started{0};
    std::binary_semaphore may_end{0};
    std::atomic<int> answered{0};
    std::counting_semaphore<> finished{0};
    const auto done = [&](const std::exception_ptr& fault) {
        answered += fault ? 0 : 1;
        finished.release();
    };
    database->submit_write(
        [&](Tx&) {
            started.release();
            may_end.acquire();
        },
        done);
    started.acquire();
    for (int i = 0; i < 4; ++i) {
        database->submit_write([](Tx&) {}, done);
    }
    EXPECT_EQ(code_of([&] { database->submit_write([](Tx&) {}, done); }), "sql.busy");
    may_end.release();
    for (int i = 0; i < 5; ++i) {
        finished.acquire();
    }
    EXPECT_EQ(answered, 5);
}

TEST_F(Sqlite, ClosingFinishesWhatIsQueued) {
    auto database = open_with_table();
    std::atomic<int> answered{0};
    for (int i = 0; i < 300; ++i) {
        database->submit_write([i](Tx& tx) { tx.execute("INSERT INTO item (id) VALUES ($1)", i); },
                               [&](const std::exception_ptr& fault) { answered += fault ? 0 : 1; });
    }
    database.reset();
    EXPECT_EQ(answered, 300);
    EXPECT_EQ(count(*open(url())), 300);
}

TEST_F(Sqlite, AFullDatabaseRefusesWhatDoesNotFitAndGoesOn) {
    const auto database = open_with_table("?max_pages=200");
    insert(*database, 1);
    EXPECT_FALSE(database->is_full());
    EXPECT_EQ(code_of([&] { insert(*database, 2, 2'000'000); }), "sql.disk_full");
    EXPECT_TRUE(database->is_full());
    EXPECT_EQ(count(*database), 1);
    database->write([](Tx&) {});
    EXPECT_TRUE(database->is_full()) << "what writes nothing proves nothing";
    insert(*database, 3);
    EXPECT_FALSE(database->is_full());
    EXPECT_EQ(count(*database), 2);
    EXPECT_EQ(database->integrity_faults(), std::vector<std::string>());
}

TEST_F(Sqlite, TellsItsWatcherOfCommitsAndOfReadsThatWaited) {
    struct Seen final : Watcher {
        void committed(std::size_t count, std::chrono::duration<double>) override { transactions += count; }
        void read_waited(std::chrono::duration<double>) override { ++reads; }
        std::atomic<std::size_t> transactions{0};
        std::atomic<int> reads{0};
    } seen;
    const auto database = open_with_table();
    database->watch(seen);
    insert(*database, 1);
    insert(*database, 2);
    EXPECT_EQ(count(*database), 2);
    EXPECT_EQ(seen.transactions, 2U);
    EXPECT_EQ(seen.reads, 1);
    EXPECT_EQ(database->queued().writes, 0U);
}

TEST_F(Sqlite, TheOneThatDoesNotFitDoesNotHarmTheOthersOfItsBatch) {
    const auto database = open_with_table("?max_pages=200");
    std::binary_semaphore started{0};
    std::binary_semaphore may_end{0};
    std::atomic<bool> first{true};
    std::atomic<int> good{0};
    std::atomic<int> bad{0};
    std::counting_semaphore<> finished{0};
    const auto done = [&](const std::exception_ptr& fault) {
        ++(fault ? bad : good);
        finished.release();
    };
    database->submit_write(
        [&](Tx&) {
            if (first.exchange(false)) {
                started.release();
                may_end.acquire();
            }
        },
        done);
    started.acquire();
    for (int i = 0; i < 10; ++i) {
        database->submit_write(
            [i](Tx& tx) {
                const Bytes content(i == 5 ? 2'000'000 : 10, 1);
                tx.execute("INSERT INTO item (id, content) VALUES ($1, $2)", i, content);
            },
            done);
    }
    may_end.release();
    for (int i = 0; i < 11; ++i) {
        finished.acquire();
    }
    EXPECT_EQ(good, 10);
    EXPECT_EQ(bad, 1);
    EXPECT_EQ(count(*database), 9);
}

/// Queues ten works while another holds the writer, so that they share a batch; the sixth throws. Gives how
/// often each was run.
std::vector<int> run_batch_with_a_fault(Database& database) {
    std::binary_semaphore started{0};
    std::binary_semaphore may_end{0};
    std::atomic<bool> first{true};
    std::counting_semaphore<> finished{0};
    const auto done = [&](const std::exception_ptr&) { finished.release(); };
    database.submit_write(
        [&](Tx&) {
            if (first.exchange(false)) {
                started.release();
                may_end.acquire();
            }
        },
        done);
    started.acquire();
    std::vector<int> runs(10);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        database.submit_write(
            [i, &runs](Tx& tx) {
                ++runs[i];
                tx.execute("INSERT INTO item (content) VALUES ('x')");
                if (i == 5) {
                    throw Error(Fault::conflict, "test.refused");
                }
            },
            done);
    }
    may_end.release();
    for (std::size_t i = 0; i <= runs.size(); ++i) {
        finished.acquire();
    }
    return runs;
}

TEST_F(Sqlite, AfterAFaultTheNextBatchesDoNotRunAgainForEachFault) {
    const auto database = open_with_table();
    const auto first = run_batch_with_a_fault(*database);
    EXPECT_EQ(first, (std::vector<int>{2, 2, 2, 2, 2, 2, 1, 1, 1, 1}));
    EXPECT_EQ(count(*database), 9);
    const auto second = run_batch_with_a_fault(*database);
    EXPECT_EQ(second, std::vector<int>(10, 1));
    EXPECT_EQ(count(*database), 18);
}

/// In a process of its own, because the limit holds for all of it.
int run_against_full_disk(const std::string& url) {
    ::signal(SIGXFSZ, SIG_IGN);
    const auto database = open(url);
    database->write([](Tx& tx) { tx.execute("CREATE TABLE item (id BIGINT PRIMARY KEY, content BYTEA)"); });
    const auto insert = [&](std::int64_t id) {
        try {
            const Bytes content(10'000, 1);
            database->write(
                [&](Tx& tx) { tx.execute("INSERT INTO item (id, content) VALUES ($1, $2)", id, content); });
            return std::string("stored");
        } catch (const Error& error) {
            return error.code();
        }
    };
    const rlimit small{400'000, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &small);
    std::int64_t stored = 0;
    std::string answer = "stored";
    for (std::int64_t id = 1; id < 200 && answer == "stored"; ++id) {
        answer = insert(id);
        stored += answer == "stored" ? 1 : 0;
    }
    if (answer != "sql.disk_full" || insert(500) != "sql.disk_full" || !database->is_full()) {
        return 1;
    }
    const auto count = [&] {
        return database->read(
            [](Tx& tx) { return tx.find<std::int64_t>("SELECT COUNT(*) FROM item").value(); });
    };
    if (count() != stored) {
        return 2;
    }
    const rlimit enough{RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &enough);
    if (insert(501) != "stored" || count() != stored + 1 || database->is_full()) {
        return 3;
    }
    return database->integrity_faults().empty() ? 0 : 4;
}

TEST_F(Sqlite, WhenTheDiskIsFullWritesAreRefusedReadsGoOnAndSpaceHeals) {
    const auto child = ::fork();
    if (child == 0) {
        ::_exit(run_against_full_disk(url()));
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
    EXPECT_GT(count(*open(url())), 10);
}

/// Writes rows until it is killed, and tells each acknowledged one to the pipe.
[[noreturn]] void write_until_killed(const std::string& url, std::int64_t first, int pipe) {
    const auto database = open(url);
    std::vector<std::thread> threads;
    std::atomic<std::int64_t> next{first};
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            while (true) {
                const std::int64_t id = next++;
                insert_pair(*database, id);
                if (::write(pipe, &id, sizeof(id)) != sizeof(id)) {
                    ::_exit(1);
                }
            }
        });
    }
    threads.front().join();
    ::_exit(1);
}

TEST_F(Sqlite, NothingAcknowledgedIsLostAndNothingIsHalfDoneAfterKill) {
    open_with_table().reset();
    const auto seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    std::vector<std::int64_t> acknowledged;
    for (int round = 0; round < 8; ++round) {
        int pipe[2];
        ASSERT_EQ(::pipe(pipe), 0);
        const auto child = ::fork();
        if (child == 0) {
            ::close(pipe[0]);
            write_until_killed(url(), 1'000'000LL * (round + 1), pipe[1]);
        }
        ::close(pipe[1]);
        auto remaining = std::uniform_int_distribution<int>(1, 400)(random);
        std::int64_t id = 0;
        while (::read(pipe[0], &id, sizeof(id)) == sizeof(id)) {
            acknowledged.push_back(id);
            if (--remaining == 0) {
                ::kill(child, SIGKILL);  // what is in the pipe was acknowledged too: read to its end
            }
        }
        ::close(pipe[0]);
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_TRUE(WIFSIGNALED(status));
    }
    const auto database = open(url());
    EXPECT_EQ(database->integrity_faults(), std::vector<std::string>());
    const auto found =
        database->read([](Tx& tx) { return tx.list<std::int64_t>("SELECT id FROM item WHERE id > 0"); });
    const std::set<std::int64_t> stored(found.begin(), found.end());
    for (const auto id : acknowledged) {
        EXPECT_TRUE(stored.contains(id)) << id;
    }
    const auto halves = database->read([](Tx& tx) {
        return tx.find<std::int64_t>("SELECT COUNT(*) FROM item WHERE -id NOT IN (SELECT id FROM item)")
            .value();
    });
    EXPECT_EQ(halves, 0);
}

TEST_F(Sqlite, TheLogStaysBoundedUnderAConstantReader) {
    const auto database = open_with_table();
    std::atomic<bool> stop{false};
    std::thread reader([&] {
        while (!stop) {
            database->read([](Tx& tx) { tx.find<std::int64_t>("SELECT COUNT(*) FROM item"); });
        }
    });
    std::uintmax_t biggest = 0;
    for (int i = 0; i < 300; ++i) {
        insert(*database, i, 1'000'000);
        biggest = std::max(biggest, log_size());
    }
    stop = true;
    reader.join();
    EXPECT_LT(biggest, 120'000'000U);
}

TEST_F(Sqlite, ACopyOfARunningDatabaseIsWholeAndOfOneMoment) {
    const auto database = open_with_table();
    std::atomic<bool> stop{false};
    std::thread writer([&] {
        for (std::int64_t id = 1; !stop; ++id) {
            insert_pair(*database, id);
        }
    });
    while (count(*database) < 20) {
    }
    database->backup(folder.file("copy.db"));
    stop = true;
    writer.join();
    const auto copy = open("sqlite:" + folder.file("copy.db"));
    EXPECT_EQ(copy->integrity_faults(), std::vector<std::string>());
    EXPECT_GE(count(*copy), 20);
    EXPECT_EQ(count(*copy) % 2, 0);
    EXPECT_FALSE(std::filesystem::exists(folder.file("copy.db.unfinished")));
}

TEST_F(Sqlite, ACopyClearsWhatAKilledOneLeft) {
    const auto database = open_with_table();
    insert_pair(*database, 1);
    for (const auto* left : {"copy.db.unfinished", "copy.db.unfinished-wal", "copy.db.unfinished-shm"}) {
        std::ofstream(folder.file(left)) << "half of something";
    }
    database->backup(folder.file("copy.db"));
    EXPECT_EQ(count(*open("sqlite:" + folder.file("copy.db"))), 2);
    for (const auto* left : {"copy.db.unfinished", "copy.db.unfinished-wal", "copy.db.unfinished-shm"}) {
        EXPECT_FALSE(std::filesystem::exists(folder.file(left))) << left;
    }
}

TEST_F(Sqlite, ACopyDoesNotOverwrite) {
    const auto database = open_with_table();
    std::ofstream(folder.file("copy.db")) << "precious";
    EXPECT_EQ(code_of([&] { database->backup(folder.file("copy.db")); }), "sql.backup_exists");
    EXPECT_EQ(std::filesystem::file_size(folder.file("copy.db")), 8U);
}

TEST_F(Sqlite, DamageIsFound) {
    {
        const auto database = open_with_table();
        for (int i = 0; i < 200; ++i) {
            insert(*database, i, 1000);
        }
    }
    std::fstream file(folder.file("test.db"), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(3 * 4096);
    file << std::string(4096, '\xff');
    file.close();
    std::vector<std::string> faults;
    const auto code = code_of([&] { faults = open(url())->integrity_faults(); });
    EXPECT_TRUE(!faults.empty() || code == "sql.corrupt") << code;
}

TEST_F(Sqlite, TwoProcessesMayWriteInTurn) {
    const auto first = open_with_table();
    const auto second = open(url());
    std::thread other([&] {
        for (int i = 0; i < 100; ++i) {
            insert(*second, 1000 + i);
        }
    });
    for (int i = 0; i < 100; ++i) {
        insert(*first, i);
    }
    other.join();
    EXPECT_EQ(count(*first), 200);
}

}  // namespace
}  // namespace educard::sql::sqlite
