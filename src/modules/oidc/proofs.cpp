#include "modules/oidc/proofs.hpp"

#include "modules/oidc/details.hpp"

#include <boost/json/parse.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>

#include <algorithm>
#include <ranges>

namespace educard::oidc {

namespace {

constexpr std::size_t kMostKeys = 10;
constexpr std::size_t kMostJti = 200;
constexpr std::int64_t kSkew = 60;               // seconds that clocks may differ by
constexpr std::int64_t kLongestAssertion = 600;  // seconds; RFC 7523, 3 wants it short
constexpr std::int64_t kProofLife = 120;

Time time_of(std::int64_t seconds) {
    return Time(std::chrono::seconds(seconds));
}

/// `whose` keeps the jti of one apart from another's.
std::optional<OnceOnly> once_only(std::string_view whose, std::string_view jti, std::int64_t until) {
    if (jti.empty() || jti.size() > kMostJti) {
        return std::nullopt;
    }
    return OnceOnly{.digest = digest_of_token(std::string(whose) + '\n' + std::string(jti)),
                    .expires_at = time_of(until)};
}

/// RFC 9449, 4.3: without query and fragment, normalised as RFC 3986, 6.2.2 and 6.2.3 have it.
std::string plain_url(std::string_view text) {
    const auto parsed = boost::urls::parse_uri(text);
    const auto path = text.substr(0, text.find_first_of("?#"));
    if (!parsed || path.contains("%2f") || path.contains("%2F")) {  // normalising would make a slash of it
        return {};
    }
    boost::urls::url url(*parsed);
    url.remove_query();
    url.remove_fragment();
    url.normalize();
    if ((url.scheme() == "https" && url.port() == "443") || (url.scheme() == "http" && url.port() == "80")) {
        url.remove_port();
    }
    return std::string(url.buffer());
}

}  // namespace

std::vector<crypto::JwtKey> read_keys(std::string_view json) {
    boost::system::error_code fault;
    const auto value = boost::json::parse(json, fault);
    if (fault || !value.is_object()) {
        return {};
    }
    const auto& object = value.get_object();
    const auto* set = object.if_contains("keys");
    const auto* listed = set != nullptr ? set->if_array() : nullptr;
    const auto all = listed != nullptr ? *listed : boost::json::array{object};
    std::vector<crypto::JwtKey> keys;
    for (const auto& one : all) {
        auto key = one.is_object() ? crypto::JwtKey::from_jwk(one.get_object()) : std::nullopt;
        if (!key || keys.size() == kMostKeys) {
            return {};
        }
        keys.push_back(std::move(*key));
    }
    return keys;
}

std::optional<std::string> issuer_of_assertion(std::string_view assertion) {
    const auto token = crypto::read_jwt(assertion);
    return token ? std::optional(std::string(token->text("iss"))) : std::nullopt;
}

std::optional<OnceOnly> check_assertion(std::string_view assertion,
                                        const App& app,
                                        const std::vector<std::string>& audiences,
                                        Time now) {
    const auto token = crypto::read_jwt(assertion);
    const auto id = std::to_string(app.id.value);
    if (!token || token->text("iss") != id || token->text("sub") != id ||
        std::ranges::none_of(audiences, [&](const std::string& one) { return token->is_for(one); })) {
        return std::nullopt;
    }
    const auto expires = token->seconds("exp");
    const auto begins = std::max(token->seconds("nbf").value_or(0), token->seconds("iat").value_or(0));
    const auto today = seconds(now);
    if (!expires || *expires <= today || *expires > today + kLongestAssertion || begins > today + kSkew) {
        return std::nullopt;
    }
    const auto keys = read_keys(app.keys);
    const bool is_signed =
        std::ranges::any_of(keys, [&](const crypto::JwtKey& key) { return token->is_signed_by(key); });
    return is_signed ? once_only(id, token->text("jti"), *expires) : std::nullopt;
}

std::optional<Proof> check_proof(std::string_view proof, const ProofFor& wanted, Time now) {
    const auto token = crypto::read_jwt(proof);
    const auto* type = token ? token->header.if_contains("typ") : nullptr;
    const auto* jwk = token ? token->header.if_contains("jwk") : nullptr;
    if (type == nullptr || *type != "dpop+jwt" || jwk == nullptr || !jwk->is_object()) {
        return std::nullopt;
    }
    const auto key = crypto::JwtKey::from_jwk(jwk->get_object());
    if (!key || !token->is_signed_by(*key) || token->text("htm") != wanted.method ||
        plain_url(token->text("htu")) != plain_url(wanted.url)) {
        return std::nullopt;
    }
    const auto made = token->seconds("iat");
    const auto today = seconds(now);
    if (!made || *made > today + kSkew || *made + kProofLife < today) {
        return std::nullopt;
    }
    if (wanted.access_token && token->text("ath") != to_base64url(crypto::sha256(*wanted.access_token))) {
        return std::nullopt;
    }
    auto once = once_only(key->thumbprint(), token->text("jti"), *made + kProofLife + kSkew);
    if (!once) {
        return std::nullopt;
    }
    return Proof{.key_thumbprint = key->thumbprint(), .once = std::move(*once)};
}

}  // namespace educard::oidc
