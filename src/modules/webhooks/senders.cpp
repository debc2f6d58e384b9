#include "modules/webhooks/senders.hpp"

#include <algorithm>

namespace educard::webhooks {

namespace {

constexpr std::chrono::milliseconds kLook{1000};
/// So many failures in a row are chance.
constexpr int kPatience = 3;
constexpr std::chrono::seconds kFirstRest{5};
constexpr std::chrono::seconds kLongestRest{600};

std::chrono::seconds rest_after(int failures) {
    if (failures < kPatience) {
        return std::chrono::seconds(0);
    }
    const int doubled = std::min(failures - kPatience, 10);
    return std::min(kFirstRest * (1 << doubled), kLongestRest);
}

}  // namespace

Senders::Senders(const Webhooks& webhooks, const Clock& clock) : webhooks_(webhooks), clock_(clock) {
    for (int i = 0; i < kThreads; ++i) {
        threads_.emplace_back([this] { work(); });
    }
    looker_ = std::make_unique<Ticker>("looking for webhooks", kLook, [this] { look(); });
}

Senders::~Senders() {
    looker_.reset();
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        changed_.notify_all();
    }
    for (auto& thread : threads_) {
        thread.join();
    }
}

void Senders::wake() {
    looker_->wake();
}

void Senders::look() {
    const auto due = webhooks_.due_endpoints();
    const std::lock_guard lock(mutex_);
    for (const auto endpoint : due) {
        if (!lanes_.contains(endpoint) || lanes_[endpoint].busy == 0) {
            queue(endpoint);
        }
    }
}

int Senders::busy_with_failing() const {
    int busy = 0;
    for (const auto& [endpoint, lane] : lanes_) {
        busy += lane.failures > 0 ? lane.busy : 0;
    }
    return busy;
}

bool Senders::queue(EndpointId endpoint) {
    auto& lane = lanes_[endpoint];
    const int most = lane.failures > 0 ? 1 : kAtOnce;
    if (stopping_ || lane.busy >= most || lane.rests_until > clock_.now() ||
        (lane.failures > 0 && busy_with_failing() >= kThreadsForFailing)) {
        return false;
    }
    ++lane.busy;
    queue_.push_back(endpoint);
    changed_.notify_one();
    return true;
}

void Senders::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (stopping_) {
            return;
        }
        const auto endpoint = queue_.front();
        queue_.pop_front();
        lock.unlock();
        serve(endpoint);
        lock.lock();
    }
}

void Senders::serve(EndpointId endpoint) {
    std::optional<bool> arrived;
    run_logged("sending a webhook", [&] {
        const auto attempt = webhooks_.claim(endpoint);
        if (!attempt) {
            return;
        }
        arrived = false;  // unless what follows says otherwise
        {
            const std::lock_guard lock(mutex_);
            queue(endpoint);  // where there was one there may be more
        }
        arrived = webhooks_.send(*attempt);
    });
    settle(endpoint, arrived);
}

void Senders::settle(EndpointId endpoint, std::optional<bool> arrived) {
    const std::lock_guard lock(mutex_);
    auto& lane = lanes_[endpoint];
    --lane.busy;
    if (arrived == false) {
        ++lane.failures;
        lane.rests_until = clock_.now() + rest_after(lane.failures);
    } else if (arrived == true) {
        lane.failures = 0;
        lane.rests_until = {};
        queue(endpoint);
    }
    if (lane.busy == 0 && lane.failures == 0) {
        lanes_.erase(endpoint);
    }
}

}  // namespace educard::webhooks
