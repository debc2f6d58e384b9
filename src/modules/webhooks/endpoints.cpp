// Who looks after endpoints, and what they do with them.

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "modules/webhooks/found.hpp"
#include "modules/webhooks/signing.hpp"

#include <boost/url/parse.hpp>

#include <algorithm>

namespace educard::webhooks {

namespace {

constexpr std::size_t kMostUrl = 500;          // octets
constexpr std::size_t kMostDescription = 100;  // characters

crypto::FieldPlace place_of(SecretId id) {
    return {.table = "webhook_secret", .column = "secret", .row = id.value};
}

/// https, or where Outgoing asks there http to the loopback. What a host's name leads to is looked at when it
/// is called: today says nothing of tomorrow.
bool is_address(std::string_view url, bool plain) {
    const auto parsed = boost::urls::parse_uri(url);
    if (!parsed || parsed->has_fragment() || parsed->has_userinfo() || parsed->host().empty()) {
        return false;
    }
    const auto host = parsed->host();
    const bool loopback = host == "127.0.0.1" || host == "[::1]" || host == "localhost";
    return parsed->scheme() == "https" || (plain && loopback && parsed->scheme() == "http");
}

void check_url(const std::string& url, bool plain, std::vector<FieldError>& errors) {
    if (url.empty()) {
        errors.push_back({"url", "required"});
    } else if (url.size() > kMostUrl) {
        errors.push_back({"url", "too_long"});
    } else if (!is_address(url, plain)) {
        errors.push_back({"url", "webhooks.url"});
    }
}

void check_events(const std::vector<std::string>& events, std::vector<FieldError>& errors) {
    if (events.empty()) {
        errors.push_back({"events", "required"});
    }
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (std::ranges::find(kTypes, events[i]) == kTypes.end()) {
            errors.push_back({"events[" + std::to_string(i) + "]", "webhooks.event"});
        }
    }
}

void check_description(const std::string& description, std::vector<FieldError>& errors) {
    if (count_characters(description) > kMostDescription) {
        errors.push_back({"description", "too_long"});
    }
}

/// Each once, in the order of kTypes.
std::string text_of(const std::vector<std::string>& events) {
    std::vector<std::string> list;
    for (const auto type : kTypes) {
        if (std::ranges::find(events, type) != events.end()) {
            list.emplace_back(type);
        }
    }
    return json::encode(list);
}

struct EndpointOfAudit {
    EndpointId endpoint;
    std::string url;
};
BOOST_DESCRIBE_STRUCT(EndpointOfAudit, (), (endpoint, url))

std::string details_of(const store::EndpointRow& row) {
    return json::encode(EndpointOfAudit{.endpoint = row.id, .url = row.url});
}

}  // namespace

bool may_manage(const Caller& caller, std::string_view path) {
    return may_administer(caller, path);
}

Webhooks::Found Webhooks::found_app(sql::Tx& tx, const Caller& caller, oidc::AppId id) const {
    auto app = parts_.oidc.find_app(tx, id);
    if (app && !app->deleted_at) {
        auto organisation = parts_.organisations.get(tx, app->organisation_id);
        if (may_manage(caller, organisation.path)) {
            return {.app = std::move(*app),
                    .organisation = std::move(organisation),
                    .endpoint = {},
                    .delivery = {}};
        }
    }
    throw Error(Fault::not_found, "webhooks.app_unknown");
}

Webhooks::Found Webhooks::found_endpoint(sql::Tx& tx, const Caller& caller, EndpointId id) const {
    auto endpoint = store::find_endpoint(tx, id);
    const auto app = endpoint ? parts_.oidc.find_app(tx, endpoint->app_id) : std::nullopt;
    if (!app || !may_manage(caller, parts_.organisations.get(tx, app->organisation_id).path)) {
        throw Error(Fault::not_found, "webhooks.endpoint_unknown");
    }
    auto found = found_app(tx, caller, app->id);
    found.endpoint = std::move(endpoint);
    return found;
}

Endpoint Webhooks::view_of(sql::Tx& tx, const store::EndpointRow& row) const {
    Endpoint view{.id = row.id,
                  .app_id = row.app_id,
                  .url = row.url,
                  .description = row.description,
                  .events = json::decode<std::vector<std::string>>(row.events),
                  .state = row.state,
                  .disabled_because = row.disabled_because,
                  .disabled_at = row.disabled_at,
                  .failing_since = row.failing_since,
                  .former_secret_until = std::nullopt,
                  .created_at = row.created_at};
    for (const auto& secret : store::secrets(tx, row.id, parts_.clock.now())) {
        view.former_secret_until = std::max(view.former_secret_until, secret.ends_at);
    }
    return view;
}

AppWebhooks Webhooks::list(sql::Tx& tx, const Caller& caller, oidc::AppId id) const {
    const auto found = found_app(tx, caller, id);
    AppWebhooks list{.app_id = id,
                     .app_name = found.app.name,
                     .organisation = found.organisation.name,
                     .types = {kTypes.begin(), kTypes.end()},
                     .endpoints = {}};
    for (const auto& row : store::endpoints(tx, id)) {
        list.endpoints.push_back(view_of(tx, row));
    }
    return list;
}

Endpoint Webhooks::get(sql::Tx& tx, const Caller& caller, EndpointId id) const {
    return view_of(tx, *found_endpoint(tx, caller, id).endpoint);
}

WithSecret Webhooks::add(sql::Tx& tx, const Caller& caller, const NewEndpoint& wanted) const {
    auto found = found_app(tx, caller, wanted.app);
    const auto description = tidy(wanted.description.value_or(""));
    std::vector<FieldError> errors;
    check_url(wanted.url, parts_.outgoing.asks_private(), errors);
    check_events(wanted.events, errors);
    check_description(description, errors);
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    const store::EndpointRow row{.id = parts_.ids.next<EndpointId>(),
                                 .app_id = wanted.app,
                                 .url = wanted.url,
                                 .description = description,
                                 .events = text_of(wanted.events),
                                 .state = EndpointState::enabled,
                                 .disabled_because = std::nullopt,
                                 .disabled_at = std::nullopt,
                                 .failing_since = std::nullopt,
                                 .created_at = parts_.clock.now()};
    int slot = 1;
    while (slot <= kMostEndpoints && !store::insert_endpoint(tx, row, slot)) {
        ++slot;
    }
    if (slot > kMostEndpoints) {
        throw Error(Fault::conflict, "webhooks.too_many").with("most", std::to_string(kMostEndpoints));
    }
    auto secret = add_secret(tx, row.id);
    found.endpoint = row;
    record(tx, caller, "webhooks.added", found, details_of(row));
    forget_listened(tx);
    return {.endpoint = view_of(tx, row), .secret = std::move(secret)};
}

Endpoint Webhooks::change(sql::Tx& tx, const Caller& caller, const EndpointChange& change) const {
    store::hold_endpoint(tx, change.id);  // before it is read: what nobody wants changed stays as it is now
    auto found = found_endpoint(tx, caller, change.id);
    auto& row = *found.endpoint;
    std::vector<FieldError> errors;
    if (change.url) {
        check_url(*change.url, parts_.outgoing.asks_private(), errors);
        row.failing_since = row.url == *change.url ? row.failing_since : std::nullopt;
        row.url = *change.url;
    }
    if (change.events) {
        check_events(*change.events, errors);
        row.events = text_of(*change.events);
    }
    if (change.description) {
        row.description = tidy(*change.description);
        check_description(row.description, errors);
    }
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    if (change.state && *change.state != row.state) {
        const bool off = *change.state == EndpointState::disabled;
        row.state = *change.state;
        row.disabled_because = off ? std::optional(DisabledBecause::by_hand) : std::nullopt;
        row.disabled_at = off ? std::optional(parts_.clock.now()) : std::nullopt;
        row.failing_since = std::nullopt;
    }
    if (!store::update_endpoint(tx, row)) {
        throw Error(Fault::not_found, "webhooks.endpoint_unknown");
    }
    record(tx, caller, "webhooks.changed", found, details_of(row));
    forget_listened(tx);
    wake_senders_after(tx);
    return view_of(tx, row);
}

void Webhooks::remove(sql::Tx& tx, const Caller& caller, EndpointId id) const {
    const auto found = found_endpoint(tx, caller, id);
    if (!store::delete_endpoint(tx, id)) {
        throw Error(Fault::not_found, "webhooks.endpoint_unknown");
    }
    record(tx, caller, "webhooks.removed", found, details_of(*found.endpoint));
    forget_listened(tx);
}

WithSecret Webhooks::rotate_secret(sql::Tx& tx, const Caller& caller, EndpointId id) const {
    const auto found = found_endpoint(tx, caller, id);
    if (!store::hold_endpoint(tx, id)) {
        throw Error(Fault::not_found, "webhooks.endpoint_unknown");
    }
    store::end_secrets(tx, id, parts_.clock.now() + kSecretOverlap);
    auto secret = add_secret(tx, id);
    record(tx, caller, "webhooks.secret_rotated", found, details_of(*found.endpoint));
    return {.endpoint = view_of(tx, *found.endpoint), .secret = std::move(secret)};
}

Endpoint Webhooks::end_former_secrets(sql::Tx& tx, const Caller& caller, EndpointId id) const {
    const auto found = found_endpoint(tx, caller, id);
    store::delete_former_secrets(tx, id);
    record(tx, caller, "webhooks.former_secret_ended", found, details_of(*found.endpoint));
    return view_of(tx, *found.endpoint);
}

std::string Webhooks::add_secret(sql::Tx& tx, EndpointId endpoint) const {
    const auto id = parts_.ids.next<SecretId>();
    const auto secret = parts_.random.bytes(kSecretOctets);
    store::insert_secret(tx, endpoint, id, cipher_.seal(as_text(secret), place_of(id)), parts_.clock.now());
    return text_of_secret(secret);
}

std::vector<Bytes> Webhooks::open_secrets(sql::Tx& tx, EndpointId endpoint) const {
    std::vector<Bytes> secrets;
    for (const auto& row : store::secrets(tx, endpoint, parts_.clock.now())) {
        const auto opened = cipher_.open(row.secret, place_of(row.id));
        const auto octets = as_bytes(opened);
        secrets.emplace_back(octets.begin(), octets.end());
    }
    return secrets;
}

void Webhooks::record(
    sql::Tx& tx, const Caller& caller, const char* action, const Found& found, std::string details) const {
    parts_.audit.record(tx,
                        caller,
                        {.action = action,
                         .organisation_path = found.organisation.path,
                         .subject_kind = "app",
                         .subject = std::to_string(found.app.id.value),
                         .details = std::move(details)});
}

}  // namespace educard::webhooks
