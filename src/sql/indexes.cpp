#include "sql/indexes.hpp"

#include <boost/describe/class.hpp>

namespace educard::sql {

BOOST_DESCRIBE_STRUCT(Index, (), (name, definition))

namespace {

constexpr std::string_view kSqlite =
    "SELECT name, sql AS definition FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY "
    "name";
constexpr std::string_view kPostgres = R"(
    SELECT CAST(c.relname AS TEXT) AS name, pg_get_indexdef(c.oid) AS definition
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    WHERE t.relnamespace = CAST(CAST(current_schema() AS TEXT) AS regnamespace) AND NOT i.indisprimary
      AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid)
    ORDER BY 1)";

void take_time_and_memory(Tx& tx, std::string_view engine) {
    tx.take_time();
    if (engine == "postgres") {
        tx.execute("SET LOCAL maintenance_work_mem = '256MB'");
    }
}

}  // namespace

std::vector<Index> drop_indexes(Tx& tx, std::string_view engine) {
    auto indexes = tx.list<Index>(engine == "sqlite" ? kSqlite : kPostgres);
    for (const auto& index : indexes) {
        tx.execute("DROP INDEX " + index.name);
    }
    return indexes;
}

void create_index(Tx& tx, std::string_view engine, const Index& index) {
    take_time_and_memory(tx, engine);
    tx.execute(index.definition);
}

void refresh_statistics(Tx& tx, std::string_view engine) {
    if (engine == "postgres") {
        take_time_and_memory(tx, engine);
        tx.execute("ANALYZE");
    }
}

}  // namespace educard::sql
