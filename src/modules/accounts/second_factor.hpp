#pragma once
// What somebody has beside what they know: the codes of an authenticator app (crypto/totp.hpp), and recovery
// codes for when the device with it is lost. Guesses are counted for each account, whoever makes them: they
// are possible only with the password. A device that the account knows has guesses of its own, so that
// whoever stole the password cannot keep the owner out.

#include "base/time.hpp"
#include "crypto/digest.hpp"
#include "crypto/field_cipher.hpp"
#include "crypto/random.hpp"
#include "runtime/caller.hpp"
#include "runtime/rate_limit.hpp"
#include "sql/sql.hpp"

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::accounts {

/// A new authenticator that counts for nothing until a code of it was entered.
struct AuthenticatorOffer {
    std::string secret;  // base32, in groups of four, to be typed in
    std::string uri;     // otpauth:, to be shown as a QR code
};
BOOST_DESCRIBE_STRUCT(AuthenticatorOffer, (), (secret, uri))

/// Shown once and kept as digests.
struct RecoveryCodes {
    std::vector<std::string> codes;
};
BOOST_DESCRIBE_STRUCT(RecoveryCodes, (), (codes))

class SecondFactors {
public:
    SecondFactors(const Clock& clock,
                  crypto::Random& random,
                  RateLimits& limits,
                  const crypto::FieldCipher& cipher,
                  const crypto::Hmac& hmac)
        : clock_(clock), random_(random), limits_(limits), cipher_(cipher), hmac_(hmac) {}

    /// Since when an authenticator is asked for; nothing when there is none.
    std::optional<Time> authenticator_since(sql::Tx& tx, AccountId account) const;
    int recovery_codes_left(sql::Tx& tx, AccountId account) const;

    /// Takes the place of an offer that was not confirmed. Throws conflict "accounts.second_factor_set_up".
    AuthenticatorOffer offer(sql::Tx& tx,
                             AccountId account,
                             std::string_view issuer,
                             std::string_view user_name) const;
    /// Throws invalid "accounts.code_wrong", and conflict "accounts.second_factor_not_offered".
    void confirm(sql::Tx& tx, AccountId account, std::string_view code) const;

    /// Counts a guess; commit it before the code is looked at. How long to wait when too many were made.
    std::optional<std::chrono::seconds> take_guess(sql::Tx& tx,
                                                   AccountId account,
                                                   std::string_view known_device) const;
    /// Uses the code up: one of the authenticator, or a recovery code. Throws invalid "accounts.code_wrong".
    void use(sql::Tx& tx, AccountId account, std::string_view known_device, std::string_view code) const;

    /// New ones; the old ones are good no more.
    RecoveryCodes renew_recovery_codes(sql::Tx& tx, AccountId account) const;
    void remove_authenticator(sql::Tx& tx, AccountId account) const;
    void remove_recovery_codes(sql::Tx& tx, AccountId account) const;

private:
    Bytes digest_of(AccountId account, std::string_view recovery_code) const;

    const Clock& clock_;
    crypto::Random& random_;
    RateLimits& limits_;
    const crypto::FieldCipher& cipher_;
    const crypto::Hmac& hmac_;
};

}  // namespace educard::accounts
