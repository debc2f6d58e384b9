#include "base/ids.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <charconv>

namespace educard {

namespace {

constexpr auto kEpoch = std::chrono::sys_days(std::chrono::year(2024) / 1 / 1);
constexpr int kCounterBits = 12;
constexpr int kNodeBits = 10;

}  // namespace

std::optional<std::int64_t> parse_id(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || end != text.data() + text.size() || value <= 0) {
        return std::nullopt;
    }
    return value;
}

Time made_at(std::int64_t id) {
    return Time(kEpoch) + std::chrono::milliseconds(id >> (kNodeBits + kCounterBits));
}

IdSource::IdSource(const Clock& clock, unsigned node)
    : clock_(clock), node_bits_(static_cast<std::int64_t>(node) << kCounterBits) {
    EDU_ASSERT(node < (1U << kNodeBits));
}

std::int64_t IdSource::next_value() {
    const auto since = std::chrono::floor<std::chrono::milliseconds>(clock_.now() - kEpoch).count();
    const std::int64_t now = since << kCounterBits;
    std::int64_t last = last_.load(std::memory_order_relaxed);
    std::int64_t next = 0;
    do {
        next = std::max(now, last + 1);
    } while (!last_.compare_exchange_weak(last, next, std::memory_order_relaxed));
    const std::int64_t milliseconds = next >> kCounterBits;
    const std::int64_t counter = next & ((1 << kCounterBits) - 1);
    return milliseconds << (kNodeBits + kCounterBits) | node_bits_ | counter;
}

}  // namespace educard
