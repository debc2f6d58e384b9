#include "http/system_pages.hpp"

#include "http/openapi.hpp"

#include <memory>

namespace educard::http {

namespace {

constexpr int kCacheSeconds = 300;

Response text(int status, std::string_view type, std::string body) {
    Response response;
    response.status = status;
    response.content_type = type;
    response.body = std::move(body);
    return response;
}

/// The program that runs beside a reverse proxy on the same machine is not "this machine" for what the proxy
/// passes on.
bool is_from_this_machine(const Request& request) {
    const bool loopback =
        request.peer == "::1" || request.peer.starts_with("127.") || request.peer.starts_with("::ffff:127.");
    return loopback && request.forwarded_for.empty();
}

}  // namespace

void add_system_pages(Router& router, const Routes& routes, const Texts& texts, SystemPages pages) {
    router.add_page("/healthz", [](const Request&) { return text(200, "text/plain", "ok\n"); });
    router.add_page("/readyz", [ready = pages.ready](const Request&) {
        return ready() ? text(200, "text/plain", "ready\n") : text(503, "text/plain", "not ready\n");
    });
    router.add_page("/metrics", [metrics = pages.metrics, &router](const Request& request) {
        return is_from_this_machine(request)
                   ? text(200, "text/plain; version=0.0.4", metrics())
                   : router.refusal(404, Error(Fault::not_found, "http.not_found"), request);
    });
    const auto document = std::make_shared<const std::string>(openapi_document(routes, pages.version));
    router.add_page("/api/openapi.json", [document](const Request&) {
        auto response = text(200, "application/json", "");
        response.shared_body = *document;
        response.cache_seconds = kCacheSeconds;
        return response;
    });
    router.add_page("/api/style.css", [](const Request&) {
        auto response = text(200, "text/css; charset=utf-8", "");
        response.shared_body = api_style();
        response.cache_seconds = kCacheSeconds;
        return response;
    });
    const auto html = std::make_shared<const std::string>(api_page(routes, texts, pages.version));
    router.add_page("/api", [html](const Request&) {
        auto response = text(200, "text/html; charset=utf-8", "");
        response.shared_body = *html;
        response.cache_seconds = kCacheSeconds;
        return response;
    });
}

}  // namespace educard::http
