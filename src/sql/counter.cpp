#include "sql/counter.hpp"

#include <atomic>

namespace educard::sql {

namespace {

std::atomic<std::uint64_t> count{0};

}  // namespace

void count_statement() {
    count.fetch_add(1, std::memory_order_relaxed);
}

std::uint64_t statements_run() {
    return count.load(std::memory_order_relaxed);
}

}  // namespace educard::sql
