#include "runtime/rate_limit.hpp"

#include "base/error.hpp"
#include "testing/fake_clock.hpp"
#include "testing/test_database.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace educard {
namespace {

using namespace std::chrono_literals;

constexpr RateRule kThreeAMinute{.burst = 3, .refill = 20s};

class RateLimit : public ::testing::Test {
protected:
    bool take(std::string_view key) {
        return !database->write([&](sql::Tx& tx) { return limits.take(tx, key, kThreeAMinute); });
    }
    testing::FakeClock clock;
    testing::TestDatabase database;
    RateLimits limits{clock};
};

TEST_F(RateLimit, ABurstIsAllowedThenItSlowsDown) {
    EXPECT_TRUE(take("a"));
    EXPECT_TRUE(take("a"));
    EXPECT_TRUE(take("a"));
    EXPECT_FALSE(take("a"));
    EXPECT_TRUE(take("b"));
    clock.advance(20s);
    EXPECT_TRUE(take("a"));
    EXPECT_FALSE(take("a"));
}

TEST_F(RateLimit, RefusedAttemptsDoNotMakeTheWaitLonger) {
    for (int i = 0; i < 100; ++i) {
        take("a");
    }
    clock.advance(20s);
    EXPECT_TRUE(take("a"));
}

TEST_F(RateLimit, TheWaitIsTold) {
    for (int i = 0; i < 3; ++i) {
        take("a");
    }
    clock.advance(5s);
    const auto wait = database->write([&](sql::Tx& tx) { return limits.take(tx, "a", kThreeAMinute); });
    EXPECT_EQ(wait, 15s);
    try {
        database->write([&](sql::Tx& tx) { limits.require(tx, "a", kThreeAMinute); });
        ADD_FAILURE() << "allowed";
    } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::too_many);
        EXPECT_EQ(error.retry_after(), 15s);
    }
}

TEST_F(RateLimit, StrainCountsWithoutTaking) {
    take("a");
    take("a");
    const auto strain = [&] {
        return database->read([&](sql::Tx& tx) { return limits.strain(tx, "a", kThreeAMinute); });
    };
    EXPECT_EQ(strain(), 2);
    EXPECT_EQ(strain(), 2);
    clock.advance(60s);
    EXPECT_EQ(strain(), 0);
}

TEST_F(RateLimit, SuccessForgives) {
    for (int i = 0; i < 3; ++i) {
        take("a");
    }
    database->write([&](sql::Tx& tx) { limits.forgive(tx, "a"); });
    EXPECT_TRUE(take("a"));
}

TEST_F(RateLimit, FullBucketsAreForgottenAndOthersKept) {
    take("old");
    clock.advance(30s);
    take("new");
    EXPECT_EQ(database->write([&](sql::Tx& tx) { return limits.sweep(tx); }), 1);
    EXPECT_EQ(database->read([&](sql::Tx& tx) { return limits.strain(tx, "new", kThreeAMinute); }), 1);
}

TEST_F(RateLimit, ManyAtOnceGetNoMoreThanTheBurst) {
    std::atomic<int> allowed{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 32; ++i) {
        threads.emplace_back([&] { allowed += take("a") ? 1 : 0; });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(allowed, 3);
}

TEST(MemoryRateLimit, FollowsTheSameRule) {
    testing::FakeClock clock;
    MemoryRateLimits limits(clock, 10);
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(limits.take("a", kThreeAMinute));
    }
    EXPECT_EQ(limits.take("a", kThreeAMinute), 20s);
    clock.advance(20s);
    EXPECT_FALSE(limits.take("a", kThreeAMinute));
}

TEST(MemoryRateLimit, KeepsNoMoreKeysThanAllowedAndReusesThePlaces) {
    testing::FakeClock clock;
    MemoryRateLimits limits(clock, 2);
    const RateRule once{.burst = 1, .refill = 20s};
    EXPECT_FALSE(limits.take("a", once));
    EXPECT_FALSE(limits.take("b", once));
    EXPECT_FALSE(limits.take("c", once));
    EXPECT_FALSE(limits.take("c", once));  // no place: uncounted
    clock.advance(20s);
    EXPECT_FALSE(limits.take("c", once));
    EXPECT_TRUE(limits.take("c", once));
}

}  // namespace
}  // namespace educard
