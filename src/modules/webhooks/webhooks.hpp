#pragma once
// Apps hear of events about the people who let them in (B7), by signed HTTP requests as the Standard Webhooks
// specification has them (standardwebhooks.com, 1.0). What happens is one row in its own transaction, and
// only when anybody listens; a worker makes a delivery of it for each endpoint whose app may hear it, and
// senders try each until it arrives or some three days have passed. What a request says is made when it is
// sent, of what the person agrees to at that moment. Owns webhook_endpoint, webhook_secret, webhook_event and
// webhook_delivery. What Parts refers to outlives it; any thread may call any member.

#include "base/ids.hpp"
#include "base/json.hpp"
#include "base/time.hpp"
#include "crypto/field_cipher.hpp"
#include "modules/oidc/oidc.hpp"
#include "modules/organisations/organisations.hpp"
#include "runtime/audit.hpp"
#include "runtime/caller.hpp"
#include "runtime/metrics.hpp"
#include "runtime/outgoing.hpp"
#include "runtime/ticker.hpp"
#include "sql/sql.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::http {
class Routes;
}

namespace educard::webhooks {

using EndpointId = Id<struct WebhookEndpointTag>;
using SecretId = Id<struct WebhookSecretTag>;
using EventId = Id<struct WebhookEventTag>;
using DeliveryId = Id<struct WebhookDeliveryTag>;

/// What endpoints may listen to, by name ("card.revoked").
inline constexpr std::string_view kCertified = "person.certified";
inline constexpr std::string_view kLeftSchool = "person.left_school";
inline constexpr std::string_view kChangedSchool = "person.changed_school";
inline constexpr std::string_view kCardRevoked = "card.revoked";
inline constexpr std::string_view kCardRestored = "card.restored";
inline constexpr std::string_view kWithdrawn = "consent.withdrawn";
inline constexpr std::array kTypes{
    kCertified, kLeftSchool, kChangedSchool, kCardRevoked, kCardRestored, kWithdrawn};
/// Comes when somebody asks for it, whatever an endpoint listens to.
inline constexpr std::string_view kTest = "app.test";

enum class EndpointState { enabled, disabled };
BOOST_DESCRIBE_ENUM(EndpointState, enabled, disabled)

/// `gone`: it answered 410; `failing`: nothing has arrived there for kFailingFor.
enum class DisabledBecause { by_hand, gone, failing };
BOOST_DESCRIBE_ENUM(DisabledBecause, by_hand, gone, failing)

struct Endpoint {
    EndpointId id;
    oidc::AppId app_id;
    std::string url;
    std::string description;
    std::vector<std::string> events;
    EndpointState state{};
    std::optional<DisabledBecause> disabled_because;
    std::optional<Time> disabled_at;
    std::optional<Time> failing_since;
    std::optional<Time> former_secret_until;  // so long what was replaced signs too
    Time created_at;
};
BOOST_DESCRIBE_STRUCT(Endpoint,
                      (),
                      (id,
                       app_id,
                       url,
                       description,
                       events,
                       state,
                       disabled_because,
                       disabled_at,
                       failing_since,
                       former_secret_until,
                       created_at))

struct AppWebhooks {
    oidc::AppId app_id;
    std::string app_name;
    std::string organisation;
    std::vector<std::string> types;  // that there are
    std::vector<Endpoint> endpoints;
};
BOOST_DESCRIBE_STRUCT(AppWebhooks, (), (app_id, app_name, organisation, types, endpoints))

struct NewEndpoint {
    oidc::AppId app;
    std::string url;
    std::vector<std::string> events;
    std::optional<std::string> description;
};
BOOST_DESCRIBE_STRUCT(NewEndpoint, (), (app, url, events, description))

/// What is absent stays.
struct EndpointChange {
    EndpointId id;
    std::optional<std::string> url;
    std::optional<std::vector<std::string>> events;
    std::optional<std::string> description;
    std::optional<EndpointState> state;
};
BOOST_DESCRIBE_STRUCT(EndpointChange, (), (id, url, events, description, state))

/// `secret` is shown once and kept sealed: "whsec_" and base64.
struct WithSecret {
    Endpoint endpoint;
    std::string secret;
};
BOOST_DESCRIBE_STRUCT(WithSecret, (), (endpoint, secret))

/// `withdrawn`: when it was to be sent the person no longer let the app in.
enum class DeliveryState { pending, delivered, failed, withdrawn };
BOOST_DESCRIBE_ENUM(DeliveryState, pending, delivered, failed, withdrawn)

struct Delivery {
    DeliveryId id;
    EndpointId endpoint_id;
    std::string message_id;  // webhook-id
    std::string type;
    DeliveryState state{};
    std::int64_t attempts = 0;
    std::optional<Time> next_attempt_at;  // while it is pending
    std::optional<Time> tried_at;
    std::optional<std::int64_t> status;
    std::optional<Unanswered> error;
    std::optional<std::int64_t> took_ms;
    Time happened_at;
};
BOOST_DESCRIBE_STRUCT(Delivery,
                      (),
                      (id,
                       endpoint_id,
                       message_id,
                       type,
                       state,
                       attempts,
                       next_attempt_at,
                       tried_at,
                       status,
                       error,
                       took_ms,
                       happened_at))

/// With what was sent last, and how the answer began.
struct DeliveryDetail {
    Delivery delivery;
    std::optional<std::string> body;
    std::optional<std::string> answer;
};
BOOST_DESCRIBE_STRUCT(DeliveryDetail, (), (delivery, body, answer))

struct DeliveryQuery {
    EndpointId id;
    std::optional<DeliveryState> state;
    std::optional<DeliveryId> cursor;  // those before it
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(DeliveryQuery, (), (id, state, cursor, limit))

/// Of one call at most kRedeliveredAtOnce are queued, oldest first.
struct Redelivery {
    EndpointId id;
    Time since;
};
BOOST_DESCRIBE_STRUCT(Redelivery, (), (id, since))
struct Redelivered {
    std::int64_t queued = 0;
    bool more = false;
};
BOOST_DESCRIBE_STRUCT(Redelivered, (), (queued, more))

/// What happened to somebody, for tell(). Members that the type does not have stay empty.
struct Happening {
    std::string_view type;
    std::optional<PersonId> person{};
    std::optional<AccountId> account{};        // instead of the person
    std::optional<oidc::AppId> app{};          // of consent.withdrawn
    std::optional<std::string> state{};        // of the card, as it is now
    std::optional<std::string> former_role{};  // student, teacher, staff
    std::optional<OrganisationId> former_school{};
};

/// What Webhooks stands on; all of it outlives it.
struct Parts {
    sql::Database& database;
    const Clock& clock;
    IdSource& ids;
    const crypto::KeyRing& keys;
    crypto::Random& random;
    Audit& audit;
    Metrics& metrics;
    const oidc::Oidc& oidc;
    const organisations::Organisations& organisations;
    const Outgoing& outgoing;
    std::function<std::optional<AccountId>(sql::Tx&, PersonId)> account_of;
};

/// Whether somebody looks after an app: administrators of the organisation at `path`, which answers for it,
/// or above.
bool may_manage(const Caller& caller, std::string_view path);

/// One request that is to be sent.
struct Attempt {
    DeliveryId delivery;
    EndpointId endpoint;
    std::string url;
    std::string message_id;
    std::string body;
    std::vector<Bytes> secrets;
    std::string lease;
    std::int64_t number = 0;  // of this one, from 0
};

class Senders;
namespace store {
struct DeliveryRow;
struct EndpointRow;
}  // namespace store

class Webhooks {
public:
    static constexpr int kMostEndpoints = 5;  // of one app
    static constexpr std::chrono::hours kSecretOverlap{24};
    static constexpr std::chrono::days kFailingFor{5};
    static constexpr std::chrono::days kKept{30};
    static constexpr std::int64_t kRedeliveredAtOnce = 10'000;
    static constexpr std::size_t kAnswerKept = 1024;  // octets

    explicit Webhooks(Parts parts);
    ~Webhooks();

    // endpoints.cpp. What is outside of what the caller looks after is not_found "webhooks.app_unknown" or
    // "webhooks.endpoint_unknown".
    AppWebhooks list(sql::Tx& tx, const Caller& caller, oidc::AppId app) const;
    Endpoint get(sql::Tx& tx, const Caller& caller, EndpointId id) const;
    /// Throws Error::invalid, conflict "webhooks.too_many".
    WithSecret add(sql::Tx& tx, const Caller& caller, const NewEndpoint& wanted) const;
    Endpoint change(sql::Tx& tx, const Caller& caller, const EndpointChange& change) const;
    void remove(sql::Tx& tx, const Caller& caller, EndpointId id) const;
    /// What it had signs on beside the new one for kSecretOverlap, or until end_former_secrets().
    WithSecret rotate_secret(sql::Tx& tx, const Caller& caller, EndpointId id) const;
    Endpoint end_former_secrets(sql::Tx& tx, const Caller& caller, EndpointId id) const;

    // log.cpp
    /// Newest first.
    std::vector<Delivery> deliveries(sql::Tx& tx,
                                     const Caller& caller,
                                     const DeliveryQuery& query,
                                     int limit) const;
    /// Throws not_found "webhooks.delivery_unknown".
    DeliveryDetail delivery(sql::Tx& tx, const Caller& caller, DeliveryId id) const;
    /// Sends app.test. Throws conflict "webhooks.endpoint_disabled".
    Delivery test(sql::Tx& tx, const Caller& caller, EndpointId id) const;
    /// The same message again, at once. Throws conflict "webhooks.endpoint_disabled", "webhooks.under_way".
    Delivery redeliver(sql::Tx& tx, const Caller& caller, DeliveryId id) const;
    Redelivered redeliver_failed(sql::Tx& tx, const Caller& caller, const Redelivery& wanted) const;

    // events.cpp
    /// One row, when any endpoint listens to it. What another node changed about that is known here within
    /// kListenedFor.
    void tell(sql::Tx& tx, const Happening& happening) const;
    /// Makes deliveries of at most kEventsAtOnce events. Gives how many there were.
    std::size_t spread_events() const;
    static constexpr std::chrono::seconds kListenedFor{5};
    static constexpr int kEventsAtOnce = 50;

    // delivery.cpp
    /// Endpoints for which something is to be sent now.
    std::vector<EndpointId> due_endpoints() const;
    /// Takes the next delivery of that endpoint: nobody else sends it for as long as an attempt may take.
    std::optional<Attempt> claim(EndpointId endpoint) const;
    /// The same for one delivery, for the command line.
    std::optional<Attempt> claim(DeliveryId delivery) const;
    /// Sends it and records what came of it. Gives whether it arrived.
    bool send(const Attempt& attempt) const;

    /// Starts to spread events and to send.
    void start();
    void stop();
    void sweep(sql::Tx& tx) const;

private:
    struct Found;
    Found found_app(sql::Tx& tx, const Caller& caller, oidc::AppId app) const;
    Found found_endpoint(sql::Tx& tx, const Caller& caller, EndpointId id) const;
    Found found_delivery(sql::Tx& tx, const Caller& caller, DeliveryId id) const;
    Endpoint view_of(sql::Tx& tx, const store::EndpointRow& row) const;
    std::string add_secret(sql::Tx& tx, EndpointId endpoint) const;
    std::vector<Bytes> open_secrets(sql::Tx& tx, EndpointId endpoint) const;
    void record(sql::Tx& tx,
                const Caller& caller,
                const char* action,
                const Found& found,
                std::string details = {}) const;

    bool is_listened_to(sql::Tx& tx, std::string_view type) const;
    /// Endpoints have changed: what is_listened_to() knows is old.
    void forget_listened(sql::Tx& tx) const;
    std::int64_t spread(sql::Tx& tx) const;
    std::string message_id_of(EventId event, oidc::AppId app) const;
    void wake_spreader_after(sql::Tx& tx) const;
    void wake_senders_after(sql::Tx& tx) const;

    std::optional<Attempt> take(sql::Tx& tx, const store::DeliveryRow& row) const;
    /// Nothing when the app may not hear it any more.
    std::optional<std::string> body_of(sql::Tx& tx,
                                       const store::DeliveryRow& row,
                                       const oidc::App& app) const;
    void conclude(sql::Tx& tx, const Attempt& attempt, const OutgoingAnswer& answer) const;
    void count_after(sql::Tx& tx, std::string_view outcome) const;
    void disable(sql::Tx& tx, EndpointId endpoint, DisabledBecause because) const;

    Parts parts_;
    crypto::FieldCipher cipher_;
    /// What is listened to, a bit for each of kTypes, and until when that is believed (microseconds; 0: not
    /// at all).
    mutable std::atomic<std::uint32_t> listened_{0};
    mutable std::atomic<std::int64_t> listened_until_{0};
    mutable std::mutex mutex_;
    std::map<std::string_view, Counter> attempts_;  // by outcome
    std::atomic<bool> stopping_{false};
    std::unique_ptr<Ticker> spreader_;  // this and the next: under mutex_
    std::unique_ptr<Senders> senders_;
};

void add_routes(http::Routes& routes, Webhooks& webhooks);

}  // namespace educard::webhooks
