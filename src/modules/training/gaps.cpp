// For which organisations nobody was trained yet.
#include "modules/training/store.hpp"
#include "spreadsheet/table.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace educard::training {

namespace {

constexpr int kChildrenAtOnce = 200;
constexpr int kMostExported = 20'000;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// There are as many classes as teachers in a province; whoever looks at them looks county by county.
bool is_too_wide(const organisations::Organisation& here, Role role) {
    using organisations::Kind;
    return role == Role::class_teacher && (here.kind == Kind::province || here.kind == Kind::city);
}

void check_width(const organisations::Organisation& here, Role role) {
    if (is_too_wide(here, role)) {
        throw Error::invalid("role", "training.too_wide");
    }
}

}  // namespace

Gaps Training::gaps(sql::Tx& tx, const Caller& caller, const GapsInput& input) const {
    const auto here = area(tx, caller, input.organisation_id);
    check_width(here, input.role);
    const auto today = parts_.organisations.today();
    const auto row_of = [&](const organisations::Organisation& organisation) {
        const auto count = store::count_gaps(tx, organisation.path, input.role, input.campaign_id, today);
        return GapRow{organisation.id,
                      organisation.kind,
                      organisations::display_name(organisation, today),
                      count.organisations,
                      count.trained};
    };
    Gaps gaps;
    gaps.organisation = row_of(here);
    std::optional<std::string> cursor;
    do {
        const auto slice = parts_.organisations.children(tx, here.id, cursor, kChildrenAtOnce);
        for (const auto& child : slice.items) {
            auto row = row_of(child);
            if (row.organisations > 0) {
                gaps.children.push_back(std::move(row));
            }
        }
        cursor = slice.next;
    } while (cursor);
    return gaps;
}

std::string Training::gaps_csv(sql::Tx& tx, const Caller& caller, const GapsInput& input) const {
    const auto here = area(tx, caller, input.organisation_id);
    check_width(here, input.role);
    const auto today = parts_.organisations.today();
    std::map<OrganisationId, std::string> parents;
    std::string csv(kByteOrderMark);
    csv += caller.language == Language::en ? "Above,Organisation,Code\r\n" : "上级机构,未培训机构,代码\r\n";
    for (const auto& one :
         store::untrained(tx, here.path, input.role, input.campaign_id, today, kMostExported)) {
        auto& parent = parents[one.parent_id.value_or(OrganisationId{})];
        if (parent.empty() && one.parent_id) {
            parent = parts_.organisations.get(tx, *one.parent_id).name;
        }
        csv += fmt::format("{},{},{}\r\n",
                           spreadsheet::csv_cell(parent),
                           spreadsheet::csv_cell(organisations::display_name(one, today)),
                           spreadsheet::csv_cell(one.school_code.value_or(one.division_code.value_or(""))));
    }
    return csv;
}

std::vector<organisations::Organisation> Training::untrained(
    sql::Tx& tx, CampaignId campaign, const organisations::Organisation& organisation) const {
    std::vector<organisations::Organisation> found;
    std::map<Role, std::string> covered;  // the last area of a role: what lies within it was looked at
    for (const auto& [role, path] : store::audience_of_campaign(tx, campaign, organisation.path)) {
        const auto area = is_within(organisation.path, path) ? organisation.path : path;
        const auto last = covered.find(role);
        if (is_too_wide(organisation, role) || (last != covered.end() && is_within(area, last->second))) {
            continue;
        }
        covered[role] = area;
        std::ranges::move(
            store::untrained(tx, area, role, campaign, parts_.organisations.today(), kMostExported),
            std::back_inserter(found));
    }
    return found;
}

}  // namespace educard::training
