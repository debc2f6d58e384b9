#pragma once
// What a device is called in the list of those that are signed in.

#include <optional>
#include <string>
#include <string_view>

namespace educard::accounts {

/// What its owner calls it, else browser and system as the user agent tells ("Chrome · Android"); at most 60
/// characters.
std::string device_name_of(const std::optional<std::string>& given, std::string_view user_agent);

}  // namespace educard::accounts
