#include "modules/training/training.hpp"

#include "base/text.hpp"
#include "modules/training/store.hpp"
#include "runtime/audit.hpp"
#include "sql/like.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <limits>

namespace educard::training {

namespace {

constexpr int kPage = 50;
constexpr std::size_t kLongestLine = 300;  // octets
constexpr std::int64_t kMostSeats = 100'000;
constexpr auto kLongestSession = std::chrono::days(31);
constexpr auto kEarliest = std::chrono::days(366);  // a session that was held is written down afterwards

bool is_web_address(std::string_view text) {
    return (text.starts_with("https://") && text.size() > 8) ||
           (text.starts_with("http://") && text.size() > 7);
}

std::string cursor_of(const SessionItem& item) {
    return fmt::format("{}:{}", item.begins_at.time_since_epoch().count(), item.id.value);
}

store::Place place_of(const std::string& cursor) {
    store::Place place;
    std::int64_t at = 0;
    const auto* const end = cursor.data() + cursor.size();
    const auto [colon, fault] = std::from_chars(cursor.data(), end, at);
    if (fault != std::errc() || colon == end || *colon != ':' ||
        std::from_chars(colon + 1, end, place.id.value).ptr != end) {
        throw Error::invalid("cursor", "value");
    }
    place.at = Time(Microseconds(at));
    return place;
}

void check_line(const std::string& name,
                const std::string& text,
                bool needed,
                std::vector<FieldError>& errors) {
    if (needed && trim(text).empty()) {
        errors.push_back({name, "required"});
    } else if (text.size() > kLongestLine) {
        errors.push_back({name, "too_long"});
    }
}

void write_content(const Content& content, store::SessionRow& row) {
    row.campaign_id = content.campaign_id;
    row.title = trim(content.title);
    row.text = content.text.value;
    row.trainer = trim(content.trainer);
    row.place = trim(content.place);
    row.link = trim(content.link);
    row.begins_at = content.begins_at;
    row.ends_at = content.ends_at;
    row.sign_up_until = content.sign_up_until.value_or(content.begins_at);
    row.capacity = content.capacity;
}

}  // namespace

void Training::audit(sql::Tx& tx,
                     const Caller& caller,
                     std::string action,
                     const store::SessionRow& session) const {
    parts_.audit.record(tx,
                        caller,
                        {.action = std::move(action),
                         .organisation_path = parts_.organisations.get(tx, session.organisation_id).path,
                         .subject_kind = "training",
                         .subject = std::to_string(session.id.value),
                         .details = ""});
}

organisations::Organisation Training::area(sql::Tx& tx,
                                           const Caller& caller,
                                           std::optional<OrganisationId> organisation) const {
    if (!organisation) {
        const auto highest =
            std::ranges::min_element(caller.grants, {}, [](const Grant& grant) { return grant.path.size(); });
        if (highest == caller.grants.end()) {
            throw Error(Fault::forbidden, "scope.outside");
        }
        organisation = highest->organisation;
    }
    auto found = parts_.organisations.get(tx, *organisation);
    if (!may_administer(caller, found.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    return found;
}

SessionSlice Training::list(sql::Tx& tx, const Caller& caller, const SessionsInput& input) const {
    const auto here = area(tx, caller, input.organisation_id);
    const auto part =
        sql::escape_like(trim(input.query ? std::string_view(*input.query) : std::string_view()));
    const bool past = input.past.value_or(false);
    constexpr auto kFar = std::numeric_limits<std::int64_t>::max();
    const auto place = input.cursor ? place_of(*input.cursor)
                       : past       ? store::Place{Time(Microseconds(kFar)), SessionId{kFar}}
                                    : store::Place{Time(Microseconds(0)), SessionId{0}};
    SessionSlice slice;
    slice.organisation_id = here.id;
    slice.items = past ? store::past(tx, here.path, part, parts_.clock.now(), place, kPage + 1)
                       : store::ahead(tx, here.path, part, parts_.clock.now(), place, kPage + 1);
    if (slice.items.size() > kPage) {
        slice.items.pop_back();
        slice.next = cursor_of(slice.items.back());
    }
    return slice;
}

store::SessionRow Training::readable(sql::Tx& tx, const Caller& caller, SessionId id) const {
    auto session = store::find(tx, id);
    const auto organiser = session ? parts_.organisations.find(tx, session->organisation_id) : std::nullopt;
    const bool seen =
        organiser && (may_administer(caller, organiser->path) || invited_as(tx, caller.grants, id) ||
                      store::find_attendance(tx, id, caller.account));
    if (!seen) {
        throw Error(Fault::not_found, "training.unknown");
    }
    return std::move(*session);
}

store::SessionRow Training::organised(sql::Tx& tx, const Caller& caller, SessionId id) const {
    auto session = readable(tx, caller, id);
    if (!may_administer(caller, parts_.organisations.get(tx, session.organisation_id).path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    return session;
}

SessionView Training::get(sql::Tx& tx, const Caller& caller, SessionId id) const {
    auto row = readable(tx, caller, id);
    const auto organiser = parts_.organisations.get(tx, row.organisation_id);
    SessionView view;
    view.id = row.id;
    view.organisation_id = row.organisation_id;
    view.organisation_name = organiser.name;
    view.title = std::move(row.title);
    view.trainer = std::move(row.trainer);
    view.place = std::move(row.place);
    view.begins_at = row.begins_at;
    view.ends_at = row.ends_at;
    view.sign_up_until = row.sign_up_until;
    view.capacity = row.capacity;
    view.signed_up = row.signed_up;
    view.state = row.state;
    view.text = std::move(row.text);
    view.link = std::move(row.link);
    view.campaign_id = row.campaign_id;
    if (row.campaign_id) {
        view.campaign_name = parts_.campaigns.name_of(tx, *row.campaign_id);
    }
    view.reason = std::move(row.reason);
    view.version = row.version;
    view.audience = store::audience(tx, id);
    for (auto& part : view.audience) {
        part.organisation_name = organisations::display_name(
            parts_.organisations.get(tx, part.organisation_id), parts_.organisations.today());
    }
    for (auto& material : store::materials(tx, id)) {
        view.materials.push_back({material.id,
                                  std::move(material.title),
                                  std::move(material.url),
                                  std::move(material.file_name),
                                  material.octets});
    }
    const auto attendance = store::find_attendance(tx, id, caller.account);
    view.mine = attendance && attendance->attended    ? Mine::attended
                : attendance && attendance->signed_up ? Mine::signed_up
                : invited_as(tx, caller.grants, id)   ? Mine::invited
                                                      : Mine::none;
    auto acting = caller;
    keep_to_acting(acting);  // an inspector is not told that they may do something
    view.may_organise = may_administer(acting, organiser.path);
    if (view.may_organise) {
        view.room_code = row.room_code;
        view.attended = store::count_attended(tx, id);
    }
    return view;
}

void Training::check(sql::Tx& tx,
                     const Content& content,
                     const organisations::Organisation& organiser) const {
    std::vector<FieldError> errors;
    check_line("title", content.title, true, errors);
    check_line("trainer", content.trainer, true, errors);
    check_line("place", content.place, false, errors);
    if (trim(content.place).empty() && trim(content.link).empty()) {
        errors.push_back({"place", "training.place_or_link"});
    }
    if (!trim(content.link).empty() && !is_web_address(trim(content.link))) {
        errors.push_back({"link", "training.web_address"});
    } else if (content.link.size() > 2048) {
        errors.push_back({"link", "too_long"});
    }
    if (content.begins_at < parts_.clock.now() - kEarliest) {
        errors.push_back({"begins_at", "training.too_long_ago"});
    }
    if (content.ends_at <= content.begins_at) {
        errors.push_back({"ends_at", "training.ends_before_begin"});
    } else if (content.ends_at > content.begins_at + kLongestSession) {
        errors.push_back({"ends_at", "training.too_long"});
    }
    if (content.sign_up_until && *content.sign_up_until > content.ends_at) {
        errors.push_back({"sign_up_until", "training.sign_up_after_end"});
    }
    if (content.capacity && (*content.capacity < 1 || *content.capacity > kMostSeats)) {
        errors.push_back({"capacity", "training.capacity"});
    }
    if (content.audience.items.empty()) {
        errors.push_back({"audience", "required"});
    }
    for (std::size_t at = 0; at < content.audience.items.size(); ++at) {
        const auto organisation = parts_.organisations.find(tx, content.audience.items[at].organisation_id);
        if (content.audience.items[at].role == Role::inspector) {
            errors.push_back({fmt::format("audience[{}].role", at), "value"});  // they only look
        }
        if (!organisation || !is_within(organisation->path, organiser.path)) {
            errors.push_back({fmt::format("audience[{}].organisation_id", at), "training.not_below"});
        }
    }
    if (content.campaign_id && !parts_.campaigns.concerns(tx, *content.campaign_id, organiser)) {
        errors.push_back({"campaign_id", "training.campaign"});
    }
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
}

void Training::replace_audience(sql::Tx& tx, SessionId id, const std::vector<Audience>& audience) const {
    store::clear_audience(tx, id);
    for (const auto& one : audience) {
        store::add_audience(tx, id, one);
    }
}

SessionView Training::create(sql::Tx& tx, const Caller& caller, const NewSession& input) const {
    const auto organiser = area(tx, caller, input.organisation_id);
    check(tx, input, organiser);
    store::SessionRow row;
    row.id = parts_.ids.next<SessionId>();
    row.organisation_id = organiser.id;
    row.room_code = fmt::format("{:06}", parts_.random.below(1'000'000));
    row.created_by = caller.account;
    row.created_at = parts_.clock.now();
    write_content(input, row);
    store::insert(tx, row);
    replace_audience(tx, row.id, input.audience.items);
    if (row.ends_at > parts_.clock.now()) {
        tell(tx, row.id, "invited", 1);
    }
    audit(tx, caller, "training.planned", row);
    return get(tx, caller, row.id);
}

SessionView Training::edit(sql::Tx& tx, const Caller& caller, const SessionEdit& input) const {
    const auto before = organised(tx, caller, input.id);
    if (before.state == State::cancelled) {
        throw Error(Fault::conflict, "training.cancelled");
    }
    check(tx, input, parts_.organisations.get(tx, before.organisation_id));
    auto row = before;
    write_content(input, row);
    if (input.version != before.version) {
        throw Error(Fault::conflict, "training.changed_meanwhile");
    }
    row.version = input.version + 1;
    if (row.capacity && *row.capacity < before.signed_up) {
        throw Error::invalid("capacity", "training.more_signed_up");
    }
    if (!store::update(tx, row)) {
        throw Error(Fault::conflict, "training.changed_meanwhile");
    }
    replace_audience(tx, row.id, input.audience.items);
    const bool moved = row.begins_at != before.begins_at || row.ends_at != before.ends_at ||
                       row.place != before.place || row.link != before.link;
    if (row.ends_at > parts_.clock.now()) {
        tell(tx, row.id, moved ? "moved" : "invited", moved ? row.version : 1);
    }
    audit(tx, caller, moved ? "training.moved" : "training.changed", row);
    return get(tx, caller, row.id);
}

SessionView Training::cancel(sql::Tx& tx, const Caller& caller, const Cancellation& input) const {
    const auto row = organised(tx, caller, input.id);
    const std::string reason(trim(input.reason));
    if (reason.empty() || reason.size() > kLongestLine * 3) {
        throw Error::invalid("reason", reason.empty() ? "required" : "too_long");
    }
    if (row.state == State::cancelled) {
        throw Error(Fault::conflict, "training.cancelled");
    }
    if (!store::cancel(tx, input.id, input.version, reason)) {
        throw Error(Fault::conflict, "training.changed_meanwhile");
    }
    if (row.ends_at > parts_.clock.now()) {
        tell(tx, row.id, "cancelled", 1);
    }
    audit(tx, caller, "training.cancelled", row);
    return get(tx, caller, row.id);
}

std::int64_t Training::count_ahead(sql::Tx& tx, OrganisationId organisation) const {
    return store::count_ahead_of(tx, organisation, parts_.clock.now());
}

void Training::follow_merger(sql::Tx& tx,
                             const organisations::Organisation& from,
                             const organisations::Organisation& to) const {
    for (const auto id : store::concerned_by(tx, from.id, parts_.clock.now())) {
        const auto session = store::find(tx, id).value();
        auto organiser = parts_.organisations.get(tx, session.organisation_id);
        if (organiser.id == from.id) {
            const bool concerned =
                session.campaign_id && parts_.campaigns.concerns(tx, *session.campaign_id, to);
            store::hand_over(tx, id, to.id, concerned ? session.campaign_id : std::nullopt);
            organiser = to;
        }
        if (is_within(to.path, organiser.path)) {
            store::move_audience(tx, id, from.id, to.id);
        }
        tell(tx, id, "invited", 1);
    }
}

}  // namespace educard::training
