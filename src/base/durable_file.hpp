#pragma once
// Small files that have to survive a power cut: replaced as a whole, so that a crash leaves the old text or
// the new one, and a lock between the processes that do so.

#include <filesystem>
#include <string_view>

namespace educard {

/// Durable when it returns; mode 0600. Throws std::system_error; the old text stays then.
void replace_file(const std::filesystem::path& file, std::string_view text);

/// Holds `<file>.lock` while it lives. Throws std::system_error.
class FileLock {
public:
    explicit FileLock(const std::filesystem::path& file);
    ~FileLock();
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

private:
    int descriptor_;
};

}  // namespace educard
