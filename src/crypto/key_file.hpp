#pragma once
// The key ring's file: its JSON, its sealing with a passphrase, and writing it so that a crash leaves the old
// file or the new one. Only key_ring.cpp uses this.

#include "base/durable_file.hpp"
#include "crypto/key_ring.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::crypto {

struct StoredKeys {
    std::string installation;
    std::vector<std::unique_ptr<Key>> keys;
    bool sealed = false;
};

/// Throws Error(internal, "crypto.keys_unreadable" or "crypto.passphrase_wrong").
StoredKeys decode_key_file(std::string_view text, const std::optional<std::string>& passphrase);
std::string encode_key_file(const std::string& installation,
                            const std::vector<std::unique_ptr<Key>>& keys,
                            const std::optional<std::string>& passphrase,
                            Random& random);

/// Nothing when there is no such file.
std::optional<std::string> read_key_file(const std::filesystem::path& file);
/// Durable when it returns; mode 0600. Throws Error(internal, "crypto.keys_unwritable").
void write_key_file(const std::filesystem::path& file, std::string_view text);

/// Keeps two processes from making two sets of keys at once.
class KeyFileLock {
public:
    /// Throws Error(internal, "crypto.keys_unwritable").
    explicit KeyFileLock(const std::filesystem::path& file);

private:
    FileLock lock_;
};

}  // namespace educard::crypto
