#pragma once
// The pages beside the declared routes: /healthz, /readyz, /metrics, /api and /api/openapi.json.

#include "http/router.hpp"

#include <functional>
#include <string>

namespace educard::http {

struct SystemPages {
    std::string version;
    /// Whether requests can be served; asked on I/O threads, so it answers from what it knows.
    std::function<bool()> ready;
    /// The text for /metrics, which is shown to this machine only.
    std::function<std::string()> metrics;
};

/// Before serving starts. Routes and texts outlive the router.
void add_system_pages(Router& router, const Routes& routes, const Texts& texts, SystemPages pages);

}  // namespace educard::http
