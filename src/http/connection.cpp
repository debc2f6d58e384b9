#include "http/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <random>
#include <unistd.h>

namespace educard::http {

namespace net = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t kFirstBuffer = 2048;
constexpr std::size_t kFlatBody =
    32 * 1024;  // bodies up to this are copied behind their head and written at once
constexpr std::size_t kMaxPending = 64 * 1024;
constexpr std::size_t kMaxDiscarded = 256 * 1024 * 1024;
constexpr std::uint64_t kSlowestOctetsPerSecond = 16 * 1024;
constexpr std::string_view kNothing;
constexpr auto kLingerTime = std::chrono::seconds(5);

std::string peer_of(const net::ip::tcp::socket& socket) {
    error_code fault;
    const auto endpoint = socket.remote_endpoint(fault);
    return fault ? std::string() : endpoint.address().to_string();
}

/// 16 hexadecimal digits: unique in this process, and hardly ever met in another.
std::string make_request_id() {
    static const std::uint64_t start =
        std::random_device()() | (std::uint64_t{std::random_device()()} << 32U);
    static std::atomic<std::uint64_t> counter{0};
    return fmt::format("{:016x}",
                       start + counter.fetch_add(1, std::memory_order_relaxed) * 0x9e3779b97f4a7c15U);
}

/// The file that an upload goes to; removed with the object unless somebody moved it away.
class UploadFile {
public:
    explicit UploadFile(const std::string& folder) : path_(folder + "/upload-XXXXXX") {
        descriptor_ = ::mkostemp(path_.data(), O_CLOEXEC);
    }
    ~UploadFile() {
        close();
        std::error_code ignored;  // it may have been moved away
        std::filesystem::remove(path_, ignored);
    }
    UploadFile(const UploadFile&) = delete;
    UploadFile& operator=(const UploadFile&) = delete;

    bool write(std::string_view octets) {
        while (!octets.empty()) {
            const auto written = ::write(descriptor_, octets.data(), octets.size());
            if (written <= 0) {
                return false;
            }
            octets.remove_prefix(static_cast<std::size_t>(written));
        }
        return true;
    }
    void close() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
            descriptor_ = -1;
        }
    }
    const std::string& path() const { return path_; }

private:
    std::string path_;
    int descriptor_ = -1;
};

}  // namespace

void ServerState::end_request() {
    const std::lock_guard lock(mutex_);
    --in_flight;
    idle_.notify_all();
}

void ServerState::wait_until_idle() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return in_flight == 0; });
}

Connection::Connection(net::ip::tcp::socket socket, std::shared_ptr<ServerState> state)
    : socket_(std::move(socket)), state_(std::move(state)), peer_(peer_of(socket_)), buffer_(kFirstBuffer) {
    ++state_->connections;
    error_code ignored;  // a connection that is gone already fails at its first read
    socket_.set_option(net::ip::tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
}

Connection::~Connection() {
    --state_->connections;
}

void Connection::check_deadline(Clock::time_point now) {
    if (now > deadline_) {
        timed_out_ = true;
        deadline_ = Clock::time_point::max();
        error_code ignored;
        socket_.cancel(ignored);
    }
}

void Connection::finish() {
    finishing_ = true;
    if (wake_) {
        wake_->cancel();
    }
    if (idle_) {
        abort();
    }
}

void Connection::abort() {
    error_code ignored;
    socket_.close(ignored);
}

void Connection::allow_transfer(std::uint64_t octets) {
    deadline_ = Clock::now() + state_->options.limits.transfer_time +
                std::chrono::seconds(octets / kSlowestOctetsPerSecond);
}

net::awaitable<void> Connection::run() {
    for (;;) {
        const auto next = co_await serve_one();
        if (next == Next::linger) {
            co_await linger();
        }
        if (next != Next::request) {
            break;
        }
    }
    error_code ignored;
    socket_.shutdown(net::ip::tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
}

/// Reads until there is something new in the buffer; false when the client is gone or took too long.
net::awaitable<bool> Connection::read_more() {
    if (begin_ == end_) {
        begin_ = end_ = 0;
    } else if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == buffer_.size()) {
        buffer_.resize(buffer_.size() * 2);  // the parser's own limits end this
    }
    const auto free = net::buffer(buffer_.data() + end_, buffer_.size() - end_);
    const auto result = co_await socket_.async_read_some(free, net::as_tuple(net::use_awaitable));
    end_ += std::get<1>(result);
    co_return !std::get<0>(result);
}

/// Gives the parser what is in the buffer; false when it needs more than that.
bool Connection::feed() {
    const auto before = parser_->state();
    begin_ += parser_->feed(std::string_view(buffer_.data() + begin_, end_ - begin_));
    return parser_->state() != before;
}

net::awaitable<bool> Connection::read_header() {
    parser_ = std::make_unique<RequestParser>(state_->options.limits.header_octets);
    timed_out_ = false;
    idle_ = begin_ == end_;
    deadline_ =
        Clock::now() + (idle_ ? state_->options.limits.idle_time : state_->options.limits.header_time);
    for (;;) {
        if (begin_ != end_ && feed()) {
            break;
        }
        if (finishing_ && idle_) {
            co_return false;
        }
        const bool more = co_await read_more();
        if (!more) {
            co_return false;
        }
        if (idle_) {
            idle_ = false;
            deadline_ = Clock::now() + state_->options.limits.header_time;
        }
    }
    deadline_ = Clock::time_point::max();
    co_return true;
}

net::awaitable<bool> Connection::read_body() {
    allow_transfer(0);
    const auto begun = deadline_;
    while (parser_->state() == RequestParser::State::body) {
        if (begin_ != end_ && feed()) {
            break;
        }
        const bool more = co_await read_more();
        if (!more) {
            co_return false;
        }
        deadline_ = begun + std::chrono::seconds(parser_->body_octets() / kSlowestOctetsPerSecond);
    }
    deadline_ = Clock::time_point::max();
    co_return true;
}

Response Connection::parser_refusal() const {
    const auto error =
        Error(Fault::invalid, std::string(parser_->fault_code())).with("limit", std::to_string(body_limit_));
    return state_->router.refusal(parser_->fault_status(), error, parser_->request());
}

net::awaitable<Connection::Next> Connection::serve_one() {
    route_ = "none";
    context_ = AnswerContext();
    const bool header = co_await read_header();
    started_ = Clock::now();
    context_.request_id = make_request_id();
    auto& request = parser_->request();
    request.peer = peer_;
    request.id = context_.request_id;
    method_ = request.method.substr(0, 16);
    if (!header) {
        if (timed_out_ && !idle_) {
            auto refusal = state_->router.refusal(408, Error(Fault::invalid, "http.timeout"), request);
            co_await answer(std::move(refusal));
        }
        co_return Next::close;
    }
    context_.head = request.method == "HEAD";
    const bool failed = parser_->state() == RequestParser::State::failed;
    context_.keep_alive = !failed && parser_->keep_alive() && !finishing_;
    context_.secure = is_secure(request, state_->options.trusted_proxies);
    context_.if_none_match = request.if_none_match;
    if (failed) {
        co_await answer(parser_refusal());
        co_return Next::linger;
    }
    auto matched = state_->router.match(request);
    Response response;
    if (auto* refused = std::get_if<Response>(&matched)) {
        route_ = refused->shared_body.empty() ? "none" : "static";
        response = std::move(*refused);
    } else {
        auto& match = std::get<Router::Match>(matched);
        route_ =
            match.route != nullptr ? std::string_view(match.route->path) : std::string_view(request.path());
        if (match.route == nullptr) {
            route_ = "page";
        }
        response = co_await obtain(std::move(match));
    }
    const bool unread =
        parser_->state() != RequestParser::State::done;  // of the body: where the next one begins is lost
    context_.keep_alive = context_.keep_alive && !unread && !finishing_;
    if (response.events && !context_.head) {
        co_await stream_events(std::move(*response.events));
        co_return Next::close;
    }
    const bool written = co_await answer(std::move(response));
    if (!written) {
        co_return Next::close;
    }
    if (unread) {
        co_return Next::linger;
    }
    co_return context_.keep_alive ? Next::request : Next::close;
}

/// Receives the body and has the router answer; refuses when too much is under way.
net::awaitable<Response> Connection::obtain(Router::Match match) {
    const bool upload = match.route != nullptr && match.route->endpoint->kind == Endpoint::Kind::upload;
    body_limit_ = match.route != nullptr ? match.route->max_body : 0;
    parser_->set_body_limit(body_limit_);
    if (parser_->state() == RequestParser::State::failed) {
        co_return parser_refusal();
    }
    if (state_->in_flight >= state_->options.limits.in_flight) {
        ++state_->refused_requests;
        co_return state_->router.refusal(503, Error(Fault::unavailable, "http.busy"), parser_->request());
    }
    std::optional<UploadFile> file;
    if (upload) {
        auto refused = co_await ask_admission(match);
        if (refused) {
            co_return std::move(*refused);
        }
        file.emplace(state_->options.upload_folder);
        parser_->set_sink([&file](std::string_view octets) { return file->write(octets); });
    }
    if (parser_->state() == RequestParser::State::body) {
        bool received = co_await send_continue();
        if (received) {
            received = co_await read_body();
        }
        if (!received) {
            Error timeout(Fault::invalid, timed_out_ ? "http.timeout" : "http.bad_request");
            co_return state_->router.refusal(timed_out_ ? 408 : 400, timeout, parser_->request());
        }
    }
    if (parser_->state() == RequestParser::State::failed) {
        co_return parser_refusal();
    }
    auto request = std::move(parser_->request());
    if (upload) {
        file->close();
        request.upload = Upload{file->path(), parser_->body_octets(), request.content_type};
    }
    if (match.page != nullptr) {
        co_return (*match.page)(request);
    }
    co_return co_await ask(std::move(request), std::move(match));
}

net::awaitable<Response> Connection::ask(Request request, Router::Match match) {
    auto initiation = [this](auto handler, Request asked, Router::Match where) {
        const auto executor = socket_.get_executor();
        state_->begin_request();
        state_->router.handle(
            std::move(asked),
            std::move(where),
            [executor, state = state_, handler = std::move(handler)](Response response) mutable {
                net::post(executor, [handler = std::move(handler), response = std::move(response)]() mutable {
                    std::move(handler)(std::move(response));
                });
                state->end_request();
            });
    };
    return net::async_initiate<const net::use_awaitable_t<>, void(Response)>(
        std::move(initiation), net::use_awaitable, std::move(request), std::move(match));
}

net::awaitable<std::optional<Response>> Connection::ask_admission(const Router::Match& match) {
    auto initiation = [this, &match](auto handler) {
        const auto executor = socket_.get_executor();
        state_->begin_request();
        state_->router.admit(
            parser_->request(),
            match,
            [executor, state = state_, handler = std::move(handler)](
                std::optional<Response> refused) mutable {
                net::post(executor, [handler = std::move(handler), refused = std::move(refused)]() mutable {
                    std::move(handler)(std::move(refused));
                });
                state->end_request();
            });
    };
    return net::async_initiate<const net::use_awaitable_t<>, void(std::optional<Response>)>(
        std::move(initiation), net::use_awaitable);
}

net::awaitable<bool> Connection::send_continue() {
    if (!parser_->expects_continue() || begin_ != end_) {
        co_return true;
    }
    out_ += "HTTP/1.1 100 Continue\r\n\r\n";
    co_return co_await flush(kNothing);
}

net::awaitable<bool> Connection::answer(Response response) {
    apply_if_none_match(response, context_);
    const std::string_view body =
        response.body.empty() ? response.shared_body : std::string_view(response.body);
    write_head(response, context_, body.size(), out_);
    report(response.status);
    if (context_.head) {
        co_return co_await flush(kNothing);
    }
    if (body.size() > kFlatBody) {
        co_return co_await flush(body);
    }
    out_ += body;
    // With another request in the buffer its answer goes out with this one.
    if (context_.keep_alive && begin_ != end_ && out_.size() < kMaxPending && response.status < 400) {
        co_return true;
    }
    co_return co_await flush(kNothing);
}

/// Writes what is pending, then `body`.
net::awaitable<bool> Connection::flush(std::string_view body) {
    error_code fault;
    std::size_t written = 0;
    const std::array<net::const_buffer, 2> all{net::buffer(out_), net::buffer(body)};
    const auto total = out_.size() + body.size();
    if (total == 0) {
        co_return true;
    }
    written = socket_.write_some(all, fault);  // mostly takes all, and saves a round through the scheduler
    if (!fault || fault == net::error::would_block) {
        fault.clear();
        if (written < total) {
            allow_transfer(total);
            const auto head_left = std::string_view(out_).substr(std::min(written, out_.size()));
            const auto body_left = body.substr(written - std::min(written, out_.size()));
            const std::array<net::const_buffer, 2> rest{net::buffer(head_left), net::buffer(body_left)};
            const auto result = co_await net::async_write(socket_, rest, net::as_tuple(net::use_awaitable));
            fault = std::get<0>(result);
            deadline_ = Clock::time_point::max();
        }
    }
    out_.clear();
    co_return !fault;
}

/// Lets the client read the refusal before the connection is reset because of what it is still sending.
net::awaitable<void> Connection::linger() {
    error_code fault;
    socket_.shutdown(net::ip::tcp::socket::shutdown_send, fault);
    deadline_ = Clock::now() + kLingerTime;
    std::size_t discarded = 0;
    while (!fault && discarded < kMaxDiscarded) {
        const auto space = net::buffer(buffer_);
        const auto result = co_await socket_.async_read_some(space, net::as_tuple(net::use_awaitable));
        fault = std::get<0>(result);
        discarded += std::get<1>(result);
    }
}

void Connection::report(int status) {
    if (state_->options.on_served) {
        const auto time = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - started_);
        state_->options.on_served(Served{method_, route_, status, time, context_.request_id});
    }
}

}  // namespace educard::http
