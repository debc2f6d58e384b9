#include "modules/oidc/redirects.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

namespace educard::oidc {

namespace {

using boost::urls::url_view;

bool is_loopback(const url_view& url) {
    const auto host = url.host();
    return url.scheme() == "http" && (host == "127.0.0.1" || host == "[::1]" || host == "localhost");
}

bool is_same_but_port(const url_view& a, const url_view& b) {
    return a.scheme() == b.scheme() && a.encoded_host() == b.encoded_host() &&
           a.encoded_target() == b.encoded_target();
}

}  // namespace

bool may_redirect_to(std::string_view uri) {
    const auto parsed = boost::urls::parse_uri(uri);
    if (!parsed || parsed->has_fragment() || parsed->has_userinfo() || uri.contains('*')) {
        return false;  // addresses are compared as they stand: nobody comes back to a pattern
    }
    const auto& url = *parsed;
    if (url.scheme() == "https") {
        return !url.host().empty();
    }
    return is_loopback(url) || (url.scheme() != "http" && url.scheme().find('.') != std::string_view::npos);
}

bool may_be_told(std::string_view uri) {
    return may_redirect_to(uri) && (uri.starts_with("https:") || uri.starts_with("http:"));
}

bool is_registered(std::string_view uri, const std::vector<std::string>& registered) {
    if (std::ranges::find(registered, uri) != registered.end()) {
        return true;
    }
    const auto asked = boost::urls::parse_uri(uri);
    if (!asked || !is_loopback(*asked) || asked->has_fragment() || asked->has_userinfo()) {
        return false;
    }
    return std::ranges::any_of(registered, [&](const std::string& one) {
        const auto known = boost::urls::parse_uri(one);
        return known && is_loopback(*known) && is_same_but_port(*asked, *known);
    });
}

std::string sector_of(const std::vector<std::string>& registered) {
    std::string sector;
    for (const auto& uri : registered) {
        const auto parsed = boost::urls::parse_uri(uri);
        const std::string host = parsed ? std::string(parsed->host()) : std::string();
        if (host.empty() || (!sector.empty() && sector != host)) {
            return {};
        }
        sector = host;
    }
    return sector;
}

std::optional<std::string> form_origin(std::string_view uri) {
    const auto parsed = boost::urls::parse_uri(uri);
    if (!parsed || !may_be_told(uri)) {
        return std::nullopt;
    }
    const std::string host(parsed->encoded_host());
    const bool plain = !host.empty() && std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '-';
    });
    if (!plain) {
        return std::nullopt;
    }
    const std::string port = parsed->port().empty() ? std::string() : ":" + std::string(parsed->port());
    return std::string(parsed->scheme()) + "://" + host + port;
}

std::string with_parameters(std::string_view uri,
                            const std::vector<std::pair<std::string, std::string>>& parameters) {
    std::string out(uri);
    for (const auto& [name, value] : parameters) {
        out += out.find('?') == std::string::npos ? '?' : '&';
        out += name;
        out += '=';
        out += boost::urls::encode(value, boost::urls::unreserved_chars);
    }
    return out;
}

}  // namespace educard::oidc
