#pragma once
// The little HTML that the server writes itself.

#include <string>
#include <string_view>

namespace educard::http {

/// The text as an element's content or an attribute's quoted value (WHATWG HTML, 13.3).
std::string escape_html(std::string_view text);

}  // namespace educard::http
