#pragma once
// A route is declared once: path, function, who may call. Its types are the documentation: from them come parsing with
// all field errors, serialising, the OpenAPI document, the TypeScript types and the permission table.
//
//   struct DecideInput { ApplicationId id; Verdict verdict{}; std::optional<std::string> reason; };   // described
//   routes.post("/api/v1/applications/{id}/decision", write([this](sql::Tx& tx, const Caller& caller,
//                const DecideInput& input) { return decide(tx, caller, input); }))
//       .summary("Approve, return or reject an application").allow({Role::class_teacher, Role::school_admin});
//
// One described struct is the whole input: members named in the path template come from the path; of the others, GET and
// DELETE (and upload routes) take theirs from the query, POST, PUT and PATCH from the JSON body. Unknown body members
// are refused. A handler without an input takes NoInput. Results: a described struct or a vector of one (200), void (204),
// Created<T> (201), Reply<T> (headers, cookies), Download (octets). Routes are declared before serving starts and never
// change after; handlers may run on any thread, many at a time.
//
// This header is light; the templates behind read/write/… are in http/bind.hpp, which only routes.cpp files include.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "runtime/caller.hpp"

namespace educard::http {

struct NoInput {};

template <class T>
struct Created {
    T body;
};

struct Header {
    std::string name;
    std::string value;
};

template <class T>
struct Reply {
    T body;
    std::vector<Header> headers;
};

/// Octets for download. `cache_seconds` 0 means no-store; `etag` (unquoted) enables 304.
struct Download {
    std::string content_type;
    std::string body;
    std::optional<std::string> file_name;
    int cache_seconds = 0;
    std::optional<std::string> etag;
};

/// A request body that was streamed to a temporary file, which is removed when the handler returns unless it moves it.
struct Upload {
    std::filesystem::path path;
    std::uint64_t bytes = 0;
    std::string content_type;
};

/// What an event stream (text/event-stream) listens to; see runtime/bus.hpp.
struct Subscription {
    std::vector<std::string> topics;
};

}  // namespace educard::http
