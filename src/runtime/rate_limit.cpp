#include "runtime/rate_limit.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace educard {

namespace {

/// Until the bucket that is full at `full_at` has a permit again.
std::chrono::seconds wait_until_permit(Time full_at, Time now, const RateRule& rule) {
    const auto wait = full_at - now - rule.refill * (rule.burst - 1);
    return std::max(std::chrono::seconds(1), std::chrono::ceil<std::chrono::seconds>(wait));
}

void throw_if(const std::optional<std::chrono::seconds>& wait) {
    if (wait) {
        throw Error(Fault::too_many, "runtime.too_many").retry_after(*wait);
    }
}

std::optional<Time> find_full_at(sql::Tx& tx, std::string_view key) {
    return tx.find<Time>("SELECT full_at FROM rate_limit WHERE bucket = $1", key);
}

}  // namespace

std::optional<std::chrono::seconds> RateLimits::take(sql::Tx& tx,
                                                     std::string_view key,
                                                     const RateRule& rule) {
    EDU_ASSERT(rule.burst > 0 && rule.refill.count() > 0);
    const auto now = clock_.now();
    const auto taken = tx.execute(
        R"(INSERT INTO rate_limit (bucket, full_at) VALUES ($1, $2) ON CONFLICT (bucket) DO UPDATE
           SET full_at = CASE WHEN rate_limit.full_at > $3 THEN rate_limit.full_at + $4 ELSE $2 END
           WHERE rate_limit.full_at <= $5)",
        key,
        now + rule.refill,
        now,
        rule.refill.count(),
        now + rule.refill * (rule.burst - 1));
    if (taken == 1) {
        return std::nullopt;
    }
    return wait_until_permit(find_full_at(tx, key).value_or(now), now, rule);
}

void RateLimits::require(sql::Tx& tx, std::string_view key, const RateRule& rule) {
    throw_if(take(tx, key, rule));
}

int RateLimits::strain(sql::Tx& tx, std::string_view key, const RateRule& rule) {
    const auto missing = find_full_at(tx, key).value_or(Time()) - clock_.now();
    return missing.count() <= 0 ? 0
                                : static_cast<int>((missing + rule.refill - Microseconds(1)) / rule.refill);
}

void RateLimits::forgive(sql::Tx& tx, std::string_view key) {
    tx.execute("DELETE FROM rate_limit WHERE bucket = $1", key);
}

std::int64_t RateLimits::sweep(sql::Tx& tx) {
    return tx.execute("DELETE FROM rate_limit WHERE full_at < $1", clock_.now());
}

std::optional<std::chrono::seconds> MemoryRateLimits::take(std::string_view key, const RateRule& rule) {
    EDU_ASSERT(rule.burst > 0 && rule.refill.count() > 0);
    const auto now = clock_.now();
    const std::lock_guard lock(mutex_);
    auto found = full_at_.find(std::string(key));
    if (found == full_at_.end()) {
        if (full_at_.size() >= most_keys_) {
            sweep(now);
        }
        if (full_at_.size() >= most_keys_) {
            return std::nullopt;
        }
        found = full_at_.emplace(key, now).first;
    }
    const auto full_at = std::max(found->second, now);
    if (full_at > now + rule.refill * (rule.burst - 1)) {
        return wait_until_permit(full_at, now, rule);
    }
    found->second = full_at + rule.refill;
    return std::nullopt;
}

void MemoryRateLimits::require(std::string_view key, const RateRule& rule) {
    throw_if(take(key, rule));
}

/// At most once a second: it looks at every key.
void MemoryRateLimits::sweep(Time now) {
    if (now - swept_at_ < std::chrono::seconds(1)) {
        return;
    }
    swept_at_ = now;
    std::erase_if(full_at_, [now](const auto& entry) { return entry.second <= now; });
}

}  // namespace educard
