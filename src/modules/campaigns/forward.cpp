// A deadline that is brought forward takes those below along.
#include "modules/campaigns/campaigns.hpp"
#include "modules/campaigns/line.hpp"
#include "modules/campaigns/telling.hpp"
#include "modules/notices/notices.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <span>

namespace educard::campaigns {

namespace {

/// One below, with the ids from the campaign's organisation down to it.
struct Lower {
    OwnDeadline own;
    std::vector<OrganisationId> ids;
};

/// What the administrators of one below are told.
struct BroughtForward {
    std::string campaign;
    OrganisationId organisation_id;
    std::string organisation;
    Phase phase{};
    Date before{};
    Date after{};
};
BOOST_DESCRIBE_STRUCT(BroughtForward, (), (campaign, organisation_id, organisation, phase, before, after))

OwnDeadline* find_own(std::vector<OwnDeadline>& all, OrganisationId id) {
    const auto found = std::ranges::find(all, id, &OwnDeadline::organisation_id);
    return found == all.end() ? nullptr : &*found;
}

}  // namespace

std::int64_t Campaigns::bring_forward(sql::Tx& tx,
                                      const Caller& caller,
                                      const store::CampaignRow& campaign,
                                      OrganisationId changed,
                                      Phase phase,
                                      const std::optional<OwnDeadline>& before) const {
    auto now = store::deadlines(tx, campaign.id, phase);
    std::vector<Lower> lower;
    for (const auto& own : now) {
        const auto place = parts_.organisations.find(tx, own.organisation_id);
        auto ids = place ? ids_of(place->path) : std::vector<OrganisationId>();
        ids.erase(ids.begin(), std::ranges::find(ids, campaign.organisation_id));
        if (own.organisation_id != changed && std::ranges::find(ids, changed) != ids.end()) {
            lower.push_back({own, std::move(ids)});
        }
    }
    std::ranges::sort(lower, {}, [](const Lower& one) { return one.ids.size(); });
    auto was = now;
    std::erase_if(was, [&](const OwnDeadline& one) { return one.organisation_id == changed; });
    if (before) {
        was.push_back(*before);
    }
    std::int64_t brought = 0;
    for (auto& [own, ids] : lower) {
        const std::span above(ids.data(), ids.size() - 1);
        const auto allowed = latest_allowed(along(above, was, phase));
        const auto allows = latest_allowed(along(above, now, phase));
        // Who may go beyond what is allowed gave it more time: that stays, but for the campaign's end.
        const bool is_exception = allowed && own.deadline > *allowed;
        const auto limit = is_exception || !allows ? campaign.ends_on : std::min(*allows, campaign.ends_on);
        auto capped = own;
        capped.deadline = std::min(own.deadline, limit);
        if (own.latest) {
            capped.latest = std::max(capped.deadline, std::min(*own.latest, limit));
        }
        if (capped.deadline == own.deadline && capped.latest == own.latest) {
            continue;
        }
        ++capped.version;
        if (!store::update_deadline(tx, campaign.id, capped)) {
            throw changed_meanwhile();
        }
        *find_own(now, own.organisation_id) = capped;
        note_change(tx,
                    caller,
                    campaign.id,
                    own.organisation_id,
                    fmt::format("deadline.{}", boost::describe::enum_to_string(phase, "")),
                    to_text(own.deadline),
                    to_text(capped.deadline));
        if (capped.deadline != own.deadline) {
            ++brought;
            tell_brought_forward(tx, campaign, own, capped.deadline);
        }
    }
    return brought;
}

void Campaigns::tell_brought_forward(sql::Tx& tx,
                                     const store::CampaignRow& campaign,
                                     const OwnDeadline& before,
                                     Date after) const {
    const auto now = parts_.clock.now();
    if (campaign.state != State::published) {
        return;
    }
    const auto place = parts_.organisations.get(tx, before.organisation_id);
    const BroughtForward told{.campaign = campaign.name,
                              .organisation_id = place.id,
                              .organisation = organisations::display_name(place, today()),
                              .phase = before.phase,
                              .before = before.deadline,
                              .after = after};
    const std::string phase = boost::describe::enum_to_string(before.phase, "");
    for (const auto& office : store::offices_at(tx, place.id, now)) {
        parts_.notices.put(
            tx,
            {.account = office.account_id,
             .key = fmt::format("campaigns.brought_forward:{}:{}:{}:{}",
                                campaign.id.value,
                                place.id.value,
                                phase,
                                to_text(after)),
             .kind = "campaigns.brought_forward",
             .details = json::encode(told),
             .link = fmt::format("/admin/campaigns/{}?organisation={}", campaign.id.value, place.id.value),
             .expires_at = now + kNoticeLife});
    }
}

}  // namespace educard::campaigns
