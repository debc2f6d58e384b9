#include "spreadsheet/zip_writer.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <memory>
#include <zip.h>

namespace educard::spreadsheet {

namespace {

Error not_written() {
    return {Fault::invalid, "spreadsheet.not_written"};
}

/// An entry as libzip reads it.
struct Entry {
    ZipPart part;
    std::string piece;
    std::size_t at = 0;
    std::exception_ptr thrown;

    zip_int64_t read(char* out, std::size_t room) {
        if (at == piece.size()) {
            at = 0;
            piece.clear();
            part.next(piece);
        }
        const auto length = std::min(room, piece.size() - at);
        std::memcpy(out, piece.data() + at, length);
        at += length;
        return static_cast<zip_int64_t>(length);
    }
};

zip_int64_t feed(void* state, void* data, zip_uint64_t length, zip_source_cmd_t command) {
    auto& entry = *static_cast<Entry*>(state);
    switch (command) {
        case ZIP_SOURCE_READ:
            try {
                return entry.read(static_cast<char*>(data), static_cast<std::size_t>(length));
            } catch (...) {
                entry.thrown = std::current_exception();
                return -1;
            }
        case ZIP_SOURCE_STAT:
            zip_stat_init(static_cast<zip_stat_t*>(data));
            return sizeof(zip_stat_t);
        case ZIP_SOURCE_ERROR:
            if (length < 2 * sizeof(int)) {
                return -1;
            }
            std::memset(data, 0, 2 * sizeof(int));
            *static_cast<int*>(data) = ZIP_ER_READ;
            return 2 * sizeof(int);
        case ZIP_SOURCE_SUPPORTS:
            return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN,
                                                  ZIP_SOURCE_READ,
                                                  ZIP_SOURCE_CLOSE,
                                                  ZIP_SOURCE_STAT,
                                                  ZIP_SOURCE_ERROR,
                                                  ZIP_SOURCE_FREE,
                                                  -1);
        default:
            return 0;
    }
}

}  // namespace

void write_zip(const std::filesystem::path& path, std::vector<ZipPart> parts) {
    struct Discard {
        void operator()(zip_t* archive) const { zip_discard(archive); }
    };
    std::vector<std::unique_ptr<Entry>> entries;
    int fault = 0;
    std::unique_ptr<zip_t, Discard> archive(zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &fault));
    if (!archive) {
        throw not_written();
    }
    for (auto& part : parts) {
        entries.push_back(
            std::make_unique<Entry>(Entry{.part = std::move(part), .piece = {}, .at = 0, .thrown = {}}));
        const auto& entry = *entries.back();
        zip_source_t* source = zip_source_function(archive.get(), feed, entries.back().get());
        if (source == nullptr ||
            zip_file_add(archive.get(), entry.part.name.c_str(), source, ZIP_FL_ENC_UTF_8) < 0) {
            zip_source_free(source);
            throw not_written();
        }
    }
    if (zip_close(archive.get()) != 0) {
        for (const auto& entry : entries) {
            if (entry->thrown) {
                std::rethrow_exception(entry->thrown);
            }
        }
        throw not_written();
    }
    static_cast<void>(archive.release());
    std::error_code ignored;
    using std::filesystem::perms;
    std::filesystem::permissions(path, perms::owner_read | perms::owner_write, ignored);
}

}  // namespace educard::spreadsheet
