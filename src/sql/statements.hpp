#pragma once
// Cuts a migration into its statements.

#include <string>
#include <string_view>
#include <vector>

namespace educard::sql {

/// The statements of a script without their semicolons and without what is only white space or comment. Knows
/// quoted text, quoted names, both kinds of comments and SQLite's triggers; not PostgreSQL's dollar quotes, because we write no
/// functions.
std::vector<std::string> split_statements(std::string_view script);

}  // namespace educard::sql
