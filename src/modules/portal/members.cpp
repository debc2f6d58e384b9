// Those who help with an app. They come by a code and of their own will: nobody's name is looked up by a
// number.

#include "base/error.hpp"
#include "crypto/digest.hpp"
#include "crypto/random.hpp"
#include "modules/portal/found.hpp"

namespace educard::portal {

namespace {

constexpr std::int64_t kMostUses = 50;
constexpr std::int64_t kMostDaysOfCode = 30;
constexpr std::size_t kMostInvitations = 20;

Bytes digest_of(std::string_view code) {
    const auto digest = crypto::sha256(code);
    return {digest.begin(), digest.end()};
}

}  // namespace

MadeInvitation Portal::invite(sql::Tx& tx, const Caller& caller, const InviteInput& input) const {
    const auto found = managed(tx, caller, input.id);
    if (input.role == MemberRole::developer && !answers_for(caller, found)) {
        throw Error(Fault::forbidden, "portal.not_owner");
    }
    std::vector<FieldError> errors;
    if (input.uses < 1 || input.uses > kMostUses) {
        errors.push_back({"uses", "value"});
    }
    if (input.days < 1 || input.days > kMostDaysOfCode) {
        errors.push_back({"days", "value"});
    }
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    const auto now = parts_.clock.now();
    if (store::invitations(tx, input.id, now).size() >= kMostInvitations) {
        throw Error(Fault::conflict, "portal.too_many_invitations");
    }
    const auto code = parts_.random.token();
    const store::InvitationRow row{.digest = digest_of(code),
                                   .id = parts_.ids.next<InvitationId>(),
                                   .app_id = input.id,
                                   .role = input.role,
                                   .uses_left = input.uses,
                                   .made_at = now,
                                   .expires_at = now + std::chrono::days(input.days)};
    store::insert_invitation(tx, row);
    record(tx, caller, "portal.invited", found);
    return {.invitation = {.id = row.id,
                           .role = row.role,
                           .uses_left = row.uses_left,
                           .expires_at = row.expires_at},
            .code = code};
}

void Portal::withdraw_invitation(sql::Tx& tx, const Caller& caller, AppId app, InvitationId id) const {
    managed(tx, caller, app);
    if (!store::remove_invitation(tx, app, id)) {
        throw Error(Fault::not_found, "portal.code_unknown");
    }
}

Membership Portal::join(sql::Tx& tx, const Caller& caller, const std::string& code) const {
    const auto now = parts_.clock.now();
    const auto digest = digest_of(code);
    const auto invitation = store::find_invitation(tx, digest, now);
    if (!invitation) {
        throw Error(Fault::not_found, "portal.code_unknown");
    }
    const auto found = find(tx, invitation->app_id);
    const auto before = store::find_member(tx, invitation->app_id, caller.account);
    auto role = before ? before->role : invitation->role;
    if (!before || (before->role == MemberRole::tester && invitation->role == MemberRole::developer)) {
        if (!store::use_invitation(tx, digest, now)) {
            throw Error(Fault::not_found, "portal.code_unknown");
        }
        store::put_member(tx,
                          {.app_id = invitation->app_id,
                           .account_id = caller.account,
                           .role = invitation->role,
                           .since = now});
        role = invitation->role;
        record(tx, caller, "portal.joined", found);
    }
    const auto shown = found.shown();
    return {.app_id = found.app.id,
            .name = found.app.name,
            .organisation = found.owner.name,
            .logo = shown.logo,
            .home_url = shown.home_url,
            .role = role,
            .testing = found.app.testing,
            .active = found.app.state == oidc::AppState::active};
}

void Portal::remove_member(sql::Tx& tx, const Caller& caller, AppId app, AccountId account) const {
    const auto found = managed(tx, caller, app);
    const auto member = store::find_member(tx, app, account);
    if (!member) {
        throw Error(Fault::not_found, "portal.member_unknown");
    }
    if (member->role == MemberRole::developer && !answers_for(caller, found)) {
        throw Error(Fault::forbidden, "portal.not_owner");
    }
    store::remove_member(tx, app, account);
    record(tx, caller, "portal.member_removed", found);
}

std::vector<Membership> Portal::memberships(sql::Tx& tx, const Caller& caller) const {
    std::vector<Membership> list;
    for (const auto& member : store::memberships(tx, caller.account)) {
        const auto app = parts_.oidc.find_app(tx, member.app_id);
        if (!app || app->deleted_at) {
            continue;
        }
        const auto found = find(tx, member.app_id);
        const auto shown = found.shown();
        list.push_back({.app_id = found.app.id,
                        .name = found.app.name,
                        .organisation = found.owner.name,
                        .logo = shown.logo,
                        .home_url = shown.home_url,
                        .role = member.role,
                        .testing = found.app.testing,
                        .active = found.app.state == oidc::AppState::active});
    }
    return list;
}

void Portal::leave(sql::Tx& tx, const Caller& caller, AppId app) const {
    if (!store::remove_member(tx, app, caller.account)) {
        throw Error(Fault::not_found, "portal.member_unknown");
    }
}

bool Portal::is_reviewed(sql::Tx& tx, const oidc::App& app) const {
    const auto listing = store::find_listing(tx, app.id);
    return listing && (!app.testing || listing->state == State::submitted);
}

bool Portal::is_member(sql::Tx& tx, AppId app, AccountId account) const {
    return store::find_member(tx, app, account).has_value();
}

}  // namespace educard::portal
