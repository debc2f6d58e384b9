#include "runtime/texts.hpp"

#include <gtest/gtest.h>

namespace educard {
namespace {

TEST(Texts, EveryCodeHasATextInBothLanguages) {
    const Texts texts;
    EXPECT_TRUE(texts.contains("required"));
    for (const auto code : texts.codes()) {
        EXPECT_NE(texts.text(Language::zh_cn, code), code);
        EXPECT_NE(texts.text(Language::en, code), code);
    }
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
