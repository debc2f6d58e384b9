#include "base/search_words.hpp"

#include <gtest/gtest.h>

namespace educard {
namespace {

bool finds(std::string_view query, std::string_view text) {
    const auto phrases = search_phrases(query);
    const auto words = index_words(text);
    return !phrases.empty() &&
           std::ranges::all_of(phrases, [&](const SearchPhrase& phrase) { return contains(words, phrase); });
}

TEST(SearchWords, AreWhatNoEngineSplits) {
    EXPECT_EQ(index_words("一二"), "h04e0004e8c h04e8c");
    EXPECT_EQ(index_words("一"), "h04e00");
    EXPECT_EQ(index_words("APP 2.0"), "wapp w2 w0");
    EXPECT_EQ(index_words("Zoë"), "wz0oz10000eb");
    EXPECT_EQ(index_words(""), "");
    EXPECT_EQ(index_words("，。！？… ——"), "");
}

struct Case {
    std::string_view query;
    std::string_view text;
    bool found;
};

TEST(SearchWords, FindWhatIsMeant) {
    for (const auto& [query, text, found] : {
             Case{"教育卡", "怎样领取教育卡？", true},
             {"领取", "怎样领取教育卡？", true},
             {"卡", "怎样领取教育卡？", true},
             {"怎", "怎样领取教育卡？", true},
             {"取教", "怎样领取教育卡？", true},
             {"卡教", "怎样领取教育卡？", false},
             {"教卡", "怎样领取教育卡？", false},
             {"教育 领取", "怎样领取教育卡？", true},
             {"教育卡APP", "教育卡APP 打不开", true},
             {"教育卡app", "下载教育卡 App", true},
             {"教育卡ＡＰＰ", "教育卡APP", true},
             {"app", "apps", false},
             {"验证码", "收不到驗證碼", false},
             {"驗證碼", "收不到驗證碼", true},
             {"𠮷野", "姓名是𠮷野家", true},
             {"𠮷", "姓名是𠮷野家", true},
             {"吉野", "姓名是𠮷野家", false},
             {"䶮", "名字里有䶮字", true},
             {"\U00030EDE", "一个\U00030EDE面", true},
             {"侮辱", "不得侮\uFE00辱他人", true},
             {"侮辱", "不得侮辱他人", true},
             {"学籍，号", "学籍号", true},
             {"学籍号", "学籍，号", false},
             {"「教育卡」", "教育卡", true},
             {"2026级", "2026级新生", true},
             {"１２３", "编号123", true},
             {"12", "编号123", false},
             {"买买提", "阿依古丽·买买提", true},
             {"ئۇيغۇر", "ئۇيغۇر تىلى", true},
             {"regístr", "REGÍSTR", true},
             {"？？", "怎样领取教育卡？", false},
         }) {
        EXPECT_EQ(finds(query, text), found) << query << " in " << text;
    }
}

TEST(SearchWords, SingleWordsKeepWhatWasTyped) {
    std::vector<std::string> texts;
    for (const auto& word : single_words(search_phrases("我怎么注册APP卡"))) {
        texts.push_back(word.text);
    }
    EXPECT_EQ(texts, (std::vector<std::string>{"我怎", "怎么", "么注", "注册", "app", "卡"}));
}

TEST(SearchWords, AreBounded) {
    std::string many;
    for (int i = 0; i < 500; ++i) {
        many += "词" + std::to_string(i) + " ";
    }
    EXPECT_LE(search_phrases(many).size(), kMostPhrases);
    std::string run;
    for (int i = 0; i < 500; ++i) {
        run += "长";
    }
    EXPECT_LE(search_phrases(run).front().words.size(), kMostPairs);
    EXPECT_LT(index_words(std::string(5000, 'x')).size(), 50);
}

}  // namespace
}  // namespace educard
