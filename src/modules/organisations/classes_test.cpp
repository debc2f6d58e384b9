#include "modules/organisations/organisations.hpp"

#include <gtest/gtest.h>

namespace educard::organisations {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::year;

constexpr Date on(int y, unsigned m, unsigned d) {
    return Date(year(y), month(m), day(d));
}
constexpr Date kAutumn = on(2026, 11, 23);

TEST(Classes, SchoolYearTurnsOnTheFirstOfSeptember) {
    EXPECT_EQ(school_year_of(on(2026, 8, 31)), 2025);
    EXPECT_EQ(school_year_of(on(2026, 9, 1)), 2026);
    EXPECT_EQ(class_name(Stage::primary, 2024, 2, on(2026, 8, 31)), "二年级（2）班");
    EXPECT_EQ(class_name(Stage::primary, 2024, 2, on(2026, 9, 1)), "三年级（2）班");
}

TEST(Classes, NamesSayStageAndYear) {
    EXPECT_EQ(class_name(Stage::senior, 2026, 3, kAutumn), "高一（3）班");
    EXPECT_EQ(class_name(Stage::junior, 2025, 1, kAutumn), "八年级（1）班");
    EXPECT_EQ(class_name(Stage::vocational, 2026, 3, kAutumn), "中职一年级（3）班");
    EXPECT_EQ(class_name(Stage::special, 2018, 1, kAutumn), "九年级（1）班");
}

TEST(Classes, BeforeEntryAndAfterLeavingTheCohortIsNamed) {
    EXPECT_EQ(class_name(Stage::primary, 2027, 1, kAutumn), "小学2027级（1）班");
    EXPECT_EQ(class_name(Stage::junior, 2020, 4, kAutumn), "初中2023届（4）班");
}

std::optional<ClassKey> read(std::string_view grade, std::string_view name, SchoolKind kind) {
    return read_class(grade, name, kind, kAutumn);
}
ClassKey key(Stage stage, int entry_year, int number) {
    return ClassKey{.stage = stage, .entry_year = entry_year, .number = number};
}

TEST(Classes, SpreadsheetSpellingsAreRead) {
    const auto third = key(Stage::primary, 2024, 2);
    EXPECT_EQ(read("三年级", "2班", SchoolKind::primary), third);
    EXPECT_EQ(read("三年级", "（２）班", SchoolKind::primary), third);
    EXPECT_EQ(read("小学三年级", "三年级(2)班", SchoolKind::nine_year), third);
    EXPECT_EQ(read("3", "02", SchoolKind::primary), third);
    EXPECT_EQ(read("", "三（2）班", SchoolKind::primary), third);
    EXPECT_EQ(read("", "三年级二班", SchoolKind::primary), third);
    EXPECT_EQ(read("三年级（2）班", "", SchoolKind::primary), third);
    EXPECT_EQ(read("", "302", SchoolKind::primary), third);
    EXPECT_EQ(read("2024级", "2班", SchoolKind::primary), third);
    EXPECT_EQ(read("八年级", "12", SchoolKind::nine_year), key(Stage::junior, 2025, 12));
    EXPECT_EQ(read("初二", "十二班", SchoolKind::complete), key(Stage::junior, 2025, 12));
    EXPECT_EQ(read("", "高一(3)班", SchoolKind::complete), key(Stage::senior, 2026, 3));
    EXPECT_EQ(read("高2024级", "3班", SchoolKind::complete), key(Stage::senior, 2024, 3));
    EXPECT_EQ(read("高中2027届", "3班", SchoolKind::senior), key(Stage::senior, 2024, 3));
    EXPECT_EQ(read("一年级", "1班", SchoolKind::vocational), key(Stage::vocational, 2026, 1));
    EXPECT_EQ(read("九年级", "1班", SchoolKind::deaf), key(Stage::special, 2018, 1));
}

TEST(Classes, WhatEverybodyReadsBackIsTheSame) {
    for (const auto stage : {Stage::primary, Stage::junior, Stage::senior}) {
        for (int grade = 1; grade <= years_of(stage); ++grade) {
            const auto name = class_name(stage, 2026 - grade + 1, 7, kAutumn);
            EXPECT_EQ(read("", name, SchoolKind::twelve_year), key(stage, 2026 - grade + 1, 7)) << name;
        }
    }
}

TEST(Classes, WhatIsNotUnderstoodIsNotGuessed) {
    EXPECT_FALSE(read("", "", SchoolKind::primary));
    EXPECT_FALSE(read("三年级", "", SchoolKind::primary));
    EXPECT_FALSE(read("", "2班", SchoolKind::primary));
    EXPECT_FALSE(read("三年级", "火箭班", SchoolKind::primary));
    EXPECT_FALSE(read("三年级", "四年级2班", SchoolKind::primary));
    EXPECT_FALSE(read("九年级", "1班", SchoolKind::primary));
    EXPECT_FALSE(read("高一", "1班", SchoolKind::primary));
    EXPECT_FALSE(read("三年级", "0班", SchoolKind::primary));
    EXPECT_FALSE(read("三年级", "(2班", SchoolKind::primary));
    EXPECT_FALSE(read("1995级", "2班", SchoolKind::primary));
    EXPECT_FALSE(read("2024级", "2班", SchoolKind::complete)) << "junior or senior?";
    EXPECT_FALSE(read("\xff\xfe", "\xff", SchoolKind::primary));
}

TEST(Classes, SchoolCodesFitTheirKind) {
    EXPECT_TRUE(is_school_code("2132001234"));
    EXPECT_TRUE(fits_school_code("3432001234", SchoolKind::complete));
    EXPECT_FALSE(fits_school_code("2132001234", SchoolKind::complete));
    EXPECT_FALSE(is_school_code("2133001234")) << "another province";
    EXPECT_FALSE(is_school_code("1132001234")) << "a kindergarten";
    EXPECT_FALSE(is_school_code("213200123"));
    EXPECT_FALSE(is_school_code("21320012345"));
    EXPECT_FALSE(is_school_code("213200123X"));
    EXPECT_FALSE(is_school_code(""));
}

TEST(Classes, CodesOfSchoolKindsGoBothWays) {
    EXPECT_EQ(code_of(SchoolKind::nine_year), "312");
    EXPECT_EQ(school_kind_of("514"), SchoolKind::other_special);
    EXPECT_FALSE(school_kind_of("111"));
}

}  // namespace
}  // namespace educard::organisations
