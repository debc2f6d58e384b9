#pragma once
// What the server counts for /metrics: answers by route and status class, their times, connections and
// refusals. Labels are route templates, never paths that people typed.

#include "http/routes.hpp"
#include "http/server.hpp"
#include "runtime/metrics.hpp"

#include <functional>

namespace educard::http {

/// For ServerOptions::on_served. Metrics outlive what is returned.
std::function<void(const Served&)> count_served(Metrics& metrics, const Routes& routes);

/// The server outlives the metrics' last text().
void add_server_gauges(Metrics& metrics, const Server& server);

}  // namespace educard::http
