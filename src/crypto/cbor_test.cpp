#include "crypto/cbor.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace educard::crypto::cbor {
namespace {

Bytes hex(std::string_view text) {
    return from_hex(text).value();
}

std::optional<CborFault> fault_of(std::string_view text) {
    const auto bytes = hex(text);
    const auto value = decode(bytes);
    return value ? std::nullopt : std::optional(value.error());
}

// RFC 8949, Appendix A.
TEST(Cbor, WritesTheIntegersOfTheStandard) {
    const std::vector<std::pair<std::int64_t, std::string>> vectors{{0, "00"},
                                                                    {1, "01"},
                                                                    {10, "0a"},
                                                                    {23, "17"},
                                                                    {24, "1818"},
                                                                    {25, "1819"},
                                                                    {100, "1864"},
                                                                    {1000, "1903e8"},
                                                                    {1000000, "1a000f4240"},
                                                                    {1000000000000, "1b000000e8d4a51000"},
                                                                    {-1, "20"},
                                                                    {-10, "29"},
                                                                    {-100, "3863"},
                                                                    {-1000, "3903e7"},
                                                                    {INT64_MAX, "1b7fffffffffffffff"},
                                                                    {INT64_MIN, "3b7fffffffffffffff"}};
    for (const auto& [number, text] : vectors) {
        EXPECT_EQ(to_hex(of(number)), text);
        const auto bytes = hex(text);
        EXPECT_EQ(decode(bytes)->integer(), number);
    }
}

TEST(Cbor, ReadsTheOtherExamplesOfTheStandard) {
    const auto check_text = [](std::string_view written, std::string_view text) {
        const auto bytes = hex(written);
        EXPECT_EQ(decode(bytes)->text(), text);
        EXPECT_EQ(to_hex(of(text)), written);
    };
    check_text("60", "");
    check_text("6161", "a");
    check_text("6449455446", "IETF");
    check_text("62225c", "\"\\");
    check_text("62c3bc", "ü");
    check_text("63e6b0b4", "水");
    check_text("64f0908591", "\U00010151");
    EXPECT_EQ(to_hex(of(ByteView(hex("01020304")))), "4401020304");
    EXPECT_FALSE(fault_of("1bffffffffffffffff"));
    EXPECT_FALSE(fault_of("c074323031332d30332d32315432303a30343a30305a"));
    EXPECT_FALSE(fault_of("d818456449455446"));
    EXPECT_FALSE(fault_of("f4"));
    EXPECT_FALSE(fault_of("f0"));
    EXPECT_FALSE(fault_of("f8ff"));
    EXPECT_FALSE(fault_of("98190102030405060708090a0b0c0d0e0f101112131415161718181819"));
    EXPECT_FALSE(fault_of("a56161614161626142616361436164614461656145"));
}

TEST(Cbor, ReadsFloatsOfTheStandard) {
    const std::vector<std::pair<std::string, double>> vectors{{"f90000", 0.0},
                                                              {"f93c00", 1.0},
                                                              {"fb3ff199999999999a", 1.1},
                                                              {"f93e00", 1.5},
                                                              {"f97bff", 65504.0},
                                                              {"fa47c35000", 100000.0},
                                                              {"fb7e37e43c8800759c", 1.0e+300},
                                                              {"f90001", 5.960464477539063e-8},
                                                              {"f90400", 0.00006103515625},
                                                              {"f9c400", -4.0},
                                                              {"f97c00", INFINITY}};
    for (const auto& [text, number] : vectors) {
        const auto bytes = hex(text);
        const auto value = decode(bytes);
        ASSERT_TRUE(value) << text;
        EXPECT_EQ(value->real, number) << text;
        EXPECT_FALSE(value->integer()) << text;
    }
    const auto bytes = hex("f97e00");
    EXPECT_TRUE(std::isnan(decode(bytes)->real));
}

TEST(Cbor, FindsInMaps) {
    const auto bytes = hex("a3010220617861790c");  // {1: 2, -1: "x", "y": 12}
    const auto map = decode(bytes);
    ASSERT_TRUE(map);
    EXPECT_EQ(map->find(1)->integer(), 2);
    EXPECT_EQ(map->find(-1)->text(), "x");
    EXPECT_EQ(map->find("y")->integer(), 12);
    EXPECT_EQ(map->find(2), nullptr);
    EXPECT_EQ(map->find("x"), nullptr);
    EXPECT_EQ(map->find(1)->find(1), nullptr);
    EXPECT_EQ(map->tagged(1), nullptr);
}

TEST(Cbor, SortsTheKeysItWrites) {
    std::vector<std::pair<Bytes, Bytes>> entries;
    for (const std::int64_t key : {-65537LL, 65535LL, 169LL, 8LL, 1LL, -1LL}) {
        entries.emplace_back(of(key), of(std::int64_t{0}));
    }
    EXPECT_EQ(to_hex(Writer().map(std::move(entries)).take()), "a60100080018a90019ffff0020003a0001000000");
}

TEST(Cbor, RefusesWhatIsCutOrTooMuch) {
    EXPECT_EQ(fault_of(""), CborFault::truncated);
    EXPECT_EQ(fault_of("18"), CborFault::truncated);
    EXPECT_EQ(fault_of("1a000000"), CborFault::truncated);
    EXPECT_EQ(fault_of("62c3"), CborFault::truncated);
    EXPECT_EQ(fault_of("5bffffffffffffffff"), CborFault::truncated);
    EXPECT_EQ(fault_of("9bffffffffffffffff"), CborFault::truncated);
    EXPECT_EQ(fault_of("bbffffffffffffffff"), CborFault::truncated);
    EXPECT_EQ(fault_of("bb8000000000000000"), CborFault::truncated);
    EXPECT_EQ(fault_of("c1"), CborFault::truncated);
    EXPECT_EQ(fault_of("0000"), CborFault::trailing);
    EXPECT_EQ(fault_of("8200"), CborFault::truncated);
}

TEST(Cbor, RefusesWhatIsNotCborOrNotOurs) {
    EXPECT_EQ(fault_of("1c"), CborFault::malformed);
    EXPECT_EQ(fault_of("fd"), CborFault::malformed);
    EXPECT_EQ(fault_of("f800"), CborFault::malformed);
    EXPECT_EQ(fault_of("f81f"), CborFault::malformed);
    EXPECT_EQ(fault_of("ff"), CborFault::indefinite);
    EXPECT_EQ(fault_of("5f42010243030405ff"), CborFault::indefinite);
    EXPECT_EQ(fault_of("9fff"), CborFault::indefinite);
    EXPECT_EQ(fault_of("bfff"), CborFault::indefinite);
    EXPECT_EQ(fault_of("61ff"), CborFault::not_utf8);
    EXPECT_EQ(fault_of("a201000100"), CborFault::duplicate_key);
}

TEST(Cbor, RefusesBombs) {
    Bytes deep(kMaxDepth + 1, 0x81);
    deep.push_back(0);
    EXPECT_EQ(decode(deep).error(), CborFault::too_deep);
    const Bytes allowed(deep.begin() + 1, deep.end());
    EXPECT_TRUE(decode(allowed));
    Bytes wide = Writer().array(kMaxItems).take();
    wide.resize(wide.size() + kMaxItems);
    EXPECT_EQ(decode(wide).error(), CborFault::too_many);
    // Nested announcements may not add up either.
    Bytes nested = Writer().array(2).array(600).take();
    nested.resize(nested.size() + 600);
    const auto second = Writer().array(600).take();
    nested.insert(nested.end(), second.begin(), second.end());
    nested.resize(nested.size() + 600);
    EXPECT_EQ(decode(nested).error(), CborFault::too_many);
}

}  // namespace
}  // namespace educard::crypto::cbor
