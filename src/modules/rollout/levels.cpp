#include "modules/rollout/levels.hpp"

#include "modules/rollout/store.hpp"
#include "modules/rollout/store_days.hpp"

#include <algorithm>
#include <chrono>

namespace educard::rollout {

namespace {

using organisations::Organisation;
constexpr int kChildrenAtOnce = 200;

CountsByKind minus(CountsByKind from, const CountsByKind& what) {
    const auto take = [](Counts& one, const Counts& other) {
        one.not_begun -= other.not_begun;
        one.in_review -= other.in_review;
        one.returned -= other.returned;
        one.certified -= other.certified;
    };
    take(from.student, what.student);
    take(from.teacher, what.teacher);
    take(from.staff, what.staff);
    return from;
}

CountsByKind sum_of(const std::map<OrganisationId, CountsByKind>& counts) {
    CountsByKind sum;
    for (const auto& [id, one] : counts) {
        sum += one;
    }
    return sum;
}

/// An organisation and its counts, for as long as a level is put together.
struct Member {
    Organisation organisation;
    CountsByKind counts;
    std::optional<Date> deadline;  // of a day that was kept
    bool rest = false;             // what of it no other member holds
};

bool is_below_cities(organisations::Kind kind) {
    return kind == organisations::Kind::county || kind == organisations::Kind::unit;
}

/// Adds what of `top` no member holds: the schools of a city's own, the people of a school without a class.
void add_rest(std::vector<Member>& members, std::size_t first, const Organisation& top, CountsByKind counts) {
    for (std::size_t i = first; i < members.size(); ++i) {
        counts = minus(counts, members[i].counts);
    }
    if (counts != CountsByKind()) {
        members.push_back({top, counts, std::nullopt, true});
    }
}

/// How the rest of an organisation is called in a list of those below it.
std::string name_of_rest(const NodeProgress& node) {
    const bool is_school = node.kind == organisations::Kind::school;
    return node.name + (is_school ? "（未编入班级）" : "（直属学校）");
}

}  // namespace

CountsByKind Rollout::by_kind_of(sql::Tx& tx, const Organisation& organisation) const {
    using organisations::Kind;
    if (organisation.kind == Kind::school || organisation.kind == Kind::class_) {
        return store::find(tx, organisation.id);
    }
    return store::sum_below(tx, organisation.path);
}

std::optional<Date> Rollout::deadline_of(sql::Tx& tx, const Organisation& organisation) const {
    return deadlines_ ? deadlines_(tx, {organisation}).at(0) : std::nullopt;
}

void Rollout::judge(sql::Tx& tx,
                    const std::vector<Organisation>& list,
                    std::vector<NodeProgress*> nodes) const {
    const auto today = date_in_china(clock_.now());
    const auto deadlines = deadlines_ ? deadlines_(tx, list) : std::vector<std::optional<Date>>(list.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        std::optional<Counts> at_deadline;
        if (deadlines[i] && *deadlines[i] < today) {
            const auto then = store::find_day(tx, list[i].id, *deadlines[i]);
            at_deadline = then ? std::optional(then->counts.all()) : std::nullopt;
        }
        nodes[i]->standing = standing_of(nodes[i]->counts, deadlines[i], today, at_deadline);
    }
}

namespace {

/// The open children of `parent`, then the closed ones that have people.
std::vector<Member> members_now(sql::Tx& tx,
                                const organisations::Organisations& organisations,
                                const Organisation& parent,
                                std::map<OrganisationId, CountsByKind> counts) {
    std::vector<Member> members;
    std::optional<std::string> cursor;
    do {
        auto slice = organisations.children(tx, parent.id, cursor, kChildrenAtOnce);
        for (auto& child : slice.items) {
            const auto own = counts.extract(child.id);
            members.push_back({std::move(child), own ? own.mapped() : CountsByKind(), std::nullopt});
        }
        cursor = slice.next;
    } while (cursor);
    for (const auto& [id, one] : counts) {
        if (one != CountsByKind()) {
            members.push_back({organisations.get(tx, id), one, std::nullopt});
        }
    }
    return members;
}

void require_counties(const Organisation& top, Level level) {
    if (level == Level::counties && top.kind != organisations::Kind::province) {
        throw Error::invalid("level", "rollout.counties_of_province");
    }
}

}  // namespace

LevelProgress Rollout::level_now(sql::Tx& tx, const Organisation& top, Level level) const {
    require_counties(top, level);
    const auto today = date_in_china(clock_.now());
    auto counts = store::counts_of_children(tx, top.id);
    const bool has_own = top.kind == organisations::Kind::school || top.kind == organisations::Kind::class_;
    const auto sum = has_own ? store::find(tx, top.id) : sum_of(counts);
    auto members = members_now(tx, organisations_, top, std::move(counts));
    if (level == Level::counties) {
        std::vector<Member> counties;
        for (auto& member : members) {
            if (is_below_cities(member.organisation.kind)) {
                counties.push_back(std::move(member));
            } else if (member.organisation.kind == organisations::Kind::city) {
                const auto& city = member.organisation;
                const auto first = counties.size();
                for (auto& one :
                     members_now(tx, organisations_, city, store::counts_of_children(tx, city.id))) {
                    if (is_below_cities(one.organisation.kind)) {
                        counties.push_back(std::move(one));
                    }
                }
                add_rest(counties, first, city, member.counts);
            }
        }
        members = std::move(counties);
    }
    if (top.kind != organisations::Kind::class_) {  // nothing is below one
        add_rest(members, 0, top, sum);
    }

    LevelProgress found{node_of(top, today, sum), {}, today, clock_.now()};
    std::vector<Organisation> list{top};
    for (const auto& member : members) {
        found.nodes.push_back(node_of(member.organisation, today, member.counts));
        if (member.rest) {
            found.nodes.back().name = name_of_rest(found.nodes.back());
        }
        list.push_back(member.organisation);
    }
    std::vector<NodeProgress*> nodes{&found.organisation};
    std::ranges::transform(found.nodes, std::back_inserter(nodes), [](NodeProgress& node) { return &node; });
    judge(tx, list, std::move(nodes));
    return found;
}

std::optional<LevelProgress> Rollout::level_on(sql::Tx& tx,
                                               const Organisation& top,
                                               Level level,
                                               Date day) const {
    require_counties(top, level);
    const auto run = store::find_run(tx, day);
    const auto own = store::find_day(tx, top.id, day);
    const bool has_classes =
        top.kind == organisations::Kind::school || top.kind == organisations::Kind::class_;
    if (!run || run->state != store::DayState::kept || !own || has_classes) {
        return std::nullopt;
    }
    const auto as_of = [&](OrganisationId id) {
        const auto then = organisations_.as_of(tx, id, day);
        return then ? *then : organisations_.get(tx, id);
    };
    const auto members_on = [&](OrganisationId parent) {
        std::vector<Member> members;
        for (const auto& row : store::children_on(tx, parent, day)) {
            members.push_back({as_of(row.organisation), row.counts, row.deadline});
        }
        std::ranges::sort(members, {}, [](const Member& member) {
            const auto& one = member.organisation;
            return std::pair(one.school_code ? *one.school_code : one.division_code.value_or(""), one.id);
        });
        return members;
    };
    auto members = members_on(top.id);
    if (level == Level::counties) {
        std::vector<Member> counties;
        for (auto& member : members) {
            if (is_below_cities(member.organisation.kind)) {
                counties.push_back(std::move(member));
            } else if (member.organisation.kind == organisations::Kind::city) {
                const auto first = counties.size();
                for (auto& one : members_on(member.organisation.id)) {
                    if (is_below_cities(one.organisation.kind)) {
                        counties.push_back(std::move(one));
                    }
                }
                add_rest(counties, first, member.organisation, member.counts);
            }
        }
        members = std::move(counties);
    }
    add_rest(members, 0, top, own->counts);

    const auto next_day = Date(std::chrono::sys_days(day) + std::chrono::days(1));
    const auto judged = [&](const Member& member) {
        auto node = node_of(member.organisation, day, member.counts);
        std::optional<Counts> at_deadline;
        if (member.deadline && *member.deadline <= day) {
            const auto then = store::find_day(tx, member.organisation.id, *member.deadline);
            at_deadline = then ? std::optional(then->counts.all()) : std::nullopt;
        }
        node.standing = standing_of(node.counts, member.deadline, next_day, at_deadline);
        if (member.rest) {
            node.name = name_of_rest(node);
        }
        return node;
    };
    LevelProgress found{judged({as_of(top.id), own->counts, own->deadline}), {}, day, run->at};
    std::ranges::transform(members, std::back_inserter(found.nodes), judged);
    return found;
}

}  // namespace educard::rollout
