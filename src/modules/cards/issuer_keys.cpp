// The issuer's public keys in JSON, written and read.

#include "base/error.hpp"
#include "base/json.hpp"
#include "crypto/cbor.hpp"
#include "crypto/cose.hpp"
#include "modules/cards/cards.hpp"

namespace educard::cards {

std::vector<PublishedKey> published_keys(const crypto::KeyRing& ring) {
    std::vector<PublishedKey> keys;
    for (const auto* key : ring.list(crypto::Purpose::issuer_signature)) {
        const auto secret = crypto::P256PrivateKey::from_der(key->material.view());
        const auto jwk = secret.value().public_key().to_jwk();
        keys.push_back(
            PublishedKey{jwk.kty, jwk.crv, jwk.x, jwk.y, "sig", "ES256", crypto::to_text(key->id)});
    }
    return keys;
}

IssuerKeys issuer_keys(const crypto::KeyRing& ring) {
    IssuerKeys out{.issuer = ring.issuer(), .keys = published_keys(ring), .cose_keys = {}};
    crypto::cbor::Writer set;
    set.array(out.keys.size());
    for (const auto& key : out.keys) {
        const auto public_key = crypto::P256PublicKey::from_jwk({key.kty, key.crv, key.x, key.y});
        set.raw(crypto::cose::encode_key(public_key.value(), crypto::parse_key_id(key.kid)));
    }
    out.cose_keys = to_base64url(set.take());
    return out;
}

std::string issuer_keys_json(const crypto::KeyRing& ring) {
    return json::encode(issuer_keys(ring));
}

std::optional<Trust> Trust::from_json(std::string_view text) {
    IssuerKeys stored;
    try {
        stored = json::decode<IssuerKeys>(text);
    } catch (const Error&) {  // not JSON, or not of this shape
        return std::nullopt;
    }
    Trust trust;
    for (const auto& key : stored.keys) {
        const auto public_key = crypto::P256PublicKey::from_jwk({key.kty, key.crv, key.x, key.y});
        const auto id = crypto::parse_key_id(key.kid);
        if (!public_key || !id) {
            return std::nullopt;
        }
        trust.add(stored.issuer, *id, *public_key);
    }
    return trust;
}

Trust trust_in(const crypto::KeyRing& ring) {
    return Trust::from_json(issuer_keys_json(ring)).value();
}

}  // namespace educard::cards
