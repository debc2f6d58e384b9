// What other modules ask: until when an organisation's people are to be certified.
#include "modules/campaigns/content.hpp"
#include "modules/campaigns/line.hpp"

#include <algorithm>

namespace educard::campaigns {

namespace {

bool has_school_kind(const std::vector<organisations::SchoolKind>& schools,
                     const organisations::Organisation& organisation) {
    return schools.empty() || !organisation.school_kind ||
           std::ranges::find(schools, *organisation.school_kind) != schools.end();
}

void take_earlier(std::optional<Date>& earliest, std::optional<Date> other) {
    if (other && (!earliest || *other < *earliest)) {
        earliest = other;
    }
}

std::optional<Date> deadline_at(sql::Tx& tx, CampaignId id, std::span<const OrganisationId> ids) {
    const auto chain = along(ids, store::deadlines_on(tx, id, ids), Phase::certification);
    return chain.empty() ? std::nullopt : std::optional(chain.back().deadline);
}

}  // namespace

std::optional<Date> Campaigns::deadline(sql::Tx& tx, const organisations::Organisation& organisation) const {
    const auto ids = ids_of(organisation.path);
    const auto of_class = organisation.kind == organisations::Kind::class_;
    std::optional<Date> earliest;
    for (const auto& campaign : store::in_force(tx, ids, today())) {
        const auto schools = parted<organisations::SchoolKind>(campaign.school_kinds);
        const bool concerned =
            schools.empty() ||
            has_school_kind(schools,
                            of_class ? parts_.organisations.school_of(tx, organisation) : organisation);
        if (concerned) {
            take_earlier(earliest, deadline_at(tx, campaign.id, ids));
        }
    }
    return earliest;
}

ChildDeadlines Campaigns::deadlines_of_children(sql::Tx& tx,
                                                const organisations::Organisation& parent) const {
    const auto ids = ids_of(parent.path);
    ChildDeadlines found;
    for (const auto& campaign : store::in_force(tx, ids, today())) {
        const auto schools = parted<organisations::SchoolKind>(campaign.school_kinds);
        if (parent.kind == organisations::Kind::school && !has_school_kind(schools, parent)) {
            continue;
        }
        ChildDeadlines::InForce in_force{schools, deadline_at(tx, campaign.id, ids), {}};
        for (const auto& own : store::deadlines_of_children(tx, campaign.id, parent.id)) {
            if (own.phase == Phase::certification) {
                in_force.own.emplace(own.organisation_id, own.deadline);
            }
        }
        found.campaigns_.push_back(std::move(in_force));
    }
    found.campaigns_.push_back({{}, std::nullopt, store::own_of_children(tx, parent.id, today())});
    return found;
}

std::optional<Date> ChildDeadlines::of(const organisations::Organisation& child) const {
    std::optional<Date> earliest;
    for (const auto& campaign : campaigns_) {
        if (has_school_kind(campaign.schools, child)) {
            const auto own = campaign.own.find(child.id);
            take_earlier(earliest, own == campaign.own.end() ? campaign.inherited : own->second);
        }
    }
    return earliest;
}

bool Campaigns::concerns(sql::Tx& tx,
                         CampaignId campaign,
                         const organisations::Organisation& organisation) const {
    const auto row = store::find(tx, campaign);
    const auto ids = ids_of(organisation.path);
    return row && row->state != State::draft && std::ranges::find(ids, row->organisation_id) != ids.end();
}

std::string Campaigns::name_of(sql::Tx& tx, CampaignId campaign) const {
    const auto row = store::find(tx, campaign);
    return row ? row->name : std::string();
}

}  // namespace educard::campaigns
