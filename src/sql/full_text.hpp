#pragma once
// Asking a full-text index. A table keeps the words of its rows (base/search_words.hpp) in columns `title`
// and `body`, written like any other; what finds them is made by its migrations, for each engine: on SQLite a
// virtual table of FTS5 beside it that triggers keep, on PostgreSQL a generated column with a GIN index.
// docs/decisions/0035-search.md. Pure functions; any thread.

#include "base/search_words.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace educard::sql {

/// Whether a hit has all of the phrases or any of them.
enum class Match { all, any };

/// What stands at the right of MATCH or in to_tsquery. `phrases` is not empty.
std::string match_expression(std::string_view engine, const std::vector<SearchPhrase>& phrases, Match match);

}  // namespace educard::sql
