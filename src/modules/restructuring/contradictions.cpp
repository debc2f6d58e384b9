// Plans that make each other impossible: what the earlier one ends or takes away, the later one names. Two
// are compared by the days on which they are carried out; of the same day the older goes first. What is done
// at once in the tree is compared in the same way.

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "modules/restructuring/plan.hpp"
#include "modules/restructuring/store.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <set>
#include <tuple>
#include <unordered_map>
#include <variant>

namespace educard::restructuring {

namespace {

using organisations::Kind;
using organisations::Organisations;
using Ids = std::vector<OrganisationId>;

constexpr int kMostOpen = 2'000;
constexpr std::size_t kMostNamed = 5;

bool holds(const Ids& ids, OrganisationId id) {
    return std::ranges::find(ids, id) != ids.end();
}

/// The tree as it is, each organisation read once: everything is compared with every open plan.
class Tree {
public:
    Tree(sql::Tx& tx, const Organisations& organisations) : tx_(tx), organisations_(organisations) {}

    const std::optional<Organisation>& find(OrganisationId id) {
        const auto [at, is_new] = known_.try_emplace(id);
        if (is_new) {
            at->second = organisations_.find(tx_, id);
        }
        return at->second;
    }
    bool has_namesake(const Organisation& one,
                      OrganisationId parent,
                      Date day,
                      const organisations::Leaving& free) const {
        return organisations_.namesake(tx_, one, parent, day, free).has_value();
    }

private:
    sql::Tx& tx_;
    const Organisations& organisations_;
    std::unordered_map<OrganisationId, std::optional<Organisation>> known_;
};

/// A name that is given below a place.
using Given = std::tuple<OrganisationId, Kind, std::string>;

/// What an order does to organisations, as far as another one can contradict it.
struct Footprint {
    Act act{};
    std::optional<OrganisationId> office;  // in whose name it is carried out; what is done at once has none
    Ids named;                             // have to be open on its day
    Ids ends;
    Ids goes;     // get another place
    Ids renamed;  // get another name
    std::optional<OrganisationId> receives;
    std::optional<Given> gives;
    bool brings = false;                       // those below take their names along
    std::optional<std::string> school_code;    // that it gives
    std::optional<std::string> division_code;  // likewise
};

Footprint footprint_of(Tree& tree, const Order& order, std::optional<OrganisationId> office) {
    Footprint print{.act = order.act, .office = office};
    const auto sources = order.organisations.value_or(Ids());
    const auto children = order.children.value_or(Ids());
    print.named = sources;
    print.named.insert(print.named.end(), children.begin(), children.end());
    print.goes = children;
    print.receives = order.into;
    const auto first = sources.empty() ? std::nullopt : tree.find(sources.front());
    const bool is_above_schools = first && first->kind != Kind::school && first->kind != Kind::class_;
    print.brings = is_above_schools && (order.act == Act::merge || order.act == Act::split ||
                                        (order.act == Act::close && order.into));
    switch (order.act) {
        case Act::merge:
        case Act::close:
            print.ends = sources;
            break;
        case Act::move:
            print.goes = sources;
            if (first && order.into) {
                print.gives = {*order.into, first->kind, name_key(first->name)};
            }
            break;
        case Act::rename:
            print.renamed = sources;
            if (first && first->parent_id) {
                print.gives = {*first->parent_id, first->kind, name_key(*order.name)};
            }
            break;
        case Act::found:
            print.gives = {order.into.value_or(OrganisationId{}),
                           order.founded->kind.value_or(Kind::school),
                           name_key(order.founded->name)};
            break;
        case Act::split:
        case Act::move_classes:
            break;
    }
    if (order.founded) {
        print.school_code = order.founded->school_code;
        print.division_code = order.founded->division_code;
    }
    if (order.founded && first && first->parent_id) {
        print.receives = first->parent_id;
        print.gives = {*first->parent_id, first->kind, name_key(order.founded->name)};
    }
    if (print.receives) {
        print.named.push_back(*print.receives);
    }
    return print;
}

/// What is done at once, as it would be ordered. `Change` has only what becomes another.
struct AsFootprints {
    Tree& tree;

    std::vector<Footprint> operator()(const organisations::Draft& draft) const {
        if (draft.kind == Kind::class_) {
            return {};
        }
        Order order;
        order.act = Act::found;
        order.into = draft.parent_id;
        order.founded = Founded{.kind = draft.kind,
                                .name = draft.name.value_or(""),
                                .division_code = draft.division_code,
                                .school_code = draft.school_code,
                                .school_kind = draft.school_kind};
        return {of(order)};
    }
    std::vector<Footprint> operator()(const organisations::Change& change) const {
        std::vector<Footprint> prints;
        if (change.name) {
            prints.push_back(of(order_for(Act::rename, change.id, std::nullopt, change.name)));
        }
        if (change.parent_id) {
            prints.push_back(of(order_for(Act::move, change.id, change.parent_id, std::nullopt)));
        }
        if (change.school_code || change.division_code) {
            Footprint codes;
            codes.act = Act::rename;
            codes.school_code = change.school_code;
            codes.division_code = change.division_code;
            prints.push_back(codes);
        }
        return prints;
    }
    /// Whatever its day, nothing can be ordered of it from now on.
    std::vector<Footprint> operator()(const organisations::Closing& closing) const {
        return {of(order_for(Act::close, closing.id, closing.successor_id, std::nullopt))};
    }

    Footprint of(const Order& order) const { return footprint_of(tree, order, std::nullopt); }
    static Order order_for(Act act,
                           OrganisationId id,
                           std::optional<OrganisationId> into,
                           std::optional<std::string> name) {
        Order order;
        order.act = act;
        order.organisations = Ids{id};
        order.into = into;
        order.name = std::move(name);
        return order;
    }
};

/// The organisations whose names are free after it.
Ids leaving(const Footprint& print) {
    Ids ids = print.ends;
    ids.insert(ids.end(), print.goes.begin(), print.goes.end());
    ids.insert(ids.end(), print.renamed.begin(), print.renamed.end());
    return ids;
}

/// A class of a school that ends.
bool ends_with_school(const Organisation& one, const Footprint& print) {
    return one.kind == Kind::class_ && one.parent_id && holds(print.ends, *one.parent_id);
}

/// What `first` takes away from below the office that is to carry out `second`.
std::optional<OrganisationId> out_of_reach(Tree& tree, const Footprint& first, const Footprint& second) {
    const auto office = second.office ? tree.find(*second.office) : std::nullopt;
    const auto there = first.receives ? tree.find(*first.receives) : std::nullopt;
    if (first.goes.empty() || !office || !there || is_within(there->path, office->path)) {
        return std::nullopt;
    }
    for (const auto id : second.named) {
        const auto& named = tree.find(id);
        for (const auto gone : first.goes) {
            const auto& moved = tree.find(gone);
            if (named && moved && is_within(named->path, moved->path)) {
                return id;
            }
        }
    }
    return std::nullopt;
}

/// What of `second` cannot be any more after `first`.
std::optional<OrganisationId> clash(Tree& tree, const Footprint& first, const Footprint& second) {
    if (second.office && holds(first.ends, *second.office)) {
        return second.office;
    }
    for (const auto id : second.named) {
        if (holds(first.ends, id)) {
            return id;
        }
        const auto one = first.ends.empty() ? std::nullopt : tree.find(id);
        const bool goes_there_already = first.act == Act::merge && first.receives == second.receives;
        if (one && (first.act == Act::close || goes_there_already) && ends_with_school(*one, first)) {
            return id;
        }
    }
    if (second.act == Act::close && first.receives && holds(second.ends, *first.receives)) {
        return first.receives;  // what was previewed as empty will not be
    }
    for (const auto id : second.goes) {
        if (holds(first.goes, id)) {
            return id;
        }
    }
    for (const auto id : second.renamed) {
        if (holds(first.renamed, id)) {
            return id;
        }
    }
    return out_of_reach(tree, first, second);
}

/// Each of two moves below what the other one moves.
bool go_round(Tree& tree, const Footprint& one, const Footprint& other) {
    if (one.act != Act::move || other.act != Act::move) {
        return false;
    }
    const auto is_below = [&](OrganisationId id, OrganisationId above) {
        const auto& here = tree.find(id);
        const auto& there = tree.find(above);
        return here && there && is_within(here->path, there->path);
    };
    return is_below(*one.receives, other.goes.front()) && is_below(*other.receives, one.goes.front());
}

/// One moves what the other renames: there it would meet a namesake.
bool meets_namesake(
    Tree& tree, const Footprint& one, const Footprint& other, Date day, const organisations::Leaving& free) {
    if (one.act != Act::move) {
        return other.act == Act::move && meets_namesake(tree, other, one, day, free);
    }
    if (other.act != Act::rename || other.renamed != one.goes || !other.gives) {
        return false;
    }
    auto moved = tree.find(one.goes.front());
    if (!moved) {
        return false;
    }
    moved->name = std::get<std::string>(*other.gives);
    return tree.has_namesake(*moved, *one.receives, day, free);
}

std::string field_of(const Order& order, OrganisationId id) {
    if (holds(order.children.value_or(Ids()), id)) {
        return "children";
    }
    return order.into == id || !order.organisations ? "into" : "organisations";
}

std::string field_of_name(const Order& order) {
    return order.founded ? "founded.name" : order.name ? "name" : "into";
}

const char* contradiction_of(Act act) {
    switch (act) {
        case Act::merge:
            return "restructuring.contradicts_merge";
        case Act::split:
            return "restructuring.contradicts_split";
        case Act::move:
            return "restructuring.contradicts_move";
        case Act::close:
            return "restructuring.contradicts_close";
        case Act::move_classes:
            return "restructuring.contradicts_move_classes";
        case Act::rename:
            return "restructuring.contradicts_rename";
        case Act::found:
            break;
    }
    return "restructuring.contradicts_found";
}

/// A plan that is still to be carried out.
struct Planned {
    store::Row row;
    Order order;
    Footprint print;
};

std::vector<Planned> open_plans(sql::Tx& tx, Tree& tree) {
    std::vector<Planned> plans;
    for (auto& row : store::open(tx, kMostOpen)) {
        auto order = json::decode<Order>(row.orders);
        auto print = footprint_of(tree, order, row.office_id);
        plans.push_back({.row = std::move(row), .order = std::move(order), .print = std::move(print)});
    }
    return plans;
}

enum class What { organisation, way_round, name, school_code, division_code };

struct Contradiction {
    const Planned* plan = nullptr;
    What what{};
    OrganisationId id;  // of What::organisation
};

/// What is to be done on a day, compared with the open plans.
class Comparison {
public:
    Comparison(Tree& tree, const std::vector<Planned>& plans) : tree_(tree), plans_(plans) {}

    std::optional<Contradiction> find(const Footprint& mine, Date day, const Among& among = {}) {
        free_.clear();
        for (const auto& plan : plans_) {
            if (std::ranges::find(among.besides, plan.row.id) != among.besides.end()) {
                continue;
            }
            const bool is_before =
                std::pair(plan.row.effective_on, plan.row.id) < std::pair(day, among.younger_than);
            if (auto found = with(plan, mine, day, is_before)) {
                return found;
            }
            if (is_before) {
                std::ranges::copy(leaving(plan.print), std::back_inserter(free_));
            }
        }
        return std::nullopt;
    }

    /// Those that an earlier plan takes away or renames: their names are free by then.
    organisations::Leaving free() && { return std::move(free_); }

private:
    std::optional<Contradiction> with(const Planned& plan, const Footprint& mine, Date day, bool is_before) {
        const auto& its = plan.print;
        if (const auto id = is_before ? clash(tree_, its, mine) : clash(tree_, mine, its)) {
            return Contradiction{.plan = &plan, .what = What::organisation, .id = *id};
        }
        const auto of = [&](What what) {
            return Contradiction{.plan = &plan, .what = what, .id = OrganisationId{}};
        };
        if (go_round(tree_, mine, its)) {
            return of(What::way_round);
        }
        if ((mine.gives && mine.gives == its.gives) || meets_namesake(tree_, mine, its, day, free_)) {
            return of(What::name);
        }
        if (mine.school_code && mine.school_code == its.school_code) {
            return of(What::school_code);
        }
        if (mine.division_code && mine.division_code == its.division_code) {
            return of(What::division_code);
        }
        return std::nullopt;
    }

    Tree& tree_;
    const std::vector<Planned>& plans_;
    organisations::Leaving free_;
};

std::string field_of(const Order& order, const Contradiction& found) {
    switch (found.what) {
        case What::organisation:
            return field_of(order, found.id);
        case What::way_round:
            return "into";
        case What::name:
            return field_of_name(order);
        case What::school_code:
            return "founded.school_code";
        case What::division_code:
            break;
    }
    return "founded.division_code";
}

/// Whom it is about, for a message.
std::string names_of(const View& view) {
    const auto names =
        view.organisations.empty() ? std::vector{view.founded.value_or(view.into)} : view.organisations;
    return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

/// A plan of others is not told of, only that there is one.
Restructuring::Refusal Restructuring::refusal_by(sql::Tx& tx,
                                                 const Caller& caller,
                                                 const store::Row& row) const {
    const auto place = parts_.organisations.find(tx, row.organisation_id);
    if (!place || !may_administer(caller, place->path)) {
        return {.code = "restructuring.contradicts_other", .day = {}, .names = {}};
    }
    return {.code = contradiction_of(row.act),
            .day = to_text(row.effective_on),
            .names = names_of(view_of(tx, row))};
}

std::vector<std::optional<Error>> Restructuring::refusals_by_plans(
    sql::Tx& tx, const Caller& caller, std::span<const organisations::Request> requests) const {
    Tree tree(tx, parts_.organisations);
    const auto plans = open_plans(tx, tree);
    const AsFootprints footprints{.tree = tree};
    std::vector<std::optional<Error>> refusals;
    for (const auto& request : requests) {
        auto& refusal = refusals.emplace_back();
        for (const auto& print : plans.empty() ? std::vector<Footprint>() : std::visit(footprints, request)) {
            const auto found = Comparison(tree, plans).find(print, parts_.organisations.today());
            if (found && !refusal) {
                const auto by = refusal_by(tx, caller, found->plan->row);
                refusal = Error(Fault::conflict, by.code).with("day", by.day).with("names", by.names);
            }
        }
    }
    return refusals;
}

bool Restructuring::is_possible(sql::Tx& tx, const store::Row& planned, const Among& among) const {
    auto order = json::decode<Order>(planned.orders);
    order.on = planned.effective_on;
    try {
        return plan_of(tx, caller_of(tx, planned), order, Moment::ordered, among).blockers.empty();
    } catch (const Error&) {
        return false;
    }
}

void Restructuring::require_nobody_counts_on(sql::Tx& tx, const store::Row& planned) const {
    Tree tree(tx, parts_.organisations);
    const auto plans = open_plans(tx, tree);
    const auto own = std::ranges::find(plans, planned.id, [](const Planned& one) { return one.row.id; });
    std::set<std::string> names;
    for (const auto id : own == plans.end() ? Ids() : leaving(own->print)) {
        names.insert(name_key(parts_.organisations.get(tx, id).name));
    }
    std::vector<std::string> counting;
    for (const auto& [row, order, print] : plans) {
        // Looked at in full is only what may need one of these names.
        const bool needs =
            print.brings || (print.gives && names.contains(std::get<std::string>(*print.gives)));
        const bool is_later = row.id != planned.id && row.effective_on >= planned.effective_on;
        if (names.empty() || !needs || !is_later || counting.size() == kMostNamed) {
            continue;
        }
        if (is_possible(tx, row, {.besides = {row.id}, .younger_than = row.id}) &&
            !is_possible(tx, row, {.besides = {row.id, planned.id}, .younger_than = row.id})) {
            counting.push_back(fmt::format("{} {}", to_text(row.effective_on), names_of(view_of(tx, row))));
        }
    }
    if (!counting.empty()) {
        throw Error(Fault::conflict, "restructuring.counted_on")
            .with("names", fmt::format("{}", fmt::join(counting, "; ")));
    }
}

organisations::Leaving Restructuring::require_no_contradiction(
    sql::Tx& tx, const Caller& caller, const Order& order, Date day, const Among& among) const {
    Tree tree(tx, parts_.organisations);
    const auto place = parts_.organisations.get(tx, first_of(order));
    const auto mine = footprint_of(tree, order, office_for(caller, place.path).organisation);
    const auto plans = open_plans(tx, tree);
    Comparison comparison(tree, plans);
    if (const auto found = comparison.find(mine, day, among)) {
        const auto by = refusal_by(tx, caller, found->plan->row);
        throw Error::invalid(field_of(order, *found), by.code).with("day", by.day).with("names", by.names);
    }
    return std::move(comparison).free();
}

}  // namespace educard::restructuring
