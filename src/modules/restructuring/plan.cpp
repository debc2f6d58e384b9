// What an order means: which organisations it names, whether the caller may, and what stands in its way. All
// that carrying it out would refuse as things are is said here: by field, or as a blocker of the preview.

#include "modules/restructuring/plan.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <iterator>
#include <set>

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

void require_unlike(const std::optional<Organisation>& namesake, const char* field) {
    if (namesake) {
        throw Error::invalid(field, "organisations.name_taken").with("name", namesake->name);
    }
}

bool is_without_sources(Act act) {
    return act == Act::move_classes || act == Act::found;
}

/// A fault of what is founded is one of the field `founded`.
[[noreturn]] void rethrow_as_founded(const Error& error) {
    if (error.fields().empty()) {
        throw error;
    }
    auto fields = error.fields();
    for (auto& field : fields) {
        field.path = "founded." + field.path;
    }
    throw Error::invalid(std::move(fields));
}

/// Each act has fields of its own.
void check_form(const Order& order) {
    const bool founds = order.act == Act::found;
    const bool renames = order.act == Act::rename;
    const bool receives = order.into || (order.founded && !founds);
    require(receives || order.act == Act::close || renames, "into", "required");
    require(!renames || !order.into, "into", "value");
    require(founds || !(order.into && order.founded), "into", "restructuring.one_receiver");
    require(
        !order.founded || order.act == Act::merge || order.act == Act::split || founds, "founded", "value");
    require(!founds || order.founded, "founded", "required");
    require(!order.founded || founds == order.founded->kind.has_value(),
            "founded.kind",
            founds ? "required" : "value");
    require(renames == order.name.has_value(), "name", renames ? "required" : "value");
}

}  // namespace

const Grant& office_for(const Caller& caller, std::string_view path) {
    const Grant* highest = nullptr;
    for (const auto& grant : caller.grants) {
        const bool fits =
            grant.role != Role::class_teacher && !grant.reads_only && is_within(path, grant.path);
        if (fits && (highest == nullptr || grant.path.size() < highest->path.size())) {
            highest = &grant;
        }
    }
    if (highest == nullptr) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    return *highest;
}

std::string code_of(const Error& error) {
    return error.fields().empty() ? error.code() : error.fields().front().code;
}

std::string parameter_of(const Error& error, std::string_view name) {
    const auto& all = error.parameters();
    const auto found = std::ranges::find(all, name, &std::pair<std::string, std::string>::first);
    return found == all.end() ? std::string() : found->second;
}

OrganisationId first_of(const Order& order) {
    return order.organisations && !order.organisations->empty() ? order.organisations->front()
                                                                : order.into.value_or(OrganisationId{});
}

Restructuring::Plan Restructuring::plan_of(
    sql::Tx& tx, const Caller& caller, const Order& order, Moment moment, const Among& among) const {
    auto plan = named_by(tx, caller, order);
    if (moment == Moment::ordered) {
        plan.leaving = require_no_contradiction(tx, caller, order, plan.day, among);
    }
    if (plan.act == Act::merge) {
        std::ranges::transform(plan.sources, std::back_inserter(plan.leaving), &Organisation::id);
    }
    check_names(tx, caller, plan);
    plan.blockers = blockers_of(tx, plan);
    return plan;
}

Restructuring::Plan Restructuring::named_by(sql::Tx& tx, const Caller& caller, const Order& order) const {
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
        is_without_sources(order.act) == ids.empty(), "organisations", ids.empty() ? "required" : "value");
    require(ids.size() <= kMostSources && (order.act == Act::merge || ids.size() <= 1),
            "organisations",
            "too_many");
    for (const auto id : ids) {
        plan.sources.push_back(tree.get(tx, id));
        allow(tree.may_edit(caller, plan.sources.back()));
        require(std::ranges::count(ids, id) == 1, "organisations", "restructuring.twice");
        require(plan.sources.back().kind != Kind::class_, "organisations", "organisations.wrong_place");
    }
    check_form(order);
    plan.name = tidy(order.name.value_or(""));
    if (order.into) {
        plan.into = tree.get(tx, *order.into);
        require(std::ranges::find(ids, *order.into) == ids.end(), "into", "restructuring.into_itself");
        if (order.act == Act::move) {
            const auto& source = plan.sources.front();
            allow(std::ranges::count(tree.may_create(caller, *plan.into), source.kind) > 0 ||
                  may_administer(caller, plan.into->path));
            require(organisations::may_move_below(source.kind, plan.into->kind),
                    "into",
                    "organisations.wrong_place");
            require(source.parent_id != plan.into->id, "into", "restructuring.below_already");
        } else if (order.act == Act::found) {
            allow(may_administer(caller, plan.into->path));
            require(*order.founded->kind != Kind::class_ &&
                        organisations::fits_below(*order.founded->kind, plan.into->kind),
                    "founded.kind",
                    "organisations.wrong_place");
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
    return plan;
}

organisations::Draft Restructuring::draft_of(const Plan& plan) const {
    organisations::Draft draft;
    draft.name = plan.founded->name;
    draft.division_code = plan.founded->division_code;
    draft.school_code = plan.founded->school_code;
    draft.school_kind = plan.founded->school_kind;
    draft.valid_from = plan.day;
    if (plan.act == Act::found) {
        draft.parent_id = plan.into->id;
        draft.kind = *plan.founded->kind;
    } else {
        const auto& beside = plan.sources.front();
        draft.parent_id = beside.parent_id.value_or(OrganisationId{});
        draft.kind = beside.kind;
        draft.school_kind = draft.school_kind ? draft.school_kind : beside.school_kind;
    }
    return draft;
}

/// What is founded, moved or gets a name has one that nobody beside it has.
void Restructuring::check_names(sql::Tx& tx, const Caller& caller, const Plan& plan) const {
    const auto& tree = parts_.organisations;
    if (plan.founded) {
        try {
            tree.check(tx, caller, draft_of(plan), plan.leaving);
        } catch (const Error& error) {
            rethrow_as_founded(error);
        }
    }
    if (plan.act == Act::rename && plan.sources.front().parent_id) {
        auto renamed = plan.sources.front();
        require(plan.name != renamed.name, "name", "restructuring.same_name");
        renamed.name = plan.name;
        if (auto faults = tree.faults_below(renamed, tree.get(tx, *renamed.parent_id)); !faults.empty()) {
            throw Error::invalid(std::move(faults));
        }
        require_unlike(tree.namesake(tx, renamed, *renamed.parent_id, plan.day, plan.leaving), "name");
    }
    if (plan.act == Act::move) {
        require_unlike(tree.namesake(tx, plan.sources.front(), plan.into->id, plan.day, plan.leaving),
                       "into");
        return;
    }
    std::set<std::pair<Kind, std::string>> names;
    for (const auto& unit : plan.units) {
        if (unit.kind == Kind::class_) {
            continue;
        }
        const bool is_free = names.insert({unit.kind, name_key(unit.name)}).second;
        if (!is_free || (plan.into && tree.namesake(tx, unit, plan.into->id, plan.day, plan.leaving))) {
            throw Error::invalid(plan.act == Act::split ? "children" : "organisations",
                                 "organisations.namesake_there")
                .with("name", unit.name);
        }
    }
}

std::vector<Blocker> Restructuring::blockers_of(sql::Tx& tx, const Plan& plan) const {
    std::vector<Blocker> blockers;
    const auto& tree = parts_.organisations;
    const auto kind = plan.sources.empty() ? Kind::school : plan.sources.front().kind;
    // One of a code is enough.
    const auto note = [&](bool holds, std::string_view code, const Organisation* about) {
        if (!holds && std::ranges::find(blockers, code, &Blocker::code) == blockers.end()) {
            blockers.push_back({.code = std::string(code), .name = std::nullopt});
            if (about != nullptr) {
                blockers.back().name = organisations::display_name(*about, tree.today());
            }
        }
    };
    for (const auto& one : plan.sources) {
        note(!one.valid_to, "organisations.closed", &one);
        note(one.kind == kind && one.parent_id, "organisations.wrong_successor", &one);
        note(plan.day >= tree.state_since(tx, one) || plan.act == Act::split,
             "organisations.before_last_change",
             &one);
    }
    if (plan.into) {
        note(!plan.into->valid_to, "organisations.parent_closed", &*plan.into);
        note(plan.day >= plan.into->valid_from, "organisations.before_last_change", &*plan.into);
        const bool same_kind = plan.act != Act::merge && plan.act != Act::split && plan.act != Act::close;
        note(same_kind || plan.into->kind == kind, "organisations.wrong_successor", &*plan.into);
    }
    for (const auto& one : plan.sources) {
        note(std::ranges::none_of(plan.sources,
                                  [&](const Organisation& other) {
                                      return other.id != one.id && is_within(other.path, one.path);
                                  }),
             "organisations.circle",
             &one);
    }
    note(plan.units.size() <= static_cast<std::size_t>(kMostChildren),
         "organisations.move_too_large",
         nullptr);
    if (plan.act == Act::close && !plan.into && kind != Kind::school) {
        note(tree.open_children(tx, plan.sources.front().id, 1).empty(),
             "organisations.has_children",
             &plan.sources.front());
    }
    // Whose place they take: as it is, or as it will be founded.
    Organisation receiver = plan.into ? *plan.into : Organisation{};
    if (plan.founded && plan.act != Act::found) {
        receiver.kind = kind;
        receiver.school_kind = draft_of(plan).school_kind;
    }
    const bool fits = plan.act != Act::close && (receiver.kind == kind || plan.act == Act::move);
    for (const auto& unit : plan.units) {
        note(!unit.valid_to, "organisations.closed", &unit);
        note(plan.day >= tree.state_since(tx, unit), "organisations.before_last_change", &unit);
        if (unit.kind != Kind::class_) {
            note(!plan.into || !is_within(plan.into->path, unit.path), "organisations.circle", &unit);
            note(!tree.is_too_large_to_move(tx, unit), "organisations.move_too_large", &unit);
        }
        for (const auto& fault : fits ? tree.faults_below(unit, receiver) : std::vector<FieldError>()) {
            note(false, fault.code, &unit);
        }
    }
    return blockers;
}

}  // namespace educard::restructuring
