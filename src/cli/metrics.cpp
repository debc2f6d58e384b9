#include "cli/metrics.hpp"

#include "cli/platform.hpp"
#include "http/server.hpp"
#include "sql/counter.hpp"

#include <algorithm>
#include <chrono>

namespace educard::cli {

AnswerMetrics::AnswerMetrics(Metrics& metrics) {
    for (int status = 1; status <= 5; ++status) {
        const Metrics::Labels labels = {{"status", std::to_string(status) + "xx"}};
        counters_.push_back(metrics.counter("educard_http_requests_total", "Requests answered", labels));
        times_.push_back(
            metrics.seconds("educard_http_request_seconds", "Time from request to answer", labels));
    }
}

void AnswerMetrics::count(const http::Served& served) {
    const auto at = static_cast<std::size_t>(std::clamp(served.status / 100, 1, 5) - 1);
    counters_[at].add();
    times_[at].observe(std::chrono::duration<double>(served.time).count());
}

RefusalMetrics::RefusalMetrics(Metrics& metrics) {
    for (const auto* code : {"http.too_many",
                             "accounts.slow_down",
                             "accounts.captcha_wrong",
                             "accounts.stronger_captcha",
                             "accounts.sign_in_failed",
                             "accounts.one_time_password_expired",
                             "accounts.password_wrong",
                             "sql.busy",
                             "sql.disk_full",
                             "runtime.busy",
                             "runtime.too_many"}) {
        counters_.emplace(
            code,
            metrics.counter("educard_refusals_total", "Requests refused, by error code", {{"code", code}}));
    }
}

void RefusalMetrics::count(const Error& error) const {
    count(error.code());
    for (const auto& field : error.fields()) {
        count(field.code);
    }
}

void RefusalMetrics::count(const std::string& code) const {
    if (const auto found = counters_.find(code); found != counters_.end()) {
        auto counter = found->second;
        counter.add();
    }
}

DatabaseMetrics::DatabaseMetrics(Metrics& metrics)
    : group_size_(metrics.counts("educard_database_commit_group", "Transactions made durable by one commit")),
      commit_seconds_(
          metrics.seconds("educard_database_commit_seconds", "How long making them durable took")),
      read_wait_seconds_(
          metrics.seconds("educard_database_read_wait_seconds", "How long reads waited for a reader")) {}

void DatabaseMetrics::committed(std::size_t transactions, std::chrono::duration<double> time) {
    group_size_.observe(static_cast<double>(transactions));
    commit_seconds_.observe(time.count());
}

void DatabaseMetrics::read_waited(std::chrono::duration<double> time) {
    read_wait_seconds_.observe(time.count());
}

void add_gauges(Platform& platform, const http::Server& server) {
    auto& metrics = platform.foundation.metrics;
    const auto& database = *platform.foundation.database;
    metrics.gauge("educard_connections", "Open connections", [&server] {
        return static_cast<double>(server.counts().connections);
    });
    metrics.gauge("educard_requests_in_flight", "Requests being worked on", [&server] {
        return static_cast<double>(server.counts().in_flight);
    });
    metrics.gauge("educard_event_streams", "Open event streams", [&server] {
        return static_cast<double>(server.counts().event_streams);
    });
    metrics.gauge("educard_cpu_queue", "Password hashes and the like that wait", [&cpu = platform.cpu] {
        return static_cast<double>(cpu.waiting());
    });
    metrics.gauge("educard_database_write_queue", "Transactions that wait for the writer", [&database] {
        return static_cast<double>(database.queued().writes);
    });
    metrics.gauge("educard_database_read_queue", "Reads that wait for a reader", [&database] {
        return static_cast<double>(database.queued().reads);
    });
    metrics.gauge("educard_database_statements",
                  "SQL statements since the start, without BEGIN and COMMIT",
                  [] { return static_cast<double>(sql::statements_run()); });
    metrics.gauge("educard_database_full",
                  "1 while the latest transaction found no room on the disk",
                  [&database] { return database.is_full() ? 1.0 : 0.0; });
    metrics.gauge("educard_audit_seal_lag_seconds",
                  "How long ago every audit event was sealed",
                  [&sealer = platform.sealer] { return sealer.lag().count(); });
}

}  // namespace educard::cli
