#include "crypto/jwt.hpp"

#include "base/error.hpp"
#include "crypto/deleter.hpp"

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace educard::crypto {

namespace {

constexpr std::size_t kLongestToken = 8192;
constexpr std::size_t kLeastModulus = 256;  // octets
constexpr std::size_t kMostModulus = 512;
constexpr std::size_t kMostExponent = 4;

template <class T, auto Free>
using Owned = std::unique_ptr<T, Deleter<Free>>;

std::string_view text_of(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    const auto* text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::string_view(*text) : std::string_view();
}

Bytes octets_of(const boost::json::object& object, std::string_view name) {
    return from_base64url(text_of(object, name)).value_or(Bytes());
}

std::optional<boost::json::object> object_of(std::string_view encoded) {
    const auto octets = from_base64url(encoded);
    if (!octets) {
        return std::nullopt;
    }
    boost::system::error_code fault;
    auto value = boost::json::parse(as_text(*octets), fault);
    if (fault || !value.is_object()) {
        return std::nullopt;
    }
    return std::move(value.as_object());
}

std::shared_ptr<void> rsa_of(const Bytes& modulus, const Bytes& exponent) {
    const Owned<BIGNUM, BN_free> n(BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr));
    const Owned<BIGNUM, BN_free> e(BN_bin2bn(exponent.data(), static_cast<int>(exponent.size()), nullptr));
    const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
    EDU_ASSERT(n && e && builder &&
               OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
               OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1);
    const Owned<OSSL_PARAM, OSSL_PARAM_free> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
    const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY* key = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
        ERR_clear_error();
        return nullptr;
    }
    return {key, [](void* pointer) { EVP_PKEY_free(static_cast<EVP_PKEY*>(pointer)); }};
}

bool verify_rsa(EVP_PKEY* key, bool pss, ByteView message, ByteView signature) {
    const Owned<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* settings = nullptr;  // belongs to the context
    bool good = EVP_DigestVerifyInit(context.get(), &settings, EVP_sha256(), nullptr, key) == 1;
    if (good && pss) {
        good = EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1;  // RFC 7518, 3.5
    }
    good =
        good && EVP_DigestVerify(
                    context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
    ERR_clear_error();
    return good;
}

/// Ed25519 is EdDSA by another name (RFC 9864, 2.2).
std::optional<JwtAlgorithm> algorithm_of(std::string_view name) {
    JwtAlgorithm algorithm = JwtAlgorithm::EdDSA;
    const bool known =
        name == "Ed25519" || boost::describe::enum_from_string(std::string(name).c_str(), algorithm);
    return known ? std::optional(algorithm) : std::nullopt;
}

/// RFC 7638, 3: the required members in the order of their names.
std::string thumbprint_of(const boost::json::object& jwk, std::initializer_list<std::string_view> names) {
    boost::json::object canonical;
    for (const auto name : names) {
        canonical[name] = text_of(jwk, name);
    }
    return to_base64url(sha256(boost::json::serialize(canonical)));
}

}  // namespace

std::optional<JwtKey> JwtKey::from_jwk(const boost::json::object& jwk) {
    if (jwk.contains("d") || jwk.contains("k") || (jwk.contains("use") && text_of(jwk, "use") != "sig")) {
        return std::nullopt;
    }
    const auto kty = text_of(jwk, "kty");
    const auto crv = text_of(jwk, "crv");
    std::optional<JwtKey> key;
    std::string thumbprint;
    if (kty == "RSA") {
        const auto n = octets_of(jwk, "n");
        const auto e = octets_of(jwk, "e");
        const bool fits = n.size() >= kLeastModulus && n.size() <= kMostModulus && n.front() != 0 &&
                          !e.empty() && e.size() <= kMostExponent && e.front() != 0 && e.back() % 2 == 1 &&
                          e != Bytes{1};
        auto made = fits ? rsa_of(n, e) : nullptr;
        if (made) {
            key = JwtKey(std::move(made));
            thumbprint = thumbprint_of(jwk, {"e", "kty", "n"});
        }
    } else if (kty == "EC" && crv == "P-256") {
        if (const auto point = P256PublicKey::from_point(octets_of(jwk, "x"), octets_of(jwk, "y"))) {
            key = JwtKey(*point);
            thumbprint = thumbprint_of(jwk, {"crv", "kty", "x", "y"});
        }
    } else if (kty == "OKP" && crv == "Ed25519") {
        std::array<std::uint8_t, 32> point{};
        if (const auto x = octets_of(jwk, "x"); x.size() == point.size()) {
            std::ranges::copy(x, point.begin());
            key = JwtKey(Ed25519PublicKey(point));
            thumbprint = thumbprint_of(jwk, {"crv", "kty", "x"});
        }
    }
    if (!key) {
        return std::nullopt;
    }
    if (jwk.contains("alg")) {
        key->only_ = algorithm_of(text_of(jwk, "alg"));
        if (!key->only_) {
            return std::nullopt;
        }
    }
    key->id_ = text_of(jwk, "kid");
    key->thumbprint_ = std::move(thumbprint);
    return key;
}

bool JwtKey::verify(JwtAlgorithm algorithm, ByteView message, ByteView signature) const {
    if (only_ && *only_ != algorithm) {
        return false;
    }
    const bool is_rsa = algorithm == JwtAlgorithm::RS256 || algorithm == JwtAlgorithm::PS256;
    if (const auto* rsa = std::get_if<Rsa>(&key_)) {
        return is_rsa &&
               verify_rsa(
                   static_cast<EVP_PKEY*>(rsa->get()), algorithm == JwtAlgorithm::PS256, message, signature);
    }
    const auto plain = to_signature(signature);
    if (const auto* p256 = std::get_if<P256PublicKey>(&key_)) {
        return algorithm == JwtAlgorithm::ES256 && plain && p256->verify(message, *plain);
    }
    return algorithm == JwtAlgorithm::EdDSA && plain &&
           std::get<Ed25519PublicKey>(key_).verify(message, *plain);
}

std::string_view Jwt::text(std::string_view claim) const {
    return text_of(claims, claim);
}

std::optional<std::int64_t> Jwt::seconds(std::string_view claim) const {
    constexpr double kFarthest = 1e12;
    const auto* value = claims.if_contains(claim);
    if (value == nullptr || !value->is_number()) {
        return std::nullopt;
    }
    const auto number = value->to_number<double>();
    return std::abs(number) < kFarthest ? std::optional(static_cast<std::int64_t>(number)) : std::nullopt;
}

bool Jwt::is_for(std::string_view audience) const {
    const auto* value = claims.if_contains("aud");
    const auto* list = value != nullptr ? value->if_array() : nullptr;
    if (list == nullptr) {
        return !audience.empty() && text("aud") == audience;
    }
    return std::ranges::any_of(*list, [&](const boost::json::value& one) {
        return one.is_string() && std::string_view(one.get_string()) == audience;
    });
}

std::optional<Jwt> read_jwt(std::string_view text) {
    const auto first = text.find('.');
    const auto second = first == std::string_view::npos ? first : text.find('.', first + 1);
    if (text.size() > kLongestToken || second == std::string_view::npos) {
        return std::nullopt;
    }
    auto header = object_of(text.substr(0, first));
    auto claims = object_of(text.substr(first + 1, second - first - 1));
    auto signature = from_base64url(text.substr(second + 1));
    const auto algorithm = header ? algorithm_of(text_of(*header, "alg")) : std::nullopt;
    if (!header || !claims || !signature || header->contains("crit") || !algorithm) {
        return std::nullopt;
    }
    return Jwt{.algorithm = *algorithm,
               .header = std::move(*header),
               .claims = std::move(*claims),
               .signed_part = std::string(text.substr(0, second)),
               .signature = std::move(*signature)};
}

}  // namespace educard::crypto
