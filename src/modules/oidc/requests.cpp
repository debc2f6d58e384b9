#include "modules/oidc/requests.hpp"

#include "base/json.hpp"
#include "crypto/random.hpp"
#include "modules/oidc/claims_request.hpp"
#include "modules/oidc/details.hpp"
#include "modules/oidc/redirects.hpp"
#include "modules/oidc/store.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace educard::oidc {

namespace {

constexpr std::size_t kLeastChallenge = 43;  // RFC 7636, 4.2
constexpr std::size_t kMostChallenge = 128;
constexpr std::size_t kThumbprint = 43;                                         // RFC 7638, of SHA-256
constexpr std::string_view kRequestUri = "urn:ietf:params:oauth:request_uri:";  // RFC 9126, 2.2

std::string value_of(const Person& person, Claim claim) {
    switch (claim) {
        case Claim::name:
            return person.name;
        case Claim::role:
            return person.role.value_or("");
        case Claim::stage:
            return person.stage.value_or("");
        case Claim::school:
            return person.school.value_or("");
        case Claim::class_name:
            return person.class_name.value_or("");
        case Claim::card_number:
            return person.card_number.value_or("");
    }
    return {};
}

std::string_view or_empty(const std::optional<std::string>& member) {
    return member ? std::string_view(*member) : std::string_view();
}

}  // namespace

bool has_scope(std::string_view scopes, std::string_view wanted) {
    while (!scopes.empty()) {
        const auto end = std::min(scopes.find(' '), scopes.size());
        if (scopes.substr(0, end) == wanted) {
            return true;
        }
        scopes.remove_prefix(std::min(end + 1, scopes.size()));
    }
    return false;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = fault == std::errc() && end == text.data() + text.size() && value >= 0;
    return whole ? std::optional(value) : std::nullopt;
}

bool contains(const std::vector<Claim>& claims, Claim claim) {
    return std::ranges::find(claims, claim) != claims.end();
}

std::vector<Claim> claims_of_scope(std::string_view scope) {
    std::vector<Claim> claims;
    if (has_scope(scope, "profile")) {
        claims.push_back(Claim::name);
    }
    if (has_scope(scope, "education")) {
        claims.insert(claims.end(), {Claim::role, Claim::stage, Claim::school, Claim::class_name});
    }
    if (has_scope(scope, "card")) {
        claims.push_back(Claim::card_number);
    }
    return claims;
}

std::vector<Claim> claims_wanted(const App& app, std::string_view scope) {
    return registered_of(app, claims_of_scope(scope));
}

std::vector<Claim> all_claims_of(const App& app) {
    auto claims = app.essential;
    claims.insert(claims.end(), app.voluntary.begin(), app.voluntary.end());
    return registered_of(app, claims);
}

std::vector<Claim> registered_of(const App& app, const std::vector<Claim>& claims) {
    std::vector<Claim> list;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Claim>>([&](auto enumerator) {
        const Claim claim = enumerator.value;
        if (contains(claims, claim) && (contains(app.essential, claim) || contains(app.voluntary, claim))) {
            list.push_back(claim);
        }
    });
    return list;
}

std::vector<Claim> agreed_of(const App& app,
                             const std::vector<Claim>& wanted,
                             const std::optional<std::vector<Claim>>& chosen) {
    std::vector<Claim> agreed;
    std::ranges::copy_if(wanted, std::back_inserter(agreed), [&](Claim claim) {
        return contains(app.essential, claim) || (chosen && contains(*chosen, claim));
    });
    return agreed;
}

std::vector<ClaimView> views_of(const Person& person, const std::vector<Claim>& claims, const App& app) {
    std::vector<ClaimView> views;
    for (const auto claim : claims) {
        views.push_back(
            {.claim = claim, .value = value_of(person, claim), .essential = contains(app.essential, claim)});
    }
    return views;
}

bool wants_post(const RequestInput& request) {
    return or_empty(request.response_mode) == "form_post";
}

std::optional<Refusal> find_refusal(const RequestInput& request) {
    if (request.request) {
        return Refusal{"request_not_supported", "request objects are not supported"};
    }
    if (request.request_uri) {
        return Refusal{"request_uri_not_supported", "request_uri is not supported"};
    }
    if (!request.response_type) {
        return Refusal{"invalid_request", "response_type is missing"};
    }
    if (*request.response_type != "code") {
        return Refusal{"unsupported_response_type", "response_type has to be code"};
    }
    if (request.response_mode && *request.response_mode != "query" && *request.response_mode != "form_post") {
        return Refusal{"invalid_request", "response_mode has to be query or form_post"};
    }
    if (wants_post(request) && !form_origin(or_empty(request.redirect_uri))) {
        return Refusal{"invalid_request", "a form cannot be posted to this redirect_uri"};
    }
    if (!has_scope(or_empty(request.scope), "openid")) {
        return Refusal{"invalid_scope", "scope has to contain openid"};
    }
    const auto length = or_empty(request.code_challenge).size();
    if (or_empty(request.code_challenge_method) != "S256" || length < kLeastChallenge ||
        length > kMostChallenge) {
        return Refusal{"invalid_request", "PKCE with code_challenge_method S256 is required"};
    }
    if (has_scope(or_empty(request.prompt), "none") && *request.prompt != "none") {
        return Refusal{"invalid_request", "prompt none stands alone"};
    }
    if (request.max_age && !whole_number(*request.max_age)) {
        return Refusal{"invalid_request", "max_age has to be a number of seconds"};
    }
    if (request.claims && !parse_claims_request(*request.claims)) {
        return Refusal{"invalid_request", "claims has to be a JSON object with userinfo and id_token"};
    }
    if (request.dpop_jkt && request.dpop_jkt->size() != kThumbprint) {
        return Refusal{"invalid_request", "dpop_jkt has to be a thumbprint"};
    }
    return std::nullopt;
}

std::optional<Bytes> digest_of_request_uri(std::string_view request_uri) {
    return request_uri.starts_with(kRequestUri)
               ? std::optional(digest_of_token(request_uri.substr(kRequestUri.size())))
               : std::nullopt;
}

boost::json::object Oidc::push(sql::Tx& tx, const Caller& caller, const PushedInput& input) const {
    const auto app = authenticate(tx, caller, input);
    const auto key = read_binding(tx, caller, "/oidc/par");
    RequestInput request = input;
    if (request.request_uri) {
        throw invalid_request("request_uri cannot be pushed");
    }
    if (!is_registered(or_empty(request.redirect_uri), app.redirect_uris)) {
        throw invalid_request("redirect_uri is not registered");
    }
    if (const auto refusal = find_refusal(request)) {
        throw Error(Fault::invalid, std::string("oauth.") + refusal->error)
            .with("what", refusal->description);
    }
    if (key && request.dpop_jkt && *key != *request.dpop_jkt) {
        throw invalid_proof(Fault::invalid);  // RFC 9449, 10.1
    }
    request.dpop_jkt = key ? key : request.dpop_jkt;
    const auto token = parts_.random.token();
    store::insert_token(tx,
                        store::Token{.digest = digest_of_token(token),
                                     .kind = store::TokenKind::request,
                                     .app_id = app.id,
                                     .account_id = std::nullopt,
                                     .grant_id = std::nullopt,
                                     .scope = "",
                                     .details = json::encode(request),
                                     .expires_at = parts_.clock.now() + kPushedLife,
                                     .used_at = std::nullopt,
                                     .answer = std::nullopt,
                                     .key_thumbprint = std::nullopt});
    return {{"request_uri", std::string(kRequestUri) + token},
            {"expires_in", std::chrono::seconds(kPushedLife).count()}};
}

}  // namespace educard::oidc
