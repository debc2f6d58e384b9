// What becomes of a link: confirmed, disputed, decided, ended. Every change is conditional on what was looked
// at. What a guardian allowed rests on the right to decide and ends with it.

#include "base/error.hpp"
#include "modules/families/acting.hpp"
#include "modules/families/families.hpp"
#include "modules/families/store.hpp"

#include <utility>

namespace educard::families {

namespace {

constexpr int kMostOpen = 200;
constexpr int kSweepAtOnce = 200;
constexpr std::chrono::days kInvitationsKept{30};

void require_other(const Caller& caller, const store::LinkRow& row) {
    if (row.account_id == caller.account) {
        throw Error(Fault::forbidden, "families.own_link");
    }
}

}  // namespace

std::vector<LinkView> Families::open_links(sql::Tx& tx, const Caller& caller, OrganisationId school) const {
    std::vector<LinkView> list;
    for (const auto& row : store::open_links(tx, school, kMostOpen)) {
        const auto child = get_child(tx, row.person_id);
        if (may_speak_for_school(caller, child)) {
            list.push_back(view_of(row, child));
        }
    }
    return list;
}

Disputes Families::disputes(
    sql::Tx& tx, const Caller& caller, OrganisationId organisation, LinkId cursor, int limit) const {
    const auto top = parts_.organisations.get(tx, organisation);
    require_scope(
        caller, top.path, {Role::province_admin, Role::city_admin, Role::county_admin, Role::school_admin});
    const auto rows = store::open_disputes(tx, top.path, end_of_subtree(top.path), cursor, limit);
    Disputes found;
    for (const auto& row : rows) {
        const auto child = get_child(tx, row.person_id);
        if (may_administer(caller, child.path)) {  // the child may have left since
            found.items.push_back({view_of(row, child), parts_.organisations.get(tx, row.school_id).name});
        }
    }
    if (std::cmp_equal(rows.size(), limit)) {
        found.next = rows.back().id;
    }
    return found;
}

LinkView Families::confirm(sql::Tx& tx, const Caller& caller, LinkId id) const {
    Child child;
    const auto row = get_within_scope(tx, caller, id, child);
    require_other(caller, row);
    if (row.state != LinkState::waiting) {
        throw Error(Fault::conflict, "families.not_waiting");
    }
    change(tx, row, LinkState::active, row.rights);
    note(tx, caller, row, EventKind::confirmed);
    record(tx, caller, "families.confirmed", row, child.path);
    const auto confirmed = get_link(tx, id);
    tell(tx, confirmed, child, accounts::AccountEventKind::link_confirmed);
    tell_of_consents(tx, confirmed, child);
    return view_of(confirmed, child);
}

void Families::dispute(sql::Tx& tx, const Caller& caller, const Because& input) const {
    const auto reason = check_reason(input.reason);
    auto row = get_link(tx, input.id);
    const auto child = get_child(tx, row.person_id);
    const auto own = store::find_link(tx, row.person_id, caller.account);
    const bool is_guardian =
        own && (own->id == row.id || own->state == LinkState::active) && stage_of(child) != Stage::adult;
    if (!is_guardian && !may_speak_for_school(caller, child)) {
        throw Error(Fault::not_found, "families.link_unknown");
    }
    if (row.state != LinkState::active) {
        throw Error(row.state == LinkState::ended ? Fault::not_found : Fault::conflict,
                    row.state == LinkState::ended      ? "families.link_unknown"
                    : row.state == LinkState::disputed ? "families.disputed"
                                                       : "families.waiting");
    }
    if (child.learns) {
        row.school_id = child.school_id;
    }
    change(tx, row, LinkState::disputed, row.rights);
    note(tx, caller, row, EventKind::disputed, reason);
    record(tx, caller, "families.disputed", row, child.path);
    if (row.account_id != caller.account) {
        tell(tx, row, child, accounts::AccountEventKind::link_disputed);
    }
}

void Families::end(sql::Tx& tx, const Caller& caller, const Because& input) const {
    const auto row = get_link(tx, input.id);
    const auto child = get_child(tx, row.person_id);
    const bool own = row.account_id == caller.account;
    if ((!own && !may_speak_for_school(caller, child)) || row.state == LinkState::ended) {
        throw Error(Fault::not_found, "families.link_unknown");
    }
    if (!own && row.state == LinkState::disputed) {
        throw Error(Fault::conflict, "families.disputed");
    }
    const auto reason = own ? input.reason : std::optional(check_reason(input.reason));
    change(tx, row, LinkState::ended, row.rights);
    note(tx, caller, row, own ? EventKind::ended : EventKind::ended_by_school, reason);
    record(tx, caller, "families.ended", row, child.path);
    if (!own) {
        tell(tx, row, child, accounts::AccountEventKind::link_ended);
    }
    if (child.account) {
        parts_.oidc.withdraw_allowances_by(tx, caller, *child.account, row.account_id);
    }
}

LinkView Families::decide(sql::Tx& tx, const Caller& caller, const Decision& input) const {
    const auto reason = check_reason(input.reason);
    Child child;
    const auto row = get_within_scope(tx, caller, input.id, child);
    if (!may_administer(caller, child.path)) {
        throw Error(Fault::forbidden, "families.by_administrator");
    }
    require_other(caller, row);
    if (row.state == LinkState::ended || row.state == LinkState::waiting) {
        throw Error(row.state == LinkState::ended ? Fault::not_found : Fault::conflict,
                    row.state == LinkState::ended ? "families.link_unknown" : "families.waiting");
    }
    const auto rights = input.rights.value_or(row.rights);
    const bool keeps = input.verdict == Verdict::keep;
    if (keeps && row.state == LinkState::active && rights == row.rights) {
        throw Error(Fault::conflict, "families.nothing_to_decide");
    }
    change(tx, row, keeps ? LinkState::active : LinkState::ended, keeps ? rights : row.rights);
    if (keeps && row.state == LinkState::disputed) {
        note(tx, caller, row, EventKind::kept, reason);
    }
    if (keeps && rights != row.rights) {
        note(tx, caller, row, EventKind::rights_changed, reason);
    }
    if (!keeps) {
        note(tx, caller, row, EventKind::ended_by_school, reason);
    }
    record(tx, caller, keeps ? "families.kept" : "families.ended", row, child.path);
    if (!keeps || row.state == LinkState::disputed) {
        tell(tx,
             row,
             child,
             keeps ? accounts::AccountEventKind::link_kept : accounts::AccountEventKind::link_ended);
    }
    if (child.account && (!keeps || rights != Rights::full)) {
        parts_.oidc.withdraw_allowances_by(tx, caller, *child.account, row.account_id);
    }
    return view_of(get_link(tx, input.id), child);
}

std::vector<HistoryItem> Families::history(sql::Tx& tx, const Caller& caller, LinkId id) const {
    Child child;
    const auto row = get_within_scope(tx, caller, id, child);
    return history_of(tx, row, true, caller.account);
}

void Families::follow_school(sql::Tx& tx,
                             OrganisationId from,
                             OrganisationId to,
                             const std::vector<PersonId>* children) const {
    for (const auto& row : store::open_links(tx, from, 10 * kMostOpen)) {
        if (children == nullptr || std::ranges::find(*children, row.person_id) != children->end()) {
            store::set_school(tx, row, to);
        }
    }
}

void Families::sweep(sql::Tx& tx) const {
    const auto now = parts_.clock.now();
    store::delete_invitations(tx, now - kInvitationsKept);
    for (const auto& row : store::links_of_grown_up(tx, date_in_china(now), kSweepAtOnce)) {
        if (store::change_link(tx, row, LinkState::ended, row.rights, now)) {
            note(tx, Caller{}, row, EventKind::grown_up);
        }
    }
}

}  // namespace educard::families
