#include "http/parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>

namespace educard::http {

namespace beast = boost::beast;
using boost::system::error_code;

class RequestParser::Reader final : public beast::http::basic_parser<true> {
public:
    explicit Reader(std::size_t header_limit) {
        this->header_limit(static_cast<std::uint32_t>(header_limit));
        body_limit(boost::none);  // our own limit depends on the route, which the header names
    }

    void fail(int status, std::string_view code) {
        if (state != State::failed) {
            state = State::failed;
            fault_status = status;
            fault_code = code;
        }
    }

    void fail(const error_code& fault) {
        using beast::http::error;
        if (fault == error::header_limit) {
            fail(431, "http.header_too_large");
        } else {
            fail(400, "http.bad_request");
        }
    }

    void finish_header() {
        const bool host_needed = version_ >= 11;
        if ((host_needed && hosts != 1) || hosts > 1 || (chunked() && version_ < 11)) {
            fail(400, "http.bad_request");
        } else if (!expect.empty() && !beast::iequals(expect, "100-continue")) {
            fail(417, "http.expectation");
        } else {
            state = State::body;
        }
    }

    bool store(std::string_view octets) {
        body_octets += octets.size();
        if (body_octets > limit) {
            fail(413, "http.body_too_large");
            return false;
        }
        if (!sink) {
            request.body.append(octets);
            return true;
        }
        if (!sink(octets)) {
            fail(503, "http.no_space");
            return false;
        }
        return true;
    }

    Request request;
    State state = State::header;
    int fault_status = 0;
    std::string_view fault_code;
    std::string expect;
    unsigned hosts = 0;
    std::uint64_t limit = 0;
    std::uint64_t body_octets = 0;
    std::function<bool(std::string_view)> sink;

private:
    void on_request_impl(beast::http::verb,
                         beast::string_view method,
                         beast::string_view target,
                         int version,
                         error_code&) override {
        version_ = version;
        request.method.assign(method.data(), method.size());
        request.target.assign(target.data(), target.size());
        // A proxy may send the absolute form; the path begins after the authority.
        for (const std::string_view scheme : {"http://", "https://"}) {
            if (request.target.starts_with(scheme)) {
                const auto path = request.target.find('/', scheme.size());
                request.target = path == std::string::npos ? "/" : request.target.substr(path);
            }
        }
        request.target.erase(std::min(request.target.find('#'), request.target.size()));
    }

    void on_field_impl(beast::http::field name,
                       beast::string_view name_text,
                       beast::string_view text,
                       error_code&) override {
        if (state != State::header) {
            return;  // a trailer changes nothing
        }
        const std::string_view value(text.data(), text.size());
        using beast::http::field;
        switch (name) {
            case field::host:
                ++hosts;
                request.host = value;
                break;
            case field::cookie:
                join(request.cookie, "; ", value);
                break;
            case field::accept_language:
                join(request.accept_language, ", ", value);
                break;
            case field::accept_encoding:
                join(request.accept_encoding, ", ", value);
                break;
            case field::if_none_match:
                join(request.if_none_match, ", ", value);
                break;
            case field::authorization:
                once(request.authorization, value);
                break;
            case field::origin:
                once(request.origin, value);
                break;
            case field::content_type:
                once(request.content_type, value);
                break;
            case field::user_agent:
                request.user_agent = value;
                break;
            case field::expect:
                once(expect, value);
                break;
            case field::content_length:
                once(content_length_text_, value);
                break;
            case field::transfer_encoding:
                once(transfer_encoding_, value);
                if (!beast::iequals(transfer_encoding_, "chunked")) {
                    fail(501, "http.bad_request");
                }
                break;
            default:
                on_named_field({name_text.data(), name_text.size()}, value);
        }
    }

    void on_named_field(std::string_view name, std::string_view value) {
        if (beast::iequals(name, "sec-fetch-site")) {
            once(request.fetch_site, value);
        } else if (beast::iequals(name, "dpop")) {
            once(request.dpop, value);
        } else if (beast::iequals(name, "idempotency-key")) {
            once(request.idempotency_key, value);
        } else if (beast::iequals(name, "x-forwarded-for")) {
            join(request.forwarded_for, ", ", value);
        } else if (beast::iequals(name, "x-forwarded-proto")) {
            request.forwarded_proto = value;
        }
    }

    void on_response_impl(int, beast::string_view, int, error_code&) override {}
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}

    std::size_t on_body_impl(beast::string_view octets, error_code& fault) override {
        if (!store({octets.data(), octets.size()})) {
            fault = beast::http::error::body_limit;
        }
        return octets.size();
    }

    void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}

    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view octets, error_code& fault) override {
        return on_body_impl(octets, fault);
    }

    void on_finish_impl(error_code&) override {}

    static void join(std::string& into, std::string_view separator, std::string_view value) {
        if (!into.empty()) {
            into += separator;
        }
        into += value;
    }

    /// A header that means something only once.
    void once(std::string& into, std::string_view value) {
        if (!into.empty()) {
            fail(400, "http.bad_request");
        }
        into = value;
    }

    int version_ = 0;
    std::string content_length_text_;
    std::string transfer_encoding_;
};

RequestParser::RequestParser(std::size_t header_limit) : reader_(std::make_unique<Reader>(header_limit)) {}
RequestParser::~RequestParser() = default;

std::size_t RequestParser::feed(std::string_view octets) {
    auto& reader = *reader_;
    std::size_t used = 0;
    while (used < octets.size() && (reader.state == State::header || reader.state == State::body)) {
        const bool in_header = reader.state == State::header;
        reader.eager(!in_header);
        error_code fault;
        const auto rest = octets.substr(used);
        used += reader.put(boost::asio::const_buffer(rest.data(), rest.size()), fault);
        if (reader.state == State::failed) {
            break;
        }
        if (fault == beast::http::error::need_more) {
            break;
        }
        if (fault) {
            reader.fail(fault);
            break;
        }
        if (in_header && reader.is_header_done()) {
            reader.finish_header();
            if (reader.state == State::body && reader.is_done()) {
                reader.state = State::done;
            }
            break;
        }
        if (reader.is_done()) {
            reader.state = State::done;
        }
    }
    return used;
}

RequestParser::State RequestParser::state() const {
    return reader_->state;
}
int RequestParser::fault_status() const {
    return reader_->fault_status;
}
std::string_view RequestParser::fault_code() const {
    return reader_->fault_code;
}
Request& RequestParser::request() {
    return reader_->request;
}
bool RequestParser::keep_alive() const {
    return reader_->keep_alive();
}
bool RequestParser::expects_continue() const {
    return !reader_->expect.empty();
}
std::optional<std::uint64_t> RequestParser::content_length() const {
    const auto length = reader_->content_length();
    return length ? std::optional(*length) : std::nullopt;
}
void RequestParser::set_body_limit(std::uint64_t octets) {
    reader_->limit = octets;
    if (content_length().value_or(0) > octets) {
        reader_->fail(413, "http.body_too_large");
    } else if (!reader_->sink) {
        reader_->request.body.reserve(std::min<std::uint64_t>(content_length().value_or(0), 65'536));
    }
}
void RequestParser::set_sink(std::function<bool(std::string_view)> sink) {
    reader_->sink = std::move(sink);
}
std::uint64_t RequestParser::body_octets() const {
    return reader_->body_octets;
}

}  // namespace educard::http
