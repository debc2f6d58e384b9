#include "base/bytes.hpp"

#include <gtest/gtest.h>

#include <random>

namespace educard {
namespace {

// RFC 9285, 4.3 and 4.4.
TEST(Base45, WritesTheExamplesOfTheStandard) {
    EXPECT_EQ(to_base45(as_bytes("AB")), "BB8");
    EXPECT_EQ(to_base45(as_bytes("Hello!!")), "%69 VD92EX0");
    EXPECT_EQ(to_base45(as_bytes("base-45")), "UJCLQE7W581");
    EXPECT_EQ(from_base45("QED8WEX0"), Bytes({'i', 'e', 't', 'f', '!'}));
}

TEST(Base45, RefusesWhatNoEncoderWrites) {
    EXPECT_FALSE(from_base45("GGW5"));  // one character left over
    EXPECT_FALSE(from_base45("GGX"));   // 65,536, RFC 9285, 6
    EXPECT_FALSE(from_base45("::"));    // more than one octet holds
    EXPECT_FALSE(from_base45("U6"));    // 300
    EXPECT_FALSE(from_base45("bb8"));   // lower case
    EXPECT_FALSE(from_base45("B\n8"));
    EXPECT_EQ(from_base45("FGW"), Bytes({0xFF, 0xFF}));
    EXPECT_EQ(from_base45(""), Bytes());
}

// RFC 4648, 10.
TEST(Base64, WritesTheExamplesOfTheStandard) {
    EXPECT_EQ(to_base64(as_bytes("")), "");
    EXPECT_EQ(to_base64(as_bytes("f")), "Zg==");
    EXPECT_EQ(to_base64(as_bytes("fo")), "Zm8=");
    EXPECT_EQ(to_base64(as_bytes("foo")), "Zm9v");
    EXPECT_EQ(to_base64(as_bytes("foobar")), "Zm9vYmFy");
    EXPECT_EQ(to_base64url(Bytes{0xFB, 0xFF}), "-_8");
}

TEST(Base64Url, RefusesPaddingSpaceAndSecondSpellings) {
    EXPECT_EQ(from_base64url("Zg"), Bytes({'f'}));
    EXPECT_FALSE(from_base64url("Zg=="));
    EXPECT_FALSE(from_base64url("Zh"));  // the same octet, written otherwise
    EXPECT_FALSE(from_base64url("Z g"));
    EXPECT_FALSE(from_base64url("Zm9vY"));
    EXPECT_FALSE(from_base64url("+/8"));
}

TEST(Hex, ReadsBothCasesAndWritesTheLower) {
    EXPECT_EQ(to_hex(Bytes{0x00, 0xAB, 0xff}), "00abff");
    EXPECT_EQ(from_hex("00aBFf"), Bytes({0x00, 0xAB, 0xFF}));
    EXPECT_FALSE(from_hex("0"));
    EXPECT_FALSE(from_hex("0g"));
}

TEST(Bytes, ComeBackFromEverySpelling) {
    std::mt19937 random(20261123);
    for (std::size_t length = 0; length < 200; ++length) {
        Bytes bytes(length);
        for (auto& byte : bytes) {
            byte = static_cast<std::uint8_t>(random());
        }
        EXPECT_EQ(from_base45(to_base45(bytes)), bytes);
        EXPECT_EQ(from_base64url(to_base64url(bytes)), bytes);
        EXPECT_EQ(from_hex(to_hex(bytes)), bytes);
    }
}

}  // namespace
}  // namespace educard
