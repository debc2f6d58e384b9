#include "modules/webhooks/store.hpp"

namespace educard::webhooks::store {

bool insert_endpoint(sql::Tx& tx, const EndpointRow& row, int slot) {
    return tx.execute(R"(
        INSERT INTO webhook_endpoint (id, app_id, slot, url, description, events, state, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING)",
                      row.id,
                      row.app_id,
                      slot,
                      row.url,
                      row.description,
                      row.events,
                      row.state,
                      row.created_at) == 1;
}

std::optional<EndpointRow> find_endpoint(sql::Tx& tx, EndpointId id) {
    return tx.find<EndpointRow>(R"(
        SELECT id, app_id, url, description, events, state, disabled_because, disabled_at, failing_since, created_at
        FROM webhook_endpoint WHERE id = $1)",
                                id);
}

std::vector<EndpointRow> endpoints(sql::Tx& tx, oidc::AppId app) {
    return tx.list<EndpointRow>(R"(
        SELECT id, app_id, url, description, events, state, disabled_because, disabled_at, failing_since, created_at
        FROM webhook_endpoint WHERE app_id = $1 ORDER BY id)",
                                app);
}

bool hold_endpoint(sql::Tx& tx, EndpointId id) {
    return tx.execute("UPDATE webhook_endpoint SET app_id = app_id WHERE id = $1", id) == 1;
}

bool update_endpoint(sql::Tx& tx, const EndpointRow& row) {
    return tx.execute(R"(
        UPDATE webhook_endpoint
        SET url = $2, description = $3, events = $4, state = $5, disabled_because = $6, disabled_at = $7,
            failing_since = $8
        WHERE id = $1)",
                      row.id,
                      row.url,
                      row.description,
                      row.events,
                      row.state,
                      row.disabled_because,
                      row.disabled_at,
                      row.failing_since) == 1;
}

bool delete_endpoint(sql::Tx& tx, EndpointId id) {
    tx.execute("DELETE FROM webhook_secret WHERE endpoint_id = $1", id);
    return tx.execute("DELETE FROM webhook_endpoint WHERE id = $1", id) == 1;
}

bool disable_endpoint(sql::Tx& tx, EndpointId id, DisabledBecause because, Time at) {
    return tx.execute(R"(
        UPDATE webhook_endpoint SET state = 'disabled', disabled_because = $2, disabled_at = $3
        WHERE id = $1 AND state = 'enabled')",
                      id,
                      because,
                      at) == 1;
}

void note_failure(sql::Tx& tx, EndpointId id, Time at) {
    tx.execute(
        "UPDATE webhook_endpoint SET failing_since = $2 WHERE id = $1 AND failing_since IS NULL", id, at);
}

void note_success(sql::Tx& tx, EndpointId id) {
    tx.execute("UPDATE webhook_endpoint SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL",
               id);
}

std::vector<std::string> listened_to(sql::Tx& tx) {
    return tx.list<std::string>("SELECT DISTINCT events FROM webhook_endpoint WHERE state = 'enabled'");
}

void insert_secret(sql::Tx& tx, EndpointId endpoint, SecretId id, const Bytes& sealed, Time now) {
    tx.execute("INSERT INTO webhook_secret (id, endpoint_id, secret, created_at) VALUES ($1, $2, $3, $4)",
               id,
               endpoint,
               sealed,
               now);
}

std::vector<SecretRow> secrets(sql::Tx& tx, EndpointId endpoint, Time now) {
    return tx.list<SecretRow>(R"(
        SELECT id, secret, ends_at FROM webhook_secret
        WHERE endpoint_id = $1 AND (ends_at IS NULL OR ends_at > $2) ORDER BY id DESC)",
                              endpoint,
                              now);
}

void end_secrets(sql::Tx& tx, EndpointId endpoint, Time at) {
    delete_former_secrets(tx, endpoint);
    tx.execute("UPDATE webhook_secret SET ends_at = $2 WHERE endpoint_id = $1", endpoint, at);
}

void delete_former_secrets(sql::Tx& tx, EndpointId endpoint) {
    tx.execute("DELETE FROM webhook_secret WHERE endpoint_id = $1 AND ends_at IS NOT NULL", endpoint);
}

void insert_event(sql::Tx& tx, const EventRow& row) {
    tx.post(R"(
        INSERT INTO webhook_event (id, type, person_id, account_id, app_id, details, happened_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7))",
            row.id,
            row.type,
            row.person_id,
            row.account_id,
            row.app_id,
            row.details,
            row.happened_at);
}

std::vector<EventRow> events(sql::Tx& tx, int limit) {
    return tx.list<EventRow>(R"(
        SELECT id, type, person_id, account_id, app_id, details, happened_at
        FROM webhook_event ORDER BY id LIMIT $1)",
                             limit);
}

bool delete_event(sql::Tx& tx, EventId id) {
    return tx.execute("DELETE FROM webhook_event WHERE id = $1", id) == 1;
}

bool insert_delivery(sql::Tx& tx, const DeliveryRow& row) {
    return tx.execute(R"(
        INSERT INTO webhook_delivery (id, event_id, endpoint_id, account_id, message_id, type, details, happened_at,
                                      state, attempts, due_at, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'pending', 0, $9, $9) ON CONFLICT DO NOTHING)",
                      row.id,
                      row.event_id,
                      row.endpoint_id,
                      row.account_id,
                      row.message_id,
                      row.type,
                      row.details,
                      row.happened_at,
                      row.created_at) == 1;
}

std::optional<DeliveryRow> find_delivery(sql::Tx& tx, DeliveryId id) {
    return tx.find<DeliveryRow>(R"(
        SELECT id, event_id, endpoint_id, account_id, message_id, type, details, happened_at, state, attempts, due_at,
               lease, body, tried_at, status, error, answer, took_ms, created_at
        FROM webhook_delivery WHERE id = $1)",
                                id);
}

namespace {

/// Each state has its own statement, so that the engines use the index of those that are not delivered.
constexpr std::string_view kAll = R"(
    SELECT id, event_id, endpoint_id, account_id, message_id, type, details, happened_at, state, attempts, due_at,
           lease, NULL AS body, tried_at, status, error, NULL AS answer, took_ms, created_at
    FROM webhook_delivery WHERE endpoint_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3)";
constexpr std::string_view kDelivered = R"(
    SELECT id, event_id, endpoint_id, account_id, message_id, type, details, happened_at, state, attempts, due_at,
           lease, NULL AS body, tried_at, status, error, NULL AS answer, took_ms, created_at
    FROM webhook_delivery WHERE endpoint_id = $1 AND id < $2 AND state = 'delivered' ORDER BY id DESC LIMIT $3)";
constexpr std::string_view kOpen = R"(
    SELECT id, event_id, endpoint_id, account_id, message_id, type, details, happened_at, state, attempts, due_at,
           lease, NULL AS body, tried_at, status, error, NULL AS answer, took_ms, created_at
    FROM webhook_delivery
    WHERE endpoint_id = $1 AND id < $2 AND state <> 'delivered' AND state = $4 ORDER BY id DESC LIMIT $3)";

}  // namespace

std::vector<DeliveryRow> deliveries(
    sql::Tx& tx, EndpointId endpoint, std::optional<DeliveryState> state, DeliveryId before, int limit) {
    if (!state) {
        return tx.list<DeliveryRow>(kAll, endpoint, before, limit);
    }
    if (*state == DeliveryState::delivered) {
        return tx.list<DeliveryRow>(kDelivered, endpoint, before, limit);
    }
    return tx.list<DeliveryRow>(kOpen, endpoint, before, limit, *state);
}

std::vector<EndpointId> due_endpoints(sql::Tx& tx, Time now) {
    return tx.list<EndpointId>(R"(
        SELECT e.id FROM webhook_endpoint e
        WHERE e.state = 'enabled' AND EXISTS (SELECT 1 FROM webhook_delivery d
            WHERE d.endpoint_id = e.id AND d.state = 'pending' AND d.due_at <= $1))",
                               now);
}

std::vector<DeliveryRow> due_deliveries(sql::Tx& tx, EndpointId endpoint, Time now, std::size_t limit) {
    return tx.list<DeliveryRow>(R"(
        SELECT id, event_id, endpoint_id, account_id, message_id, type, details, happened_at, state, attempts, due_at,
               lease, body, tried_at, status, error, answer, took_ms, created_at
        FROM webhook_delivery WHERE endpoint_id = $1 AND state = 'pending' AND due_at <= $2
        ORDER BY due_at LIMIT $3)",
                                endpoint,
                                now,
                                limit);
}

bool lease_delivery(
    sql::Tx& tx, DeliveryId id, std::string_view lease, std::string_view body, Time now, Time until) {
    return tx.execute(R"(
        UPDATE webhook_delivery SET lease = $2, body = $3, due_at = $4
        WHERE id = $1 AND state = 'pending' AND due_at <= $5)",
                      id,
                      lease,
                      body,
                      until,
                      now) == 1;
}

void withdraw_delivery(sql::Tx& tx, DeliveryId id, Time now) {
    tx.execute(R"(
        UPDATE webhook_delivery SET state = 'withdrawn', lease = NULL, body = NULL, answer = NULL
        WHERE id = $1 AND state = 'pending' AND due_at <= $2)",
               id,
               now);
}

bool record_attempt(sql::Tx& tx, const Outcome& outcome) {
    return tx.execute(R"(
        UPDATE webhook_delivery
        SET state = $3, due_at = $4, tried_at = $5, status = $6, error = $7, answer = $8, took_ms = $9,
            attempts = attempts + 1, lease = NULL
        WHERE id = $1 AND lease = $2)",
                      outcome.id,
                      outcome.lease,
                      outcome.state,
                      outcome.due_at,
                      outcome.tried_at,
                      outcome.status,
                      outcome.error,
                      outcome.answer,
                      outcome.took_ms) == 1;
}

bool queue_again(sql::Tx& tx, DeliveryId id, Time now) {
    return tx.execute(R"(
        UPDATE webhook_delivery SET state = 'pending', attempts = 0, due_at = $2, lease = NULL
        WHERE id = $1 AND (lease IS NULL OR due_at <= $2))",
                      id,
                      now) == 1;
}

std::int64_t queue_failed(sql::Tx& tx, EndpointId endpoint, Time since, Time now, std::int64_t limit) {
    return tx.execute(R"(
        UPDATE webhook_delivery SET state = 'pending', attempts = 0, due_at = $3
        WHERE state = 'failed' AND id IN (SELECT id FROM webhook_delivery
            WHERE endpoint_id = $1 AND state <> 'delivered' AND state = 'failed' AND happened_at >= $2
            ORDER BY id LIMIT $4))",
                      endpoint,
                      since,
                      now,
                      limit);
}

void delete_deliveries(sql::Tx& tx, Time before, int limit) {
    tx.execute(R"(
        DELETE FROM webhook_delivery
        WHERE id IN (SELECT id FROM webhook_delivery WHERE created_at < $1 ORDER BY created_at LIMIT $2))",
               before,
               limit);
}

void give_up(sql::Tx& tx, Time due_before, int limit) {
    tx.execute(R"(
        UPDATE webhook_delivery SET state = 'failed'
        WHERE state = 'pending' AND id IN (SELECT d.id FROM webhook_endpoint e
            JOIN webhook_delivery d ON d.endpoint_id = e.id
            WHERE e.state = 'disabled' AND d.state = 'pending' AND d.due_at < $1 LIMIT $2))",
               due_before,
               limit);
}

}  // namespace educard::webhooks::store
