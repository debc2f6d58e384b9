#include "crypto/digest.hpp"

#include "crypto/password.hpp"
#include "crypto/random.hpp"

#include <gtest/gtest.h>

namespace educard::crypto {
namespace {

// FIPS 180-4 examples.
TEST(Sha256, MatchesTheStandard) {
    EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    Sha256 pieces;
    EXPECT_EQ(pieces.add(as_bytes("a")).add(as_bytes("bc")).finish(), sha256("abc"));
    EXPECT_EQ(pieces.finish(), sha256(""));
}

// RFC 4231, cases 1, 2 and 6 (a key longer than a block).
TEST(Hmac, MatchesTheStandard) {
    EXPECT_EQ(to_hex(hmac_sha256(Bytes(20, 0x0b), as_bytes("Hi There"))),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    const Hmac jefe(as_bytes("Jefe"));
    EXPECT_EQ(to_hex(jefe("what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(jefe("what do ya want for nothing?"),
              jefe.over({as_bytes("what do ya "), as_bytes("want for nothing?")}));
    EXPECT_EQ(to_hex(hmac_sha256(Bytes(131, 0xaa),
                                 as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// RFC 5869, A.1 and A.3.
TEST(Hkdf, MatchesTheStandard) {
    const auto info = from_hex("f0f1f2f3f4f5f6f7f8f9").value();
    EXPECT_EQ(to_hex(hkdf_sha256(
                  Bytes(22, 0x0b), from_hex("000102030405060708090a0b0c").value(), as_text(info), 42)),
              "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    EXPECT_EQ(to_hex(hkdf_sha256(Bytes(22, 0x0b), {}, "", 42)),
              "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Comparison, TellsDifferentTexts) {
    EXPECT_TRUE(equal_in_constant_time(as_bytes("abc"), as_bytes("abc")));
    EXPECT_FALSE(equal_in_constant_time(as_bytes("abc"), as_bytes("abd")));
    EXPECT_FALSE(equal_in_constant_time(as_bytes("abc"), as_bytes("ab")));
    EXPECT_TRUE(equal_in_constant_time({}, {}));
}

TEST(Password, FitsOnlyItself) {
    const auto hash = hash_password("correct horse 电池");
    EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    EXPECT_TRUE(verify_password(hash, "correct horse 电池"));
    EXPECT_FALSE(verify_password(hash, "correct horse 电"));
    EXPECT_FALSE(needs_rehash(hash));
    EXPECT_NE(hash, hash_password("correct horse 电池"));
}

TEST(Password, FitsNothingWithoutAProperHash) {
    EXPECT_FALSE(verify_password("", ""));
    EXPECT_FALSE(verify_password("$argon2id$v=19$m=19456,t=2,p=1$", ""));
    EXPECT_FALSE(verify_password("$argon2i$v=19$m=4096,t=3,p=1$c29tZXNhbHQ$aW52YWxpZA", "x"));
    EXPECT_FALSE(verify_password(std::string(4000, '$'), "x"));
    EXPECT_TRUE(needs_rehash("plain"));
}

TEST(Password, IsHashedAgainWhenTheCostChanged) {
    const auto cheap = hash_password("x", PasswordCost{.memory_kib = 64, .passes = 1});
    EXPECT_TRUE(verify_password(cheap, "x"));
    EXPECT_TRUE(needs_rehash(cheap));
}

TEST(Random, IsReproducibleFromASeedOnly) {
    SeededRandom first(7);
    SeededRandom second(7);
    SeededRandom other(8);
    const auto bytes = first.bytes(40);
    EXPECT_EQ(bytes, second.bytes(40));
    EXPECT_NE(bytes, other.bytes(40));
    EXPECT_NE(bytes, first.bytes(40));
    SystemRandom system;
    EXPECT_NE(system.token(), system.token());
    EXPECT_EQ(system.token().size(), 43U);
}

TEST(Random, StaysBelowItsLimit) {
    SeededRandom random(1);
    std::array<int, 3> seen{};
    for (int i = 0; i < 3000; ++i) {
        ++seen.at(random.below(3));
    }
    for (const int count : seen) {
        EXPECT_GT(count, 850);
    }
    EXPECT_EQ(random.below(1), 0U);
}

}  // namespace
}  // namespace educard::crypto
