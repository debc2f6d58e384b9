#include "testing/wire.hpp"

#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace educard::testing {

Wire::Wire(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        throw std::runtime_error("cannot connect");
    }
}

Wire::~Wire() {
    ::close(socket_);
}

bool Wire::send(std::string_view octets) {
    while (!octets.empty()) {
        const auto sent = ::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        octets.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void Wire::finish_sending() {
    ::shutdown(socket_, SHUT_WR);
}

bool Wire::receive() {
    std::array<char, 65'536> space{};
    const auto got = ::recv(socket_, space.data(), space.size(), 0);
    if (got <= 0) {
        return false;
    }
    received_.append(space.data(), static_cast<std::size_t>(got));
    return true;
}

std::string Wire::until(std::string_view mark) {
    auto at = received_.find(mark);
    while (at == std::string::npos && receive()) {
        at = received_.find(mark);
    }
    const auto length = at == std::string::npos ? received_.size() : at + mark.size();
    auto text = received_.substr(0, length);
    received_.erase(0, length);
    return text;
}

std::string Wire::head() {
    return until("\r\n\r\n");
}

std::string Wire::answer() {
    auto text = head();
    constexpr std::string_view kLength = "Content-Length: ";
    const auto at = text.find(kLength);
    std::size_t length = 0;
    if (at != std::string::npos) {
        std::from_chars(text.data() + at + kLength.size(), text.data() + text.size(), length);
    }
    while (received_.size() < length && receive()) {
    }
    text += received_.substr(0, length);
    received_.erase(0, length);
    return text;
}

std::string Wire::rest() {
    while (receive()) {
    }
    return std::move(received_);
}

int status_in(std::string_view answer) {
    int status = 0;
    if (answer.starts_with("HTTP/1.1 ")) {
        std::from_chars(answer.data() + 9, answer.data() + 12, status);
    }
    return status;
}

}  // namespace educard::testing
