#include "sql/sqlite/options.hpp"

#include "base/error.hpp"

#include <charconv>
#include <optional>

namespace educard::sql::sqlite {

namespace {

[[noreturn]] void refuse() {
    throw Error::invalid("database", "value");
}

std::int64_t parse_number(std::string_view text, std::int64_t least, std::int64_t most) {
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || end != text.data() + text.size() || number < least || number > most) {
        refuse();
    }
    return number;
}

void set_option(Options& options, std::string_view name, std::string_view value) {
    if (name == "readers") {
        options.readers = static_cast<std::size_t>(parse_number(value, 1, 256));
    } else if (name == "read_queue") {
        options.read_queue = static_cast<std::size_t>(parse_number(value, 1, 1'000'000));
    } else if (name == "write_queue") {
        options.write_queue = static_cast<std::size_t>(parse_number(value, 1, 1'000'000));
    } else if (name == "cache_mb") {
        options.cache_mb = parse_number(value, 1, 1'000'000);
    } else if (name == "mmap_mb") {
        options.mmap_mb = parse_number(value, 0, 1'000'000);
    } else if (name == "max_pages") {
        options.max_pages = parse_number(value, 1, 4'000'000'000);
    } else {
        refuse();
    }
}

}  // namespace

Options parse_url(std::string_view url) {
    constexpr std::string_view kScheme = "sqlite:";
    if (!url.starts_with(kScheme)) {
        refuse();
    }
    url.remove_prefix(kScheme.size());
    const auto question = url.find('?');
    const auto path = url.substr(0, question);
    auto query = question == std::string_view::npos ? std::string_view() : url.substr(question + 1);
    Options options;
    if (path.empty()) {
        refuse();
    }
    if (path == ":memory:") {
        options.durable = false;
    } else {
        options.path = path;
    }
    while (!query.empty()) {
        const auto end = query.find('&');
        const auto pair = query.substr(0, end);
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos) {
            refuse();
        }
        set_option(options, pair.substr(0, equals), pair.substr(equals + 1));
        query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    }
    return options;
}

}  // namespace educard::sql::sqlite
