#include "http/observe.hpp"

#include <array>
#include <map>
#include <memory>
#include <string>

namespace educard::http {

namespace {

constexpr std::array<const char*, 5> kClasses{"1xx", "2xx", "3xx", "4xx", "5xx"};

/// The handles of one route, made before serving starts: counting then takes no lock.
struct RouteCounts {
    RouteCounts(Metrics& metrics, const std::string& route)
        : seconds(metrics.seconds(
              "educard_http_request_seconds", "Time from header to answer", {{"route", route}})) {
        for (const auto* status : kClasses) {
            answers.push_back(metrics.counter("educard_http_answers_total",
                                              "Answers by route and class of status",
                                              {{"route", route}, {"status", status}}));
        }
    }

    Histogram seconds;
    std::vector<Counter> answers;
};

}  // namespace

std::function<void(const Served&)> count_served(Metrics& metrics, const Routes& routes) {
    const auto by_route = std::make_shared<std::map<std::string, RouteCounts, std::less<>>>();
    for (const auto* fixed : {"none", "page", "static"}) {
        by_route->try_emplace(fixed, metrics, fixed);
    }
    for (const auto& route : routes.list()) {
        by_route->try_emplace(route->path, metrics, route->path);
    }
    return [by_route](const Served& served) {
        const auto found = by_route->find(served.route);
        if (found == by_route->end()) {
            return;
        }
        auto& counts = found->second;
        counts.seconds.observe(std::chrono::duration<double>(served.time).count());
        const auto status = static_cast<std::size_t>(served.status / 100 - 1);
        counts.answers.at(std::min(status, kClasses.size() - 1)).add();
    };
}

void add_server_gauges(Metrics& metrics, const Server& server) {
    const auto add = [&](const char* name, const char* help, std::uint64_t ServerCounts::* count) {
        metrics.gauge(name, help, [&server, count] { return static_cast<double>(server.counts().*count); });
    };
    add("educard_http_connections", "Open connections", &ServerCounts::connections);
    add("educard_http_in_flight", "Requests that wait for their answer", &ServerCounts::in_flight);
    add("educard_http_event_streams", "Open event streams", &ServerCounts::event_streams);
    add("educard_http_refused_connections", "Connections turned away", &ServerCounts::refused_connections);
    add("educard_http_refused_requests", "Requests turned away as too many", &ServerCounts::refused_requests);
}

}  // namespace educard::http
