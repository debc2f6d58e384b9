#include "sql/postgres/options.hpp"

#include "sql/url.hpp"

#include <libpq-fe.h>

#include <memory>

namespace educard::sql::postgres {

namespace {

/// False when the option is libpq's.
bool set_option(Options& options, std::string_view name, std::string_view value) {
    const auto count = [&](std::int64_t most) {
        return static_cast<std::size_t>(parse_number(value, 1, most));
    };
    if (name == "readers") {
        options.readers = count(1'000);
    } else if (name == "writers") {
        options.writers = count(1'000);
    } else if (name == "read_queue") {
        options.read_queue = count(1'000'000);
    } else if (name == "write_queue") {
        options.write_queue = count(1'000'000);
    } else if (name == "statement_timeout_ms") {
        options.statement_timeout_ms = parse_number(value, 0, 86'400'000);
    } else if (name == "connect_wait_ms") {
        options.connect_wait_ms = parse_number(value, 0, 600'000);
    } else if (name == "pooling") {
        if (value != "transaction" && value != "session") {
            refuse_url();
        }
        options.transaction_pooling = value == "transaction";
    } else if (name == "direct_host") {
        options.direct_host = value;
    } else if (name == "direct_port") {
        options.direct_port = std::to_string(parse_number(value, 1, 65'535));
    } else if (name == "schema") {
        if (value.empty() ||
            value.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != std::string_view::npos) {
            refuse_url();
        }
        options.schema = value;
    } else {
        return false;
    }
    return true;
}

}  // namespace

Options parse_url(std::string_view url) {
    if (!url.starts_with("postgresql://") && !url.starts_with("postgres://")) {
        refuse_url();
    }
    const auto question = url.find('?');
    const auto query = question == std::string_view::npos ? std::string_view() : url.substr(question + 1);
    Options options;
    options.connection = url.substr(0, question);
    char separator = '?';
    const auto pass_on = [&](std::string_view name, std::string_view value) {
        options.connection += separator;
        options.connection.append(name).append("=").append(value);
        separator = '&';
    };
    bool attributes_given = false;
    each_option(query, [&](std::string_view name, std::string_view value) {
        if (!set_option(options, name, value)) {
            attributes_given = attributes_given || name == "target_session_attrs";
            pass_on(name, value);
        }
    });
    if (!attributes_given) {
        pass_on("target_session_attrs", "read-write");
    }
    return options;
}

WithoutPassword directly_without_password(const Options& options) {
    WithoutPassword result;
    const auto add = [&](std::string_view name, std::string_view value) {
        result.connection.append(name).append("='");
        for (const char c : value) {
            result.connection.append(c == '\'' || c == '\\' ? 1 : 0, '\\').append(1, c);
        }
        result.connection.append("' ");
    };
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
        PQconninfoParse(options.connection.c_str(), nullptr), &PQconninfoFree);
    for (const auto* option = parsed.get(); option != nullptr && option->keyword != nullptr; ++option) {
        if (option->val == nullptr) {
            continue;
        }
        if (std::string_view(option->keyword) == "password") {
            result.password = option->val;
        } else {
            add(option->keyword, option->val);
        }
    }
    if (!options.direct_host.empty()) {
        add("host", options.direct_host);  // the last of a name holds
    }
    if (!options.direct_port.empty()) {
        add("port", options.direct_port);
    }
    return result;
}

}  // namespace educard::sql::postgres
