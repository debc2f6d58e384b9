#include "modules/accounts/contact.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace educard::accounts {

std::optional<std::string> normalise_phone(std::string_view phone) {
    std::string digits;
    bool foreign = false;
    const auto text = tidy(phone);
    if (text.size() > 30) {
        return std::nullopt;
    }
    for (const char c : text) {
        if (c >= '0' && c <= '9') {
            digits += c;
        } else if (c == '+' && digits.empty() && !foreign) {
            foreign = true;
        } else if (c != ' ' && c != '-' && c != '(' && c != ')') {
            return std::nullopt;
        }
    }
    if (digits.starts_with("86") && (foreign || digits.size() == 13)) {
        digits.erase(0, 2);
        foreign = false;
    }
    if (foreign) {  // E.164: up to fifteen digits, no country code begins with 0
        return digits.size() >= 7 && digits.size() <= 15 && digits.front() != '0'
                   ? std::optional("+" + digits)
                   : std::nullopt;
    }
    const bool mobile = digits.size() == 11 && digits[0] == '1' && digits[1] >= '3';
    const bool landline = digits.size() >= 10 && digits.size() <= 12 && digits[0] == '0' && digits[1] != '0';
    return mobile || landline ? std::optional(digits) : std::nullopt;
}

std::string mask_phone(std::string_view phone) {
    if (phone.size() < 8) {
        return std::string(phone.size(), '*');
    }
    return std::string(phone.substr(0, 3)) + std::string(phone.size() - 7, '*') +
           std::string(phone.substr(phone.size() - 4));
}

std::optional<Date> birth_date_of(const people::Document& document, std::optional<Date> stated, Date today) {
    if (!people::bears_citizen_number(document.kind)) {
        return stated;
    }
    const auto number = people::parse_national_id(document.number, today);
    return number ? std::optional(number->birth_date) : std::nullopt;
}

}  // namespace educard::accounts
