#pragma once
// What must happen after a commit outside the database (a message, a push, a webhook): a row put in the same
// transaction, delivered by a worker at least once, in no particular order. A receiver that must not see a
// thing twice looks at OutboxItem::id, which stays the same. Any thread may call put; handle comes before
// start.

#include "base/ids.hpp"
#include "base/time.hpp"
#include "runtime/ticker.hpp"
#include "sql/sql.hpp"

#include <boost/describe/class.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace educard {

using OutboxId = Id<struct OutboxTag>;

struct OutboxItem {
    OutboxId id;
    std::string kind;     // "cards.issued"
    std::string payload;  // JSON; no ID numbers
    std::int64_t attempts = 0;
};
BOOST_DESCRIBE_STRUCT(OutboxItem, (), (id, kind, payload, attempts))

struct OutboxOptions {
    std::chrono::milliseconds poll{1000};
    std::chrono::seconds lease{60};  // longer than any delivery takes
    std::int64_t most_attempts = 20;
};

class Outbox {
public:
    /// Delivers one item; throws when it could not. Errors about the item itself (invalid, not_found, …) are
    /// not tried again.
    using Handler = std::function<void(const OutboxItem&)>;

    Outbox(sql::Database& database, const Clock& clock, IdSource& ids, OutboxOptions options = {});
    ~Outbox();
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;

    void handle(std::string kind, Handler handler);
    OutboxId put(sql::Tx& tx, std::string_view kind, std::string_view payload);
    /// How many could not be delivered, for `educard doctor`.
    std::int64_t failed(sql::Tx& tx);

    void start();
    void stop();
    /// Delivers what is due, at most 64 items, on the calling thread. Gives how many were tried.
    std::size_t deliver_due();

private:
    struct Outcome {
        const OutboxItem* item;
        bool delivered;
        bool try_again;
        std::string code;
    };
    std::vector<OutboxItem> claim(const std::string& lease);
    Outcome deliver(const OutboxItem& item);
    void record(sql::Tx& tx, const Outcome& outcome, const std::string& lease);

    sql::Database& database_;
    const Clock& clock_;
    IdSource& ids_;
    const OutboxOptions options_;
    std::map<std::string, Handler, std::less<>> handlers_;
    std::string due_statement_;
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;
    std::unique_ptr<Ticker> worker_;  // under mutex_
};

}  // namespace educard
