#pragma once

#include <string>
#include <string_view>

namespace educard::sql {

/// The text as a part of a pattern of LIKE … ESCAPE '\' that stands for itself.
std::string escape_like(std::string_view text);

}  // namespace educard::sql
