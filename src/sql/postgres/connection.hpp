#pragma once
// One connection to a PostgreSQL server, spoken to in pipeline mode (PostgreSQL manual, 34.5): a statement
// travels together with what prepares it, with the BEGIN before it and with what was posted before it, so
// that each costs one round trip. Belongs to one thread at a time.

#include "sql/postgres/connect.hpp"
#include "sql/sql.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace educard::sql::postgres {

/// The connection is gone, or leads to a server that no longer takes writes: another one is needed.
class ConnectionLost final : public Error {
public:
    ConnectionLost();
};

/// The server rolled the transaction back so that others could go on (serialization, deadlock): the same work
/// may succeed when it is run again.
class TryAgain final : public Error {
public:
    TryAgain();
};

class Connection {
public:
    enum class Mode { read, write };

    /// Throws ConnectionLost when no server answers.
    Connection(const Options& options, Mode mode);
    Connection(Connection&&) = delete;  // libpq knows its address

    /// Is sent together with the first statement.
    void begin();
    /// Runs one statement; see Tx. Throws ConnectionLost, TryAgain, or what the fault means to a caller.
    std::int64_t run(std::string_view statement,
                     std::span<const Parameter> parameters = {},
                     const std::function<void(const Row&)>& use = nullptr);
    /// Has a statement sent together with the next one that is run, or the commit, which throw what it
    /// throws.
    void post(std::string_view statement, std::span<const Parameter> parameters);
    /// Inserts the rows with COPY in its binary format. Throws as run does.
    void insert(const Rows& rows);
    /// No time-out for this transaction, neither the server's nor our own patience.
    void take_time();
    /// Throws ConnectionLost when the answer did not arrive, or came with a warning: the server stopped
    /// waiting for its synchronous standby. Then nobody knows whether it is committed for good.
    void commit();
    /// Ends a transaction without complaint when there is none.
    void roll_back() noexcept;

private:
    struct TextHash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    struct Sent {
        std::string statement;
        bool prepares = false;  // is not run yet
    };

    void send_plain(const std::string& statement);
    void send(std::string_view statement, std::span<const Parameter> parameters);
    const std::string& prepare(std::string_view statement);
    ResultHandle exchange(std::string_view statement);
    ResultHandle next_result(std::string_view statement);
    static void hear_notice(void* self, const PGresult* notice);
    std::vector<Oid> types_of(const Rows& rows);
    void begin_copy(const std::string& statement);
    void put(std::string_view octets, const std::string& statement);
    void end_copy(const std::string& statement);
    [[noreturn]] void lose(std::string_view doing);
    [[noreturn]] void fail(const PGresult* result, std::string_view statement);

    ConnectionHandle handle_;
    Mode mode_;
    bool prepares_;                                      // statements by name; not behind a pooler
    std::string begin_;                                  // what opens a transaction
    std::vector<std::string> settings_;                  // what each transaction has to set for itself
    std::optional<std::chrono::milliseconds> patience_;  // how long an answer may take
    bool takes_time_ = false;                            // this transaction
    bool in_transaction_ = false;
    bool warned_ = false;
    std::vector<Sent> sent_;  // for each answer to come
    std::unordered_map<std::string, std::string, TextHash, std::equal_to<>> prepared_;  // text → name
    std::uint64_t names_ = 0;
};

/// Results of a query as rows. Columns arrive in binary.
class ResultRow final : public Row {
public:
    ResultRow(const PGresult* result, int row) : result_(result), row_(row) {}

    int columns() const override { return PQnfields(result_); }
    std::string_view name(int column) const override { return PQfname(result_, column); }
    bool is_null(int column) const override { return PQgetisnull(result_, row_, column) != 0; }
    std::int64_t integer(int column) const override;
    double real(int column) const override;
    std::string_view text(int column) const override;
    ByteView bytes(int column) const override;
    Parameter value(int column) const override;

private:
    std::string_view octets(int column) const;

    const PGresult* result_;
    int row_;
};

}  // namespace educard::sql::postgres
