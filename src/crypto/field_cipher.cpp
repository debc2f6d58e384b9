#include "crypto/field_cipher.hpp"

#include "base/error.hpp"
#include "crypto/aead.hpp"

#include <fmt/format.h>

namespace educard::crypto {

namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kHead = 5;

std::optional<KeyId> key_id_of(ByteView sealed) {
    if (sealed.size() < kHead || sealed[0] != kVersion) {
        return std::nullopt;
    }
    KeyId id = 0;
    for (std::size_t i = 1; i < kHead; ++i) {
        id = id << 8 | sealed[i];
    }
    return id;
}

/// Names hold no '/', so no two places share a text.
std::string associated(KeyId id, const FieldPlace& place) {
    return fmt::format("educard/field/1/{:08x}/{}/{}/{}", id, place.table, place.column, place.row);
}

}  // namespace

Bytes FieldCipher::seal(std::string_view plaintext, const FieldPlace& place) const {
    const auto& key = ring_.active(Purpose::field_encryption);
    const auto body =
        aead_seal(key.material.view(), as_bytes(plaintext), as_bytes(associated(key.id, place)), random_);
    Bytes sealed;
    sealed.reserve(kHead + body.size());
    sealed.push_back(kVersion);
    for (int shift = 24; shift >= 0; shift -= 8) {
        sealed.push_back(static_cast<std::uint8_t>(key.id >> shift));
    }
    sealed.insert(sealed.end(), body.begin(), body.end());
    return sealed;
}

std::optional<std::string> FieldCipher::try_open(ByteView sealed, const FieldPlace& place) const {
    const auto id = key_id_of(sealed);
    const auto* key = id ? ring_.find(Purpose::field_encryption, *id) : nullptr;
    if (key == nullptr) {
        return std::nullopt;
    }
    const auto plaintext =
        aead_open(key->material.view(), sealed.subspan(kHead), as_bytes(associated(*id, place)));
    return plaintext ? std::optional(std::string(as_text(*plaintext))) : std::nullopt;
}

std::string FieldCipher::open(ByteView sealed, const FieldPlace& place) const {
    auto plaintext = try_open(sealed, place);
    if (!plaintext) {
        throw Error(Fault::internal, "crypto.field_unreadable");
    }
    return std::move(*plaintext);
}

bool FieldCipher::is_outdated(ByteView sealed) const {
    return key_id_of(sealed) != ring_.active(Purpose::field_encryption).id;
}

}  // namespace educard::crypto
