#include "modules/oneroster/walk.hpp"

#include "base/bytes.hpp"
#include "modules/oneroster/records.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <tuple>

namespace educard::oneroster {

namespace {

using boost::json::object;
using organisations::Kind;
using organisations::Stage;
using Use = std::function<bool(Record&&)>;
using MemberRows = std::span<const store::MemberRow>;

constexpr int kFirstBatch = 300;  // of rows: most pages are small
constexpr int kBatch = 1000;
constexpr std::size_t kMaxCursor = 1000;
constexpr std::size_t kSubjectLength = 43;  // 256 bits in base64url
constexpr std::size_t kMaxLookedAt = 20'000;
constexpr std::array kStages = {
    Stage::primary, Stage::junior, Stage::senior, Stage::vocational, Stage::special};

std::optional<std::int64_t> whole(std::string_view text) {
    std::int64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool good = read.ec == std::errc() && read.ptr == text.data() + text.size() && value >= 0;
    return good ? std::optional(value) : std::nullopt;
}

store::Kinds kinds_of(Collection collection) {
    switch (collection) {
        case Collection::schools:
            return store::Kinds::schools;
        case Collection::classes:
            return store::Kinds::classes;
        default:
            return store::Kinds::organisations;
    }
}

object node_record(const Access& access, Collection collection, const store::Node& node) {
    return collection == Collection::classes ? class_record(access, node) : org_record(access, node);
}

void walk_nodes(sql::Tx& tx, const Access& access, const Walk& walk, const Place& from, const Use& use) {
    store::NodeQuery query{.kinds = kinds_of(walk.collection),
                           .path = walk.path,
                           .after = from.path,
                           .since = access.since(),
                           .limit = kBatch};
    for (;;) {
        const auto nodes = store::nodes(tx, query);
        for (const auto& node : nodes) {
            if (!use({.value = node_record(access, walk.collection, node), .place = {.path = node.path}})) {
                return;
            }
        }
        if (nodes.size() < kBatch) {
            return;
        }
        query.after = nodes.back().path;
    }
}

/// What is computed: `make(i)` for each i below `count`.
template <class Make>
void walk_numbers(std::int64_t count, const Place& from, const Use& use, const Make& make) {
    for (auto i = from.skip; i < count; ++i) {
        if (!use({.value = make(i), .place = {.path = {}, .kind = {}, .id = 0, .skip = i + 1}})) {
            return;
        }
    }
}

/// What people are, one thing of one person after the other.
class MemberWalk {
public:
    MemberWalk(sql::Tx& tx, const Access& access, const Walk& walk) : tx_(tx), access_(access), walk_(walk) {}

    void run(const Place& from, const Use& use) {
        store::MemberQuery query{
            .app = access_.app.id,
            .path = walk_.path,
            .after_path = from.path,
            .after_kind = from.kind,
            .after_id = from.id,
            .since = access_.since(),
            .kind = kind(),
            .in_class = walk_.collection == Collection::students ? walk_.in_class : OrganisationId(),
            .limit = kFirstBatch};
        auto skip = from.skip;
        for (;;) {
            const auto rows = store::members(tx_, query);
            const bool more = rows.size() == static_cast<std::size_t>(query.limit);
            const auto whole_groups = more ? without_last_group(rows) : rows.size();
            for (std::size_t begin = 0; begin < whole_groups;) {
                const auto end = end_of_group(rows, begin);
                const Place before{.path = query.after_path, .kind = query.after_kind, .id = query.after_id};
                const auto& first = rows[begin];
                query.after_path = first.path;
                query.after_kind = first.kind;
                query.after_id = first.id;
                const Place behind{.path = first.path, .kind = first.kind, .id = first.id};
                if (!use_group(MemberRows(rows).subspan(begin, end - begin), before, behind, skip, use)) {
                    return;
                }
                skip = 0;
                begin = end;
            }
            if (!more) {
                return;
            }
            query.limit = kBatch;
        }
    }

    std::vector<object> enrollments_of(const Member& member, const store::MemberRow& place) const {
        std::vector<object> records;
        if (place.class_id) {
            records.push_back(enrollment_record(access_, member, place));
        }
        if (place.other_kind != "student") {
            const Time since = access_.now - kShownAfterEnd;
            for (const auto& lead :
                 store::leads(tx_, place.account_id, place.school_id, access_.now, since)) {
                records.push_back(enrollment_record(access_, member, place, lead));
            }
        }
        return records;
    }

private:
    std::string kind() const {
        switch (walk_.collection) {
            case Collection::students:
                return "student";
            case Collection::teachers:
                return "teacher";
            default:
                return {};
        }
    }

    static std::size_t end_of_group(const std::vector<store::MemberRow>& rows, std::size_t begin) {
        auto end = begin;
        while (end < rows.size() && rows[end].id == rows[begin].id) {
            ++end;
        }
        return end;
    }

    /// The last one may go on behind the batch; alone it is taken as it is, so that there is an end.
    static std::size_t without_last_group(const std::vector<store::MemberRow>& rows) {
        auto begin = rows.size() - 1;
        while (begin > 0 && rows[begin - 1].id == rows.back().id) {
            --begin;
        }
        return begin > 0 ? begin : rows.size();
    }

    bool use_group(
        MemberRows rows, const Place& before, const Place& behind, std::int64_t skip, const Use& use) const {
        auto member = member_of(access_, rows);
        const auto records = records_of(member, rows.front());
        const auto count = static_cast<std::int64_t>(records.size());
        for (auto i = skip; i < count; ++i) {
            auto place = i + 1 == count ? behind : before;
            place.skip = i + 1 == count ? 0 : i + 1;
            Record record{.value = records[static_cast<std::size_t>(i)], .place = std::move(place)};
            if (member.is_new) {
                record.subject = Subject{.person = member.person, .subject = member.subject};
            }
            if (!use(std::move(record))) {
                return false;
            }
        }
        return skip < count || use({.value = std::nullopt, .place = behind});
    }

    std::vector<object> records_of(const Member& member, const store::MemberRow& row) const {
        if (walk_.collection == Collection::enrollments) {
            const auto place = std::ranges::find(member.places, row.id, &store::MemberRow::other_id);
            return place == member.places.end() ? std::vector<object>() : enrollments_of(member, *place);
        }
        if (!comes_first(member, row) || !teaches_class(member, row)) {
            return {};
        }
        return {user_record(access_, member)};
    }

    /// Who is several things is come across several times, and shown the first time.
    bool comes_first(const Member& member, const store::MemberRow& row) const {
        return std::ranges::none_of(member.places, [&](const store::MemberRow& place) {
            const bool counts = (kind().empty() || place.other_kind == kind()) &&
                                is_within(place.school_path, walk_.path) &&
                                (walk_.collection != Collection::students || !walk_.in_class ||
                                 place.class_id == walk_.in_class);
            return counts && std::tie(place.school_path, place.other_kind, place.other_id) <
                                 std::tie(row.path, row.kind, row.id);
        });
    }

    bool teaches_class(const Member& member, const store::MemberRow& row) const {
        if (!walk_.in_class || walk_.collection != Collection::teachers) {
            return true;
        }
        const auto place = std::ranges::find(member.places, row.id, &store::MemberRow::other_id);
        const Time since = access_.now - kShownAfterEnd;
        return place != member.places.end() &&
               std::ranges::any_of(store::leads(tx_, place->account_id, place->school_id, access_.now, since),
                                   [&](const store::Lead& lead) { return lead.class_id == walk_.in_class; });
    }

    sql::Tx& tx_;
    const Access& access_;
    const Walk& walk_;
};

std::optional<object> find_node(sql::Tx& tx,
                                const Access& access,
                                Collection collection,
                                std::string_view text) {
    const auto id = parse_id(text);
    const auto node = id ? store::find_node(tx, OrganisationId{*id}) : std::nullopt;
    const bool wanted = node && (collection == Collection::classes   ? node->kind == Kind::class_
                                 : collection == Collection::schools ? node->kind == Kind::school
                                                                     : node->kind != Kind::class_);
    if (!wanted || !is_within(node->path, access.root.path) || !access.is_shown(node->valid_to)) {
        return std::nullopt;
    }
    return node_record(access, collection, *node);
}

/// By the name that was kept when the app saw them.
std::optional<Member> find_member(sql::Tx& tx, const Access& access, std::string_view subject) {
    const auto person = store::find_person(tx, access.app.id, subject);
    if (!person) {
        return std::nullopt;
    }
    auto rows = store::members_of(tx, access.app.id, *person);
    if (rows.empty()) {
        return std::nullopt;
    }
    const auto first = rows.front().id;
    std::erase_if(rows, [&](const store::MemberRow& row) { return row.id != first; });
    auto member = member_of(access, rows);
    return member.places.empty() || member.subject != subject ? std::nullopt
                                                              : std::optional(std::move(member));
}

std::optional<object> find_user(sql::Tx& tx,
                                const Access& access,
                                Collection collection,
                                std::string_view id) {
    const auto member = find_member(tx, access, id);
    if (!member) {
        return std::nullopt;
    }
    const auto is = [&](std::string_view kind) {
        return std::ranges::find(member->places, kind, &store::MemberRow::other_kind) != member->places.end();
    };
    const bool wanted = collection == Collection::students   ? is("student")
                        : collection == Collection::teachers ? is("teacher")
                                                             : true;
    return wanted ? std::optional(user_record(access, *member)) : std::nullopt;
}

std::optional<object> find_enrollment(sql::Tx& tx, const Access& access, std::string_view id) {
    const auto member = find_member(tx, access, id.substr(0, id.find('.')));
    if (!member) {
        return std::nullopt;
    }
    const Walk walk{.collection = Collection::enrollments, .path = access.root.path, .in_class = {}};
    const MemberWalk members(tx, access, walk);
    for (const auto& place : member->places) {
        for (auto& record : members.enrollments_of(*member, place)) {
            if (std::string_view(record.at("sourcedId").as_string()) == id) {
                return std::move(record);
            }
        }
    }
    return std::nullopt;
}

/// Somebody whom the app has met at sign-in only: found by looking, as far as that is bearable.
std::optional<object> look_for(sql::Tx& tx,
                               const Access& access,
                               Collection collection,
                               std::string_view id) {
    const auto subject = id.substr(0, id.find('.'));
    if (subject.size() != kSubjectLength || store::find_person(tx, access.app.id, subject)) {
        return std::nullopt;
    }
    std::optional<object> found;
    std::size_t examined = 0;
    const Walk wanted{.collection = collection, .path = access.root.path, .in_class = {}};
    walk(tx, access, wanted, {}, [&](Record&& record) {
        if (record.value && std::string_view(record.value->at("sourcedId").as_string()) == id) {
            found = std::move(record.value);
        }
        return !found && ++examined < kMaxLookedAt;
    });
    return found;
}

}  // namespace

std::string to_cursor(const Place& place) {
    const auto text = fmt::format("{}\n{}\n{}\n{}", place.path, place.kind, place.id, place.skip);
    return to_base64url(as_bytes(text));
}

std::optional<Place> parse_cursor(std::string_view text) {
    const auto octets = text.size() <= kMaxCursor ? from_base64url(text) : std::nullopt;
    if (!octets) {
        return std::nullopt;
    }
    std::array<std::string_view, 4> parts;
    auto rest = as_text(*octets);
    for (auto& part : parts) {
        const auto end = &part == &parts.back() ? rest.size() : rest.find('\n');
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        part = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    const auto id = whole(parts[2]);
    const auto skip = whole(parts[3]);
    const auto strange = [](char c) { return (c < '0' || c > '9') && c != '/'; };
    const bool is_kind = std::ranges::all_of(parts[1], [](char c) { return c >= 'a' && c <= 'z'; });
    if (!id || !skip || !is_kind || std::ranges::any_of(parts[0], strange)) {
        return std::nullopt;
    }
    return Place{.path = std::string(parts[0]), .kind = std::string(parts[1]), .id = *id, .skip = *skip};
}

void walk(sql::Tx& tx, const Access& access, const Walk& walk, const Place& from, const Use& use) {
    switch (walk.collection) {
        case Collection::orgs:
        case Collection::schools:
        case Collection::classes:
            walk_nodes(tx, access, walk, from, use);
            return;
        case Collection::courses:
            walk_numbers(kStages.size(), from, use, [&](std::int64_t i) {
                return course_record(access, kStages.at(static_cast<std::size_t>(i)));
            });
            return;
        case Collection::academic_sessions: {
            const auto [first, last] = listed_sessions(access);
            walk_numbers(last - first + 1, from, use, [&, begin = first](std::int64_t i) {
                return session_record(access, begin + static_cast<int>(i));
            });
            return;
        }
        case Collection::users:
        case Collection::students:
        case Collection::teachers:
        case Collection::enrollments:
            MemberWalk(tx, access, walk).run(from, use);
            return;
    }
}

std::optional<object> find_record(sql::Tx& tx,
                                  const Access& access,
                                  Collection collection,
                                  std::string_view id) {
    switch (collection) {
        case Collection::orgs:
        case Collection::schools:
        case Collection::classes:
            return find_node(tx, access, collection, id);
        case Collection::courses: {
            const auto stage = parse_course(id);
            return stage ? std::optional(course_record(access, *stage)) : std::nullopt;
        }
        case Collection::academic_sessions: {
            const auto year = parse_session(id);
            return year ? std::optional(session_record(access, *year)) : std::nullopt;
        }
        case Collection::users:
        case Collection::students:
        case Collection::teachers:
            if (auto user = find_user(tx, access, collection, id)) {
                return user;
            }
            return look_for(tx, access, collection, id);
        case Collection::enrollments:
            if (auto enrollment = find_enrollment(tx, access, id)) {
                return enrollment;
            }
            return look_for(tx, access, collection, id);
    }
    return std::nullopt;
}

}  // namespace educard::oneroster
