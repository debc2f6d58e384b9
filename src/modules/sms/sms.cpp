#include "modules/sms/sms.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "modules/sms/store.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace educard::sms {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kOutboxKind = "sms.message";
constexpr RateRule kOnePhone{.burst = 5, .refill = 10min};
constexpr std::chrono::days kMemory{7};
constexpr std::chrono::hours kHour{1};
constexpr std::chrono::hours kDay{24};
constexpr auto kCapWait = 15min;  // an hour that is full may end at any time
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

/// "hour 497113": which one it is since 1970.
std::string period_of(std::string_view name, std::chrono::hours length, Time now) {
    return fmt::format("{} {}", name, now.time_since_epoch() / length);
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
    const auto accepted = accept(tx, phone, text, life);
    if (!accepted) {
        const bool cap = accepted.error().why == Refused::cap;
        throw Error(Fault::too_many, cap ? "sms.cap_reached" : "sms.slow_down")
            .retry_after(accepted.error().wait);
    }
    return *accepted;
}

bool Sms::try_send(sql::Tx& tx,
                   std::string_view phone,
                   std::string_view text,
                   std::chrono::seconds life) const {
    return is_available() && accept(tx, phone, text, life).has_value();
}

std::expected<MessageId, Sms::Refusal> Sms::accept(sql::Tx& tx,
                                                   std::string_view phone,
                                                   std::string_view text,
                                                   std::chrono::seconds life) const {
    const auto bucket = "sms:" + to_base64url(index_.of("sms.phone", phone));
    if (const auto wait = parts_.limits.take(tx, bucket, kOnePhone)) {
        return std::unexpected(Refusal{.why = Refused::slow_down, .wait = *wait});
    }
    const auto now = parts_.clock.now();
    if (!take_from_caps(tx, now)) {
        count_refusal(tx, now);
        return std::unexpected(Refusal{.why = Refused::cap, .wait = kCapWait});
    }
    const auto id = parts_.ids.next<MessageId>();
    store::insert(tx,
                  {.id = id,
                   .phone = cipher_.seal(phone, place_of("phone", id)),
                   .text = cipher_.seal(text, place_of("text", id)),
                   .state = State::waiting,
                   .created_at = now,
                   .expires_at = now + life});
    parts_.outbox.put(tx, kOutboxKind, json::encode(Order{id}));
    if (accepted_) {
        tx.after_commit([counter = *accepted_]() mutable { counter.add(); });
    }
    return id;
}

/// Day before hour, on every node, so that no two transactions wait for each other in a circle.
bool Sms::take_from_caps(sql::Tx& tx, Time now) const {
    const auto day = period_of("day", kDay, now);
    const auto hour = period_of("hour", kHour, now);
    if (!store::count_sent(tx, day, now, parts_.caps.per_day)) {
        return false;
    }
    if (!store::count_sent(tx, hour, now, parts_.caps.per_hour)) {
        store::give_back(tx, day);
        return false;
    }
    return true;
}

void Sms::note_refusal() const {
    parts_.database.write([this](sql::Tx& tx) { count_refusal(tx, parts_.clock.now()); });
}

void Sms::count_refusal(sql::Tx& tx, Time now) const {
    store::count_refused(tx, period_of("day", kDay, now), now);
    if (refused_) {
        tx.after_commit([counter = *refused_]() mutable { counter.add(); });
    }
}

void Sms::measure(Metrics& metrics) {
    const auto counter = [&](const char* outcome) {
        return metrics.counter("educard_sms_messages_total",
                               "Short messages that were to be sent: accepted, or refused by the cap of the "
                               "installation",
                               {{"outcome", outcome}});
    };
    accepted_ = counter("accepted");
    refused_ = counter("refused");
}

std::int64_t Sms::count_refused(sql::Tx& tx) const {
    return store::refused_since(tx, parts_.clock.now() - kMemory);
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
    const auto before = parts_.clock.now() - kMemory;
    return store::remove_before(tx, before) + store::remove_counts(tx, before);
}

}  // namespace educard::sms
