#include "base/durable_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace educard {

namespace {

[[noreturn]] void fail(const std::filesystem::path& file) {
    throw std::system_error(errno, std::generic_category(), file.string());
}

/// An open file, closed when it goes.
class Descriptor {
public:
    Descriptor(const std::filesystem::path& file, int flags)
        : number_(::open(file.c_str(), flags | O_CLOEXEC, 0600)) {
        if (number_ < 0) {
            fail(file);
        }
    }
    ~Descriptor() { ::close(number_); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int number() const { return number_; }

private:
    int number_;
};

void write_all(const Descriptor& out, std::string_view text, const std::filesystem::path& file) {
    while (!text.empty()) {
        const auto count = ::write(out.number(), text.data(), text.size());
        if (count < 0 && errno != EINTR) {
            fail(file);
        }
        text.remove_prefix(count > 0 ? static_cast<std::size_t>(count) : 0);
    }
}

void sync(const Descriptor& out, const std::filesystem::path& file) {
    if (::fsync(out.number()) != 0) {
        fail(file);
    }
}

void move_synced(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) {
        fail(to);
    }
    const auto folder = to.has_parent_path() ? to.parent_path() : std::filesystem::path(".");
    sync(Descriptor(folder, O_RDONLY | O_DIRECTORY), folder);  // or the move might not survive a power cut
}

}  // namespace

void replace_file(const std::filesystem::path& file, std::string_view text) {
    auto fresh = file;
    fresh += ".new";
    {
        const Descriptor out(fresh, O_WRONLY | O_CREAT | O_TRUNC);
        write_all(out, text, fresh);
        if (::fchmod(out.number(), 0600) != 0) {
            fail(fresh);
        }
        sync(out, fresh);
    }
    move_synced(fresh, file);
}

void move_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
    sync(Descriptor(from, O_RDONLY), from);
    move_synced(from, to);
}

FileLock::FileLock(const std::filesystem::path& file, WhenHeld when_held) : descriptor_(-1) {
    auto path = file;
    path += ".lock";
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor_ < 0) {
        fail(path);
    }
    if (::flock(descriptor_, when_held == WhenHeld::wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
        const int fault = errno;
        ::close(descriptor_);
        errno = fault;
        fail(path);
    }
}

FileLock::~FileLock() {
    ::close(descriptor_);  // lets go of the lock too
}

}  // namespace educard
