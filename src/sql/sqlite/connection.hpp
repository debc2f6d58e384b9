#pragma once
// One SQLite connection with its prepared statements. Belongs to one thread at a time.

#include "sql/sql.hpp"
#include "sql/sqlite/options.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace educard::sql::sqlite {

class Connection {
public:
    enum class Mode { read, write };

    /// Throws Error(unavailable) when the file cannot be opened.
    Connection(const Options& options, Mode mode);

    /// Runs one statement; see Tx. Statements are prepared once and kept by their text.
    std::int64_t run(std::string_view statement,
                     std::span<const Parameter> parameters = {},
                     const std::function<void(const Row&)>& use = nullptr);

    /// Inserts the rows with one prepared statement.
    void insert(const Rows& rows);
    /// Nothing stops a statement here.
    void take_time() {}

    /// False after COMMIT and ROLLBACK, and after a fault that made SQLite roll back by itself.
    bool in_transaction() const { return sqlite3_get_autocommit(handle()) == 0; }
    /// Ends a transaction without complaint when there is none.
    void roll_back() noexcept;

    sqlite3* handle() const { return handle_.get(); }

private:
    struct Closer {
        void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
        void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
    };
    using StatementHandle = std::unique_ptr<sqlite3_stmt, Closer>;
    struct Statement {
        StatementHandle handle;
        std::vector<int> parameters;  // SQLite's parameter i+1 is our $parameters[i]
        bool busy = false;
    };
    struct TextHash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    using Statements = std::unordered_map<std::string, Statement, TextHash, std::equal_to<>>;
    class Lease;

    void set_up(const Options& options, Mode mode);
    std::unique_ptr<Statement> prepare(std::string_view text, unsigned flags) const;
    Statement& cached(std::string_view text);
    void bind(const Statement& statement, std::span<const Parameter> parameters) const;
    void bind_one(sqlite3_stmt* handle, int index, const Parameter& parameter) const;

    std::unique_ptr<sqlite3, Closer> handle_;
    Statements statements_;  // dies before handle_
};

/// What the last fault of `handle` means to a caller. Logs it; a statement's text holds no data.
[[noreturn]] void throw_fault(sqlite3* handle, std::string_view statement);

}  // namespace educard::sql::sqlite
