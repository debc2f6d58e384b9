// Which app sees which part of the tree.

#include "base/error.hpp"
#include "modules/oneroster/access.hpp"
#include "modules/oneroster/store.hpp"

#include <algorithm>
#include <array>

namespace educard::oneroster {

namespace {

/// A roster tells these of everybody, asked or not: an app that could do without one has no use for it.
bool has_claims(const oidc::App& app) {
    using enum oidc::Claim;
    return std::ranges::all_of(std::array{name, role, school, class_name}, [&](oidc::Claim claim) {
        return std::ranges::find(app.essential, claim) != app.essential.end();
    });
}

}  // namespace

Approval OneRoster::approve(sql::Tx& tx,
                            const Caller& caller,
                            oidc::AppId id,
                            OrganisationId organisation) const {
    const auto app = parts_.oidc.find_app(tx, id);
    if (!app || app->deleted_at) {
        throw Error(Fault::not_found, "oidc.app_unknown");
    }
    const Approval approval{.app_id = id, .organisation_id = organisation, .approved_at = parts_.clock.now()};
    const auto access = access_of(tx, *app, approval);
    store::put_approval(tx, approval);
    parts_.audit.record(tx,
                        caller,
                        {.action = "oneroster.approved",
                         .organisation_path = access.root.path,
                         .subject_kind = "app",
                         .subject = std::to_string(id.value),
                         .details = {}});
    return approval;
}

void OneRoster::withdraw(sql::Tx& tx, const Caller& caller, oidc::AppId app) const {
    const auto approval = store::find_approval(tx, app);
    if (!approval || !store::remove_approval(tx, app)) {
        throw Error(Fault::not_found, "oneroster.not_approved");
    }
    parts_.audit.record(tx,
                        caller,
                        {.action = "oneroster.withdrawn",
                         .organisation_path = parts_.organisations.get(tx, approval->organisation_id).path,
                         .subject_kind = "app",
                         .subject = std::to_string(app.value),
                         .details = {}});
}

std::optional<Approval> OneRoster::find_approval(sql::Tx& tx, oidc::AppId app) const {
    return store::find_approval(tx, app);
}

/// Holds at every request: claims and the tree may have changed since the approval. Who answers for the app
/// is the school itself or above it, as for children who sign in (PIPL art. 31; Oidc::may_enter).
Access OneRoster::access_of(sql::Tx& tx, oidc::App app, const Approval& approval) const {
    if (!app.service) {
        throw Error(Fault::conflict, "oneroster.service_needed");
    }
    if (!has_claims(app)) {
        throw Error(Fault::conflict, "oneroster.claims_needed");
    }
    auto root = parts_.organisations.get(tx, approval.organisation_id);
    const auto answers = parts_.organisations.get(tx, app.organisation_id);
    if (root.kind == organisations::Kind::class_ || !is_within(root.path, answers.path)) {
        throw Error(Fault::conflict, "oneroster.outside");
    }
    return {.app = std::move(app),
            .root = std::move(root),
            .approved_at = approval.approved_at,
            .now = parts_.clock.now(),
            .oidc = parts_.oidc,
            .origin = parts_.origin};
}

}  // namespace educard::oneroster
