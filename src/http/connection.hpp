#pragma once
// One client connection: a coroutine on one I/O thread that reads a request, has the router answer it, writes
// the answer, and begins again. Only server.cpp and connection files include this. Everything here belongs to
// the connection's thread, except what ServerState says.

#include "http/parser.hpp"
#include "http/response_writer.hpp"
#include "http/server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace educard::http {

/// What the threads of a server share. Requests that the router has in hand keep it alive.
struct ServerState {
    ServerState(const Router& its_router, Bus& its_bus, ServerOptions its_options)
        : router(its_router), bus(its_bus), options(std::move(its_options)) {}

    void begin_request() { ++in_flight; }
    void end_request();
    void wait_until_idle();

    const Router& router;
    Bus& bus;
    const ServerOptions options;
    std::atomic<std::uint64_t> connections{0};
    std::atomic<std::uint64_t> in_flight{0};
    std::atomic<std::uint64_t> event_streams{0};
    std::atomic<std::uint64_t> refused_connections{0};
    std::atomic<std::uint64_t> refused_requests{0};
    std::atomic<bool> stopping{false};

private:
    std::mutex mutex_;
    std::condition_variable idle_;
};

class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(boost::asio::ip::tcp::socket socket, std::shared_ptr<ServerState> state);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    boost::asio::awaitable<void> run();

    /// Ends what takes too long.
    void check_deadline(std::chrono::steady_clock::time_point now);
    /// Finishes the request under way, if there is one, and closes.
    void finish();
    /// Closes at once.
    void abort();

private:
    using Clock = std::chrono::steady_clock;
    enum class Next { request, close, linger };

    boost::asio::awaitable<Next> serve_one();
    boost::asio::awaitable<bool> read_header();
    boost::asio::awaitable<bool> read_body();
    boost::asio::awaitable<Response> obtain(Router::Match match);
    boost::asio::awaitable<Response> ask(Request request, Router::Match match);
    boost::asio::awaitable<std::optional<Response>> ask_admission(const Router::Match& match);
    boost::asio::awaitable<bool> read_more();
    boost::asio::awaitable<bool> send_continue();
    boost::asio::awaitable<bool> flush(std::string_view body);
    boost::asio::awaitable<bool> answer(Response response);
    boost::asio::awaitable<void> stream_events(Subscription subscription);
    boost::asio::awaitable<void> linger();

    bool feed();
    Response parser_refusal() const;
    void allow_transfer(std::uint64_t octets);
    void report(int status);

    boost::asio::ip::tcp::socket socket_;
    const std::shared_ptr<ServerState> state_;
    const std::string peer_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;  // unread octets are [begin_, end_) of buffer_
    std::size_t end_ = 0;
    std::string out_;  // answers not yet written
    std::unique_ptr<RequestParser> parser_;
    std::shared_ptr<boost::asio::steady_timer> wake_;  // of an event stream
    Clock::time_point deadline_ = Clock::time_point::max();
    Clock::time_point started_;
    bool timed_out_ = false;
    bool idle_ = false;  // between requests
    bool finishing_ = false;

    // Of the request under way; the Request itself moves to the router.
    AnswerContext context_;
    std::uint64_t body_limit_ = 0;
    std::string method_;
    std::string_view route_;
};

}  // namespace educard::http
