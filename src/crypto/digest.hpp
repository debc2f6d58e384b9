#pragma once
// SHA-256, HMAC-SHA-256 (RFC 2104), HKDF (RFC 5869) and comparison in constant time. Any thread.

#include "base/bytes.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace educard::crypto {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(ByteView bytes);
inline Digest sha256(std::string_view text) {
    return sha256(as_bytes(text));
}

/// SHA-256 of something that comes in pieces.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    Sha256& add(ByteView bytes);
    /// The digest of all that was added; begins anew.
    Digest finish();

private:
    struct State;
    State* state_;
};

/// HMAC-SHA-256 with the key's part of the work done once. Copyable; any thread.
class Hmac {
public:
    explicit Hmac(ByteView key);
    ~Hmac();
    Hmac(const Hmac&) = default;
    Hmac& operator=(const Hmac&) = default;

    Digest operator()(ByteView message) const { return over({message}); }
    Digest operator()(std::string_view message) const { return over({as_bytes(message)}); }
    /// Over the pieces one after the other. Length-prefix them yourself where a border matters.
    Digest over(std::initializer_list<ByteView> pieces) const;

private:
    alignas(64) std::array<std::uint8_t, 208> state_;  // crypto_auth_hmacsha256_state
};

Digest hmac_sha256(ByteView key, ByteView message);

/// HKDF-SHA-256, extract and expand; `length` at most 8,160.
Bytes hkdf_sha256(ByteView secret, ByteView salt, std::string_view info, std::size_t length);

/// Takes as long wherever the difference is; texts of different length differ at once.
bool equal_in_constant_time(ByteView a, ByteView b);

}  // namespace educard::crypto
