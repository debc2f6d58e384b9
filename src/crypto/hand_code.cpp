#include "crypto/hand_code.hpp"

#include "base/text.hpp"

namespace educard::crypto {

namespace {

constexpr std::string_view kLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";  // without 0 O 1 I
constexpr std::size_t kLength = 12;
constexpr std::size_t kGroup = 4;
constexpr std::size_t kLongestCode = 64;

std::string grouped(std::string_view letters) {
    std::string out;
    for (std::size_t i = 0; i < letters.size(); ++i) {
        if (i > 0 && i % kGroup == 0) {
            out += '-';
        }
        out += letters[i];
    }
    return out;
}

}  // namespace

std::string make_code(Random& random) {
    std::string letters;
    for (std::size_t i = 0; i < kLength; ++i) {
        letters += kLetters[random.below(kLetters.size())];
    }
    return grouped(letters);
}

std::optional<std::string> read_code(std::string_view text) {
    if (text.size() > kLongestCode) {
        return std::nullopt;
    }
    std::string letters;
    for (char c : tidy(text)) {
        if (c == '-' || c == ' ') {
            continue;
        }
        if (c >= 'a' && c <= 'z') {
            c = static_cast<char>(c - 'a' + 'A');
        }
        if (!kLetters.contains(c)) {
            return std::nullopt;
        }
        letters += c;
    }
    return letters.size() == kLength ? std::optional(grouped(letters)) : std::nullopt;
}

}  // namespace educard::crypto
