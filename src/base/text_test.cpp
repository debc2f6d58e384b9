#include "base/text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>

namespace educard {
namespace {

TEST(Utf8, RefusesWhatTheStandardRefuses) {
    EXPECT_TRUE(is_valid_utf8(""));
    EXPECT_TRUE(is_valid_utf8("plain ascii that is longer than eight"));
    EXPECT_TRUE(is_valid_utf8("𬭊㛃䶮 ·"));
    EXPECT_FALSE(is_valid_utf8("\xC0\x80"));          // overlong
    EXPECT_FALSE(is_valid_utf8("\xED\xA0\x80"));      // surrogate
    EXPECT_FALSE(is_valid_utf8("\xF4\x90\x80\x80"));  // above U+10FFFF
    EXPECT_FALSE(is_valid_utf8("12345678\xE4\xBD"));  // cut short
}

TEST(Tidy, FoldsWidthsSpacesAndInvisibleCharacters) {
    EXPECT_EQ(tidy("　３２０１０２２０１５Ｘ　"), "3201022015X");
    EXPECT_EQ(tidy("\xC2\xA0 张\xE2\x80\x8B三 \t\r\n"), "张三");
    EXPECT_EQ(tidy("a\n\n b"), "a b");
    EXPECT_EQ(tidy("\xEF\xBB\xBFname"), "name");
    EXPECT_EQ(tidy("   "), "");
    EXPECT_EQ(tidy("\x01\x7F"), "");
    EXPECT_EQ(tidy("李\xFF"), "李\xEF\xBF\xBD");
}

TEST(Tidy, TurnsPrivateUseOfOldTablesIntoTheRealCharacter) {
    EXPECT_EQ(tidy("\xEE\xA0\x9E"), "龴");  // U+E81E → U+9FB4
}

TEST(TidyName, MakesEveryDotTheSame) {
    for (const auto* spelling : {"买买提·艾力",
                                 "买买提•艾力",
                                 "买买提・艾力",
                                 "买买提‧艾力",
                                 "买买提 · 艾力",
                                 "买买提．艾力",
                                 "买买提･艾力"}) {
        EXPECT_EQ(tidy_name(spelling), "买买提·艾力") << spelling;
    }
    EXPECT_EQ(tidy_name("J. R. Smith"), "J. R. Smith");
}

TEST(Trim, TakesEverySpaceFromTheEndsOnly) {
    EXPECT_EQ(trim("　\xE2\x80\x8B a　b \xC2\xA0"), "a　b");
    EXPECT_EQ(trim("　"), "");
    EXPECT_EQ(trim("𬭊"), "𬭊");
}

TEST(Count, CountsWhatReadersSee) {
    EXPECT_EQ(count_characters("𬭊㛃䶮"), 3U);
    EXPECT_EQ(count_characters("e\xCC\x81"), 1U);
    EXPECT_EQ(count_characters("葛\xF3\xA0\x84\x80城"), 2U);  // with an ideographic variation selector
    EXPECT_EQ(count_characters(""), 0U);
}

TEST(NameRules, AcceptRareForeignAndLongNames) {
    for (const auto* name : {"李𬭊",
                             "王㛃",
                             "张䶮",
                             "〇二",
                             "阿卜杜热合曼·阿卜杜克里木",
                             "Jean-Luc O’Brien",
                             "Nguyễn Thị Minh Khai",
                             "ئابدۇللا",
                             "བསྟན་འཛིན",
                             "𠮷野家",
                             "Иван Петров",
                             "田中さくら"}) {
        EXPECT_EQ(find_name_fault(tidy_name(name)), std::nullopt) << name;
    }
    std::string fifty;
    for (int i = 0; i < 50; ++i) {
        fifty += "𬭊";
    }
    EXPECT_EQ(find_name_fault(fifty), std::nullopt);
    EXPECT_EQ(find_name_fault(fifty + "一"), NameFault::too_long);
}

TEST(NameRules, RefuseWhatIsNoName) {
    EXPECT_EQ(find_name_fault(""), NameFault::empty);
    for (const auto* name : {"张三1",
                             "张?三",
                             "<b>",
                             "...",
                             "·",
                             "张三@",
                             ".张三",
                             "张·",
                             "·张",
                             "李\xEF\xBF\xBD",
                             "\xF0\x9F\x98\x80",
                             "=1+1"}) {
        EXPECT_EQ(find_name_fault(name), NameFault::character) << name;
    }
}

TEST(NameKey, UnifiesSpellings) {
    EXPECT_EQ(name_key("ＪＥＡＮ　ｌｕｃ"), name_key("Jean Luc"));
    EXPECT_EQ(name_key("买买提•艾力"), name_key("买买提·艾力"));
    EXPECT_EQ(name_key("葛\xF3\xA0\x84\x80城"), name_key("葛城"));
    EXPECT_NE(name_key("张三"), name_key("张叁"));
}

TEST(CompareNames, GradesLikeness) {
    EXPECT_EQ(compare_names("张三", "张三").match, NameMatch::equal);
    EXPECT_EQ(compare_names("张 三", "张三").match, NameMatch::equal_after_folding);
    EXPECT_EQ(compare_names("买买提•艾力", "买买提·艾力").match, NameMatch::equal_after_folding);
    EXPECT_EQ(compare_names("張國榮", "张国荣").match, NameMatch::look_alike);
    for (const auto& [a, b] : {std::pair{"张己", "张巳"},
                               {"王未", "王末"},
                               {"冼星", "洗星"},
                               {"李璐", "李潞"},
                               {"肖强", "萧强"}}) {
        EXPECT_EQ(compare_names(a, b).match, NameMatch::look_alike) << a << b;
    }
    EXPECT_EQ(compare_names("Аlex", "Alex").match, NameMatch::look_alike);  // Cyrillic А
    EXPECT_EQ(compare_names("张三", "李四").match, NameMatch::different);
    EXPECT_EQ(compare_names("", "张三").match, NameMatch::different);
}

TEST(CompareNames, SaysWhereTheDifferencesAre) {
    const auto replaced = compare_names("欧阳小璐", "欧阳小潞");
    EXPECT_EQ(replaced.left, (std::vector<TextSpan>{{3, 1}}));
    EXPECT_EQ(replaced.right, (std::vector<TextSpan>{{3, 1}}));
    const auto missing = compare_names("张小三", "张三");
    EXPECT_EQ(missing.left, (std::vector<TextSpan>{{1, 1}}));
    EXPECT_TRUE(missing.right.empty());
    const auto rare = compare_names("𬭊a", "𬭊b");
    EXPECT_EQ(rare.left, (std::vector<TextSpan>{{1, 1}}));
}

TEST(CompareNames, BearsHugeAndBrokenText) {
    EXPECT_EQ(compare_names(std::string(1'000'000, 'x'), "\xFF\xFE").match, NameMatch::different);
}

TEST(PinyinSearch, GivesFullSpellingAndInitials) {
    const auto school = pinyin("南京市第一中学");
    EXPECT_EQ(school.full, "nanjingshidiyizhongxue");
    EXPECT_EQ(school.initials, "njsdyzx");
    EXPECT_EQ(pinyin("绿地小学").full, "lvdixiaoxue");
    EXPECT_EQ(pinyin("长江路小学").initials, "cjlxx");
    EXPECT_EQ(pinyin("重庆八中").full, "chongqingbazhong");
    EXPECT_EQ(pinyin("No. 29 中学").initials, "n29zx");
    EXPECT_EQ(pinyin("").full, "");
}

TEST(PinyinSearch, KnowsPeopleByTheirInitials) {
    EXPECT_EQ(name_initials("张小明"), "zxm");
    EXPECT_EQ(name_initials("曾国藩"), "zgf");
    EXPECT_EQ(name_initials("单雄信"), "sxx");
    EXPECT_EQ(name_initials("欧阳娜娜"), "oynn");
    EXPECT_EQ(name_initials("尉迟恭"), "ycg");
    EXPECT_EQ(name_initials("吕绿"), "ll");
    EXPECT_EQ(name_initials("艾克拜尔·买买提"), "akbemmt");
    EXPECT_EQ(name_initials("Maria Silva"), "mariasilva");
    EXPECT_EQ(name_initials("王A"), "wa");
    EXPECT_EQ(name_initials("").size(), 0U);
    EXPECT_EQ(name_initials("\xff王").substr(0, 1).size(), 1U);
}

TEST(PinyinSearch, UnderstandsNamesAsPeopleTypeThem) {
    for (const auto* typed : {"c", "che", "chen", "chenj", "cjs", "chenjs", "chjshu", "chenjingshu"}) {
        EXPECT_TRUE(reads_as("陈静姝", typed)) << typed;
    }
    for (const auto* typed : {"jingshu", "chenshu", "chenjingshua", "cjx", "ceng"}) {
        EXPECT_FALSE(reads_as("陈静姝", typed)) << typed;
    }
    for (const auto* typed : {"jingshu", "js", "shu", "jings"}) {
        EXPECT_TRUE(reads_within("陈静姝", typed)) << typed;
    }
    EXPECT_FALSE(reads_within("陈静姝", "ingshu"));
    for (const auto* typed : {"lvlv", "lulu", "lyulyu", "ll"}) {
        EXPECT_TRUE(reads_as("吕绿", typed)) << typed;
    }
    EXPECT_TRUE(reads_as("单雄信", "shanxiongxin"));
    EXPECT_TRUE(reads_as("尉迟恭", "yuchigong"));
    EXPECT_TRUE(reads_as("Maria Silva", "marias"));
    EXPECT_TRUE(reads_as("西安", "xian"));
    EXPECT_TRUE(reads_as("先", "xian"));
    EXPECT_FALSE(reads_as("", "a"));
}

TEST(PinyinSearch, GuessesTheInitialsOfASpelledName) {
    const auto best = [](std::string_view letters) { return initials_of_reading(letters, 1).at(0); };
    EXPECT_EQ(best("chenjingshu"), "cjs");
    EXPECT_EQ(best("chenjs"), "cjs");
    EXPECT_EQ(best("ouyangnana"), "oynn");
    EXPECT_EQ(initials_of_reading("xian", 2), (std::vector<std::string>{"x", "xa"}));
    EXPECT_EQ(initials_of_reading("fangan", 2), (std::vector<std::string>{"fg", "fa"}));
    EXPECT_TRUE(initials_of_reading("", 4).empty());
    EXPECT_TRUE(initials_of_reading("vivi", 4).empty());
    EXPECT_LE(initials_of_reading(std::string(200, 'a'), 4).size(), 4U);
    for (const auto* name : {"陈静姝", "欧阳娜娜", "买买提", "吕绿"}) {
        const auto found = initials_of_reading(pinyin(name).full, 4);
        EXPECT_NE(std::ranges::find(found, name_initials(name)), found.end()) << name;
    }
}

TEST(PinyinSearch, WorksOnManyThreadsAtOnce) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([] {
            for (int n = 0; n < 50; ++n) {
                EXPECT_EQ(pinyin("苏州").full, "suzhou");
                EXPECT_EQ(compare_names("張三", "张三").match, NameMatch::look_alike);
            }
        });
    }
}

}  // namespace
}  // namespace educard
