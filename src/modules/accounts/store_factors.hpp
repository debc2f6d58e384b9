#pragma once
// SQL of second factors, and nothing else.

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "sql/sql.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>

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

}  // namespace educard::accounts::store
