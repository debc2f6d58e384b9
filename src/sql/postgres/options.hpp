#pragma once
// What a PostgreSQL database is opened with; parsed from its URL.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace educard::sql::postgres {

struct Options {
    std::string connection;   // libpq's URI, without our own options
    std::size_t readers = 4;  // threads, each with a connection
    std::size_t writers = 4;
    std::size_t read_queue = 1024;
    std::size_t write_queue = 4096;
    std::int64_t statement_timeout_ms = 30'000;
    std::int64_t connect_wait_ms =
        2'000;  // how long work waits for a server that is away before it is refused
    /// True behind a pooler that gives each transaction another server connection (PgBouncer's transaction
    /// mode): nothing may be kept on the connection, so statements are prepared anew for each transaction.
    bool transaction_pooling = false;
    std::string
        direct_host;  // where messages between nodes are listened for when `connection` leads to a pooler
    std::string direct_port;
    std::string schema;  // empty: the server's search path
};

/// "postgresql://user@host1,host2/name?target_session_attrs=read-write&writers=8": libpq's connection URI
/// (PostgreSQL manual, 34.1.1.2) with the options above beside libpq's own. A server that can write is asked
/// for unless the URL says otherwise. Throws Error(invalid) with field "database" for anything else.
Options parse_url(std::string_view url);

/// A connection string without the password, and the password.
struct WithoutPassword {
    std::string connection;
    std::string password;
};
/// For what other programs are started with, where arguments can be read by everybody.
/// Leads to the server itself where `options` name it: session settings that pg_dump makes would stay on a
/// pooler's connection.
WithoutPassword directly_without_password(const Options& options);

}  // namespace educard::sql::postgres
