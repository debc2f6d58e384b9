// Apps of children below fourteen. What a guardian allows is kept apart from what people agree to
// themselves: it ends with the age at which they are asked.

#include "base/error.hpp"
#include "base/json.hpp"
#include "modules/oidc/details.hpp"
#include "modules/oidc/requests.hpp"
#include "modules/oidc/store.hpp"

#include <algorithm>

namespace educard::oidc {

namespace {

/// What the audit says beside the child.
struct AppOfAudit {
    AppId app;
};
BOOST_DESCRIBE_STRUCT(AppOfAudit, (), (app))

constexpr std::size_t kMostRequests = 50;  // that wait at once, of one child

}  // namespace

std::optional<std::vector<Claim>> Oidc::claims_for_child(sql::Tx& tx,
                                                         const App& app,
                                                         AccountId child,
                                                         const std::vector<Claim>& wanted) const {
    const auto allowance = store::find_allowance(tx, child, app.id);
    const auto allowed =
        allowance ? json::decode<std::vector<Claim>>(allowance->claims) : std::vector<Claim>();
    if (allowance && std::ranges::all_of(wanted, [&](Claim claim) { return contains(allowed, claim); })) {
        return wanted;
    }
    const auto person = parts_.people.find(tx, child);
    if (!person) {
        return std::nullopt;
    }
    const bool of_school = may_enter(tx, app, *person);
    const auto by_school = of_school ? std::nullopt : claims_of_school(tx, app, *person, wanted);
    std::vector<Claim> claims;
    for (const auto claim : wanted) {
        if (contains(allowed, claim) || (of_school && contains(app.essential, claim)) ||
            (by_school && contains(*by_school, claim))) {
            claims.push_back(claim);
        } else if (contains(app.essential, claim)) {
            return std::nullopt;  // the app needs more by now than the guardian was asked for
        }
    }
    return of_school || by_school || allowance ? std::optional(claims) : std::nullopt;
}

Person Oidc::get_child(sql::Tx& tx, AccountId child) const {
    const auto standing = parts_.people.find_standing(tx, child);
    auto person = standing && standing->is_child ? parts_.people.find(tx, child) : std::nullopt;
    if (!person) {
        throw Error(Fault::conflict, "oidc.no_guardian_needed");
    }
    return std::move(*person);
}

void Oidc::ask_guardian(sql::Tx& tx, const Caller& caller, AppId id) const {
    const auto app = find_app(tx, id);
    if (!app || app->state != AppState::active) {
        throw Error(Fault::not_found, "oidc.app_unknown");
    }
    admit(tx, *app, caller.account);
    const auto person = get_child(tx, caller.account);
    if (may_enter(tx, *app, person) || claims_for_child(tx, *app, caller.account, all_claims_of(*app))) {
        throw Error(Fault::conflict, "oidc.no_guardian_needed");
    }
    if (store::requests(tx, caller.account).size() < kMostRequests) {
        store::put_request(tx, caller.account, id, parts_.clock.now());
        if (asked_) {
            asked_(tx, caller.account, app->name);
        }
    }
}

std::vector<ChildApp> Oidc::apps_of_child(sql::Tx& tx, AccountId child) const {
    std::vector<ChildApp> list;
    const auto person = parts_.people.find(tx, child);
    if (!person) {
        return list;
    }
    const auto add = [&](AppId id, ChildAppState state, Time at) -> ChildApp* {
        const auto known = std::ranges::any_of(list, [&](const ChildApp& one) { return one.app.id == id; });
        const auto app = known ? std::nullopt : find_app(tx, id);
        if (!app || app->state != AppState::active) {
            return nullptr;
        }
        list.push_back({.app = view_of(tx, *app),
                        .state = state,
                        .claims = views_of(*person, all_claims_of(*app), *app),
                        .allowed = {},
                        .allowed_by = std::nullopt,
                        .at = at});
        return &list.back();
    };
    for (const auto& allowance : store::allowances(tx, child)) {
        if (auto* one = add(allowance.app_id, ChildAppState::allowed, allowance.allowed_at)) {
            one->allowed = json::decode<std::vector<Claim>>(allowance.claims);
            one->allowed_by = parts_.people.name_of(tx, allowance.allowed_by);
        }
    }
    // Where the school answers there is nothing to decide any more, whatever the child had asked before.
    Caller self;
    self.account = child;
    for (const auto& approval : own_school_approvals(tx, self)) {
        if (auto* one = add(approval.app.id, ChildAppState::school, approval.approved_at)) {
            one->approved_by = approval.organisation;
            one->school_purpose = approval.purpose;
        }
    }
    for (const auto& request : store::requests(tx, child)) {
        add(request.app_id, ChildAppState::asked, request.asked_at);
    }
    return list;
}

void Oidc::allow_for_child(sql::Tx& tx,
                           const Caller& guardian,
                           AccountId child,
                           AppId id,
                           const std::optional<std::vector<Claim>>& with) const {
    const auto app = find_app(tx, id);
    if (!app || app->state != AppState::active) {
        throw Error(Fault::not_found, "oidc.app_unknown");
    }
    get_child(tx, child);
    store::put_allowance(tx,
                         child,
                         {.app_id = id,
                          .claims = json::encode(agreed_of(*app, all_claims_of(*app), with)),
                          .allowed_by = guardian.account,
                          .allowed_at = parts_.clock.now()});
    store::remove_request(tx, child, id);
    record_child(tx, guardian, "oidc.allowed_for_child", child, id);
}

void Oidc::end_allowance(sql::Tx& tx, const Caller& caller, AccountId child, AppId app) const {
    end_consent(tx, child, app);
    record_child(tx, caller, "oidc.withdrawn_for_child", child, app);
}

void Oidc::withdraw_for_child(sql::Tx& tx, const Caller& guardian, AccountId child, AppId app) const {
    if (!store::remove_allowance(tx, child, app)) {
        throw Error(Fault::not_found, "oidc.not_connected");
    }
    end_allowance(tx, guardian, child, app);
}

void Oidc::withdraw_allowances_by(sql::Tx& tx,
                                  const Caller& caller,
                                  AccountId child,
                                  AccountId guardian) const {
    for (const auto& allowance : store::allowances(tx, child)) {
        if (allowance.allowed_by == guardian && store::remove_allowance(tx, child, allowance.app_id)) {
            end_allowance(tx, caller, child, allowance.app_id);
        }
    }
}

void Oidc::refuse_for_child(sql::Tx& tx, const Caller& guardian, AccountId child, AppId app) const {
    if (!store::remove_request(tx, child, app)) {
        throw Error(Fault::not_found, "oidc.not_connected");
    }
    record_child(tx, guardian, "oidc.refused_for_child", child, app);
}

void Oidc::record_child(
    sql::Tx& tx, const Caller& caller, const char* action, AccountId child, AppId app) const {
    const auto person = parts_.people.find(tx, child);
    parts_.audit.record(tx,
                        caller,
                        AuditEntry{.action = action,
                                   .organisation_path = person ? person->path : "",
                                   .subject_kind = "account",
                                   .subject = std::to_string(child.value),
                                   .details = json::encode(AppOfAudit{app})});
}

}  // namespace educard::oidc
