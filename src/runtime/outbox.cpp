#include "runtime/outbox.hpp"

#include "base/error.hpp"
#include "runtime/retry.hpp"

#include <fmt/format.h>

namespace educard {

namespace {

struct OutboxLeaseTag;

}  // namespace

Outbox::Outbox(sql::Database& database, const Clock& clock, IdSource& ids, OutboxOptions options)
    : database_(database), clock_(clock), ids_(ids), options_(options) {}

Outbox::~Outbox() {
    stop();
}

void Outbox::handle(std::string kind, Handler handler) {
    require_kind(kind);
    EDU_ASSERT(!worker_);
    handlers_[std::move(kind)] = std::move(handler);
    due_statement_ = fmt::format(R"(SELECT id, kind, payload, attempts FROM outbox
        WHERE state = 'queued' AND due_at <= $1 AND kind IN ({}) ORDER BY due_at LIMIT 64)",
                                 quoted_kinds(handlers_));
}

OutboxId Outbox::put(sql::Tx& tx, std::string_view kind, std::string_view payload) {
    require_kind(kind);
    const auto id = ids_.next<OutboxId>();
    tx.execute(R"(INSERT INTO outbox (id, kind, payload, state, attempts, due_at, created_at)
                  VALUES ($1, $2, $3, 'queued', 0, $4, $4))",
               id,
               kind,
               payload,
               clock_.now());
    tx.after_commit([this] {
        const std::lock_guard lock(mutex_);
        if (worker_) {
            worker_->wake();
        }
    });
    return id;
}

std::int64_t Outbox::failed(sql::Tx& tx) {
    return tx.find<std::int64_t>("SELECT COUNT(*) FROM outbox WHERE state = 'failed'").value();
}

void Outbox::start() {
    stopping_ = false;
    const std::lock_guard lock(mutex_);
    worker_ = std::make_unique<Ticker>("delivering the outbox", options_.poll, [this] {
        while (!stopping_ && deliver_due() == 64) {
        }
    });
}

void Outbox::stop() {
    stopping_ = true;
    std::unique_ptr<Ticker> worker;
    {
        const std::lock_guard lock(mutex_);
        worker.swap(worker_);
    }
    worker.reset();  // waits, without the lock
}

std::size_t Outbox::deliver_due() {
    if (handlers_.empty()) {
        return 0;
    }
    const auto lease = std::to_string(ids_.next<Id<OutboxLeaseTag>>().value);
    const auto items = claim(lease);
    std::vector<Outcome> outcomes;
    for (const auto& item : items) {
        outcomes.push_back(deliver(item));
    }
    if (!outcomes.empty()) {
        database_.write([&](sql::Tx& tx) {
            for (const auto& outcome : outcomes) {
                record(tx, outcome, lease);
            }
        });
    }
    return items.size();
}

std::vector<OutboxItem> Outbox::claim(const std::string& lease) {
    const auto now = clock_.now();
    const auto due = database_.read([&](sql::Tx& tx) { return tx.list<OutboxItem>(due_statement_, now); });
    if (due.empty()) {
        return {};
    }
    return database_.write([&](sql::Tx& tx) {
        std::vector<OutboxItem> claimed;
        for (const auto& item : due) {
            if (tx.execute("UPDATE outbox SET lease = $2, due_at = $3 WHERE id = $1 AND state = 'queued' AND "
                           "due_at <= $4",
                           item.id,
                           lease,
                           now + options_.lease,
                           now) == 1) {
                claimed.push_back(item);
            }
        }
        return claimed;
    });
}

Outbox::Outcome Outbox::deliver(const OutboxItem& item) {
    try {
        handlers_.find(item.kind)->second(item);
        return {&item, true, false, {}};
    } catch (...) {
        auto failure =
            failure_of(std::current_exception(), fmt::format("delivery {} ({})", item.id.value, item.kind));
        return {&item, false, failure.try_again && item.attempts + 1 < options_.most_attempts, failure.code};
    }
}

void Outbox::record(sql::Tx& tx, const Outcome& outcome, const std::string& lease) {
    const auto& item = *outcome.item;
    if (outcome.delivered) {
        tx.execute("DELETE FROM outbox WHERE id = $1 AND lease = $2", item.id, lease);
        return;
    }
    tx.execute(
        "UPDATE outbox SET state = $3, attempts = $4, due_at = $5, error = $6, lease = NULL WHERE id = $1 "
        "AND lease = $2",
        item.id,
        lease,
        outcome.try_again ? "queued" : "failed",
        item.attempts + 1,
        clock_.now() + wait_before_attempt(item.attempts + 1),
        outcome.code);
}

}  // namespace educard
