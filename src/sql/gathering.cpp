#include "sql/gathering.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <numeric>

namespace educard::sql {

namespace {

/// Words, numbers, $1, 'texts' and signs of a statement, one after the other.
class Tokens {
public:
    explicit Tokens(std::string_view text) : rest_(text) {}

    std::string_view next() {
        const auto begin = std::ranges::find_if_not(rest_, is_space);
        rest_.remove_prefix(static_cast<std::size_t>(begin - rest_.begin()));
        if (rest_.empty()) {
            return {};
        }
        std::size_t length = 1;
        if (rest_[0] == '\'') {
            const auto end = rest_.find('\'', 1);
            EDU_ASSERT(end != std::string_view::npos);
            length = end + 1;
        } else if (is_word(rest_[0])) {
            length = static_cast<std::size_t>(std::ranges::find_if_not(rest_, is_word) - rest_.begin());
        }
        const auto token = rest_.substr(0, length);
        rest_.remove_prefix(length);
        return token;
    }
    bool take(std::string_view word) {
        const auto before = rest_;
        if (next() == word) {
            return true;
        }
        rest_ = before;
        return false;
    }

private:
    static bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
    static bool is_word(char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
    }
    std::string_view rest_;
};

std::int64_t number_in(std::string_view digits) {
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    EDU_ASSERT(fault == std::errc() && end == digits.data() + digits.size());
    return number;
}

}  // namespace

void GatheringTx::after_commit(std::move_only_function<void()> /*action*/) {}

void GatheringTx::insert(const Rows& rows) {
    auto& into = rows_for(rows.table(), rows.columns());
    for (std::size_t row = 0; row < rows.size(); ++row) {
        values_.clear();
        for (std::size_t column = 0; column < rows.columns().size(); ++column) {
            values_.push_back(rows.value(row, column));
        }
        into.add(values_);
    }
}

void GatheringTx::insert_into(Tx& tx) const {
    for (const auto& rows : tables_) {
        if (!rows->empty()) {
            tx.insert(*rows);
        }
    }
}

void GatheringTx::clear() {
    for (auto& rows : tables_) {
        rows->clear();
    }
}

std::unique_ptr<Rows> GatheringTx::take(std::string_view table) {
    for (auto& rows : tables_) {
        if (rows->table() == table && !rows->empty()) {
            auto taken = std::make_unique<Rows>(rows->table(), rows->columns());
            std::swap(*taken, *rows);
            return taken;
        }
    }
    return nullptr;
}

std::size_t GatheringTx::rows() const {
    return std::accumulate(
        tables_.begin(), tables_.end(), std::size_t{0}, [](std::size_t sum, const auto& rows) {
            return sum + rows->size();
        });
}

std::size_t GatheringTx::octets() const {
    return std::accumulate(
        tables_.begin(), tables_.end(), std::size_t{0}, [](std::size_t sum, const auto& rows) {
            return sum + rows->octets();
        });
}

std::int64_t GatheringTx::run(std::string_view statement,
                              std::span<const Parameter> parameters,
                              const std::function<void(const Row&)>& /*use*/) {
    const auto& insertion = understood(statement);
    if (insertion.rows == nullptr) {
        return 0;
    }
    values_.clear();
    for (const auto& source : insertion.sources) {
        if (source.parameter == 0) {
            values_.push_back({.kind = source.kind, .integer = source.integer, .text = source.text});
        } else {
            EDU_ASSERT(source.parameter <= parameters.size());
            values_.push_back(parameters[source.parameter - 1]);
        }
    }
    insertion.rows->add(values_);
    return 1;
}

const GatheringTx::Insertion& GatheringTx::understood(std::string_view statement) {
    const auto found = insertions_.find(statement);
    return found != insertions_.end()
               ? found->second
               : insertions_.emplace(std::string(statement), understand(statement)).first->second;
}

/// "INSERT INTO table (column, …) VALUES ($1, 'text', 2, NULL, …)"; what follows (ON CONFLICT) does not
/// matter where tables are empty.
GatheringTx::Insertion GatheringTx::understand(std::string_view statement) {
    Tokens tokens(statement);
    if (!tokens.take("INSERT")) {
        return {};
    }
    EDU_ASSERT(tokens.take("INTO"));
    std::string table(tokens.next());
    std::vector<std::string> columns;
    EDU_ASSERT(tokens.take("("));
    do {
        columns.emplace_back(tokens.next());
    } while (tokens.take(","));
    EDU_ASSERT(tokens.take(")") && tokens.take("VALUES") && tokens.take("("));
    Insertion insertion;
    do {
        const auto token = tokens.next();
        Source source;
        if (token.starts_with('$')) {
            source.parameter = static_cast<std::size_t>(number_in(token.substr(1)));
        } else if (token.starts_with('\'')) {
            source.kind = Parameter::Kind::text;
            source.text = token.substr(1, token.size() - 2);
        } else if (token != "NULL") {
            source.kind = Parameter::Kind::integer;
            source.integer = number_in(token);
        }
        insertion.sources.push_back(std::move(source));
    } while (tokens.take(","));
    EDU_ASSERT(tokens.take(")") && insertion.sources.size() == columns.size());
    insertion.rows = &rows_for(std::move(table), std::move(columns));
    return insertion;
}

Rows& GatheringTx::rows_for(std::string table, std::vector<std::string> columns) {
    for (const auto& rows : tables_) {
        if (rows->table() == table && rows->columns() == columns) {
            return *rows;
        }
    }
    return *tables_.emplace_back(std::make_unique<Rows>(std::move(table), std::move(columns)));
}

}  // namespace educard::sql
