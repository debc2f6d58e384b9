#include "http/routes.hpp"

#include "http/bind.hpp"
#include "modules/webhooks/webhooks.hpp"

#include <algorithm>

namespace educard::webhooks {

namespace {

using http::read;
using http::write;

constexpr int kUsualPage = 50;
constexpr int kLargestPage = 200;

struct AppRef {
    oidc::AppId app;
};
BOOST_DESCRIBE_STRUCT(AppRef, (), (app))

struct EndpointRef {
    EndpointId id;
};
BOOST_DESCRIBE_STRUCT(EndpointRef, (), (id))

struct DeliveryRef {
    DeliveryId id;
};
BOOST_DESCRIBE_STRUCT(DeliveryRef, (), (id))

void add_endpoints(http::Routes& routes, Webhooks& webhooks) {
    routes
        .get("/api/v1/apps/{app}/webhooks",
             read([&webhooks](sql::Tx& tx, const Caller& caller, const AppRef& input) {
                 return webhooks.list(tx, caller, input.app);
             }))
        .summary("Where an app hears of events, and which there are")
        .tag("webhooks")
        .allow(kAdministrators)
        .errors({"webhooks.app_unknown"});
    routes
        .post("/api/v1/apps/{app}/webhooks",
              write([&webhooks](sql::Tx& tx, const Caller& caller, const NewEndpoint& input) {
                  return http::Created<WithSecret>{webhooks.add(tx, caller, input)};
              }))
        .summary("Send events to an address; the secret that signs them is shown once")
        .tag("webhooks")
        .allow(kAdministrators)
        .proven()
        .errors({"input.invalid", "webhooks.app_unknown", "webhooks.too_many"});
    routes
        .get("/api/v1/webhooks/{id}",
             read([&webhooks](sql::Tx& tx, const Caller& caller, const EndpointRef& input) {
                 return webhooks.get(tx, caller, input.id);
             }))
        .summary("One endpoint")
        .allow(kAdministrators)
        .errors({"webhooks.endpoint_unknown"});
    routes
        .patch("/api/v1/webhooks/{id}",
               write([&webhooks](sql::Tx& tx, const Caller& caller, const EndpointChange& input) {
                   return webhooks.change(tx, caller, input);
               }))
        .summary("Change an endpoint's address or events, switch it off or on again")
        .allow(kAdministrators)
        .proven()
        .errors({"input.invalid", "webhooks.endpoint_unknown"});
    routes
        .del("/api/v1/webhooks/{id}",
             write([&webhooks](sql::Tx& tx, const Caller& caller, const EndpointRef& input) {
                 webhooks.remove(tx, caller, input.id);
             }))
        .summary("Remove an endpoint with its secret; what waits for it is not sent")
        .allow(kAdministrators)
        .proven()
        .errors({"webhooks.endpoint_unknown"});
    routes
        .post("/api/v1/webhooks/{id}/rotate-secret",
              write([&webhooks](sql::Tx& tx, const Caller& caller, const EndpointRef& input) {
                  return webhooks.rotate_secret(tx, caller, input.id);
              }))
        .summary("A new secret, shown once; the one before signs beside it for a day")
        .allow(kAdministrators)
        .proven()
        .errors({"webhooks.endpoint_unknown"});
    routes
        .del("/api/v1/webhooks/{id}/former-secret",
             write([&webhooks](sql::Tx& tx, const Caller& caller, const EndpointRef& input) {
                 return webhooks.end_former_secrets(tx, caller, input.id);
             }))
        .summary("Only the newest secret signs from now on")
        .allow(kAdministrators)
        .proven()
        .errors({"webhooks.endpoint_unknown"});
}

void add_log(http::Routes& routes, Webhooks& webhooks) {
    routes
        .post("/api/v1/webhooks/{id}/test",
              write([&webhooks](sql::Tx& tx, const Caller& caller, const EndpointRef& input) {
                  return http::Created<Delivery>{webhooks.test(tx, caller, input.id)};
              }))
        .summary("Send app.test")
        .allow(kAdministrators)
        .errors({"webhooks.endpoint_unknown", "webhooks.endpoint_disabled"});
    routes
        .get("/api/v1/webhooks/{id}/deliveries",
             read([&webhooks](sql::Tx& tx, const Caller& caller, const DeliveryQuery& input) {
                 const int limit = std::clamp(input.limit.value_or(kUsualPage), 1, kLargestPage);
                 http::Page<Delivery> page{.items = webhooks.deliveries(tx, caller, input, limit + 1),
                                           .next = std::nullopt};
                 if (page.items.size() > static_cast<std::size_t>(limit)) {
                     page.items.pop_back();
                     page.next = std::to_string(page.items.back().id.value);
                 }
                 return page;
             }))
        .summary("What was sent to an endpoint, or is to be, newest first")
        .allow(kAdministrators)
        .errors({"webhooks.endpoint_unknown"});
    routes
        .post("/api/v1/webhooks/{id}/redeliver",
              write([&webhooks](sql::Tx& tx, const Caller& caller, const Redelivery& input) {
                  return http::Accepted<Redelivered>{webhooks.redeliver_failed(tx, caller, input)};
              }))
        .summary("Send again everything that failed since a time, at most 10,000 of it in one call")
        .allow(kAdministrators)
        .errors({"input.invalid", "webhooks.endpoint_unknown", "webhooks.endpoint_disabled"});
    routes
        .get("/api/v1/webhook-deliveries/{id}",
             read([&webhooks](sql::Tx& tx, const Caller& caller, const DeliveryRef& input) {
                 return webhooks.delivery(tx, caller, input.id);
             }))
        .summary("One delivery with what was sent last and how the answer began")
        .tag("webhooks")
        .allow(kAdministrators)
        .errors({"webhooks.delivery_unknown"});
    routes
        .post("/api/v1/webhook-deliveries/{id}/redeliver",
              write([&webhooks](sql::Tx& tx, const Caller& caller, const DeliveryRef& input) {
                  return http::Accepted<Delivery>{webhooks.redeliver(tx, caller, input.id)};
              }))
        .summary("Send one delivery again now, as the same message")
        .tag("webhooks")
        .allow(kAdministrators)
        .errors({"webhooks.delivery_unknown", "webhooks.endpoint_disabled", "webhooks.under_way"});
}

}  // namespace

void add_routes(http::Routes& routes, Webhooks& webhooks) {
    add_endpoints(routes, webhooks);
    add_log(routes, webhooks);
}

}  // namespace educard::webhooks
