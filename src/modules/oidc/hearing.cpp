// What apps are told of people without being asked, as far as these let them in.

#include "base/json.hpp"
#include "modules/oidc/requests.hpp"
#include "modules/oidc/store.hpp"

#include <algorithm>

namespace educard::oidc {

namespace {

bool has_entered(sql::Tx& tx, AccountId account, AppId app) {
    return std::ranges::any_of(store::entered(tx, account),
                               [&](const store::Entered& one) { return one.app_id == app; });
}

}  // namespace

std::vector<AppId> Oidc::apps_of(sql::Tx& tx, AccountId account) const {
    std::vector<AppId> apps;
    for (const auto& consent : store::consents(tx, account)) {
        apps.push_back(consent.app_id);
    }
    for (const auto& allowance : store::allowances(tx, account)) {
        apps.push_back(allowance.app_id);
    }
    for (const auto& entered : store::entered(tx, account)) {
        apps.push_back(entered.app_id);
    }
    std::ranges::sort(apps);
    const auto again = std::ranges::unique(apps);
    apps.erase(again.begin(), again.end());
    return apps;
}

std::optional<Told> Oidc::find_told(sql::Tx& tx, const App& app, AccountId account, Occasion occasion) const {
    const auto standing = parts_.people.find_standing(tx, account);
    const auto person = standing ? parts_.people.find(tx, account) : std::nullopt;
    if (!person || app.state != AppState::active) {
        return std::nullopt;
    }
    std::optional<std::vector<Claim>> claims;
    if (!standing->is_child) {
        if (const auto consent = store::find_consent(tx, account, app.id)) {
            claims = registered_of(app, json::decode<std::vector<Claim>>(consent->claims));
        } else if (has_entered(tx, account, app.id)) {
            claims = claims_of_school(tx, app, *person, all_claims_of(app));
        }
    } else {
        // A school's own app may let in all of its children; that is no reason to tell it of those who never
        // came.
        const bool entered = has_entered(tx, account, app.id);
        if (entered || store::find_allowance(tx, account, app.id)) {
            claims = claims_for_child(tx, app, account, all_claims_of(app));
        }
        if (!claims && entered && occasion == Occasion::parting) {
            claims.emplace();
        }
    }
    if (!claims) {
        return std::nullopt;
    }
    Told told{.claims = std::move(*claims), .members = {}};
    told.members = claims_of(*person, told.claims);
    told.members["sub"] = subject_of(app, account);
    return told;
}

void Oidc::end_consent(sql::Tx& tx, AccountId account, AppId app) const {
    store::revoke_grants(tx, app, account, parts_.clock.now());
    if (tell_withdrawn_) {
        tell_withdrawn_(tx, app, account);
    }
}

}  // namespace educard::oidc
