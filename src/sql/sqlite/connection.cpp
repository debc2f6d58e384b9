#include "sql/sqlite/connection.hpp"

#include "sql/counter.hpp"
#include "sql/rows.hpp"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <limits>
#include <mutex>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace educard::sql::sqlite {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxStatements = 512;
constexpr int kBusyTimeoutMs = 5000;  // another process (import, backup) may be writing

class SqliteRow final : public Row {
public:
    explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}

    int columns() const override { return sqlite3_column_count(statement_); }
    std::string_view name(int column) const override { return sqlite3_column_name(statement_, column); }
    bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
    std::int64_t integer(int column) const override {
        require(column, SQLITE_INTEGER, "integer");
        return sqlite3_column_int64(statement_, column);
    }
    double real(int column) const override {
        if (sqlite3_column_type(statement_, column) != SQLITE_INTEGER) {
            require(column, SQLITE_FLOAT, "number");
        }
        return sqlite3_column_double(statement_, column);
    }
    std::string_view text(int column) const override {
        require(column, SQLITE_TEXT, "text");
        const auto* octets = static_cast<const void*>(sqlite3_column_text(statement_, column));
        return {static_cast<const char*>(octets), size(column)};
    }
    ByteView bytes(int column) const override {
        require(column, SQLITE_BLOB, "bytes");
        const auto* octets = sqlite3_column_blob(statement_, column);
        return {static_cast<const std::uint8_t*>(octets), size(column)};
    }

    Parameter value(int column) const override {
        switch (sqlite3_column_type(statement_, column)) {
            case SQLITE_INTEGER:
                return {.kind = Parameter::Kind::integer, .integer = integer(column)};
            case SQLITE_FLOAT:
                return {.kind = Parameter::Kind::real, .real = real(column)};
            case SQLITE_TEXT:
                return {.kind = Parameter::Kind::text, .text = text(column)};
            case SQLITE_BLOB:
                return {.kind = Parameter::Kind::bytes, .text = as_text(bytes(column))};
            default:
                return {};
        }
    }

private:
    std::size_t size(int column) const {
        return static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    }
    void require(int column, int type, std::string_view expected) const {
        if (column >= columns() || sqlite3_column_type(statement_, column) != type) {
            throw_type_fault(*this, column, expected);
        }
    }

    sqlite3_stmt* statement_;
};

bool is_out_of_space(int system_fault) {
    return system_fault == ENOSPC || system_fault == EDQUOT || system_fault == EFBIG;
}

/// Whether the operating system refused to make a file longer. SQLite itself knows only ENOSPC as a full
/// disk; quotas and limits are found in what the file, or the log beside it, remembers.
bool is_out_of_space(sqlite3* handle) {
    int of_file = 0;
    int of_log = 0;
    sqlite3_file* log = nullptr;
    sqlite3_file_control(handle, "main", SQLITE_FCNTL_LAST_ERRNO, &of_file);
    sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&log));
    if (log != nullptr && log->pMethods != nullptr) {
        log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &of_log);
    }
    return is_out_of_space(sqlite3_system_errno(handle)) || is_out_of_space(of_file) ||
           is_out_of_space(of_log);
}

Error fault_of(sqlite3* handle) {
    const int extended = sqlite3_extended_errcode(handle);
    switch (extended & 0xff) {
        case SQLITE_FULL:
            return Error(Fault::unavailable, "sql.disk_full").retry_after(30s);
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
            return Error(Fault::unavailable, is_out_of_space(handle) ? "sql.disk_full" : "sql.io")
                .retry_after(30s);
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return Error(Fault::unavailable, "sql.corrupt").retry_after(300s);
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return Error(Fault::unavailable, "sql.busy").retry_after(1s);
        case SQLITE_NOMEM:
            return Error(Fault::unavailable, "sql.memory").retry_after(5s);
        case SQLITE_TOOBIG:
            return Error(Fault::too_large, "sql.too_large");
        default:
            break;
    }
    if (extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY) {
        return Error(Fault::conflict, "sql.duplicate");
    }
    if (extended == SQLITE_CONSTRAINT_FOREIGNKEY) {
        return Error(Fault::conflict, "sql.reference");
    }
    return Error(Fault::internal, "sql.statement");
}

void configure_once() {
    static std::once_flag done;
    std::call_once(done, [] {
        // Its bookkeeping takes a lock on every allocation of every thread.
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
        sqlite3_initialize();
    });
}

std::string insert_statement(const Rows& rows) {
    std::string values;
    for (std::size_t column = 1; column <= rows.columns().size(); ++column) {
        values += fmt::format("{}${}", column == 1 ? "" : ", ", column);
    }
    return fmt::format(
        "INSERT INTO {} ({}) VALUES ({})", rows.table(), fmt::join(rows.columns(), ", "), values);
}

/// SQLite gives its other files the same rights.
void create_private_file(const std::string& path) {
    const int file = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0) {
        ::close(file);
    }
}

}  // namespace

void throw_fault(sqlite3* handle, std::string_view statement) {
    Error error = fault_of(handle);
    const auto level = error.fault() == Fault::conflict ? spdlog::level::info : spdlog::level::err;
    spdlog::log(level,
                "sqlite fault {} ({}) in: {}",
                sqlite3_extended_errcode(handle),
                sqlite3_errmsg(handle),
                statement);
    throw error;
}

Connection::Connection(const Options& options, Mode mode) {
    configure_once();
    if (mode == Mode::write) {
        create_private_file(options.path);
    }
    sqlite3* opened = nullptr;
    constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int result = sqlite3_open_v2(options.path.c_str(), &opened, kFlags, nullptr);
    handle_.reset(opened);
    if (result != SQLITE_OK) {
        spdlog::error("cannot open {}: {}", options.path, sqlite3_errstr(result));
        throw Error(Fault::unavailable, "sql.cannot_open").with("path", options.path);
    }
    set_up(options, mode);
}

void Connection::set_up(const Options& options, Mode mode) {
    sqlite3_busy_timeout(handle(), kBusyTimeoutMs);
    sqlite3_db_config(handle(), SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(handle(), SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    const auto each_row = [](const Row&) {};
    const auto pragma = [&](const std::string& text) { run(text, {}, each_row); };
    const bool writes = mode == Mode::write;
    pragma("PRAGMA foreign_keys = ON");
    pragma(options.sorts_on_disk ? "PRAGMA temp_store = FILE" : "PRAGMA temp_store = MEMORY");
    pragma(fmt::format("PRAGMA cache_size = -{}", options.cache_mb * 1024 / (writes ? 1 : 4)));
    pragma(fmt::format("PRAGMA mmap_size = {}", options.mmap_mb * 1024 * 1024));
    if (!writes) {
        pragma("PRAGMA query_only = ON");
        return;
    }
    pragma("PRAGMA journal_mode = WAL");
    pragma(options.durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF");
    pragma("PRAGMA wal_autocheckpoint = 0");  // the writer does it between commits
    pragma("PRAGMA journal_size_limit = 67108864");
    if (options.max_pages > 0) {
        pragma(fmt::format("PRAGMA max_page_count = {}", options.max_pages));
    }
}

void Connection::roll_back() noexcept {
    if (in_transaction() && sqlite3_exec(handle(), "ROLLBACK", nullptr, nullptr, nullptr) != SQLITE_OK) {
        spdlog::error("sqlite fault {} in ROLLBACK", sqlite3_extended_errcode(handle()));
    }
}

std::unique_ptr<Connection::Statement> Connection::prepare(std::string_view text, unsigned flags) const {
    EDU_ASSERT(text.size() < static_cast<std::size_t>(std::numeric_limits<int>::max()));
    sqlite3_stmt* prepared = nullptr;
    const char* rest = nullptr;
    if (sqlite3_prepare_v3(handle(), text.data(), static_cast<int>(text.size()), flags, &prepared, &rest) !=
        SQLITE_OK) {
        throw_fault(handle(), text);
    }
    auto statement = std::make_unique<Statement>();
    statement->handle.reset(prepared);
    const auto tail = text.substr(static_cast<std::size_t>(rest - text.data()));
    EDU_ASSERT(prepared != nullptr && tail.find_first_not_of(" \t\r\n;") == std::string_view::npos);
    for (int i = 1; i <= sqlite3_bind_parameter_count(prepared); ++i) {
        const char* name = sqlite3_bind_parameter_name(prepared, i);
        const auto number = parse_id(name == nullptr ? "" : name + 1);
        EDU_ASSERT(number.has_value() && *number < 1000);  // parameters are $1, $2, …
        statement->parameters.push_back(static_cast<int>(*number) - 1);
    }
    return statement;
}

Connection::Statement& Connection::cached(std::string_view text) {
    const auto found = statements_.find(text);
    if (found != statements_.end()) {
        return found->second;
    }
    if (statements_.size() >= kMaxStatements) {
        std::erase_if(statements_, [](const auto& entry) { return !entry.second.busy; });
    }
    auto prepared = prepare(text, SQLITE_PREPARE_PERSISTENT);
    return statements_.emplace(std::string(text), std::move(*prepared)).first->second;
}

/// A statement while it runs: the kept one, or one of its own when that is running already further up the
/// stack.
class Connection::Lease {
public:
    Lease(Connection& connection, std::string_view text) : statement_(&connection.cached(text)) {
        if (statement_->busy) {
            own_ = connection.prepare(text, 0);
            statement_ = own_.get();
        }
        statement_->busy = true;
    }
    ~Lease() {
        sqlite3_reset(statement_->handle.get());
        statement_->busy = false;
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    Statement& statement() const { return *statement_; }

private:
    Statement* statement_;
    std::unique_ptr<Statement> own_;
};

void Connection::bind_one(sqlite3_stmt* handle, int index, const Parameter& parameter) const {
    const auto* octets = parameter.text.data() == nullptr ? "" : parameter.text.data();
    const auto size = static_cast<sqlite3_uint64>(parameter.text.size());
    int result = SQLITE_OK;
    switch (parameter.kind) {
        case Parameter::Kind::null:
            result = sqlite3_bind_null(handle, index);
            break;
        case Parameter::Kind::integer:
            result = sqlite3_bind_int64(handle, index, parameter.integer);
            break;
        case Parameter::Kind::real:
            result = sqlite3_bind_double(handle, index, parameter.real);
            break;
        case Parameter::Kind::text:  // borrowed until the statement is reset and bound anew
            result = sqlite3_bind_text64(handle, index, octets, size, SQLITE_STATIC, SQLITE_UTF8);
            break;
        case Parameter::Kind::bytes:
            result = sqlite3_bind_blob64(handle, index, octets, size, SQLITE_STATIC);
            break;
    }
    if (result != SQLITE_OK) {
        throw_fault(handle_.get(), sqlite3_sql(handle));
    }
}

void Connection::bind(const Statement& statement, std::span<const Parameter> parameters) const {
    int index = 0;
    for (const int number : statement.parameters) {
        EDU_ASSERT(static_cast<std::size_t>(number) < parameters.size());
        bind_one(statement.handle.get(), ++index, parameters[static_cast<std::size_t>(number)]);
    }
}

std::int64_t Connection::run(std::string_view text,
                             std::span<const Parameter> parameters,
                             const std::function<void(const Row&)>& use) {
    if (!parameters.empty() || use) {  // not what begins and ends transactions
        count_statement();
    }
    const Lease lease(*this, text);
    auto* statement = lease.statement().handle.get();
    bind(lease.statement(), parameters);
    const auto changes_before = sqlite3_total_changes64(handle());
    const SqliteRow row(statement);
    int result = sqlite3_step(statement);
    while (result == SQLITE_ROW) {
        if (use) {
            use(row);
        }
        result = sqlite3_step(statement);
    }
    if (result != SQLITE_DONE) {
        throw_fault(handle(), text);
    }
    return sqlite3_total_changes64(handle()) == changes_before ? 0 : sqlite3_changes64(handle());
}

void Connection::insert(const Rows& rows) {
    const auto text = insert_statement(rows);
    const Lease lease(*this, text);
    auto* statement = lease.statement().handle.get();
    const auto columns = rows.columns().size();
    for (std::size_t row = 0; row < rows.size(); ++row) {
        for (std::size_t column = 0; column < columns; ++column) {
            bind_one(statement, static_cast<int>(column) + 1, rows.value(row, column));
        }
        if (sqlite3_step(statement) != SQLITE_DONE) {
            throw_fault(handle(), text);
        }
        sqlite3_reset(statement);
    }
}

}  // namespace educard::sql::sqlite
