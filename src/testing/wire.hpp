#pragma once
// A bare TCP client for tests of what happens on the wire: sends exactly these octets, reads what comes.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace educard::testing {

class Wire {
public:
    explicit Wire(std::uint16_t port);
    ~Wire();
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    /// False when the other side has closed.
    bool send(std::string_view octets);
    /// Says that nothing more will come.
    void finish_sending();
    /// One answer with its Content-Length; empty when the connection ended first.
    std::string answer();
    /// The head of an answer whose body does not follow (HEAD), or does not end.
    std::string head();
    /// What comes until `mark` has come, the connection ends, or 10 s have passed.
    std::string until(std::string_view mark);
    /// Everything until the connection ends.
    std::string rest();

private:
    bool receive();

    int socket_ = -1;
    std::string received_;
};

/// "HTTP/1.1 200 OK…" → 200; 0 for anything else.
int status_in(std::string_view answer);

}  // namespace educard::testing
