// What the service provider answers (OneRoster 1.2 Rostering REST binding).

#include "base/error.hpp"
#include "modules/oneroster/records.hpp"
#include "modules/oneroster/selection.hpp"
#include "modules/oneroster/store.hpp"

#include <boost/json/serialize.hpp>

#include <fmt/format.h>

namespace educard::oneroster {

namespace {

/// As it stands in URLs, and around the records (OneRoster 1.2 Rostering REST binding, payloads).
struct Names {
    std::string_view path;
    std::string_view many;
    std::string_view one;
};

Names names_of(Collection collection) {
    switch (collection) {
        case Collection::orgs:
            return {"orgs", "orgs", "org"};
        case Collection::schools:
            return {"schools", "orgs", "org"};
        case Collection::classes:
            return {"classes", "classes", "class"};
        case Collection::courses:
            return {"courses", "courses", "course"};
        case Collection::academic_sessions:
            return {"academicSessions", "academicSessions", "academicSession"};
        case Collection::users:
            return {"users", "users", "user"};
        case Collection::students:
            return {"students", "users", "user"};
        case Collection::teachers:
            return {"teachers", "users", "user"};
        case Collection::enrollments:
            return {"enrollments", "enrollments", "enrollment"};
    }
    return {};
}

Error unknown() {
    return {Fault::not_found, "imsx.unknownobject"};
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '-' || c == '.' || c == '_' || c == '~';
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

/// RFC 8288; the parameters but the place are those of the request.
std::string link(const std::string& url,
                 const ListInput& input,
                 std::string_view place,
                 std::string_view relation) {
    auto query = fmt::format("limit={}", input.limit.value_or(kUsualLimit));
    const auto put = [&](std::string_view name, const std::optional<std::string>& value) {
        if (value) {
            query += fmt::format("&{}={}", name, percent_encoded(*value));
        }
    };
    put("sort", input.sort);
    put("orderBy", input.orderBy);
    put("filter", input.filter);
    put("fields", input.fields);
    return fmt::format("<{}?{}{}>; rel=\"{}\"", url, query, place, relation);
}

std::string links_of(const std::string& url, const ListInput& input, const Selected& selected) {
    auto links = link(url, input, "", "first");
    if (selected.next) {
        std::string place;
        if (*selected.next != Place()) {
            place += "&cursor=" + to_cursor(*selected.next);
        }
        if (selected.next_offset > 0) {
            place += fmt::format("&offset={}", selected.next_offset);
        }
        links = link(url, input, place, "next") + ", " + links;
    }
    return links;
}

/// The school or class below which a collection was asked for.
Walk walk_below(sql::Tx& tx, const Access& access, Below below, std::string_view id, Collection collection) {
    Walk walk{.collection = collection, .path = access.root.path, .in_class = {}};
    if (below == Below::roster) {
        return walk;
    }
    const auto number = parse_id(id);
    const auto node = number ? store::find_node(tx, OrganisationId{*number}) : std::nullopt;
    const auto kind = below == Below::school ? organisations::Kind::school : organisations::Kind::class_;
    if (!node || node->kind != kind || !is_within(node->path, access.root.path) ||
        !access.is_shown(node->valid_to)) {
        throw unknown();
    }
    walk.path = node->path;
    if (below == Below::class_) {
        walk.in_class = node->id;
        const auto school = store::find_node(tx, node->parent_id.value_or(OrganisationId()));
        walk.path = school ? school->path : node->path;
    }
    return walk;
}

std::string path_of(Below below, std::string_view id, Collection collection) {
    const auto name = names_of(collection).path;
    switch (below) {
        case Below::roster:
            return fmt::format("/{}", name);
        case Below::school:
            return fmt::format("/schools/{}/{}", percent_encoded(id), name);
        case Below::class_:
            return fmt::format("/classes/{}/{}", percent_encoded(id), name);
    }
    return {};
}

}  // namespace

/// RFC 6750, 3.1 for the token, OneRoster 1.2 Rostering REST binding, Security for its scope; then the
/// approval.
Access OneRoster::admit(sql::Tx& tx, const Caller& caller, std::string_view path) const {
    auto call = parts_.oidc.identify_service(tx, caller, "GET", std::string(kBase) + std::string(path));
    if (!oidc::has_scope(call.scope, kCoreScope) && !oidc::has_scope(call.scope, kRosterScope)) {
        throw Error(Fault::forbidden, "oauth.insufficient_scope");
    }
    const auto approval = store::find_approval(tx, call.app.id);
    if (!approval) {
        throw Error(Fault::forbidden, "oneroster.not_approved");
    }
    try {
        return access_of(tx, std::move(call.app), *approval);
    } catch (const Error& error) {
        throw Error(Fault::forbidden, error.code());
    }
}

Page OneRoster::list(const Caller& caller, Collection collection, const ListInput& input) const {
    return list_at(caller, Below::roster, "", collection, input);
}

Page OneRoster::list_below(const Caller& caller,
                           Below below,
                           Collection collection,
                           const BelowInput& input) const {
    return list_at(caller, below, input.id, collection, input);
}

Page OneRoster::list_at(const Caller& caller,
                        Below below,
                        std::string_view id,
                        Collection collection,
                        const ListInput& input) const {
    const auto path = path_of(below, id, collection);
    struct Answered {
        Access access;
        Selection selection;
        Selected selected;
    };
    auto answered = parts_.database.read([&](sql::Tx& tx) {
        auto access = admit(tx, caller, path);
        auto selection = read_selection(collection, input);
        const auto wanted = walk_below(tx, access, below, id, collection);
        auto selected = select(selection, [&](const Place& from, const std::function<bool(Record&&)>& use) {
            walk(tx, access, wanted, from, use);
        });
        return Answered{
            .access = std::move(access), .selection = std::move(selection), .selected = std::move(selected)};
    });
    keep(answered.access, answered.selected.subjects);
    boost::json::array records;
    for (auto& record : answered.selected.records) {
        records.push_back(keep_fields(std::move(record), answered.selection.fields));
    }
    const boost::json::object body{{names_of(collection).many, std::move(records)}};
    Page page{.body = boost::json::serialize(body),
              .headers = {{"Link", links_of(answered.access.url(path), input, answered.selected)}}};
    if (answered.selected.total) {
        page.headers.emplace_back("X-Total-Count", std::to_string(*answered.selected.total));
    }
    return page;
}

Page OneRoster::get(const Caller& caller, Collection collection, const OneInput& input) const {
    const auto path = fmt::format("/{}/{}", names_of(collection).path, percent_encoded(input.id));
    const auto record = parts_.database.read([&](sql::Tx& tx) {
        const auto access = admit(tx, caller, path);
        const auto fields = read_fields(collection, input.fields);
        auto found = find_record(tx, access, collection, input.id);
        if (!found) {
            throw unknown();
        }
        return keep_fields(std::move(*found), fields);
    });
    const boost::json::object body{{names_of(collection).one, record}};
    return {.body = boost::json::serialize(body), .headers = {}};
}

void OneRoster::keep(const Access& access, const std::vector<Subject>& subjects) const {
    if (subjects.empty()) {
        return;
    }
    parts_.database.write([&](sql::Tx& tx) {
        for (const auto& one : subjects) {
            store::put_subject(tx, one.person, access.app.id, one.subject);
        }
    });
}

}  // namespace educard::oneroster
