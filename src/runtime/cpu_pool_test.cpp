#include "runtime/cpu_pool.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>

namespace educard {
namespace {

TEST(CpuPool, GivesWhatTheFunctionReturnsAndThrowsWhatItThrows) {
    CpuPool pool(2, 10);
    EXPECT_EQ(pool.run([] { return 42; }), 42);
    EXPECT_THROW(pool.run([]() -> int { throw std::runtime_error("no"); }), std::runtime_error);
}

TEST(CpuPool, AFullQueueSaysBusyAndWhenToComeBack) {
    CpuPool pool(1, 1);
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

TEST(CpuPool, StoppingFinishesWhatIsQueuedAndRefusesMore) {
    std::atomic<int> ran{0};
    CpuPool pool(2, 100);
    for (int i = 0; i < 50; ++i) {
        pool.submit([&] { ++ran; }, [](const std::exception_ptr&) {});
    }
    pool.stop();
    EXPECT_EQ(ran, 50);
    EXPECT_THROW(pool.submit([] {}, [](const std::exception_ptr&) {}), Error);
}

}  // namespace
}  // namespace educard
