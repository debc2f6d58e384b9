#include "http/server.hpp"

#include "http/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <thread>
#include <unordered_map>

namespace educard::http {

namespace net = boost::asio;
using boost::system::error_code;
using net::ip::tcp;

namespace {

constexpr auto kTick = std::chrono::milliseconds(100);
constexpr auto kAcceptPause = std::chrono::milliseconds(50);

[[noreturn]] void throw_bind_fault(const tcp::endpoint& endpoint, const error_code& fault) {
    throw Error(Fault::internal, "http.bind")
        .with("address", endpoint.address().to_string() + ":" + std::to_string(endpoint.port()))
        .with("reason", fault.message());
}

tcp::endpoint endpoint_of(const ServerOptions& options) {
    error_code fault;
    const auto address = net::ip::make_address(options.address, fault);
    if (fault) {
        throw_bind_fault(tcp::endpoint(net::ip::address_v4::any(), options.port), fault);
    }
    return {address, options.port};
}

enum class Sharing { alone, with_own_threads };

tcp::acceptor open_acceptor(net::io_context& io, const tcp::endpoint& endpoint, Sharing sharing) {
    tcp::acceptor acceptor(io);
    error_code fault;
    acceptor.open(endpoint.protocol(), fault);
    if (!fault) {
        acceptor.set_option(tcp::acceptor::reuse_address(true), fault);
    }
    if (!fault && sharing == Sharing::with_own_threads) {
        const int on = 1;
        ::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    }
    if (!fault) {
        acceptor.bind(endpoint, fault);
    }
    if (!fault) {
        acceptor.listen(net::socket_base::max_listen_connections, fault);
    }
    if (fault) {
        throw_bind_fault(endpoint, fault);
    }
    return acceptor;
}

void log_thrown(const std::exception_ptr& thrown, std::string_view where) {
    if (!thrown) {
        return;
    }
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
        spdlog::error("{} ended: {}", where, error.what());
    }
}

}  // namespace

/// One I/O thread: accepts, runs its connections, and looks after their deadlines.
class Server::Worker {
public:
    Worker(std::shared_ptr<ServerState> state, const tcp::endpoint& endpoint)
        : state_(std::move(state)),
          io_(1),
          acceptor_(open_acceptor(io_, endpoint, Sharing::with_own_threads)),
          tick_(io_),
          port_(acceptor_.local_endpoint().port()) {}

    void start() {
        net::co_spawn(
            io_,
            [this] { return accept(); },
            [](const std::exception_ptr& thrown) { log_thrown(thrown, "accepting"); });
        net::co_spawn(
            io_,
            [this] { return watch(); },
            [](const std::exception_ptr& thrown) { log_thrown(thrown, "watching deadlines"); });
        thread_ = std::thread([this] { io_.run(); });
    }

    /// No new connections; those that are idle close, the others after their answer.
    void finish() {
        net::post(io_, [this] {
            error_code ignored;
            acceptor_.close(ignored);
            each([](Connection& connection) { connection.finish(); });
        });
    }

    void abort() {
        net::post(io_, [this] { each([](Connection& connection) { connection.abort(); }); });
    }

    void join() {
        io_.stop();
        if (thread_.joinable()) {
            thread_.join();
        }
    }

    std::uint16_t port() const { return port_; }

private:
    net::awaitable<void> accept() {
        while (acceptor_.is_open()) {
            auto result = co_await acceptor_.async_accept(io_, net::as_tuple(net::use_awaitable));
            if (!std::get<0>(result)) {
                take(std::move(std::get<1>(result)));
            } else if (acceptor_.is_open()) {  // out of descriptors: let some close
                net::steady_timer pause(io_, kAcceptPause);
                co_await pause.async_wait(net::as_tuple(net::use_awaitable));
            }
        }
    }

    void take(tcp::socket socket) {
        if (state_->connections >= state_->options.limits.connections) {
            ++state_->refused_connections;
            constexpr std::string_view kFull =
                "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: "
                "close\r\n\r\n";
            error_code ignored;
            socket.non_blocking(true, ignored);
            socket.write_some(net::buffer(kFull), ignored);
            return;
        }
        const auto connection = std::make_shared<Connection>(std::move(socket), state_);
        connections_.emplace(connection.get(), connection);
        net::co_spawn(
            io_,
            [connection] { return connection->run(); },
            [this, key = connection.get()](const std::exception_ptr& thrown) {
                connections_.erase(key);
                log_thrown(thrown, "a connection");
            });
    }

    net::awaitable<void> watch() {
        for (;;) {
            tick_.expires_after(kTick);
            co_await tick_.async_wait(net::as_tuple(net::use_awaitable));
            const auto now = std::chrono::steady_clock::now();
            each([now](Connection& connection) { connection.check_deadline(now); });
        }
    }

    template <class Use>
    void each(Use use) {
        for (const auto& [key, connection] : connections_) {
            if (const auto alive = connection.lock()) {
                use(*alive);
            }
        }
    }

    const std::shared_ptr<ServerState> state_;
    net::io_context io_;
    tcp::acceptor acceptor_;
    net::steady_timer tick_;
    const std::uint16_t port_;
    std::unordered_map<const Connection*, std::weak_ptr<Connection>> connections_;
    std::thread thread_;
};

Server::Server(const Router& router, Bus& bus, ServerOptions options)
    : state_(std::make_shared<ServerState>(router, bus, std::move(options))) {
    auto endpoint = endpoint_of(state_->options);
    {
        // Sharing the port among our threads must not hide that somebody else has it.
        net::io_context io;
        const auto probe = open_acceptor(io, endpoint, Sharing::alone);
        endpoint.port(probe.local_endpoint().port());
    }
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const unsigned threads = state_->options.threads == 0 ? cores : state_->options.threads;
    for (unsigned i = 0; i < threads; ++i) {
        workers_.push_back(std::make_unique<Worker>(state_, endpoint));
    }
}

Server::~Server() {
    stop();
    state_->wait_until_idle();  // answers still on their way post to our threads' queues
}

void Server::start() {
    for (const auto& worker : workers_) {
        worker->start();
    }
}

void Server::stop() {
    if (state_->stopping.exchange(true)) {
        return;
    }
    for (const auto& worker : workers_) {
        worker->finish();
    }
    const auto wait_until = [&](std::chrono::steady_clock::time_point end) {
        while (state_->connections > 0 && std::chrono::steady_clock::now() < end) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    };
    wait_until(std::chrono::steady_clock::now() + state_->options.limits.stop_time);
    for (const auto& worker : workers_) {
        worker->abort();
    }
    wait_until(std::chrono::steady_clock::now() + std::chrono::seconds(1));
    for (const auto& worker : workers_) {
        worker->join();
    }
}

std::uint16_t Server::port() const {
    return workers_.front()->port();
}

ServerCounts Server::counts() const {
    return {.connections = state_->connections,
            .in_flight = state_->in_flight,
            .event_streams = state_->event_streams,
            .refused_connections = state_->refused_connections,
            .refused_requests = state_->refused_requests};
}

void log_served(const Served& served) {
    spdlog::info("{} {} {} {}us {}",
                 served.method,
                 served.route,
                 served.status,
                 served.time.count(),
                 served.request_id);
}

}  // namespace educard::http
