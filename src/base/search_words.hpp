#pragma once
// The words of a text for full-text search, without a dictionary: Han characters (and kana) become
// overlapping pairs, everything else words as they are spelled. Text that is indexed and text that is
// searched for pass through the same folding, so every engine finds the same. Pure functions; any thread.

#include <string>
#include <string_view>
#include <vector>

namespace educard {

/// The words of a text as an index keeps them, parted by blanks. Each is lower-case ASCII letters and digits
/// and begins with a letter, so that neither unicode61 of SQLite nor the simple parser of PostgreSQL splits
/// or changes it: "h" and the code points of a pair, or "w" and a word. Widths, case and compatibility forms
/// are folded; traditional and simplified characters stay apart. A run of Han ends with its last character
/// alone, so that every single character begins some word.
std::string index_words(std::string_view text);

/// A part of what somebody searches for: words that stand one after the other.
struct SearchPhrase {
    std::vector<std::string> words;  // as in index_words
    std::string text;                // as it was typed, folded
    bool begins = false;             // the only word may go on: a single Han character

    bool operator==(const SearchPhrase&) const = default;
};

constexpr std::size_t kMostPhrases = 16;
constexpr std::size_t kMostPairs = 32;  // of one phrase

/// What somebody typed, as phrases that a hit has all of; what exceeds the limits is left out. Empty when
/// nothing in it can be searched for.
std::vector<SearchPhrase> search_phrases(std::string_view query);

/// The same as single words with their text, each once: for hits that have some of them.
std::vector<SearchPhrase> single_words(const std::vector<SearchPhrase>& phrases);

/// Whether the words of a text, as index_words gave them, contain the phrase.
bool contains(std::string_view words, const SearchPhrase& phrase);

}  // namespace educard
