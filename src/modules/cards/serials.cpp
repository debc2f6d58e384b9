#include "modules/cards/serials.hpp"

#include "base/error.hpp"
#include "modules/cards/store.hpp"

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
    State(std::string name_, std::int64_t block_size_, std::int64_t limit_)
        : name(std::move(name_)), block_size(block_size_), limit(limit_) {}

    const std::string name;
    const std::int64_t block_size;
    const std::int64_t limit;

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

    /// What a refill brought; nothing when it failed.
    void refilled(std::optional<Block> block) {
        const std::lock_guard lock(mutex);
        refilling = false;
        if (block) {
            blocks.push_back(*block);
        }
    }
};

Serials::Serials(sql::Database& database, std::string name, std::int64_t block_size, std::int64_t limit)
    : database_(database), state_(std::make_shared<State>(std::move(name), block_size, limit)) {}

std::int64_t Serials::next(sql::Tx& tx) const {
    const auto [serial, is_low] = state_->take();
    if (is_low) {
        refill(database_, state_);
    }
    const auto taken = serial ? *serial : store::take_serials(tx, state_->name, 1);
    if (taken >= state_->limit) {
        throw Error(Fault::unavailable, "cards.serials_used_up");
    }
    return taken;
}

void Serials::refill(sql::Database& database, const std::shared_ptr<State>& state) {
    const auto block = std::make_shared<Block>();  // shared by the work and what is done after it
    auto work = [state, block](sql::Tx& tx) {
        block->next = store::take_serials(tx, state->name, state->block_size);
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
