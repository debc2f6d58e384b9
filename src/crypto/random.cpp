#include "crypto/random.hpp"

#include "base/error.hpp"

#include <cstring>
#include <sodium.h>

namespace educard::crypto {

void ensure_sodium() {
    static const int ready = sodium_init();
    EDU_ASSERT(ready >= 0);
}

std::uint64_t Random::number() {
    std::uint64_t made = 0;
    fill(std::span(reinterpret_cast<std::uint8_t*>(&made), sizeof made));
    return made;
}

std::uint64_t Random::below(std::uint64_t limit) {
    EDU_ASSERT(limit > 0);
    const std::uint64_t uneven =
        (0 - limit) % limit;  // how many of the lowest values would favour some results
    std::uint64_t made = number();
    while (made < uneven) {
        made = number();
    }
    return made % limit;
}

std::string Random::token() {
    return to_base64url(array<32>());
}

SystemRandom::SystemRandom() {
    ensure_sodium();
}

void SystemRandom::fill(std::span<std::uint8_t> bytes) {
    randombytes_buf(bytes.data(), bytes.size());
}

SeededRandom::SeededRandom(std::uint64_t seed) {
    ensure_sodium();
    std::memcpy(seed_.data(), &seed, sizeof seed);
}

void SeededRandom::fill(std::span<std::uint8_t> bytes) {
    auto key = seed_;
    ++counter_;
    std::memcpy(key.data() + sizeof(std::uint64_t), &counter_, sizeof counter_);
    randombytes_buf_deterministic(bytes.data(), bytes.size(), key.data());
}

}  // namespace educard::crypto
