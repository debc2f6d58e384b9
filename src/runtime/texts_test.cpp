#include "runtime/texts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace educard {
namespace {

TEST(Texts, EveryCodeHasOneTextInBothLanguages) {
    const Texts texts;
    EXPECT_TRUE(texts.contains("required"));
    EXPECT_THAT(texts.faults(), ::testing::IsEmpty());
}

TEST(Texts, ParametersReplaceTheirPlaceholders) {
    const Texts texts;
    EXPECT_EQ(texts.text(Language::en, "http.too_many", {{"seconds", "{seconds}"}}),
              "Too many requests. Try again in {seconds} seconds.");
    EXPECT_EQ(texts.text(Language::zh_cn, "http.too_many", {{"seconds", "7"}}),
              "请求太频繁，请 7 秒后再试。");
}

TEST(Texts, AMomentIsWrittenAsTheClockOfChinaSays) {
    const Texts texts;
    const Texts::Parameters parameters{{"from", "2026-11-23T17:30:59.123456Z"}};
    EXPECT_EQ(texts.text(Language::en, "applications.not_your_turn", parameters),
              "It is still another level's turn. You may decide from 2026-11-24 01:30 on.");
    EXPECT_EQ(texts.text(Language::zh_cn, "applications.not_your_turn", parameters),
              "该申请尚由下级审核，2026-11-24 01:30 之后您可以处理。");
}

TEST(Texts, WordsOfTheApiAreTranslated) {
    const Texts texts;
    const Texts::Parameters parameters{{"by", "class_teacher"}, {"at", "soon"}, {"state", "approved"}};
    EXPECT_EQ(texts.text(Language::en, "applications.already_decided", parameters),
              "The class teacher decided this application at soon: approved.");
    EXPECT_EQ(texts.text(Language::zh_cn, "applications.already_decided", parameters),
              "班主任已于 soon 处理该申请：已通过。");
}

TEST(Texts, OneThingIsNotSeveral) {
    const Texts texts;
    EXPECT_EQ(texts.text(Language::en, "http.too_many", {{"seconds", "1"}}),
              "Too many requests. Try again in 1 second.");
}

TEST(Texts, APlaceholderWithoutAValueStaysAsItsName) {
    EXPECT_EQ(Texts().text(Language::zh_cn, "applications.already_decided"),
              "{by}已于 {at} 处理该申请：{state}。");
}

TEST(Texts, AnUnknownCodeIsItsOwnText) {
    EXPECT_EQ(Texts().text(Language::en, "no.such.code"), "no.such.code");
}

}  // namespace
}  // namespace educard
