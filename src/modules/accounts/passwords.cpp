#include "modules/accounts/passwords.hpp"

#include "base/error.hpp"
#include "base/resources.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

namespace educard::accounts {

namespace {

/// Whether a sorted text with one word a line holds the word.
bool has_line(std::string_view sorted, std::string_view word) {
    while (!sorted.empty()) {
        const std::size_t middle = sorted.size() / 2;
        const std::size_t newline = sorted.rfind('\n', middle);
        const std::size_t begin = newline == std::string_view::npos || middle == 0 ? 0 : newline + 1;
        const std::size_t end = std::min(sorted.find('\n', begin), sorted.size());
        const auto line = sorted.substr(begin, end - begin);
        if (line == word) {
            return true;
        }
        sorted = line < word ? sorted.substr(std::min(end + 1, sorted.size())) : sorted.substr(0, begin);
    }
    return false;
}

std::size_t count_code_points(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// Few different characters, or hardly more than one run like "abcdef", "987654".
bool is_simple(std::string_view password) {
    if (std::set<char>(password.begin(), password.end()).size() < 4) {
        return true;
    }
    std::size_t run = 1;
    std::size_t longest = 1;
    for (std::size_t i = 1; i < password.size(); ++i) {
        run = std::abs(password[i] - password[i - 1]) == 1 ? run + 1 : 1;
        longest = std::max(longest, run);
    }
    return longest + 4 > password.size() && longest >= 5;
}

/// "20120315": a birthday.
bool is_date(std::string_view password) {
    if (password.size() != 8 || !std::ranges::all_of(password, [](char c) { return c >= '0' && c <= '9'; })) {
        return false;
    }
    std::string text(password);
    text.insert(6, "-").insert(4, "-");
    return (text.starts_with("19") || text.starts_with("20")) && parse_date(text).has_value();
}

/// Takes away what the password shares with `fact` in runs of six characters or more.
std::string without(std::string password, std::string_view fact) {
    constexpr std::size_t kTelling = 6;
    const std::size_t shortest = std::min(kTelling, fact.size());
    if (shortest < 3) {
        return password;
    }
    for (std::size_t length = std::min(fact.size(), password.size()); length >= shortest; --length) {
        for (std::size_t at = 0; at + length <= fact.size(); ++at) {
            for (auto found = password.find(fact.substr(at, length)); found != std::string::npos;
                 found = password.find(fact.substr(at, length))) {
                password.erase(found, length);
            }
        }
    }
    return password;
}

}  // namespace

std::string normalise_password(std::string_view password) {
    UErrorCode fault = U_ZERO_ERROR;
    const auto* nfkc = icu::Normalizer2::getNFKCInstance(fault);
    EDU_ASSERT(U_SUCCESS(fault));
    const auto text = nfkc->normalize(icu::UnicodeString::fromUTF8(icu::StringPiece(
                                          password.data(), static_cast<int32_t>(password.size()))),
                                      fault);
    EDU_ASSERT(U_SUCCESS(fault));
    std::string result;
    text.toUTF8String(result);
    return result;
}

bool is_commonly_breached(std::string_view password) {
    const auto list = find_resource("data/breached_passwords.txt");
    EDU_ASSERT(list.has_value());
    std::string word = fold_case(password);
    if (has_line(*list, word)) {
        return true;
    }
    // "sunshine2024!" is tried right after "sunshine".
    for (int tail = 0; tail < 5 && !word.empty() && std::string_view("0123456789!@#.*").contains(word.back());
         ++tail) {
        word.pop_back();
        if (word.size() >= kShortestPassword && has_line(*list, word)) {
            return true;
        }
    }
    return false;
}

std::optional<std::string> find_password_fault(std::string_view password,
                                               std::span<const std::string> personal) {
    if (password.size() > 4 * kLongestPassword || !is_valid_utf8(password)) {
        return "accounts.password_too_long";
    }
    const auto normal = normalise_password(password);
    const auto length = count_code_points(normal);
    if (length < kShortestPassword) {
        return "accounts.password_too_short";
    }
    if (length > kLongestPassword) {
        return "accounts.password_too_long";
    }
    auto rest = fold_case(normal);
    if (is_simple(rest) || is_date(rest)) {
        return "accounts.password_simple";
    }
    if (is_commonly_breached(normal)) {
        return "accounts.password_breached";
    }
    for (const auto& fact : personal) {
        rest = without(std::move(rest), fold_case(fact));
    }
    return count_code_points(rest) < kShortestPassword && rest.size() < fold_case(normal).size()
               ? std::optional<std::string>("accounts.password_personal")
               : std::nullopt;
}

}  // namespace educard::accounts
