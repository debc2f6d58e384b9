#pragma once
// Rows for one table on their way into it in bulk (Tx::insert). They own what they hold, so that one thread
// may gather them and another write them. Belongs to one thread at a time.

#include "sql/sql.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace educard::sql {

class Rows {
public:
    /// At least one column.
    Rows(std::string table, std::vector<std::string> columns);

    /// One value for each column, in their order.
    void add(std::span<const Parameter> values);
    /// The same from values of any type that a statement takes as parameters.
    template <class... T>
    void add_values(const T&... values) {
        const auto kept = std::make_tuple(Column<std::decay_t<T>>::keep(values)...);
        add(std::apply(
            [](const auto&... one) {
                return std::array<Parameter, sizeof...(T)>{Column<std::decay_t<T>>::parameter(one)...};
            },
            kept));
    }
    /// Forgets the rows; what they took is used again.
    void clear();

    const std::string& table() const { return table_; }
    const std::vector<std::string>& columns() const { return columns_; }
    std::size_t size() const { return values_.size() / columns_.size(); }
    bool empty() const { return values_.empty(); }
    /// What the values take in memory.
    std::size_t octets() const { return values_.size() * sizeof(Value) + texts_.size(); }
    /// Valid until rows are added or cleared.
    Parameter value(std::size_t row, std::size_t column) const;
    /// One of them as a T, as if it came from the table: what is here only under these column names.
    template <class T>
    T as(std::size_t row) const {
        return View(*this, row).as<T>();
    }

private:
    class View final : public Row {
    public:
        View(const Rows& rows, std::size_t row) : rows_(rows), row_(row) {}
        int columns() const override { return static_cast<int>(rows_.columns_.size()); }
        std::string_view name(int column) const override {
            return rows_.columns_[static_cast<std::size_t>(column)];
        }
        bool is_null(int column) const override { return value(column).kind == Parameter::Kind::null; }
        std::int64_t integer(int column) const override {
            return get(column, Parameter::Kind::integer).integer;
        }
        double real(int column) const override { return get(column, Parameter::Kind::real).real; }
        std::string_view text(int column) const override { return get(column, Parameter::Kind::text).text; }
        ByteView bytes(int column) const override {
            return as_bytes(get(column, Parameter::Kind::bytes).text);
        }
        Parameter value(int column) const override {
            return rows_.value(row_, static_cast<std::size_t>(column));
        }

    private:
        /// Throws when something else stands there.
        Parameter get(int column, Parameter::Kind kind) const;

        const Rows& rows_;
        std::size_t row_;
    };
    struct Value {
        std::int64_t number = 0;   // the integer, the bits of the real, or where the text begins
        std::uint32_t length = 0;  // of the text
        Parameter::Kind kind{};
    };

    std::string table_;
    std::vector<std::string> columns_;
    std::vector<Value> values_;
    std::string texts_;
};

}  // namespace educard::sql
