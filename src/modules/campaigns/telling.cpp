#include "modules/campaigns/telling.hpp"

#include "modules/campaigns/content.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace educard::campaigns {

namespace {

/// Whether the campaign asks something of such schools; one of an unknown kind is meant by "all" alone.
bool asks_for(const Asked& asked, std::optional<organisations::SchoolKind> kind) {
    return asked.schools.empty() || (kind && std::ranges::find(asked.schools, *kind) != asked.schools.end());
}

}  // namespace

Walked walked_of(sql::Tx& tx, store::CampaignRow row, std::set<Phase> phases) {
    Walked walked{std::move(row), {}, std::move(phases)};
    walked.asked = asked_of(tx, walked.row);
    for (const auto phase : walked.phases) {
        std::ranges::move(store::deadlines(tx, walked.row.id, phase),
                          std::back_inserter(walked.asked.deadlines));
    }
    walked.asked.targets = store::targets(tx, walked.row.id);
    return walked;
}

std::optional<Date> deadline_for(const Walked& walked,
                                 Phase phase,
                                 const organisations::Organisation& organisation) {
    const auto chain =
        along(ids_below(organisation.path, walked.row.organisation_id), walked.asked.deadlines, phase);
    return chain.empty() ? std::nullopt : std::optional(chain.back().deadline);
}

bool is_step(std::string_view reminder_days, std::int64_t days_left) {
    const auto steps = parted_days(reminder_days);
    return days_left == -1 || std::ranges::find(steps, days_left) != steps.end();
}

std::string link_to(const DigestItem& item) {
    return fmt::format(
        "/admin/campaigns/{}?organisation={}", item.campaign_id.value, item.organisation_id.value);
}

DigestItem Campaigns::digest_item(sql::Tx& tx, const store::Reminder& reminder, std::string campaign) const {
    const auto organisation = parts_.organisations.get(tx, reminder.organisation_id);
    return {reminder.campaign_id,
            std::move(campaign),
            reminder.phase,
            organisation.id,
            organisations::display_name(organisation, reminder.day),
            organisation.kind,
            reminder.deadline,
            reminder.days_left,
            reminder.missing};
}

std::vector<store::Reminder> Campaigns::reminders_at(sql::Tx& tx,
                                                     const Walked& walked,
                                                     Phase phase,
                                                     const organisations::Organisation& organisation,
                                                     Date deadline,
                                                     Date day) const {
    const auto numbers = phase == Phase::training ? untrained_at(tx, walked, organisation)
                         : phase == Phase::roster ? without_roster(tx, walked, organisation)
                                                  : people_at(tx, walked, phase, organisation);
    std::vector<store::Reminder> reminders;
    if (numbers.empty()) {
        return reminders;
    }
    const auto now = parts_.clock.now();
    auto offices = store::offices_at(tx, organisation.id, now);
    if (organisation.kind == organisations::Kind::school && numbers.size() > 1) {
        std::ranges::move(store::class_teachers_of(tx, organisation.id, now), std::back_inserter(offices));
    }
    for (const auto& office : offices) {
        if (const auto number = numbers.find(office.organisation_id); number != numbers.end()) {
            reminders.push_back({office.account_id,
                                 walked.row.id,
                                 phase,
                                 office.organisation_id,
                                 deadline,
                                 days_between(day, deadline),
                                 day,
                                 number->second});
        }
    }
    return reminders;
}

Campaigns::Numbers Campaigns::untrained_at(sql::Tx& tx,
                                           const Walked& walked,
                                           const organisations::Organisation& organisation) const {
    Numbers numbers;
    std::map<OrganisationId, std::optional<organisations::SchoolKind>> kinds;  // of the schools of classes
    for (const auto& one : untrained_ ? untrained_(tx, walked.row.id, organisation)
                                      : std::vector<organisations::Organisation>()) {
        const bool is_class = one.kind == organisations::Kind::class_;
        const auto school = is_class ? one.parent_id.value_or(one.id) : one.id;
        if (is_class && !walked.asked.schools.empty() && !kinds.contains(school)) {
            kinds[school] = parts_.organisations.get(tx, school).school_kind;
        }
        const bool of_school = is_class || one.kind == organisations::Kind::school;
        if (of_school && !asks_for(walked.asked, is_class ? kinds[school] : one.school_kind)) {
            continue;
        }
        ++numbers[organisation.id];
        if (is_class) {
            numbers[one.id] = 1;
        }
    }
    return numbers;
}

Campaigns::Numbers Campaigns::without_roster(sql::Tx& tx,
                                             const Walked& walked,
                                             const organisations::Organisation& organisation) const {
    Numbers numbers;
    const auto counts = parts_.rollout.counts_of_schools(tx, organisation);
    for (const auto& school : store::open_schools(tx, organisation.path, today())) {
        const auto found = counts.find(school.id);
        const bool has_one = found != counts.end() && counted(walked.asked, found->second).total() > 0;
        if (!has_one && asks_for(walked.asked, school.school_kind)) {
            ++numbers[organisation.id];
        }
    }
    return numbers;
}

Campaigns::Numbers Campaigns::people_at(sql::Tx& tx,
                                        const Walked& walked,
                                        Phase phase,
                                        const organisations::Organisation& organisation) const {
    Numbers numbers;
    const auto ids = ids_below(organisation.path, walked.row.organisation_id);
    const auto note = [&](const organisations::Organisation& place, const rollout::CountsByKind& counts) {
        const auto number = phase == Phase::checking
                                ? counted(walked.asked, counts).in_review
                                : standing_row(walked.asked, ids, place, counts, today()).missing;
        if (number > 0) {
            numbers[place.id] = number;
        }
    };
    note(organisation, parts_.rollout.counts_by_kind(tx, organisation, walked.asked.schools));
    if (organisation.kind != organisations::Kind::school || numbers.empty()) {
        return numbers;
    }
    auto of_class = organisation;  // a class has no values of its own
    for (const auto& [id, counts] :
         parts_.rollout.counts_of_children(tx, organisation, walked.asked.schools)) {
        of_class.id = id;
        note(of_class, counts);
    }
    return numbers;
}

}  // namespace educard::campaigns
