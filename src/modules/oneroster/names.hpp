#pragma once
// Full names as OneRoster wants them: in two parts.

#include <string>
#include <string_view>

namespace educard::oneroster {

struct NameParts {
    std::string family;
    std::string given;
};

/// Surname first: of a Chinese name one character, or two where it is one of the double surnames and
/// something is left. Of a name with a middle dot the given name stands before it; of one with blanks the
/// last word is the surname. Neither part is empty unless the name is (OneRoster 1.2 User: both are
/// required).
NameParts split_name(std::string_view name);

}  // namespace educard::oneroster
