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

TEST(Texts, AnUnknownCodeIsItsOwnText) {
    EXPECT_EQ(Texts().text(Language::en, "no.such.code"), "no.such.code");
}

}  // namespace
}  // namespace educard
