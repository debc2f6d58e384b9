#pragma once
// A queue with a bound, between threads: who pushes is told at once when it is full, who takes waits. Closing
// lets the takers finish what is queued and then go home.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace educard {

enum class Push { accepted, full, closed };

template <class T>
class BoundedQueue {
public:
    explicit BoundedQueue(std::size_t limit) : limit_(limit) {}

    /// Takes `item` only when it answers accepted.
    Push push(T&& item) {
        const std::lock_guard lock(mutex_);
        if (closed_) {
            return Push::closed;
        }
        if (items_.size() >= limit_) {
            return Push::full;
        }
        items_.push_back(std::move(item));
        filled_.notify_one();
        return Push::accepted;
    }

    /// The oldest item; waits for one. Nothing when the queue is closed and empty.
    std::optional<T> take() {
        std::unique_lock lock(mutex_);
        filled_.wait(lock, [this] { return closed_ || !items_.empty(); });
        if (items_.empty()) {
            return std::nullopt;
        }
        std::optional<T> item(std::move(items_.front()));
        items_.pop_front();
        return item;
    }

    /// At least one and at most `most` items, oldest first; waits for one. Empty when the queue is closed and
    /// empty.
    std::vector<T> take_all(std::size_t most) {
        std::vector<T> taken;
        std::unique_lock lock(mutex_);
        filled_.wait(lock, [this] { return closed_ || !items_.empty(); });
        while (!items_.empty() && taken.size() < most) {
            taken.push_back(std::move(items_.front()));
            items_.pop_front();
        }
        return taken;
    }

    /// Refuses new items; takers get what is queued.
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        filled_.notify_all();
    }

    std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return items_.size();
    }

private:
    const std::size_t limit_;
    mutable std::mutex mutex_;
    std::condition_variable filled_;
    std::deque<T> items_;
    bool closed_ = false;
};

}  // namespace educard
