#pragma once
// Requests that leave the server, to addresses that others named: notices to apps, and what comes after them.
// Nobody may have the server ask its own neighbours (SSRF): the address is looked at when the connection is
// made, so that a name that leads elsewhere later does not help; redirects are not followed. libcurl does the
// work. Any thread.

#include <chrono>
#include <string>
#include <string_view>

struct sockaddr;

namespace educard {

struct OutgoingOptions {
    bool private_addresses = false;  // also apps on the networks of schools
    std::chrono::seconds patience{5};
};

class Outgoing {
public:
    explicit Outgoing(OutgoingOptions options = {});

    /// The status of the answer, whose body is thrown away. Throws unavailable "outgoing.no_answer", invalid
    /// "outgoing.address" when that address is not to be asked.
    int post(const std::string& url, std::string_view content_type, const std::string& body) const;
    int get(const std::string& url) const;

private:
    struct Body {
        std::string_view content_type;
        const std::string& octets;
    };
    int ask(const std::string& url, const Body* body) const;

    const OutgoingOptions options_;
};

/// Whether an address is of the public internet (IANA's special-purpose registries, RFC 6890).
bool is_public(const sockaddr& address);

}  // namespace educard
