#include "http/response_writer.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <fmt/format.h>

namespace educard::http {

namespace {

constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' "
    "data: blob:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'self'; "
    "frame-ancestors 'none'";

/// RFC 9110 date of this second.
std::string_view current_date() {
    thread_local std::time_t second = 0;
    thread_local std::array<char, 32> text{};
    const auto now = std::time(nullptr);
    if (now != second) {
        second = now;
        std::tm parts{};
        gmtime_r(&now, &parts);
        std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    }
    return text.data();
}

bool has_header(const Response& response, std::string_view name) {
    return std::ranges::any_of(response.headers, [&](const Header& header) { return header.name == name; });
}

void add(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

void add_caching(const Response& response, std::string& out) {
    if (has_header(response, "Cache-Control")) {
        return;
    }
    if (response.cache_seconds > 0) {
        out.append("Cache-Control: public, max-age=")
            .append(std::to_string(response.cache_seconds))
            .append("\r\n");
    } else {
        add(out, "Cache-Control", response.etag ? "private, no-cache" : "no-store");
    }
}

void add_security(const Response& response, const AnswerContext& context, std::string& out) {
    out.append(
        "X-Content-Type-Options: nosniff\r\n"
        "Referrer-Policy: no-referrer\r\n"
        "Cross-Origin-Resource-Policy: same-origin\r\n");
    if (response.content_type.starts_with("text/html")) {
        if (!has_header(response, "Content-Security-Policy")) {  // a page may have one of its own
            add(out, "Content-Security-Policy", kPagePolicy);
        }
        out.append(
            "Cross-Origin-Opener-Policy: same-origin\r\n"
            "Permissions-Policy: camera=(self), microphone=(), geolocation=(), payment=(), usb=()\r\n");
    } else if (response.content_type.starts_with("text/javascript")) {
        // A service worker lives under the policy of its own script, and fetches what it keeps for offline
        // use.
        add(out, "Content-Security-Policy", "default-src 'none'; connect-src 'self'; frame-ancestors 'none'");
    } else {
        add(out, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    }
    if (context.secure) {
        add(out, "Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    }
}

void add_status(int status, std::string& out) {
    const fmt::format_int digits(status);
    out.append("HTTP/1.1 ")
        .append(digits.data(), digits.size())
        .append(1, ' ')
        .append(reason_phrase(status))
        .append("\r\n");
    add(out, "Date", current_date());
}

bool lists_etag(std::string_view list, std::string_view etag) {
    if (list == "*") {
        return true;
    }
    const auto quoted = "\"" + std::string(etag) + "\"";
    return list.find(quoted) != std::string_view::npos;
}

}  // namespace

std::string_view page_policy() {
    return kPagePolicy;
}

void apply_if_none_match(Response& response, const AnswerContext& context) {
    if (response.status == 200 && response.etag && !context.if_none_match.empty() &&
        lists_etag(context.if_none_match, *response.etag)) {
        response.status = 304;
        response.body.clear();
        response.shared_body = {};
    }
}

void write_head(const Response& response,
                const AnswerContext& context,
                std::uint64_t length,
                std::string& out) {
    add_status(response.status, out);
    const bool bodiless = response.status == 204 || response.status == 304 || response.status < 200;
    if (!bodiless) {
        if (!response.content_type.empty()) {
            add(out, "Content-Type", response.content_type);
        }
        const fmt::format_int digits(length);
        out.append("Content-Length: ").append(digits.data(), digits.size()).append("\r\n");
    }
    if (response.etag) {
        out.append("ETag: \"").append(*response.etag).append("\"\r\n");
    }
    for (const auto& header : response.headers) {
        add(out, header.name, header.value);
    }
    add_caching(response, out);
    add_security(response, context, out);
    add(out, "X-Request-Id", context.request_id);
    if (!context.keep_alive) {
        add(out, "Connection", "close");
    }
    out.append("\r\n");
}

void write_event_stream_head(const AnswerContext& context, std::string& out) {
    Response response;
    response.content_type = "text/event-stream";
    add_status(200, out);
    add(out, "Content-Type", response.content_type);
    add(out, "Cache-Control", "no-store");
    add(out, "X-Accel-Buffering", "no");
    add_security(response, context, out);
    add(out, "X-Request-Id", context.request_id);
    out.append("Connection: close\r\n\r\n");
}

std::string_view reason_phrase(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 304:
            return "Not Modified";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 410:
            return "Gone";
        case 413:
            return "Content Too Large";
        case 415:
            return "Unsupported Media Type";
        case 417:
            return "Expectation Failed";
        case 422:
            return "Unprocessable Content";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 503:
            return "Service Unavailable";
        default:
            return "Status";
    }
}

}  // namespace educard::http
