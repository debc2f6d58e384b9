#include "sql/full_text.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace educard::sql {

std::string match_expression(std::string_view engine, const std::vector<SearchPhrase>& phrases, Match match) {
    EDU_ASSERT(!phrases.empty());
    const bool embedded = engine == "sqlite";
    std::vector<std::string> parts;
    for (const auto& phrase : phrases) {
        parts.push_back(
            embedded ? fmt::format("\"{}\"{}", fmt::join(phrase.words, " "), phrase.begins ? "*" : "")
                     : fmt::format("({}{})", fmt::join(phrase.words, " <-> "), phrase.begins ? ":*" : ""));
    }
    const std::string_view all = embedded ? " AND " : " & ";
    const std::string_view any = embedded ? " OR " : " | ";
    return fmt::format("{}", fmt::join(parts, match == Match::all ? all : any));
}

}  // namespace educard::sql
