#include "crypto/cose.hpp"

namespace educard::crypto::cose {

namespace {

constexpr std::uint64_t kTagCwt = 61;
constexpr std::uint64_t kTagSign1 = 18;
constexpr std::int64_t kHeaderAlgorithm = 1;
constexpr std::int64_t kHeaderCritical = 2;
constexpr std::int64_t kHeaderKeyId = 4;
constexpr std::int64_t kHeaderType = 16;
constexpr std::int64_t kEs256 = -7;
constexpr std::int64_t kKeyType = 1;
constexpr std::int64_t kKeyId = 2;
constexpr std::int64_t kKeyAlgorithm = 3;
constexpr std::int64_t kKeyCurve = -1;
constexpr std::int64_t kKeyX = -2;
constexpr std::int64_t kKeyY = -3;
constexpr std::int64_t kEc2 = 2;
constexpr std::int64_t kP256 = 1;

/// RFC 9052, 4.4.
Bytes to_be_signed(ByteView protected_header, ByteView payload) {
    return cbor::Writer().array(4).text("Signature1").bytes(protected_header).bytes({}).bytes(payload).take();
}

bool holds(const cbor::Value& map, std::int64_t key, std::int64_t number) {
    const auto* value = map.find(key);
    return value != nullptr && value->integer() == number;
}

}  // namespace

Digest Sign1::digest() const {
    return sha256(to_be_signed(protected_header, payload));
}

bool Sign1::verify(const P256PublicKey& key) const {
    return key.verify_digest(digest(), signature);
}

std::expected<Sign1, CoseFault> parse(ByteView input) {
    const auto decoded = cbor::decode(input);
    if (!decoded) {
        return std::unexpected(CoseFault::not_cbor);
    }
    const auto* value = &*decoded;
    for (const auto tag : {kTagCwt, kTagSign1}) {
        if (const auto* inner = value->tagged(tag)) {
            value = inner;
        }
    }
    if (value->kind != cbor::Kind::array || value->items.size() != 4) {
        return std::unexpected(CoseFault::not_sign1);
    }
    const auto protected_header = value->items[0].bytes();
    const auto payload = value->items[2].bytes();
    const auto signature = value->items[3].bytes();
    if (!protected_header || value->items[1].kind != cbor::Kind::map || !payload || !signature) {
        return std::unexpected(CoseFault::not_sign1);
    }
    const auto header = cbor::decode(*protected_header);
    if (!header || !holds(*header, kHeaderAlgorithm, kEs256)) {
        return std::unexpected(CoseFault::other_algorithm);
    }
    if (header->find(kHeaderCritical) != nullptr) {
        return std::unexpected(CoseFault::critical_header);  // asks for something that we do not know
    }
    const auto* key_id = header->find(kHeaderKeyId);
    if (key_id == nullptr) {
        key_id = value->items[1].find(kHeaderKeyId);
    }
    if (key_id == nullptr || !key_id->bytes()) {
        return std::unexpected(CoseFault::no_key_id);
    }
    const auto octets = to_signature(*signature);
    if (!octets) {
        return std::unexpected(CoseFault::bad_signature_length);
    }
    const auto* type = header->find(kHeaderType);
    return Sign1{.protected_header = *protected_header,
                 .payload = *payload,
                 .key_id = *key_id->bytes(),
                 .type = type != nullptr ? type->text().value_or("") : "",
                 .signature = *octets};
}

Bytes sign(ByteView payload, const P256PrivateKey& key, KeyId key_id, std::string_view type) {
    std::vector<std::pair<Bytes, Bytes>> entries;
    entries.emplace_back(cbor::of(kHeaderAlgorithm), cbor::of(kEs256));
    entries.emplace_back(cbor::of(kHeaderKeyId), cbor::of(ByteView(key_id_bytes(key_id))));
    if (!type.empty()) {
        entries.emplace_back(cbor::of(kHeaderType), cbor::of(type));
    }
    const auto header = cbor::Writer().map(std::move(entries)).take();
    const auto signature = key.sign(to_be_signed(header, payload));
    return cbor::Writer()
        .tag(kTagCwt)
        .tag(kTagSign1)
        .array(4)
        .bytes(header)
        .map({})
        .bytes(payload)
        .bytes(signature)
        .take();
}

Bytes key_id_bytes(KeyId id) {
    return {static_cast<std::uint8_t>(id >> 24),
            static_cast<std::uint8_t>(id >> 16),
            static_cast<std::uint8_t>(id >> 8),
            static_cast<std::uint8_t>(id)};
}

std::optional<KeyId> key_id_from(ByteView bytes) {
    if (bytes.size() != 4) {
        return std::nullopt;
    }
    return static_cast<KeyId>(bytes[0]) << 24 | static_cast<KeyId>(bytes[1]) << 16 |
           static_cast<KeyId>(bytes[2]) << 8 | static_cast<KeyId>(bytes[3]);
}

Bytes encode_key(const P256PublicKey& key, std::optional<KeyId> key_id) {
    std::vector<std::pair<Bytes, Bytes>> entries;
    entries.emplace_back(cbor::of(kKeyType), cbor::of(kEc2));
    if (key_id) {
        entries.emplace_back(cbor::of(kKeyId), cbor::of(ByteView(key_id_bytes(*key_id))));
        entries.emplace_back(cbor::of(kKeyAlgorithm), cbor::of(kEs256));
    }
    entries.emplace_back(cbor::of(kKeyCurve), cbor::of(kP256));
    entries.emplace_back(cbor::of(kKeyX), cbor::of(key.x()));
    entries.emplace_back(cbor::of(kKeyY), cbor::of(key.y()));
    return cbor::Writer().map(std::move(entries)).take();
}

std::optional<P256PublicKey> decode_key(const cbor::Value& value) {
    const auto* x = value.find(kKeyX);
    const auto* y = value.find(kKeyY);
    if (!holds(value, kKeyType, kEc2) || !holds(value, kKeyCurve, kP256) || x == nullptr || y == nullptr ||
        !x->bytes() || !y->bytes()) {
        return std::nullopt;
    }
    return P256PublicKey::from_point(*x->bytes(), *y->bytes());
}

}  // namespace educard::crypto::cose
