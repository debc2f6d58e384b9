#include "sql/transfer.hpp"

#include "base/error.hpp"
#include "sql/indexes.hpp"
#include "sql/rows.hpp"

#include <algorithm>
#include <bit>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace educard::sql {

namespace {

constexpr std::size_t kMaxOctets = 8UL << 20;  // gathered before they are inserted
constexpr std::int64_t kReportEvery = 1'000;   // rows
constexpr std::string_view kFetch = "FETCH 2000 FROM transfer_rows";

struct Table {
    std::string name;
    std::vector<std::string> columns;
};

/// Without the tables in which FTS5 keeps what triggers make of others.
std::vector<std::string> tables_of(Tx& tx, std::string_view engine) {
    return tx.list<std::string>(
        engine == "sqlite"
            ? "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE "
              "'sqlite_%' ORDER BY name"
            : "SELECT CAST(relname AS TEXT) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = "
              "CAST(CAST(current_schema() AS TEXT) AS regnamespace) ORDER BY 1");
}

std::vector<std::string> columns_of(Tx& tx, std::string_view engine, const std::string& table) {
    return tx.list<std::string>(
        engine == "sqlite"
            ? "SELECT name FROM pragma_table_info($1) ORDER BY cid"
            : "SELECT CAST(column_name AS TEXT) FROM information_schema.columns WHERE table_schema = "
              "current_schema() AND table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position",
        table);
}

std::vector<Table> movable_tables(Tx& tx, std::string_view engine) {
    std::vector<Table> tables;
    for (auto& name : tables_of(tx, engine)) {
        if (name != "schema_migration" && name != "schema_need" && name != "node") {
            auto columns = columns_of(tx, engine, name);
            tables.push_back({std::move(name), std::move(columns)});
        }
    }
    return tables;
}

/// FNV-1a over what a row holds; the sum of the rows' hashes does not depend on their order.
class RowHash {
public:
    void add(const Parameter& value) {
        octet(static_cast<unsigned char>(value.kind));
        switch (value.kind) {
            case Parameter::Kind::null:
                break;
            case Parameter::Kind::integer:
                number(static_cast<std::uint64_t>(value.integer));
                break;
            case Parameter::Kind::real:
                number(std::bit_cast<std::uint64_t>(value.real));
                break;
            case Parameter::Kind::text:
            case Parameter::Kind::bytes:
                number(value.text.size());
                std::ranges::for_each(value.text, [this](char c) { octet(static_cast<unsigned char>(c)); });
                break;
        }
    }
    std::uint64_t value() const { return hash_; }

private:
    void octet(unsigned char c) { hash_ = (hash_ ^ c) * 1099511628211U; }
    void number(std::uint64_t number) {
        for (int shift = 0; shift < 64; shift += 8) {
            octet(static_cast<unsigned char>(number >> static_cast<unsigned>(shift)));
        }
    }

    std::uint64_t hash_ = 14695981039346656037U;
};

void add_row(TableSum& sum, const Row& row) {
    RowHash hash;
    for (int column = 0; column < row.columns(); ++column) {
        hash.add(row.value(column));
    }
    ++sum.rows;
    sum.sum += hash.value();
}

/// Every row, without holding all of them: SQLite steps, PostgreSQL has to be asked for portions.
void each_row(Tx& tx,
              std::string_view engine,
              const Table& table,
              const std::function<void(const Row&)>& use) {
    const auto query = fmt::format("SELECT {} FROM {}", fmt::join(table.columns, ", "), table.name);
    if (engine == "sqlite") {
        tx.each(query, use);
        return;
    }
    tx.execute("DECLARE transfer_rows NO SCROLL CURSOR FOR " + query);
    for (bool more = true; more;) {
        more = false;
        tx.each(kFetch, [&](const Row& row) {
            more = true;
            use(row);
        });
    }
    tx.execute("CLOSE transfer_rows");
}

/// Gathers rows and inserts many at once.
class Inserter {
public:
    Inserter(Tx& tx, const Table& table) : tx_(tx), rows_(table.name, table.columns) {}

    void add(const Row& row) {
        values_.clear();
        for (int column = 0; column < row.columns(); ++column) {
            values_.push_back(row.value(column));
        }
        rows_.add(values_);
        if (rows_.octets() > kMaxOctets) {
            flush();
        }
    }

    void flush() {
        if (!rows_.empty()) {
            tx_.insert(rows_);
            rows_.clear();
        }
    }

private:
    Tx& tx_;
    Rows rows_;
    std::vector<Parameter> values_;
};

/// One attempt at the whole.
class Transfer {
public:
    Transfer(Tx& source,
             Tx& target,
             std::string_view source_engine,
             std::string_view target_engine,
             const std::function<void(const TransferProgress&)>& report)
        : source_(source),
          target_(target),
          source_engine_(source_engine),
          target_engine_(target_engine),
          report_(report),
          tables_(movable_tables(source, source_engine)) {}

    std::vector<TableSum> run() {
        source_.take_time();
        target_.take_time();
        for (const auto& table : seeded_tables(embedded_migrations(target_engine_))) {
            target_.execute("DELETE FROM " + table);
        }
        for (const auto& table : tables_) {
            if (target_.find<int>(fmt::format("SELECT 1 FROM {} LIMIT 1", table.name))) {
                throw Error(Fault::conflict, "sql.target_not_empty").with("table", table.name);
            }
            progress_.total += source_.find<std::int64_t>("SELECT COUNT(*) FROM " + table.name).value_or(0);
        }
        const auto indexes = drop_indexes(target_, target_engine_);
        std::vector<TableSum> sums;
        std::ranges::transform(
            tables_, std::back_inserter(sums), [this](const Table& table) { return copy(table); });
        for (const auto& index : indexes) {
            create_index(target_, target_engine_, index);
        }
        progress_.done = 0;
        for (std::size_t i = 0; i < tables_.size(); ++i) {
            if (read_again(tables_[i]) != sums[i]) {
                throw Error(Fault::internal, "sql.transfer_differs").with("table", tables_[i].name);
            }
        }
        return sums;
    }

private:
    TableSum copy(const Table& table) {
        TableSum sum{.table = table.name};
        Inserter inserter(target_, table);
        each_row(source_, source_engine_, table, [&](const Row& row) {
            add_row(sum, row);
            inserter.add(row);
            tell(table, false);
        });
        inserter.flush();
        return sum;
    }

    TableSum read_again(const Table& table) {
        TableSum sum{.table = table.name};
        each_row(target_, target_engine_, table, [&](const Row& row) {
            add_row(sum, row);
            tell(table, true);
        });
        return sum;
    }

    void tell(const Table& table, bool checking) {
        if (++progress_.done % kReportEvery == 0 || progress_.done == progress_.total) {
            progress_.table = table.name;
            progress_.checking = checking;
            report_(progress_);
        }
    }

    Tx& source_;
    Tx& target_;
    std::string_view source_engine_;
    std::string_view target_engine_;
    const std::function<void(const TransferProgress&)>& report_;
    const std::vector<Table> tables_;
    TransferProgress progress_;
};

}  // namespace

std::vector<TableSum> transfer(Database& from,
                               Database& to,
                               const std::function<void(const TransferProgress&)>& progress) {
    return to.write([&](Tx& target) {
        return from.read(
            [&](Tx& source) { return Transfer(source, target, from.engine(), to.engine(), progress).run(); });
    });
}

}  // namespace educard::sql
