#pragma once
// Octets from the wire to a Request, on Beast's parser, which stays hidden in parser.cpp. One parser reads
// one request; what follows it in the buffer belongs to the next one. Strict where lenience would let two
// programs disagree on where a request ends (request smuggling): one Content-Length, no Transfer-Encoding
// beside it, only "chunked", one Host. One thread at a time.

#include "http/request.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace educard::http {

class RequestParser {
public:
    enum class State { header, body, done, failed };

    explicit RequestParser(std::size_t header_limit);
    ~RequestParser();
    RequestParser(const RequestParser&) = delete;
    RequestParser& operator=(const RequestParser&) = delete;

    /// Takes octets from the front and gives how many; the rest must come again with more behind it. Stops
    /// once after the header, so that limits can be set before the body.
    std::size_t feed(std::string_view octets);

    State state() const;
    /// When failed: the status to answer with (400, 413, 417, 431, 501) and its code.
    int fault_status() const;
    std::string_view fault_code() const;

    // Known when the header is there.
    Request& request();
    bool keep_alive() const;
    bool expects_continue() const;
    /// Octets that the body will have, if the header says so.
    std::optional<std::uint64_t> content_length() const;

    /// Bodies above the limit fail with 413. Before the body is fed.
    void set_body_limit(std::uint64_t octets);
    /// Body octets go there instead of into request().body; false fails the request with 503.
    void set_sink(std::function<bool(std::string_view)> sink);
    std::uint64_t body_octets() const;

private:
    class Reader;
    std::unique_ptr<Reader> reader_;
};

}  // namespace educard::http
