#pragma once
// What a password must be: long enough, and not what everybody tries first. No rules of composition and no
// expiry: they make people choose worse ones (NIST SP 800-63B, 5.1.1.2). Eight characters is the least that
// it allows for a secret that people choose; pupils type it on phones, and guessing online is slowed
// (sign_in.cpp) while argon2id slows it offline. Pure functions over the embedded list; any thread.

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace educard::accounts {

constexpr std::size_t kShortestPassword = 8;  // characters
constexpr std::size_t kLongestPassword = 256;

/// The form that is hashed: NFKC, so that the same keys give the same password on every keyboard. Nothing
/// else is changed; spaces stay.
std::string normalise_password(std::string_view password);

/// The message code of what is wrong with it; nothing when it is fine. `personal` is what its owner's
/// acquaintances know: user name, ID number, phone.
std::optional<std::string> find_password_fault(std::string_view password,
                                               std::span<const std::string> personal);

/// Whether it, or it without the figures at its end, is on the list of commonly breached passwords.
bool is_commonly_breached(std::string_view password);

}  // namespace educard::accounts
