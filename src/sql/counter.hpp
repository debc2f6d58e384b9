#pragma once
// How many statements this process has run, on all engines together: what a request costs in them, and a figure
// for operators. BEGIN, COMMIT and bulk inserts are not counted. Any thread.

#include <cstdint>

namespace educard::sql {

void count_statement();
std::uint64_t statements_run();

}  // namespace educard::sql
