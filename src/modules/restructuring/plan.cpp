// What an order means: which organisations it names, whether the caller may, and what stands in its way.

#include "modules/restructuring/plan.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace educard::restructuring {

namespace {

using organisations::Kind;

constexpr std::size_t kMostSources = 20;
constexpr std::size_t kMostUnits = 500;
constexpr int kMostChildren = 2'000;
constexpr auto kFurthestAhead = std::chrono::days(400);

void require(bool holds, const char* field, const char* code) {
    if (!holds) {
        throw Error::invalid(field, code);
    }
}

void note(std::vector<std::string>& blockers, bool holds, const char* code) {
    if (!holds && std::ranges::find(blockers, code) == blockers.end()) {
        blockers.emplace_back(code);
    }
}

}  // namespace

Restructuring::Plan Restructuring::plan_of(sql::Tx& tx, const Caller& caller, const Order& order) const {
    const auto& tree = parts_.organisations;
    const auto today = tree.today();
    Plan plan;
    plan.act = order.act;
    plan.founded = order.founded;
    plan.offices = order.offices.value_or(std::vector<accounts::AppointmentId>());
    plan.day = order.on.value_or(today);
    plan.later = std::chrono::sys_days(plan.day) > std::chrono::sys_days(today);
    require(std::chrono::sys_days(plan.day) <= std::chrono::sys_days(today) + kFurthestAhead,
            "on",
            "restructuring.too_far");
    const auto allow = [&](bool allowed) {
        if (!allowed) {
            throw Error(Fault::forbidden, "scope.outside");
        }
    };
    const auto ids = order.organisations.value_or(std::vector<OrganisationId>());
    require(
        (order.act == Act::move_classes) == ids.empty(), "organisations", ids.empty() ? "required" : "value");
    require(ids.size() <= kMostSources && (order.act == Act::merge || ids.size() <= 1),
            "organisations",
            "too_many");
    for (const auto id : ids) {
        plan.sources.push_back(tree.get(tx, id));
        allow(tree.may_edit(caller, plan.sources.back()));
        require(std::ranges::count(ids, id) == 1, "organisations", "restructuring.twice");
        require(plan.sources.back().kind != Kind::class_, "organisations", "organisations.wrong_place");
    }
    const bool receives = order.into || order.founded;
    require(receives || order.act == Act::close, "into", "required");
    require(!(order.into && order.founded), "into", "restructuring.one_receiver");
    require(!order.founded || order.act == Act::merge || order.act == Act::split, "founded", "value");
    if (order.into) {
        plan.into = tree.get(tx, *order.into);
        require(std::ranges::find(ids, *order.into) == ids.end(), "into", "restructuring.into_itself");
        if (order.act == Act::move) {
            allow(std::ranges::count(tree.may_create(caller, *plan.into), plan.sources.front().kind) > 0 ||
                  may_administer(caller, plan.into->path));
        } else if (order.act == Act::move_classes) {
            require(plan.into->kind == Kind::school, "into", "organisations.wrong_place");
            allow(may_administer(caller, plan.into->path));
        } else {
            allow(tree.may_edit(caller, *plan.into));
        }
    }
    const auto children = order.children.value_or(std::vector<OrganisationId>());
    const bool names_children = order.act == Act::split || order.act == Act::move_classes;
    require(names_children != children.empty(), "children", children.empty() ? "required" : "value");
    require(children.size() <= kMostUnits, "children", "too_many");
    for (const auto id : children) {
        auto unit = tree.get(tx, id);
        allow(tree.may_edit(caller, unit));
        require(std::ranges::count(children, id) == 1, "children", "restructuring.twice");
        require(order.act != Act::split || unit.parent_id == plan.sources.front().id,
                "children",
                "restructuring.not_below");
        require(order.act != Act::move_classes || unit.kind == Kind::class_,
                "children",
                "organisations.wrong_place");
        require(order.act != Act::move_classes || unit.parent_id != plan.into->id,
                "children",
                "restructuring.there_already");
        plan.units.push_back(std::move(unit));
    }
    if (order.act == Act::merge || (order.act == Act::close && plan.into)) {
        for (const auto& source : plan.sources) {
            for (auto& child : tree.open_children(tx, source.id, kMostChildren + 1)) {
                if (order.act == Act::merge || child.kind != Kind::class_) {
                    plan.units.push_back(std::move(child));
                }
            }
        }
    } else if (order.act == Act::move) {
        plan.units = plan.sources;
    }
    plan.blockers = blockers_of(tx, plan);
    return plan;
}

std::vector<std::string> Restructuring::blockers_of(sql::Tx& tx, const Plan& plan) const {
    std::vector<std::string> blockers;
    const auto& tree = parts_.organisations;
    const auto kind = plan.sources.empty() ? Kind::school : plan.sources.front().kind;
    for (const auto& one : plan.sources) {
        note(blockers, !one.valid_to, "organisations.closed");
        note(blockers, one.kind == kind && one.parent_id, "organisations.wrong_successor");
        note(blockers,
             plan.day >= tree.state_since(tx, one) || plan.act == Act::split,
             "organisations.before_last_change");
    }
    if (plan.into) {
        note(blockers, !plan.into->valid_to, "organisations.parent_closed");
        const bool same_kind = plan.act != Act::merge && plan.act != Act::split && plan.act != Act::close;
        note(blockers, same_kind || plan.into->kind == kind, "organisations.wrong_successor");
        note(blockers,
             plan.act != Act::move || !is_within(plan.into->path, plan.sources.front().path),
             "organisations.circle");
    }
    note(blockers,
         plan.units.size() <= static_cast<std::size_t>(kMostChildren),
         "organisations.move_too_large");
    if (plan.act == Act::close && !plan.into && kind != Kind::school) {
        note(blockers,
             tree.open_children(tx, plan.sources.front().id, 1).empty(),
             "organisations.has_children");
    }
    std::optional<organisations::SchoolKind> school_kind;
    if (plan.founded) {
        school_kind =
            plan.founded->school_kind ? plan.founded->school_kind : plan.sources.front().school_kind;
    } else if (plan.into) {
        school_kind = plan.into->school_kind;
    }
    for (const auto& unit : plan.units) {
        note(blockers, !unit.valid_to, "organisations.closed");
        note(blockers, plan.day >= tree.state_since(tx, unit), "organisations.before_last_change");
        if (unit.kind == Kind::class_ && school_kind && unit.stage) {
            note(blockers,
                 organisations::may_teach(*school_kind, *unit.stage),
                 "organisations.stage_not_taught");
        }
    }
    return blockers;
}

}  // namespace educard::restructuring
