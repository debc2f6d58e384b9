#include "base/resources.hpp"
#include "sql/sql.hpp"
#include "sql/statements.hpp"

#include <boost/describe/class.hpp>

#include <algorithm>
#include <map>
#include <spdlog/spdlog.h>

namespace educard::sql {

namespace {

struct Applied {
    int number = 0;
    std::string name;
    std::int64_t checksum = 0;
};
BOOST_DESCRIBE_STRUCT(Applied, (), (number, name, checksum))

/// What a program must know to run on an applied step; a step without a row must be known itself.
struct Need {
    int number = 0;
    int needs = 0;
};
BOOST_DESCRIBE_STRUCT(Need, (), (number, needs))

/// FNV-1a: finds edits, not enemies.
std::int64_t checksum_of(std::string_view text) {
    std::uint64_t hash = 14695981039346656037U;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    }
    return static_cast<std::int64_t>(hash);
}

/// What stands between the migrations folder and the end of a resource's name: "0060_cards" and the engine,
/// if any.
struct FileName {
    int number;
    std::string name;
    std::string engine;
};

std::optional<FileName> parse_file_name(std::string_view resource) {
    constexpr std::string_view kFolder = "/migrations/";
    constexpr std::string_view kSuffix = ".sql";
    const auto folder = resource.find(kFolder);
    if (folder == std::string_view::npos || !resource.ends_with(kSuffix)) {
        return std::nullopt;
    }
    auto name = resource.substr(folder + kFolder.size());
    name.remove_suffix(kSuffix.size());
    const auto dot = name.find('.');
    const auto engine = dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
    const auto digits = name.substr(0, 4);
    EDU_ASSERT(name.size() > 5 && name[4] == '_' &&
               digits.find_first_not_of("0123456789") == std::string_view::npos);
    return FileName{std::stoi(std::string(digits)), std::string(name.substr(0, dot)), std::string(engine)};
}

/// What the line "-- needs: …" says, if there is one.
std::optional<int> read_needs(std::string_view sql) {
    constexpr std::string_view kMark = "-- needs: ";
    constexpr std::size_t kDigits = 4;
    const auto at = sql.find(kMark);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    const auto said = sql.substr(at + kMark.size(), kDigits);
    EDU_ASSERT(said == "none" || std::ranges::all_of(said, [](char c) { return c >= '0' && c <= '9'; }));
    return said == "none" ? 0 : std::stoi(std::string(said));
}

/// "BIGINT PRIMARY KEY" makes a second tree in SQLite; "INTEGER PRIMARY KEY" is the row's own place, and
/// 64-bit too.
std::string for_sqlite(std::string sql) {
    constexpr std::string_view kStandard = "BIGINT PRIMARY KEY";
    for (auto at = sql.find(kStandard); at != std::string::npos; at = sql.find(kStandard, at)) {
        sql.replace(at, kStandard.size(), "INTEGER PRIMARY KEY");
    }
    return sql;
}

std::map<int, Applied> list_applied(Database& database) {
    database.write([](Tx& tx) {
        tx.execute(R"(CREATE TABLE IF NOT EXISTS schema_migration (
            number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum BIGINT NOT NULL))");
        tx.execute(R"(CREATE TABLE IF NOT EXISTS schema_need (
            number BIGINT PRIMARY KEY, needs BIGINT NOT NULL))");
    });
    const auto rows = database.read(
        [](Tx& tx) { return tx.list<Applied>("SELECT number, name, checksum FROM schema_migration"); });
    std::map<int, Applied> applied;
    for (const auto& row : rows) {
        applied.emplace(row.number, row);
    }
    return applied;
}

bool is_known(int number, std::span<const Migration> migrations) {
    return number == 0 || std::ranges::find(migrations, number, &Migration::number) != migrations.end();
}

void require_known(Database& database,
                   const std::map<int, Applied>& applied,
                   std::span<const Migration> migrations) {
    std::map<int, int> needs;
    for (const auto& row :
         database.read([](Tx& tx) { return tx.list<Need>("SELECT number, needs FROM schema_need"); })) {
        needs.emplace(row.number, row.needs);
    }
    for (const auto& [number, row] : applied) {
        if (is_known(number, migrations)) {
            continue;
        }
        const auto need = needs.find(number);
        if (need == needs.end() || !is_known(need->second, migrations)) {
            throw Error(Fault::unavailable, "sql.newer_database").with("migration", row.name);
        }
        spdlog::info("the database is newer than this program, which can run on it: {}", row.name);
    }
}

/// False when another process was first.
bool apply(Tx& tx, const Migration& migration, std::string_view engine) {
    const auto claimed = tx.execute(
        "INSERT INTO schema_migration (number, name, checksum) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        migration.number,
        migration.name,
        checksum_of(migration.sql));
    if (claimed == 0) {
        return false;
    }
    if (migration.needs) {
        tx.execute(
            "INSERT INTO schema_need (number, needs) VALUES ($1, $2)", migration.number, *migration.needs);
    }
    tx.take_time();
    const auto script = engine == "sqlite" ? for_sqlite(migration.sql) : migration.sql;
    for (const auto& statement : split_statements(script)) {
        tx.execute(statement);
    }
    return true;
}

}  // namespace

std::vector<Migration> embedded_migrations(std::string_view engine) {
    std::map<int, Migration> found;
    for (const auto& file : list_resources("")) {
        const auto parsed = parse_file_name(file.name);
        if (!parsed || (!parsed->engine.empty() && parsed->engine != engine)) {
            continue;
        }
        const bool specific = !parsed->engine.empty();
        const auto other = found.find(parsed->number);
        EDU_ASSERT(other == found.end() || other->second.name == parsed->name);  // numbers are unique
        if (other == found.end() || specific) {
            std::string sql(file.content());
            const auto needs = read_needs(sql);
            found[parsed->number] = Migration{parsed->number, parsed->name, std::move(sql), needs};
        }
    }
    std::vector<Migration> migrations;
    for (auto& [number, migration] : found) {
        migrations.push_back(std::move(migration));
    }
    return migrations;
}

std::vector<std::string> seeded_tables(std::span<const Migration> migrations) {
    constexpr std::string_view kInsert = "INSERT INTO ";
    std::vector<std::string> tables;
    for (const auto& migration : migrations) {
        for (const auto& statement : split_statements(migration.sql)) {
            if (statement.starts_with(kInsert)) {
                const auto end = statement.find_first_of(" (\n", kInsert.size());
                tables.push_back(statement.substr(kInsert.size(), end - kInsert.size()));
            }
        }
    }
    return tables;
}

bool has_table(Database& database, std::string_view name) {
    const auto* statement =
        database.engine() == "sqlite"
            ? "SELECT COUNT(*) FROM sqlite_master WHERE name = $1"
            : "SELECT COUNT(*) FROM pg_class WHERE relname = $1 AND pg_table_is_visible(oid)";
    return database.read([&](Tx& tx) { return tx.find<int>(statement, name) != 0; });
}

bool is_empty(Database& database) {
    return !has_table(database, "schema_migration");
}

std::vector<std::string> disruptive_steps(Database& database, std::span<const Migration> migrations) {
    std::vector<std::string> names;
    if (is_empty(database)) {
        return names;
    }
    const auto applied = list_applied(database);
    for (const auto& migration : migrations) {
        const auto needs = migration.needs.value_or(migration.number);
        if (!applied.contains(migration.number) && needs != 0 && !applied.contains(needs)) {
            names.push_back(migration.name);
        }
    }
    return names;
}

std::vector<int> migrate(Database& database, std::span<const Migration> migrations) {
    const auto applied = list_applied(database);
    require_known(database, applied, migrations);
    for (const auto& migration : migrations) {
        const auto row = applied.find(migration.number);
        if (row != applied.end() && row->second.checksum != checksum_of(migration.sql)) {
            throw Error(Fault::internal, "sql.edited_migration").with("migration", migration.name);
        }
    }
    std::vector<int> done;
    for (const auto& migration : migrations) {
        if (applied.contains(migration.number)) {
            continue;
        }
        if (database.write([&](Tx& tx) { return apply(tx, migration, database.engine()); })) {
            spdlog::info("migrated: {}", migration.name);
            done.push_back(migration.number);
        }
    }
    return done;
}

}  // namespace educard::sql
