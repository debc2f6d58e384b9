#include "base/prose.hpp"

#include <gtest/gtest.h>

namespace educard {
namespace {

TEST(Prose, KeepsPunctuation) {
    EXPECT_EQ(tidy_line("怎样领取？“教育卡”，（试用）"), "怎样领取？“教育卡”，（试用）");
}

TEST(Prose, FoldsWhatNobodySees) {
    EXPECT_EQ(tidy_line(" \t一\u3000\u3000二\u200B三\u0007 "), "一 二三");
    EXPECT_EQ(tidy_line("ＡＰＰ１２３ｘ"), "APP123x");
    EXPECT_EQ(tidy_line("\xFF"), "\uFFFD");
    EXPECT_EQ(tidy_line(""), "");
}

TEST(Prose, KeepsParagraphs) {
    EXPECT_EQ(tidy_prose("\r\n一\r\n\r\n\r\n\n 二 \n三\n\n"), "一\n\n二\n三");
    EXPECT_EQ(tidy_prose(" \n "), "");
}

}  // namespace
}  // namespace educard
