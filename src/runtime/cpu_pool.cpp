#include "runtime/cpu_pool.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <sys/resource.h>
#include <unistd.h>

namespace educard {

using namespace std::chrono_literals;

namespace {

constexpr int kNicer = 3;  // than the threads that answer
constexpr auto kLongest =
    200ms;  // what one piece of work counts at most: reading a file says nothing of the next password

using SteadyClock = std::chrono::steady_clock;

}  // namespace

CpuPool::CpuPool(std::size_t threads, std::size_t queue_limit, std::chrono::milliseconds patience)
    : queue_(queue_limit), patience_(patience) {
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    for (std::size_t i = 0; i < (threads == 0 ? cores : threads); ++i) {
        threads_.emplace_back([this] { loop(); });
    }
}

CpuPool::~CpuPool() {
    stop();
}

void CpuPool::stop() {
    queue_.close();
    for (auto& thread : threads_) {
        if (thread.joinable()) {
            thread.join();
        }
    }
}

void CpuPool::submit(Work work, Done done) {
    if (is_too_long()) {
        throw Error(Fault::unavailable, "runtime.busy").retry_after(2s);
    }
    switch (queue_.push(Task{std::move(work), std::move(done)})) {
        case Push::accepted:
            return;
        case Push::full:
            throw Error(Fault::unavailable, "runtime.busy").retry_after(2s);
        case Push::closed:
            throw Error(Fault::unavailable, "runtime.stopping").retry_after(10s);
    }
}

void CpuPool::learn(std::chrono::nanoseconds time) {
    const auto known = usual_.load(std::memory_order_relaxed);
    usual_.store(known + (std::min<std::chrono::nanoseconds>(time, kLongest) - known) / 16,
                 std::memory_order_relaxed);
}

bool CpuPool::is_too_long() const {
    const auto before = static_cast<std::int64_t>(queue_.size() / threads_.size());
    return before * usual_.load(std::memory_order_relaxed) > patience_;
}

void CpuPool::loop() {
    const auto thread = static_cast<id_t>(::gettid());  // on Linux a thread has a priority of its own
    ::setpriority(PRIO_PROCESS, thread, ::getpriority(PRIO_PROCESS, thread) + kNicer);
    for (auto task = queue_.take(); task; task = queue_.take()) {
        const auto begin = SteadyClock::now();
        std::exception_ptr fault;
        try {
            task->work();
        } catch (...) {
            fault = std::current_exception();
        }
        learn(SteadyClock::now() - begin);
        task->done(std::move(fault));
    }
}

void CpuPool::Signal::raise() {
    const std::lock_guard lock(mutex_);
    raised_ = true;
    changed_.notify_one();  // under the lock: who waits destroys us as soon as it has it
}

void CpuPool::Signal::wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return raised_; });
}

}  // namespace educard
