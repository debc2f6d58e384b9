#pragma once
// What /metrics says of the program beyond what modules count themselves. Names and labels are fixed sets; no
// personal data.

#include "base/error.hpp"
#include "runtime/metrics.hpp"
#include "sql/sql.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace educard::http {
class Server;
struct Served;
}  // namespace educard::http

namespace educard::cli {

class Platform;

/// Answers and their times, by status class. Any thread.
class AnswerMetrics {
public:
    explicit AnswerMetrics(Metrics& metrics);
    void count(const http::Served& served);

private:
    std::vector<Counter> counters_;
    std::vector<Histogram> times_;
};

/// Refusals that tell of guessing, floods and lack of room, by error code; of forms also by the code of the
/// field. Any thread.
class RefusalMetrics {
public:
    explicit RefusalMetrics(Metrics& metrics);
    void count(const Error& error) const;

private:
    void count(const std::string& code) const;

    std::map<std::string, Counter, std::less<>> counters_;
};

/// Commits and waiting reads. Outlives the database that it watches.
class DatabaseMetrics final : public sql::Watcher {
public:
    explicit DatabaseMetrics(Metrics& metrics);
    void committed(std::size_t transactions, std::chrono::duration<double> time) override;
    void read_waited(std::chrono::duration<double> time) override;

private:
    Histogram group_size_;
    Histogram commit_seconds_;
    Histogram read_wait_seconds_;
};

/// Values that are asked for when somebody looks. Both outlive the metrics' last text().
void add_gauges(Platform& platform, const http::Server& server);

}  // namespace educard::cli
