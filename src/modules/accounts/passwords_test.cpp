#include "modules/accounts/passwords.hpp"

#include "base/resources.hpp"
#include "modules/accounts/contact.hpp"
#include "modules/accounts/devices.hpp"
#include "modules/accounts/user_names.hpp"

#include <gtest/gtest.h>

namespace educard::accounts {
namespace {

std::string fault(std::string_view password, std::vector<std::string> personal = {}) {
    return find_password_fault(password, personal).value_or("");
}

TEST(Passwords, LengthCountsInCharactersAndIsAllThatIsAsked) {
    EXPECT_EQ(fault("kf7 wq2"), "accounts.password_too_short");
    EXPECT_EQ(fault("kf7 wq2x"), "");
    EXPECT_EQ(fault("春天花会开鸟儿"), "accounts.password_too_short");
    EXPECT_EQ(fault("春天花会开鸟儿来"), "");
    EXPECT_EQ(fault("correct horse battery staple"), "");
    std::string longest;
    for (int i = 0; i < 64; ++i) {
        longest += "kq7w";
    }
    EXPECT_EQ(fault(longest), "");
    EXPECT_EQ(fault(longest + "x"), "accounts.password_too_long");
    EXPECT_EQ(fault(std::string(100'000, 'x')), "accounts.password_too_long");
    EXPECT_EQ(fault("abcdefgh\xff\xfe"), "accounts.password_too_long");
}

TEST(Passwords, CommonlyBreachedOnesAreRefusedInAnyCaseAndWithATailOfFigures) {
    for (const auto* password : {"iloveyou",
                                 "ILoveYou",
                                 "sunshine2024",
                                 "sunshine!",
                                 "qwertyuiop",
                                 "1qaz2wsx",
                                 "woaini1314",
                                 "5201314520"}) {
        EXPECT_EQ(fault(password), "accounts.password_breached") << password;
    }
    EXPECT_FALSE(is_commonly_breached("violet grass 71"));
    EXPECT_FALSE(is_commonly_breached(""));
}

TEST(Passwords, EveryLineOfTheListIsFound) {
    const auto list = find_resource("data/breached_passwords.txt").value();
    std::size_t lines = 0;
    for (std::size_t begin = 0; begin < list.size(); ++lines) {
        const auto end = list.find('\n', begin);
        if (lines % 50 == 0 || lines < 3) {
            EXPECT_TRUE(is_commonly_breached(list.substr(begin, end - begin)))
                << list.substr(begin, end - begin);
        }
        begin = end + 1;
    }
    EXPECT_GT(lines, 15'000U);
}

TEST(Passwords, RepetitionsRunsAndDatesAreTooSimple) {
    for (const auto* password :
         {"aaaaaaaaaa", "ababababab", "23456789", "hgfedcba", "20120315", "19991231"}) {
        EXPECT_EQ(fault(password), "accounts.password_simple") << password;
    }
    EXPECT_EQ(fault("20129915"), "");  // no date
}

TEST(Passwords, WhatAcquaintancesKnowIsNotEnough) {
    const std::vector<std::string> personal{"wanglei", "320106199003150017", "13812345678"};
    EXPECT_EQ(fault("wanglei88", personal), "accounts.password_personal");
    EXPECT_EQ(fault("WangLei-2026", personal), "accounts.password_personal");
    EXPECT_EQ(fault("199003150017", personal), "accounts.password_personal");
    EXPECT_EQ(fault("13812345678w", personal), "accounts.password_personal");
    EXPECT_EQ(fault("wanglei likes green tea", personal), "");
}

TEST(Passwords, TheSameKeysOnAnotherKeyboardGiveTheSamePassword) {
    EXPECT_EQ(normalise_password("ｋｉｔｅ"), "kite");
    EXPECT_EQ(normalise_password("e\xCC\x81"), "\xC3\xA9");
    EXPECT_EQ(normalise_password(" a b "), " a b ");
}

TEST(UserNames, OneNameInManySpellingsHasOneKey) {
    EXPECT_EQ(user_name_key("ＷangLei"), "wanglei");
    EXPECT_EQ(user_name_key("WANGLEI"), user_name_key("wanglei"));
    EXPECT_EQ(user_name_key(" wanglei "), "wanglei");
}

TEST(UserNames, LettersFiguresAndSingleJointsAreFine) {
    for (const auto* name : {"wanglei", "王小明", "wang.lei-2", "李_明2012", "abc", "䶮小满"}) {
        EXPECT_EQ(find_user_name_fault(name).value_or(""), "") << name;
    }
}

TEST(UserNames, WhatIsNotAUserNameIsToldWhy) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"ab", "accounts.user_name_length"},
        {"", "accounts.user_name_length"},
        {std::string(33, 'a'), "accounts.user_name_length"},
        {std::string(5000, 'a'), "accounts.user_name_length"},
        {"320106199003150017", "accounts.user_name_first"},
        {"3212345678901287", "accounts.user_name_first"},
        {"_wang", "accounts.user_name_first"},
        {"wang lei", "accounts.user_name_characters"},
        {"wang..lei", "accounts.user_name_characters"},
        {"wang.", "accounts.user_name_characters"},
        {"w\xD0\xB0ng", "accounts.user_name_characters"},  // Cyrillic а
        {"wang<script>", "accounts.user_name_characters"},
        {"Admin", "accounts.user_name_reserved"},
        {"educard-help", "accounts.user_name_reserved"},
        {"管理员", "accounts.user_name_reserved"}};
    for (const auto& [name, code] : cases) {
        EXPECT_EQ(find_user_name_fault(name).value_or(""), code) << name.substr(0, 40);
    }
}

TEST(Phones, AreKeptInOneForm) {
    EXPECT_EQ(normalise_phone("138 1234-5678"), "13812345678");
    EXPECT_EQ(normalise_phone("＋86 13812345678"), "13812345678");
    EXPECT_EQ(normalise_phone("8613812345678"), "13812345678");
    EXPECT_EQ(normalise_phone("025-8765 4321"), "02587654321");
    EXPECT_EQ(normalise_phone("+852 2345 6789"), "+85223456789");
    for (const auto* wrong :
         {"", "12345", "12812345678", "138123456789", "phone", "+0123456789", "138+12345678"}) {
        EXPECT_EQ(normalise_phone(wrong), std::nullopt) << wrong;
    }
    EXPECT_EQ(mask_phone("13812345678"), "138****5678");
    EXPECT_EQ(mask_phone("1234"), "****");
}

TEST(Devices, AreCalledByBrowserAndSystem) {
    EXPECT_EQ(device_name_of(std::nullopt, "Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140"),
              "Edge · Windows");
    EXPECT_EQ(device_name_of(std::nullopt, "Mozilla/5.0 (iPhone; CPU) MicroMessenger/8 Safari"),
              "WeChat · iPhone");
    EXPECT_EQ(device_name_of("妈妈的手机", "curl/8"), "妈妈的手机");
    EXPECT_EQ(device_name_of(std::string(100, 'x'), "curl/8"), "curl");
    EXPECT_EQ(device_name_of(std::nullopt, ""), "");
}

}  // namespace
}  // namespace educard::accounts
