#include "base/search_words.hpp"

#include "base/text.hpp"
#include "base/text_detail.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

namespace educard {

namespace {

constexpr std::size_t kLongestWord = 40;  // code points; what follows is not told apart

enum class Sort { nothing, ignored, han, word };

Sort sort_of(char32_t c) {
    const auto point = static_cast<UChar32>(c);
    if (c < 0x80) {
        return u_isalnum(point) != 0 ? Sort::word : Sort::nothing;
    }
    if (u_hasBinaryProperty(point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0) {
        return Sort::ignored;  // variation selectors, joiners
    }
    auto fault = U_ZERO_ERROR;
    const auto script = uscript_getScript(point, &fault);
    if (u_hasBinaryProperty(point, UCHAR_IDEOGRAPHIC) != 0 || script == USCRIPT_HAN ||
        script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA) {
        return Sort::han;
    }
    const bool is_mark = (U_GET_GC_MASK(point) & U_GC_M_MASK) != 0;
    return u_isalnum(point) != 0 || is_mark ? Sort::word : Sort::nothing;
}

/// One stretch of characters of the same sort.
struct Run {
    Sort sort{};
    std::u32string text;
};

std::vector<Run> runs_of(std::string_view text) {
    std::vector<Run> runs;
    const auto folded = fold_case(tidy(text));
    bool goes_on = false;
    for (std::size_t at = 0; at < folded.size();) {
        const auto c = next_code_point(folded, at);
        const auto sort = sort_of(c);
        if (sort == Sort::ignored) {
            continue;
        }
        if (sort == Sort::nothing) {
            goes_on = false;
            continue;
        }
        if (!goes_on || runs.back().sort != sort) {
            runs.push_back({.sort = sort, .text = {}});
        }
        runs.back().text += c;
        goes_on = true;
    }
    return runs;
}

std::string pair_word(std::u32string_view characters) {
    std::string word = "h";
    for (const auto c : characters) {
        word += fmt::format("{:05x}", static_cast<std::uint32_t>(c));
    }
    return word;
}

/// "z" escapes what is no ASCII letter or digit, and itself.
std::string spelled_word(std::u32string_view characters) {
    std::string word = "w";
    for (const auto c : characters.substr(0, kLongestWord)) {
        if (c == U'z') {
            word += "z0";
        } else if (c < 0x80) {
            word += static_cast<char>(c);
        } else {
            word += fmt::format("z1{:06x}", static_cast<std::uint32_t>(c));
        }
    }
    return word;
}

std::string to_utf8(std::u32string_view characters) {
    std::string text;
    for (const auto c : characters) {
        append_code_point(text, c);
    }
    return text;
}

std::vector<std::string> pairs_of(std::u32string_view characters) {
    std::vector<std::string> pairs;
    for (std::size_t at = 0; at + 1 < characters.size(); ++at) {
        pairs.push_back(pair_word(characters.substr(at, 2)));
    }
    return pairs;
}

}  // namespace

std::string index_words(std::string_view text) {
    std::string words;
    const auto add = [&words](std::string_view word) {
        words += words.empty() ? "" : " ";
        words += word;
    };
    for (const auto& run : runs_of(text)) {
        if (run.sort == Sort::word) {
            add(spelled_word(run.text));
            continue;
        }
        std::ranges::for_each(pairs_of(run.text), add);
        add(pair_word(std::u32string_view(run.text).substr(run.text.size() - 1)));
    }
    return words;
}

std::vector<SearchPhrase> search_phrases(std::string_view query) {
    std::vector<SearchPhrase> phrases;
    for (const auto& run : runs_of(query)) {
        if (phrases.size() == kMostPhrases) {
            break;
        }
        SearchPhrase phrase;
        if (run.sort == Sort::word) {
            phrase.words = {spelled_word(run.text)};
            phrase.text = to_utf8(run.text);
        } else {
            const auto characters = std::u32string_view(run.text).substr(0, kMostPairs + 1);
            phrase.begins = characters.size() == 1;
            phrase.words = phrase.begins ? std::vector{pair_word(characters)} : pairs_of(characters);
            phrase.text = to_utf8(characters);
        }
        if (std::ranges::find(phrases, phrase) == phrases.end()) {
            phrases.push_back(std::move(phrase));
        }
    }
    return phrases;
}

std::vector<SearchPhrase> single_words(const std::vector<SearchPhrase>& phrases) {
    std::vector<SearchPhrase> words;
    for (const auto& phrase : phrases) {
        const auto characters = code_points(phrase.text);
        for (std::size_t at = 0; at < phrase.words.size(); ++at) {
            const bool is_pair = phrase.words[at].starts_with('h') && !phrase.begins;
            SearchPhrase word{
                .words = {phrase.words[at]},
                .text = is_pair ? to_utf8(std::u32string_view(characters).substr(at, 2)) : phrase.text,
                .begins = phrase.begins};
            if (std::ranges::find(words, word) == words.end()) {
                words.push_back(std::move(word));
            }
        }
    }
    return words;
}

bool contains(std::string_view words, const SearchPhrase& phrase) {
    std::string wanted = " ";
    for (const auto& word : phrase.words) {
        wanted += word;
        wanted += ' ';
    }
    if (phrase.begins) {
        wanted.pop_back();
    }
    return fmt::format(" {} ", words).find(wanted) != std::string::npos;
}

}  // namespace educard
