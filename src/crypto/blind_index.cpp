#include "crypto/blind_index.hpp"

namespace educard::crypto {

namespace {

constexpr std::array<std::uint8_t, 1> kZero{};

Bytes to_bytes(const Digest& digest) {
    return {digest.begin(), digest.end()};
}

/// U+FF01 … U+FF5E as UTF-8 is EF BC 81 … EF BD 9E; gives the ASCII character, or 0 for anything else.
char narrow(std::string_view three) {
    if (three.size() < 3 || three[0] != '\xEF') {
        return 0;
    }
    const auto second = static_cast<unsigned char>(three[1]);
    const auto third = static_cast<unsigned char>(three[2]);
    const unsigned code = 0xF000U | (second & 0x3FU) << 6 | (third & 0x3FU);
    return code >= 0xFF01U && code <= 0xFF5EU ? static_cast<char>(code - 0xFEE0U) : '\0';
}

}  // namespace

std::string normalise_document_number(std::string_view number) {
    std::string out;
    for (std::size_t i = 0; i < number.size(); ++i) {
        char c = number[i];
        if (const char ascii = narrow(number.substr(i)); ascii != 0) {
            c = ascii;
            i += 2;
        } else if (number.substr(i).starts_with("\xE3\x80\x80")) {  // ideographic space
            i += 2;
            continue;
        }
        if (c == ' ' || c == '\t' || c == '-' || c == '\r' || c == '\n') {
            continue;
        }
        out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return out;
}

Bytes BlindIndex::of_document(std::string_view kind, std::string_view number) const {
    const auto normal = normalise_document_number(number);
    return to_bytes(
        hmac_.over({as_bytes("educard/document/1"), kZero, as_bytes(kind), kZero, as_bytes(normal)}));
}

Bytes BlindIndex::of(std::string_view domain, std::string_view value) const {
    return to_bytes(
        hmac_.over({as_bytes("educard/blind/1"), kZero, as_bytes(domain), kZero, as_bytes(value)}));
}

}  // namespace educard::crypto
