#pragma once
// Threads for slow CPU work (argon2id, images), so that it holds up neither I/O nor the database; they stand
// behind all others for a core. What waits is bounded, by number and by the time that the waiting would take:
// beyond that the answer is "busy", at once, never a time-out. Any thread may call any member except a pool
// thread, which must not wait for its own pool. Destroying it finishes what is queued, and waits for that.

#include "base/queue.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <vector>

namespace educard {

class CpuPool {
public:
    using Work = std::move_only_function<void()>;
    /// Called once, on a pool thread, with what the work threw or null. Must not throw.
    using Done = std::move_only_function<void(std::exception_ptr)>;

    /// `threads` 0 means one per core. What would wait longer than `patience`, as far as the work done lately
    /// tells, is refused.
    CpuPool(std::size_t threads, std::size_t queue_limit, std::chrono::milliseconds patience);
    ~CpuPool();
    CpuPool(const CpuPool&) = delete;
    CpuPool& operator=(const CpuPool&) = delete;

    /// Throws Error(unavailable, "runtime.busy") with Retry-After when too much waits already.
    void submit(Work work, Done done);

    /// Runs `function` on the pool, waits for it and gives what it returned or threw. Not from I/O threads.
    template <class Function>
    auto run(Function&& function) {
        using Result = std::invoke_result_t<Function&>;
        std::exception_ptr fault;
        Signal signal;
        const auto done = [&](std::exception_ptr thrown) {
            fault = std::move(thrown);
            signal.raise();
        };
        if constexpr (std::is_void_v<Result>) {
            submit([&function] { function(); }, done);
            wait(signal, fault);
        } else {
            std::optional<Result> result;
            submit([&function, &result] { result.emplace(function()); }, done);
            wait(signal, fault);
            return Result(std::move(*result));
        }
    }

    /// How many pieces of work wait.
    std::size_t waiting() const { return queue_.size(); }
    std::size_t threads() const { return threads_.size(); }
    /// Refuses new work, finishes what is queued, and waits for that.
    void stop();

private:
    struct Task {
        Work work;
        Done done;
    };
    class Signal {
    public:
        void raise();
        void wait();

    private:
        std::mutex mutex_;
        std::condition_variable changed_;
        bool raised_ = false;
    };

    static void wait(Signal& signal, const std::exception_ptr& fault) {
        signal.wait();
        if (fault) {
            std::rethrow_exception(fault);
        }
    }
    void loop();
    void learn(std::chrono::nanoseconds time);
    bool is_too_long() const;

    BoundedQueue<Task> queue_;
    const std::chrono::nanoseconds patience_;
    std::atomic<std::chrono::nanoseconds> usual_{};  // time of one piece of work, an average that follows
    std::vector<std::thread> threads_;
};

}  // namespace educard
