#pragma once
// Every long-lived secret of an installation, in one file beside the database (keys.json, mode 0600), by
// purpose. Rotation makes a new active key and keeps the old ones for opening and checking. Losing the file
// loses the sealed fields, so it belongs into every backup; the file may itself be sealed with a passphrase.
// Read by any thread; rotate() only before other threads read (it is a command of its own, a server reads at
// start).

#include "base/time.hpp"
#include "crypto/random.hpp"
#include "crypto/secret.hpp"
#include "crypto/signature.hpp"

#include <boost/describe/enum.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace educard::crypto {

enum class Purpose {
    field_encryption,  // XChaCha20-Poly1305, 32 octets
    blind_index,       // HMAC-SHA-256; never rotated: every look-up would miss
    card_number,       // Feistel key; never rotated: numbers would collide
    issuer_signature,  // ES256, PKCS #8: credentials and status lists
    audit_signature,   // Ed25519 seed: sealed audit blocks
    session_token,     // HMAC-SHA-256: what sessions are stored under; rotating signs everybody out
};
BOOST_DESCRIBE_ENUM(
    Purpose, field_encryption, blind_index, card_number, issuer_signature, audit_signature, session_token)

enum class KeyState { active, retired };
BOOST_DESCRIBE_ENUM(KeyState, active, retired)

/// Eight hexadecimal digits in text, four octets (big-endian) in COSE headers and ciphertexts.
using KeyId = std::uint32_t;
std::string to_text(KeyId id);
std::optional<KeyId> parse_key_id(std::string_view text);

struct Key {
    KeyId id = 0;
    Purpose purpose{};
    KeyState state{};
    Time created_at;
    std::optional<Time> retired_at;
    Secret material;
};

enum class WhenMissing { create, refuse };

class KeyRing {
public:
    /// Reads the file; with WhenMissing::create makes it. Purposes that the file does not know yet get their
    /// first key. A passphrase seals the file (also one that was open before). Throws Error(internal,
    /// "crypto.keys_missing", "crypto.keys_unreadable", "crypto.keys_unwritable" or
    /// "crypto.passphrase_wrong").
    static KeyRing open(std::filesystem::path file,
                        const Clock& clock,
                        Random& random,
                        WhenMissing missing,
                        const std::optional<std::string>& passphrase = std::nullopt);
    /// Fresh keys that live in memory only, for tests.
    static KeyRing in_memory(const Clock& clock, Random& random);

    /// Eight hexadecimal digits that name this installation for ever; the issuer's name is "educard:" +
    /// these.
    const std::string& installation() const { return installation_; }
    std::string issuer() const { return "educard:" + installation_; }

    const Key& active(Purpose purpose) const;
    /// The key of that purpose and id, active or retired; null when there is none.
    const Key* find(Purpose purpose, KeyId id) const;
    /// Oldest first.
    std::vector<const Key*> list(Purpose purpose) const;
    std::vector<const Key*> list() const;

    /// Makes a new active key, durable when this returns. Throws Error(conflict, "crypto.key_is_for_life")
    /// for blind_index and card_number: their keys can never be replaced by others without rewriting what
    /// they made.
    const Key& rotate(Purpose purpose, const Clock& clock, Random& random);

    P256PrivateKey issuer_key() const;
    Ed25519PrivateKey audit_key() const;

private:
    KeyRing() = default;
    void make(Purpose purpose, const Clock& clock, Random& random);
    void make_what_is_missing(const Clock& clock, Random& random);
    void save(Random& random) const;

    std::filesystem::path file_;  // empty: in memory
    std::string installation_;
    std::optional<std::string> passphrase_;
    std::vector<std::unique_ptr<Key>> keys_;
};

}  // namespace educard::crypto
