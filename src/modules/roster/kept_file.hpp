#pragma once
// An uploaded list, kept sealed in the database until its import is forgotten, so that every node can read
// it. For reading it is opened into a file without a name, which is gone with the object.

#include "crypto/field_cipher.hpp"
#include "modules/roster/roster.hpp"

#include <filesystem>

namespace educard::roster {

/// Keeps the file, piece by piece in transactions of their own; durable when this returns. Pieces whose
/// import never came about are forgotten by the sweep.
void keep_file(sql::Database& database,
               const crypto::FieldCipher& cipher,
               ImportId import,
               Time at,
               const std::filesystem::path& from);

class OpenedFile {
public:
    /// Reads it from the database into `folder`. Throws Error(gone, "roster.file_gone") when it is not kept
    /// any more, Error(unavailable, "roster.no_space").
    OpenedFile(sql::Database& database,
               const crypto::FieldCipher& cipher,
               ImportId import,
               const std::filesystem::path& folder);
    ~OpenedFile();
    OpenedFile(const OpenedFile&) = delete;
    OpenedFile& operator=(const OpenedFile&) = delete;

    /// Where it can be read as long as the object lives.
    std::filesystem::path path() const;

private:
    void append(std::string_view text) const;

    int descriptor_ = -1;
};

}  // namespace educard::roster
