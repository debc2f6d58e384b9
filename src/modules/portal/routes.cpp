#include "http/routes.hpp"

#include "http/bind.hpp"
#include "modules/portal/portal.hpp"

namespace educard::portal {

namespace {

using http::read;
using http::write;

constexpr std::initializer_list<Role> kReviewers{Role::province_admin, Role::city_admin};
constexpr int kLogoCache = 31'536'000;  // what a digest names never changes
constexpr int kLogoOfAppCache = 300;

struct AppRef {
    AppId id;
};
BOOST_DESCRIBE_STRUCT(AppRef, (), (id))

struct KeysInput {
    AppId id;
    json::Text<std::size_t{1} << 15U> keys;
};
BOOST_DESCRIBE_STRUCT(KeysInput, (), (id, keys))

struct StateInput {
    AppId id;
    bool active = false;
};
BOOST_DESCRIBE_STRUCT(StateInput, (), (id, active))

struct ReasonInput {
    AppId id;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(ReasonInput, (), (id, reason))

struct InvitationRef {
    AppId id;
    InvitationId invitation;
};
BOOST_DESCRIBE_STRUCT(InvitationRef, (), (id, invitation))

struct MemberRef {
    AppId id;
    AccountId account;
};
BOOST_DESCRIBE_STRUCT(MemberRef, (), (id, account))

struct CodeInput {
    std::string code;
};
BOOST_DESCRIBE_STRUCT(CodeInput, (), (code))

struct TokenRef {
    oidc::InitialTokenId id;
};
BOOST_DESCRIBE_STRUCT(TokenRef, (), (id))

struct Secret {
    std::string secret;
};
BOOST_DESCRIBE_STRUCT(Secret, (), (secret))

http::Download picture_of(Logo logo, int cache) {
    return {.content_type = std::move(logo.content_type),
            .body = std::move(logo.picture),
            .file_name = std::nullopt,
            .cache_seconds = cache,
            .etag = std::move(logo.digest)};
}

void add_registry(http::Routes& routes, Portal& portal) {
    routes
        .get("/api/v1/apps",
             read([&portal](sql::Tx& tx, const Caller& caller) { return portal.list(tx, caller); }))
        .summary("The apps that the caller answers for, develops or reviews")
        .signed_in();
    routes
        .post("/api/v1/apps", write([&portal](sql::Tx& tx, const Caller& caller, const NewAppInput& input) {
                  return http::Created<MadeApp>{portal.make(tx, caller, input)};
              }))
        .summary("Register an app for an organisation; it is in test until it was reviewed")
        .allow(kAdministrators)
        .proven()
        .errors({"input.invalid", "scope.outside", "organisations.unknown"});
    routes
        .get("/api/v1/apps/{id}", read([&portal](sql::Tx& tx, const Caller& caller, const AppRef& input) {
                 return portal.get(tx, caller, input.id);
             }))
        .summary("An app with what is proposed for it, its people and its reviews")
        .signed_in()
        .errors({"oidc.app_unknown"});
    routes
        .put("/api/v1/apps/{id}",
             write([&portal](sql::Tx& tx, const Caller& caller, const ChangeInput& input) {
                 return portal.change(tx, caller, input);
             }))
        .summary("Change an app in test, or propose a change of an approved one")
        .signed_in()
        .proven()
        .errors({"input.invalid", "oidc.app_unknown", "portal.changed_meanwhile", "portal.in_review"});
    routes
        .post("/api/v1/apps/{id}/secret",
              write([&portal](sql::Tx& tx, const Caller& caller, const AppRef& input) {
                  return http::Created<Secret>{{portal.rotate_secret(tx, caller, input.id)}};
              }))
        .summary("A new secret, shown once; the one before is good for seven more days")
        .signed_in()
        .proven()
        .errors({"oidc.app_unknown", "oidc.app_without_secret"});
    routes
        .del("/api/v1/apps/{id}/replaced-secrets",
             write([&portal](sql::Tx& tx, const Caller& caller, const AppRef& input) {
                 portal.end_replaced_secrets(tx, caller, input.id);
             }))
        .summary("Secrets that were replaced are no longer good")
        .signed_in()
        .proven()
        .errors({"oidc.app_unknown"});
    routes
        .put("/api/v1/apps/{id}/keys",
             write([&portal](sql::Tx& tx, const Caller& caller, const KeysInput& input) {
                 portal.replace_keys(tx, caller, input.id, input.keys.value);
             }))
        .summary("Other public keys for an app that signs")
        .signed_in()
        .proven()
        .errors({"input.invalid", "oidc.app_unknown", "oidc.app_without_keys"});
    routes
        .put("/api/v1/apps/{id}/active",
             write([&portal](sql::Tx& tx, const Caller& caller, const StateInput& input) {
                 portal.set_active(tx, caller, input.id, input.active);
             }))
        .summary("Let nobody in any more, or again")
        .allow(kAdministrators)
        .proven()
        .errors({"oidc.app_unknown", "portal.not_owner"});
}

void add_reviews(http::Routes& routes, Portal& portal) {
    routes
        .post("/api/v1/apps/{id}/submission",
              write([&portal](sql::Tx& tx, const Caller& caller, const AppRef& input) {
                  return portal.submit(tx, caller, input.id);
              }))
        .summary("Hand an app in for review")
        .signed_in()
        .errors({"oidc.app_unknown", "portal.in_review", "portal.nothing_to_review"});
    routes
        .del("/api/v1/apps/{id}/submission",
             write([&portal](sql::Tx& tx, const Caller& caller, const AppRef& input) {
                 return portal.recall(tx, caller, input.id);
             }))
        .summary("Take it back before it is reviewed")
        .signed_in()
        .errors({"oidc.app_unknown", "portal.not_submitted"});
    routes
        .del("/api/v1/apps/{id}/proposal",
             write([&portal](sql::Tx& tx, const Caller& caller, const AppRef& input) {
                 return portal.discard(tx, caller, input.id);
             }))
        .summary("Drop what was proposed for an approved app")
        .signed_in()
        .errors({"oidc.app_unknown", "portal.no_proposal", "portal.in_review"});
    routes
        .post("/api/v1/apps/{id}/review",
              write([&portal](sql::Tx& tx, const Caller& caller, const VerdictInput& input) {
                  return portal.review(tx, caller, input);
              }))
        .summary("Approve an app, or return it with a reason")
        .allow(kReviewers)
        .proven()
        .errors({"input.invalid",
                 "oidc.app_unknown",
                 "portal.not_reviewer",
                 "portal.not_submitted",
                 "portal.own_submission",
                 "portal.only_province",
                 "portal.changed_meanwhile"});
    routes
        .post("/api/v1/apps/{id}/test",
              write([&portal](sql::Tx& tx, const Caller& caller, const ReasonInput& input) {
                  return portal.to_test(tx, caller, input.id, input.reason);
              }))
        .summary("Back to test: only testers enter until it is approved again")
        .allow(kAdministrators)
        .proven()
        .errors({"input.invalid", "oidc.app_unknown", "portal.not_owner", "portal.in_test"});
}

void add_members(http::Routes& routes, Portal& portal) {
    routes
        .post("/api/v1/apps/{id}/invitations",
              write([&portal](sql::Tx& tx, const Caller& caller, const InviteInput& input) {
                  return http::Created<MadeInvitation>{portal.invite(tx, caller, input)};
              }))
        .summary("A code with which testers or developers come to an app")
        .signed_in()
        .proven()
        .errors({"input.invalid", "oidc.app_unknown", "portal.not_owner", "portal.too_many_invitations"});
    routes
        .del("/api/v1/apps/{id}/invitations/{invitation}",
             write([&portal](sql::Tx& tx, const Caller& caller, const InvitationRef& input) {
                 portal.withdraw_invitation(tx, caller, input.id, input.invitation);
             }))
        .summary("Withdraw a code")
        .signed_in()
        .errors({"oidc.app_unknown", "portal.code_unknown"});
    routes
        .del("/api/v1/apps/{id}/members/{account}",
             write([&portal](sql::Tx& tx, const Caller& caller, const MemberRef& input) {
                 portal.remove_member(tx, caller, input.id, input.account);
             }))
        .summary("Somebody helps with an app no longer")
        .signed_in()
        .errors({"oidc.app_unknown", "portal.member_unknown", "portal.not_owner"});
    routes
        .get("/api/v1/me/app-memberships",
             read([&portal](sql::Tx& tx, const Caller& caller) { return portal.memberships(tx, caller); }))
        .summary("The apps that the caller develops or tests")
        .signed_in();
    routes
        .post("/api/v1/me/app-memberships",
              write([&portal](sql::Tx& tx, const Caller& caller, const CodeInput& input) {
                  return http::Created<Membership>{portal.join(tx, caller, input.code)};
              }))
        .summary("Come to an app with a code")
        .signed_in()
        .rate(http::Rate::guessable)
        .errors({"portal.code_unknown"});
    routes
        .del("/api/v1/me/app-memberships/{id}",
             write([&portal](sql::Tx& tx, const Caller& caller, const AppRef& input) {
                 portal.leave(tx, caller, input.id);
             }))
        .summary("Develop or test an app no longer")
        .signed_in()
        .errors({"portal.member_unknown"});
}

void add_registrations(http::Routes& routes, Portal& portal) {
    routes
        .get("/api/v1/app-registration-tokens",
             read([&portal](sql::Tx& tx, const Caller& caller) { return portal.tokens(tx, caller); }))
        .summary("Tokens with which others register apps that the caller's organisations answer for")
        .allow(kAdministrators);
    routes
        .post("/api/v1/app-registration-tokens",
              write([&portal](sql::Tx& tx, const Caller& caller, const NewTokenInput& input) {
                  return http::Created<MadeToken>{portal.make_token(tx, caller, input)};
              }))
        .summary("Make such a token, shown once (RFC 7591, initial access token)")
        .allow(kAdministrators)
        .proven()
        .errors({"input.invalid", "scope.outside", "organisations.unknown"});
    routes
        .del("/api/v1/app-registration-tokens/{id}",
             write([&portal](sql::Tx& tx, const Caller& caller, const TokenRef& input) {
                 portal.revoke_token(tx, caller, input.id);
             }))
        .summary("No app is registered with the token any more")
        .allow(kAdministrators)
        .errors({"oidc.initial_token_unknown"});
}

void add_directory(http::Routes& routes, Portal& portal) {
    routes
        .get("/api/v1/directory",
             read([&portal](sql::Tx& tx, const Caller& caller, const DirectoryInput& input) {
                 auto found = portal.directory(tx, caller, input);
                 return http::Page<DirectoryApp>{.items = std::move(found.items),
                                                 .next = std::move(found.next)};
             }))
        .summary("The apps that are offered where the caller is")
        .signed_in()
        .errors({"input.invalid"});
    routes
        .post("/api/v1/apps/{id}/logo",
              http::upload([&portal](const Caller& caller, const AppRef& input, const http::Upload& upload) {
                  return http::Created<LogoRef>{portal.bring_logo(caller, input.id, upload.path)};
              }))
        .summary("Bring a picture for an app: PNG, JPEG or WebP, at most 200 kB")
        .signed_in()
        .max_body(Portal::kMaxLogo)
        .errors({"input.invalid", "oidc.app_unknown", "portal.logo_too_large", "portal.too_many_logos"});
    routes
        .get("/api/v1/app-logos/{logo}", read([&portal](sql::Tx& tx, const Caller&, const LogoRef& input) {
                 return picture_of(portal.logo(tx, input.logo), kLogoCache);
             }))
        .summary("A picture by its digest")
        .anyone()
        .errors({"portal.no_logo"});
    routes
        .get("/api/v1/apps/{id}/logo", read([&portal](sql::Tx& tx, const Caller&, const AppRef& input) {
                 return picture_of(portal.logo_of(tx, input.id), kLogoOfAppCache);
             }))
        .summary("The picture of an app")
        .anyone()
        .errors({"portal.no_logo"});
    routes
        .get("/api/v1/apps/{id}/usage",
             read([&portal](sql::Tx& tx, const Caller& caller, const UsageInput& input) {
                 return portal.usage(tx, caller, input);
             }))
        .summary("How many people signed in to an app, by day")
        .signed_in()
        .errors({"input.invalid", "oidc.app_unknown"});
    routes
        .get("/api/v1/apps/{id}/usage.csv",
             read([&portal](sql::Tx& tx, const Caller& caller, const UsageInput& input) {
                 return http::Download{"text/csv; charset=utf-8",
                                       portal.usage_csv(tx, caller, input),
                                       "usage.csv",
                                       0,
                                       std::nullopt};
             }))
        .summary("The same as a file for spreadsheets")
        .signed_in()
        .errors({"input.invalid", "oidc.app_unknown"});
}

}  // namespace

void add_routes(http::Routes& routes, Portal& portal) {
    add_registry(routes, portal);
    add_reviews(routes, portal);
    add_members(routes, portal);
    add_registrations(routes, portal);
    add_directory(routes, portal);
}

}  // namespace educard::portal
