#pragma once
// A safety net under the rule that ID numbers are neither logged nor audited.

#include <string>
#include <string_view>

namespace educard {

/// Replaces what looks like a national ID number (15 or 18 digits, the eighteenth may be X) with as many
/// asterisks. Other numbers, such as a card number's 16 digits, stay.
std::string mask_id_numbers(std::string_view text);

}  // namespace educard
