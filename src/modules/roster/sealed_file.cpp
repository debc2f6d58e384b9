#include "modules/roster/sealed_file.hpp"

#include "base/error.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

namespace educard::roster {

namespace {

constexpr std::size_t kPiece = 256UL * 1024;

struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

Error no_space() {
    return {Fault::unavailable, "roster.no_space"};
}

/// Each piece opens only at its own place, and the last one only as the last.
std::string place_of_piece(std::size_t index, bool last) {
    return "file/" + std::to_string(index) + (last ? "/last" : "");
}

void write_all(std::FILE* file, const void* octets, std::size_t count) {
    if (std::fwrite(octets, 1, count, file) != count) {
        throw no_space();
    }
}

std::array<std::uint8_t, 4> big_endian(std::uint32_t number) {
    return {static_cast<std::uint8_t>(number >> 24U),
            static_cast<std::uint8_t>(number >> 16U & 0xFFU),
            static_cast<std::uint8_t>(number >> 8U & 0xFFU),
            static_cast<std::uint8_t>(number & 0xFFU)};
}

}  // namespace

void seal_file(const crypto::FieldCipher& cipher,
               ImportId import,
               const std::filesystem::path& from,
               const std::filesystem::path& to) {
    const File in(std::fopen(from.c_str(), "rb"));
    const File out(std::fopen(to.c_str(), "wbx"));
    if (!in || !out) {
        throw no_space();
    }
    std::vector<char> piece(kPiece);
    bool last = false;
    for (std::size_t index = 0; !last; ++index) {
        const std::size_t count = std::fread(piece.data(), 1, piece.size(), in.get());
        last = count < piece.size();
        const std::string column = place_of_piece(index, last);
        const Bytes sealed = cipher.seal({piece.data(), count},
                                         {.table = "roster_import", .column = column, .row = import.value});
        const auto length = big_endian(static_cast<std::uint32_t>(sealed.size()));
        write_all(out.get(), length.data(), length.size());
        write_all(out.get(), sealed.data(), sealed.size());
    }
    if (std::fflush(out.get()) != 0 || ::fsync(::fileno(out.get())) != 0) {
        throw no_space();
    }
}

OpenedFile::OpenedFile(const crypto::FieldCipher& cipher,
                       ImportId import,
                       const std::filesystem::path& sealed) {
    const File in(std::fopen(sealed.c_str(), "rb"));
    if (!in) {
        throw Error(Fault::gone, "roster.file_gone");
    }
    descriptor_ = ::open(sealed.parent_path().c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor_ < 0) {
        throw no_space();
    }
    std::array<std::uint8_t, 4> length{};
    for (std::size_t index = 0; std::fread(length.data(), 1, length.size(), in.get()) == length.size();
         ++index) {
        const std::size_t size = std::size_t{length[0]} << 24U | std::size_t{length[1]} << 16U |
                                 std::size_t{length[2]} << 8U | length[3];
        Bytes piece(std::min(size, 2 * kPiece));
        piece.resize(std::fread(piece.data(), 1, piece.size(), in.get()));
        const int next = std::fgetc(in.get());
        std::ungetc(next, in.get());
        const std::string column = place_of_piece(index, next == EOF);
        const std::string text =
            cipher.open(piece, {.table = "roster_import", .column = column, .row = import.value});
        if (::write(descriptor_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
            ::close(descriptor_);
            throw no_space();
        }
    }
}

OpenedFile::~OpenedFile() {
    ::close(descriptor_);
}

std::filesystem::path OpenedFile::path() const {
    return "/proc/self/fd/" + std::to_string(descriptor_);
}

}  // namespace educard::roster
