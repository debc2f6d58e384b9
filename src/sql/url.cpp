#include "sql/url.hpp"

#include "base/error.hpp"

#include <charconv>

namespace educard::sql {

void refuse_url() {
    throw Error::invalid("database", "value");
}

std::int64_t parse_number(std::string_view text, std::int64_t least, std::int64_t most) {
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || end != text.data() + text.size() || number < least || number > most) {
        refuse_url();
    }
    return number;
}

void each_option(std::string_view query,
                 const std::function<void(std::string_view name, std::string_view value)>& use) {
    while (!query.empty()) {
        const auto end = query.find('&');
        const auto pair = query.substr(0, end);
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos) {
            refuse_url();
        }
        const auto name = pair.substr(0, equals);
        try {
            use(name, pair.substr(equals + 1));
        } catch (const Error&) {
            throw Error::invalid("database, " + std::string(name), "value");
        }
        query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    }
}

}  // namespace educard::sql
