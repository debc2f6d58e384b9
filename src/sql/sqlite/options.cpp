#include "sql/sqlite/options.hpp"

#include "sql/url.hpp"

namespace educard::sql::sqlite {

namespace {

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
    } else if (name == "durable" && (value == "yes" || value == "no")) {
        options.durable = value == "yes";
    } else if (name == "sort" && (value == "disk" || value == "memory")) {
        options.sorts_on_disk = value == "disk";
    } else if (name == "max_pages") {
        options.max_pages = parse_number(value, 1, 4'000'000'000);
    } else {
        refuse_url();
    }
}

}  // namespace

Options parse_url(std::string_view url) {
    constexpr std::string_view kScheme = "sqlite:";
    if (!url.starts_with(kScheme)) {
        refuse_url();
    }
    url.remove_prefix(kScheme.size());
    const auto question = url.find('?');
    const auto path = url.substr(0, question);
    const auto query = question == std::string_view::npos ? std::string_view() : url.substr(question + 1);
    Options options;
    if (path.empty()) {
        refuse_url();
    }
    if (path == ":memory:") {
        options.durable = false;
    } else {
        options.path = path;
    }
    each_option(query,
                [&](std::string_view name, std::string_view value) { set_option(options, name, value); });
    return options;
}

}  // namespace educard::sql::sqlite
