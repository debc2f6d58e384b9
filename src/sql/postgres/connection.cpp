#include "sql/postgres/connection.hpp"

#include "sql/counter.hpp"

#include <array>
#include <chrono>
#include <fmt/format.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <utility>

namespace educard::sql::postgres {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxStatements = 512;
constexpr int kBinary = 1;
constexpr std::size_t kMaxPosted = 64;  // their answers must fit into what the kernel keeps for us

constexpr auto kPatience = 5s;  // beyond the time after which the server itself ends a statement

/// What a SQLSTATE means to a caller (PostgreSQL manual, appendix A).
Error fault_of(std::string_view state) {
    if (state == "23505") {
        return Error(Fault::conflict, "sql.duplicate");
    }
    if (state == "23503") {
        return Error(Fault::conflict, "sql.reference");
    }
    if (state == "57014") {
        return Error(Fault::unavailable, "sql.timeout").retry_after(5s);
    }
    if (state == "53100") {
        return Error(Fault::unavailable, "sql.disk_full").retry_after(30s);
    }
    if (state == "53200") {
        return Error(Fault::unavailable, "sql.memory").retry_after(5s);
    }
    if (state.starts_with("53")) {
        return Error(Fault::unavailable, "sql.busy").retry_after(5s);
    }
    if (state.starts_with("58")) {
        return Error(Fault::unavailable, "sql.io").retry_after(30s);
    }
    if (state == "XX001" || state == "XX002") {
        return Error(Fault::unavailable, "sql.corrupt").retry_after(300s);
    }
    if (state.starts_with("54")) {
        return Error(Fault::too_large, "sql.too_large");
    }
    return Error(Fault::internal, "sql.statement");
}

/// Admin shutdown, crash shutdown, still starting, too many clients, or the connection itself.
bool is_lost(std::string_view state) {
    return state.starts_with("08") || state == "57P01" || state == "57P02" || state == "57P03" ||
           state == "57P05" || state == "53300";
}

/// Serialization, deadlock, a lock that was not to be had.
bool is_passing(std::string_view state) {
    return state == "40001" || state == "40P01" || state == "55P03";
}

std::string_view field(const PGresult* result, int which) {
    const char* text = PQresultErrorField(result, which);
    return text == nullptr ? std::string_view() : std::string_view(text);
}

/// Another session made the same table or schema at the same moment. IF NOT EXISTS looks once, so whatever
/// comes next refuses the second: the table, its type, or the catalogue's own index.
bool is_made_by_another(std::string_view state, std::string_view statement) {
    const bool exists = state == "42P07" || state == "42710" || state == "42P06" || state == "23505";
    return exists && statement.starts_with("CREATE") && statement.contains(" IF NOT EXISTS ");
}

/// Parameters as libpq wants them. Text and octets go as they are, in binary; numbers as text, so that the
/// server may take them for whatever type the statement asks for (a boolean, for one).
class Values {
public:
    explicit Values(std::span<const Parameter> parameters)
        : numbers_(parameters.size()),
          values_(parameters.size()),
          lengths_(parameters.size()),
          formats_(parameters.size()) {
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            set(i, parameters[i]);
        }
    }
    int count() const { return static_cast<int>(values_.size()); }
    const char* const* values() const { return values_.data(); }
    const int* lengths() const { return lengths_.data(); }
    const int* formats() const { return formats_.data(); }

private:
    void set(std::size_t i, const Parameter& parameter) {
        switch (parameter.kind) {
            case Parameter::Kind::null:
                break;
            case Parameter::Kind::integer:
                numbers_[i] = fmt::to_string(parameter.integer);
                values_[i] = numbers_[i].c_str();
                break;
            case Parameter::Kind::real:
                numbers_[i] = fmt::to_string(parameter.real);
                values_[i] = numbers_[i].c_str();
                break;
            case Parameter::Kind::text:
            case Parameter::Kind::bytes:
                values_[i] = parameter.text.data() == nullptr ? "" : parameter.text.data();
                lengths_[i] = static_cast<int>(parameter.text.size());
                formats_[i] = kBinary;
                break;
        }
    }

    std::vector<std::string> numbers_;
    std::vector<const char*> values_;
    std::vector<int> lengths_;
    std::vector<int> formats_;
};

}  // namespace

ConnectionLost::ConnectionLost() : Error(Error(Fault::unavailable, "sql.unreachable").retry_after(2s)) {}

TryAgain::TryAgain() : Error(Error(Fault::unavailable, "sql.busy").retry_after(1s)) {}

Connection::Connection(const Options& options, Mode mode)
    : handle_(connect(options, Via::as_configured)), mode_(mode), prepares_(!options.transaction_pooling) {
    if (PQstatus(handle_.get()) != CONNECTION_OK) {
        lose("connecting");
    }
    PQsetNoticeReceiver(handle_.get(), &hear_notice, this);
    if (options.statement_timeout_ms > 0) {
        patience_ = std::chrono::milliseconds(options.statement_timeout_ms) + kPatience;
    }
    if (PQenterPipelineMode(handle_.get()) != 1) {
        lose("entering pipeline mode");
    }
    begin_ = mode == Mode::read ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                                : "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
    settings_ = {fmt::format("statement_timeout = {}", options.statement_timeout_ms)};
    if (!options.schema.empty()) {
        settings_.push_back("search_path = " + options.schema);
    }
    if (prepares_) {
        for (const auto& setting : settings_) {
            send_plain("SET " + setting);
        }
        exchange("SET");
        settings_.clear();
    }
}

void Connection::begin() {
    if (prepared_.size() >= kMaxStatements) {
        send_plain("DEALLOCATE ALL");
        prepared_.clear();
    }
    send_plain(begin_);
    for (const auto& setting : settings_) {
        send_plain("SET LOCAL " + setting);
    }
    in_transaction_ = true;
    takes_time_ = false;
}

void Connection::take_time() {
    send_plain("SET LOCAL statement_timeout = 0");
    takes_time_ = true;
}

void Connection::send_plain(const std::string& statement) {
    if (PQsendQueryParams(handle_.get(), statement.c_str(), 0, nullptr, nullptr, nullptr, nullptr, kBinary) !=
        1) {
        lose(statement);
    }
    sent_.push_back({.statement = statement});
}

/// The name under which the statement is known to the server, or will be when it gets there.
const std::string& Connection::prepare(std::string_view statement) {
    const auto found = prepared_.find(statement);
    if (found != prepared_.end()) {
        return found->second;
    }
    const auto added = prepared_.emplace(std::string(statement), fmt::format("s{}", ++names_)).first;
    if (PQsendPrepare(handle_.get(), added->second.c_str(), added->first.c_str(), 0, nullptr) != 1) {
        lose(statement);
    }
    sent_.push_back({.statement = added->first, .prepares = true});
    return added->second;
}

void Connection::send(std::string_view statement, std::span<const Parameter> parameters) {
    count_statement();
    const Values values(parameters);
    int sent = 0;
    if (prepares_) {
        const auto& name = prepare(statement);
        sent = PQsendQueryPrepared(handle_.get(),
                                   name.c_str(),
                                   values.count(),
                                   values.values(),
                                   values.lengths(),
                                   values.formats(),
                                   kBinary);
    } else {
        sent = PQsendQueryParams(handle_.get(),
                                 std::string(statement).c_str(),
                                 values.count(),
                                 nullptr,
                                 values.values(),
                                 values.lengths(),
                                 values.formats(),
                                 kBinary);
    }
    if (sent != 1) {
        lose(statement);
    }
    sent_.push_back({.statement = std::string(statement)});
}

void Connection::hear_notice(void* self, const PGresult* notice) {
    const auto severity = field(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    static_cast<Connection*>(self)->warned_ |= severity == "WARNING";
}

/// A server that hangs (its disk does, for one) keeps its connections open and answers nothing.
ResultHandle Connection::next_result(std::string_view statement) {
    const auto begin = std::chrono::steady_clock::now();
    while (PQisBusy(handle_.get()) != 0) {
        int wait_ms = -1;
        if (patience_ && !takes_time_) {
            const auto left = *patience_ - (std::chrono::steady_clock::now() - begin);
            wait_ms = static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count());
            if (wait_ms <= 0) {
                lose(fmt::format("waiting for an answer to {}", statement));
            }
        }
        pollfd waited{.fd = PQsocket(handle_.get()), .events = POLLIN, .revents = 0};
        if (::poll(&waited, 1, wait_ms) > 0 && PQconsumeInput(handle_.get()) != 1) {
            break;  // the result tells what happened
        }
    }
    return ResultHandle(PQgetResult(handle_.get()));
}

/// Sends what waits, and reads the answer to each; gives the last one, which is that of `statement`.
ResultHandle Connection::exchange(std::string_view statement) {
    if (PQpipelineSync(handle_.get()) != 1) {
        lose(statement);
    }
    ResultHandle last;
    ResultHandle fault;
    std::size_t answered = 0;
    while (true) {
        ResultHandle result = next_result(statement);
        if (!result) {
            if (PQstatus(handle_.get()) != CONNECTION_OK) {
                lose(statement);
            }
            continue;  // between the answers
        }
        const auto status = PQresultStatus(result.get());
        if (status == PGRES_PIPELINE_SYNC) {
            break;
        }
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
            ++answered;
            last = std::move(result);
        } else if (!fault && status != PGRES_PIPELINE_ABORTED) {
            fault = std::move(result);
        }
    }
    const auto sent = std::exchange(sent_, {});
    for (std::size_t i = answered; i < sent.size(); ++i) {
        if (sent[i].prepares) {
            prepared_.erase(sent[i].statement);  // the server never got to it
        }
    }
    if (fault) {
        fail(fault.get(), answered < sent.size() ? sent[answered].statement : statement);
    }
    return last;
}

void Connection::post(std::string_view statement, std::span<const Parameter> parameters) {
    send(statement, parameters);
    if (sent_.size() >= kMaxPosted) {
        exchange(statement);
    }
}

std::int64_t Connection::run(std::string_view statement,
                             std::span<const Parameter> parameters,
                             const std::function<void(const Row&)>& use) {
    send(statement, parameters);
    const auto result = exchange(statement);
    if (use) {
        for (int row = 0; row < PQntuples(result.get()); ++row) {
            use(ResultRow(result.get(), row));
        }
    }
    const std::string_view tag = PQcmdStatus(result.get());
    if (tag.starts_with("SELECT")) {
        return 0;
    }
    const std::string_view changed = PQcmdTuples(result.get());
    return changed.empty() ? 0 : std::stoll(std::string(changed));
}

void Connection::commit() {
    warned_ = false;
    send_plain("COMMIT");
    const auto result = exchange("COMMIT");
    in_transaction_ = false;
    if (warned_) {
        lose("COMMIT, which the synchronous standby did not confirm");
    }
    EDU_ASSERT(std::string_view(PQcmdStatus(result.get())) == "COMMIT");
}

void Connection::roll_back() noexcept {
    if (!in_transaction_) {
        return;
    }
    in_transaction_ = false;
    // What was posted may fail only now, and then the server skips the ROLLBACK behind it.
    for (int attempt = 0; attempt < 2; ++attempt) {
        try {
            send_plain("ROLLBACK");
            exchange("ROLLBACK");
            return;
        } catch (const ConnectionLost&) {  // the server rolls back what it lost touch with
            return;
        } catch (const Error&) {  // logged where it was thrown
        }
    }
}

void Connection::lose(std::string_view doing) {
    // The message names hosts and users, never data.
    spdlog::warn("postgres: connection lost in {}: {}", doing, PQerrorMessage(handle_.get()));
    throw ConnectionLost();
}

void Connection::fail(const PGresult* result, std::string_view statement) {
    const auto state = field(result, PG_DIAG_SQLSTATE);
    const bool no_longer_primary = state == "25006" && mode_ == Mode::write;
    if (is_lost(state) || no_longer_primary || PQstatus(handle_.get()) != CONNECTION_OK) {
        lose(statement);
    }
    const bool plan_changed =
        state == "0A000" && field(result, PG_DIAG_SOURCE_FUNCTION) == "RevalidateCachedQuery";
    if (is_passing(state) || plan_changed || is_made_by_another(state, statement)) {
        spdlog::info("postgres: {} in: {}", state, statement);
        if (plan_changed) {
            prepared_.clear();  // under new names; the old ones go with the connection
        }
        throw TryAgain();
    }
    Error error = fault_of(state);
    // Class 22 quotes the value that did not fit.
    const auto words =
        state.starts_with("22") ? std::string_view("data exception") : field(result, PG_DIAG_MESSAGE_PRIMARY);
    spdlog::log(error.fault() == Fault::conflict ? spdlog::level::info : spdlog::level::err,
                "postgres fault {} ({}) in: {}",
                state,
                words,
                statement);
    throw error;
}

}  // namespace educard::sql::postgres
