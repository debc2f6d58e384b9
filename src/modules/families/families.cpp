// What the parts of this module share: finding a link with its child, who may see it, and how it is shown.

#include "modules/families/families.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "modules/families/acting.hpp"
#include "modules/families/store.hpp"

#include <algorithm>

namespace educard::families {

namespace {

constexpr std::size_t kLongestReason = 500;
constexpr int kMostEvents = 50;

/// "王**": enough to know whom one asked for.
std::string beginning_of(std::string_view name) {
    std::size_t octets = 1;
    while (octets < name.size() && (static_cast<unsigned char>(name[octets]) & 0xC0U) == 0x80U) {
        ++octets;
    }
    return std::string(name.substr(0, octets)) + "**";
}

}  // namespace

Families::Families(const Parts& parts)
    : parts_(parts), cipher_(parts.keys, parts.random), index_(parts.keys) {}

Stage Families::stage_of(const Child& child) const {
    const auto today = date_in_china(parts_.clock.now());
    if (child.birth_date && years_between(*child.birth_date, today) >= kAgeOfMajority) {
        return Stage::adult;
    }
    return child.below_age_of_consent ? Stage::child : Stage::youth;
}

Child Families::get_child(sql::Tx& tx, PersonId person) const {
    auto child = parts_.children.find(tx, person);
    EDU_ASSERT(child.has_value());
    return std::move(*child);
}

bool may_speak_for_school(const Caller& caller, const Child& child) {
    return child.learns &&
           (may_administer(caller, child.path) || may_act(caller, child.path, {Role::class_teacher}));
}

/// Within the caller's scope. What lies outside is as unknown as what is not there.
Child Families::find_child(sql::Tx& tx, const Caller& caller, const ChildRef& ref) const {
    if (ref.roster_entry_id.has_value() == ref.card_number.has_value()) {
        throw Error::invalid("card_number", "families.one_reference");
    }
    std::optional<PersonId> person;
    if (ref.roster_entry_id) {
        const auto path = parts_.children.path_of_entry(tx, *ref.roster_entry_id);
        if (!path || !(may_administer(caller, *path) || may_act(caller, *path, {Role::class_teacher}))) {
            throw Error(Fault::not_found, "families.child_unknown");
        }
        person = parts_.children.of_entry(tx, *ref.roster_entry_id);
        if (!person) {
            throw Error(Fault::conflict, "families.not_certified");
        }
    } else {
        person = parts_.children.of_card(tx, *ref.card_number);
    }
    auto child = person ? parts_.children.find(tx, *person) : std::nullopt;
    if (!child || !may_speak_for_school(caller, *child)) {
        throw Error(Fault::not_found, "families.child_unknown");
    }
    return std::move(*child);
}

store::LinkRow Families::get_link(sql::Tx& tx, LinkId id) const {
    auto row = store::find_link(tx, id);
    if (!row) {
        throw Error(Fault::not_found, "families.link_unknown");
    }
    return std::move(*row);
}

/// For the school of the child.
store::LinkRow Families::get_within_scope(sql::Tx& tx, const Caller& caller, LinkId id, Child& child) const {
    auto row = get_link(tx, id);
    child = get_child(tx, row.person_id);
    if (!may_speak_for_school(caller, child)) {
        throw Error(Fault::not_found, "families.link_unknown");
    }
    return row;
}

Families::Acting Families::acting(sql::Tx& tx, const Caller& caller, LinkId id, Hold hold) const {
    auto row = get_link(tx, id);
    if (row.account_id != caller.account || row.state == LinkState::ended) {
        throw Error(Fault::not_found, "families.link_unknown");
    }
    auto child = get_child(tx, row.person_id);
    const auto stage = stage_of(child);
    if (stage == Stage::adult) {
        throw Error(Fault::not_found, "families.link_unknown");
    }
    if (row.state == LinkState::waiting) {
        throw Error(Fault::conflict, "families.waiting");
    }
    if (row.state == LinkState::disputed) {
        throw Error(Fault::conflict, "families.disputed");
    }
    if (row.rights != Rights::full) {
        throw Error(Fault::forbidden, "families.informed_only");
    }
    if (stage != Stage::child) {
        throw Error(Fault::forbidden, "families.of_age");
    }
    if (!child.account) {
        throw Error(Fault::conflict, "families.no_account");
    }
    if (hold == Hold::yes && !store::hold_link(tx, row)) {
        throw Error(Fault::conflict, "families.changed_meanwhile");
    }
    const auto account = *child.account;
    return {.row = std::move(row), .child = std::move(child), .account = account};
}

std::string Families::name_in(const store::LinkRow& row) const {
    return cipher_.open(row.guardian_name, {"family_link", "guardian_name", row.id.value});
}

LinkView Families::view_of(const store::LinkRow& row, const Child& child) const {
    return {.id = row.id,
            .child_name = child.name,
            .class_name = child.class_name,
            .guardian_name = name_in(row),
            .relation = row.relation,
            .rights = row.rights,
            .state = row.state,
            .origin = row.origin,
            .made_at = row.made_at,
            .changed_at = row.changed_at};
}

ChildView Families::child_view_of(sql::Tx& tx, const store::LinkRow& row) const {
    const auto child = get_child(tx, row.person_id);
    ChildView view;
    view.id = row.id;
    view.relation = row.relation;
    view.rights = row.rights;
    view.state = row.state;
    view.stage = stage_of(child);
    if (row.state == LinkState::waiting) {
        view.name = beginning_of(child.name);
        return view;
    }
    const auto standing = parts_.children.standing(tx, child);
    view.name = child.name;
    view.school = child.learns ? std::optional(child.school) : std::nullopt;
    view.class_name = child.class_name;
    view.card_number = child.card_number;
    view.card_state = standing.card_state;
    view.card_reason = standing.card_reason;
    view.application_state = standing.application_state;
    view.application_reason = standing.application_reason;
    view.may_decide =
        row.state == LinkState::active && row.rights == Rights::full && view.stage == Stage::child;
    if (child.account && view.stage == Stage::child) {
        view.missing_consents = parts_.accounts.missing_consents(tx, *child.account);
        view.apps_asked = static_cast<int>(std::ranges::count(parts_.oidc.apps_of_child(tx, *child.account),
                                                              oidc::ChildAppState::asked,
                                                              &oidc::ChildApp::state));
    }
    return view;
}

std::vector<FellowGuardian> Families::fellows_of(sql::Tx& tx, PersonId child, AccountId self) const {
    std::vector<FellowGuardian> list;
    for (const auto& row : store::links_of_child(tx, child)) {
        list.push_back({.id = row.id,
                        .name = name_in(row),
                        .relation = row.relation,
                        .rights = row.rights,
                        .state = row.state,
                        .self = row.account_id == self});
    }
    return list;
}

std::vector<HistoryItem> Families::history_of(sql::Tx& tx,
                                              const store::LinkRow& row,
                                              bool reasons,
                                              AccountId reader) const {
    std::vector<HistoryItem> list;
    for (const auto& event : store::events_of(tx, row.person_id, row.id, kMostEvents)) {
        HistoryItem item{.kind = event.kind, .at = event.at, .by = std::nullopt, .reason = std::nullopt};
        if (event.account_id) {
            const auto account = parts_.accounts.find(tx, *event.account_id);
            item.by = account ? std::optional(account->name) : std::nullopt;
        }
        if (event.reason && (reasons || event.account_id == reader)) {
            item.reason = cipher_.open(*event.reason, {"family_event", "reason", event.id});
        }
        list.push_back(std::move(item));
    }
    return list;
}

void Families::change(sql::Tx& tx, const store::LinkRow& row, LinkState state, Rights rights) const {
    if (!store::change_link(tx, row, state, rights, parts_.clock.now())) {
        throw Error(Fault::conflict, "families.changed_meanwhile");
    }
}

void Families::note(sql::Tx& tx,
                    const Caller& caller,
                    const store::LinkRow& row,
                    EventKind kind,
                    const std::optional<std::string>& reason) const {
    store::EventRow event;
    event.id = parts_.ids.next<Id<struct FamilyEventTag>>().value;
    event.link_id = row.id;
    event.at = parts_.clock.now();
    event.kind = kind;
    event.account_id = caller.signed_in() ? std::optional(caller.account) : std::nullopt;
    if (reason && !reason->empty()) {
        event.reason = cipher_.seal(*reason, {"family_event", "reason", event.id});
    }
    store::insert_event(tx, row.person_id, event);
}

void Families::record(sql::Tx& tx,
                      const Caller& caller,
                      std::string_view action,
                      const store::LinkRow& row,
                      std::string_view path) const {
    parts_.audit.record(tx,
                        caller,
                        AuditEntry{.action = std::string(action),
                                   .organisation_path = std::string(path),
                                   .subject_kind = "person",
                                   .subject = std::to_string(row.person_id.value),
                                   .details = ""});
}

std::string Families::check_reason(const std::optional<std::string>& reason) const {
    const auto text = tidy(reason.value_or(""));
    if (text.empty() || count_characters(text) > kLongestReason) {
        throw Error::invalid("reason", text.empty() ? "required" : "too_long");
    }
    return text;
}

bool Families::has_children(sql::Tx& tx, AccountId account) const {
    return store::has_children(tx, account);
}

bool Families::decide_for(sql::Tx& tx, PersonId child) const {
    return store::has_deciding_guardian(tx, child);
}

}  // namespace educard::families
