// Text and questions of people: every word is what no engine splits, and a text is found by what stands in
// it.
#include "base/error.hpp"
#include "base/search_words.hpp"

#include <algorithm>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto words = educard::index_words(text);
    EDU_ASSERT(std::ranges::all_of(
        words, [](char c) { return c == ' ' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); }));
    const auto phrases = educard::search_phrases(text);
    for (const auto& phrase : phrases) {
        EDU_ASSERT(!phrase.words.empty() && educard::contains(words, phrase));
    }
    (void)educard::single_words(phrases);
    return 0;
}
