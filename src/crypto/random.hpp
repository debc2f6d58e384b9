#pragma once
// Unpredictable octets. A parameter like time: rules take a Random, tests give a seeded one.

#include "base/bytes.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace educard::crypto {

/// Any thread may call any member.
class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::uint8_t> bytes) = 0;

    Bytes bytes(std::size_t count) {
        Bytes made(count);
        fill(made);
        return made;
    }
    template <std::size_t N>
    std::array<std::uint8_t, N> array() {
        std::array<std::uint8_t, N> made{};
        fill(made);
        return made;
    }
    std::uint64_t number();
    /// Even over 0 … limit-1; limit must not be 0.
    std::uint64_t below(std::uint64_t limit);
    /// 256 bits as 43 characters of base64url: session tokens, challenges.
    std::string token();
};

/// The operating system's generator.
class SystemRandom final : public Random {
public:
    SystemRandom();
    void fill(std::span<std::uint8_t> bytes) override;
};

/// The same octets for the same seed, for tests. One thread at a time.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed);
    void fill(std::span<std::uint8_t> bytes) override;

private:
    std::array<std::uint8_t, 32> seed_{};
    std::uint64_t counter_ = 0;
};

/// Readies libsodium; everything in crypto/ calls it for itself. Stops the program when the system has no
/// randomness.
void ensure_sodium();

}  // namespace educard::crypto
