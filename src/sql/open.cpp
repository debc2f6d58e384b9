#include "sql/postgres/database.hpp"
#include "sql/sql.hpp"
#include "sql/sqlite/database.hpp"

namespace educard::sql {

std::unique_ptr<Database> open(const std::string& url) {
    if (url.starts_with("postgres")) {
        return std::make_unique<postgres::PostgresDatabase>(postgres::parse_url(url));
    }
    return std::make_unique<sqlite::SqliteDatabase>(sqlite::parse_url(url));
}

}  // namespace educard::sql
