#pragma once
// What is known of somebody beside their login: phone numbers and the birth date that a document tells. Pure
// functions.

#include "base/time.hpp"
#include "modules/people/people.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace educard::accounts {

/// "138 1234 5678" and "+86-13812345678" → "13812345678"; foreign numbers keep their "+"; landlines of China
/// begin with 0. Nothing for anything that is no phone number.
std::optional<std::string> normalise_phone(std::string_view phone);

/// "138****5678".
std::string mask_phone(std::string_view phone);

/// From the resident ID number, else what was stated.
std::optional<Date> birth_date_of(const people::Document& document, std::optional<Date> stated, Date today);

}  // namespace educard::accounts
