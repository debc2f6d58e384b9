#include "crypto/signature.hpp"

#include <gtest/gtest.h>

namespace educard::crypto {
namespace {

Bytes bytes_of(std::string_view text) {
    return from_hex(text).value();
}

// RFC 6979, A.2.5: P-256 with SHA-256, message "sample".
TEST(Es256, AcceptsTheSignatureOfTheStandard) {
    const auto key = P256PublicKey::from_point(
        bytes_of("60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"),
        bytes_of("7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"));
    ASSERT_TRUE(key);
    const auto signature =
        to_signature(bytes_of("EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
                              "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"));
    EXPECT_TRUE(key->verify(as_bytes("sample"), *signature));
    EXPECT_FALSE(key->verify(as_bytes("Sample"), *signature));
}

TEST(Es256, AcceptsOnlyTheRightKeyInAnyOrder) {
    const auto first = P256PrivateKey::generate();
    const auto second = P256PrivateKey::generate();
    const auto message = as_bytes("message");
    const auto by_first = first.sign(message);
    const auto by_second = second.sign(message);
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(first.public_key().verify(message, by_first));
        EXPECT_FALSE(second.public_key().verify(message, by_first));
        EXPECT_TRUE(second.public_key().verify(message, by_second));
        EXPECT_FALSE(first.public_key().verify(message, by_second));
    }
}

TEST(Es256, RefusesTamperedAndDegenerateSignatures) {
    const auto key = P256PrivateKey::generate();
    const auto message = as_bytes("message");
    const auto good = key.sign(message);
    for (std::size_t at = 0; at < good.size(); ++at) {
        auto bad = good;
        bad.at(at) ^= 1;
        EXPECT_FALSE(key.public_key().verify(message, bad)) << at;
    }
    EXPECT_FALSE(key.public_key().verify(message, Signature{}));
    Signature ones{};
    ones.fill(0xFF);
    EXPECT_FALSE(key.public_key().verify(message, ones));
    EXPECT_TRUE(key.public_key().verify(message, good));
}

TEST(Es256, RefusesPointsOffTheCurve) {
    const auto key = P256PrivateKey::generate().public_key();
    Bytes y(key.y().begin(), key.y().end());
    y[31] ^= 1;
    EXPECT_FALSE(P256PublicKey::from_point(key.x(), y));
    EXPECT_FALSE(P256PublicKey::from_point(key.x().subspan(1), key.y()));
    EXPECT_FALSE(P256PublicKey::from_point(Bytes(32), Bytes(32)));
    EXPECT_EQ(P256PublicKey::from_point(key.x(), key.y()), key);
}

TEST(Es256, KeepsItsPrivateKeyThroughDer) {
    const auto key = P256PrivateKey::generate();
    const auto der = key.to_der();
    const auto again = P256PrivateKey::from_der(der.view());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->public_key(), key.public_key());
    EXPECT_TRUE(key.public_key().verify(as_bytes("x"), again->sign(as_bytes("x"))));
    EXPECT_FALSE(P256PrivateKey::from_der(as_bytes("nonsense")));
    EXPECT_FALSE(P256PrivateKey::from_der({}));
}

TEST(Jwk, KeepsTheKeyAndRefusesOthers) {
    const auto key = P256PrivateKey::generate().public_key();
    auto jwk = key.to_jwk();
    EXPECT_EQ(P256PublicKey::from_jwk(jwk), key);
    EXPECT_EQ(
        key.thumbprint(),
        to_base64url(sha256(R"({"crv":"P-256","kty":"EC","x":")" + jwk.x + R"(","y":")" + jwk.y + R"("})")));
    jwk.crv = "P-384";
    EXPECT_FALSE(P256PublicKey::from_jwk(jwk));
    jwk = key.to_jwk();
    jwk.kty = "RSA";
    EXPECT_FALSE(P256PublicKey::from_jwk(jwk));
    jwk = key.to_jwk();
    jwk.x += "A";
    EXPECT_FALSE(P256PublicKey::from_jwk(jwk));
}

TEST(Der, ComesBackAndRefusesWhatIsNone) {
    for (int i = 0; i < 50; ++i) {
        const auto signature = P256PrivateKey::generate().sign(as_bytes("x"));
        EXPECT_EQ(signature_from_der(signature_to_der(signature)), signature);
    }
    Signature small{};
    small[31] = 1;
    small[32] = 0x80;
    EXPECT_EQ(signature_from_der(signature_to_der(small)), small);
    auto long_tail = signature_to_der(small);
    long_tail.push_back(0);
    EXPECT_FALSE(signature_from_der(long_tail));
    EXPECT_FALSE(signature_from_der({}));
    EXPECT_FALSE(to_signature(Bytes(63)));
}

// RFC 8032, 7.1, test 2.
TEST(Ed25519, MatchesTheStandard) {
    const Ed25519PrivateKey key(bytes_of("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
    EXPECT_EQ(to_hex(key.public_key().bytes()),
              "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    auto signature = key.sign(Bytes{0x72});
    EXPECT_EQ(to_hex(signature),
              "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
              "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    EXPECT_TRUE(key.public_key().verify(Bytes{0x72}, signature));
    signature[0] ^= 1;
    EXPECT_FALSE(key.public_key().verify(Bytes{0x72}, signature));
}

}  // namespace
}  // namespace educard::crypto
