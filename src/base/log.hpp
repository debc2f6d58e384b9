#pragma once
// Where log lines go: one JSON object a line ("time", "level", "thread", "message"), on standard error or in
// a file. Code logs with spdlog's own functions. A line never holds personal data: no names, no numbers, no
// bodies; ids are fine.

#include <memory>
#include <spdlog/fwd.h>
#include <string>

namespace educard {

struct LogOptions {
    std::string level = "info";  // trace, debug, info, warn, error, critical, off
    std::string file;  // empty: standard error; else kept below 100 MB, with five older ones beside it
};

/// Sets up the program's log. Call it first in main, before there are threads. Throws Error(invalid) with
/// field "log_file" when the file cannot be written.
void set_up_log(const LogOptions& options);

/// What set_up_log puts before the file: gathers lines, in the form of make_json_formatter, and hands many
/// to `target` at once: 64 KB of them, what waits 50 ms after the first, or at once when one is a warning or
/// worse. Writes what it has when it is flushed or destroyed. Has a thread of its own.
std::shared_ptr<spdlog::sinks::sink> make_gathering_sink(std::shared_ptr<spdlog::sinks::sink> target);

/// The form of a line, for tests and for sinks of one's own.
std::unique_ptr<spdlog::formatter> make_json_formatter();

}  // namespace educard
