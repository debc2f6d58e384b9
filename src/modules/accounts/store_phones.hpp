#pragma once
// SQL of telephones and what is reset by them, and nothing else.

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "sql/sql.hpp"

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace educard::accounts::store {

/// False when it is another number meanwhile.
bool verify_phone(sql::Tx& tx, AccountId account, const Bytes& phone, Time now);

/// In place of an earlier one.
void put_phone_code(
    sql::Tx& tx, AccountId account, std::string_view purpose, const Bytes& digest, Time expires_at);
/// False when there is none that is good, or it was tried too often.
bool try_phone_code(sql::Tx& tx, AccountId account, std::string_view purpose, int most_tries, Time now);
/// Uses it up; false when it is another, or was used.
bool use_phone_code(sql::Tx& tx, AccountId account, std::string_view purpose, const Bytes& digest);

struct PendingRecovery {
    std::string password_hash;
    Time ready_at;
};
BOOST_DESCRIBE_STRUCT(PendingRecovery, (), (password_hash, ready_at))

void put_recovery(sql::Tx& tx, AccountId account, const PendingRecovery& recovery);
std::optional<PendingRecovery> find_recovery(sql::Tx& tx, AccountId account);
bool remove_recovery(sql::Tx& tx, AccountId account);
std::int64_t remove_phone_codes(sql::Tx& tx, Time expired_before);

}  // namespace educard::accounts::store
