// From what happened to somebody to a delivery for each endpoint that may hear it.

#include "base/json.hpp"
#include "crypto/blind_index.hpp"
#include "modules/webhooks/happening.hpp"
#include "modules/webhooks/senders.hpp"
#include "modules/webhooks/store.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace educard::webhooks {

namespace {

constexpr std::size_t kMessageOctets = 16;

std::int64_t microseconds(Time time) {
    return time.time_since_epoch().count();
}

std::uint32_t bit_of(std::string_view type) {
    const auto at = std::ranges::find(kTypes, type) - kTypes.begin();
    return 1U << static_cast<unsigned>(at);
}

bool hears(const store::EndpointRow& endpoint, std::string_view type) {
    const auto events = json::decode<std::vector<std::string>>(endpoint.events);
    return endpoint.state == EndpointState::enabled && std::ranges::find(events, type) != events.end();
}

}  // namespace

bool Webhooks::is_listened_to(sql::Tx& tx, std::string_view type) const {
    const auto now = parts_.clock.now();
    if (microseconds(now) >= listened_until_) {
        std::uint32_t bits = 0;
        for (const auto& text : store::listened_to(tx)) {
            for (const auto& event : json::decode<std::vector<std::string>>(text)) {
                bits |= bit_of(event);
            }
        }
        listened_ = bits;
        listened_until_ = microseconds(now + kListenedFor);
    }
    return (listened_ & bit_of(type)) != 0;
}

void Webhooks::forget_listened(sql::Tx& tx) const {
    tx.after_commit([this] { listened_until_ = 0; });
}

void Webhooks::tell(sql::Tx& tx, const Happening& happening) const {
    if (!is_listened_to(tx, happening.type)) {
        return;
    }
    store::insert_event(tx,
                        {.id = parts_.ids.next<EventId>(),
                         .type = std::string(happening.type),
                         .person_id = happening.person,
                         .account_id = happening.account,
                         .app_id = happening.app,
                         .details = json::encode(Details{.state = happening.state,
                                                         .former_role = happening.former_role,
                                                         .former_school = happening.former_school}),
                         .happened_at = parts_.clock.now()});
    wake_spreader_after(tx);
}

std::size_t Webhooks::spread_events() const {
    return parts_.database.write([this](sql::Tx& tx) -> std::size_t {
        const auto count = spread(tx);
        if (count > 0) {
            wake_senders_after(tx);
        }
        return static_cast<std::size_t>(count);
    });
}

/// Two nodes may take the same events: the second to delete one passes it over, and finds its deliveries
/// there.
std::int64_t Webhooks::spread(sql::Tx& tx) const {
    const auto now = parts_.clock.now();
    std::int64_t count = 0;
    for (const auto& event : store::events(tx, kEventsAtOnce)) {
        ++count;
        if (!store::delete_event(tx, event.id)) {
            continue;
        }
        const auto account =
            event.account_id ? event.account_id : parts_.account_of(tx, event.person_id.value_or(PersonId{}));
        if (!account) {
            continue;
        }
        const auto apps = event.app_id ? std::vector{*event.app_id} : parts_.oidc.apps_of(tx, *account);
        for (const auto app : apps) {
            for (const auto& endpoint : store::endpoints(tx, app)) {
                if (!hears(endpoint, event.type)) {
                    continue;
                }
                store::insert_delivery(tx,
                                       {.id = parts_.ids.next<DeliveryId>(),
                                        .event_id = event.id,
                                        .endpoint_id = endpoint.id,
                                        .account_id = account,
                                        .message_id = message_id_of(event.id, app),
                                        .type = event.type,
                                        .details = event.details,
                                        .happened_at = event.happened_at,
                                        .created_at = now});
            }
        }
    }
    return count;
}

/// The same for the endpoints of one app, another for each app: two of them must not find out by it that they
/// know the same person.
std::string Webhooks::message_id_of(EventId event, oidc::AppId app) const {
    const crypto::BlindIndex index(parts_.keys);
    const auto digest = index.of("webhooks.message", fmt::format("{}\n{}", event.value, app.value));
    return "msg_" + to_base64url(ByteView(digest).first(kMessageOctets));
}

void Webhooks::wake_spreader_after(sql::Tx& tx) const {
    tx.after_commit([this] {
        const std::lock_guard lock(mutex_);
        if (spreader_) {
            spreader_->wake();
        }
    });
}

void Webhooks::wake_senders_after(sql::Tx& tx) const {
    tx.after_commit([this] {
        const std::lock_guard lock(mutex_);
        if (senders_) {
            senders_->wake();
        }
    });
}

}  // namespace educard::webhooks
