#include "http/routes.hpp"

#include "base/error.hpp"
#include "http/bind.hpp"
#include "http/either_way.hpp"
#include "modules/oidc/oidc.hpp"
#include "modules/oidc/redirects.hpp"

#include <boost/json/serialize.hpp>
#include <boost/mp11/algorithm.hpp>

namespace educard::oidc {

namespace {

using http::blocking;
using http::brief;
using http::immediate;
using http::read;
using http::write;
using http::write_unless;

constexpr int kMetadataCache = 300;

struct AppInput {
    AppId id;
};
BOOST_DESCRIBE_STRUCT(AppInput, (), (id))

struct AppRequestInput {
    AppId app_id;
};
BOOST_DESCRIBE_STRUCT(AppRequestInput, (), (app_id))

constexpr std::size_t kMostPosted = 8U * 1024;  // octets; it goes on as a query

/// All that such a request may have, as it was posted.
struct PostedRequest : RequestInput {
    std::optional<std::string> client_id;
    std::optional<std::string> ui_locales;
};
BOOST_DESCRIBE_STRUCT(PostedRequest, (RequestInput), (client_id, ui_locales))

struct PostedLogout {
    std::optional<std::string> id_token_hint;
    std::optional<std::string> client_id;
    std::optional<std::string> post_logout_redirect_uri;
    std::optional<std::string> state;
};
BOOST_DESCRIBE_STRUCT(PostedLogout, (), (id_token_hint, client_id, post_logout_redirect_uri, state))

template <class Input>
std::vector<std::pair<std::string, std::string>> given_of(const Input& input) {
    std::vector<std::pair<std::string, std::string>> given;
    boost::mp11::mp_for_each<
        boost::describe::describe_members<Input,
                                          boost::describe::mod_public | boost::describe::mod_inherited>>(
        [&](auto member) {
            if (const auto& value = input.*member.pointer) {
                given.emplace_back(member.name, *value);
            }
        });
    return given;
}

struct UserInfoInput {
    std::optional<std::string> access_token;  // RFC 6750, 2.2
};
BOOST_DESCRIBE_STRUCT(UserInfoInput, (), (access_token))

http::Json json_of(const boost::json::object& object, int status = 200, int cache_seconds = 0) {
    return {.body = boost::json::serialize(object), .status = status, .cache_seconds = cache_seconds};
}

void add_pages(http::Routes& routes, Oidc& oidc) {
    routes
        .post("/api/v1/authorizations",
              write_unless(
                  [](const Caller&, const AuthorizationInput& input) { return Oidc::only_reads(input); },
                  [&oidc](sql::Tx& tx, const Caller& caller, const AuthorizationInput& input) {
                      return oidc.authorize(tx, caller, input);
                  }))
        .summary(
            "What the page does for an app that asks to let somebody in: sign in, ask for consent, or go "
            "back")
        .anyone()
        .errors({"oidc.app_unknown",
                 "oidc.redirect_unknown",
                 "oidc.request_expired",
                 "oidc.not_certified",
                 "oidc.app_in_test",
                 "oidc.guardian_needed"});
    routes
        .post("/api/v1/device-authorizations",
              blocking([&oidc](const Caller& caller, const DeviceAuthorizationInput& input) {
                  oidc.database().write([&](sql::Tx& tx) { oidc.count_user_code(tx, caller); });
                  return oidc.database().write(
                      [&](sql::Tx& tx) { return oidc.authorize_device(tx, caller, input); });
              }))
        .summary(
            "What the page does for a device that shows a code: sign in, ask for consent, or say that it is "
            "done")
        .anyone()
        .rate(http::Rate::guessable)
        .errors({"oidc.user_code_unknown",
                 "oidc.not_certified",
                 "oidc.app_in_test",
                 "oidc.guardian_needed",
                 "runtime.too_many"});
    routes
        .post("/api/v1/logouts", read([&oidc](sql::Tx& tx, const Caller& caller, const LogoutInput& input) {
                  return oidc.logout(tx, caller, input);
              }))
        .summary("What the page does for an app that asks to sign somebody out; nobody is signed out yet")
        .anyone()
        .errors({"oidc.app_unknown", "oidc.redirect_unknown"});
    routes
        .get("/api/v1/me/apps",
             read([&oidc](sql::Tx& tx, const Caller& caller) { return oidc.connected(tx, caller); }))
        .summary("The apps that the caller lets in, with what they hear")
        .signed_in();
    routes
        .del("/api/v1/me/apps/{id}", write([&oidc](sql::Tx& tx, const Caller& caller, const AppInput& input) {
                 oidc.disconnect(tx, caller, input.id);
             }))
        .summary("Withdraw consent from an app: its tokens are no longer good")
        .signed_in()
        .errors({"oidc.not_connected"});
    routes
        .post("/api/v1/me/app-requests",
              write([&oidc](sql::Tx& tx, const Caller& caller, const AppRequestInput& input) {
                  oidc.ask_guardian(tx, caller, input.app_id);
              }))
        .summary("A child asks its guardians to let it into an app")
        .signed_in()
        .errors({"oidc.app_unknown", "oidc.app_in_test", "oidc.no_guardian_needed"});
}

/// For apps that send the browser there by a form (OpenID Connect Core 3.1.2.1; RP-Initiated Logout 1.0, 2):
/// the page of the same path reads what was posted from its query.
template <class Input>
void add_posted_page(http::Routes& routes, const std::string& path, const char* summary) {
    routes
        .post(path, immediate([path](const Caller&, const Input& input) {
                  return http::Reply<http::Json>{
                      .body = {.body = "{}", .status = 303},
                      .headers = {{"Location", with_parameters(path, given_of(input))}}};
              }))
        .summary(summary)
        .tag("oidc")
        .oauth()
        .max_body(kMostPosted)
        .beside_page();
}

void add_protocol(http::Routes& routes, Oidc& oidc) {
    add_posted_page<PostedRequest>(routes, "/authorize", "The authorization endpoint, by a form");
    add_posted_page<PostedLogout>(routes, "/logout", "The end session endpoint, by a form");
    routes
        .get("/.well-known/openid-configuration",
             immediate([&oidc](const Caller&) { return json_of(oidc.metadata(), 200, kMetadataCache); }))
        .summary("OpenID Connect Discovery 1.0")
        .tag("oidc")
        .oauth();
    routes
        .get("/oidc/jwks",
             immediate([&oidc](const Caller&) { return json_of(oidc.jwks(), 200, kMetadataCache); }))
        .summary("The keys that tokens are signed with (RFC 7517)")
        .tag("oidc")
        .oauth();
    routes
        .post("/oidc/form_post", immediate([&oidc](const Caller&, const FormPostInput& input) {
                  auto page = oidc.form_post(input);
                  return http::Reply<http::Download>{
                      .body = {.content_type = "text/html; charset=utf-8", .body = std::move(page.html)},
                      .headers = {{"Content-Security-Policy", std::move(page.policy)}}};
              }))
        .summary("The page that posts the answer to the app (OAuth 2.0 Form Post Response Mode)")
        .tag("oidc")
        .oauth();
    routes
        .post("/oidc/token",
              brief(write_unless([](const Caller& caller,
                                    const TokenInput& input) { return Oidc::only_reads(caller, input); },
                                 [&oidc](sql::Tx& tx, const Caller& caller, const TokenInput& input) {
                                     const auto answer = oidc.token(tx, caller, input);
                                     return json_of(answer.body, answer.status);
                                 })))
        .summary(
            "Change a code or a refresh token for tokens, or ask for one in the app's own name (RFC 6749)")
        .tag("oidc")
        .oauth();
    routes
        .post("/oidc/device_authorization",
              write([&oidc](sql::Tx& tx, const Caller& caller, const DeviceInput& input) {
                  return json_of(oidc.begin_device(tx, caller, input));
              }))
        .summary("A device without a browser asks for a code to show (RFC 8628)")
        .tag("oidc")
        .oauth();
    routes
        .post("/oidc/par", write([&oidc](sql::Tx& tx, const Caller& caller, const PushedInput& input) {
                  return json_of(oidc.push(tx, caller, input), 201);
              }))
        .summary("Push an authorization request before the browser is sent (RFC 9126)")
        .tag("oidc")
        .oauth();
    routes
        .post("/oidc/introspect",
              brief(read([&oidc](sql::Tx& tx, const Caller& caller, const TokenInput& input) {
                  return json_of(oidc.introspect(tx, caller, input));
              })))
        .summary("Whether a token of the app is good (RFC 7662)")
        .tag("oidc")
        .oauth();
    routes
        .post("/oidc/revoke", write([&oidc](sql::Tx& tx, const Caller& caller, const TokenInput& input) {
                  oidc.revoke(tx, caller, input);
                  return http::Json{.body = "{}"};
              }))
        .summary("Give a token back (RFC 7009)")
        .tag("oidc")
        .oauth();
    routes
        .get("/oidc/userinfo", read([&oidc](sql::Tx& tx, const Caller& caller) {
                 return json_of(oidc.user_info(tx, caller, "GET"));
             }))
        .summary("What the app may hear of whoever signed in (OpenID Connect Core 5.3)")
        .tag("oidc")
        .oauth();
    routes
        .post("/oidc/userinfo", read([&oidc](sql::Tx& tx, const Caller& caller, const UserInfoInput& input) {
                  auto bearer = caller;
                  if (input.access_token) {
                      if (!caller.authorization.empty()) {
                          throw Error(Fault::invalid, "oauth.invalid_request")
                              .with("what", "the token came in two ways");
                      }
                      bearer.authorization = "Bearer " + *input.access_token;
                  }
                  return json_of(oidc.user_info(tx, bearer, "POST"));
              }))
        .summary("What the app may hear of whoever signed in (OpenID Connect Core 5.3)")
        .tag("oidc")
        .oauth();
}

/// RFC 7591 and RFC 7592.
void add_registration(http::Routes& routes, Oidc& oidc) {
    routes
        .post("/oidc/register",
              write([&oidc](sql::Tx& tx, const Caller& caller, const RegistrationInput& input) {
                  return json_of(oidc.register_itself(tx, caller, input), 201);
              }))
        .summary("Register an app with an initial access token (RFC 7591)")
        .tag("oidc")
        .oauth()
        .json_body()
        .max_body(kMaxClientMetadata);
    routes
        .get("/oidc/register/{client_id}",
             read([&oidc](sql::Tx& tx, const Caller& caller, const ManagedInput& input) {
                 return json_of(oidc.read_registration(tx, caller, input));
             }))
        .summary("How an app is registered, with its registration access token (RFC 7592)")
        .tag("oidc")
        .oauth();
    routes
        .put("/oidc/register/{client_id}",
             write([&oidc](sql::Tx& tx, const Caller& caller, const ReplacementInput& input) {
                 return json_of(oidc.replace_registration(tx, caller, input));
             }))
        .summary("Replace what an app is registered with (RFC 7592)")
        .tag("oidc")
        .oauth()
        .json_body()
        .max_body(kMaxClientMetadata);
    routes
        .del("/oidc/register/{client_id}",
             write([&oidc](sql::Tx& tx, const Caller& caller, const ManagedInput& input) {
                 oidc.delete_registration(tx, caller, input);
             }))
        .summary("Delete an app with its registration access token (RFC 7592)")
        .tag("oidc")
        .oauth();
}

}  // namespace

void add_routes(http::Routes& routes, Oidc& oidc) {
    add_pages(routes, oidc);
    add_protocol(routes, oidc);
    add_registration(routes, oidc);
}

}  // namespace educard::oidc
