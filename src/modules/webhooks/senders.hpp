#pragma once
// Threads that send deliveries, fairly: an endpoint has few of them at a time, one when it failed last, and
// then none for a while that grows; half of the threads are for those that answer, so that hosts that are
// down hold up nobody. Destroying it waits for what is under way.

#include "modules/webhooks/webhooks.hpp"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace educard::webhooks {

class Senders {
public:
    static constexpr int kThreads = 8;
    static constexpr int kAtOnce = 4;             // of one endpoint
    static constexpr int kThreadsForFailing = 4;  // of all endpoints that failed last

    Senders(const Webhooks& webhooks, const Clock& clock);
    /// Waits for attempts that are under way.
    ~Senders();
    Senders(const Senders&) = delete;
    Senders& operator=(const Senders&) = delete;

    void wake();

private:
    struct Lane {
        int busy = 0;  // queued and under way
        int failures = 0;
        Time rests_until{};
    };
    void look();
    void work();
    void serve(EndpointId endpoint);
    /// One more of it, if it may have one. Under the mutex.
    bool queue(EndpointId endpoint);
    int busy_with_failing() const;
    void settle(EndpointId endpoint, std::optional<bool> arrived);

    const Webhooks& webhooks_;
    const Clock& clock_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;  // these three: under mutex_
    std::deque<EndpointId> queue_;
    std::map<EndpointId, Lane> lanes_;
    std::vector<std::thread> threads_;
    std::unique_ptr<Ticker> looker_;
};

}  // namespace educard::webhooks
