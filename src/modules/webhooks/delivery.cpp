// One delivery: taken, said in the words of that moment, sent, and what came of it.

#include "base/json.hpp"
#include "base/text.hpp"
#include "modules/webhooks/happening.hpp"
#include "modules/webhooks/schedule.hpp"
#include "modules/webhooks/signing.hpp"
#include "modules/webhooks/store.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace educard::webhooks {

namespace {

struct LeaseTag;

constexpr std::size_t kCandidates = 8;
constexpr int kRounds = 50;  // of candidates none of which may be sent
/// Longer than an attempt and its record take.
constexpr std::chrono::seconds kLease{30};
constexpr int kGone = 410;

std::chrono::seconds seconds_of(Time time) {
    return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
}

/// To the second: apps have no use for more.
std::string text_of(Time time) {
    constexpr std::size_t kToTheSecond = 19;
    return to_text(time).substr(0, kToTheSecond) + "Z";
}

bool arrived(const OutgoingAnswer& answer) {
    return !answer.unanswered && answer.status >= 200 && answer.status < 300;
}

/// Text that every engine keeps.
std::string readable(std::string_view octets) {
    std::string text;
    while (!octets.empty()) {
        constexpr std::size_t kLongest = 4;  // octets of one character
        std::size_t length = 1;
        while (length < std::min(kLongest, octets.size()) && !is_valid_utf8(octets.substr(0, length))) {
            ++length;
        }
        const auto one = octets.substr(0, length);
        const bool good = one.front() != '\0' && is_valid_utf8(one);
        text += good ? one : std::string_view("\xEF\xBF\xBD");
        octets.remove_prefix(good ? length : 1);
    }
    return text;
}

}  // namespace

std::vector<EndpointId> Webhooks::due_endpoints() const {
    return parts_.database.read([this](sql::Tx& tx) { return store::due_endpoints(tx, parts_.clock.now()); });
}

std::optional<Attempt> Webhooks::claim(EndpointId endpoint) const {
    for (int round = 0; round < kRounds; ++round) {
        const auto due = parts_.database.read([&](sql::Tx& tx) {
            return store::due_deliveries(tx, endpoint, parts_.clock.now(), kCandidates);
        });
        for (const auto& row : due) {
            if (auto attempt = parts_.database.write([&](sql::Tx& tx) { return take(tx, row); })) {
                return attempt;
            }
        }
        if (due.size() < kCandidates) {
            break;
        }
    }
    return std::nullopt;
}

std::optional<Attempt> Webhooks::claim(DeliveryId delivery) const {
    return parts_.database.write([&](sql::Tx& tx) {
        const auto row = store::find_delivery(tx, delivery);
        return row ? take(tx, *row) : std::nullopt;
    });
}

std::optional<Attempt> Webhooks::take(sql::Tx& tx, const store::DeliveryRow& row) const {
    const auto now = parts_.clock.now();
    const auto endpoint = store::find_endpoint(tx, row.endpoint_id);
    const auto app = endpoint ? parts_.oidc.find_app(tx, endpoint->app_id) : std::nullopt;
    if (!app || endpoint->state != EndpointState::enabled) {
        return std::nullopt;
    }
    auto body = body_of(tx, row, *app);
    if (!body) {
        store::withdraw_delivery(tx, row.id, now);
        count_after(tx, "withdrawn");
        return std::nullopt;
    }
    Attempt attempt{.delivery = row.id,
                    .endpoint = row.endpoint_id,
                    .url = endpoint->url,
                    .message_id = row.message_id,
                    .body = std::move(*body),
                    .secrets = open_secrets(tx, row.endpoint_id),
                    .lease = std::to_string(parts_.ids.next<Id<LeaseTag>>().value),
                    .number = row.attempts};
    if (!store::lease_delivery(tx, row.id, attempt.lease, attempt.body, now, now + kLease)) {
        return std::nullopt;
    }
    return attempt;
}

std::optional<std::string> Webhooks::body_of(sql::Tx& tx,
                                             const store::DeliveryRow& row,
                                             const oidc::App& app) const {
    const auto details = json::decode<Details>(row.details);
    boost::json::object data;
    if (row.type == kTest) {
        data["endpoint"] = std::to_string(row.endpoint_id.value);
    } else if (row.type == kWithdrawn) {
        if (app.state != oidc::AppState::active) {
            return std::nullopt;
        }
        data["sub"] = parts_.oidc.subject_of(app, row.account_id.value_or(AccountId{}));
    } else {
        const bool parting =
            row.type == kLeftSchool || row.type == kChangedSchool || row.type == kCardRevoked;
        auto told = parts_.oidc.find_told(tx,
                                          app,
                                          row.account_id.value_or(AccountId{}),
                                          parting ? oidc::Occasion::parting : oidc::Occasion::standing);
        if (!told) {
            return std::nullopt;
        }
        data = std::move(told->members);
        boost::json::object former;
        const auto may_hear = [&](oidc::Claim claim) {
            return std::ranges::find(told->claims, claim) != told->claims.end();
        };
        if (details.former_role && may_hear(oidc::Claim::role)) {
            former["role"] = *details.former_role;
        }
        if (details.former_school && may_hear(oidc::Claim::school)) {
            const auto school = parts_.organisations.get(tx, *details.former_school);
            former["school"] =
                boost::json::object{{"name", school.name}, {"code", school.school_code.value_or("")}};
        }
        if (!former.empty()) {
            data["former"] = std::move(former);
        }
        if (details.state) {
            data["state"] = *details.state;
        }
    }
    return boost::json::serialize(boost::json::object{
        {"type", row.type}, {"timestamp", text_of(row.happened_at)}, {"data", std::move(data)}});
}

bool Webhooks::send(const Attempt& attempt) const {
    const auto seconds = seconds_of(parts_.clock.now()).count();
    const auto answer = parts_.outgoing.send(
        attempt.url,
        {"Content-Type: application/json",
         "webhook-id: " + attempt.message_id,
         fmt::format("webhook-timestamp: {}", seconds),
         "webhook-signature: " + sign(attempt.secrets, attempt.message_id, seconds, attempt.body),
         "Expect:"},
        attempt.body,
        kAnswerKept);
    parts_.database.write([&](sql::Tx& tx) { conclude(tx, attempt, answer); });
    return arrived(answer);
}

void Webhooks::conclude(sql::Tx& tx, const Attempt& attempt, const OutgoingAnswer& answer) const {
    const auto now = parts_.clock.now();
    const bool last = static_cast<std::size_t>(attempt.number) >= kWaits.size();
    const bool gone = answer.status == kGone;
    store::Outcome outcome{
        .id = attempt.delivery,
        .lease = attempt.lease,
        .state = arrived(answer) ? DeliveryState::delivered
                 : last || gone  ? DeliveryState::failed
                                 : DeliveryState::pending,
        .due_at = now,
        .tried_at = now,
        .status = answer.unanswered ? std::nullopt : std::optional<std::int64_t>(answer.status),
        .error = answer.unanswered,
        .answer = readable(answer.beginning),
        .took_ms = answer.took.count()};
    if (outcome.state == DeliveryState::pending) {
        const std::chrono::milliseconds wait = kWaits.at(static_cast<std::size_t>(attempt.number));
        const auto longer = parts_.random.below(static_cast<std::uint64_t>(wait.count()) / 10);
        outcome.due_at = now + wait + std::chrono::milliseconds(longer);
    }
    if (!store::record_attempt(tx, outcome)) {
        return;  // somebody else has taken it meanwhile
    }
    count_after(tx,
                outcome.state == DeliveryState::delivered ? "delivered"
                : outcome.state == DeliveryState::failed  ? "failed"
                                                          : "retried");
    if (arrived(answer)) {
        store::note_success(tx, attempt.endpoint);
        return;
    }
    store::note_failure(tx, attempt.endpoint, now);
    const auto endpoint = store::find_endpoint(tx, attempt.endpoint);
    if (gone) {
        disable(tx, attempt.endpoint, DisabledBecause::gone);
    } else if (endpoint && endpoint->failing_since && *endpoint->failing_since <= now - kFailingFor) {
        disable(tx, attempt.endpoint, DisabledBecause::failing);
    }
}

void Webhooks::count_after(sql::Tx& tx, std::string_view outcome) const {
    tx.after_commit([counter = attempts_.at(outcome)]() mutable { counter.add(); });
}

void Webhooks::disable(sql::Tx& tx, EndpointId id, DisabledBecause because) const {
    const auto endpoint = store::find_endpoint(tx, id);
    const auto app = endpoint ? parts_.oidc.find_app(tx, endpoint->app_id) : std::nullopt;
    if (!app || !store::disable_endpoint(tx, id, because, parts_.clock.now())) {
        return;
    }
    parts_.audit.record(
        tx,
        Caller{},
        {.action = because == DisabledBecause::gone ? "webhooks.disabled_gone" : "webhooks.disabled_failing",
         .organisation_path = parts_.organisations.get(tx, app->organisation_id).path,
         .subject_kind = "app",
         .subject = std::to_string(app->id.value),
         .details = ""});
    spdlog::warn("webhook endpoint {} of app {} is disabled: {}",
                 id.value,
                 app->id.value,
                 boost::describe::enum_to_string(because, ""));
    forget_listened(tx);
}

}  // namespace educard::webhooks
