#include "runtime/cpu_pool.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>

namespace educard {
namespace {

using namespace std::chrono_literals;

TEST(CpuPool, GivesWhatTheFunctionReturnsAndThrowsWhatItThrows) {
    CpuPool pool(2, 10, 1h);
    EXPECT_EQ(pool.run([] { return 42; }), 42);
    EXPECT_THROW(pool.run([]() -> int { throw std::runtime_error("no"); }), std::runtime_error);
}

TEST(CpuPool, AFullQueueSaysBusyAndWhenToComeBack) {
    CpuPool pool(1, 1, 1h);
    std::binary_semaphore started{0};
    std::binary_semaphore may_end{0};
    std::counting_semaphore<> ended{0};
    const auto done = [&](const std::exception_ptr&) { ended.release(); };
    pool.submit(
        [&] {
            started.release();
            may_end.acquire();
        },
        done);
    started.acquire();
    pool.submit([] {}, done);
    try {
        pool.submit([] {}, done);
        ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::unavailable);
        EXPECT_EQ(error.code(), "runtime.busy");
        EXPECT_TRUE(error.retry_after());
    }
    may_end.release();
    ended.acquire();
    ended.acquire();
}

TEST(CpuPool, WhatWouldWaitTooLongIsRefusedHoweverManyMayWait) {
    CpuPool pool(1, 100'000, 500ms);
    for (int i = 0; i < 40; ++i) {
        pool.run([] { std::this_thread::sleep_for(20ms); });
    }
    std::binary_semaphore may_end{0};
    std::atomic<int> accepted{0};
    pool.submit([&] { may_end.acquire(); }, [](const std::exception_ptr&) {});
    try {
        for (; accepted < 1'000; ++accepted) {
            pool.submit([] {}, [](const std::exception_ptr&) {});
        }
        ADD_FAILURE() << "a thousand of 20 ms were let in";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), "runtime.busy");
        EXPECT_GT(accepted, 0);
    }
    may_end.release();
    pool.stop();
}

TEST(CpuPool, StoppingFinishesWhatIsQueuedAndRefusesMore) {
    std::atomic<int> ran{0};
    CpuPool pool(2, 100, 1h);
    for (int i = 0; i < 50; ++i) {
        pool.submit([&] { ++ran; }, [](const std::exception_ptr&) {});
    }
    pool.stop();
    EXPECT_EQ(ran, 50);
    EXPECT_THROW(pool.submit([] {}, [](const std::exception_ptr&) {}), Error);
}

}  // namespace
}  // namespace educard
