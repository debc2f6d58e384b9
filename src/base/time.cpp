#include "base/time.hpp"

#include <charconv>
#include <fmt/format.h>

namespace educard {

namespace {

using namespace std::chrono_literals;

std::optional<int> parse_digits(std::string_view text) {
    int number = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        number = number * 10 + (c - '0');
    }
    return number;
}

std::optional<Microseconds> parse_fraction(std::string_view digits) {
    if (digits.empty() || digits.size() > 6) {
        return std::nullopt;
    }
    std::string padded(digits);
    padded.resize(6, '0');
    const auto number = parse_digits(padded);
    return number ? std::optional(Microseconds(*number)) : std::nullopt;
}

std::optional<std::chrono::minutes> parse_offset(std::string_view text) {
    if (text == "Z" || text == "z") {
        return 0min;
    }
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') {
        return std::nullopt;
    }
    const auto hours = parse_digits(text.substr(1, 2));
    const auto minutes = parse_digits(text.substr(4, 2));
    if (!hours || !minutes || *hours > 23 || *minutes > 59) {
        return std::nullopt;
    }
    const std::chrono::minutes offset(*hours * 60 + *minutes);
    return text[0] == '+' ? offset : -offset;
}

}  // namespace

std::string to_text(Date date) {
    return fmt::format("{:04}-{:02}-{:02}",
                       static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()));
}

std::string to_text(Time time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::hh_mm_ss clock(time - day);
    return fmt::format("{}T{:02}:{:02}:{:02}.{:06}Z",
                       to_text(Date(day)),
                       clock.hours().count(),
                       clock.minutes().count(),
                       clock.seconds().count(),
                       clock.subseconds().count());
}

std::optional<Date> parse_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
        return std::nullopt;
    }
    const auto year = parse_digits(text.substr(0, 4));
    const auto month = parse_digits(text.substr(5, 2));
    const auto day = parse_digits(text.substr(8, 2));
    if (!year || !month || !day) {
        return std::nullopt;
    }
    const Date date(std::chrono::year(*year),
                    std::chrono::month(static_cast<unsigned>(*month)),
                    std::chrono::day(static_cast<unsigned>(*day)));
    return date.ok() ? std::optional(date) : std::nullopt;
}

std::optional<Time> parse_time(std::string_view text) {
    if (text.size() < 20 || (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':') {
        return std::nullopt;
    }
    const auto date = parse_date(text.substr(0, 10));
    const auto hours = parse_digits(text.substr(11, 2));
    const auto minutes = parse_digits(text.substr(14, 2));
    const auto seconds = parse_digits(text.substr(17, 2));
    if (!date || !hours || !minutes || !seconds || *hours > 23 || *minutes > 59 || *seconds > 59) {
        return std::nullopt;
    }
    auto rest = text.substr(19);
    Microseconds fraction{0};
    if (rest.starts_with('.')) {
        const auto end = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
        const auto parsed = parse_fraction(rest.substr(1, end - 1));
        if (!parsed) {
            return std::nullopt;
        }
        fraction = *parsed;
        rest = rest.substr(end);
    }
    const auto offset = parse_offset(rest);
    if (!offset) {
        return std::nullopt;
    }
    return Time(std::chrono::sys_days(*date)) + std::chrono::hours(*hours) + std::chrono::minutes(*minutes) +
           std::chrono::seconds(*seconds) + fraction - *offset;
}

Date date_in_china(Time time) {
    return Date(std::chrono::floor<std::chrono::days>(time + 8h));
}

int years_between(Date from, Date to) {
    int years = static_cast<int>(to.year()) - static_cast<int>(from.year());
    if (to.month() < from.month() || (to.month() == from.month() && to.day() < from.day())) {
        --years;
    }
    return years;
}

}  // namespace educard
