#include "runtime/bus.hpp"

#include "testing/test_database.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace educard {
namespace {

TEST(Bus, AListenerHearsItsTopicsInOrderAndNoOthers) {
    LocalBus bus;
    int woken = 0;
    const auto listener = bus.subscribe({"a", "b", "a"}, [&] { ++woken; });
    bus.publish({"a", "1"});
    bus.publish({"c", "2"});
    bus.publish({"b", "3"});
    const auto events = listener->take();
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].json, "1");
    EXPECT_EQ(events[1].json, "3");
    EXPECT_EQ(woken, 1);
    EXPECT_TRUE(listener->take().empty());
}

TEST(Bus, AFullBoxCutsTheListenerOffAndTellsIt) {
    LocalBus bus(2);
    int woken = 0;
    const auto slow = bus.subscribe({"a"}, [&] { ++woken; });
    for (int i = 0; i < 5; ++i) {
        bus.publish({"a", "{}"});
    }
    EXPECT_TRUE(slow->cut_off());
    EXPECT_EQ(woken, 2);
    EXPECT_EQ(slow->take().size(), 2U);
    bus.publish({"a", "{}"});
    EXPECT_TRUE(slow->take().empty());
}

TEST(Bus, NothingIsHeardAfterLeaving) {
    LocalBus bus;
    int woken = 0;
    bus.subscribe({"a"}, [&] { ++woken; }).reset();
    bus.publish({"a", "{}"});
    EXPECT_EQ(woken, 0);
    EXPECT_EQ(bus.listeners(), 0U);
}

TEST(Bus, WhatIsRolledBackIsNotPublished) {
    LocalBus bus;
    const testing::TestDatabase database(testing::Schema::none);
    const auto listener = bus.subscribe({"a"}, [] {});
    EXPECT_THROW(database->write([&](sql::Tx& tx) {
        publish_after_commit(tx, bus, {"a", "lost"});
        throw std::runtime_error("no");
    }),
                 std::runtime_error);
    database->write([&](sql::Tx& tx) { publish_after_commit(tx, bus, {"a", "kept"}); });
    const auto events = listener->take();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].json, "kept");
}

TEST(Bus, ManyPublishersAndComersAndGoersDoNotDisturbEachOther) {
    LocalBus bus(100'000);
    const auto listener = bus.subscribe({"a"}, [] {});
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 500; ++n) {
                bus.publish({"a", "{}"});
                bus.subscribe({"a", "b"}, [] {});
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(listener->take().size(), 2000U);
}

}  // namespace
}  // namespace educard
