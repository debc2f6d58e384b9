#include "http/request.hpp"

#include "base/json.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>

namespace educard::http {

namespace {

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    return text;
}

/// Cuts the part before `separator` off the front of `rest`.
std::string_view take_until(std::string_view& rest, char separator) {
    const auto at = rest.find(separator);
    const auto part = rest.substr(0, at);
    rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
    return trim(part);
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(
        out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

/// The q of "en;q=0.5" in thousandths.
int quality_of(std::string_view parameters) {
    while (!parameters.empty()) {
        auto parameter = take_until(parameters, ';');
        if (parameter.starts_with("q=")) {
            double quality = 0;
            std::from_chars(parameter.data() + 2, parameter.data() + parameter.size(), quality);
            return static_cast<int>(std::clamp(quality, 0.0, 1.0) * 1000);
        }
    }
    return 1000;
}

Language from_accept_language(std::string_view accepted) {
    int chinese = 0;
    int english = 0;
    while (!accepted.empty()) {
        auto rest = take_until(accepted, ',');
        const auto tag = lower(take_until(rest, ';'));
        const int quality = quality_of(rest);
        if (tag == "zh" || tag.starts_with("zh-")) {
            chinese = std::max(chinese, quality);
        } else if (tag == "en" || tag.starts_with("en-")) {
            english = std::max(english, quality);
        }
    }
    return english > chinese ? Language::en : Language::zh_cn;
}

bool is_trusted(std::string_view address, const std::vector<std::string>& trusted_proxies) {
    return std::ranges::find(trusted_proxies, address) != trusted_proxies.end();
}

std::string cut_to_network(std::string_view address) {
    const std::string text(address);
    in6_addr six{};
    in_addr four{};
    if (inet_pton(AF_INET, text.c_str(), &four) == 1) {
        return text;
    }
    if (inet_pton(AF_INET6, text.c_str(), &six) != 1) {
        return "unknown";
    }
    std::array<char, INET6_ADDRSTRLEN> out{};
    if (IN6_IS_ADDR_V4MAPPED(&six)) {
        inet_ntop(AF_INET, &six.s6_addr[12], out.data(), out.size());
        return out.data();
    }
    std::fill(std::begin(six.s6_addr) + 8, std::end(six.s6_addr), std::uint8_t{0});
    inet_ntop(AF_INET6, &six, out.data(), out.size());
    return std::string(out.data()) + "/64";
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, Plus plus) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return std::nullopt;
            }
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += text[i] == '+' && plus == Plus::space ? ' ' : text[i];
        }
    }
    return json::is_clean_text(out) ? std::optional(std::move(out)) : std::nullopt;
}

std::string_view cookie_value(std::string_view cookies, std::string_view name) {
    while (!cookies.empty()) {
        const auto cookie = take_until(cookies, ';');
        if (cookie.size() > name.size() && cookie.starts_with(name) && cookie[name.size()] == '=') {
            return cookie.substr(name.size() + 1);
        }
    }
    return {};
}

Language choose_language(const Request& request) {
    const auto chosen = cookie_value(request.cookie, "educard_language");
    if (chosen == "en") {
        return Language::en;
    }
    return chosen == "zh-CN" ? Language::zh_cn : from_accept_language(request.accept_language);
}

Token token_of(const Request& request) {
    constexpr std::string_view kBearer = "bearer ";
    if (lower(request.authorization.substr(0, kBearer.size())) == kBearer) {
        return {trim(std::string_view(request.authorization).substr(kBearer.size())), false};
    }
    return {cookie_value(request.cookie, kSessionCookie), true};
}

bool is_foreign(const Request& request, std::string_view own_origin) {
    if (!request.fetch_site.empty()) {
        return request.fetch_site != "same-origin" && request.fetch_site != "none";
    }
    if (!request.origin.empty()) {
        const auto scheme = request.origin.find("://");
        // Of an installation that is reached over TLS no page comes without: whoever can put words into the
        // connection can put a page onto our own host there.
        const bool less_safe = own_origin.starts_with("https://") && !request.origin.starts_with("https://");
        const bool same_host = scheme != std::string::npos && !request.host.empty() && !less_safe &&
                               std::string_view(request.origin).substr(scheme + 3) == request.host;
        return request.origin != own_origin && !same_host;
    }
    return token_of(request).from_cookie && !token_of(request).text.empty();
}

std::string client_network(const Request& request, const std::vector<std::string>& trusted_proxies) {
    std::string_view client = request.peer;
    std::string_view chain = request.forwarded_for;
    while (is_trusted(client, trusted_proxies) && !chain.empty()) {
        const auto comma = chain.rfind(',');
        client = trim(comma == std::string_view::npos ? chain : chain.substr(comma + 1));
        chain = comma == std::string_view::npos ? std::string_view() : chain.substr(0, comma);
    }
    return cut_to_network(client);
}

bool is_secure(const Request& request, const std::vector<std::string>& trusted_proxies) {
    return request.forwarded_proto == "https" && is_trusted(request.peer, trusted_proxies);
}

}  // namespace educard::http
