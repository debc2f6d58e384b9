#pragma once
// The rules of a guardian's consent that registration, claiming and giving it again share. Pure functions.

#include "modules/accounts/accounts.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace educard::accounts {

/// PIPL art. 31: below the age of fourteen a guardian consents. False when the birth date is not known.
bool needs_guardian(std::optional<Date> birth_date, Date today);

/// What is wrong with it, but for which purposes it has to name; the paths begin with `prefix`. A child named
/// `child_name` is not their own guardian.
std::vector<FieldError> find_consent_faults(const ConsentInput& consent,
                                            std::string_view child_name,
                                            std::string_view prefix);

}  // namespace educard::accounts
