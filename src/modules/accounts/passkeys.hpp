#pragma once
// Passkeys: keys of an account that stay in its owner's devices (Web Authentication Level 3). They are
// discoverable and always verify their user, by finger, face or PIN, so that one is two factors in itself:
// it signs in alone, or stands for the code beside the password. What is asked of the device travels in the
// challenge itself, sealed; each answer is good once.

#include "base/ids.hpp"
#include "base/time.hpp"
#include "crypto/field_cipher.hpp"
#include "crypto/random.hpp"
#include "modules/accounts/webauthn.hpp"
#include "sql/sql.hpp"

#include <boost/describe/class.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::accounts {

using PasskeyId = Id<struct PasskeyTag>;

struct PasskeyView {
    PasskeyId id;
    std::string name;
    bool synced = false;  // its owner's other devices may have it too
    Time created_at;
    std::optional<Time> last_used_at;
};
BOOST_DESCRIBE_STRUCT(PasskeyView, (), (id, name, synced, created_at, last_used_at))

/// What a browser is to ask of a passkey; octets are base64url.
struct PasskeyChallenge {
    std::string challenge;
    std::string party;  // the RP ID
    Time expires_at;
};
BOOST_DESCRIBE_STRUCT(PasskeyChallenge, (), (challenge, party, expires_at))

/// What a browser is to make a passkey for.
struct PasskeyOffer {
    std::string challenge;
    std::string party;
    std::string user_handle;
    std::string user_name;
    std::string display_name;
    std::vector<int> algorithms;
    std::vector<std::string> present;  // credentials that the account has: not on the same device again
    Time expires_at;
};
BOOST_DESCRIBE_STRUCT(
    PasskeyOffer,
    (),
    (challenge, party, user_handle, user_name, display_name, algorithms, present, expires_at))

/// The answer to an offer: AuthenticatorAttestationResponse, base64url.
struct NewPasskey {
    std::string name;
    std::string client_data;
    std::string attestation;
};
BOOST_DESCRIBE_STRUCT(NewPasskey, (), (name, client_data, attestation))

/// The answer to a challenge: AuthenticatorAssertionResponse, base64url.
struct PasskeyAnswer {
    std::string credential_id;
    std::string client_data;
    std::string authenticator_data;
    std::string signature;
    std::optional<std::string> user_handle;
};
BOOST_DESCRIBE_STRUCT(PasskeyAnswer,
                      (),
                      (credential_id, client_data, authenticator_data, signature, user_handle))

class Passkeys {
public:
    Passkeys(const Clock& clock,
             IdSource& ids,
             crypto::Random& random,
             const crypto::FieldCipher& cipher,
             std::string_view origin,
             std::chrono::seconds life)
        : clock_(clock),
          ids_(ids),
          random_(random),
          cipher_(cipher),
          party_(webauthn::party_of(origin)),
          life_(life) {}

    /// Both throw conflict "accounts.passkeys_need_a_name" where the site is reached by a bare address.
    PasskeyChallenge challenge() const;
    PasskeyOffer offer(sql::Tx& tx,
                       AccountId account,
                       const std::string& user_name,
                       const std::string& name) const;

    /// Throws invalid: "accounts.passkey_refused", "accounts.passkey_expired", "accounts.passkey_present",
    /// too_many.
    PasskeyView add(sql::Tx& tx, AccountId account, const NewPasskey& answer) const;
    /// Whose passkey answered. Throws invalid "accounts.passkey_unknown" too.
    AccountId use(sql::Tx& tx, const PasskeyAnswer& answer) const;

    std::vector<PasskeyView> list(sql::Tx& tx, AccountId account) const;
    bool remove(sql::Tx& tx, AccountId account, PasskeyId id) const;
    void remove_all(sql::Tx& tx, AccountId account) const;

private:
    std::string make_challenge(std::optional<AccountId> account, std::string_view handle) const;
    /// The handle of an offer.
    std::string take_challenge(sql::Tx& tx,
                               std::string_view challenge,
                               std::optional<AccountId> account) const;
    void require_name() const;

    const Clock& clock_;
    IdSource& ids_;
    crypto::Random& random_;
    const crypto::FieldCipher& cipher_;
    webauthn::RelyingParty party_;
    std::chrono::seconds life_;
};

}  // namespace educard::accounts
