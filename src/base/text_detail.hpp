#pragma once
// Walking over UTF-8 by code points; for the files of base that do it.

#include <cstddef>
#include <string>
#include <string_view>

namespace educard {

/// The code point at `position`, which moves on; U+FFFD for what is not UTF-8.
char32_t next_code_point(std::string_view text, std::size_t& position);
void append_code_point(std::string& out, char32_t c);
std::u32string code_points(std::string_view text);

bool is_space(char32_t c);
bool is_joiner(char32_t c);
/// Controls and format characters that nobody sees; the joiners are left to the scripts that need them.
bool is_invisible(char32_t c);

}  // namespace educard
