#pragma once
// Moves all rows of one database into another that has the same schema and is empty: from the embedded engine
// to PostgreSQL, as a rule. All or nothing: the target's rows are written, read again and compared in one
// transaction.

#include "sql/sql.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace educard::sql {

/// Rows, and a sum over what they hold that does not depend on their order.
struct TableSum {
    std::string table;
    std::int64_t rows = 0;
    std::uint64_t sum = 0;

    bool operator==(const TableSum&) const = default;
};

struct TransferProgress {
    std::string table;
    bool checking = false;  // the rows are being read again from the target
    std::int64_t done = 0;  // rows of all tables
    std::int64_t total = 0;
};

/// Both databases are migrated to the same step, and nobody writes to `from` meanwhile. What the migrations
/// put into `to` is replaced. Leaves out the schema's steps and the leases of node numbers. Throws
/// Error(conflict, "sql.target_not_empty") with the table, Error(internal, "sql.transfer_differs") with the
/// table.
std::vector<TableSum> transfer(Database& from,
                               Database& to,
                               const std::function<void(const TransferProgress&)>& progress);

}  // namespace educard::sql
