// The letters of names: a table of each character's first letter, filled as characters come, because
// transliterating every name of a province would take longer than all else that is done with it.
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <unicode/uchar.h>
#include <unicode/utf8.h>
#include <utility>

namespace educard {

namespace {

constexpr UChar32 kCharacters = 0x33480;  // up to the end of CJK Unified Ideographs Extension H
constexpr char kNothing = '-';

/// First letters of surnames that are read otherwise than the character usually is.
constexpr std::array<std::pair<std::string_view, std::string_view>, 19> kSurnames = {{{"万俟", "mq"},
                                                                                      {"尉迟", "yc"},
                                                                                      {"长孙", "zs"},
                                                                                      {"单", "s"},
                                                                                      {"曾", "z"},
                                                                                      {"解", "x"},
                                                                                      {"仇", "q"},
                                                                                      {"区", "o"},
                                                                                      {"查", "z"},
                                                                                      {"朴", "p"},
                                                                                      {"盖", "g"},
                                                                                      {"翟", "z"},
                                                                                      {"乐", "y"},
                                                                                      {"缪", "m"},
                                                                                      {"种", "c"},
                                                                                      {"秘", "b"},
                                                                                      {"冼", "x"},
                                                                                      {"折", "s"},
                                                                                      {"覃", "q"}}};

char first_letter(UChar32 character, std::string_view text) {
    static std::array<std::atomic<char>, kCharacters> known{};
    if (character >= kCharacters) {
        return kNothing;
    }
    auto& letter = known.at(static_cast<std::size_t>(character));
    if (letter.load(std::memory_order_relaxed) == 0) {
        const auto initials = pinyin(text).initials;
        letter.store(initials.empty() ? kNothing : initials.front(), std::memory_order_relaxed);
    }
    return letter.load(std::memory_order_relaxed);
}

bool is_han(UChar32 character) {
    return u_hasBinaryProperty(character, UCHAR_UNIFIED_IDEOGRAPH) != 0;
}

}  // namespace

std::string name_initials(std::string_view name) {
    std::string out;
    if (const auto* surname =
            std::ranges::find_if(kSurnames, [&](const auto& one) { return name.starts_with(one.first); });
        surname != kSurnames.end()) {
        out = surname->second;
        name.remove_prefix(surname->first.size());
    }
    std::string letters;  // what is not Han, of which every letter counts
    const auto flush = [&] { out += letters.empty() ? "" : pinyin(std::exchange(letters, {})).full; };
    const auto length = static_cast<int32_t>(name.size());
    for (int32_t at = 0; at < length;) {
        const int32_t begin = at;
        UChar32 character = 0;
        U8_NEXT(name.data(), at, length, character);
        const auto text = name.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(at - begin));
        if (character < 0 || !is_han(character)) {
            letters += text;
            continue;
        }
        flush();
        if (const char letter = first_letter(character, text); letter != kNothing) {
            out += letter;
        }
    }
    flush();
    return out;
}

}  // namespace educard
