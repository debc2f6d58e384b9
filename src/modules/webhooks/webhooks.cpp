#include "modules/webhooks/webhooks.hpp"

#include "modules/webhooks/senders.hpp"

namespace educard::webhooks {

namespace {

constexpr std::chrono::milliseconds kSpread{1000};

}  // namespace

Webhooks::Webhooks(Parts parts) : parts_(std::move(parts)), cipher_(parts_.keys, parts_.random) {
    for (const auto* outcome :
         {"delivered", "failed", "retried", "withdrawn"}) {  // so that each is there from the beginning
        attempts_.emplace(outcome,
                          parts_.metrics.counter("educard_webhook_attempts_total",
                                                 "Webhooks that were sent, by what came of it.",
                                                 {{"outcome", outcome}}));
    }
}

Webhooks::~Webhooks() {
    stop();
}

void Webhooks::start() {
    const std::lock_guard lock(mutex_);
    stopping_ = false;
    senders_ = std::make_unique<Senders>(*this, parts_.clock);
    spreader_ = std::make_unique<Ticker>("spreading webhook events", kSpread, [this] {
        while (!stopping_ && spread_events() == kEventsAtOnce) {
        }
    });
}

void Webhooks::stop() {
    stopping_ = true;
    std::unique_ptr<Ticker> spreader;
    std::unique_ptr<Senders> senders;
    {
        const std::lock_guard lock(mutex_);
        spreader.swap(spreader_);
        senders.swap(senders_);
    }
    spreader.reset();  // each waits, without the lock
    senders.reset();
}

}  // namespace educard::webhooks
