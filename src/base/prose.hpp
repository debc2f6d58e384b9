#pragma once
// Text that people write for people to read, as opposed to names and numbers (text.hpp): punctuation stays as
// it is, "？" does not become "?". Pure functions; any thread.

#include <string>
#include <string_view>

namespace educard {

/// One line: white space of every kind becomes one space, controls and invisible characters vanish,
/// full-width letters and digits become plain ones (so that ID numbers are found), ends are trimmed. Octets
/// that are not UTF-8 become U+FFFD.
std::string tidy_line(std::string_view text);

/// The same line by line: of empty lines in a row one stays, none at the ends.
std::string tidy_prose(std::string_view text);

}  // namespace educard
