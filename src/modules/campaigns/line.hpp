#pragma once
// A campaign as it is looked at from one organisation.

#include "modules/campaigns/store.hpp"

#include <vector>

namespace educard::campaigns {

inline Error changed_meanwhile() {
    return {Fault::conflict, "campaigns.changed_meanwhile"};
}

struct Line {
    store::CampaignRow campaign;
    organisations::Organisation owner;
    organisations::Organisation here;
    std::vector<OrganisationId> ids;  // from the campaign's organisation down to `here`
};

/// The ids from `owner` down to the end of `path`; empty when owner is not on it.
std::vector<OrganisationId> ids_below(std::string_view path, OrganisationId owner);
/// The path of one of the organisations that a path leads through.
std::string_view path_to(std::string_view path, OrganisationId id);

/// Those of `chain` that bind the caller: they lie above everything that the caller administers.
template <class Own>
std::vector<Own> binding(const Caller& caller, std::string_view path, const std::vector<Own>& chain) {
    std::vector<Own> bound;
    for (const auto& own : chain) {
        if (!may_administer(caller, path_to(path, own.organisation_id))) {
            bound.push_back(own);
        }
    }
    return bound;
}

}  // namespace educard::campaigns
