#pragma once
// A bound function without its types: what read(f), write(f), … make and what the router runs. Modules do not
// need this header; http/bind.hpp fills it.

#include "base/json.hpp"
#include "http/routes.hpp"
#include "runtime/caller.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace educard::sql {
class Tx;
}

namespace educard::http {

/// An answer before it is put on the wire. Status, body and type; `etag` (unquoted) and `cache_seconds`
/// become headers.
struct Response {
    int status = 200;
    std::string content_type;
    std::string body;
    std::vector<Header> headers;
    std::optional<std::string> etag;
    int cache_seconds = 0;               // 0: no-store
    std::string_view shared_body;        // of embedded resources: not copied; used when `body` is empty
    std::optional<Subscription> events;  // an event stream instead of a body
};

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// Where an input's members are taken from; percent-decoded.
struct Arguments {
    const Parameters& path;
    const Parameters& query;
    std::string_view body;
    bool from_body = false;  // members that are not in the path come from the JSON body instead of the query
    bool ignores_unknown = false;
};

struct Endpoint {
    enum class Kind { read, write, immediate, blocking, upload, events };

    Kind kind{};
    std::span<const json::Field> input;
    /// Throws Error::invalid with all field errors. The result may be used several times (a write may run
    /// again).
    std::function<std::shared_ptr<const void>(const Arguments&)> parse;
    /// `tx` is null for immediate, blocking and upload, `upload` for all but upload.
    std::function<Response(sql::Tx* tx, const Caller& caller, const void* input, const Upload* upload)> run;
    int status = 200;
    std::string_view result_type;  // media type; empty when there is no body
    boost::json::object (*result)(json::Components&) = nullptr;
};

/// Whether the members of a route's input that are not in its path come from the body.
inline bool takes_body(const Route& route) {
    const auto kind = route.endpoint->kind;
    const bool from_query = route.method == Method::get || route.method == Method::del;
    return !from_query && kind != Endpoint::Kind::upload && kind != Endpoint::Kind::events;
}

}  // namespace educard::http
