// What reviewers see: the queue, one application beside the roster, and numbers in clear when they ask
// (audited).

#include "base/error.hpp"
#include "modules/applications/certification.hpp"
#include "modules/applications/decide.hpp"
#include "modules/applications/queue.hpp"
#include "modules/applications/view.hpp"
#include "runtime/audit.hpp"
#include "sql/like.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace educard::applications {

namespace {

constexpr int kDefaultLimit = 50;
constexpr int kMaxLimit = 200;

struct Position {
    Time time{};
    std::int64_t id = 0;
};

std::string to_cursor(const store::Listed& row) {
    return to_base64url(
        as_bytes(fmt::format("{}|{}", row.submitted_at.time_since_epoch().count(), row.id.value)));
}

Position read_cursor(const std::optional<std::string>& cursor) {
    if (!cursor) {
        return Position{};
    }
    const auto octets = from_base64url(*cursor);
    const auto text = octets ? as_text(*octets) : std::string_view();
    const auto bar = text.find('|');
    const auto time = bar == std::string_view::npos ? std::nullopt : parse_id(text.substr(0, bar));
    const auto id = bar == std::string_view::npos ? std::nullopt : parse_id(text.substr(bar + 1));
    if (!time || !id) {
        throw Error::invalid("cursor", "value");
    }
    return Position{.time = Time(Microseconds(*time)), .id = *id};
}

template <class E>
std::string word_of(const std::optional<E>& value) {
    return value ? std::string(boost::describe::enum_to_string(*value, "")) : std::string();
}

store::Record reviewed(sql::Tx& tx, ApplicationId id) {
    auto record = store::find(tx, id);
    if (!record || !record->submitted_at || record->state == State::draft ||
        record->state == State::withdrawn) {
        throw Error(Fault::not_found, "applications.unknown");
    }
    return *std::move(record);
}

std::vector<EventView> history_for_reviewers(sql::Tx& tx, const Needs& needs, ApplicationId id) {
    std::vector<EventView> list;
    for (auto& event : store::events(tx, id)) {
        EventView view{.kind = event.kind,
                       .role = event.role,
                       .by = std::nullopt,
                       .delegated = event.on_behalf_of.has_value(),
                       .reason = std::move(event.reason),
                       .at = event.at};
        if (event.role) {
            view.by = needs.accounts.name_of(tx, event.account_id);
        }
        list.push_back(std::move(view));
    }
    return list;
}

/// The reaches that the queue is read through, each cut to the organisation that was asked for.
std::vector<Reach> reaches_within(std::vector<Reach> reaches,
                                  const std::optional<organisations::Organisation>& wanted) {
    if (!wanted) {
        return reaches;
    }
    std::vector<Reach> within;
    for (auto& reach : reaches) {
        if (is_within(wanted->path, reach.path)) {
            reach.path = wanted->path;
            reach.organisation = wanted->id;
            within.push_back(std::move(reach));
        } else if (is_within(reach.path, wanted->path)) {
            within.push_back(std::move(reach));
        }
    }
    return within;
}

}  // namespace

std::vector<store::Listed> list_queue(sql::Tx& tx,
                                      const Needs& needs,
                                      const Settings& settings,
                                      const Caller& caller,
                                      const QueueQuery& query) {
    const auto wanted = query.organisation ? needs.organisations.find(tx, *query.organisation) : std::nullopt;
    const auto reaches = reaches_within(all_reaches(tx, needs, caller), wanted);
    if (reaches.empty() || (query.organisation && !wanted)) {
        throw Error(Fault::not_found, "applications.nothing_to_review");
    }
    std::vector<store::Listed> rows;
    std::set<std::int64_t> seen;
    for (const auto& reach : reaches) {
        const auto place = needs.organisations.find(tx, reach.organisation);
        if (!place) {
            continue;
        }
        auto filter = query.filter;
        const bool teacher = reach.role == Role::class_teacher;
        if (teacher && !filter.kind.empty() && filter.kind != "student") {
            continue;
        }
        filter.kind = teacher ? "student" : filter.kind;
        filter.path = reach.path;
        filter.reach = reach.depth;
        filter.now = needs.clock.now();
        filter.step_us =
            query.any_turn ? 0 : Microseconds(std::chrono::days(settings.escalation_days)).count();
        for (auto& row : store::queue(tx, filter, place->kind, place->id)) {
            if (seen.insert(row.id.value).second) {
                rows.push_back(std::move(row));
            }
        }
    }
    std::ranges::sort(rows, {}, [](const store::Listed& row) { return std::pair(row.submitted_at, row.id); });
    return rows;
}

ReviewSlice Applications::queue(sql::Tx& tx, const Caller& caller, const Queue& queue) const {
    const auto state = queue.state.value_or(State::submitted);
    if (state == State::draft || state == State::withdrawn) {
        throw Error::invalid("state", "value");
    }
    const auto position = read_cursor(queue.cursor);
    const int limit = std::clamp(queue.limit.value_or(kDefaultLimit), 1, kMaxLimit);
    QueueQuery query;
    query.organisation = queue.organisation_id;
    query.any_turn = state != State::submitted || queue.all.value_or(false);
    query.filter.state = state;
    query.filter.kind = word_of(queue.kind);
    query.filter.match = word_of(queue.match);
    query.filter.name = sql::escape_like(name_key(queue.query.value_or("")));
    query.filter.after_time = position.time;
    query.filter.after_id = position.id;
    query.filter.limit = limit + 1;
    auto rows = list_queue(tx, needs_, settings_, caller, query);
    ReviewSlice slice;
    if (rows.size() > static_cast<std::size_t>(limit)) {
        rows.resize(static_cast<std::size_t>(limit));
        slice.next = to_cursor(rows.back());
    }
    Names names(tx, needs_.organisations);
    for (const auto& row : rows) {
        slice.items.push_back(item_of(row, names));
    }
    return slice;
}

ReviewDetail Applications::review(sql::Tx& tx, const Caller& caller, ApplicationId id) const {
    const auto record = reviewed(tx, id);
    const auto seat = seat_of(tx, needs_, settings_, caller, record);
    if (!seat.reach && !seat.from) {
        throw Error(Fault::not_found, "applications.unknown");
    }
    const auto reviewers = marks_around(tx, needs_, caller, seat);
    require_unconcerned(tx, needs_, reviewers, record);
    const auto profile = profile_of(needs_, record);
    ReviewDetail detail{
        .application = view_of(tx, needs_, settings_, record, masked(profile)),
        .document_kind = word_of(record.document_kind),
        .document_mask = record.document_mask.value_or(""),
        .roster_match = RosterMatch::none,
        .comparison = {},
        .competing = {},
        .history = history_for_reviewers(tx, needs_, id),
        .may_decide = record.state == State::submitted && seat.reach && !seat.reach->reads_only,
        .may_decide_from = seat.reach ? std::nullopt : seat.from,
        .guardian_same_name = is_guardians_name(needs_, reviewers, record),
        .approval_refused = find_consent_refusal(tx, needs_, record)};
    const auto entry = entry_of(tx, needs_, record);
    if (entry) {
        detail.comparison = compare_with(tx, needs_, record, profile, *entry);
        detail.roster_match = match_of(detail.comparison);
    }
    for (auto& claim : needs_.accounts.competing(tx, record.digest.value_or(Bytes()), record.account_id)) {
        detail.competing.push_back(CompetingView{.account = std::move(claim.account_mask),
                                                 .claimed_at = claim.claimed_at,
                                                 .certified = claim.certified});
        if (claim.certified && !detail.approval_refused) {
            detail.approval_refused = "applications.number_certified";
        }
    }
    if (!detail.may_decide) {
        detail.approval_refused.reset();
    }
    return detail;
}

Revealed Applications::reveal(sql::Tx& tx, const Caller& caller, const Reveal& what) const {
    const auto record = reviewed(tx, what.id);
    const auto seat = seat_of(tx, needs_, settings_, caller, record);
    if (!seat.reach && !seat.from) {
        throw Error(Fault::not_found, "applications.unknown");
    }
    if (!seat.reach) {
        throw Error(Fault::forbidden, "applications.not_your_turn").with("from", to_text(*seat.from));
    }
    require_unconcerned(tx, needs_, marks_around(tx, needs_, caller, seat), record);
    const auto which = what.what.value_or(RevealWhat::document);
    needs_.audit.record(
        tx,
        caller,
        AuditEntry{.action = which == RevealWhat::document ? "applications.number_revealed"
                                                           : "applications.guardians_revealed",
                   .organisation_path = record.path.value_or(""),
                   .subject_kind = "application",
                   .subject = std::to_string(record.id.value),
                   .details = ""});
    Revealed revealed;
    if (which == RevealWhat::document) {
        revealed.number = needs_.accounts.reveal_number(tx, record.account_id);
    } else {
        revealed.guardians = profile_of(needs_, record).guardians;
    }
    return revealed;
}

}  // namespace educard::applications
