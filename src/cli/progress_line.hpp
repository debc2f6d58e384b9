#pragma once
// How far a long command is, on standard error: a bar that moves where there is a terminal, else a line now
// and then. Belongs to one thread.

#include <chrono>
#include <cstdint>
#include <string>

namespace educard::cli {

class ProgressLine {
public:
    /// `unit` is what is counted: "people".
    ProgressLine(std::string unit, std::int64_t total);
    /// Leaves the last line standing.
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    /// With the rate and the time that remains at it. Shown at most a few times a second.
    void show(std::int64_t done);

private:
    using Steady = std::chrono::steady_clock;
    void print(std::int64_t done);

    const std::string unit_;
    const std::int64_t total_;
    const bool terminal_;
    const Steady::time_point began_;
    Steady::time_point shown_;
    std::int64_t last_ = 0;
};

}  // namespace educard::cli
