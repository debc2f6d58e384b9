#pragma once
// Requests that leave the server, to addresses that others named: notices to apps, and what comes after them.
// Nobody may have the server ask its own neighbours (SSRF): the address is looked at when the connection is
// made, so that a name that leads elsewhere later does not help; redirects are not followed. libcurl does the
// work. Any thread.

#include <boost/describe/enum.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sockaddr;

namespace educard {

struct OutgoingOptions {
    bool private_addresses = false;  // also apps on the networks of schools
    std::chrono::seconds patience{5};
};

/// Why there is no answer. `address`: it is none that may be asked.
enum class Unanswered { no_answer, timed_out, no_host, tls, address };
BOOST_DESCRIBE_ENUM(Unanswered, no_answer, timed_out, no_host, tls, address)

/// What came of a request: a status, or why there is none.
struct OutgoingAnswer {
    int status = 0;
    std::optional<Unanswered> unanswered;
    std::string beginning;  // of the body, as it came
    std::chrono::milliseconds took{};
};

class Outgoing {
public:
    explicit Outgoing(OutgoingOptions options = {});

    /// Whether it asks addresses that are not public, and without TLS.
    bool asks_private() const { return options_.private_addresses; }

    /// The status of the answer, whose body is thrown away. Throws unavailable "outgoing.no_answer", invalid
    /// "outgoing.address" when that address is not to be asked.
    int post(const std::string& url, std::string_view content_type, const std::string& body) const;
    int get(const std::string& url) const;
    /// Posts with headers of one's own ("webhook-id: 1") and tells what came of it, with at most `keep`
    /// octets of the answer. Never throws for what the other side does.
    OutgoingAnswer send(const std::string& url,
                        const std::vector<std::string>& headers,
                        const std::string& body,
                        std::size_t keep) const;

private:
    int ask(const std::string& url, const std::vector<std::string>& headers, const std::string* body) const;
    OutgoingAnswer perform(const std::string& url,
                           const std::vector<std::string>& headers,
                           const std::string* body,
                           std::size_t keep) const;

    const OutgoingOptions options_;
};

/// Whether an address is of the public internet (IANA's special-purpose registries, RFC 6890).
bool is_public(const sockaddr& address);

}  // namespace educard
