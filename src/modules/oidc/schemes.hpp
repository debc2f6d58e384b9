#pragma once
// The Authorization header (RFC 9110, 11.4). Inside of the module.

#include <algorithm>
#include <string_view>

namespace educard::oidc {

/// What follows `scheme` ("bearer "), whose case does not count; empty when the header is of another.
inline std::string_view after_scheme(std::string_view header, std::string_view scheme) {
    const bool begins = header.size() > scheme.size() &&
                        std::ranges::equal(header.substr(0, scheme.size()), scheme, [](char a, char b) {
                            return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
                        });
    return begins ? header.substr(scheme.size()) : std::string_view();
}

}  // namespace educard::oidc
