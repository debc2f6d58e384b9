// COPY … FROM STDIN in the binary format (PostgreSQL manual, COPY, "Binary Format"): a head, for each row the
// number of its fields and for each field its length and octets, and a tail. libpq does not copy in pipeline
// mode, so that is left for as long as the copying takes.
#include "sql/postgres/connection.hpp"
#include "sql/postgres/types.hpp"
#include "sql/rows.hpp"

#include <bit>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

namespace educard::sql::postgres {

namespace {

using namespace std::string_view_literals;

constexpr auto kHead = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"sv;
constexpr auto kTail = "\377\377"sv;
constexpr std::size_t kPiece = 256 << 10;  // octets handed to libpq at once

template <class Unsigned>
void add_big_endian(std::string& out, Unsigned value) {
    for (int shift = static_cast<int>(sizeof value) * 8 - 8; shift >= 0; shift -= 8) {
        out += static_cast<char>(value >> static_cast<unsigned>(shift));
    }
}

template <class Unsigned>
void add_number(std::string& out, Unsigned value) {
    add_big_endian(out, static_cast<std::uint32_t>(sizeof value));
    add_big_endian(out, value);
}

/// False when a value of that kind has no form in a column of that type.
bool add_field(std::string& out, const Parameter& value, Oid type) {
    const auto number = static_cast<std::uint64_t>(value.integer);
    switch (value.kind) {
        case Parameter::Kind::null:
            add_big_endian(out, ~std::uint32_t{0});
            return true;
        case Parameter::Kind::text:
        case Parameter::Kind::bytes:
            add_big_endian(out, static_cast<std::uint32_t>(value.text.size()));
            out += value.text;
            return (type == kBytea) == (value.kind == Parameter::Kind::bytes);
        case Parameter::Kind::real:
            add_number(out, std::bit_cast<std::uint64_t>(value.real));
            return type == kFloat8;
        case Parameter::Kind::integer:
            break;
    }
    switch (type) {
        case kInt8:
            add_number(out, number);
            return true;
        case kInt4:
            add_number(out, static_cast<std::uint32_t>(number));
            return std::in_range<std::int32_t>(value.integer);
        case kBool:
            add_number(out, static_cast<std::uint8_t>(number));
            return value.integer == 0 || value.integer == 1;
        case kFloat8:
            add_number(out, std::bit_cast<std::uint64_t>(static_cast<double>(value.integer)));
            return true;
        default:
            return false;
    }
}

bool add_row(std::string& out, const Rows& rows, std::size_t row, const std::vector<Oid>& types) {
    add_big_endian(out, static_cast<std::uint16_t>(types.size()));
    bool fits = true;
    for (std::size_t column = 0; column < types.size(); ++column) {
        fits = add_field(out, rows.value(row, column), types[column]) && fits;
    }
    return fits;
}

}  // namespace

std::vector<Oid> Connection::types_of(const Rows& rows) {
    const auto question =
        fmt::format("SELECT {} FROM {} LIMIT 0", fmt::join(rows.columns(), ", "), rows.table());
    send_plain(question);
    const auto result = exchange(question);
    std::vector<Oid> types;
    for (int column = 0; column < PQnfields(result.get()); ++column) {
        types.push_back(PQftype(result.get(), column));
    }
    return types;
}

void Connection::begin_copy(const std::string& statement) {
    if (PQexitPipelineMode(handle_.get()) != 1) {
        lose(statement);
    }
    const ResultHandle result(PQexec(handle_.get(), statement.c_str()));
    if (PQresultStatus(result.get()) != PGRES_COPY_IN) {
        PQenterPipelineMode(handle_.get());
        fail(result.get(), statement);
    }
}

void Connection::put(std::string_view octets, const std::string& statement) {
    if (PQputCopyData(handle_.get(), octets.data(), static_cast<int>(octets.size())) != 1) {
        lose(statement);
    }
}

void Connection::end_copy(const std::string& statement) {
    ResultHandle fault;
    while (auto result = ResultHandle(PQgetResult(handle_.get()))) {
        if (PQresultStatus(result.get()) != PGRES_COMMAND_OK && !fault) {
            fault = std::move(result);
        }
    }
    if (PQstatus(handle_.get()) != CONNECTION_OK || PQenterPipelineMode(handle_.get()) != 1) {
        lose(statement);
    }
    if (fault) {
        fail(fault.get(), statement);
    }
}

void Connection::insert(const Rows& rows) {
    const auto types = types_of(rows);  // also sends the BEGIN on its way, which COPY cannot travel with
    const auto statement =
        fmt::format("COPY {} ({}) FROM STDIN (FORMAT binary)", rows.table(), fmt::join(rows.columns(), ", "));
    begin_copy(statement);
    std::string out(kHead);
    bool fits = true;
    for (std::size_t row = 0; row < rows.size() && fits; ++row) {
        fits = add_row(out, rows, row, types);
        if (out.size() > kPiece) {
            put(out, statement);
            out.clear();
        }
    }
    put(out.append(kTail), statement);
    if (PQputCopyEnd(handle_.get(), fits ? nullptr : "a value does not fit its column") != 1) {
        lose(statement);
    }
    end_copy(statement);
}

}  // namespace educard::sql::postgres
