// A stream of octets means the same requests however it is cut into pieces, and every one of them finds a
// route or a refusal.

#include "base/error.hpp"
#include "http/parser.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace {

using educard::http::RequestParser;

constexpr std::size_t kHeaderLimit = 1024;
constexpr std::size_t kBodyLimit = 512;

struct Seen {
    std::string summary;
    bool ended = false;
};

/// Feeds `octets` in pieces of `step` and writes down what was understood.
Seen understand(std::string_view octets, std::size_t step) {
    Seen seen;
    auto parser = std::make_unique<RequestParser>(kHeaderLimit);
    std::string waiting;
    for (std::size_t at = 0; at < octets.size(); at += step) {
        waiting += octets.substr(at, step);
        for (bool progress = true; progress && !waiting.empty();) {
            const auto before = parser->state();
            const auto used = parser->feed(waiting);
            EDU_ASSERT(used <= waiting.size());
            waiting.erase(0, used);
            if (before == RequestParser::State::header && parser->state() == RequestParser::State::body) {
                parser->set_body_limit(kBodyLimit);
            }
            if (parser->state() == RequestParser::State::failed) {
                EDU_ASSERT(parser->fault_status() >= 400 && !parser->fault_code().empty());
                seen.summary += "failed";
                seen.ended = true;
                return seen;
            }
            if (parser->state() == RequestParser::State::done) {
                const auto& request = parser->request();
                EDU_ASSERT(request.body.size() <= kBodyLimit);
                EDU_ASSERT(request.path().size() <= request.target.size());
                seen.summary += request.method + " " + request.target + " " + request.host + " " +
                                request.cookie + " " + request.body + "\n";
                static_cast<void>(educard::http::choose_language(request));
                static_cast<void>(educard::http::client_network(request, {"10.0.0.1"}));
                static_cast<void>(educard::http::is_foreign(request, "http://x"));
                static_cast<void>(educard::http::percent_decode(request.query(), educard::http::Plus::space));
                parser = std::make_unique<RequestParser>(kHeaderLimit);
                progress = true;
                continue;
            }
            progress = used > 0 || parser->state() != before;
        }
    }
    return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view octets(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 4096));
    if (octets.empty()) {
        return 0;
    }
    const auto whole = understand(octets, octets.size());
    const auto pieces = understand(octets, 7);
    // A request that will fail may fail earlier or later, with the same requests understood before it.
    if (!whole.ended && !pieces.ended) {
        EDU_ASSERT(whole.summary == pieces.summary);
    }
    return 0;
}
