#include "crypto/key_ring.hpp"

#include "base/error.hpp"
#include "crypto/key_file.hpp"

#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace educard::crypto {

namespace {

template <class Visit>
void for_each_purpose(Visit visit) {
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Purpose>>(
        [&](auto descriptor) { visit(descriptor.value); });
}

bool is_for_life(Purpose purpose) {
    return purpose == Purpose::blind_index || purpose == Purpose::card_number;
}

Secret make_material(Purpose purpose, Random& random) {
    return purpose == Purpose::issuer_signature ? P256PrivateKey::generate().to_der()
                                                : Secret(random.bytes(32));
}

}  // namespace

std::string to_text(KeyId id) {
    return fmt::format("{:08x}", id);
}

std::optional<KeyId> parse_key_id(std::string_view text) {
    KeyId id = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), id, 16);
    const bool whole = text.size() == 8 && fault == std::errc() && end == text.data() + text.size();
    return whole && id != 0 ? std::optional(id) : std::nullopt;
}

KeyRing KeyRing::open(std::filesystem::path file,
                      const Clock& clock,
                      Random& random,
                      WhenMissing missing,
                      const std::optional<std::string>& passphrase) {
    KeyRing ring;
    const KeyFileLock lock(file);
    const auto content = read_key_file(file);
    if (!content && missing == WhenMissing::refuse) {
        throw Error(Fault::internal, "crypto.keys_missing").with("file", file.string());
    }
    ring.file_ = std::move(file);
    ring.passphrase_ = passphrase;
    bool to_seal = false;
    if (content) {
        auto stored = decode_key_file(*content, passphrase);
        ring.installation_ = std::move(stored.installation);
        ring.keys_ = std::move(stored.keys);
        to_seal = passphrase && !stored.sealed;
    }
    const auto before = ring.keys_.size();
    ring.make_what_is_missing(clock, random);
    if (ring.keys_.size() != before || to_seal) {
        ring.save(random);
    }
    return ring;
}

KeyRing KeyRing::in_memory(const Clock& clock, Random& random) {
    KeyRing ring;
    ring.make_what_is_missing(clock, random);
    return ring;
}

void KeyRing::make_what_is_missing(const Clock& clock, Random& random) {
    if (installation_.empty()) {
        installation_ = to_hex(random.bytes(4));
    }
    for_each_purpose([&](Purpose purpose) {
        if (list(purpose).empty()) {
            make(purpose, clock, random);
        }
    });
}

void KeyRing::make(Purpose purpose, const Clock& clock, Random& random) {
    KeyId id = 0;
    const auto taken = [&] {
        return id == 0 || std::ranges::any_of(keys_, [&](const auto& key) { return key->id == id; });
    };
    while (taken()) {
        id = static_cast<KeyId>(random.number());
    }
    auto key = std::make_unique<Key>();
    key->id = id;
    key->purpose = purpose;
    key->state = KeyState::active;
    key->created_at = clock.now();
    key->material = make_material(purpose, random);
    keys_.push_back(std::move(key));
}

const Key& KeyRing::active(Purpose purpose) const {
    const auto found = std::ranges::find_if(
        keys_, [&](const auto& key) { return key->purpose == purpose && key->state == KeyState::active; });
    EDU_ASSERT(found != keys_.end());
    return **found;
}

const Key* KeyRing::find(Purpose purpose, KeyId id) const {
    const auto found = std::ranges::find_if(
        keys_, [&](const auto& key) { return key->purpose == purpose && key->id == id; });
    return found == keys_.end() ? nullptr : found->get();
}

std::vector<const Key*> KeyRing::list(Purpose purpose) const {
    std::vector<const Key*> found;
    for (const auto& key : keys_) {
        if (key->purpose == purpose) {
            found.push_back(key.get());
        }
    }
    return found;
}

std::vector<const Key*> KeyRing::list() const {
    std::vector<const Key*> found;
    for (const auto& key : keys_) {
        found.push_back(key.get());
    }
    return found;
}

const Key& KeyRing::rotate(Purpose purpose, const Clock& clock, Random& random) {
    if (is_for_life(purpose)) {
        throw Error(Fault::conflict, "crypto.key_is_for_life");
    }
    std::optional<KeyFileLock> lock;
    if (!file_.empty()) {
        lock.emplace(file_);
        keys_ = decode_key_file(read_key_file(file_).value_or(""), passphrase_)
                    .keys;  // another process may have rotated
    }
    for (const auto& key : keys_) {
        if (key->purpose == purpose && key->state == KeyState::active) {
            key->state = KeyState::retired;
            key->retired_at = clock.now();
        }
    }
    make(purpose, clock, random);
    if (lock) {
        save(random);
    }
    return active(purpose);
}

void KeyRing::save(Random& random) const {
    write_key_file(file_, encode_key_file(installation_, keys_, passphrase_, random));
}

P256PrivateKey KeyRing::issuer_key() const {
    return P256PrivateKey::from_der(active(Purpose::issuer_signature).material.view()).value();
}

Ed25519PrivateKey KeyRing::audit_key() const {
    return Ed25519PrivateKey(active(Purpose::audit_signature).material.view());
}

}  // namespace educard::crypto
