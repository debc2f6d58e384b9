#pragma once
// How C++ types travel to and from columns, and the templates that sql.hpp declares. Included by sql.hpp.

#include "sql/sql.hpp"

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>

#include <condition_variable>
#include <cstddef>
#include <limits>
#include <mutex>

namespace educard::sql {

/// Throws Error(internal, "sql.type"): the column does not hold what the code expects. Logged with the
/// column's name.
[[noreturn]] void throw_type_fault(const Row& row, int column, std::string_view expected);
/// Throws Error(internal, "sql.column"): the result has no column of that name.
[[noreturn]] void throw_missing_column(std::string_view name);

template <class T>
concept DescribedStruct = boost::describe::has_describe_members<T>::value && !std::is_union_v<T>;

template <class T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;

namespace detail {

inline Parameter integer_parameter(std::int64_t value) {
    return Parameter{.kind = Parameter::Kind::integer, .integer = value};
}
inline Parameter text_parameter(std::string_view text) {
    return Parameter{.kind = Parameter::Kind::text, .text = text};
}
inline Parameter bytes_parameter(ByteView bytes) {
    return Parameter{.kind = Parameter::Kind::bytes, .text = as_text(bytes)};
}
inline void require_value(const Row& row, int column, std::string_view expected) {
    if (row.is_null(column)) {
        throw_type_fault(row, column, expected);
    }
}

/// What a Column needs whose parameter is text that somebody else keeps.
struct BorrowedText {
    static std::string_view keep(std::string_view text) { return text; }
    static Parameter parameter(std::string_view text) { return text_parameter(text); }
};

}  // namespace detail

template <std::integral T>
struct Column<T> {
    static std::int64_t keep(T value) {
        if constexpr (sizeof(T) == sizeof(std::int64_t) && std::is_unsigned_v<T>) {
            EDU_ASSERT(value <= static_cast<T>(std::numeric_limits<std::int64_t>::max()));
        }
        return static_cast<std::int64_t>(value);
    }
    static Parameter parameter(std::int64_t value) { return detail::integer_parameter(value); }
    static T from(const Row& row, int column) {
        detail::require_value(row, column, "integer");
        const std::int64_t value = row.integer(column);
        if (!std::in_range<T>(value)) {
            throw_type_fault(row, column, "smaller integer");
        }
        return static_cast<T>(value);
    }
};

template <>
struct Column<bool> {
    static bool keep(bool value) { return value; }
    static Parameter parameter(bool value) { return detail::integer_parameter(value ? 1 : 0); }
    static bool from(const Row& row, int column) {
        detail::require_value(row, column, "boolean");
        return row.integer(column) != 0;
    }
};

template <>
struct Column<double> {
    static double keep(double value) { return value; }
    static Parameter parameter(double value) {
        return Parameter{.kind = Parameter::Kind::real, .real = value};
    }
    static double from(const Row& row, int column) {
        detail::require_value(row, column, "number");
        return row.real(column);
    }
};

template <>
struct Column<std::string> : detail::BorrowedText {
    static std::string from(const Row& row, int column) {
        detail::require_value(row, column, "text");
        return std::string(row.text(column));
    }
};

/// Read as a view, the text lives until the row's callback returns.
template <>
struct Column<std::string_view> : detail::BorrowedText {
    static std::string_view from(const Row& row, int column) {
        detail::require_value(row, column, "text");
        return row.text(column);
    }
};
template <>
struct Column<const char*> : detail::BorrowedText {};
template <>
struct Column<char*> : detail::BorrowedText {};

template <>
struct Column<Bytes> {
    static ByteView keep(ByteView bytes) { return bytes; }
    static Parameter parameter(ByteView bytes) { return detail::bytes_parameter(bytes); }
    static Bytes from(const Row& row, int column) {
        detail::require_value(row, column, "bytes");
        const ByteView bytes = row.bytes(column);
        return Bytes(bytes.begin(), bytes.end());
    }
};

/// Read as a view, the octets live until the row's callback returns.
template <>
struct Column<ByteView> {
    static ByteView keep(ByteView bytes) { return bytes; }
    static Parameter parameter(ByteView bytes) { return detail::bytes_parameter(bytes); }
    static ByteView from(const Row& row, int column) {
        detail::require_value(row, column, "bytes");
        return row.bytes(column);
    }
};

/// A digest or a key of fixed length.
template <std::size_t N>
struct Column<std::array<std::uint8_t, N>> {
    static ByteView keep(const std::array<std::uint8_t, N>& bytes) { return bytes; }
    static Parameter parameter(ByteView bytes) { return detail::bytes_parameter(bytes); }
    static std::array<std::uint8_t, N> from(const Row& row, int column) {
        detail::require_value(row, column, "bytes");
        const ByteView bytes = row.bytes(column);
        if (bytes.size() != N) {
            throw_type_fault(row, column, "bytes of another length");
        }
        std::array<std::uint8_t, N> result{};
        std::copy(bytes.begin(), bytes.end(), result.begin());
        return result;
    }
};

template <class Tag>
struct Column<Id<Tag>> {
    static std::int64_t keep(Id<Tag> id) { return id.value; }
    static Parameter parameter(std::int64_t value) { return detail::integer_parameter(value); }
    static Id<Tag> from(const Row& row, int column) {
        detail::require_value(row, column, "id");
        return Id<Tag>{row.integer(column)};
    }
};

template <>
struct Column<Time> {
    static std::int64_t keep(Time time) { return time.time_since_epoch().count(); }
    static Parameter parameter(std::int64_t value) { return detail::integer_parameter(value); }
    static Time from(const Row& row, int column) {
        detail::require_value(row, column, "time");
        return Time(Microseconds(row.integer(column)));
    }
};

template <>
struct Column<Date> {
    static std::string keep(Date date) { return to_text(date); }
    static Parameter parameter(std::string_view text) { return detail::text_parameter(text); }
    static Date from(const Row& row, int column) {
        detail::require_value(row, column, "date");
        const auto date = parse_date(row.text(column));
        if (!date) {
            throw_type_fault(row, column, "date");
        }
        return *date;
    }
};

template <DescribedEnum E>
struct Column<E> {
    static std::string_view keep(E value) {
        const char* name = boost::describe::enum_to_string(value, nullptr);
        EDU_ASSERT(name != nullptr);
        return name;
    }
    static Parameter parameter(std::string_view text) { return detail::text_parameter(text); }
    static E from(const Row& row, int column) {
        detail::require_value(row, column, "enumerator");
        E value{};
        const std::string name(row.text(column));
        if (!boost::describe::enum_from_string(name.c_str(), value)) {
            throw_type_fault(row, column, "enumerator");
        }
        return value;
    }
};

template <class T>
struct Column<std::optional<T>> {
    using Kept = decltype(Column<T>::keep(std::declval<const T&>()));
    static std::optional<Kept> keep(const std::optional<T>& value) {
        return value ? std::optional<Kept>(Column<T>::keep(*value)) : std::nullopt;
    }
    static Parameter parameter(const std::optional<Kept>& kept) {
        return kept ? Column<T>::parameter(*kept) : Parameter{};
    }
    static std::optional<T> from(const Row& row, int column) {
        return row.is_null(column) ? std::nullopt : std::optional<T>(Column<T>::from(row, column));
    }
};

/// Always NULL.
template <>
struct Column<std::nullopt_t> {
    static std::nullopt_t keep(std::nullopt_t none) { return none; }
    static Parameter parameter(std::nullopt_t) { return Parameter{}; }
};

namespace detail {

/// Where in a result the members of a described struct stand; found out once for each statement run.
template <class T>
class Mapping {
    using Members =
        boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;
    static constexpr std::size_t kMembers = boost::mp11::mp_size<Members>::value;

public:
    T make(const Row& row) {
        if (!known_) {
            find_columns(row);
        }
        T value{};
        std::size_t index = 0;
        boost::mp11::mp_for_each<Members>([&](auto member) {
            auto& field = value.*member.pointer;
            field = Column<std::remove_reference_t<decltype(field)>>::from(row, columns_[index++]);
        });
        return value;
    }

private:
    /// Statements mostly name columns in the order of the members: the search begins behind the last one.
    void find_columns(const Row& row) {
        const int count = row.columns();
        int next = 0;
        std::size_t index = 0;
        boost::mp11::mp_for_each<Members>([&](auto member) {
            const int column = find_column(row, count, next, member.name);
            columns_[index++] = column;
            next = column + 1;
        });
        known_ = true;
    }
    static int find_column(const Row& row, int count, int begin, std::string_view name) {
        for (int step = 0; step < count; ++step) {
            const int column = (begin + step) % count;
            if (row.name(column) == name) {
                return column;
            }
        }
        throw_missing_column(name);
    }

    std::array<int, kMembers> columns_{};
    bool known_ = false;
};

/// Anything but a described struct comes from the first column.
template <class T>
    requires(!DescribedStruct<T>)
class Mapping<T> {
public:
    T make(const Row& row) { return Column<T>::from(row, 0); }
};

/// Lets a thread wait for one Done.
class Waiter {
public:
    void finish(std::exception_ptr fault) {
        const std::lock_guard lock(mutex_);
        fault_ = std::move(fault);
        finished_ = true;
        changed_.notify_one();  // under the lock: the waiter destroys us as soon as it has it
    }
    void wait() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return finished_; });
        if (fault_) {
            std::rethrow_exception(fault_);
        }
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::exception_ptr fault_;
    bool finished_ = false;
};

}  // namespace detail

template <class T>
T Row::as() const {
    return detail::Mapping<T>().make(*this);
}

template <class T, class... P>
std::vector<T> Tx::list(std::string_view statement, const P&... parameters) {
    std::vector<T> rows;
    detail::Mapping<T> mapping;
    each(statement, [&](const Row& row) { rows.push_back(mapping.make(row)); }, parameters...);
    return rows;
}

template <class T, class... P>
std::optional<T> Tx::find(std::string_view statement, const P&... parameters) {
    std::optional<T> found;
    each(
        statement,
        [&](const Row& row) {
            if (!found) {
                found.emplace(detail::Mapping<T>().make(row));
            }
        },
        parameters...);
    return found;
}

template <class Function, class Submit>
auto Database::wait(Function&& function, Submit submit) {
    using Result = std::invoke_result_t<Function&, Tx&>;
    detail::Waiter waiter;
    const auto finish = [&waiter](std::exception_ptr fault) { waiter.finish(std::move(fault)); };
    if constexpr (std::is_void_v<Result>) {
        submit([&function](Tx& tx) { function(tx); }, finish);
        waiter.wait();
    } else {
        std::optional<Result> result;
        submit([&function, &result](Tx& tx) { result.emplace(function(tx)); }, finish);
        waiter.wait();
        return Result(std::move(*result));
    }
}

}  // namespace educard::sql
