#include "modules/roster/kept_file.hpp"

#include "base/error.hpp"
#include "modules/roster/store.hpp"

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
std::string place_of_piece(std::int64_t index, bool last) {
    return "file/" + std::to_string(index) + (last ? "/last" : "");
}

}  // namespace

void keep_file(sql::Database& database,
               const crypto::FieldCipher& cipher,
               ImportId import,
               Time at,
               const std::filesystem::path& from) {
    const File in(std::fopen(from.c_str(), "rb"));
    if (!in) {
        throw no_space();
    }
    std::vector<char> piece(kPiece);
    bool last = false;
    for (std::int64_t index = 0; !last; ++index) {
        const std::size_t count = std::fread(piece.data(), 1, piece.size(), in.get());
        last = count < piece.size();
        const std::string column = place_of_piece(index, last);
        const Bytes sealed = cipher.seal({piece.data(), count},
                                         {.table = "roster_import", .column = column, .row = import.value});
        database.write([&](sql::Tx& tx) { store::insert_piece(tx, import, index, sealed, at); });
    }
}

OpenedFile::OpenedFile(sql::Database& database,
                       const crypto::FieldCipher& cipher,
                       ImportId import,
                       const std::filesystem::path& folder) {
    descriptor_ = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor_ < 0) {
        throw no_space();
    }
    try {
        const auto pieces = database.read([&](sql::Tx& tx) { return store::count_pieces(tx, import); });
        for (std::int64_t index = 0; index < pieces; ++index) {
            const auto sealed =
                database.read([&](sql::Tx& tx) { return store::get_piece(tx, import, index); });
            const std::string column = place_of_piece(index, index + 1 == pieces);
            append(cipher.open(sealed, {.table = "roster_import", .column = column, .row = import.value}));
        }
        if (pieces == 0) {
            throw Error(Fault::gone, "roster.file_gone");
        }
    } catch (...) {
        ::close(descriptor_);
        throw;
    }
}

OpenedFile::~OpenedFile() {
    ::close(descriptor_);
}

void OpenedFile::append(std::string_view text) const {
    if (::write(descriptor_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        throw no_space();
    }
}

std::filesystem::path OpenedFile::path() const {
    return "/proc/self/fd/" + std::to_string(descriptor_);
}

}  // namespace educard::roster
