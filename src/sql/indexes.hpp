#pragma once
// Taking indexes away while much is written, and making them again: from sorted keys, which is much faster
// than row by row. Those that a primary key or another constraint stands on stay.

#include "sql/sql.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace educard::sql {

struct Index {
    std::string name;
    std::string definition;  // the statement that makes it
};

/// Drops them all, of every table of the schema, and gives what they were.
std::vector<Index> drop_indexes(Tx& tx, std::string_view engine);

/// However long it takes. A duplicate under a unique index fails it, as it would have failed the INSERT.
void create_index(Tx& tx, std::string_view engine, const Index& index);

/// Lets the server look at what the tables hold now; PostgreSQL plans by that, SQLite needs nothing.
void refresh_statistics(Tx& tx, std::string_view engine);

}  // namespace educard::sql
