#pragma once
// The engine-neutral face of the database: transactions, statements and rows. Modules write one SQL text for
// every engine ($1 parameters, standard SQL) and stay correct under READ COMMITTED: a state change is a
// conditional UPDATE whose affected rows are counted, uniqueness is INSERT … ON CONFLICT DO NOTHING whose
// affected rows are counted. A Database outlives its Tx; a Tx lives for one call of the function that it is
// given to and stays on its thread.

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace educard::sql {

/// A parameter on its way to the engine; text and bytes are borrowed for the length of the call.
struct Parameter {
    enum class Kind { null, integer, real, text, bytes };
    Kind kind = Kind::null;
    std::int64_t integer = 0;
    double real = 0;
    std::string_view text{};  // also the octets when kind is bytes
};

/// How a C++ type travels to and from a column. Specialised in sql/types.hpp for integers, bool, double,
/// text, Bytes, Id, Time (microseconds), Date (text), std::optional and described enums (text: the
/// enumerator's name).
template <class T>
struct Column;

/// One row of a result, valid until the callback returns.
class Row {
public:
    virtual ~Row() = default;
    virtual int columns() const = 0;
    virtual std::string_view name(int column) const = 0;
    virtual bool is_null(int column) const = 0;
    virtual std::int64_t integer(int column) const = 0;
    virtual double real(int column) const = 0;
    virtual std::string_view text(int column) const = 0;
    virtual ByteView bytes(int column) const = 0;
    /// Whatever stands there, as the parameter that would write it.
    virtual Parameter value(int column) const = 0;

    /// The column as T. Throws Error(internal) when it is NULL and T is not optional.
    template <class T>
    T get(int column) const {
        return Column<T>::from(*this, column);
    }
    /// The whole row as T: a described struct is filled by column name, anything else from the first column.
    template <class T>
    T as() const;
};

class Rows;

/// A statement that fails (a constraint, a full disk) fails the whole transaction, on every engine: what
/// follows it is refused, and nothing remains even when the function swallows the error.
class Tx {
public:
    virtual ~Tx() = default;
    Tx(const Tx&) = delete;
    Tx& operator=(const Tx&) = delete;

    /// Runs a statement that returns no rows; gives the number of rows it changed.
    template <class... P>
    std::int64_t execute(std::string_view statement, const P&... parameters) {
        const Bound<P...> bound(parameters...);
        return run(statement, bound.list, nullptr);
    }

    /// Like execute, for a statement whose count nobody needs and that only a defect makes fail: an engine
    /// that is asked over a network sends it together with the next statement that has an answer, or the
    /// commit. A fault is thrown there.
    template <class... P>
    void post(std::string_view statement, const P&... parameters) {
        const Bound<P...> bound(parameters...);
        send(statement, bound.list);
    }

    /// Like execute, with parameters whose number and types are known only at run time.
    std::int64_t execute_list(std::string_view statement, std::span<const Parameter> parameters) {
        return run(statement, parameters, nullptr);
    }

    /// Calls `use(const Row&)` for each row.
    template <class Use, class... P>
    void each(std::string_view statement, Use&& use, const P&... parameters) {
        const Bound<P...> bound(parameters...);
        run(statement, bound.list, [&use](const Row& row) { use(row); });
    }

    /// All rows as T: a described struct is filled by column name, anything else from the first column.
    template <class T, class... P>
    std::vector<T> list(std::string_view statement, const P&... parameters);

    /// The first row as T, or nothing.
    template <class T, class... P>
    std::optional<T> find(std::string_view statement, const P&... parameters);

    /// Inserts all of the rows (sql/rows.hpp), faster by far than one statement for each: one prepared
    /// statement that is run again and again, or COPY. A duplicate fails all.
    virtual void insert(const Rows& rows) = 0;

    /// Lets the statements of this transaction take as long as they need: a schema step or an index at the
    /// size of a province. Time-outs are back with the next transaction.
    virtual void take_time() {}

    /// Runs after the commit is durable, on a database thread: wake a job, tell the bus. Must not throw and
    /// must not touch the database. Dropped when the transaction is rolled back.
    virtual void after_commit(std::move_only_function<void()> action) = 0;

protected:
    Tx() = default;
    virtual std::int64_t run(std::string_view statement,
                             std::span<const Parameter> parameters,
                             const std::function<void(const Row&)>& use) = 0;
    virtual void send(std::string_view statement, std::span<const Parameter> parameters) {
        run(statement, parameters, nullptr);
    }

private:
    template <class... P>
    struct Bound {  // keeps what a parameter had to be turned into (a Date's text) alive for the call
        explicit Bound(const P&... parameters)
            : kept(Column<std::decay_t<P>>::keep(parameters)...),
              list(make(std::index_sequence_for<P...>())) {}
        template <std::size_t... I>
        std::array<Parameter, sizeof...(P)> make(std::index_sequence<I...>) const {
            return {Column<std::decay_t<P>>::parameter(std::get<I>(kept))...};
        }
        std::tuple<decltype(Column<std::decay_t<P>>::keep(std::declval<const P&>()))...> kept;
        std::array<Parameter, sizeof...(P)> list;
    };
};

using Work = std::move_only_function<void(Tx&)>;
/// Called once, on a database thread, when the work's commit is durable (null) or it failed (what was
/// thrown). Must not throw.
using Done = std::move_only_function<void(std::exception_ptr)>;

/// Called with what another process told, or with nothing when some of it may have been missed. On a thread
/// of the engine's own, one call at a time; must not throw.
using Hear = std::move_only_function<void(std::optional<std::string>)>;

/// Hears what the engine does, for metrics; on database threads. Must not throw, wait, or touch the database.
class Watcher {
public:
    virtual ~Watcher() = default;
    /// So many transactions were made durable together, and this is how long making them durable took.
    virtual void committed(std::size_t transactions, std::chrono::duration<double> time) = 0;
    /// So long a read waited for a reader.
    virtual void read_waited(std::chrono::duration<double> time) = 0;
};

/// Any thread may call any member. Throws Error(unavailable, "sql.busy") when too much is queued already.
class Database {
public:
    virtual ~Database() = default;

    /// Queues work that only reads, on one consistent snapshot.
    virtual void submit_read(Work work, Done done) = 0;
    /// Queues work that writes. It may run again from the start when the engine asks for that; so it must not
    /// have effects outside its Tx (use after_commit). When it throws, nothing of it remains.
    virtual void submit_write(Work work, Done done) = 0;

    /// A consistent copy of a running database, written beside `target` and moved there when it is whole,
    /// checked and on the disk; what a killed backup to the same place left is cleared. Throws Error
    /// "sql.backup_exists" and "sql.backup_damaged".
    virtual void backup(const std::string& target) = 0;
    /// Asks the engine to check its own files; empty when all is well.
    virtual std::vector<std::string> integrity_faults() = 0;

    /// Tells the other processes that use this database something worth knowing at once and not worth
    /// keeping, at most 7,900 octets without NUL. May get lost. The embedded engine has no others to tell.
    virtual void tell_others(std::string /*message*/) {}
    virtual void hear_others(Hear /*hear*/) {}

    /// Outlives the database. Once, before it is used by several threads.
    virtual void watch(Watcher& watcher) = 0;
    struct Queued {
        std::size_t writes = 0;
        std::size_t reads = 0;
    };
    virtual Queued queued() const = 0;
    /// Whether the latest transaction that wanted to write found no room on the disk.
    virtual bool is_full() const = 0;

    /// "sqlite" or "postgres".
    virtual std::string_view engine() const = 0;

    /// Runs `function(Tx&)` and waits for it. Not from I/O threads, and not from inside another Tx.
    template <class Function>
    auto read(Function&& function) {
        return wait<Function>(std::forward<Function>(function), [this](Work work, Done done) {
            submit_read(std::move(work), std::move(done));
        });
    }
    /// Like read, and what it wrote is durable when this returns.
    template <class Function>
    auto write(Function&& function) {
        return wait<Function>(std::forward<Function>(function), [this](Work work, Done done) {
            submit_write(std::move(work), std::move(done));
        });
    }

private:
    template <class Function, class Submit>
    static auto wait(Function&& function, Submit submit);
};

/// Opens by URL: "sqlite:/path/to/educard.db", or "sqlite::memory:" for tests (a file that goes away with the
/// Database). Options follow a question mark: readers (threads, 2), read_queue (1024), write_queue (4096),
/// cache_mb (64), mmap_mb (1024), durable (yes; no: commits are not synced), sort (memory, or disk). Or
/// "postgresql://user@host1,host2/name": see sql/postgres/options.hpp. Throws Error on failure. Destroying it
/// finishes what is queued, and waits for that.
std::unique_ptr<Database> open(const std::string& url);

/// One numbered step of one module: `src/modules/cards/migrations/0060_x.sql`, in the order of their
/// four-digit numbers, which are unique over the whole program, so that a later module may refer to an
/// earlier one's tables.
struct Migration {
    int number = 0;
    std::string name;
    std::string sql;  // statements, each ended by a semicolon
    /// The step that a program must know to run on a database with this one: 0 for none, so that version N
    /// goes on while N+1 is rolled out; this step itself when nothing is said. In the file a line
    /// "-- needs: none" or "-- needs: 0060".
    std::optional<int> needs;
};

/// All migrations that were built into the program for this engine ("sqlite" or "postgres"), in order. For an
/// engine, `0060_x.postgres.sql` takes the place of `0060_x.sql`.
std::vector<Migration> embedded_migrations(std::string_view engine);

/// The tables that have rows as soon as the schema is made.
std::vector<std::string> seeded_tables(std::span<const Migration> migrations);

/// Whether the database has such a table.
bool has_table(Database& database, std::string_view name);

/// Whether no migration was ever begun.
bool is_empty(Database& database);

/// The names of the steps that are still to be applied and that some program of the database as it is could
/// not go on with: every such program has to be stopped before migrate().
std::vector<std::string> disruptive_steps(Database& database, std::span<const Migration> migrations);

/// Brings the schema up to date; each step in a transaction of its own. Gives the numbers that were applied.
/// Throws Error when the database has a step that only newer programs can run on ("sql.newer_database") or a
/// step that was applied has been edited since ("sql.edited_migration").
std::vector<int> migrate(Database& database, std::span<const Migration> migrations);

}  // namespace educard::sql

#include "sql/types.hpp"  // IWYU pragma: export
