#pragma once
// The mark of a database that is being filled in many transactions. While it stands, and when whoever set it
// was killed, the database is not to be used. Any thread.

#include "base/time.hpp"
#include "sql/sql.hpp"

#include <string_view>

namespace educard {

/// False when there is a mark already.
bool mark_unfinished(sql::Tx& tx, std::string_view what, Time now);
void mark_finished(sql::Tx& tx, std::string_view what);
/// Throws Error(conflict, "runtime.unfinished") with what is unfinished and since when.
void require_finished(sql::Database& database);

}  // namespace educard
