#include "sql/rows.hpp"

#include "base/error.hpp"

#include <bit>
#include <limits>

namespace educard::sql {

Rows::Rows(std::string table, std::vector<std::string> columns)
    : table_(std::move(table)), columns_(std::move(columns)) {
    EDU_ASSERT(!columns_.empty());
}

void Rows::add(std::span<const Parameter> values) {
    EDU_ASSERT(values.size() == columns_.size());
    for (const auto& value : values) {
        Value kept{.number = value.integer, .length = 0, .kind = value.kind};
        if (value.kind == Parameter::Kind::real) {
            kept.number = std::bit_cast<std::int64_t>(value.real);
        } else if (value.kind == Parameter::Kind::text || value.kind == Parameter::Kind::bytes) {
            EDU_ASSERT(value.text.size() < std::numeric_limits<std::uint32_t>::max());
            kept.number = static_cast<std::int64_t>(texts_.size());
            kept.length = static_cast<std::uint32_t>(value.text.size());
            texts_.append(value.text);
        }
        values_.push_back(kept);
    }
}

void Rows::clear() {
    values_.clear();
    texts_.clear();
}

Parameter Rows::value(std::size_t row, std::size_t column) const {
    const auto& kept = values_[row * columns_.size() + column];
    Parameter out{.kind = kept.kind};
    switch (kept.kind) {
        case Parameter::Kind::null:
            break;
        case Parameter::Kind::integer:
            out.integer = kept.number;
            break;
        case Parameter::Kind::real:
            out.real = std::bit_cast<double>(kept.number);
            break;
        case Parameter::Kind::text:
        case Parameter::Kind::bytes:
            out.text = std::string_view(texts_).substr(static_cast<std::size_t>(kept.number), kept.length);
            break;
    }
    return out;
}

Parameter Rows::View::get(int column, Parameter::Kind kind) const {
    const auto found = value(column);
    if (found.kind != kind) {
        throw_type_fault(*this, column, "another kind of value");
    }
    return found;
}

}  // namespace educard::sql
