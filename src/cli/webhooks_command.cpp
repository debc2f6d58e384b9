#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/platform.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace educard::cli {

namespace {

using webhooks::DeliveryId;
using webhooks::EndpointId;

struct WebhookOptions {
    std::int64_t id = 0;  // of the app, the endpoint or the delivery
    std::string url;
    std::string description;
    std::vector<std::string> events;
    std::string state;
    std::string since;
    std::int64_t delivery = 0;
    int limit = 20;
    bool end_former = false;
};

/// Whoever has the machine looks after every app.
Caller keeper() {
    Caller caller;
    caller.grants.push_back({.role = Role::province_admin, .organisation = {}, .path = "/"});
    return caller;
}

long long number_of(auto id) {
    return static_cast<long long>(id.value);
}

std::string list_of(const std::vector<std::string>& events) {
    std::string text;
    for (const auto& event : events) {
        text += (text.empty() ? "" : ",") + event;
    }
    return text;
}

void print_signing_secret(const std::string& secret) {
    std::printf("secret         %s\nThe secret is shown this once.\n", secret.c_str());
}

int list_endpoints(const Settings& settings, std::int64_t app) {
    const Platform platform(existing(settings));
    const auto all = platform.foundation.database->read(
        [&](sql::Tx& tx) { return platform.webhooks.list(tx, keeper(), oidc::AppId{app}); });
    if (all.endpoints.empty()) {
        std::printf("The app hears of nothing. Add an endpoint with: educard app webhooks add --help\n");
    }
    for (const auto& endpoint : all.endpoints) {
        std::printf(
            "%lld  %-8s  %s  %s%s%s\n",
            number_of(endpoint.id),
            boost::describe::enum_to_string(endpoint.state, ""),
            endpoint.url.c_str(),
            list_of(endpoint.events).c_str(),
            endpoint.disabled_because ? "  because: " : "",
            endpoint.disabled_because ? boost::describe::enum_to_string(*endpoint.disabled_because, "") : "");
    }
    return 0;
}

int add_endpoint(const Settings& settings, const WebhookOptions& wanted) {
    const Platform platform(existing(settings));
    const auto made = platform.foundation.database->write([&](sql::Tx& tx) {
        return platform.webhooks.add(tx,
                                     keeper(),
                                     {.app = oidc::AppId{wanted.id},
                                      .url = wanted.url,
                                      .events = wanted.events,
                                      .description = wanted.description});
    });
    std::printf("endpoint       %lld\n", number_of(made.endpoint.id));
    print_signing_secret(made.secret);
    return 0;
}

int rotate_signing_secret(const Settings& settings, const WebhookOptions& wanted) {
    const Platform platform(existing(settings));
    const EndpointId id{wanted.id};
    if (wanted.end_former) {
        platform.foundation.database->write(
            [&](sql::Tx& tx) { platform.webhooks.end_former_secrets(tx, keeper(), id); });
        std::printf("Only the newest secret signs from now on.\n");
        return 0;
    }
    print_signing_secret(
        platform.foundation.database
            ->write([&](sql::Tx& tx) { return platform.webhooks.rotate_secret(tx, keeper(), id); })
            .secret);
    std::printf("The secret before it signs beside it for one more day.\n");
    return 0;
}

int set_state(const Settings& settings, std::int64_t id, webhooks::EndpointState state) {
    const Platform platform(existing(settings));
    platform.foundation.database->write([&](sql::Tx& tx) {
        platform.webhooks.change(
            tx, keeper(), {.id = EndpointId{id}, .url = {}, .events = {}, .description = {}, .state = state});
    });
    std::printf("The endpoint is %s.\n", boost::describe::enum_to_string(state, ""));
    return 0;
}

void print(const webhooks::Delivery& delivery) {
    std::string outcome = "-";
    if (delivery.status) {
        outcome = std::to_string(*delivery.status);
    } else if (delivery.error) {
        outcome = boost::describe::enum_to_string(*delivery.error, "");
    }
    std::printf("%lld  %-9s  %-21s  attempts: %lld  answer: %s  %s\n",
                number_of(delivery.id),
                boost::describe::enum_to_string(delivery.state, ""),
                delivery.type.c_str(),
                static_cast<long long>(delivery.attempts),
                outcome.c_str(),
                to_text(delivery.happened_at).c_str());
}

/// Sends it here, unless the server has it already, and says what came of it.
int test(const Settings& settings, std::int64_t id) {
    constexpr auto kPatience = std::chrono::seconds(15);
    constexpr auto kPause = std::chrono::milliseconds(200);
    const Platform platform(existing(settings));
    auto& database = *platform.foundation.database;
    auto delivery =
        database.write([&](sql::Tx& tx) { return platform.webhooks.test(tx, keeper(), EndpointId{id}); });
    if (const auto attempt = platform.webhooks.claim(delivery.id)) {
        platform.webhooks.send(*attempt);
    }
    const auto until = std::chrono::steady_clock::now() + kPatience;
    do {
        delivery =
            database.read([&](sql::Tx& tx) { return platform.webhooks.delivery(tx, keeper(), delivery.id); })
                .delivery;
        if (delivery.attempts > 0) {
            break;
        }
        std::this_thread::sleep_for(kPause);
    } while (std::chrono::steady_clock::now() < until);
    print(delivery);
    return delivery.state == webhooks::DeliveryState::delivered ? 0 : 1;
}

int deliveries(const Settings& settings, const WebhookOptions& wanted) {
    std::optional<webhooks::DeliveryState> state;
    if (!wanted.state.empty()) {
        webhooks::DeliveryState value{};
        if (!boost::describe::enum_from_string(wanted.state.c_str(), value)) {
            throw Error::invalid("--state", "value");
        }
        state = value;
    }
    const Platform platform(existing(settings));
    const auto found = platform.foundation.database->read([&](sql::Tx& tx) {
        return platform.webhooks.deliveries(
            tx,
            keeper(),
            {.id = EndpointId{wanted.id}, .state = state, .cursor = std::nullopt, .limit = std::nullopt},
            wanted.limit);
    });
    for (const auto& delivery : found) {
        print(delivery);
    }
    if (found.empty()) {
        std::printf("Nothing.\n");
    }
    return 0;
}

int redeliver(const Settings& settings, const WebhookOptions& wanted) {
    std::optional<Time> since;
    if (wanted.delivery == 0) {
        since = parse_time(wanted.since);
        if (!since) {
            throw Error::invalid("--since", "value");
        }
    }
    const Platform platform(existing(settings));
    const auto done = platform.foundation.database->write([&](sql::Tx& tx) {
        if (!since) {
            platform.webhooks.redeliver(tx, keeper(), DeliveryId{wanted.delivery});
            return webhooks::Redelivered{.queued = 1};
        }
        return platform.webhooks.redeliver_failed(
            tx, keeper(), {.id = EndpointId{wanted.id}, .since = *since});
    });
    std::printf("queued         %lld\n%s",
                static_cast<long long>(done.queued),
                done.more ? "There are more: ask again.\n" : "");
    return 0;
}

int remove(const Settings& settings, std::int64_t id) {
    const Platform platform(existing(settings));
    platform.foundation.database->write(
        [&](sql::Tx& tx) { platform.webhooks.remove(tx, keeper(), EndpointId{id}); });
    std::printf("The endpoint is removed.\n");
    return 0;
}

}  // namespace

void add_webhook_commands(CLI::App& apps, const Settings& settings, Chosen& chosen) {
    auto* command = apps.add_subcommand("webhooks", "Where apps hear of events");
    command->require_subcommand(1);
    const auto wanted = std::make_shared<WebhookOptions>();
    const auto act = [&](const char* name, const char* what, const char* of, auto function) {
        auto* acting = command->add_subcommand(name, what);
        acting->add_option(of, wanted->id)->required();
        acting->callback([&settings, &chosen, wanted, function] {
            chosen = [&settings, wanted, function] { return function(settings, *wanted); };
        });
        return acting;
    };
    act("list", "Endpoints of an app", "client_id", [](const Settings& all, const WebhookOptions& one) {
        return list_endpoints(all, one.id);
    });
    auto* adding = act(
        "add", "Send events to an address; prints the secret that signs them", "client_id", &add_endpoint);
    adding->add_option("--url", wanted->url, "https://…")->required();
    adding
        ->add_option("--events",
                     wanted->events,
                     "person.certified,person.left_school,person.changed_school,card.revoked,card.restored,"
                     "consent.withdrawn")
        ->delimiter(',')
        ->required();
    adding->add_option("--description", wanted->description, "For people who look after it");
    auto* rotating = act("rotate",
                         "A new secret; the one before signs beside it for a day",
                         "endpoint",
                         &rotate_signing_secret);
    rotating->add_flag("--end-former", wanted->end_former, "No new one: only the newest signs from now on");
    act("disable", "Send nothing for now", "endpoint", [](const Settings& all, const WebhookOptions& one) {
        return set_state(all, one.id, webhooks::EndpointState::disabled);
    });
    act("enable", "Send again", "endpoint", [](const Settings& all, const WebhookOptions& one) {
        return set_state(all, one.id, webhooks::EndpointState::enabled);
    });
    act("test", "Send app.test now", "endpoint", [](const Settings& all, const WebhookOptions& one) {
        return test(all, one.id);
    });
    auto* listing = act("deliveries", "What was sent, newest first", "endpoint", &deliveries);
    listing->add_option("--state", wanted->state, "pending, delivered, failed or withdrawn");
    listing->add_option("--limit", wanted->limit)->check(CLI::Range(1, 1000))->capture_default_str();
    auto* again =
        act("redeliver", "Send again: one delivery, or what failed since a time", "endpoint", &redeliver);
    auto* one = again->add_option("--delivery", wanted->delivery);
    auto* since = again->add_option("--since", wanted->since, "2026-09-01T00:00:00Z")->excludes(one);
    again->callback([&settings, &chosen, wanted, one, since] {
        if (one->count() + since->count() == 0) {
            throw CLI::RequiredError("--delivery or --since");
        }
        chosen = [&settings, wanted] { return redeliver(settings, *wanted); };
    });
    act("remove", "Remove an endpoint", "endpoint", [](const Settings& all, const WebhookOptions& which) {
        return remove(all, which.id);
    });
}

}  // namespace educard::cli
