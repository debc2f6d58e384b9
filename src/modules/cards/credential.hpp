#pragma once
// The e-card's octets as docs/card-format.md defines them: the credential that the issuer signs and the code
// that the holder's client shows. Include modules/cards/cards.hpp. Pure functions; any thread; outside bytes
// never throw.

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "crypto/key_ring.hpp"
#include "crypto/signature.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace educard::cards {

/// What a credential says.
struct Claims {
    std::string issuer;
    Time issued_at;
    Time expires_at;
    std::optional<Time> not_before;
    std::int64_t credential_id = 0;
    crypto::P256PublicKey holder_key;
    std::string card_number;
    std::string name;
    std::string role;  // student, teacher, staff
    std::string school_code;
    std::optional<std::string> stage;
    std::string status_uri;
    std::uint64_t status_index = 0;
};

/// COSE_Sign1 in a CWT.
Bytes sign_credential(const Claims& claims, const crypto::P256PrivateKey& key, crypto::KeyId key_id);

/// What the holder signs to show a credential at a moment.
Bytes presentation_message(ByteView credential, std::int64_t seconds);
/// "EDU1:" + Base45, as a client makes it; for tests, benchmarks and tools.
std::string present(ByteView credential, Time at, const crypto::P256PrivateKey& holder);

/// What the client signs to enrol its key.
std::string enrolment_message(AccountId account,
                              std::int64_t seconds,
                              const crypto::P256PublicKey& public_key);

/// The parts of a code. Nothing is checked but the form.
struct Presentation {
    Bytes octets;  // what the views below look into
    ByteView credential;
    Time shown_at;
    crypto::Signature proof{};
};
/// Nothing when it is unreadable.
std::optional<Presentation> parse_presentation(std::string_view code);

/// A credential whose signature was not looked at yet.
struct SignedClaims {
    Claims claims;
    crypto::KeyId key_id = 0;
    crypto::Digest digest{};  // of what the issuer signed
    crypto::Signature signature{};
};
std::optional<SignedClaims> parse_credential(ByteView credential);

}  // namespace educard::cards
