#include "cli/progress_line.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>

namespace educard::cli {

namespace {

using namespace std::chrono_literals;

constexpr auto kOnTerminal = 200ms;
constexpr auto kInLog = 10s;
constexpr int kWidth = 30;

std::string clock_of(double seconds) {
    const auto whole = static_cast<std::int64_t>(seconds + 0.5);
    return whole >= 3600 ? fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
                         : fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace

ProgressLine::ProgressLine(std::string unit, std::int64_t total)
    : unit_(std::move(unit)),
      total_(total),
      terminal_(::isatty(STDERR_FILENO) != 0),
      began_(Steady::now()),
      shown_(began_) {}

ProgressLine::~ProgressLine() {
    print(last_);
    if (terminal_) {
        std::fputc('\n', stderr);
    }
}

void ProgressLine::show(std::int64_t done) {
    last_ = done;
    const auto pause = terminal_ ? std::chrono::milliseconds(kOnTerminal) : std::chrono::milliseconds(kInLog);
    if (Steady::now() - shown_ >= pause) {
        shown_ = Steady::now();
        print(done);
    }
}

void ProgressLine::print(std::int64_t done) {
    const std::chrono::duration<double> time = Steady::now() - began_;
    const double rate = time.count() > 0 ? static_cast<double>(done) / time.count() : 0;
    const double share = total_ == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(total_);
    const double left = rate > 0 ? static_cast<double>(total_ - done) / rate : 0;
    const auto filled = static_cast<int>(share * kWidth);
    const auto line = fmt::format("[{:#<{}}{:{}}] {:3} %  {} of {} {}  {:.0f}/s  {} left",
                                  "",
                                  filled,
                                  "",
                                  kWidth - filled,
                                  static_cast<int>(share * 100),
                                  done,
                                  total_,
                                  unit_,
                                  rate,
                                  clock_of(left));
    std::fprintf(stderr, terminal_ ? "\r%-100s" : "%s\n", line.c_str());
}

}  // namespace educard::cli
