#pragma once
// What a relying party checks of the answers that authenticators give (Web Authentication Level 3, 7.1 and
// 7.2): challenge, origin, who was asked, that the user was there and was verified, and the signature. No
// attestation is asked for, so none is looked at. Reads outside bytes and never throws. Pure; any thread.

#include "base/bytes.hpp"

#include <boost/describe/enum.hpp>

#include <array>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace educard::accounts::webauthn {

/// COSE algorithms that passkeys may use, in the order of preference: ES256, EdDSA, RS256.
constexpr std::array<int, 3> kAlgorithms{-7, -8, -257};

struct RelyingParty {
    std::string id;      // a host name: "card.example.edu.cn"
    std::string origin;  // "https://card.example.edu.cn"
};

/// Nothing is possible for an origin that has no host name, only an address (5.1.2: an RP ID is a domain).
RelyingParty party_of(std::string_view origin);

enum class Ceremony { create, get };

enum class WebauthnFault {
    malformed,
    wrong_type,
    wrong_origin,
    wrong_party,
    not_present,
    not_verified,
    unknown_algorithm,
    bad_signature,
};
BOOST_DESCRIBE_ENUM(WebauthnFault,
                    malformed,
                    wrong_type,
                    wrong_origin,
                    wrong_party,
                    not_present,
                    not_verified,
                    unknown_algorithm,
                    bad_signature)

struct Credential {
    Bytes id;
    Bytes public_key;  // COSE_Key (RFC 9052, 7)
    std::uint32_t sign_count = 0;
    bool synced = false;  // may be on other devices of its owner too
};

/// The challenge that the client data answer, base64url as it stands there; of another type or origin it is
/// none of ours.
std::expected<std::string, WebauthnFault> read_challenge(const RelyingParty& party,
                                                         Ceremony ceremony,
                                                         std::string_view client_data);

/// A new credential out of an attestation object.
std::expected<Credential, WebauthnFault> read_attestation(const RelyingParty& party, ByteView attestation);

/// The authenticator's counter of signatures, when the signature over its data and the client data is by
/// that key.
std::expected<std::uint32_t, WebauthnFault> check_assertion(const RelyingParty& party,
                                                            ByteView public_key,
                                                            ByteView authenticator_data,
                                                            std::string_view client_data,
                                                            ByteView signature);

}  // namespace educard::accounts::webauthn
