#include "crypto/jwt.hpp"

#include "crypto/jws.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace educard::crypto {
namespace {

boost::json::object object(std::string_view text) {
    return boost::json::parse(text).as_object();
}

// RFC 7638, 3.1.
constexpr std::string_view kRsa =
    R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"})";
// RFC 8037, A.1 to A.4.
constexpr std::string_view kEd25519 =
    R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
// RFC 7515, A.3.
constexpr std::string_view kP256 =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
constexpr std::string_view kEs256Token =
    "eyJhbGciOiJFUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

TEST(Jwt, ThumbprintsAreThoseOfTheStandards) {
    EXPECT_EQ(JwtKey::from_jwk(object(kRsa))->thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    EXPECT_EQ(JwtKey::from_jwk(object(kRsa))->id(), "2011-04-29");
    EXPECT_EQ(JwtKey::from_jwk(object(kEd25519))->thumbprint(),
              "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

TEST(Jwt, TheTokenOfTheStandardIsGood) {
    const auto token = read_jwt(kEs256Token);
    ASSERT_TRUE(token);
    EXPECT_TRUE(token->is_signed_by(*JwtKey::from_jwk(object(kP256))));
    EXPECT_FALSE(token->is_signed_by(*JwtKey::from_jwk(object(kEd25519))));
    EXPECT_EQ(token->text("iss"), "joe");
    EXPECT_EQ(token->seconds("exp"), 1300819380);
    EXPECT_FALSE(token->seconds("iss"));
}

TEST(Jwt, WhatOurKeysSignIsReadInEachAlgorithm) {
    for (const auto algorithm : {JwsAlgorithm::RS256, JwsAlgorithm::ES256, JwsAlgorithm::EdDSA}) {
        const auto key = JwsKey::generate(algorithm);
        const auto other = JwsKey::generate(algorithm);
        const auto token = read_jwt(make_jwt(key, "k", "JWT", {{"aud", {"a", "b"}}, {"sub", "s"}}));
        ASSERT_TRUE(token);
        EXPECT_TRUE(token->is_signed_by(*JwtKey::from_jwk(key.public_jwk())));
        EXPECT_FALSE(token->is_signed_by(*JwtKey::from_jwk(other.public_jwk())));
        EXPECT_TRUE(token->is_for("b"));
        EXPECT_FALSE(token->is_for("c"));
        EXPECT_FALSE(token->is_for(""));
    }
}

TEST(Jwt, AChangedTokenIsNoLongerGood) {
    const auto key = JwsKey::generate(JwsAlgorithm::ES256);
    const auto text = make_jwt(key, "k", "JWT", {{"sub", "s"}});
    const auto known = *JwtKey::from_jwk(key.public_jwk());
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto changed = text;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        const auto token = read_jwt(changed);
        EXPECT_FALSE(token && token->is_signed_by(known)) << i;
    }
}

std::string with_header(std::string_view header) {
    return to_base64url(as_bytes(header)) + ".e30.AAAA";
}

TEST(Jwt, WhatIsNoneIsNotRead) {
    EXPECT_TRUE(read_jwt(with_header(R"({"alg":"ES256"})")));
    for (const auto* header : {R"({"alg":"none"})",
                               R"({"alg":"HS256"})",
                               R"({"alg":"es256"})",
                               R"({"alg":5})",
                               "{}",
                               "[]",
                               "x",
                               R"({"alg":"ES256","crit":["b64"]})"}) {
        EXPECT_FALSE(read_jwt(with_header(header))) << header;
    }
    for (const std::string& text : {std::string(),
                                    std::string("."),
                                    std::string(".."),
                                    std::string("e30.e30"),
                                    with_header(R"({"alg":"ES256"})") + ".e30",
                                    std::string(9000, 'A')}) {
        EXPECT_FALSE(read_jwt(text)) << text;
    }
}

TEST(Jwt, KeysThatAreWeakPrivateOrForSomethingElseAreRefused) {
    const auto with = [](std::string_view jwk, std::string_view name, boost::json::value value) {
        auto changed = object(jwk);
        changed[name] = value;
        return JwtKey::from_jwk(changed).has_value();
    };
    EXPECT_TRUE(with(kP256, "use", "sig"));
    EXPECT_FALSE(with(kP256, "use", "enc"));
    EXPECT_FALSE(with(kP256, "d", "AA"));
    EXPECT_FALSE(with(kP256, "alg", "HS256"));
    EXPECT_FALSE(with(kP256, "alg", nullptr));
    EXPECT_FALSE(with(kP256, "crv", "P-384"));
    EXPECT_FALSE(with(kP256, "y", "AA"));
    EXPECT_FALSE(with(kP256, "y", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU")) << "not on the curve";
    EXPECT_FALSE(with(kRsa, "n", to_base64url(Bytes(128, 0xFF)).c_str())) << "1,024 bits";
    EXPECT_FALSE(with(kRsa, "e", "AQ")) << "everything is its own signature";
    EXPECT_FALSE(with(kRsa, "e", "Ag"));
    EXPECT_FALSE(with(kRsa, "e", "AQABAQAB"));
    EXPECT_FALSE(with(kEd25519, "x", "AA"));
    EXPECT_FALSE(JwtKey::from_jwk({}));
    EXPECT_FALSE(JwtKey::from_jwk({{"kty", "oct"}, {"k", "AAAA"}}));
}

TEST(Jwt, Ed25519IsEdDsaByItsNewName) {
    const auto token = read_jwt(with_header(R"({"alg":"Ed25519"})"));
    ASSERT_TRUE(token);
    EXPECT_EQ(token->algorithm, JwtAlgorithm::EdDSA);
    auto jwk = object(kEd25519);
    jwk["alg"] = "Ed25519";
    EXPECT_TRUE(JwtKey::from_jwk(jwk));
}

TEST(Jwt, AKeyWithAnAlgorithmIsForThatOnly) {
    auto jwk = object(kP256);
    jwk["alg"] = "EdDSA";
    EXPECT_FALSE(read_jwt(kEs256Token)->is_signed_by(*JwtKey::from_jwk(jwk)));
}

}  // namespace
}  // namespace educard::crypto
