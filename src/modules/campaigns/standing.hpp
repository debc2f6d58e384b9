#pragma once
// How far an organisation is, from its counts and what holds for it.

#include "modules/campaigns/line.hpp"
#include "modules/rollout/rollout.hpp"

#include <span>
#include <vector>

namespace educard::campaigns {

/// What a campaign asks for, as long as one looks at it.
struct Asked {
    std::vector<Concern> concerns;
    std::vector<organisations::SchoolKind> schools;
    Date begins_on{};  // the certification
    std::vector<OwnDeadline> deadlines;
    std::vector<OwnTarget> targets;
};

/// Of those whom the campaign concerns.
rollout::Counts counted(const Asked& asked, const rollout::CountsByKind& counts);
/// `ids`: the line from the campaign's organisation down to this one.
StandingRow standing_row(const Asked& asked,
                         std::span<const OrganisationId> ids,
                         const organisations::Organisation& organisation,
                         const rollout::CountsByKind& counts,
                         Date today);
/// Without deadlines and targets.
Asked asked_of(sql::Tx& tx, const store::CampaignRow& campaign);

}  // namespace educard::campaigns
