#pragma once
// Asks the database again and again whether it is there, so that a node whose database is away says that it
// is not ready (/readyz) and its balancer sends people to another. Any thread may call answers(). The
// database outlives it.

#include "base/error.hpp"
#include "runtime/ticker.hpp"
#include "sql/sql.hpp"

#include <atomic>
#include <chrono>

namespace educard::cli {

class DatabaseWatch {
public:
    explicit DatabaseWatch(sql::Database& database)
        : database_(database), ticker_("database-watch", std::chrono::seconds(1), [this] { ask(); }) {}

    /// False from about a second after the database went away, and when it takes questions and answers none.
    bool answers() const { return !away_.load() && Clock::now() - asked_at_.load() < kPatience; }

private:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::seconds kPatience{10};

    void ask() {
        bool away = false;
        try {
            database_.read([](sql::Tx& tx) { tx.find<std::int64_t>("SELECT 1"); });
        } catch (const Error& error) {
            away = error.code() == "sql.unreachable";  // one that is only busy goes on
        }
        away_ = away;
        asked_at_ = Clock::now();
    }

    sql::Database& database_;
    std::atomic<bool> away_{false};
    std::atomic<Clock::time_point> asked_at_{Clock::now()};
    Ticker ticker_;
};

}  // namespace educard::cli
