#include "modules/sms/sms.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "modules/sms/store.hpp"

#include <fmt/format.h>

namespace educard::sms {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kOutboxKind = "sms.message";
constexpr RateRule kOnePhone{.burst = 5, .refill = 10min};
constexpr std::chrono::days kMemory{7};
constexpr int kDelivered = 1;
constexpr int kNotDelivered = 2;
constexpr int kAcceptedByCarrier = 8;
constexpr int kRefusedByCarrier = 16;

struct Order {
    MessageId id;
};
BOOST_DESCRIBE_STRUCT(Order, (), (id))

crypto::FieldPlace place_of(std::string_view column, MessageId id) {
    return {"sms_message", column, id.value};
}

}  // namespace

Sms::Sms(Parts parts) : parts_(std::move(parts)), cipher_(parts_.keys, parts_.random), index_(parts_.keys) {}

std::string Sms::key_of(MessageId id) const {
    return to_base64url(index_.of("sms.report", std::to_string(id.value)));
}

MessageId Sms::send(sql::Tx& tx,
                    std::string_view phone,
                    std::string_view text,
                    std::chrono::seconds life) const {
    if (!is_available()) {
        throw Error(Fault::conflict, "sms.unavailable");
    }
    const auto bucket = "sms:" + to_base64url(index_.of("sms.phone", phone));
    if (const auto wait = parts_.limits.take(tx, bucket, kOnePhone)) {
        throw Error(Fault::too_many, "sms.slow_down").retry_after(*wait);
    }
    const auto id = parts_.ids.next<MessageId>();
    const auto now = parts_.clock.now();
    store::insert(tx,
                  {.id = id,
                   .phone = cipher_.seal(phone, place_of("phone", id)),
                   .text = cipher_.seal(text, place_of("text", id)),
                   .state = State::waiting,
                   .created_at = now,
                   .expires_at = now + life});
    parts_.outbox.put(tx, kOutboxKind, json::encode(Order{id}));
    return id;
}

void Sms::handle_outbox() {
    parts_.outbox.handle(std::string(kOutboxKind), [this](const OutboxItem& item) { deliver(item); });
}

void Sms::deliver(const OutboxItem& item) const {
    const auto order = json::decode<Order>(item.payload);
    const auto message = parts_.database.read([&](sql::Tx& tx) { return store::find(tx, order.id); });
    if (!message || message->state != State::waiting || parts_.gateway == nullptr) {
        return;
    }
    const auto become = [&](State state) {
        parts_.database.write([&](sql::Tx& tx) {
            store::change_state(tx, order.id, State::waiting, state, parts_.clock.now());
        });
    };
    if (message->expires_at <= parts_.clock.now()) {
        become(State::expired);
        return;
    }
    try {
        parts_.gateway->send(cipher_.open(message->phone, place_of("phone", order.id)),
                             cipher_.open(message->text, place_of("text", order.id)),
                             fmt::format("{}/api/v1/sms-reports/{}?key={}&status=%d",
                                         parts_.origin,
                                         order.id.value,
                                         key_of(order.id)));
    } catch (const Error& error) {
        if (error.fault() != Fault::unavailable) {
            become(State::failed);
        }
        throw;
    }
    become(State::accepted);
}

void Sms::report(sql::Tx& tx, MessageId id, std::string_view key, int status) const {
    if (key != key_of(id)) {
        throw Error(Fault::not_found, "sms.report_unknown");
    }
    const auto now = parts_.clock.now();
    if (status == kDelivered) {
        store::change_state(
            tx, id, State::waiting, State::delivered, now);  // a report may overtake our own note
        store::change_state(tx, id, State::accepted, State::delivered, now);
    } else if (status == kNotDelivered || status == kRefusedByCarrier) {
        store::change_state(tx, id, State::waiting, State::failed, now);
        store::change_state(tx, id, State::accepted, State::failed, now);
    } else if (status == kAcceptedByCarrier) {
        store::change_state(tx, id, State::waiting, State::accepted, now);
    }
}

std::int64_t Sms::sweep(sql::Tx& tx) const {
    return store::remove_before(tx, parts_.clock.now() - kMemory);
}

}  // namespace educard::sms
