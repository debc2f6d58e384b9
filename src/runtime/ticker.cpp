#include "runtime/ticker.hpp"

#include <spdlog/spdlog.h>

namespace educard {

void run_logged(const std::string& name, const std::function<void()>& action) noexcept {
    try {
        action();
    } catch (const std::exception& fault) {
        spdlog::error("{} failed: {}", name, fault.what());
    } catch (...) {
        spdlog::error("{} failed", name);
    }
}

Ticker::Ticker(std::string name, std::chrono::milliseconds interval, std::function<void()> round, First first)
    : name_(std::move(name)), interval_(interval), round_(std::move(round)), first_(first), thread_([this] {
          loop();
      }) {}

Ticker::~Ticker() {
    stop();
}

void Ticker::wake() {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    changed_.notify_one();
}

void Ticker::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        changed_.notify_one();
    }
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Ticker::loop() {
    std::unique_lock lock(mutex_);
    const auto wait = [&] { changed_.wait_for(lock, interval_, [this] { return woken_ || stopping_; }); };
    if (first_ == First::after_interval) {
        wait();
    }
    while (!stopping_) {
        woken_ = false;
        lock.unlock();
        run_logged(name_, round_);
        lock.lock();
        wait();
    }
}

}  // namespace educard
