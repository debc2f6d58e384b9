// Initial access tokens for developers whose apps register themselves.

#include "base/error.hpp"
#include "modules/portal/found.hpp"

#include <algorithm>

namespace educard::portal {

namespace {

TokenView view_of(const oidc::InitialToken& token, const organisations::Organisation& organisation) {
    return {.id = token.id,
            .organisation_id = organisation.id,
            .organisation = organisation.name,
            .uses_left = token.uses_left,
            .expires_at = token.expires_at,
            .revoked = token.revoked_at.has_value()};
}

}  // namespace

std::vector<TokenView> Portal::tokens(sql::Tx& tx, const Caller& caller) const {
    std::vector<TokenView> list;
    for (const auto& token : parts_.oidc.list_initial_tokens(tx)) {
        const auto organisation = parts_.organisations.find(tx, token.organisation_id);
        if (organisation && may_administer(caller, organisation->path)) {
            list.push_back(view_of(token, *organisation));
        }
    }
    std::ranges::reverse(list);
    return list;
}

MadeToken Portal::make_token(sql::Tx& tx, const Caller& caller, const NewTokenInput& input) const {
    const auto organisation = parts_.organisations.get(tx, input.organisation_id);
    require_scope(caller,
                  organisation.path,
                  {Role::province_admin, Role::city_admin, Role::county_admin, Role::school_admin});
    // Far beyond what may be, and small enough to be days.
    const auto days = std::clamp<std::int64_t>(input.days, 0, 10'000);
    const auto made = parts_.oidc.make_initial_token(tx,
                                                     caller,
                                                     {.organisation_id = organisation.id,
                                                      .uses = input.uses,
                                                      .life = std::chrono::days(days),
                                                      .testing = true});
    return {.kept = view_of(made.kept, organisation), .token = made.token};
}

void Portal::revoke_token(sql::Tx& tx, const Caller& caller, oidc::InitialTokenId id) const {
    const auto mine = tokens(tx, caller);
    if (std::ranges::find(mine, id, &TokenView::id) == mine.end()) {
        throw Error(Fault::not_found, "oidc.initial_token_unknown");
    }
    parts_.oidc.revoke_initial_token(tx, caller, id);
}

}  // namespace educard::portal
