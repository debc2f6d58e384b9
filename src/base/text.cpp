#include "base/text.hpp"

#include "base/error.hpp"
#include "base/text_detail.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <unicode/brkiter.h>
#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>
#include <unicode/utypes.h>
#include <utility>

namespace educard {

namespace {

constexpr char32_t kReplacement = 0xFFFD;

// Where GB 18030-2000 and -2005 sent people to the private-use area, and what the characters really are (GB
// 18030-2022).
constexpr std::array<std::pair<char32_t, char32_t>, 24> kPrivateUse = {{
    {0xE78D, 0xFE10},  {0xE78E, 0xFE12},  {0xE78F, 0xFE11},  {0xE790, 0xFE13}, {0xE791, 0xFE14},
    {0xE792, 0xFE15},  {0xE793, 0xFE16},  {0xE794, 0xFE17},  {0xE795, 0xFE18}, {0xE796, 0xFE19},
    {0xE816, 0x20087}, {0xE817, 0x20089}, {0xE818, 0x200CC}, {0xE81E, 0x9FB4}, {0xE826, 0x9FB5},
    {0xE82B, 0x9FB6},  {0xE82C, 0x9FB7},  {0xE831, 0x215D7}, {0xE832, 0x9FB8}, {0xE83B, 0x2298F},
    {0xE843, 0x9FB9},  {0xE854, 0x9FBA},  {0xE855, 0x241FE}, {0xE864, 0x9FBB},
}};

char32_t real_character(char32_t c) {
    if (c < kPrivateUse.front().first || c > kPrivateUse.back().first) {
        return c;
    }
    const auto* found = std::ranges::find(kPrivateUse, c, &std::pair<char32_t, char32_t>::first);
    return found == kPrivateUse.end() ? c : found->second;
}

bool is_plain_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

bool is_tidy_ascii(std::string_view text) {
    return is_plain_ascii(text) && text.find("  ") == std::string_view::npos && !text.starts_with(' ') &&
           !text.ends_with(' ');
}

/// Han that NFKC leaves alone: most names and most of every roster.
bool is_plain_han(std::string_view text) {
    if (text.size() % 3 != 0) {
        return false;
    }
    for (std::size_t i = 0; i < text.size(); i += 3) {
        const auto a = static_cast<unsigned char>(text[i]);
        const auto b = static_cast<unsigned char>(text[i + 1]);
        const auto c = static_cast<unsigned char>(text[i + 2]);
        if ((b & 0xC0U) != 0x80 || (c & 0xC0U) != 0x80 || a < 0xE4 || a > 0xE9) {
            return false;
        }
        const unsigned point = (a & 0xFU) << 12U | (b & 0x3FU) << 6U | (c & 0x3FU);
        if (point < 0x4E00 || point > 0x9FFF) {
            return false;
        }
    }
    return true;
}

std::string normalised(const icu::Normalizer2& form, std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    std::string out;
    out.reserve(text.size());
    icu::StringByteSink<std::string> sink(&out);
    form.normalizeUTF8(
        0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), sink, nullptr, status);
    EDU_ASSERT(U_SUCCESS(status));
    return out;
}

std::string nfkc(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    const auto* form = icu::Normalizer2::getNFKCInstance(status);
    EDU_ASSERT(U_SUCCESS(status));
    return normalised(*form, text);
}

bool is_dot(char32_t c) {
    // The interpuncts that input methods, Word and old systems put into names; U+FF65 and U+FF0E are gone
    // after NFKC.
    constexpr std::array<char32_t, 10> kDots = {
        0x00B7, 0x2022, 0x30FB, 0x2027, 0x2219, 0x22C5, 0x2E31, 0x0387, 0x25CF, 0x2024};
    return std::ranges::find(kDots, c) != kDots.end();
}

bool is_han(char32_t c) {
    return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_UNIFIED_IDEOGRAPH) != 0;
}

bool may_stand_in_name(char32_t c) {
    if (c == 0xB7 || c == ' ' || c == '\'' || c == '-' || c == '.' || c == ',' || c == 0x2019 ||
        is_joiner(c)) {
        return true;
    }
    constexpr std::uint32_t kLettersAndMarks = U_GC_L_MASK | U_GC_M_MASK;
    constexpr char32_t kTibetanSyllableMark = 0x0F0B;
    return (U_MASK(u_charType(static_cast<UChar32>(c))) & kLettersAndMarks) != 0 ||
           c == kTibetanSyllableMark || c == 0x3007;  // 〇 is a number
}

}  // namespace

bool is_space(char32_t c) {
    return c == ' ' || (c >= 0x09 && c <= 0x0D) ||
           (c > 0x7F && u_isUWhiteSpace(static_cast<UChar32>(c)) != 0);
}

bool is_joiner(char32_t c) {
    return c == 0x200C || c == 0x200D;
}

bool is_invisible(char32_t c) {
    if (c < 0x80) {
        return c < 0x20 || c == 0x7F;
    }
    if (is_joiner(c)) {
        return false;
    }
    const auto type = u_charType(static_cast<UChar32>(c));
    return type == U_CONTROL_CHAR || type == U_FORMAT_CHAR;
}

char32_t next_code_point(std::string_view text, std::size_t& position) {
    const auto* octets = reinterpret_cast<const std::uint8_t*>(text.data());
    UChar32 c = 0;
    auto i = static_cast<std::int64_t>(position);
    const auto length = static_cast<std::int64_t>(text.size());
    U8_NEXT(octets, i, length, c);
    position = static_cast<std::size_t>(i);
    return c < 0 ? kReplacement : static_cast<char32_t>(c);
}

void append_code_point(std::string& out, char32_t c) {
    std::array<char, U8_MAX_LENGTH> octets{};
    std::int32_t length = 0;
    UBool failed = 0;
    U8_APPEND(octets.data(), length, U8_MAX_LENGTH, static_cast<UChar32>(c), failed);
    if (failed != 0) {
        append_code_point(out, kReplacement);
        return;
    }
    out.append(octets.data(), static_cast<std::size_t>(length));
}

std::u32string code_points(std::string_view text) {
    std::u32string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        out.push_back(next_code_point(text, i));
    }
    return out;
}

bool is_valid_utf8(std::string_view text) {
    const auto* octets = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto length = static_cast<std::int64_t>(text.size());
    for (std::int64_t i = 0; i < length;) {
        if (i + 8 <= length) {
            std::uint64_t block = 0;
            std::memcpy(&block, octets + i, sizeof block);
            if ((block & 0x8080808080808080ULL) == 0) {
                i += 8;
                continue;
            }
        }
        UChar32 c = 0;
        U8_NEXT(octets, i, length, c);
        if (c < 0) {
            return false;
        }
    }
    return true;
}

std::string_view trim(std::string_view text) {
    const auto is_edge = [](char32_t c) { return is_space(c) || is_invisible(c) || is_joiner(c); };
    while (!text.empty()) {
        std::size_t next = 0;
        if (!is_edge(next_code_point(text, next))) {
            break;
        }
        text.remove_prefix(next);
    }
    while (!text.empty()) {
        std::size_t start = text.size() - 1;
        while (start > 0 && text.size() - start < 4 &&
               (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80) {
            --start;
        }
        std::size_t position = start;
        if (!is_edge(next_code_point(text, position)) || position != text.size()) {
            break;
        }
        text.remove_suffix(text.size() - start);
    }
    return text;
}

std::string tidy(std::string_view text) {
    if (is_tidy_ascii(text) || is_plain_han(text)) {
        return std::string(text);
    }
    std::string replaced;
    replaced.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        append_code_point(replaced, real_character(next_code_point(text, i)));
    }
    const std::string normal = nfkc(replaced);
    std::string out;
    out.reserve(normal.size());
    bool space = false;
    for (std::size_t i = 0; i < normal.size();) {
        const char32_t c = next_code_point(normal, i);
        if (is_space(c)) {
            space = !out.empty();
        } else if (!is_invisible(c)) {
            if (std::exchange(space, false)) {
                out.push_back(' ');
            }
            append_code_point(out, c);
        }
    }
    return std::string(trim(out));
}

std::string tidy_name(std::string_view text) {
    std::string name = tidy(text);
    if (is_plain_han(name)) {
        return name;
    }
    const std::u32string points = code_points(name);
    std::u32string out;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const bool between_han =
            i > 0 && i + 1 < points.size() && is_han(points[i - 1]) && is_han(points[i + 1]);
        if (is_dot(points[i]) || (points[i] == '.' && between_han)) {
            while (!out.empty() && out.back() == ' ') {
                out.pop_back();
            }
            out.push_back(0xB7);
        } else if (points[i] != ' ' || (!out.empty() && out.back() != 0xB7)) {
            out.push_back(points[i]);
        }
    }
    std::string result;
    for (const char32_t c : out) {
        append_code_point(result, c);
    }
    return result;
}

std::string fold_case(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    std::string out;
    icu::StringByteSink<std::string> sink(&out);
    icu::CaseMap::utf8Fold(
        0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), sink, nullptr, status);
    EDU_ASSERT(U_SUCCESS(status));
    return out;
}

std::size_t count_characters(std::string_view text) {
    const std::u32string points = code_points(text);
    const bool simple = std::ranges::none_of(points, [](char32_t c) {
        return c >= 0x300 &&
               (u_getIntPropertyValue(static_cast<UChar32>(c), UCHAR_GRAPHEME_CLUSTER_BREAK) != U_GCB_OTHER);
    });
    if (simple) {
        return points.size();
    }
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::BreakIterator> iterator(
        icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status));
    EDU_ASSERT(U_SUCCESS(status));
    const auto wide =
        icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
    iterator->setText(wide);
    std::size_t count = 0;
    while (iterator->next() != icu::BreakIterator::DONE) {
        ++count;
    }
    return count;
}

constexpr std::string_view kMiddleDot = "·";

std::optional<NameFault> find_name_fault(std::string_view name) {
    if (name.empty()) {
        return NameFault::empty;
    }
    bool letter = false;
    for (std::size_t i = 0; i < name.size();) {
        const char32_t c = next_code_point(name, i);
        if (!may_stand_in_name(c)) {
            return NameFault::character;
        }
        letter = letter || c == 0x3007 || u_isalpha(static_cast<UChar32>(c)) != 0;
    }
    if (!letter || name.starts_with('.') || name.starts_with(kMiddleDot) || name.ends_with(kMiddleDot)) {
        return NameFault::character;
    }
    if (name.size() > kMaxNameCharacters && count_characters(name) > kMaxNameCharacters) {
        return NameFault::too_long;
    }
    return std::nullopt;
}

std::string name_key(std::string_view name) {
    const std::string tidied = tidy_name(name);
    if (is_plain_han(tidied)) {
        return tidied;
    }
    std::string out;
    const std::string folded = fold_case(tidied);
    for (std::size_t i = 0; i < folded.size();) {
        const char32_t c = next_code_point(folded, i);
        if (c != ' ' && u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_VARIATION_SELECTOR) == 0) {
            append_code_point(out, c);
        }
    }
    return nfkc(out);
}

}  // namespace educard
