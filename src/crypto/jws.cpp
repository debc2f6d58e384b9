#include "crypto/jws.hpp"

#include "base/error.hpp"
#include "crypto/signature.hpp"

#include <boost/describe/enum_to_string.hpp>
#include <boost/json/serialize.hpp>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace educard::crypto {

namespace {

constexpr unsigned kRsaBits = 2048;

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct FreeNumber {
    void operator()(BIGNUM* number) const { BN_free(number); }
};

std::shared_ptr<void> own(EVP_PKEY* key) {
    EDU_ASSERT(key != nullptr);
    return {key, [](void* pointer) { EVP_PKEY_free(static_cast<EVP_PKEY*>(pointer)); }};
}

EVP_PKEY* evp(const std::shared_ptr<void>& key) {
    return static_cast<EVP_PKEY*>(key.get());
}

bool fits(EVP_PKEY* key, JwsAlgorithm algorithm) {
    switch (algorithm) {
        case JwsAlgorithm::RS256:
            return EVP_PKEY_is_a(key, "RSA") == 1;
        case JwsAlgorithm::ES256:
            return EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_bits(key) == 256;
        case JwsAlgorithm::EdDSA:
            return EVP_PKEY_is_a(key, "ED25519") == 1;
    }
    return false;
}

std::string number_of(EVP_PKEY* key, const char* name) {
    BIGNUM* read = nullptr;
    EDU_ASSERT(EVP_PKEY_get_bn_param(key, name, &read) == 1);
    const std::unique_ptr<BIGNUM, FreeNumber> number(read);
    Bytes octets(static_cast<std::size_t>(BN_num_bytes(number.get())));
    BN_bn2bin(number.get(), octets.data());
    return to_base64url(octets);
}

std::string point_of(EVP_PKEY* key) {
    Bytes octets(32);
    std::size_t length = octets.size();
    EDU_ASSERT(EVP_PKEY_get_raw_public_key(key, octets.data(), &length) == 1 && length == octets.size());
    return to_base64url(octets);
}

}  // namespace

JwsKey JwsKey::generate(JwsAlgorithm algorithm) {
    switch (algorithm) {
        case JwsAlgorithm::RS256:
            return {algorithm, own(EVP_RSA_gen(kRsaBits))};
        case JwsAlgorithm::ES256:
            return {algorithm, own(EVP_EC_gen("P-256"))};
        case JwsAlgorithm::EdDSA:
            break;
    }
    return {algorithm, own(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"))};
}

std::optional<JwsKey> JwsKey::from_der(JwsAlgorithm algorithm, ByteView der) {
    const auto* at = der.data();
    auto* key = d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size()));
    if (key == nullptr) {
        ERR_clear_error();
        return std::nullopt;
    }
    JwsKey made(algorithm, own(key));
    return fits(key, algorithm) ? std::optional(std::move(made)) : std::nullopt;
}

Secret JwsKey::to_der() const {
    struct Free {
        void operator()(PKCS8_PRIV_KEY_INFO* info) const { PKCS8_PRIV_KEY_INFO_free(info); }
    };
    const std::unique_ptr<PKCS8_PRIV_KEY_INFO, Free> info(EVP_PKEY2PKCS8(evp(key_)));
    EDU_ASSERT(info != nullptr);
    Bytes der(static_cast<std::size_t>(i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr)));
    auto* out = der.data();
    i2d_PKCS8_PRIV_KEY_INFO(info.get(), &out);
    return Secret(std::move(der));
}

boost::json::object JwsKey::public_jwk() const {
    boost::json::object jwk{{"use", "sig"}, {"alg", boost::describe::enum_to_string(algorithm_, "")}};
    switch (algorithm_) {
        case JwsAlgorithm::RS256:
            jwk["kty"] = "RSA";
            jwk["n"] = number_of(evp(key_), OSSL_PKEY_PARAM_RSA_N);
            jwk["e"] = number_of(evp(key_), OSSL_PKEY_PARAM_RSA_E);
            break;
        case JwsAlgorithm::ES256: {
            unsigned char* read = nullptr;
            const auto length = EVP_PKEY_get1_encoded_public_key(evp(key_), &read);
            EDU_ASSERT(length == 65);
            const std::unique_ptr<unsigned char, void (*)(unsigned char*)> point(
                read, [](unsigned char* octets) { OPENSSL_free(octets); });
            jwk["kty"] = "EC";
            jwk["crv"] = "P-256";
            jwk["x"] = to_base64url(ByteView(point.get() + 1, 32));
            jwk["y"] = to_base64url(ByteView(point.get() + 33, 32));
            break;
        }
        case JwsAlgorithm::EdDSA:
            jwk["kty"] = "OKP";
            jwk["crv"] = "Ed25519";
            jwk["x"] = point_of(evp(key_));
            break;
    }
    return jwk;
}

Bytes JwsKey::sign(ByteView message) const {
    const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
    const auto* digest = algorithm_ == JwsAlgorithm::EdDSA ? nullptr : EVP_sha256();
    EDU_ASSERT(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, evp(key_)) == 1);
    std::size_t length = 0;
    EDU_ASSERT(EVP_DigestSign(context.get(), nullptr, &length, message.data(), message.size()) == 1);
    Bytes signature(length);
    EDU_ASSERT(EVP_DigestSign(context.get(), signature.data(), &length, message.data(), message.size()) == 1);
    signature.resize(length);
    if (algorithm_ != JwsAlgorithm::ES256) {
        return signature;
    }
    const auto plain = signature_from_der(signature);  // RFC 7518, 3.4: r || s
    EDU_ASSERT(plain.has_value());
    return {plain->begin(), plain->end()};
}

std::string make_jwt(const JwsKey& key,
                     std::string_view key_id,
                     std::string_view type,
                     const boost::json::object& claims) {
    const boost::json::object header{
        {"alg", boost::describe::enum_to_string(key.algorithm(), "")}, {"kid", key_id}, {"typ", type}};
    std::string token = to_base64url(as_bytes(boost::json::serialize(header)));
    token += '.';
    token += to_base64url(as_bytes(boost::json::serialize(claims)));
    const auto signature = key.sign(as_bytes(token));
    token += '.';
    token += to_base64url(signature);
    return token;
}

}  // namespace educard::crypto
