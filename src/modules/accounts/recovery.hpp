#pragma once
// Who has lost the password gets a one-time password from somebody who knows them, in person: pupils from
// their class teacher, everybody at a school from its administrator, who holds an office from an
// administrator above.

#include "base/time.hpp"

#include <boost/describe/class.hpp>

#include <optional>
#include <string>

namespace educard::accounts {

/// Whose account: by the card, or, of who holds an office, by the user name.
struct Recover {
    std::optional<std::string> card_number;
    std::optional<std::string> user_name;
    std::optional<bool> remove_second_factors;  // the owner lost device and recovery codes too
};
BOOST_DESCRIBE_STRUCT(Recover, (), (card_number, user_name, remove_second_factors))

struct Recovered {
    std::string user_name;
    std::string name;
    std::string one_time_password;  // shown once, to be handed over in person
    Time expires_at;
    bool second_factor = false;  // is asked for beside it
};
BOOST_DESCRIBE_STRUCT(Recovered, (), (user_name, name, one_time_password, expires_at, second_factor))

}  // namespace educard::accounts
