#pragma once
// Slows those who try too often, and never locks anybody out: a key has a bucket of permits that refills
// steadily (GCRA).
//
// The bucket is kept in the database, where restarts and other nodes see it. Take the permit in a transaction
// of its own that commits before the thing itself is tried: a permit taken in the transaction that then fails
// is given back with it.
//
// Guessing a password: the strict rule goes by (account, network), a wider one by network. By account alone
// only *ask more* (strain: a harder captcha), never refuse, for a stranger can empty that bucket.

#include "base/time.hpp"
#include "sql/sql.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace educard {

struct RateRule {
    int burst = 1;          // how many permits may be taken at once
    Microseconds refill{};  // how long it takes for one permit to come back
};

class RateLimits {
public:
    explicit RateLimits(const Clock& clock) : clock_(clock) {}

    /// Takes a permit. Nothing when it was there, else how long until one is.
    std::optional<std::chrono::seconds> take(sql::Tx& tx, std::string_view key, const RateRule& rule);
    /// Like take, but throws Error(too_many, "runtime.too_many") with Retry-After.
    void require(sql::Tx& tx, std::string_view key, const RateRule& rule);
    /// How many permits are out now; takes none.
    int strain(sql::Tx& tx, std::string_view key, const RateRule& rule);
    /// Fills the bucket, as after a success.
    void forgive(sql::Tx& tx, std::string_view key);
    /// Forgets buckets that are full. Gives how many.
    std::int64_t sweep(sql::Tx& tx);

private:
    const Clock& clock_;
};

/// The same rule in this process's memory, for what happens too often to be written down. Any thread.
class MemoryRateLimits {
public:
    /// With more than `most_keys` keys in use at once, new ones are let through uncounted.
    MemoryRateLimits(const Clock& clock, std::size_t most_keys) : clock_(clock), most_keys_(most_keys) {}

    std::optional<std::chrono::seconds> take(std::string_view key, const RateRule& rule);
    void require(std::string_view key, const RateRule& rule);

private:
    void sweep(Time now);

    const Clock& clock_;
    const std::size_t most_keys_;
    std::mutex mutex_;
    std::unordered_map<std::string, Time> full_at_;
    Time swept_at_;
};

}  // namespace educard
