#include "modules/accounts/webauthn.hpp"

#include "crypto/cbor.hpp"
#include "crypto/digest.hpp"
#include "crypto/jwt.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <optional>

namespace educard::accounts::webauthn {

namespace {

namespace cbor = crypto::cbor;

constexpr std::size_t kMostClientData = 4096;
constexpr std::size_t kMostCredentialId = 1023;  // 7.1, step 25

// Authenticator data (6.1): 32 octets hash, flags, 4 octets counter, then the credential.
constexpr std::size_t kFlagsAt = 32;
constexpr std::size_t kCountAt = 33;
constexpr std::size_t kDataSize = 37;
constexpr std::size_t kAaguidSize = 16;
constexpr std::uint8_t kUserPresent = 0x01;
constexpr std::uint8_t kUserVerified = 0x04;
constexpr std::uint8_t kBackupEligible = 0x08;
constexpr std::uint8_t kHasCredential = 0x40;
constexpr std::uint8_t kHasExtensions = 0x80;

std::string_view text_of(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    const auto* text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::string_view(*text) : std::string_view();
}

std::uint32_t count_of(ByteView data) {
    std::uint32_t count = 0;
    for (const auto octet : data.subspan(kCountAt, 4)) {
        count = count << 8U | octet;
    }
    return count;
}

std::optional<WebauthnFault> find_fault(const RelyingParty& party, ByteView data) {
    if (data.size() < kDataSize) {
        return WebauthnFault::malformed;
    }
    if (!std::ranges::equal(data.first(kFlagsAt), crypto::sha256(party.id))) {
        return WebauthnFault::wrong_party;
    }
    if ((data[kFlagsAt] & kUserPresent) == 0) {
        return WebauthnFault::not_present;
    }
    if ((data[kFlagsAt] & kUserVerified) == 0) {
        return WebauthnFault::not_verified;
    }
    return std::nullopt;
}

struct Key {
    crypto::JwtAlgorithm algorithm{};
    crypto::JwtKey key;
};

/// A COSE_Key as RFC 9053 has it: kty 1, alg 3, and the members of its type.
std::optional<Key> read_key(ByteView encoded) {
    const auto cose = cbor::decode(encoded);
    if (!cose) {
        return std::nullopt;
    }
    const auto number = [&](std::int64_t name) {
        const auto* value = cose->find(name);
        return value != nullptr ? value->integer().value_or(0) : 0;
    };
    const auto octets = [&](std::int64_t name) {
        const auto* value = cose->find(name);
        return to_base64url(value != nullptr ? value->bytes().value_or(ByteView()) : ByteView());
    };
    boost::json::object jwk;
    crypto::JwtAlgorithm algorithm{};
    if (number(1) == 2 && number(3) == -7 && number(-1) == 1) {
        jwk = {{"kty", "EC"}, {"crv", "P-256"}, {"x", octets(-2)}, {"y", octets(-3)}};
        algorithm = crypto::JwtAlgorithm::ES256;
    } else if (number(1) == 1 && number(3) == -8 && number(-1) == 6) {
        jwk = {{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", octets(-2)}};
        algorithm = crypto::JwtAlgorithm::EdDSA;
    } else if (number(1) == 3 && number(3) == -257) {
        jwk = {{"kty", "RSA"}, {"n", octets(-1)}, {"e", octets(-2)}};
        algorithm = crypto::JwtAlgorithm::RS256;
    } else {
        return std::nullopt;
    }
    auto key = crypto::JwtKey::from_jwk(jwk);
    return key ? std::optional(Key{algorithm, *std::move(key)}) : std::nullopt;
}

}  // namespace

RelyingParty party_of(std::string_view origin) {
    auto host = origin.substr(std::min(origin.size(), origin.find("://") + 3));
    host = host.substr(0, host.starts_with('[') ? host.find(']') + 1 : host.find(':'));
    const bool is_address = host.starts_with('[') || host.find_first_not_of("0123456789.") == host.npos;
    return {.id = std::string(is_address ? "" : host), .origin = std::string(origin)};
}

std::expected<std::string, WebauthnFault> read_challenge(const RelyingParty& party,
                                                         Ceremony ceremony,
                                                         std::string_view client_data) {
    boost::system::error_code failed;
    const auto value = client_data.size() <= kMostClientData ? boost::json::parse(client_data, failed)
                                                             : boost::json::value();
    const auto* data = value.if_object();
    if (failed || data == nullptr) {
        return std::unexpected(WebauthnFault::malformed);
    }
    if (text_of(*data, "type") != (ceremony == Ceremony::create ? "webauthn.create" : "webauthn.get")) {
        return std::unexpected(WebauthnFault::wrong_type);
    }
    const auto* elsewhere = data->if_contains("crossOrigin");
    if (text_of(*data, "origin") != party.origin || (elsewhere != nullptr && *elsewhere == true)) {
        return std::unexpected(WebauthnFault::wrong_origin);
    }
    return std::string(text_of(*data, "challenge"));
}

std::expected<Credential, WebauthnFault> read_attestation(const RelyingParty& party, ByteView attestation) {
    const auto object = cbor::decode(attestation);
    const auto* member = object ? object->find("authData") : nullptr;
    const auto data = member != nullptr ? member->bytes().value_or(ByteView()) : ByteView();
    if (const auto fault = find_fault(party, data)) {
        return std::unexpected(*fault);
    }
    const auto flags = data[kFlagsAt];
    auto rest = data.subspan(kDataSize);
    if ((flags & kHasCredential) == 0 || rest.size() < kAaguidSize + 2) {
        return std::unexpected(WebauthnFault::malformed);
    }
    const auto id_size = static_cast<std::size_t>(rest[kAaguidSize]) << 8U | rest[kAaguidSize + 1];
    rest = rest.subspan(kAaguidSize + 2);
    if (id_size == 0 || id_size > kMostCredentialId || rest.size() < id_size) {
        return std::unexpected(WebauthnFault::malformed);
    }
    const auto id = rest.first(id_size);
    rest = rest.subspan(id_size);
    const auto key = cbor::decode_first(rest);
    if (!key || (rest.size() > key->raw.size()) != ((flags & kHasExtensions) != 0)) {
        return std::unexpected(WebauthnFault::malformed);
    }
    if (!read_key(key->raw)) {
        return std::unexpected(WebauthnFault::unknown_algorithm);
    }
    return Credential{.id = Bytes(id.begin(), id.end()),
                      .public_key = Bytes(key->raw.begin(), key->raw.end()),
                      .sign_count = count_of(data),
                      .synced = (flags & kBackupEligible) != 0};
}

std::expected<std::uint32_t, WebauthnFault> check_assertion(const RelyingParty& party,
                                                            ByteView public_key,
                                                            ByteView authenticator_data,
                                                            std::string_view client_data,
                                                            ByteView signature) {
    if (const auto fault = find_fault(party, authenticator_data)) {
        return std::unexpected(*fault);
    }
    const auto key = read_key(public_key);
    if (!key) {
        return std::unexpected(WebauthnFault::unknown_algorithm);
    }
    Bytes message(authenticator_data.begin(), authenticator_data.end());
    const auto digest = crypto::sha256(client_data);
    message.insert(message.end(), digest.begin(), digest.end());
    Bytes raw(signature.begin(), signature.end());
    if (key->algorithm == crypto::JwtAlgorithm::ES256) {  // 6.5.5: as ASN.1
        const auto pair = crypto::signature_from_der(signature);
        raw = pair ? Bytes(pair->begin(), pair->end()) : Bytes();
    }
    if (!key->key.verify(key->algorithm, message, raw)) {
        return std::unexpected(WebauthnFault::bad_signature);
    }
    return count_of(authenticator_data);
}

}  // namespace educard::accounts::webauthn
