#pragma once
// What is missing in a phase of a campaign, and how it stands in a notice: for the daily reminders and for
// those by hand.

#include "modules/campaigns/standing.hpp"

#include <chrono>
#include <set>
#include <string>
#include <vector>

namespace educard::campaigns {

constexpr int kOrganisationsAtOnce = 40;
constexpr auto kNoticeLife = std::chrono::days(14);

/// A campaign with all that holds in some of its phases, for one step of a walk.
struct Walked {
    store::CampaignRow row;
    Asked asked;
    std::set<Phase> phases;
};
Walked walked_of(sql::Tx& tx, store::CampaignRow row, std::set<Phase> phases);
/// The deadline that holds at an organisation; nothing when the campaign is not for its area.
std::optional<Date> deadline_for(const Walked& walked,
                                 Phase phase,
                                 const organisations::Organisation& organisation);
/// Whether so many days before a deadline something is said; -1: the day after, always.
bool is_step(std::string_view reminder_days, std::int64_t days_left);

/// One line of a notice.
struct DigestItem {
    CampaignId campaign_id;
    std::string campaign;
    Phase phase{};
    OrganisationId organisation_id;
    std::string organisation;
    organisations::Kind kind{};
    Date deadline{};
    std::int64_t days_left = 0;
    std::int64_t missing = 0;
};
BOOST_DESCRIBE_STRUCT(
    DigestItem,
    (),
    (campaign_id, campaign, phase, organisation_id, organisation, kind, deadline, days_left, missing))

/// Where a notice with one line leads.
std::string link_to(const DigestItem& item);

}  // namespace educard::campaigns
