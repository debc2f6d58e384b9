#pragma once
// Text as people and their spreadsheets really write it: Unicode validity, folding of widths and invisible
// characters, what may stand in a name, how alike two names are, and pinyin for search. All text is UTF-8; a
// "character" is what a reader sees as one (a letter with its combining marks). Everything here may be called
// from any thread.

#include <boost/describe/enum.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard {

/// No surrogates, no overlong forms, nothing above U+10FFFF.
bool is_valid_utf8(std::string_view text);

/// What was meant by a field that somebody typed: NFKC (full-width digits and letters become plain ones),
/// white space of every kind (U+3000, no-break space, line ends) becomes one space, controls and invisible
/// characters (zero-width space, BOM, soft hyphen, direction marks) vanish, private-use code points of old GB
/// 18030 tables become the real characters, ends are trimmed. Octets that are not UTF-8 become U+FFFD.
std::string tidy(std::string_view text);

/// tidy(), and the forms of the middle dot in names (• ・ ‧ ∙ ⋅ ．between Han) become "·" without spaces
/// around it.
std::string tidy_name(std::string_view text);

/// Without white space (of every kind, and zero-width) at both ends; nothing else is changed.
std::string_view trim(std::string_view text);

/// For comparing without regard to case, in any script (full Unicode case folding).
std::string fold_case(std::string_view text);

/// How many characters a reader sees.
std::size_t count_characters(std::string_view text);

constexpr std::size_t kMaxNameCharacters = 50;

enum class NameFault { empty, too_long, character };
BOOST_DESCRIBE_ENUM(NameFault, empty, too_long, character)

/// What keeps a tidied name from being a person's name: letters of any script with their marks, "·", space,
/// apostrophe, hyphen, full stop and comma may stand in it, at least one letter, at most 50 characters.
/// Nothing when it is fine.
std::optional<NameFault> find_name_fault(std::string_view name);

/// What two spellings of the same name have in common: tidied, case folded, without spaces and variation
/// selectors, all dots the same. Equal keys mean `equal_after_folding`.
std::string name_key(std::string_view name);

/// How alike two names are. look_alike: Unicode variants, traditional for simplified, characters that look
/// the same or are commonly mistaken for each other (己已巳, 未末, 冼洗, 璐潞).
enum class NameMatch { equal, equal_after_folding, look_alike, different };
BOOST_DESCRIBE_ENUM(NameMatch, equal, equal_after_folding, look_alike, different)

/// Code points, counted from 0, not octets.
struct TextSpan {
    std::size_t start = 0;
    std::size_t length = 0;

    bool operator==(const TextSpan&) const = default;
};

struct NameComparison {
    NameMatch match = NameMatch::different;
    std::vector<TextSpan> left;   // where the left one differs from the right one
    std::vector<TextSpan> right;  // and the right one from the left one

    bool operator==(const NameComparison&) const = default;
};

/// Looks at the first 200 code points of each.
NameComparison compare_names(std::string_view left, std::string_view right);

/// For finding by what people type: "南京市第一中学" → full "nanjingshidiyizhongxue", initials "njsdyzx".
/// Lower-case letters and digits only.
struct Pinyin {
    std::string full;
    std::string initials;
};
Pinyin pinyin(std::string_view text);

/// The letters that somebody types to find a person: "曾小明" → "zxm", with the readings that characters have
/// as surnames; of names in letters all of them: "Maria Silva" → "mariasilva". Lower-case letters and digits
/// only.
std::string name_initials(std::string_view name);

/// Whether somebody who types `letters` (lower case) may mean the beginning of the name: each part of them
/// begins a syllable. "chenjingshu", "chenjs" and "cjs" are 陈静姝; lü may be typed lu, lv, lyu.
bool reads_as(std::string_view name, std::string_view letters);
/// The same for a part of the name that begins with any of its characters: "jingshu".
bool reads_within(std::string_view name, std::string_view letters);

/// What name_initials() of such names may begin with, fewest syllables first: "chenjs" → "cjs", "xian" → "x",
/// "xa". At most `most` of them.
std::vector<std::string> initials_of_reading(std::string_view letters, std::size_t most);

}  // namespace educard
