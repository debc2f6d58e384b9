#pragma once
// A thread that does something again and again until it is stopped. Whoever starts one stops it; destroying
// it waits for the round that is under way.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace educard {

class Ticker {
public:
    enum class First { at_once, after_interval };

    /// Calls `round` at once (unless told to wait), then `interval` after each round's end. What it throws is
    /// logged under `name`, and the next round comes as usual.
    Ticker(std::string name,
           std::chrono::milliseconds interval,
           std::function<void()> round,
           First first = First::at_once);
    ~Ticker();
    Ticker(const Ticker&) = delete;
    Ticker& operator=(const Ticker&) = delete;

    /// Has the next round begin now. Any thread.
    void wake();
    void stop();

private:
    void loop();

    const std::string name_;
    const std::chrono::milliseconds interval_;
    const std::function<void()> round_;
    const First first_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool woken_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

/// Calls `action`; logs what it throws, under `name`. Where work ends that nobody waits for.
void run_logged(const std::string& name, const std::function<void()>& action) noexcept;

}  // namespace educard
