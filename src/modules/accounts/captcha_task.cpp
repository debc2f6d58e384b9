#include "modules/accounts/captcha_task.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>
#include <utility>
#include <vector>

namespace educard::accounts {

namespace {

constexpr std::array<std::string_view, 21> kEnglishNumbers{
    "zero",     "one",     "two",     "three",     "four",     "five",     "six",
    "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",   "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"};
constexpr std::array<std::string_view, 21> kChineseNumbers{
    "零",   "一",   "二",   "三",   "四",   "五",   "六",   "七",   "八",   "九",  "十",
    "十一", "十二", "十三", "十四", "十五", "十六", "十七", "十八", "十九", "二十"};

using Words = std::vector<std::string_view>;

const std::array<Words, 6>& families(Language language) {
    static const std::array<Words, 6> chinese{{{"苹果", "香蕉", "葡萄", "西瓜", "桃子", "草莓"},
                                               {"小猫", "小狗", "兔子", "大象", "老虎", "猴子"},
                                               {"桌子", "椅子", "书柜", "沙发", "衣柜", "板凳"},
                                               {"红色", "蓝色", "绿色", "黄色", "白色", "紫色"},
                                               {"火车", "汽车", "飞机", "轮船", "地铁", "卡车"},
                                               {"铅笔", "橡皮", "尺子", "本子", "钢笔", "圆规"}}};
    static const std::array<Words, 6> english{{{"apple", "banana", "grape", "melon", "peach", "pear"},
                                               {"cat", "dog", "rabbit", "elephant", "tiger", "monkey"},
                                               {"table", "chair", "shelf", "sofa", "wardrobe", "bench"},
                                               {"red", "blue", "green", "yellow", "white", "purple"},
                                               {"train", "car", "plane", "ship", "tram", "lorry"},
                                               {"pencil", "rubber", "ruler", "notebook", "pen", "compass"}}};
    return language == Language::en ? english : chinese;
}

std::string_view word_for(std::size_t number, Language language) {
    return language == Language::en ? kEnglishNumbers.at(number) : kChineseNumbers.at(number);
}

/// `count` different words of one family.
Words draw(const Words& family, std::size_t count, crypto::Random& random) {
    Words words = family;
    for (std::size_t i = 0; i < count; ++i) {
        std::swap(words[i], words[i + random.below(words.size() - i)]);
    }
    words.resize(count);
    return words;
}

std::string listed(const Words& words, Language language) {
    return fmt::format("{}", fmt::join(words, language == Language::en ? ", " : "、"));
}

Task sum(Language language, crypto::Random& random) {
    const std::size_t a = 2 + random.below(12);
    const std::size_t b = 1 + random.below(std::min<std::size_t>(a, 8));
    const bool plus = random.below(2) == 0;
    const auto left = word_for(a, language);
    const auto right = word_for(b, language);
    const auto question =
        language == Language::en
            ? fmt::format("What is {} {} {}? Answer in digits.", left, plus ? "plus" : "minus", right)
            : fmt::format("{}{}{}等于多少？请用数字回答。", left, plus ? "加" : "减", right);
    return {question, std::to_string(plus ? a + b : a - b)};
}

Task odd_one_out(Language language, crypto::Random& random) {
    const auto& all = families(language);
    const std::size_t family = random.below(all.size());
    const std::size_t other = (family + 1 + random.below(all.size() - 1)) % all.size();
    auto words = draw(all[family], 3, random);
    const auto odd = draw(all[other], 1, random).front();
    words.insert(words.begin() + static_cast<std::ptrdiff_t>(random.below(4)), odd);
    const auto question =
        language == Language::en
            ? fmt::format("Which word does not belong with the others: {}?", listed(words, language))
            : fmt::format("下面哪个词与其他词不是一类：{}？", listed(words, language));
    return {question, normalise_answer(odd)};
}

Task nth_word(Language language, crypto::Random& random) {
    Words words;
    for (const auto& family : families(language)) {
        words.push_back(draw(family, 1, random).front());
    }
    words = draw(words, 4, random);
    const std::size_t place = random.below(4);
    static constexpr std::array<std::string_view, 4> kEnglishPlaces{"first", "second", "third", "last"};
    static constexpr std::array<std::string_view, 4> kChinesePlaces{"第一", "第二", "第三", "最后一"};
    const auto question =
        language == Language::en
            ? fmt::format(
                  "What is the {} of these words: {}?", kEnglishPlaces.at(place), listed(words, language))
            : fmt::format(
                  "下面这些词里，{}个是什么：{}？", kChinesePlaces.at(place), listed(words, language));
    return {question, normalise_answer(words[place])};
}

Task largest(Language language, crypto::Random& random) {
    std::array<std::size_t, 3> numbers{};
    do {
        for (auto& number : numbers) {
            number = 1 + random.below(20);
        }
    } while (numbers[0] == numbers[1] || numbers[1] == numbers[2] || numbers[0] == numbers[2]);
    const Words words{
        word_for(numbers[0], language), word_for(numbers[1], language), word_for(numbers[2], language)};
    const auto question =
        language == Language::en
            ? fmt::format("Which number is the largest: {}? Answer in digits.", listed(words, language))
            : fmt::format("下面哪个数最大：{}？请用数字回答。", listed(words, language));
    return {question, std::to_string(*std::ranges::max_element(numbers))};
}

}  // namespace

Task make_text_task(Language language, crypto::Random& random) {
    switch (random.below(4)) {
        case 0:
            return odd_one_out(language, random);
        case 1:
            return nth_word(language, random);
        case 2:
            return largest(language, random);
        default:
            return sum(language, random);
    }
}

std::string normalise_answer(std::string_view answer) {
    constexpr std::size_t kLongest = 200;
    const auto folded = fold_case(tidy(answer.substr(0, kLongest)));
    std::string kept;
    for (std::size_t i = 0; i < folded.size();) {
        const std::size_t begin = i;
        UChar32 c = 0;
        U8_NEXT(folded.data(), i, folded.size(), c);
        if (c >= 0 && u_isalnum(c)) {
            kept.append(folded, begin, i - begin);
        }
    }
    for (const auto& words : {kEnglishNumbers, kChineseNumbers}) {
        const auto found = std::ranges::find(words, kept);
        if (found != words.end()) {
            return std::to_string(found - words.begin());
        }
    }
    return kept;
}

}  // namespace educard::accounts
