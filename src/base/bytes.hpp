#pragma once
// Octets and their spellings in text.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace educard {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Lower-case hexadecimal.
std::string to_hex(ByteView bytes);
std::optional<Bytes> from_hex(std::string_view text);

/// base64url without padding (RFC 4648, 5).
std::string to_base64url(ByteView bytes);
/// Refuses padding, white space and non-canonical last characters.
std::optional<Bytes> from_base64url(std::string_view text);

/// base64 with padding (RFC 4648, 4).
std::string to_base64(ByteView bytes);

/// Base45 (RFC 9285), the alphabet of a QR code's alphanumeric mode.
std::string to_base45(ByteView bytes);
std::optional<Bytes> from_base45(std::string_view text);

}  // namespace educard
