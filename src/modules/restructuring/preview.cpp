// What would follow from an order, counted before anything is done.

#include "base/error.hpp"
#include "modules/restructuring/plan.hpp"

#include <algorithm>

namespace educard::restructuring {

namespace {

using organisations::display_name;
using organisations::Kind;

constexpr std::size_t kMostShown = 500;
constexpr int kMostOffices = 200;

}  // namespace

Preview Restructuring::preview(sql::Tx& tx, const Caller& caller, const Order& order) const {
    require_replaceable(tx, caller, order);
    const auto plan = plan_of(tx, caller, order, Moment::ordered);
    const auto& tree = parts_.organisations;
    const auto today = tree.today();
    Preview preview;
    preview.act = plan.act;
    preview.on = plan.day;
    preview.planned = plan.later;
    preview.blockers = plan.blockers;
    preview.can_be_undone =
        plan.act == Act::move || plan.act == Act::rename || (plan.act == Act::close && !plan.into);
    count_what_follows(tx, plan, preview);
    if (plan.into) {
        preview.into_id = plan.into->id;
        preview.into = display_name(*plan.into, today);
    } else if (plan.founded) {
        preview.into = plan.founded->name;
    }
    Numbers numbers;
    if (plan.into && plan.into->kind == Kind::school) {
        for (const auto& one : tree.classes_of(tx, plan.into->id)) {
            numbers.take(*one.stage, *one.entry_year, *one.class_number);
        }
    }
    const auto count = [&](const Organisation& one) {
        const auto kinds = parts_.rollout.kinds_of(tx, one);
        preview.people += kinds.all().total();
        preview.certified += kinds.all().certified;
        preview.students += kinds.student.total();
        preview.staff += kinds.teacher.total() + kinds.staff.total();
    };
    std::map<OrganisationId, std::string> parents;
    for (const auto& unit : plan.units) {
        const auto counts = parts_.rollout.counts_of(tx, unit);
        auto& parent = parents[unit.parent_id.value_or(OrganisationId{})];
        if (parent.empty() && unit.parent_id) {
            parent = display_name(tree.get(tx, *unit.parent_id), today);
        }
        Unit shown{.id = unit.id,
                   .kind = unit.kind,
                   .from = parent,
                   .name = display_name(unit, today),
                   .new_name = display_name(unit, today),
                   .people = counts.total(),
                   .certified = counts.certified};
        if (unit.kind == Kind::class_ && (plan.into || plan.founded)) {
            const auto number = numbers.find(unit);
            auto renamed = unit;
            renamed.class_number = number.value_or(0);
            shown.new_name = display_name(renamed, today);
            preview.renumbered += number != unit.class_number ? 1 : 0;
            if (!number) {
                preview.blockers.push_back({.code = "restructuring.no_number", .name = shown.name});
            }
        }
        const bool is_counted_apart =
            plan.act == Act::split || plan.act == Act::move_classes || plan.act == Act::move;
        if (is_counted_apart) {
            count(unit);
        }
        if (unit.kind == Kind::class_ || unit.kind == Kind::school) {
            const auto waiting = parts_.applications.waiting_at(tx, unit);
            shown.waiting = waiting.submitted;
            if (is_counted_apart) {
                preview.waiting += waiting.submitted;
                preview.open_applications += waiting.open;
            }
        }
        if (unit.kind == Kind::class_ && plan.into && is_counted_apart) {
            preview.doubles += parts_.roster.count_doubles(
                tx, {.from = *unit.parent_id, .to = plan.into->id, .class_id = unit.id});
        }
        ++preview.units_total;
        if (preview.units.size() < kMostShown) {
            preview.units.push_back(std::move(shown));
        }
    }
    for (const auto& source : plan.sources) {
        if (plan.act != Act::merge && plan.act != Act::close) {
            break;
        }
        count(source);
        if (source.kind == Kind::school) {
            const auto waiting = parts_.applications.waiting_at(tx, source);
            preview.waiting += waiting.submitted;
            preview.open_applications += waiting.open;
            if (plan.act == Act::merge && plan.into) {
                preview.doubles += parts_.roster.count_doubles(
                    tx, {.from = source.id, .to = plan.into->id, .class_id = std::nullopt});
            }
            preview.retired_codes.push_back(source.school_code.value_or(""));
        }
        for (const auto state : {accounts::OfficeState::present, accounts::OfficeState::upcoming}) {
            for (const auto& office : parts_.accounts.offices(
                     tx, caller, {.organisation_id = source.id, .state = state, .limit = kMostOffices})) {
                const bool goes = std::ranges::find(plan.offices, office.id) != plan.offices.end();
                preview.offices.push_back({.id = office.id,
                                           .name = office.name,
                                           .user_name = office.user_name,
                                           .role = office.role,
                                           .organisation = office.organisation,
                                           .fate = plan.act == Act::close ? Fate::rests
                                                   : goes                 ? Fate::goes
                                                                          : Fate::ends});
            }
        }
    }
    return preview;
}

/// What other modules keep, and what a new name means.
void Restructuring::count_what_follows(sql::Tx& tx, const Plan& plan, Preview& preview) const {
    const auto following_of = [&](const Organisation& one) {
        return count_following_ ? count_following_(tx, one) : Following();
    };
    if (plan.act == Act::merge) {
        auto& all = preview.following.emplace();
        for (const auto& source : plan.sources) {
            const auto one = following_of(source);
            all.sessions += one.sessions;
            all.drafts += one.drafts;
            all.schedules += one.schedules;
            all.bulletins += one.bulletins;
        }
    } else if (plan.act == Act::rename) {
        const auto& one = plan.sources.front();
        const auto counts = parts_.rollout.counts_of(tx, one);
        preview.renaming = Renaming{.before = one.name,
                                    .after = plan.name,
                                    .school_code = one.school_code,
                                    .below = parts_.organisations.count_below(tx, one),
                                    .people = counts.total(),
                                    .certified = counts.certified,
                                    .bulletins = following_of(one).bulletins};
        preview.namesakes = parts_.organisations.count_namesakes(tx, one.kind, plan.name);
    }
    if (plan.founded) {
        const auto kind = draft_of(plan).kind;
        preview.namesakes = parts_.organisations.count_namesakes(tx, kind, plan.founded->name);
    }
}

}  // namespace educard::restructuring
