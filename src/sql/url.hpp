#pragma once
// What the engines' URLs have in common: options after a question mark, numbers within bounds.

#include <cstdint>
#include <functional>
#include <string_view>

namespace educard::sql {

/// Throws Error(invalid) with field "database".
[[noreturn]] void refuse_url();

/// A whole number from `least` to `most`; refuses the URL otherwise.
std::int64_t parse_number(std::string_view text, std::int64_t least, std::int64_t most);

/// Calls `use(name, value)` for each "name=value" of "name=value&name=value"; refuses the URL when a part has
/// no equals sign; what `use` refuses is named.
void each_option(std::string_view query,
                 const std::function<void(std::string_view name, std::string_view value)>& use);

}  // namespace educard::sql
