#include "runtime/outgoing.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <curl/curl.h>
#include <memory>
#include <mutex>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace educard {

namespace {

struct Block4 {
    std::uint32_t first;
    int bits;
};

constexpr std::uint32_t v4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    return a << 24 | b << 16 | c << 8 | d;
}

// Not globally reachable, or not somebody's host.
constexpr std::array kSpecial4{Block4{v4(0, 0, 0, 0), 8},
                               Block4{v4(10, 0, 0, 0), 8},
                               Block4{v4(100, 64, 0, 0), 10},
                               Block4{v4(127, 0, 0, 0), 8},
                               Block4{v4(169, 254, 0, 0), 16},
                               Block4{v4(172, 16, 0, 0), 12},
                               Block4{v4(192, 0, 0, 0), 24},
                               Block4{v4(192, 0, 2, 0), 24},
                               Block4{v4(192, 88, 99, 0), 24},
                               Block4{v4(192, 168, 0, 0), 16},
                               Block4{v4(198, 18, 0, 0), 15},
                               Block4{v4(198, 51, 100, 0), 24},
                               Block4{v4(203, 0, 113, 0), 24},
                               Block4{v4(224, 0, 0, 0), 3}};

bool is_public_v4(std::uint32_t address) {
    return std::ranges::none_of(
        kSpecial4, [&](const Block4& block) { return (address ^ block.first) >> (32 - block.bits) == 0; });
}

/// Of IPv6 only 2000::/3 is given out; in it, what leads to other places: Teredo and documentation in
/// 2001::/23, 2001:db8::/32, 6to4 in 2002::/16, 3fff::/20.
bool is_public_v6(const std::array<std::uint8_t, 16>& address) {
    const auto word = static_cast<unsigned>(address[0] << 8 | address[1]);
    const auto next = static_cast<unsigned>(address[2] << 8 | address[3]);
    const bool special = (word == 0x2001 && (next < 0x0200 || next == 0x0db8)) || word == 0x2002 ||
                         (word == 0x3fff && next < 0x1000);
    return address[0] >> 5 == 1 && !special;
}

curl_socket_t open_public(void* /*context*/, curlsocktype /*purpose*/, curl_sockaddr* address) {
    return is_public(address->addr)
               ? socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol)
               : CURL_SOCKET_BAD;
}

/// What is kept of a body, and how much of it there was.
struct Taken {
    std::string beginning;
    std::size_t keep = 0;
    std::size_t seen = 0;
};

std::size_t take(const char* data, std::size_t size, std::size_t count, void* context) {
    constexpr std::size_t kMost = 65536;
    auto& taken = *static_cast<Taken*>(context);
    const std::size_t octets = size * count;
    taken.beginning.append(data, std::min(octets, taken.keep - taken.beginning.size()));
    taken.seen += octets;
    return taken.seen > kMost ? 0 : octets;
}

Unanswered reason_of(CURLcode outcome) {
    switch (outcome) {
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_URL_MALFORMAT:
            return Unanswered::address;
        case CURLE_OPERATION_TIMEDOUT:
            return Unanswered::timed_out;
        case CURLE_COULDNT_RESOLVE_HOST:
            return Unanswered::no_host;
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
            return Unanswered::tls;
        default:
            return Unanswered::no_answer;
    }
}

struct Close {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

}  // namespace

bool is_public(const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        sockaddr_in v4_address{};
        std::memcpy(&v4_address, &address, sizeof v4_address);
        return is_public_v4(ntohl(v4_address.sin_addr.s_addr));
    }
    if (address.sa_family == AF_INET6) {
        sockaddr_in6 v6_address{};
        std::memcpy(&v6_address, &address, sizeof v6_address);
        std::array<std::uint8_t, 16> octets{};
        std::memcpy(octets.data(), &v6_address.sin6_addr, octets.size());
        return is_public_v6(octets);
    }
    return false;
}

Outgoing::Outgoing(OutgoingOptions options) : options_(options) {
    static std::once_flag once;
    std::call_once(once, [] { EDU_ASSERT(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK); });
}

int Outgoing::post(const std::string& url, std::string_view content_type, const std::string& body) const {
    return ask(url, {"Content-Type: " + std::string(content_type)}, &body);
}

int Outgoing::get(const std::string& url) const {
    return ask(url, {}, nullptr);
}

OutgoingAnswer Outgoing::send(const std::string& url,
                              const std::vector<std::string>& headers,
                              const std::string& body,
                              std::size_t keep) const {
    return perform(url, headers, &body, keep);
}

int Outgoing::ask(const std::string& url,
                  const std::vector<std::string>& headers,
                  const std::string* body) const {
    const auto answer = perform(url, headers, body, 0);
    if (answer.unanswered == Unanswered::address) {
        throw Error(Fault::invalid, "outgoing.address");
    }
    if (answer.unanswered) {
        throw Error(Fault::unavailable, "outgoing.no_answer");
    }
    return answer.status;
}

OutgoingAnswer Outgoing::perform(const std::string& url,
                                 const std::vector<std::string>& headers,
                                 const std::string* body,
                                 std::size_t keep) const {
    const std::unique_ptr<CURL, Close> handle(curl_easy_init());
    EDU_ASSERT(handle != nullptr);
    Taken taken{.beginning = {}, .keep = keep};
    const auto set = [&](CURLoption option, auto value) {
        EDU_ASSERT(curl_easy_setopt(handle.get(), option, value) == CURLE_OK);
    };
    set(CURLOPT_PROTOCOLS_STR, options_.private_addresses ? "http,https" : "https");
    set(CURLOPT_URL, url.c_str());
    std::unique_ptr<curl_slist, Close> list;
    for (const auto& header : headers) {
        auto* longer = curl_slist_append(list.get(), header.c_str());
        EDU_ASSERT(longer != nullptr);
        static_cast<void>(list.release());
        list.reset(longer);
    }
    if (list != nullptr) {
        set(CURLOPT_HTTPHEADER, list.get());
    }
    if (body != nullptr) {
        set(CURLOPT_POSTFIELDS, body->c_str());
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
    }
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_TIMEOUT, static_cast<long>(options_.patience.count()));
    set(CURLOPT_USERAGENT, "educard");
    set(CURLOPT_WRITEFUNCTION, &take);
    set(CURLOPT_WRITEDATA, &taken);
    if (!options_.private_addresses) {
        set(CURLOPT_OPENSOCKETFUNCTION, &open_public);
    }
    const auto outcome = curl_easy_perform(handle.get());
    long status = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_off_t took_us = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_TOTAL_TIME_T, &took_us);
    OutgoingAnswer answer{.status = static_cast<int>(status),
                          .unanswered = std::nullopt,
                          .beginning = std::move(taken.beginning),
                          .took = std::chrono::milliseconds(took_us / 1000)};
    if (status == 0) {
        answer.unanswered = reason_of(outcome);
    }
    return answer;
}

}  // namespace educard
