#pragma once
// Telephones of accounts: showing that one is one's own, and a password that is reset by one.

#include "base/time.hpp"

#include <boost/describe/class.hpp>

#include <string>

namespace educard::accounts {

struct PhoneCode {
    std::string code;
};
BOOST_DESCRIBE_STRUCT(PhoneCode, (), (code))

/// Where a code was sent. `ticket` goes into the next step.
struct SmsRecoveryBegun {
    std::string ticket;
    Time expires_at;
};
BOOST_DESCRIBE_STRUCT(SmsRecoveryBegun, (), (ticket, expires_at))

struct SmsRecovery {
    std::string ticket;
    std::string code;
    std::string number;  // the second fact: of the document that the account claims
    std::string new_password;
};
BOOST_DESCRIBE_STRUCT(SmsRecovery, (), (ticket, code, number, new_password))

/// From then on the new password is good, and the old one no more.
struct SmsRecovered {
    Time ready_at;
};
BOOST_DESCRIBE_STRUCT(SmsRecovered, (), (ready_at))

}  // namespace educard::accounts
