// The two ways out: an HTTP gateway, and the log.

#include "base/error.hpp"
#include "modules/sms/sms.hpp"
#include "runtime/outgoing.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include <spdlog/spdlog.h>

namespace educard::sms {

namespace {

void replace(std::string& url, std::string_view name, std::string_view value) {
    const auto encoded = boost::urls::encode(value, boost::urls::unreserved_chars);
    for (auto at = url.find(name); at != std::string::npos; at = url.find(name, at + encoded.size())) {
        url.replace(at, name.size(), encoded);
    }
}

class HttpGateway final : public Gateway {
public:
    explicit HttpGateway(std::string url_template)
        : url_template_(std::move(url_template)), outgoing_({.private_addresses = true}) {}

    void send(const std::string& phone,
              const std::string& text,
              const std::string& report_url) const override {
        auto url = url_template_;
        replace(url, "{to}", phone);
        replace(url, "{report}", report_url);
        replace(url, "{text}", text);  // last: it may hold anything
        const auto status = outgoing_.get(url);
        if (status >= 500 || status == 429) {
            throw Error(Fault::unavailable, "sms.gateway_busy");
        }
        if (status < 200 || status >= 300) {
            spdlog::error("the SMS gateway refused a message with {}", status);
            throw Error(Fault::invalid, "sms.gateway_refused");
        }
    }

private:
    std::string url_template_;
    Outgoing outgoing_;
};

class ConsoleGateway final : public Gateway {
public:
    void send(const std::string& phone,
              const std::string& text,
              const std::string& /*report_url*/) const override {
        spdlog::warn("SMS to {}: {}", phone, text);
    }
};

}  // namespace

std::unique_ptr<Gateway> make_console_gateway() {
    return std::make_unique<ConsoleGateway>();
}

std::unique_ptr<Gateway> make_http_gateway(std::string url_template) {
    return std::make_unique<HttpGateway>(std::move(url_template));
}

}  // namespace educard::sms
