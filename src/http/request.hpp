#pragma once
// A request as the router sees it: what the connection (or a test) has read from the wire, with the few
// headers that matter. Values only.

#include "http/routes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace educard::http {

struct Request {
    std::string method = "GET";  // as sent; HEAD is answered as GET without the body
    std::string target = "/";    // path and query as sent
    std::string host{};
    std::string cookie{};
    std::string authorization{};
    std::string dpop{};
    std::string origin{};
    std::string fetch_site{};
    std::string accept_language{};
    std::string accept_encoding{};
    std::string content_type{};
    std::string if_none_match{};
    std::string idempotency_key{};
    std::string user_agent{};
    std::string forwarded_for{};
    std::string forwarded_proto{};
    std::string body{};
    std::optional<Upload> upload{};  // for upload routes: where the body went
    std::string peer{};              // address of the other end of the connection
    std::string id{};                // made by the server; in logs and problem details

    std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
    std::string_view query() const {
        const auto mark = target.find('?');
        return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
    }
};

/// %XX and (in queries) + undone; nothing when malformed, not UTF-8, or holding NUL.
enum class Plus { literal, space };
std::optional<std::string> percent_decode(std::string_view text, Plus plus);

/// The cookie's value, or empty. Of two with the same name the first counts.
std::string_view cookie_value(std::string_view cookies, std::string_view name);

/// What the reader wants: the cookie educard_language, else Accept-Language, else Chinese.
Language choose_language(const Request& request);

/// The bearer token or the session cookie, and which of the two.
struct Token {
    std::string_view text;
    bool from_cookie = false;
};
Token token_of(const Request& request);

inline constexpr std::string_view kSessionCookie = "__Host-educard";

/// Whether a browser may have sent this from another site: for requests that change something and do not
/// carry a bearer token. `own_origin` is what browsers see in the address bar ("https://card.example.cn").
bool is_foreign(const Request& request, std::string_view own_origin);

/// The client's address as limits count it (IPv6 cut to /64): the peer, or behind a trusted proxy the last
/// address in X-Forwarded-For that is not itself a trusted proxy.
std::string client_network(const Request& request, const std::vector<std::string>& trusted_proxies);

/// Whether the browser reached us over TLS: a trusted proxy says so.
bool is_secure(const Request& request, const std::vector<std::string>& trusted_proxies);

}  // namespace educard::http
