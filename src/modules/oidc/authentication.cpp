// How apps show who they are (RFC 6749, 2.3; RFC 7523), and that they hold a key (RFC 9449).

#include "base/error.hpp"
#include "http/request.hpp"
#include "modules/oidc/details.hpp"
#include "modules/oidc/proofs.hpp"
#include "modules/oidc/schemes.hpp"
#include "modules/oidc/store.hpp"

#include <algorithm>

namespace educard::oidc {

namespace {

constexpr std::string_view kAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

struct Credentials {
    std::string id;
    std::string secret;
};

/// RFC 6749, 2.3.1: both are form-encoded before they are put into the header of RFC 7617.
std::optional<Credentials> read_basic(std::string_view header) {
    const auto rest = after_scheme(header, "basic ");
    if (rest.empty()) {
        return std::nullopt;
    }
    std::string encoded(rest);
    std::erase(encoded, '=');
    std::ranges::replace(encoded, '+', '-');
    std::ranges::replace(encoded, '/', '_');
    const auto octets = from_base64url(encoded);
    const auto text = octets ? as_text(*octets) : std::string_view();
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) {
        throw invalid_client();
    }
    auto id = http::percent_decode(text.substr(0, colon), http::Plus::space);
    auto secret = http::percent_decode(text.substr(colon + 1), http::Plus::space);
    if (!id || !secret) {
        throw invalid_client();
    }
    return Credentials{.id = std::move(*id), .secret = std::move(*secret)};
}

/// In one statement, whatever is asked.
std::optional<store::AppAndToken> find_row(
    sql::Tx& tx, AppId id, std::string_view secret, Time now, const AccessToken* shown) {
    const auto digest = digest_of_token(secret);
    if (shown != nullptr) {
        return store::find_app(tx, id, digest, now, *shown);
    }
    auto row = store::find_app(tx, id, digest, now);
    return row ? std::optional(store::AppAndToken{std::move(*row), std::nullopt, false}) : std::nullopt;
}

}  // namespace

Error invalid_client() {
    return {Fault::unauthenticated, "oauth.invalid_client"};
}

Error invalid_grant() {
    return {Fault::invalid, "oauth.invalid_grant"};
}

Error invalid_request(std::string_view what) {
    return Error(Fault::invalid, "oauth.invalid_request").with("what", std::string(what));
}

Error invalid_proof(Fault fault) {
    return {fault, "oauth.invalid_dpop_proof"};
}

Oidc::Known Oidc::identify(sql::Tx& tx,
                           const Caller& caller,
                           const ClientInput& input,
                           const AccessToken* shown) const {
    auto basic = read_basic(caller.authorization);
    const bool asserts = input.client_assertion || input.client_assertion_type;
    const int ways = (basic ? 1 : 0) + (input.client_secret ? 1 : 0) + (asserts ? 1 : 0);
    if (ways > 1 || (basic && input.client_id && *input.client_id != basic->id)) {
        throw invalid_request("one way of authentication at a time");
    }
    const auto assertion = input.client_assertion.value_or("");
    auto name = basic ? basic->id : input.client_id.value_or("");
    if (asserts && name.empty()) {
        name = issuer_of_assertion(assertion).value_or("");
    }
    const auto secret = basic ? basic->secret : input.client_secret.value_or("");
    const auto now = parts_.clock.now();
    const auto id = parse_id(name);
    const auto row = id ? find_row(tx, AppId{*id}, secret, now, shown) : std::nullopt;
    if (!row || row->state != AppState::active) {
        throw invalid_client();
    }
    TokenState state{.claims = row->granted, .is_revoked = row->is_revoked};
    auto app = std::optional(app_of(*row));
    switch (app->authentication) {
        case Authentication::none:
            if (ways > 0) {
                throw invalid_client();
            }
            break;
        case Authentication::client_secret:
            if (asserts || secret.empty() || !row->has_secret) {
                throw invalid_client();
            }
            break;
        case Authentication::private_key_jwt: {
            const std::vector<std::string> audiences{parts_.issuer, parts_.issuer + "/oidc/token"};
            auto once = asserts && input.client_assertion_type.value_or("") == kAssertionType
                            ? check_assertion(assertion, *app, audiences, now)
                            : std::nullopt;
            if (!once) {
                throw invalid_client();
            }
            return {.app = std::move(*app), .assertion = std::move(once), .state = std::move(state)};
        }
    }
    return {.app = std::move(*app), .assertion = std::nullopt, .state = std::move(state)};
}

App Oidc::authenticate(sql::Tx& tx, const Caller& caller, const ClientInput& input) const {
    auto known = identify(tx, caller, input);
    if (known.assertion && !store::spend(tx, *known.assertion)) {
        throw invalid_client();
    }
    return std::move(known.app);
}

std::optional<std::string> Oidc::read_binding(sql::Tx& tx,
                                              const Caller& caller,
                                              std::string_view path) const {
    if (caller.dpop.empty()) {
        return std::nullopt;
    }
    const ProofFor wanted{.url = parts_.issuer + std::string(path), .access_token = std::nullopt};
    auto proof = check_proof(caller.dpop, wanted, parts_.clock.now());
    if (!proof || !store::spend(tx, proof->once)) {
        throw invalid_proof(Fault::invalid);
    }
    return std::move(proof->key_thumbprint);
}

}  // namespace educard::oidc
