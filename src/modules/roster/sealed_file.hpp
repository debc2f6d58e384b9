#pragma once
// An uploaded list, kept sealed on disk until its import is over. For reading it is opened into a file
// without a name, which is gone with the object.

#include "crypto/field_cipher.hpp"
#include "modules/roster/roster.hpp"

#include <filesystem>

namespace educard::roster {

/// Writes a sealed copy, durable when this returns. Throws Error(unavailable, "roster.no_space").
void seal_file(const crypto::FieldCipher& cipher,
               ImportId import,
               const std::filesystem::path& from,
               const std::filesystem::path& to);

class OpenedFile {
public:
    /// Throws Error(gone, "roster.file_gone") when the copy is not there any more.
    OpenedFile(const crypto::FieldCipher& cipher, ImportId import, const std::filesystem::path& sealed);
    ~OpenedFile();
    OpenedFile(const OpenedFile&) = delete;
    OpenedFile& operator=(const OpenedFile&) = delete;

    /// Where it can be read as long as the object lives.
    std::filesystem::path path() const;

private:
    int descriptor_ = -1;
};

}  // namespace educard::roster
