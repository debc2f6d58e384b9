#include "cli/desk_wiring.hpp"

namespace educard::cli {

namespace {

using questions::Audience;

Audience audience_of(applications::Kind kind) {
    switch (kind) {
        case applications::Kind::student:
            return Audience::student;
        case applications::Kind::teacher:
            return Audience::teacher;
        case applications::Kind::staff:
            break;
    }
    return Audience::staff;
}

}  // namespace

std::optional<questions::Place> PlacesOfPeople::place(sql::Tx& tx, OrganisationId school, Audience as) const {
    const auto found = organisations_.find(tx, school);
    return found ? std::optional(questions::Place{.organisation = found->id, .path = found->path, .as = as})
                 : std::nullopt;
}

std::vector<questions::Place> PlacesOfPeople::of(sql::Tx& tx, const Caller& caller) const {
    std::vector<questions::Place> places;
    const auto add = [&](OrganisationId school, Audience as) {
        if (auto found = place(tx, school, as)) {
            places.push_back(std::move(*found));
        }
    };
    const auto today = organisations_.today();
    if (caller.person) {
        for (const auto& affiliation : applications_.affiliations_of(tx, caller.person)) {
            if (!affiliation.ends_on || *affiliation.ends_on > today) {
                add(affiliation.school_id, audience_of(affiliation.kind));
            }
        }
    }
    if (caller.signed_in() && places.empty()) {
        for (const auto& application : applications_.mine(tx, caller)) {  // newest first
            if (places.empty() && application.profile.school_id) {
                add(*application.profile.school_id, audience_of(application.kind));
            }
        }
    }
    if (caller.signed_in()) {
        for (const auto& child : families_.pupils_of(tx, caller.account)) {
            add(child.school_id, Audience::guardian);
        }
    }
    return places;
}

std::optional<std::string> PlacesOfPeople::name_of(sql::Tx& tx, AccountId account) const {
    const auto found = accounts_.find(tx, account);
    return found ? std::optional(found->name) : std::nullopt;
}

bool OfficersOfDesks::has_any(sql::Tx& tx, const organisations::Organisation& organisation) const {
    return organisation.kind != organisations::Kind::class_ &&
           !accounts_.holders(tx, organisation.id, role_over(organisation.kind)).empty();
}

}  // namespace educard::cli
