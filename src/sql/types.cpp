#include "sql/types.hpp"

#include <spdlog/spdlog.h>

namespace educard::sql {

void throw_type_fault(const Row& row, int column, std::string_view expected) {
    const auto name = column < row.columns() ? row.name(column) : std::string_view("(beyond the last)");
    spdlog::error(
        "column {} is {}, expected {}", name, row.is_null(column) ? "NULL" : "something else", expected);
    throw Error(Fault::internal, "sql.type");
}

void throw_missing_column(std::string_view name) {
    spdlog::error("the result has no column {}", name);
    throw Error(Fault::internal, "sql.column");
}

}  // namespace educard::sql
