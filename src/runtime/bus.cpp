#include "runtime/bus.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace educard {

class LocalBus::Box final : public Listener {
public:
    Box(LocalBus& bus, std::vector<std::string> topics, std::function<void()> wake)
        : bus_(bus), topics_(std::move(topics)), wake_(std::move(wake)) {}
    ~Box() override { bus_.remove(*this); }

    std::vector<Event> take() override {
        const std::lock_guard lock(mutex_);
        return std::exchange(events_, {});
    }
    bool cut_off() const override {
        const std::lock_guard lock(mutex_);
        return cut_off_;
    }

    void cut_off_now() {
        {
            const std::lock_guard lock(mutex_);
            cut_off_ = true;
        }
        wake_();
    }

    void put(const Event& event) {
        {
            const std::lock_guard lock(mutex_);
            if (cut_off_) {
                return;
            }
            const bool was_empty = events_.empty();
            if (events_.size() < bus_.box_limit_) {
                events_.push_back(event);
            } else {
                cut_off_ = true;
            }
            if (!was_empty && !cut_off_) {
                return;
            }
        }
        wake_();
    }

    const std::vector<std::string>& topics() const { return topics_; }

private:
    LocalBus& bus_;
    const std::vector<std::string> topics_;
    const std::function<void()> wake_;
    mutable std::mutex mutex_;
    std::vector<Event> events_;
    bool cut_off_ = false;
};

LocalBus::LocalBus(std::size_t box_limit) : box_limit_(box_limit) {}

LocalBus::~LocalBus() {
    EDU_ASSERT(listeners_ == 0);
}

void LocalBus::publish(Event event) {
    const std::lock_guard lock(mutex_);
    const auto found = by_topic_.find(event.topic);
    if (found == by_topic_.end()) {
        return;
    }
    for (auto* box : found->second) {
        box->put(event);
    }
}

std::unique_ptr<Listener> LocalBus::subscribe(std::vector<std::string> topics, std::function<void()> wake) {
    std::ranges::sort(topics);
    const auto repeated = std::ranges::unique(topics);
    topics.erase(repeated.begin(), repeated.end());
    auto box = std::make_unique<Box>(*this, std::move(topics), std::move(wake));
    const std::lock_guard lock(mutex_);
    for (const auto& topic : box->topics()) {
        by_topic_[topic].push_back(box.get());
    }
    ++listeners_;
    return box;
}

void LocalBus::cut_off_all() {
    const std::lock_guard lock(mutex_);
    for (const auto& [topic, boxes] : by_topic_) {
        for (auto* box : boxes) {
            box->cut_off_now();
        }
    }
}

std::size_t LocalBus::listeners() const {
    const std::lock_guard lock(mutex_);
    return listeners_;
}

void LocalBus::remove(const Box& box) {
    const std::lock_guard lock(mutex_);
    for (const auto& topic : box.topics()) {
        const auto found = by_topic_.find(topic);
        std::erase(found->second, &box);
        if (found->second.empty()) {
            by_topic_.erase(found);
        }
    }
    --listeners_;
}

SharedBus::SharedBus(sql::Database& database) : database_(database) {
    database_.hear_others([this](std::optional<std::string> message) {
        if (!message) {
            local_.cut_off_all();
            return;
        }
        const auto end = message->find('\n');
        if (end != std::string::npos) {
            local_.publish({.topic = message->substr(0, end), .json = message->substr(end + 1)});
        }
    });
}

SharedBus::~SharedBus() {
    database_.hear_others({});
}

void SharedBus::publish(Event event) {
    database_.tell_others(event.topic + "\n" + event.json);
    local_.publish(std::move(event));
}

std::unique_ptr<Listener> SharedBus::subscribe(std::vector<std::string> topics, std::function<void()> wake) {
    return local_.subscribe(std::move(topics), std::move(wake));
}

void publish_after_commit(sql::Tx& tx, Bus& bus, Event event) {
    tx.after_commit([&bus, event = std::move(event)]() mutable { bus.publish(std::move(event)); });
}

}  // namespace educard
