#pragma once
// Small files that have to survive a power cut: replaced as a whole, so that a crash leaves the old text or
// the new one, and a lock between the processes that do so.

#include <filesystem>
#include <string_view>

namespace educard {

/// Durable when it returns; mode 0600. Throws std::system_error; the old text stays then.
void replace_file(const std::filesystem::path& file, std::string_view text);

/// Moves a finished file to its place, both durable when it returns. Throws std::system_error.
void move_durably(const std::filesystem::path& from, const std::filesystem::path& to);

/// Holds `<file>.lock` while it lives, also against other processes. Throws std::system_error;
/// std::errc::operation_would_block when somebody holds it and we are not to wait.
class FileLock {
public:
    enum class WhenHeld { wait, give_up };
    explicit FileLock(const std::filesystem::path& file, WhenHeld when_held = WhenHeld::wait);
    ~FileLock();
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

private:
    int descriptor_;
};

}  // namespace educard
