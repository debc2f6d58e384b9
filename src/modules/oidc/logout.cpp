// Signing out: at the wish of an app (OpenID Connect RP-Initiated Logout 1.0), and telling apps that somebody
// has (OpenID Connect Back-Channel Logout 1.0).

#include "base/error.hpp"
#include "base/json.hpp"
#include "crypto/blind_index.hpp"
#include "crypto/jwt.hpp"
#include "crypto/random.hpp"
#include "modules/oidc/details.hpp"
#include "modules/oidc/redirects.hpp"
#include "modules/oidc/requests.hpp"
#include "modules/oidc/signing_keys.hpp"
#include "modules/oidc/store.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace educard::oidc {

namespace {

constexpr std::string_view kNotice = "oidc.logout";  // of the outbox
constexpr std::chrono::minutes kNoticeLife{2};

/// What is kept of a notice until it is delivered.
struct Notice {
    AppId app;
    std::string subject;
    std::string session;
    std::string id;
};
BOOST_DESCRIBE_STRUCT(Notice, (), (app, subject, session, id))

}  // namespace

std::string Oidc::session_id_for(const App& app, SessionId session) const {
    const crypto::BlindIndex index(parts_.keys);
    return to_base64url(index.of("oidc.session", fmt::format("{}\n{}", app.id.value, session.value)));
}

LogoutStep Oidc::logout(sql::Tx& tx, const Caller& caller, const LogoutInput& input) const {
    if (input.repeated && !input.repeated->empty()) {
        throw Error(Fault::invalid, "oidc.repeated").with("name", input.repeated->front());
    }
    LogoutStep step{.ask = caller.signed_in(), .app = std::nullopt, .location = std::nullopt};
    // Of an ID token that expired meanwhile, too (RP-Initiated Logout, 4).
    const auto hint = input.id_token_hint ? signing_keys_->read(*input.id_token_hint) : std::nullopt;
    const auto name = input.client_id ? *input.client_id : hint ? std::string(hint->text("aud")) : "";
    const auto id = parse_id(name);
    const auto app = id ? find_app(tx, AppId{*id}) : std::nullopt;
    if (!name.empty() && (!app || app->state != AppState::active)) {
        throw Error(Fault::not_found, "oidc.app_unknown");
    }
    const auto& uri = input.post_logout_redirect_uri;
    if (uri && (!app || std::ranges::find(app->post_logout_redirect_uris, *uri) ==
                            app->post_logout_redirect_uris.end())) {
        throw Error(Fault::invalid, "oidc.redirect_unknown");
    }
    if (!app) {
        return step;
    }
    step.app = view_of(tx, *app);
    if (uri) {
        step.location =
            input.state ? with_parameters(*uri, {{"state", *input.state}}) : with_parameters(*uri, {});
    }
    const bool knows = hint && hint->is_for(std::to_string(app->id.value)) && caller.signed_in() &&
                       hint->text("sub") == subject_of(*app, caller.account) &&
                       hint->text("sid") == session_id_for(*app, caller.session);
    step.ask = caller.signed_in() && !knows;
    return step;
}

void Oidc::session_ended(sql::Tx& tx, AccountId account, SessionId session) const {
    std::vector<AppId> told;
    for (const auto& grant : store::grants_of(tx, account, session)) {
        if (!has_scope(grant.scope, "offline_access")) {
            store::revoke_grant(tx, account, grant.id, parts_.clock.now());
        }
        const auto app = find_app(tx, grant.app_id);
        if (!app || !app->backchannel_logout_uri || app->state != AppState::active ||
            std::ranges::find(told, app->id) != told.end()) {
            continue;
        }
        told.push_back(app->id);
        parts_.outbox.put(tx,
                          kNotice,
                          json::encode(Notice{.app = app->id,
                                              .subject = subject_of(*app, account),
                                              .session = session_id_for(*app, session),
                                              .id = parts_.random.token()}));
    }
}

void Oidc::handle_outbox() {
    parts_.outbox.handle(std::string(kNotice), [this](const OutboxItem& item) { tell_logout(item); });
    parts_.outbox.handle(std::string(kApprovalWithdrawn),
                         [this](const OutboxItem& item) { end_entries(item); });
}

void Oidc::tell_logout(const OutboxItem& item) const {
    const auto notice = json::decode<Notice>(item.payload);
    const auto app = parts_.database.read([&](sql::Tx& tx) { return find_app(tx, notice.app); });
    if (!app || !app->backchannel_logout_uri || app->state != AppState::active) {
        return;
    }
    const auto now = parts_.clock.now();
    const auto signer = signing_keys_->signer(app->id_token_algorithm);
    const auto token = crypto::make_jwt(
        signer.key,
        signer.id,
        "logout+jwt",
        {{"iss", parts_.issuer},
         {"aud", std::to_string(app->id.value)},
         {"iat", seconds(now)},
         {"exp", seconds(now + kNoticeLife)},
         {"jti", notice.id},
         {"events",
          boost::json::object{{"http://schemas.openid.net/event/backchannel-logout", boost::json::object()}}},
         {"sub", notice.subject},
         {"sid", notice.session}});
    const auto status =
        parts_.outgoing.post(*app->backchannel_logout_uri,
                             "application/x-www-form-urlencoded",
                             "logout_token=" + token);  // of letters that a form leaves as they are
    if (status >= 500) {
        throw Error(Fault::unavailable, "oidc.logout_refused");
    }
    if (status >= 300) {
        throw Error(Fault::invalid, "oidc.logout_refused");
    }
}

}  // namespace educard::oidc
