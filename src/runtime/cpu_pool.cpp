#include "runtime/cpu_pool.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <chrono>

namespace educard {

using namespace std::chrono_literals;

CpuPool::CpuPool(std::size_t threads, std::size_t queue_limit) : queue_(queue_limit) {
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
    switch (queue_.push(Task{std::move(work), std::move(done)})) {
        case Push::accepted:
            return;
        case Push::full:
            throw Error(Fault::unavailable, "runtime.busy").retry_after(2s);
        case Push::closed:
            throw Error(Fault::unavailable, "runtime.stopping").retry_after(10s);
    }
}

void CpuPool::loop() {
    for (auto task = queue_.take(); task; task = queue_.take()) {
        std::exception_ptr fault;
        try {
            task->work();
        } catch (...) {
            fault = std::current_exception();
        }
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
