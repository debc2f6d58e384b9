#include "base/mask.hpp"

namespace educard {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Whether two digits are a month and the next two a day.
bool is_month_and_day(std::string_view four) {
    const int month = (four[0] - '0') * 10 + (four[1] - '0');
    const int day = (four[2] - '0') * 10 + (four[3] - '0');
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/// The birth date tells an ID number from the program's own ids, which have eighteen digits too.
bool has_birth_date(std::string_view number) {
    if (number.size() == 15) {
        return is_month_and_day(number.substr(8, 4));
    }
    const std::string_view century = number.substr(6, 2);
    return (century == "18" || century == "19" || century == "20") && is_month_and_day(number.substr(10, 4));
}

/// How many octets of an ID number begin at `at`; 0 when none does.
std::size_t id_number_length(std::string_view text, std::size_t at) {
    std::size_t digits = 0;
    while (at + digits < text.size() && is_digit(text[at + digits])) {
        ++digits;
    }
    const char next = at + digits < text.size() ? text[at + digits] : ' ';
    if (digits == 17 && (next == 'X' || next == 'x')) {
        return has_birth_date(text.substr(at, 18)) ? 18 : 0;
    }
    return (digits == 15 || digits == 18) && has_birth_date(text.substr(at, digits)) ? digits : 0;
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
