#pragma once
// Sealing of single database fields: ID numbers, phone numbers, guardians. A sealed field opens only in the
// place that it was sealed for. Format: 01 || key id (4) || nonce (24) || ciphertext || tag (16). Any thread.

#include "base/bytes.hpp"
#include "crypto/key_ring.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace educard::crypto {

/// Where a field stands; moved to another row or column it does not open.
struct FieldPlace {
    std::string_view table;
    std::string_view column;
    std::int64_t row = 0;
};

class FieldCipher {
public:
    FieldCipher(const KeyRing& ring, Random& random) : ring_(ring), random_(random) {}

    Bytes seal(std::string_view plaintext, const FieldPlace& place) const;
    /// Throws Error(internal, "crypto.field_unreadable") when key or place do not fit or the octets were
    /// changed.
    std::string open(ByteView sealed, const FieldPlace& place) const;
    /// The same, and nothing instead of a throw.
    std::optional<std::string> try_open(ByteView sealed, const FieldPlace& place) const;
    /// True when it was sealed with a retired key: seal it again when it is written next.
    bool is_outdated(ByteView sealed) const;

private:
    const KeyRing& ring_;
    Random& random_;
};

}  // namespace educard::crypto
