#pragma once
// SQL of second factors, and nothing else.

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "modules/accounts/passkeys.hpp"
#include "sql/sql.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace educard::accounts::store {

struct AuthenticatorRow {
    Bytes secret;  // sealed
    std::int64_t used_step = 0;
    std::optional<Time> confirmed_at;
};
BOOST_DESCRIBE_STRUCT(AuthenticatorRow, (), (secret, used_step, confirmed_at))

std::optional<AuthenticatorRow> find_authenticator(sql::Tx& tx, AccountId account);
/// False when there is one that was confirmed.
bool offer_authenticator(sql::Tx& tx, AccountId account, const Bytes& secret, Time now);
/// False when it is not that secret that waits to be confirmed.
bool confirm_authenticator(sql::Tx& tx, AccountId account, const Bytes& secret, std::int64_t step, Time now);
/// False when a code of that step or of a newer one was used.
bool use_step(sql::Tx& tx, AccountId account, std::int64_t step);
void remove_authenticator(sql::Tx& tx, AccountId account);

void insert_recovery_code(sql::Tx& tx, AccountId account, const Bytes& digest);
int count_recovery_codes(sql::Tx& tx, AccountId account);
/// False when there is none such, or it was used.
bool use_recovery_code(sql::Tx& tx, AccountId account, const Bytes& digest, Time now);
void remove_recovery_codes(sql::Tx& tx, AccountId account);

struct PasskeyRow {
    Bytes credential_id;
    PasskeyId id;
    AccountId account_id;
    Bytes user_handle;
    std::string name;
    Bytes public_key;
    std::int64_t sign_count = 0;
    bool synced = false;
    Time created_at;
    std::optional<Time> last_used_at;
};
BOOST_DESCRIBE_STRUCT(PasskeyRow,
                      (),
                      (credential_id,
                       id,
                       account_id,
                       user_handle,
                       name,
                       public_key,
                       sign_count,
                       synced,
                       created_at,
                       last_used_at))

/// False when somebody has that credential.
bool insert_passkey(sql::Tx& tx, const PasskeyRow& row);
std::optional<PasskeyRow> find_passkey(sql::Tx& tx, const Bytes& credential_id);
/// Oldest first.
std::vector<PasskeyRow> passkeys(sql::Tx& tx, AccountId account);
/// False when the counter, where there is one, did not grow.
bool use_passkey(sql::Tx& tx, const Bytes& credential_id, std::int64_t sign_count, Time now);
bool remove_passkey(sql::Tx& tx, AccountId account, PasskeyId id);
void remove_passkeys(sql::Tx& tx, AccountId account);
/// False when it was answered before.
bool answer_challenge(sql::Tx& tx, const Bytes& digest, Time expires_at);

}  // namespace educard::accounts::store
