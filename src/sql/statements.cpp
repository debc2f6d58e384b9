#include "sql/statements.hpp"

#include <algorithm>

namespace educard::sql {

namespace {

/// The end of the comment or quoted part that begins at `at`; `at` itself when none does.
std::size_t skip_special(std::string_view script, std::size_t at) {
    const auto after = [&](std::string_view mark, std::size_t from) {
        const auto found = script.find(mark, from);
        return found == std::string_view::npos ? script.size() : found + mark.size();
    };
    const auto rest = script.substr(at);
    if (rest.starts_with("--")) {
        return after("\n", at);
    }
    if (rest.starts_with("/*")) {
        return after("*/", at + 2);
    }
    if (rest.starts_with('\'') || rest.starts_with('"')) {
        return after(rest.substr(0, 1), at + 1);  // a doubled quote is two quoted parts in a row
    }
    return at;
}

bool is_comment(std::string_view script, std::size_t at) {
    return script[at] == '-' || script[at] == '/';
}

/// The body of a trigger has statements of its own, up to its END.
bool is_inside_trigger(std::string_view statement) {
    constexpr std::string_view kBlank = " \t\r\n";
    const auto begin = statement.find_first_not_of(kBlank);
    if (begin == std::string_view::npos || !statement.substr(begin).starts_with("CREATE TRIGGER ")) {
        return false;
    }
    const auto end = statement.find_last_not_of(kBlank) + 1;
    const bool ends = statement.substr(0, end).ends_with("END") && end >= 4 && kBlank.contains(statement[end - 4]);
    return !ends && statement.find("BEGIN") != std::string_view::npos;
}

}  // namespace

std::vector<std::string> split_statements(std::string_view script) {
    std::vector<std::string> statements;
    std::string statement;
    const auto finish = [&] {
        const auto begin = statement.find_first_not_of(" \t\r\n");
        if (begin != std::string::npos) {
            const auto end = statement.find_last_not_of(" \t\r\n");
            statements.push_back(statement.substr(begin, end - begin + 1));
        }
        statement.clear();
    };
    for (std::size_t at = 0; at < script.size();) {
        const auto end = skip_special(script, at);
        if (end > at) {
            statement += is_comment(script, at) ? std::string_view(" ") : script.substr(at, end - at);
            at = end;
        } else if (script[at] == ';' && !is_inside_trigger(statement)) {
            finish();
            ++at;
        } else {
            statement += script[at++];
        }
    }
    finish();
    return statements;
}

}  // namespace educard::sql
