#include "base/base32.hpp"

#include <string_view>

namespace educard {

std::string to_base32(ByteView bytes) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    constexpr unsigned kBits = 5;
    std::string out;
    std::uint32_t waiting = 0;
    unsigned bits = 0;
    for (const auto octet : bytes) {
        waiting = waiting << 8U | octet;
        for (bits += 8; bits >= kBits; bits -= kBits) {
            out += kAlphabet[waiting >> (bits - kBits) & 31U];
        }
    }
    if (bits > 0) {
        out += kAlphabet[waiting << (kBits - bits) & 31U];
    }
    return out;
}

}  // namespace educard
