// How names are read in pinyin, and whether what somebody typed is such a reading. A table of each
// character's syllable is filled as characters come, because transliterating every name of a province would
// take longer than all else that is done with it.
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <set>
#include <unicode/uchar.h>
#include <unicode/utf8.h>
#include <utility>

namespace educard {

namespace {

constexpr UChar32 kCharacters = 0x33480;  // up to the end of CJK Unified Ideographs Extension H
constexpr std::size_t kLongestSyllable = 6;
constexpr std::size_t kMostStates = 400;

/// Surnames that are read otherwise than the character usually is.
struct Surname {
    std::string_view name;
    std::array<std::string_view, 2> syllables;
};
constexpr std::array<Surname, 19> kSurnames = {{{"万俟", {"mo", "qi"}},
                                                {"尉迟", {"yu", "chi"}},
                                                {"长孙", {"zhang", "sun"}},
                                                {"单", {"shan"}},
                                                {"曾", {"zeng"}},
                                                {"解", {"xie"}},
                                                {"仇", {"qiu"}},
                                                {"区", {"ou"}},
                                                {"查", {"zha"}},
                                                {"朴", {"piao"}},
                                                {"盖", {"ge"}},
                                                {"翟", {"zhai"}},
                                                {"乐", {"yue"}},
                                                {"缪", {"miao"}},
                                                {"种", {"chong"}},
                                                {"秘", {"bi"}},
                                                {"冼", {"xian"}},
                                                {"折", {"she"}},
                                                {"覃", {"qin"}}}};

/// A character's syllable, or the letters of what is not Han.
struct Spoken {
    std::string letters;
    bool is_syllable = true;
};

/// ü as people type it who have no such key: lv, lyu.
std::string plain_letters(std::string_view letters) {
    std::string out;
    for (std::size_t i = 0; i < letters.size(); ++i) {
        const bool after = !out.empty() && (out.back() == 'l' || out.back() == 'n');
        if (after && letters.substr(i).starts_with("yu")) {
            continue;
        }
        out += after && letters[i] == 'v' ? 'u' : letters[i];
    }
    return out;
}

/// Lower-case letters; empty: the character has no reading.
const std::string& syllable_of(UChar32 character, std::string_view text) {
    static const std::string nothing;
    static std::array<std::atomic<const std::string*>, kCharacters> known{};
    static std::mutex mutex;
    static std::set<std::string> syllables;
    if (character >= kCharacters) {
        return nothing;
    }
    auto& syllable = known.at(static_cast<std::size_t>(character));
    if (const auto* found = syllable.load(std::memory_order_acquire)) {
        return *found;
    }
    auto reading = plain_letters(pinyin(text).full);
    const std::scoped_lock lock(mutex);
    const std::string& kept = *syllables.insert(std::move(reading)).first;
    syllable.store(&kept, std::memory_order_release);
    return kept;
}

bool is_han(UChar32 character) {
    return u_hasBinaryProperty(character, UCHAR_UNIFIED_IDEOGRAPH) != 0;
}

std::vector<Spoken> speak(std::string_view name) {
    std::vector<Spoken> out;
    if (const auto* surname =
            std::ranges::find_if(kSurnames, [&](const auto& one) { return name.starts_with(one.name); });
        surname != kSurnames.end()) {
        for (const auto syllable : surname->syllables) {
            if (!syllable.empty()) {
                out.push_back({.letters = std::string(syllable)});
            }
        }
        name.remove_prefix(surname->name.size());
    }
    std::string letters;  // what is not Han
    const auto flush = [&] {
        if (!letters.empty()) {
            out.push_back({.letters = pinyin(std::exchange(letters, {})).full, .is_syllable = false});
        }
    };
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
        out.push_back({.letters = syllable_of(character, text)});
    }
    flush();
    std::erase_if(out, [](const Spoken& part) { return part.letters.empty(); });
    return out;
}

/// Each part of `letters` begins the syllable that it stands for: "chenjs" is 陈静姝.
bool reads_from(const std::vector<Spoken>& spoken, std::size_t first, std::string_view letters) {
    if (letters.empty()) {
        return true;
    }
    if (first == spoken.size()) {
        return false;
    }
    const std::string_view syllable = spoken[first].letters;
    const auto common =
        static_cast<std::size_t>(std::ranges::mismatch(syllable, letters).in1 - syllable.begin());
    for (std::size_t length = common; length > 0; --length) {
        if (reads_from(spoken, first + 1, letters.substr(length))) {
            return true;
        }
    }
    return false;
}

/// Generous: what is no syllable, like "fia", only costs a look.
bool begins_syllable(std::string_view letters) {
    constexpr std::array<std::string_view, 31> kFinals = {
        "a",    "o",  "e",  "ai", "ei",  "ao",  "ou",  "an",  "en",  "ang",  "eng",
        "ong",  "er", "i",  "ia", "ie",  "iao", "iu",  "ian", "in",  "iang", "ing",
        "iong", "u",  "ua", "uo", "uai", "ui",  "uan", "un",  "uang"};
    constexpr std::string_view kInitials = "bpmfdtnlgkhjqxrzcsyw";
    auto rest = letters;
    if (kInitials.find(rest.front()) != std::string_view::npos) {
        const bool is_retroflex = rest.size() > 1 && rest[1] == 'h' &&
                                  std::string_view("zcs").find(rest[0]) != std::string_view::npos;
        rest.remove_prefix(is_retroflex ? 2 : 1);
    } else if (std::string_view("aoe").find(rest.front()) == std::string_view::npos) {
        return false;
    }
    return rest == "ue" || rest.empty() ||
           std::ranges::any_of(kFinals, [&](std::string_view one) { return one.starts_with(rest); });
}

}  // namespace

std::string name_initials(std::string_view name) {
    std::string out;
    for (const auto& part : speak(name)) {
        out += part.is_syllable ? part.letters.substr(0, 1) : part.letters;
    }
    return out;
}

bool reads_as(std::string_view name, std::string_view letters) {
    return reads_from(speak(name), 0, plain_letters(letters));
}

bool reads_within(std::string_view name, std::string_view letters) {
    const auto spoken = speak(name);
    const auto plain = plain_letters(letters);
    for (std::size_t first = 0; first < spoken.size(); ++first) {
        if (reads_from(spoken, first, plain)) {
            return true;
        }
    }
    return false;
}

std::vector<std::string> initials_of_reading(std::string_view letters, std::size_t most) {
    const auto plain = plain_letters(letters);
    std::vector<std::string> out;
    std::set<std::pair<std::size_t, std::string>> states;  // how far, with which initials
    if (!plain.empty()) {
        states.emplace(0, "");
    }
    while (!states.empty() && states.size() <= kMostStates) {
        std::set<std::pair<std::size_t, std::string>> further;
        for (const auto& [at, initials] : states) {
            for (std::size_t length = std::min(kLongestSyllable, plain.size() - at); length > 0; --length) {
                const auto part = std::string_view(plain).substr(at, length);
                if (!begins_syllable(part)) {
                    continue;
                }
                auto longer = initials + part.front();
                if (at + length < plain.size()) {
                    further.emplace(at + length, std::move(longer));
                } else if (std::ranges::find(out, longer) == out.end()) {
                    out.push_back(std::move(longer));
                }
                if (out.size() == most) {
                    return out;
                }
            }
        }
        states = std::move(further);
    }
    return out;
}

}  // namespace educard
