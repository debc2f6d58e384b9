#include "crypto/card_number.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace educard::crypto {
namespace {

Bytes counting_key() {
    Bytes key(32);
    for (std::size_t i = 0; i < key.size(); ++i) {
        key[i] = static_cast<std::uint8_t>(i);
    }
    return key;
}

const CardNumberPermutation& permutation() {
    static const CardNumberPermutation made(counting_key());
    return made;
}

// Made by tests/interop/card_number.py, an independent implementation in Python on hmac and hashlib, with the
// key 00 01 … 1f. Serial 7 is one that leaves the range and walks on.
TEST(CardNumber, MatchesTheIndependentImplementation) {
    EXPECT_EQ(permutation().number_of(0), "3235481960292229");
    EXPECT_EQ(permutation().number_of(1), "3246863336412230");
    EXPECT_EQ(permutation().number_of(2), "3243487638947018");
    EXPECT_EQ(permutation().number_of(7), "3203638517467195");
    EXPECT_EQ(permutation().number_of(41), "3264682198965671");
    EXPECT_EQ(permutation().number_of(123456789), "3226216417363880");
    EXPECT_EQ(permutation().number_of(999999999999), "3278561739957388");
}

TEST(CardNumber, HasAnInverse) {
    std::mt19937_64 random(1);
    std::uniform_int_distribution<std::int64_t> serials(0, kCardSerials - 1);
    for (int i = 0; i < 2000; ++i) {
        const auto serial = serials(random);
        ASSERT_EQ(permutation().serial_of(permutation().number_of(serial)), serial);
    }
}

TEST(CardNumber, IsNeverMadeTwice) {
    std::set<std::string> seen;
    for (std::int64_t serial = 0; serial < 20'000; ++serial) {
        ASSERT_TRUE(seen.insert(permutation().number_of(serial)).second) << serial;
    }
}

TEST(CardNumber, DependsOnTheKey) {
    auto key = counting_key();
    key[31] ^= 1;
    EXPECT_NE(CardNumberPermutation(key).number_of(0), permutation().number_of(0));
}

TEST(CardNumber, RefusesWhatIsNone) {
    EXPECT_TRUE(is_valid_card_number("3235 4819 6029 2229"));
    EXPECT_EQ(normalise_card_number("3235 4819 6029 2229"), "3235481960292229");
    EXPECT_FALSE(is_valid_card_number(""));
    EXPECT_FALSE(is_valid_card_number("323548196029222"));
    EXPECT_FALSE(is_valid_card_number("32354819602922290"));
    EXPECT_FALSE(is_valid_card_number("323548196029222x"));
    EXPECT_FALSE(is_valid_card_number("3135481960292229"));
    EXPECT_FALSE(is_valid_card_number("3235481960292229\n"));
    EXPECT_FALSE(permutation().serial_of("3235481960292228"));
}

TEST(CardNumber, HasOneSpellingOfItsCheckDigits) {
    int aliases = 0;
    for (int body = 0; body < 2000; ++body) {
        const auto text = std::to_string(32'000'000'000'000LL + body);
        for (const char* check : {"00", "01", "99"}) {
            aliases += is_valid_card_number(text + check) ? 1 : 0;
        }
    }
    EXPECT_EQ(aliases, 0);
}

TEST(CardNumber, IsShownInGroupsAndMasked) {
    EXPECT_EQ(group_card_number("3235481960292229"), "3235 4819 6029 2229");
    EXPECT_EQ(mask_card_number("3235481960292229"), "32** **** **** **29");
    EXPECT_EQ(mask_card_number("32"), "");
}

// The claims of ISO 7064 MOD 97-10 that facts/ quotes, over 4,000 numbers each.
class CardNumberErrors : public testing::Test {
protected:
    static constexpr int kNumbers = 4000;

    template <class Visit>
    static void each_number(Visit visit) {
        std::mt19937_64 random(42);
        std::uniform_int_distribution<std::int64_t> serials(0, kCardSerials - 1);
        for (int i = 0; i < kNumbers; ++i) {
            visit(permutation().number_of(serials(random)));
        }
    }
};

TEST_F(CardNumberErrors, OfOneDigitAreAllFound) {
    each_number([](const std::string& number) {
        for (std::size_t at = 0; at < number.size(); ++at) {
            for (char digit = '0'; digit <= '9'; ++digit) {
                auto wrong = number;
                wrong[at] = digit;
                ASSERT_TRUE(wrong == number || !is_valid_card_number(wrong)) << number << " " << wrong;
            }
        }
    });
}

TEST_F(CardNumberErrors, OfSwappedNeighboursAndJumpsAreAllFound) {
    each_number([](const std::string& number) {
        for (std::size_t distance = 1; distance <= 2; ++distance) {
            for (std::size_t at = 0; at + distance < number.size(); ++at) {
                auto wrong = number;
                std::swap(wrong[at], wrong[at + distance]);
                ASSERT_TRUE(wrong == number || !is_valid_card_number(wrong)) << number << " " << wrong;
            }
        }
    });
}

TEST_F(CardNumberErrors, OfTwinsAreAllFound) {
    each_number([](const std::string& number) {
        for (std::size_t at = 0; at + 1 < number.size(); ++at) {
            if (number[at] != number[at + 1]) {
                continue;
            }
            for (char digit = '0'; digit <= '9'; ++digit) {
                auto wrong = number;
                wrong[at] = wrong[at + 1] = digit;
                ASSERT_TRUE(wrong == number || !is_valid_card_number(wrong)) << number << " " << wrong;
            }
        }
    });
}

TEST_F(CardNumberErrors, OfTwoRandomDigitsAreRarelyMissed) {
    std::mt19937 random(7);
    int missed = 0;
    int made = 0;
    each_number([&](const std::string& number) {
        for (int i = 0; i < 5; ++i) {
            auto wrong = number;
            wrong[random() % 16] = static_cast<char>('0' + random() % 10);
            wrong[random() % 16] = static_cast<char>('0' + random() % 10);
            if (wrong != number) {
                ++made;
                missed += is_valid_card_number(wrong) ? 1 : 0;
            }
        }
    });
    EXPECT_LT(missed, made / 70);
}

}  // namespace
}  // namespace educard::crypto
