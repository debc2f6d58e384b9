#include "http/connection.hpp"
#include "runtime/bus.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace educard::http {

namespace net = boost::asio;

namespace {

/// Server-Sent Events: JSON has no line breaks of its own, so one data line is enough.
void write_event(const Event& event, std::string& out) {
    out.append("event: ").append(event.topic).append("\ndata: ").append(event.json).append("\n\n");
}

}  // namespace

/// Sends what the bus says until the client leaves, is too slow, or the stream has lived long enough: then
/// the client comes back, and whether it may still listen is asked anew.
net::awaitable<void> Connection::stream_events(Subscription subscription) {
    const auto& limits = state_->options.limits;
    if (state_->event_streams >= limits.event_streams) {
        ++state_->refused_requests;
        context_.keep_alive = false;
        Error busy(Fault::unavailable, "http.busy");
        co_await answer(state_->router.refusal(503, busy, parser_->request()));
        co_return;
    }
    ++state_->event_streams;
    const auto timer = std::make_shared<net::steady_timer>(socket_.get_executor());
    wake_ = timer;
    const auto listener = state_->bus.subscribe(std::move(subscription.topics), [timer] {
        net::post(timer->get_executor(), [timer] { timer->cancel(); });
    });
    write_event_stream_head(context_, out_);
    out_ += "retry: 3000\n\n";
    report(200);
    const auto end = Clock::now() + limits.stream_life;
    while (!finishing_ && Clock::now() < end) {
        for (const auto& event : listener->take()) {
            write_event(event, out_);
        }
        const bool written = co_await flush(std::string_view());
        if (!written || listener->cut_off()) {
            break;
        }
        timer->expires_after(limits.heartbeat);
        const auto waited = co_await timer->async_wait(net::as_tuple(net::use_awaitable));
        if (!std::get<0>(waited)) {
            out_ += ": alive\n\n";
        }
    }
    wake_.reset();
    --state_->event_streams;
}

}  // namespace educard::http
