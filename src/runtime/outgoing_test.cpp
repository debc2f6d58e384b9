#include "runtime/outgoing.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <cstring>
#include <netinet/in.h>

namespace educard {
namespace {

bool is_public_text(const char* text) {
    sockaddr_storage storage{};
    if (std::strchr(text, ':') != nullptr) {
        sockaddr_in6 address{};
        address.sin6_family = AF_INET6;
        EXPECT_EQ(inet_pton(AF_INET6, text, &address.sin6_addr), 1) << text;
        std::memcpy(&storage, &address, sizeof address);
    } else {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        EXPECT_EQ(inet_pton(AF_INET, text, &address.sin_addr), 1) << text;
        std::memcpy(&storage, &address, sizeof address);
    }
    return is_public(reinterpret_cast<const sockaddr&>(storage));
}

TEST(Outgoing, PublicAddressesArePublic) {
    for (const auto* text : {"1.1.1.1",
                             "9.255.255.255",
                             "11.0.0.0",
                             "100.63.255.255",
                             "100.128.0.0",
                             "172.15.255.255",
                             "172.32.0.0",
                             "192.167.255.255",
                             "202.112.0.1",
                             "223.255.255.255",
                             "2400:3200::1",
                             "2001:da8::1",
                             "2606:4700::1"}) {
        EXPECT_TRUE(is_public_text(text)) << text;
    }
}

TEST(Outgoing, NeighboursAreNot) {
    for (const auto* text : {"0.0.0.0",
                             "10.1.2.3",
                             "100.64.0.1",
                             "100.127.255.255",
                             "127.0.0.1",
                             "127.255.255.255",
                             "169.254.169.254",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.0.0.1",
                             "192.168.1.1",
                             "198.19.0.1",
                             "224.0.0.1",
                             "240.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "fe80::1",
                             "fc00::1",
                             "fd12::1",
                             "ff02::1",
                             "::ffff:127.0.0.1",
                             "::ffff:8.8.8.8",
                             "64:ff9b::7f00:1",
                             "2001::1",
                             "2001:db8::1",
                             "2002:7f00:1::",
                             "3fff::1"}) {
        EXPECT_FALSE(is_public_text(text)) << text;
    }
    sockaddr unknown{};
    unknown.sa_family = AF_UNIX;
    EXPECT_FALSE(is_public(unknown));
}

}  // namespace
}  // namespace educard
