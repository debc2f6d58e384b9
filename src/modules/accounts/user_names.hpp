#pragma once
// What a user name may be, and the key under which it is unique. Pure functions; any thread.

#include <optional>
#include <string>
#include <string_view>

namespace educard::accounts {

constexpr std::size_t kShortestUserName = 3;  // characters
constexpr std::size_t kLongestUserName = 32;

/// Two names with the same key are one name: NFKC and full case folding ("ＷangLei", "WANGLEI" → "wanglei").
std::string user_name_key(std::string_view user_name);

/// The message code of what is wrong with it; nothing when it is fine. Letters a–z and Han, digits, ". _ -"
/// between them; the first one is a letter, so that no user name is an ID number, a phone number or a card
/// number. One script beside Han keeps look-alikes (Cyrillic а) out.
std::optional<std::string> find_user_name_fault(std::string_view user_name);

}  // namespace educard::accounts
