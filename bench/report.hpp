#pragma once
// How the programs of this folder say what they measured: a line of JSON for bench/run, on standard output,
// beside the lines for people. And the clocks that they measure with.

#include <cstdlib>
#include <ctime>
#include <fmt/core.h>
#include <string>
#include <string_view>
#include <sys/resource.h>

namespace educard::bench {

/// The empty PostgreSQL database that BENCH_DATABASE names; empty: an embedded one is measured.
inline std::string postgresql() {
    const char* const named = std::getenv("BENCH_DATABASE");
    return named == nullptr ? "" : named;
}

/// One figure. `aim` is the least that is hoped for; 0 means that there is none.
inline void report(std::string_view figure, std::string_view unit, double value, double aim = 0) {
    fmt::print(R"({{"figure":"{}","unit":"{}","value":{:.4f},"aim":{}}})"
               "\n",
               figure,
               unit,
               value,
               aim);
}

inline double seconds_of(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// What this process has had of its cores: other programs do not count.
inline double cpu_seconds() {
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}
/// What the processes that this one ran and waited for have had.
inline double seconds_of_children() {
    rusage used{};
    getrusage(RUSAGE_CHILDREN, &used);
    return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}
inline double wall_seconds() {
    return seconds_of(CLOCK_MONOTONIC);
}

}  // namespace educard::bench
