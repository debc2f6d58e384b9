// What was sent, and sending it again.

#include "base/error.hpp"
#include "base/json.hpp"
#include "modules/webhooks/found.hpp"
#include "modules/webhooks/happening.hpp"
#include "modules/webhooks/senders.hpp"

#include <limits>

namespace educard::webhooks {

namespace {

constexpr int kDeletedAtOnce = 5000;
constexpr int kGivenUpAtOnce = 1000;
constexpr std::chrono::days kWaitsWhileDisabled{3};

Delivery view_of(const store::DeliveryRow& row) {
    return {.id = row.id,
            .endpoint_id = row.endpoint_id,
            .message_id = row.message_id,
            .type = row.type,
            .state = row.state,
            .attempts = row.attempts,
            .next_attempt_at = row.state == DeliveryState::pending ? std::optional(row.due_at) : std::nullopt,
            .tried_at = row.tried_at,
            .status = row.status,
            .error = row.error,
            .took_ms = row.took_ms,
            .happened_at = row.happened_at};
}

struct RedeliveryOfAudit {
    EndpointId endpoint;
    std::optional<DeliveryId> delivery;
    std::int64_t count = 1;
};
BOOST_DESCRIBE_STRUCT(RedeliveryOfAudit, (), (endpoint, delivery, count))

void require_enabled(const store::EndpointRow& endpoint) {
    if (endpoint.state != EndpointState::enabled) {
        throw Error(Fault::conflict, "webhooks.endpoint_disabled");
    }
}

}  // namespace

Webhooks::Found Webhooks::found_delivery(sql::Tx& tx, const Caller& caller, DeliveryId id) const {
    auto delivery = store::find_delivery(tx, id);
    const auto endpoint = delivery ? store::find_endpoint(tx, delivery->endpoint_id) : std::nullopt;
    const auto app = endpoint ? parts_.oidc.find_app(tx, endpoint->app_id) : std::nullopt;
    if (!app || !may_manage(caller, parts_.organisations.get(tx, app->organisation_id).path)) {
        throw Error(Fault::not_found, "webhooks.delivery_unknown");
    }
    auto found = found_endpoint(tx, caller, endpoint->id);
    found.delivery = std::move(delivery);
    return found;
}

std::vector<Delivery> Webhooks::deliveries(sql::Tx& tx,
                                           const Caller& caller,
                                           const DeliveryQuery& query,
                                           int limit) const {
    found_endpoint(tx, caller, query.id);
    const DeliveryId before = query.cursor.value_or(DeliveryId{std::numeric_limits<std::int64_t>::max()});
    std::vector<Delivery> list;
    for (const auto& row : store::deliveries(tx, query.id, query.state, before, limit)) {
        list.push_back(webhooks::view_of(row));
    }
    return list;
}

DeliveryDetail Webhooks::delivery(sql::Tx& tx, const Caller& caller, DeliveryId id) const {
    const auto found = found_delivery(tx, caller, id);
    const auto& row = *found.delivery;
    DeliveryDetail detail{.delivery = webhooks::view_of(row), .body = row.body, .answer = row.answer};
    // What somebody had agreed to tell is not shown any more when they have withdrawn.
    if (row.account_id && row.type != kWithdrawn &&
        !parts_.oidc.find_told(tx, found.app, *row.account_id, oidc::Occasion::parting)) {
        detail.body = std::nullopt;
        detail.answer = std::nullopt;
    }
    return detail;
}

Delivery Webhooks::test(sql::Tx& tx, const Caller& caller, EndpointId id) const {
    const auto found = found_endpoint(tx, caller, id);
    require_enabled(*found.endpoint);
    const auto now = parts_.clock.now();
    const auto event = parts_.ids.next<EventId>();
    const store::DeliveryRow row{.id = parts_.ids.next<DeliveryId>(),
                                 .event_id = event,
                                 .endpoint_id = id,
                                 .account_id = std::nullopt,
                                 .message_id = message_id_of(event, found.app.id),
                                 .type = std::string(kTest),
                                 .details = json::encode(Details{}),
                                 .happened_at = now,
                                 .state = DeliveryState::pending,
                                 .due_at = now,
                                 .created_at = now};
    store::insert_delivery(tx, row);
    wake_senders_after(tx);
    return webhooks::view_of(row);
}

Delivery Webhooks::redeliver(sql::Tx& tx, const Caller& caller, DeliveryId id) const {
    const auto found = found_delivery(tx, caller, id);
    require_enabled(*found.endpoint);
    if (!store::queue_again(tx, id, parts_.clock.now())) {
        throw Error(Fault::conflict, "webhooks.under_way");
    }
    record(tx,
           caller,
           "webhooks.redelivered",
           found,
           json::encode(RedeliveryOfAudit{.endpoint = found.endpoint->id, .delivery = id}));
    wake_senders_after(tx);
    return webhooks::view_of(store::find_delivery(tx, id).value());
}

Redelivered Webhooks::redeliver_failed(sql::Tx& tx, const Caller& caller, const Redelivery& wanted) const {
    const auto found = found_endpoint(tx, caller, wanted.id);
    require_enabled(*found.endpoint);
    const auto queued =
        store::queue_failed(tx, wanted.id, wanted.since, parts_.clock.now(), kRedeliveredAtOnce);
    record(tx,
           caller,
           "webhooks.redelivered",
           found,
           json::encode(RedeliveryOfAudit{.endpoint = wanted.id, .delivery = std::nullopt, .count = queued}));
    wake_senders_after(tx);
    return {.queued = queued, .more = queued == kRedeliveredAtOnce};
}

void Webhooks::sweep(sql::Tx& tx) const {
    const auto now = parts_.clock.now();
    store::delete_deliveries(tx, now - kKept, kDeletedAtOnce);
    store::give_up(tx, now - kWaitsWhileDisabled, kGivenUpAtOnce);
}

}  // namespace educard::webhooks
