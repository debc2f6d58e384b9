#pragma once
// The head of an answer as text: status line, headers of the answer, and the security headers that every
// answer carries. Pure functions but for the cached date, which is per thread.

#include "http/endpoint.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace educard::http {

/// What of the request decides how its answer is framed.
struct AnswerContext {
    bool head = false;  // HEAD: no body follows
    bool keep_alive = false;
    bool secure = false;  // the browser came over TLS
    std::string if_none_match;
    std::string request_id;
};

/// Turns a fresh answer that the client already has into 304.
void apply_if_none_match(Response& response, const AnswerContext& context);

/// Appends status line and headers; `length` is the body's.
void write_head(const Response& response,
                const AnswerContext& context,
                std::uint64_t length,
                std::string& out);

/// Status and headers of an event stream, which ends with its connection.
void write_event_stream_head(const AnswerContext& context, std::string& out);

std::string_view reason_phrase(int status);

/// The Content-Security-Policy of pages: nothing but our own files, no inline scripts or styles.
std::string_view page_policy();

}  // namespace educard::http
