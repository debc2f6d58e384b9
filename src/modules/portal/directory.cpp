// The apps that people find: approved, wanted there by their owners, and offered where the person is.

#include "base/error.hpp"
#include "base/text.hpp"
#include "modules/portal/found.hpp"

#include <algorithm>
#include <set>

namespace educard::portal {

namespace {

constexpr std::int64_t kMostAtOnce = 100;
constexpr std::int64_t kAtOnce = 50;

bool holds(std::string_view text, std::string_view part) {
    return fold_case(text).find(part) != std::string::npos;
}

}  // namespace

Directory Portal::directory(sql::Tx& tx, const Caller& caller, const DirectoryInput& input) const {
    const auto limit = input.limit.value_or(kAtOnce);
    if (limit < 1 || limit > kMostAtOnce) {
        throw Error::invalid("limit", "value");
    }
    const auto begin = input.cursor ? parse_id(*input.cursor) : std::optional<std::int64_t>(0);
    if (!begin || *begin < 0) {
        throw Error::invalid("cursor", "value");
    }
    std::vector<std::string> places;
    if (const auto person = parts_.people.find(tx, caller.account); person && !person->path.empty()) {
        places.push_back(person->path);
    }
    for (const auto& grant : caller.grants) {
        places.push_back(grant.path);
    }
    std::set<AppId> connected;
    for (const auto& one : parts_.oidc.connected(tx, caller)) {
        connected.insert(one.app.id);
    }
    const auto wanted = fold_case(tidy(input.query.value_or("")));
    std::vector<DirectoryApp> found;
    for (const auto& listing : store::listings(tx)) {
        auto shown = json::decode<Shown>(listing.shown);
        if (!shown.listed || (input.category && shown.category != *input.category)) {
            continue;
        }
        const auto app = parts_.oidc.find_app(tx, listing.app_id);
        if (!app || app->testing || app->deleted_at || app->state != oidc::AppState::active) {
            continue;
        }
        const auto owner = parts_.organisations.find(tx, app->organisation_id);
        const bool offered =
            listing.everywhere || (owner && std::ranges::any_of(places, [&](const auto& place) {
                                       return is_within(place, owner->path);
                                   }));
        if (!owner || !offered) {
            continue;
        }
        if (!wanted.empty() && !holds(app->name, wanted) && !holds(app->purpose, wanted) &&
            !holds(owner->name, wanted)) {
            continue;
        }
        found.push_back({.id = app->id,
                         .name = app->name,
                         .purpose = app->purpose,
                         .description = std::move(shown.description.value),
                         .organisation = owner->name,
                         .contact = std::move(shown.contact),
                         .category = shown.category,
                         .logo = std::move(shown.logo),
                         .home_url = std::move(shown.home_url),
                         .essential = app->essential,
                         .voluntary = app->voluntary,
                         .connected = connected.contains(app->id)});
    }
    std::ranges::sort(found, [](const DirectoryApp& a, const DirectoryApp& b) {
        return std::tie(a.name, a.id.value) < std::tie(b.name, b.id.value);
    });
    Directory directory;
    const auto first = std::min<std::size_t>(static_cast<std::size_t>(*begin), found.size());
    const auto last = std::min<std::size_t>(first + static_cast<std::size_t>(limit), found.size());
    for (auto at = first; at < last; ++at) {
        directory.items.push_back(std::move(found[at]));
    }
    if (last < found.size()) {
        directory.next = std::to_string(last);
    }
    return directory;
}

}  // namespace educard::portal
