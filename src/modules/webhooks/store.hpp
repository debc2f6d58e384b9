#pragma once
// The SQL of webhooks, and nothing else.

#include "modules/webhooks/webhooks.hpp"

namespace educard::webhooks::store {

struct EndpointRow {
    EndpointId id;
    oidc::AppId app_id;
    std::string url;
    std::string description;
    std::string events;  // JSON
    EndpointState state{};
    std::optional<DisabledBecause> disabled_because;
    std::optional<Time> disabled_at;
    std::optional<Time> failing_since;
    Time created_at;
};
BOOST_DESCRIBE_STRUCT(
    EndpointRow,
    (),
    (id, app_id, url, description, events, state, disabled_because, disabled_at, failing_since, created_at))

/// False when the app has one in that slot.
bool insert_endpoint(sql::Tx& tx, const EndpointRow& row, int slot);
std::optional<EndpointRow> find_endpoint(sql::Tx& tx, EndpointId id);
/// The oldest first.
std::vector<EndpointRow> endpoints(sql::Tx& tx, oidc::AppId app);
/// Nobody else changes it before `tx` is done. False when it is gone.
bool hold_endpoint(sql::Tx& tx, EndpointId id);
/// Address, description, events and state; what failed before is forgotten.
bool update_endpoint(sql::Tx& tx, const EndpointRow& row);
bool delete_endpoint(sql::Tx& tx, EndpointId id);
/// False when it was disabled before.
bool disable_endpoint(sql::Tx& tx, EndpointId id, DisabledBecause because, Time at);
void note_failure(sql::Tx& tx, EndpointId id, Time at);
void note_success(sql::Tx& tx, EndpointId id);
/// What those that are enabled listen to, JSON each.
std::vector<std::string> listened_to(sql::Tx& tx);

struct SecretRow {
    SecretId id;
    Bytes secret;
    std::optional<Time> ends_at;
};
BOOST_DESCRIBE_STRUCT(SecretRow, (), (id, secret, ends_at))
void insert_secret(sql::Tx& tx, EndpointId endpoint, SecretId id, const Bytes& sealed, Time now);
/// Those that are good at `now`, newest first.
std::vector<SecretRow> secrets(sql::Tx& tx, EndpointId endpoint, Time now);
/// The one without an end gets one; those that had one before are gone.
void end_secrets(sql::Tx& tx, EndpointId endpoint, Time at);
void delete_former_secrets(sql::Tx& tx, EndpointId endpoint);

struct EventRow {
    EventId id;
    std::string type;
    std::optional<PersonId> person_id;
    std::optional<AccountId> account_id;
    std::optional<oidc::AppId> app_id;
    std::string details;
    Time happened_at;
};
BOOST_DESCRIBE_STRUCT(EventRow, (), (id, type, person_id, account_id, app_id, details, happened_at))
void insert_event(sql::Tx& tx, const EventRow& row);
std::vector<EventRow> events(sql::Tx& tx, int limit);
/// False when somebody else has.
bool delete_event(sql::Tx& tx, EventId id);

struct DeliveryRow {
    DeliveryId id;
    EventId event_id;
    EndpointId endpoint_id;
    std::optional<AccountId> account_id;
    std::string message_id;
    std::string type;
    std::string details;
    Time happened_at;
    DeliveryState state{};
    std::int64_t attempts = 0;
    Time due_at;
    std::optional<std::string> lease;
    std::optional<std::string> body;
    std::optional<Time> tried_at;
    std::optional<std::int64_t> status;
    std::optional<Unanswered> error;
    std::optional<std::string> answer;
    std::optional<std::int64_t> took_ms;
    Time created_at;
};
BOOST_DESCRIBE_STRUCT(DeliveryRow,
                      (),
                      (id,
                       event_id,
                       endpoint_id,
                       account_id,
                       message_id,
                       type,
                       details,
                       happened_at,
                       state,
                       attempts,
                       due_at,
                       lease,
                       body,
                       tried_at,
                       status,
                       error,
                       answer,
                       took_ms,
                       created_at))
/// False when there is one of that event for that endpoint.
bool insert_delivery(sql::Tx& tx, const DeliveryRow& row);
std::optional<DeliveryRow> find_delivery(sql::Tx& tx, DeliveryId id);
/// Newest first, without bodies and answers.
std::vector<DeliveryRow> deliveries(
    sql::Tx& tx, EndpointId endpoint, std::optional<DeliveryState> state, DeliveryId before, int limit);
std::vector<EndpointId> due_endpoints(sql::Tx& tx, Time now);
std::vector<DeliveryRow> due_deliveries(sql::Tx& tx, EndpointId endpoint, Time now, std::size_t limit);
/// False when somebody else has it.
bool lease_delivery(
    sql::Tx& tx, DeliveryId id, std::string_view lease, std::string_view body, Time now, Time until);
void withdraw_delivery(sql::Tx& tx, DeliveryId id, Time now);

/// What came of an attempt.
struct Outcome {
    DeliveryId id;
    std::string lease;
    DeliveryState state{};
    Time due_at;
    Time tried_at;
    std::optional<std::int64_t> status;
    std::optional<Unanswered> error;
    std::optional<std::string> answer;
    std::int64_t took_ms = 0;
};
/// False when the lease is another's by now.
bool record_attempt(sql::Tx& tx, const Outcome& outcome);
/// False while an attempt is under way.
bool queue_again(sql::Tx& tx, DeliveryId id, Time now);
std::int64_t queue_failed(sql::Tx& tx, EndpointId endpoint, Time since, Time now, std::int64_t limit);

void delete_deliveries(sql::Tx& tx, Time before, int limit);
/// What waits for endpoints that are disabled.
void give_up(sql::Tx& tx, Time due_before, int limit);

}  // namespace educard::webhooks::store
