#include "base/bytes.hpp"

#include <array>

namespace educard {

namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kBase45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
constexpr std::int8_t kNone = -1;

constexpr std::array<std::int8_t, 256> reverse(std::string_view alphabet) {
    std::array<std::int8_t, 256> table{};
    table.fill(kNone);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    }
    return table;
}

constexpr auto kFromBase64Url = reverse(kBase64Url);
constexpr auto kFromBase45 = reverse(kBase45);

int value_of(const std::array<std::int8_t, 256>& table, char c) {
    return table[static_cast<unsigned char>(c)];
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : kNone;
}

std::string encode_base64(ByteView bytes, std::string_view alphabet) {
    std::string text;
    text.reserve((bytes.size() * 4 + 2) / 3 + 2);
    std::uint32_t held = 0;
    int bits = 0;
    for (const auto byte : bytes) {
        held = held << 8 | byte;
        for (bits += 8; bits >= 6; bits -= 6) {
            text += alphabet[held >> (bits - 6) & 63U];
        }
    }
    if (bits > 0) {
        text += alphabet[held << (6 - bits) & 63U];
    }
    return text;
}

}  // namespace

std::string to_hex(ByteView bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const auto byte : bytes) {
        text += kHex[byte >> 4];
        text += kHex[byte & 15U];
    }
    return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) {
        return std::nullopt;
    }
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_value(text[i]);
        const int low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) {
            return std::nullopt;
        }
        bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
    }
    return bytes;
}

std::string to_base64url(ByteView bytes) {
    return encode_base64(bytes, kBase64Url);
}

std::optional<Bytes> from_base64url(std::string_view text) {
    if (text.size() % 4 == 1) {
        return std::nullopt;
    }
    Bytes bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t held = 0;
    int bits = 0;
    for (const char c : text) {
        const int value = value_of(kFromBase64Url, c);
        if (value < 0) {
            return std::nullopt;
        }
        held = held << 6 | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes.push_back(static_cast<std::uint8_t>(held >> bits & 255U));
        }
    }
    if ((held & ((1U << bits) - 1)) != 0) {
        return std::nullopt;  // two spellings of the same octets
    }
    return bytes;
}

std::string to_base64(ByteView bytes) {
    std::string text = encode_base64(bytes, kBase64);
    text.append((4 - text.size() % 4) % 4, '=');
    return text;
}

std::string to_base45(ByteView bytes) {
    std::string text;
    text.reserve(bytes.size() * 3 / 2 + 2);
    std::size_t i = 0;
    for (; i + 1 < bytes.size(); i += 2) {
        const unsigned pair = bytes[i] * 256U + bytes[i + 1];
        text += kBase45[pair % 45];
        text += kBase45[pair / 45 % 45];
        text += kBase45[pair / 2025];
    }
    if (i < bytes.size()) {
        text += kBase45[bytes[i] % 45U];
        text += kBase45[bytes[i] / 45U];
    }
    return text;
}

std::optional<Bytes> from_base45(std::string_view text) {
    if (text.size() % 3 == 1) {
        return std::nullopt;
    }
    Bytes bytes(text.size() / 3 * 2 + text.size() % 3 / 2);
    auto* out = bytes.data();
    std::size_t i = 0;
    for (; i + 2 < text.size(); i += 3) {
        const int first = value_of(kFromBase45, text[i]);
        const int second = value_of(kFromBase45, text[i + 1]);
        const int third = value_of(kFromBase45, text[i + 2]);
        const int value = first + 45 * second + 2025 * third;
        if ((first | second | third) < 0 || value > 0xFFFF) {
            return std::nullopt;
        }
        *out++ = static_cast<std::uint8_t>(value >> 8);
        *out++ = static_cast<std::uint8_t>(value & 255);
    }
    if (i < text.size()) {
        const int first = value_of(kFromBase45, text[i]);
        const int second = value_of(kFromBase45, text[i + 1]);
        const int value = first + 45 * second;
        if ((first | second) < 0 || value > 0xFF) {
            return std::nullopt;
        }
        *out = static_cast<std::uint8_t>(value);
    }
    return bytes;
}

}  // namespace educard
