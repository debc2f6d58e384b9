#include "crypto/totp.hpp"

#include "base/base32.hpp"

#include <gtest/gtest.h>

namespace educard::crypto {
namespace {

constexpr std::string_view kSecret = "12345678901234567890";

Time at(std::int64_t seconds) {
    return Time(std::chrono::seconds(seconds));
}

TEST(Totp, CodesOfRfc4226AppendixD) {
    const char* const codes[] = {
        "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"};
    for (std::int64_t count = 0; count < 10; ++count) {
        EXPECT_EQ(totp_code(as_bytes(kSecret), count), codes[count]);
    }
}

/// RFC 6238, appendix B, with the last six of its eight digits.
TEST(Totp, CodesOfRfc6238AppendixB) {
    const std::pair<std::int64_t, const char*> vectors[] = {{59, "287082"},
                                                            {1111111109, "081804"},
                                                            {1111111111, "050471"},
                                                            {1234567890, "005924"},
                                                            {2000000000, "279037"},
                                                            {20000000000, "353130"}};
    for (const auto& [seconds, code] : vectors) {
        EXPECT_EQ(totp_code(as_bytes(kSecret), totp_step_of(at(seconds))), code);
        EXPECT_EQ(find_totp_step(as_bytes(kSecret), code, at(seconds), -1), seconds / 30);
    }
}

TEST(Totp, ACodeIsGoodOnceAndForOneStepAround) {
    const auto secret = as_bytes(kSecret);
    const auto code = totp_code(secret, 100);
    const auto found = [&](std::int64_t step, std::int64_t used) {
        return find_totp_step(secret, code, at(step * 30 + 29), used);
    };
    EXPECT_EQ(found(100, 0), 100);
    EXPECT_EQ(found(101, 0), 100);
    EXPECT_EQ(found(99, 0), 100);
    EXPECT_EQ(found(102, 0), std::nullopt);
    EXPECT_EQ(found(98, 0), std::nullopt);
    EXPECT_EQ(found(100, 100), std::nullopt);
    EXPECT_EQ(find_totp_step(secret, "", at(3000), 0), std::nullopt);
}

TEST(Totp, Base32OfRfc4648Section10) {
    EXPECT_EQ(to_base32(as_bytes("")), "");
    EXPECT_EQ(to_base32(as_bytes("f")), "MY");
    EXPECT_EQ(to_base32(as_bytes("fo")), "MZXQ");
    EXPECT_EQ(to_base32(as_bytes("foo")), "MZXW6");
    EXPECT_EQ(to_base32(as_bytes("foob")), "MZXW6YQ");
    EXPECT_EQ(to_base32(as_bytes("fooba")), "MZXW6YTB");
    EXPECT_EQ(to_base32(as_bytes("foobar")), "MZXW6YTBOI");
}

TEST(Totp, TheAddressNamesIssuerAndAccount) {
    EXPECT_EQ(totp_uri(as_bytes(kSecret), "教育卡", "zhang san"),
              "otpauth://totp/%E6%95%99%E8%82%B2%E5%8D%A1:zhang%20san"
              "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E6%95%99%E8%82%B2%E5%8D%A1");
}

}  // namespace
}  // namespace educard::crypto
