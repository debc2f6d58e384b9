#pragma once
// Captchas that need no picture: a small task in words (sums, the odd one out, the nth word, the largest
// number), and groups of tones to count. They are the accessible way in, so they are easy for people, and
// dear only in number: each is used once, and how many a network gets is limited. Any thread.

#include "base/bytes.hpp"
#include "crypto/random.hpp"
#include "runtime/caller.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace educard::accounts {

struct Task {
    std::string question;
    std::string answer;  // normalised
};

/// Sums read "七加五等于多少？请用数字回答。" and "What is seven plus five? Answer in digits."; numbers are
/// at most twenty. That form is kept stable for programs of our own that test a whole installation (they ask
/// again until they get one).
Task make_text_task(Language language, crypto::Random& random);

/// Groups of tones; the answer is how many each group has, "352".
struct Tones {
    Bytes wav;
    std::string answer;
};
Tones make_tones(int groups, crypto::Random& random);

/// What an answer is compared as: folded widths and case, without spaces and punctuation; numbers in words
/// become digits.
std::string normalise_answer(std::string_view answer);

}  // namespace educard::accounts
