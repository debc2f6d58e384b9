#pragma once
// COSE_Sign1 (RFC 9052, tag 18) in a CWT (RFC 8392, tag 61), ES256 only, and P-256 keys as COSE_Key. Readers
// of outside bytes never throw. A Sign1 borrows from the input. Pure functions; any thread.

#include "base/bytes.hpp"
#include "crypto/cbor.hpp"
#include "crypto/key_ring.hpp"
#include "crypto/signature.hpp"

#include <boost/describe/enum.hpp>

#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace educard::crypto::cose {

enum class CoseFault {
    not_cbor,
    not_sign1,
    other_algorithm,
    critical_header,
    no_key_id,
    bad_signature_length
};
BOOST_DESCRIBE_ENUM(
    CoseFault, not_cbor, not_sign1, other_algorithm, critical_header, no_key_id, bad_signature_length)

/// A signed message whose signature was not looked at yet.
struct Sign1 {
    ByteView protected_header;
    ByteView payload;
    ByteView key_id;
    std::string_view type;  // header 16, empty when absent
    Signature signature{};

    /// SHA-256 of what was signed.
    Digest digest() const;
    /// Whether the key made the signature over protected header and payload.
    bool verify(const P256PublicKey& key) const;
};

/// Takes tag 61 and 18, 18 alone, or no tag. The algorithm must be protected and ES256.
std::expected<Sign1, CoseFault> parse(ByteView input);

/// 61(18([protected, {}, payload, signature])). `type` becomes header 16 unless it is empty.
Bytes sign(ByteView payload, const P256PrivateKey& key, KeyId key_id, std::string_view type = {});

Bytes key_id_bytes(KeyId id);
std::optional<KeyId> key_id_from(ByteView bytes);

/// {1: 2, -1: 1, -2: x, -3: y}, with kid and alg when `key_id` is given.
Bytes encode_key(const P256PublicKey& key, std::optional<KeyId> key_id = std::nullopt);
std::optional<P256PublicKey> decode_key(const cbor::Value& value);

}  // namespace educard::crypto::cose
