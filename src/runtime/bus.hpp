#pragma once
// Live events: (topic, JSON text) from whoever publishes to whoever listens at that moment; nothing is kept
// for later. LocalBus serves one process; a bus between nodes implements the same interface. Each listener
// has a bounded box: when it is full the listener is cut off, and its owner ends the stream, so that the
// client comes back and reads anew. Any thread may call anything. A Bus outlives its listeners.

#include "sql/sql.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace educard {

struct Event {
    std::string topic;  // "job:123", "progress:/1/32/"; exact
    std::string json;
};

/// Hears its topics until it is destroyed.
class Listener {
public:
    virtual ~Listener() = default;
    /// What has come since the last call, oldest first.
    virtual std::vector<Event> take() = 0;
    /// Whether events were lost because the box was full; nothing comes any more.
    virtual bool cut_off() const = 0;
};

class Bus {
public:
    virtual ~Bus() = default;
    virtual void publish(Event event) = 0;
    /// `wake` is called when the box was empty and no longer is, and when the listener is cut off: on the
    /// publisher's thread, so it only posts to its own. It is not called any more once the Listener is
    /// destroyed.
    virtual std::unique_ptr<Listener> subscribe(std::vector<std::string> topics,
                                                std::function<void()> wake) = 0;
};

/// Publishes once the transaction is durable.
void publish_after_commit(sql::Tx& tx, Bus& bus, Event event);

class LocalBus : public Bus {
public:
    /// How many events may wait in a listener's box.
    explicit LocalBus(std::size_t box_limit = 256);
    ~LocalBus() override;

    void publish(Event event) override;
    std::unique_ptr<Listener> subscribe(std::vector<std::string> topics, std::function<void()> wake) override;
    std::size_t listeners() const;
    /// Cuts off everybody who listens now: events may have been missed.
    void cut_off_all();

private:
    class Box;
    void remove(const Box& box);

    const std::size_t box_limit_;
    mutable std::mutex mutex_;
    std::size_t listeners_ = 0;
    std::unordered_map<std::string, std::vector<Box*>> by_topic_;
};

/// Reaches the listeners of all processes that use the same database. Outlived by the database.
class SharedBus final : public Bus {
public:
    explicit SharedBus(sql::Database& database);
    ~SharedBus() override;

    void publish(Event event) override;
    std::unique_ptr<Listener> subscribe(std::vector<std::string> topics, std::function<void()> wake) override;

private:
    LocalBus local_;
    sql::Database& database_;
};

}  // namespace educard
