// Whom a session concerns, and telling them.
#include "modules/notices/notices.hpp"
#include "modules/training/store.hpp"
#include "runtime/jobs.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace educard::training {

namespace {

constexpr auto kTellJob = "training.tell";
constexpr int kOrganisationsAtOnce = 200;
constexpr int kShown = 100;
constexpr auto kLookBack = std::chrono::days(100);

struct Order {
    SessionId session_id;
    std::string what;  // invited, moved, cancelled
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(Order, (), (session_id, what, version))

/// How far the telling is: which part of the audience, and the path of the last organisation in it.
struct Position {
    std::int64_t part = 0;
    std::string path;
};
BOOST_DESCRIBE_STRUCT(Position, (), (part, path))

struct Details {
    SessionId session_id;
    std::string title;
    std::string organisation;
    Time begins_at;
    std::string place;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(Details, (), (session_id, title, organisation, begins_at, place, reason))

std::vector<OrganisationId> ids_of(std::string_view path) {
    std::vector<OrganisationId> ids;
    for (std::size_t at = 1; at < path.size();) {
        const auto slash = path.find('/', at);
        ids.push_back(OrganisationId{parse_id(path.substr(at, slash - at)).value_or(0)});
        at = slash == std::string_view::npos ? path.size() : slash + 1;
    }
    return ids;
}

}  // namespace

std::optional<Audience> Training::invited_as(sql::Tx& tx,
                                             const std::vector<Grant>& grants,
                                             SessionId id) const {
    if (grants.empty()) {
        return std::nullopt;
    }
    for (const auto& part : store::audience(tx, id)) {
        for (const auto& grant : grants) {
            const auto ids = ids_of(grant.path);
            if (!grant.reads_only && grant.role == part.role &&
                std::ranges::find(ids, part.organisation_id) != ids.end()) {
                return Audience{grant.organisation, grant.role};
            }
        }
    }
    return std::nullopt;
}

std::vector<MyItem> Training::mine(sql::Tx& tx, const Caller& caller) const {
    const auto now = parts_.clock.now();
    const auto since = now - kLookBack;
    std::vector<MyItem> found;
    std::set<SessionId> seen;
    const auto add = [&](const SessionItem& item) {
        if (!seen.insert(item.id).second) {
            return;
        }
        MyItem own;
        static_cast<SessionItem&>(own) = item;
        const auto attendance = store::find_attendance(tx, item.id, caller.account);
        own.mine = attendance && attendance->attended    ? Mine::attended
                   : attendance && attendance->signed_up ? Mine::signed_up
                                                         : Mine::invited;
        found.push_back(std::move(own));
    };
    for (const auto& item : store::attended_by(tx, caller.account, since, kShown)) {
        add(item);
    }
    for (const auto& grant : caller.grants) {
        if (grant.reads_only) {
            continue;  // an inspector is not who is to be trained
        }
        for (const auto& item : store::invitations(tx, ids_of(grant.path), grant.role, since, kShown)) {
            add(item);
        }
    }
    std::ranges::sort(found, [&](const MyItem& one, const MyItem& other) {
        const bool one_is_over = one.ends_at <= now;
        const bool other_is_over = other.ends_at <= now;
        if (one_is_over != other_is_over) {
            return other_is_over;
        }
        return one_is_over ? one.begins_at > other.begins_at : one.begins_at < other.begins_at;
    });
    return found;
}

void Training::handle_jobs() const {
    parts_.jobs.handle(kTellJob, [this](JobRun& run) { tell_all(run); });
}

void Training::tell(sql::Tx& tx, SessionId id, std::string_view what, std::int64_t version) const {
    parts_.jobs.put(tx,
                    {.kind = kTellJob,
                     .payload = json::encode(Order{id, std::string(what), version}),
                     .total = 0,
                     .owner = {}});
}

void Training::tell_all(JobRun& run) const {
    auto position = run.job().position.empty() ? json::encode(Position{}) : run.job().position;
    while (!position.empty()) {
        position = parts_.database.write([&](sql::Tx& tx) { return tell_some(tx, run, position); });
    }
}

/// Gives where to go on; nothing when all are told.
std::string Training::tell_some(sql::Tx& tx, JobRun& run, const std::string& position) const {
    const auto order = json::decode<Order>(run.job().payload);
    auto at = json::decode<Position>(position);
    const auto session = store::find(tx, order.session_id);
    const auto parts = session ? store::audience(tx, order.session_id) : std::vector<AudienceView>();
    // What was cancelled meanwhile invites nobody any more.
    const bool stale = session && session->state == State::cancelled && order.what != "cancelled";
    if (stale || at.part >= static_cast<std::int64_t>(parts.size())) {
        return {};
    }
    const auto& part = parts[static_cast<std::size_t>(at.part)];
    const auto top = parts_.organisations.find(tx, part.organisation_id);
    const auto now = parts_.clock.now();
    std::vector<store::Office> offices;
    at.path = top ? store::holders(tx,
                                   top->path,
                                   at.path,
                                   part.role,
                                   parts_.organisations.today(),
                                   now,
                                   kOrganisationsAtOnce,
                                   offices)
                  : std::string();
    const auto details = json::encode(Details{session->id,
                                              session->title,
                                              parts_.organisations.get(tx, session->organisation_id).name,
                                              session->begins_at,
                                              session->place,
                                              session->reason.value_or("")});
    for (const auto& office : offices) {
        parts_.notices.put(
            tx,
            {.account = office.account_id,
             .key = fmt::format("training.{}:{}:{}", order.what, session->id.value, order.version),
             .kind = "training." + order.what,
             .details = details,
             .link = fmt::format("/training/{}", session->id.value),
             .expires_at = std::max(session->ends_at, now) + std::chrono::days(1)});
    }
    if (at.path.empty()) {
        ++at.part;
    }
    auto next = json::encode(at);
    run.save(tx, next, 0, 0);
    return next;
}

}  // namespace educard::training
