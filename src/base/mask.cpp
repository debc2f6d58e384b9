#include "base/mask.hpp"

namespace educard {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// How many octets of an ID number begin at `at`; 0 when none does.
std::size_t id_number_length(std::string_view text, std::size_t at) {
    std::size_t digits = 0;
    while (at + digits < text.size() && is_digit(text[at + digits])) {
        ++digits;
    }
    const char next = at + digits < text.size() ? text[at + digits] : ' ';
    if (digits == 17 && (next == 'X' || next == 'x')) {
        return 18;
    }
    return digits == 15 || digits == 18 ? digits : 0;
}

}  // namespace

std::string mask_id_numbers(std::string_view text) {
    std::string masked(text);
    for (std::size_t at = 0; at < masked.size(); ++at) {
        if (!is_digit(masked[at]) || (at > 0 && is_digit(masked[at - 1]))) {
            continue;
        }
        const auto length = id_number_length(masked, at);
        masked.replace(at, length, length, '*');
    }
    return masked;
}

}  // namespace educard
