#pragma once
// Hands out serials that are never handed out again: a node takes a block of them in a transaction of its own
// and gives them one by one from memory, so that issuing touches no shared row. A crash leaves a block's rest
// unused for ever. The mark beside the key ring goes up before a block is used. The database outlives it. Any
// thread.

#include "modules/cards/serial_mark.hpp"
#include "sql/sql.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace educard::cards {

class Serials {
public:
    /// `name` is a row of card_serial_block. Takes the first block when the first serial is asked for, or in
    /// prepare().
    Serials(sql::Database& database,
            SerialMark mark,
            std::string_view name,
            std::int64_t block_size,
            std::int64_t limit);

    /// Sets out to fetch the first block, and does not wait for it.
    void prepare() const;

    /// The next serial, for use in `tx`. When memory holds none (the next block is on its way), it is taken
    /// in `tx` itself. Throws Error(unavailable, "cards.serials_used_up") at the limit.
    std::int64_t next(sql::Tx& tx) const;
    /// The first of so many in a row, taken in `tx` itself.
    std::int64_t take(sql::Tx& tx, std::int64_t count) const { return take(tx, *state_, count); }

private:
    struct State;
    static std::int64_t take(sql::Tx& tx, const State& state, std::int64_t count);
    static void refill(sql::Database& database, const std::shared_ptr<State>& state);

    sql::Database& database_;
    std::shared_ptr<State> state_;  // shared with the refill that may be under way when this goes
};

}  // namespace educard::cards
