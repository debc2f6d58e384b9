// Durable single-row inserts a second: bare SQLite with a commit for each row, against the engine with 1, 64
// and 256 writes in flight; and point reads. Usage: bench_sql FOLDER [SECONDS]   (on the disk that matters)

#include "bench/report.hpp"
#include "sql/sql.hpp"

#include <sqlite3.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fmt/core.h>
#include <functional>
#include <semaphore>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using educard::sql::Database;
using educard::sql::Tx;
using Seconds = std::chrono::duration<double>;

constexpr auto kTable = "CREATE TABLE item (id BIGINT PRIMARY KEY, owner BIGINT, content TEXT)";
constexpr auto kInsert = "INSERT INTO item (id, owner, content) VALUES ($1, $2, $3)";
constexpr auto kContent = "sixty-four octets of content, about what a small row really holds";

double bare_rate(const std::string& path, Seconds time) {
    sqlite3* handle = nullptr;
    sqlite3_open(path.c_str(), &handle);
    sqlite3_exec(handle, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;", nullptr, nullptr, nullptr);
    sqlite3_exec(handle, kTable, nullptr, nullptr, nullptr);
    sqlite3_stmt* insert = nullptr;
    sqlite3_prepare_v2(handle, kInsert, -1, &insert, nullptr);
    const auto begin = std::chrono::steady_clock::now();
    std::int64_t rows = 0;
    while (std::chrono::steady_clock::now() - begin < time) {
        sqlite3_bind_int64(insert, 1, ++rows);
        sqlite3_bind_int64(insert, 2, rows);
        sqlite3_bind_text(insert, 3, kContent, -1, SQLITE_STATIC);
        sqlite3_step(insert);
        sqlite3_reset(insert);
    }
    const Seconds taken = std::chrono::steady_clock::now() - begin;
    sqlite3_finalize(insert);
    sqlite3_close(handle);
    return static_cast<double>(rows) / taken.count();
}

/// Each finished write starts the next one, as a request that ends makes room for another.
double engine_rate(Database& database, int in_flight, Seconds time) {
    static std::atomic<std::int64_t> next_id{1};
    const auto begin = std::chrono::steady_clock::now();
    std::atomic<std::int64_t> rows{0};
    std::counting_semaphore<> finished{0};
    std::function<void()> start = [&] {
        const auto id = next_id++;
        database.submit_write([id](Tx& tx) { tx.execute(kInsert, id, id, kContent); },
                              [&](const std::exception_ptr& fault) {
                                  rows += fault ? 0 : 1;
                                  if (std::chrono::steady_clock::now() - begin < time) {
                                      start();
                                  } else {
                                      finished.release();
                                  }
                              });
    };
    for (int i = 0; i < in_flight; ++i) {
        start();
    }
    for (int i = 0; i < in_flight; ++i) {
        finished.acquire();
    }
    const Seconds taken = std::chrono::steady_clock::now() - begin;
    return static_cast<double>(rows.load()) / taken.count();
}

/// As many threads as callers, each waiting for its own write.
double waiting_rate(Database& database, int callers, Seconds time) {
    static std::atomic<std::int64_t> next_id{1'000'000'000};
    std::atomic<std::int64_t> rows{0};
    const auto begin = std::chrono::steady_clock::now();
    std::vector<std::thread> threads;
    for (int i = 0; i < callers; ++i) {
        threads.emplace_back([&] {
            while (std::chrono::steady_clock::now() - begin < time) {
                const auto id = next_id++;
                database.write([id](Tx& tx) { tx.execute(kInsert, id, id, kContent); });
                ++rows;
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    const Seconds taken = std::chrono::steady_clock::now() - begin;
    return static_cast<double>(rows.load()) / taken.count();
}

/// Point reads inside one transaction: what a statement costs.
double read_rate(Database& database, Seconds time) {
    return database.read([&](Tx& tx) {
        const auto begin = std::chrono::steady_clock::now();
        std::int64_t reads = 0;
        while (std::chrono::steady_clock::now() - begin < time) {
            tx.find<std::int64_t>("SELECT owner FROM item WHERE id = $1", reads % 1000 + 1);
            ++reads;
        }
        const Seconds taken = std::chrono::steady_clock::now() - begin;
        return static_cast<double>(reads) / taken.count();
    });
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 2) {
        fmt::print(stderr, "usage: bench_sql FOLDER [SECONDS]\n");
        return 2;
    }
    const std::filesystem::path folder = std::filesystem::path(arguments[1]) / "educard-bench-sql";
    const Seconds time(count > 2 ? std::atof(arguments[2]) : 3.0);
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    const auto bare = bare_rate(folder / "bare.db", time);
    fmt::print("durable inserts/s, bare SQLite, a commit each   {:9.0f}\n", bare);
    {
        const auto database = educard::sql::open("sqlite:" + (folder / "engine.db").string());
        database->write([](Tx& tx) { tx.execute(kTable); });
        for (const int in_flight : {1, 16, 64, 256}) {
            const auto rate = engine_rate(*database, in_flight, time);
            fmt::print("durable inserts/s, {:3} in flight               {:9.0f}   {:5.2f} x bare\n",
                       in_flight,
                       rate,
                       rate / bare);
            educard::bench::report(
                fmt::format("group_commit.{}_in_flight_against_bare", in_flight), "ratio", rate / bare);
        }
        const auto rate = waiting_rate(*database, 64, time);
        fmt::print(
            "durable inserts/s, 64 waiting threads           {:9.0f}   {:5.2f} x bare\n", rate, rate / bare);
        fmt::print("point reads/s in one transaction                {:9.0f}\n", read_rate(*database, time));
    }
    std::filesystem::remove_all(folder);
    return 0;
}
