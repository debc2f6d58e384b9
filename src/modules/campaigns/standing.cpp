#include "modules/campaigns/standing.hpp"

#include "modules/campaigns/content.hpp"
#include "spreadsheet/table.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace educard::campaigns {

namespace {

constexpr int kChildrenAtOnce = 200;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view word_of(Standing standing, Language language) {
    const bool english = language == Language::en;
    switch (standing) {
        case Standing::done:
            return english ? "Done" : "已完成";
        case Standing::on_course:
            return english ? "On course" : "进度正常";
        case Standing::behind:
            return english ? "Behind" : "进度落后";
        case Standing::overdue:
            return english ? "Overdue" : "已逾期";
        case Standing::nothing:
            return english ? "No roster" : "暂无名册";
    }
    return "";
}

std::string csv_line(const StandingRow& row, Language language) {
    const auto share = row.target == 0 ? 0 : std::min<std::int64_t>(1000, row.certified * 1000 / row.target);
    return fmt::format("{},{},{},{},{},{}.{},{},{},{}\r\n",
                       spreadsheet::csv_cell(row.name),
                       row.roster,
                       row.target,
                       row.certified,
                       row.missing,
                       share / 10,
                       share % 10,
                       to_text(row.deadline),
                       row.days_left,
                       word_of(row.standing, language));
}

}  // namespace

rollout::Counts counted(const Asked& asked, const rollout::CountsByKind& counts) {
    rollout::Counts sum;
    for (const auto concern : asked.concerns) {
        sum += concern == Concern::student   ? counts.student
               : concern == Concern::teacher ? counts.teacher
                                             : counts.staff;
    }
    return sum;
}

Asked asked_of(sql::Tx& tx, const store::CampaignRow& campaign) {
    Asked asked;
    asked.concerns = parted<Concern>(campaign.concerns);
    asked.schools = parted<organisations::SchoolKind>(campaign.school_kinds);
    asked.begins_on = campaign.begins_on;
    for (const auto& phase : store::phases(tx, campaign.id)) {
        if (phase.phase == Phase::certification) {
            asked.begins_on = phase.begins_on;
        }
    }
    return asked;
}

StandingRow standing_row(const Asked& asked,
                         std::span<const OrganisationId> ids,
                         const organisations::Organisation& organisation,
                         const rollout::CountsByKind& counts,
                         Date today) {
    const auto sum = counted(asked, counts);
    StandingRow row;
    row.id = organisation.id;
    row.kind = organisation.kind;
    row.name = organisations::display_name(organisation, today);
    row.roster = sum.total();
    row.certified = sum.certified;
    if (const auto* percent = nearest_percent(ids, asked.targets)) {
        row.percent = *percent->percent;
        row.target_from = percent->organisation_id;
    }
    row.target = target_of(row.roster, row.percent);
    if (const auto* own = own_of(organisation.id, asked.targets); own != nullptr && own->people) {
        row.people = own->people;
        row.target = *own->people;
        row.target_from = organisation.id;
    }
    row.missing = std::max<std::int64_t>(0, row.target - row.certified);
    if (const auto chain = along(ids, asked.deadlines, Phase::certification); !chain.empty()) {
        row.deadline = chain.back().deadline;
        row.deadline_from = chain.back().organisation_id;
    }
    row.days_left = days_between(today, row.deadline);
    row.standing = standing_of(row.target, row.certified, asked.begins_on, row.deadline, today);
    return row;
}

Standings Campaigns::standings(sql::Tx& tx, const Caller& caller, const CampaignRef& ref) const {
    const auto line = look(tx, caller, ref);
    auto asked = asked_of(tx, line.campaign);
    asked.deadlines = store::deadlines_on(tx, ref.id, line.ids);
    std::ranges::copy(store::deadlines_of_children(tx, ref.id, line.here.id),
                      std::back_inserter(asked.deadlines));
    asked.targets = store::targets_on(tx, ref.id, line.ids);
    std::ranges::copy(store::targets_of_children(tx, ref.id, line.here.id),
                      std::back_inserter(asked.targets));

    Standings standings;
    standings.id = ref.id;
    standings.name = line.campaign.name;
    standings.state = line.campaign.state;
    standings.today = today();
    auto counts = parts_.rollout.counts_of_children(tx, line.here, asked.schools);
    rollout::CountsByKind sum;
    if (line.here.kind == organisations::Kind::school || line.here.kind == organisations::Kind::class_) {
        sum = parts_.rollout.counts_by_kind(tx, line.here, asked.schools);
    } else {
        for (const auto& [child, of_child] : counts) {
            sum += of_child;
        }
    }
    standings.organisation = standing_row(asked, line.ids, line.here, sum, today());
    std::optional<std::string> cursor;
    do {
        const auto slice = parts_.organisations.children(tx, line.here.id, cursor, kChildrenAtOnce);
        for (const auto& child : slice.items) {
            auto ids = line.ids;
            ids.push_back(child.id);
            standings.children.push_back(standing_row(asked, ids, child, counts[child.id], today()));
        }
        cursor = slice.next;
    } while (cursor);
    for (const auto& step : parts_.organisations.line(tx, line.here)) {
        const bool shown = std::ranges::find(line.ids, step.id) != line.ids.end() && step.id != line.here.id;
        if (shown && may_act(caller,
                             step.path,
                             {Role::province_admin,
                              Role::city_admin,
                              Role::county_admin,
                              Role::school_admin,
                              Role::class_teacher})) {
            standings.above.push_back({step.id, organisations::display_name(step, today())});
        }
    }
    return standings;
}

std::string Campaigns::standings_csv(sql::Tx& tx, const Caller& caller, const CampaignRef& ref) const {
    const auto found = standings(tx, caller, ref);
    std::string csv(kByteOrderMark);
    csv += caller.language == Language::en
               ? "Organisation,Roster,Target,Certified,Missing,Reached %,Deadline,Days left,State\r\n"
               : "机构,名册人数,目标人数,已认证,缺少,完成率（%）,截止日期,剩余天数,状态\r\n";
    for (const auto& child : found.children) {
        csv += csv_line(child, caller.language);
    }
    return csv + csv_line(found.organisation, caller.language);
}

}  // namespace educard::campaigns
