// Plans that make each other impossible: what the earlier one ends or takes away, the later one names. Two
// orders are compared by the days on which they are carried out; of the same day the older goes first.

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "modules/restructuring/plan.hpp"
#include "modules/restructuring/store.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <tuple>

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

}  // namespace

organisations::Leaving Restructuring::require_no_contradiction(sql::Tx& tx,
                                                               const Caller& caller,
                                                               const Order& order,
                                                               Date day) const {
    const auto& tree = parts_.organisations;
    const auto place = tree.get(tx, first_of(order));
    const auto mine = footprint_of(tx, tree, order, office_for(caller, place.path).organisation);
    organisations::Leaving leaving;
    for (const auto& row : store::open(tx, kMostOpen)) {
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
            const auto view = view_of(tx, row);
            const auto names = view.organisations.empty() ? std::vector{view.founded.value_or(view.into)}
                                                          : view.organisations;
            throw Error::invalid(field, contradiction_of(row.act))
                .with("day", to_text(row.effective_on))
                .with("names", fmt::format("{}", fmt::join(names, ", ")));
        }
        if (is_before) {
            for (const auto* gone : {&its.ends, &its.goes, &its.renamed}) {
                leaving.insert(leaving.end(), gone->begin(), gone->end());
            }
        }
    }
    return leaving;
}

}  // namespace educard::restructuring
