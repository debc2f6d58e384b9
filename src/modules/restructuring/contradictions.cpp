// Plans that make each other impossible: what the earlier one ends or takes away, the later one names. Two
// orders are compared by the days on which they are carried out; of the same day the older goes first.

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
#include <variant>

namespace educard::restructuring {

namespace {

using organisations::Kind;
using organisations::Organisations;
using Ids = std::vector<OrganisationId>;

constexpr int kMostOpen = 2'000;

bool holds(const Ids& ids, OrganisationId id) {
    return std::ranges::find(ids, id) != ids.end();
}

/// A name that is given below a place.
using Given = std::tuple<OrganisationId, Kind, std::string>;

/// What an order does to organisations, as far as another one can contradict it.
struct Footprint {
    Act act{};
    OrganisationId office;  // in whose name it is carried out
    Ids named;              // have to be open on its day
    Ids ends;
    Ids goes;     // get another place
    Ids renamed;  // get another name
    std::optional<OrganisationId> receives;
    std::optional<Given> gives;
    bool brings = false;                       // those below take their names along
    std::optional<std::string> school_code;    // of what is founded
    std::optional<std::string> division_code;  // likewise
};

Footprint footprint_of(sql::Tx& tx, const Organisations& tree, const Order& order, OrganisationId office) {
    Footprint print{.act = order.act, .office = office};
    const auto sources = order.organisations.value_or(Ids());
    const auto children = order.children.value_or(Ids());
    print.named = sources;
    print.named.insert(print.named.end(), children.begin(), children.end());
    print.goes = children;
    print.receives = order.into;
    const auto first = sources.empty() ? std::nullopt : tree.find(tx, sources.front());
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

/// The organisations whose names are free after it.
Ids leaving(const Footprint& print) {
    Ids ids = print.ends;
    ids.insert(ids.end(), print.goes.begin(), print.goes.end());
    ids.insert(ids.end(), print.renamed.begin(), print.renamed.end());
    return ids;
}

/// What of `second` cannot be any more after `first`.
std::optional<OrganisationId> clash(sql::Tx& tx,
                                    const Organisations& tree,
                                    const Footprint& first,
                                    const Footprint& second) {
    if (holds(first.ends, second.office)) {
        return second.office;
    }
    for (const auto id : second.named) {
        if (holds(first.ends, id)) {
            return id;
        }
        const auto one = first.act == Act::close ? tree.find(tx, id) : std::nullopt;
        if (one && one->kind == Kind::class_ && holds(first.ends, *one->parent_id)) {
            return id;  // classes end with their school
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
    return std::nullopt;
}

/// Each of two moves below what the other one moves.
bool go_round(sql::Tx& tx, const Organisations& tree, const Order& one, const Order& other) {
    if (one.act != Act::move || other.act != Act::move) {
        return false;
    }
    const auto is_below = [&](OrganisationId id, OrganisationId above) {
        const auto here = tree.find(tx, id);
        const auto there = tree.find(tx, above);
        return here && there && is_within(here->path, there->path);
    };
    return is_below(*one.into, other.organisations->front()) &&
           is_below(*other.into, one.organisations->front());
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

/// Whom it is about, for a message.
std::string names_of(const View& view) {
    const auto names =
        view.organisations.empty() ? std::vector{view.founded.value_or(view.into)} : view.organisations;
    return fmt::format("{}", fmt::join(names, ", "));
}

/// What was done at once, as orders.
struct AsOrders {
    std::vector<Order> operator()(const organisations::Draft& draft) const {
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
        order.on = draft.valid_from;
        return {order};
    }
    std::vector<Order> operator()(const organisations::Change& change) const {
        std::vector<Order> orders;
        if (change.name) {
            orders.push_back(of(Act::rename, change.id, std::nullopt));
            orders.back().name = change.name;
        }
        if (change.parent_id) {
            orders.push_back(of(Act::move, change.id, change.parent_id));
        }
        return orders;
    }
    std::vector<Order> operator()(const organisations::Closing& closing) const {
        auto order = of(Act::close, closing.id, closing.successor_id);
        order.on = closing.valid_to;
        return {order};
    }
    static Order of(Act act, OrganisationId id, std::optional<OrganisationId> into) {
        Order order;
        order.act = act;
        order.organisations = Ids{id};
        order.into = into;
        return order;
    }
};

}  // namespace

/// Past days count as today: what is planned lies ahead of what is done.
void Restructuring::require_unplanned(sql::Tx& tx,
                                      const Caller& caller,
                                      const organisations::Request& request) const {
    const auto today = parts_.organisations.today();
    for (const auto& order : std::visit(AsOrders(), request)) {
        try {
            require_no_contradiction(tx, caller, order, std::max(order.on.value_or(today), today), {});
        } catch (const Error& error) {
            throw Error(Fault::conflict, code_of(error))
                .with("day", parameter_of(error, "day"))
                .with("names", parameter_of(error, "names"));
        }
    }
}

bool Restructuring::is_possible(sql::Tx& tx,
                                const store::Row& planned,
                                const std::vector<RestructuringId>& besides) const {
    auto order = json::decode<Order>(planned.orders);
    order.on = planned.effective_on;
    try {
        return plan_of(tx, caller_of(tx, planned), order, Moment::ordered, besides).blockers.empty();
    } catch (const Error&) {
        return false;
    }
}

void Restructuring::require_nobody_counts_on(sql::Tx& tx, const store::Row& planned) const {
    const auto& tree = parts_.organisations;
    std::set<std::string> names;
    for (const auto id :
         leaving(footprint_of(tx, tree, json::decode<Order>(planned.orders), planned.office_id))) {
        names.insert(name_key(tree.get(tx, id).name));
    }
    for (const auto& row : store::open(tx, names.empty() ? 0 : kMostOpen)) {
        if (row.id == planned.id || row.effective_on < planned.effective_on) {
            continue;
        }
        // Looked at in full is only what may need one of these names.
        const auto print = footprint_of(tx, tree, json::decode<Order>(row.orders), row.office_id);
        const bool needs =
            print.brings || (print.gives && names.contains(std::get<std::string>(*print.gives)));
        if (needs && is_possible(tx, row, {row.id}) && !is_possible(tx, row, {row.id, planned.id})) {
            throw Error(Fault::conflict, "restructuring.counted_on")
                .with("day", to_text(row.effective_on))
                .with("names", names_of(view_of(tx, row)));
        }
    }
}

organisations::Leaving Restructuring::require_no_contradiction(
    sql::Tx& tx,
    const Caller& caller,
    const Order& order,
    Date day,
    const std::vector<RestructuringId>& besides) const {
    const auto& tree = parts_.organisations;
    const auto place = tree.get(tx, first_of(order));
    const auto mine = footprint_of(tx, tree, order, office_for(caller, place.path).organisation);
    organisations::Leaving free;
    for (const auto& row : store::open(tx, kMostOpen)) {
        if (std::ranges::find(besides, row.id) != besides.end()) {
            continue;
        }
        const auto planned = json::decode<Order>(row.orders);
        const auto its = footprint_of(tx, tree, planned, row.office_id);
        const bool is_before = row.effective_on <= day;
        auto field = std::string();
        if (const auto id = is_before ? clash(tx, tree, its, mine) : clash(tx, tree, mine, its)) {
            field = field_of(order, *id);
        } else if (go_round(tx, tree, order, planned)) {
            field = "into";
        } else if (mine.gives && mine.gives == its.gives) {
            field = field_of_name(order);
        } else if (mine.school_code && mine.school_code == its.school_code) {
            field = "founded.school_code";
        } else if (mine.division_code && mine.division_code == its.division_code) {
            field = "founded.division_code";
        }
        if (!field.empty()) {
            throw Error::invalid(field, contradiction_of(row.act))
                .with("day", to_text(row.effective_on))
                .with("names", names_of(view_of(tx, row)));
        }
        if (is_before) {
            std::ranges::copy(leaving(its), std::back_inserter(free));
        }
    }
    return free;
}

}  // namespace educard::restructuring
