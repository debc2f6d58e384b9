// What a guardian sees and decides. Each act asks anew whether the guardian may, and holds the link until it
// is done, so that a dispute comes before or after it.

#include "base/error.hpp"
#include "modules/families/acting.hpp"
#include "modules/families/families.hpp"
#include "modules/families/store.hpp"

namespace educard::families {

std::vector<ChildView> Families::children_of(sql::Tx& tx, const Caller& caller) const {
    std::vector<ChildView> list;
    for (const auto& row : store::links_of_account(tx, caller.account)) {
        auto view = child_view_of(tx, row);
        if (view.stage != Stage::adult) {
            list.push_back(std::move(view));
        }
    }
    return list;
}

std::vector<Child> Families::pupils_of(sql::Tx& tx, AccountId guardian) const {
    std::vector<Child> pupils;
    for (const auto& row : store::links_of_account(tx, guardian)) {
        auto child = get_child(tx, row.person_id);
        if (row.state == LinkState::active && child.learns && stage_of(child) != Stage::adult) {
            pupils.push_back(std::move(child));
        }
    }
    return pupils;
}

ChildDetail Families::child(sql::Tx& tx, const Caller& caller, LinkId id) const {
    const auto row = get_link(tx, id);
    if (row.account_id != caller.account || row.state == LinkState::ended) {
        throw Error(Fault::not_found, "families.link_unknown");
    }
    ChildDetail detail{
        .child = child_view_of(tx, row), .consents = {}, .apps = {}, .guardians = {}, .history = {}};
    if (detail.child.stage == Stage::adult) {
        throw Error(Fault::not_found, "families.link_unknown");
    }
    if (row.state == LinkState::waiting) {
        return detail;
    }
    const auto account = get_child(tx, row.person_id).account;
    if (account) {
        detail.consents = parts_.accounts.consents_of(tx, *account);
        const auto own = name_in(row);
        for (auto& consent : detail.consents) {
            if (consent.guardian_name != own) {
                consent.guardian_phone.clear();
            }
        }
    }
    if (account && detail.child.stage == Stage::child) {
        detail.apps = parts_.oidc.apps_of_child(tx, *account);
    }
    detail.guardians = fellows_of(tx, row.person_id, caller.account);
    detail.history = history_of(tx, row, false, caller.account);
    return detail;
}

std::vector<FellowGuardian> Families::own_guardians(sql::Tx& tx, const Caller& caller) const {
    return caller.person ? fellows_of(tx, caller.person, caller.account) : std::vector<FellowGuardian>();
}

ChildDetail Families::give_consent(sql::Tx& tx, const Caller& caller, const GiveConsent& input) const {
    const auto [row, child, account] = acting(tx, caller, input.id, Hold::yes);
    const auto identity = parts_.accounts.identify(tx, caller.account);
    const auto known = identity ? identity->phone : std::nullopt;
    parts_.accounts.give_consent_for(tx,
                                     caller,
                                     account,
                                     {.name = name_in(row),
                                      .relation = row.relation,
                                      .phone = input.phone ? *input.phone : known.value_or("")},
                                     input.policy_version,
                                     input.purposes);
    note(tx, caller, row, EventKind::consent_given);
    record(tx, caller, "families.consent_given", row, child.path);
    return this->child(tx, caller, input.id);
}

ChildDetail Families::withdraw_consent(sql::Tx& tx,
                                       const Caller& caller,
                                       const WithdrawConsent& input) const {
    const auto [row, child, account] = acting(tx, caller, input.id, Hold::yes);
    parts_.accounts.withdraw_consent_for(tx, caller, account, input.consent_id);
    note(tx, caller, row, EventKind::consent_withdrawn);
    record(tx, caller, "families.consent_withdrawn", row, child.path);
    tell_fellows(tx, row, child, accounts::AccountEventKind::consent_missing, name_in(row));
    return this->child(tx, caller, input.id);
}

ChildDetail Families::allow_app(sql::Tx& tx, const Caller& caller, const AllowApp& input) const {
    const auto [row, child, account] = acting(tx, caller, input.id, Hold::yes);
    parts_.oidc.allow_for_child(tx, caller, account, input.app_id, input.with);
    note(tx, caller, row, EventKind::app_allowed);
    return this->child(tx, caller, input.id);
}

ChildDetail Families::withdraw_app(sql::Tx& tx, const Caller& caller, const AppOfChild& input) const {
    const auto [row, child, account] = acting(tx, caller, input.id, Hold::yes);
    bool asked = false;
    for (const auto& one : parts_.oidc.apps_of_child(tx, account)) {
        asked = asked || (one.app.id == input.app_id && one.state == oidc::ChildAppState::asked);
    }
    if (asked) {
        parts_.oidc.refuse_for_child(tx, caller, account, input.app_id);
    } else {
        parts_.oidc.withdraw_for_child(tx, caller, account, input.app_id);
        note(tx, caller, row, EventKind::app_withdrawn);
    }
    return this->child(tx, caller, input.id);
}

accounts::Recovered Families::reset_password(const Caller& caller, LinkId id) const {
    return parts_.accounts.recover_for(
        caller,
        [&](sql::Tx& tx) {
            auto found = acting(tx, caller, id, Hold::no);
            return accounts::HelpedAccount{.account = found.account, .path = std::move(found.child.path)};
        },
        [&](sql::Tx& tx) {
            const auto found = acting(tx, caller, id, Hold::yes);
            note(tx, caller, found.row, EventKind::password_reset);
        },
        "families.password_reset");
}

}  // namespace educard::families
