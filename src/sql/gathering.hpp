#pragma once
// A transaction that nothing is executed in: INSERTs are gathered as rows to be inserted in bulk, and
// everything else finds nothing and changes nothing, as if the tables were empty; what was gathered is not
// found either. So a module's own functions write a whole province in the very shape in which they write one
// person. Belongs to one thread.
//
//   sql::GatheringTx gathering;
//   accounts.create(gathering, account);
//   database.write([&](sql::Tx& tx) { gathering.insert_into(tx); });

#include "sql/rows.hpp"
#include "sql/sql.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace educard::sql {

class GatheringTx final : public Tx {
public:
    GatheringTx() = default;

    /// Dropped: there is no commit.
    void after_commit(std::move_only_function<void()> action) override;
    void insert(const Rows& rows) override;

    /// Inserts what was gathered, table after table, and forgets it when told so by clear().
    void insert_into(Tx& tx) const;
    void clear();
    /// What was gathered for that table, which insert_into then leaves out. Null when there is nothing.
    std::unique_ptr<Rows> take(std::string_view table);
    std::size_t rows() const;
    std::size_t octets() const;

private:
    /// Where one column of an INSERT gets its value: a parameter, or what the statement itself says.
    struct Source {
        std::size_t parameter = 0;  // from 1; 0: the constant
        Parameter::Kind kind{};
        std::int64_t integer = 0;
        std::string text;
    };
    struct Insertion {
        Rows* rows = nullptr;  // null for any other statement
        std::vector<Source> sources;
    };
    struct TextHash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    std::int64_t run(std::string_view statement,
                     std::span<const Parameter> parameters,
                     const std::function<void(const Row&)>& use) override;
    const Insertion& understood(std::string_view statement);
    Insertion understand(std::string_view statement);
    Rows& rows_for(std::string table, std::vector<std::string> columns);

    std::unordered_map<std::string, Insertion, TextHash, std::equal_to<>> insertions_;
    std::vector<std::unique_ptr<Rows>> tables_;
    std::vector<Parameter> values_;  // of the row in hand
};

}  // namespace educard::sql
