#include "modules/cards/serials.hpp"

#include "base/error.hpp"
#include "modules/cards/store.hpp"

#include <atomic>
#include <deque>
#include <mutex>
#include <spdlog/spdlog.h>
#include <utility>

namespace educard::cards {

namespace {

struct Block {
    std::int64_t next = 0;
    std::int64_t end = 0;
};

}  // namespace

struct Serials::State {
    State(SerialMark mark_, std::string_view name_, std::int64_t block_size_, std::int64_t limit_)
        : mark(std::move(mark_)), name(name_), block_size(block_size_), limit(limit_) {}

    const SerialMark mark;
    const std::string name;
    const std::int64_t block_size;
    const std::int64_t limit;

    mutable std::atomic<std::int64_t> own_end{-1};  // of the last block that this process took
    std::mutex mutex;
    std::deque<Block> blocks;
    bool refilling = false;

    /// The next one from memory, and whether it is time for a new block.
    std::pair<std::optional<std::int64_t>, bool> take() {
        const std::lock_guard lock(mutex);
        std::optional<std::int64_t> serial;
        if (!blocks.empty()) {
            serial = blocks.front().next++;
            if (blocks.front().next == blocks.front().end) {
                blocks.pop_front();
            }
        }
        std::int64_t left = 0;
        for (const auto& block : blocks) {
            left += block.end - block.next;
        }
        const bool is_low = left < block_size / 2 && !refilling;
        refilling = refilling || is_low;
        return {serial, is_low};
    }

    /// False when memory has some already, or a block is on its way.
    bool begin_refill() {
        const std::lock_guard lock(mutex);
        return blocks.empty() && !std::exchange(refilling, true);
    }

    /// What a refill brought; nothing when it failed.
    void refilled(std::optional<Block> block) {
        const std::lock_guard lock(mutex);
        refilling = false;
        if (block) {
            blocks.push_back(*block);
        }
    }
};

Serials::Serials(sql::Database& database,
                 SerialMark mark,
                 std::string_view name,
                 std::int64_t block_size,
                 std::int64_t limit)
    : database_(database), state_(std::make_shared<State>(std::move(mark), name, block_size, limit)) {}

void Serials::prepare() const {
    if (state_->begin_refill()) {
        refill(database_, state_);
    }
}

/// The mark is raised first: when the transaction fails after that, serials are lost and none is given twice.
std::int64_t Serials::take(sql::Tx& tx, const State& state, std::int64_t count) {
    const auto next = store::next_serial(tx, state.name);
    const auto first = state.mark.take(state.name, next, count);
    if (first > next && first != state.own_end) {  // not merely a transaction of ours that is run again
        spdlog::warn("cards: {} serials of kind {} that this database does not know are left out",
                     first - next,
                     state.name);
    }
    state.own_end = first + count;
    store::set_next_serial(tx, state.name, first + count);
    return first;
}

std::int64_t Serials::next(sql::Tx& tx) const {
    const auto [serial, is_low] = state_->take();
    if (is_low) {
        refill(database_, state_);
    }
    const auto taken = serial ? *serial : take(tx, *state_, 1);
    if (taken >= state_->limit) {
        throw Error(Fault::unavailable, "cards.serials_used_up");
    }
    return taken;
}

void Serials::refill(sql::Database& database, const std::shared_ptr<State>& state) {
    const auto block = std::make_shared<Block>();  // shared by the work and what is done after it
    auto work = [state, block](sql::Tx& tx) {
        block->next = take(tx, *state, state->block_size);
        block->end = block->next + state->block_size;
    };
    auto done = [state, block](const std::exception_ptr& fault) {
        state->refilled(fault ? std::nullopt : std::optional(*block));
    };
    try {
        database.submit_write(std::move(work), std::move(done));
    } catch (const Error& error) {  // too much is queued: serials come one by one until there is room
        spdlog::warn("cards: no new block of serials: {}", error.code());
        state->refilled(std::nullopt);
    }
}

}  // namespace educard::cards
