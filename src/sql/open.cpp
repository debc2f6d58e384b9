#include "sql/sql.hpp"
#include "sql/sqlite/database.hpp"

namespace educard::sql {

std::unique_ptr<Database> open(const std::string& url) {
    return std::make_unique<sqlite::SqliteDatabase>(sqlite::parse_url(url));
}

}  // namespace educard::sql
