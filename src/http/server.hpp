#pragma once
// The HTTP/1.1 server: one thread and io_context per core, each accepting on the same port (SO_REUSEPORT).
// Reads requests, hands them to the router, writes the answers in order. Everything is bounded: header, body,
// time, connections, requests under way, event streams. Owns its threads and connections; router and bus
// outlive it, and so does the database behind the router. start, stop and the destructor belong to one
// thread.

#include "http/endpoint.hpp"
#include "http/router.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace educard {
class Bus;
}

namespace educard::http {

struct Limits {
    std::size_t header_octets = 16 * 1024;
    std::chrono::milliseconds header_time{10'000};  // from a request's first octet to the end of its header
    std::chrono::milliseconds idle_time{60'000};    // between requests
    std::chrono::milliseconds transfer_time{
        30'000};  // for a body or an answer, and another second for each 16 KiB
    unsigned connections = 10'000;
    unsigned in_flight = 2'000;  // requests handed to the router and not yet answered
    unsigned event_streams = 2'000;
    std::chrono::milliseconds heartbeat{20'000};     // of event streams
    std::chrono::milliseconds stream_life{300'000};  // the client comes back, and is identified anew
    std::chrono::milliseconds stop_time{10'000};     // that requests under way have to finish at a stop
};

/// What there is to say about one answered request without saying anything about a person.
struct Served {
    std::string_view method;
    std::string_view route;  // the template; "static" or "none"
    int status = 0;
    std::chrono::microseconds time{};
    std::string_view request_id;
};

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;  // 0: any free one
    unsigned threads = 0;       // 0: one per core
    std::string upload_folder = "/tmp";
    std::vector<std::string> trusted_proxies;
    Limits limits;
    /// Called on I/O threads after each answer; quick. May be empty.
    std::function<void(const Served&)> on_served;
};

/// Figures for /metrics.
struct ServerCounts {
    std::uint64_t connections = 0;
    std::uint64_t in_flight = 0;
    std::uint64_t event_streams = 0;
    std::uint64_t refused_connections = 0;
    std::uint64_t refused_requests = 0;
};

struct ServerState;

class Server {
public:
    /// Binds at once. Throws Error(internal, "http.bind") when the address is taken.
    Server(const Router& router, Bus& bus, ServerOptions options);
    /// Stops, if that was not done yet, and waits for what the router still has in hand.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    void start();
    /// Accepts nothing new, lets requests under way finish within limits.stop_time, then closes. Blocks.
    void stop();

    std::uint16_t port() const;
    ServerCounts counts() const;

private:
    class Worker;
    std::shared_ptr<ServerState> state_;
    std::vector<std::unique_ptr<Worker>> workers_;
};

/// Writes one line for each answer to the log: route template, status, microseconds, request id. Never a
/// query, an id or a name.
void log_served(const Served& served);

}  // namespace educard::http
