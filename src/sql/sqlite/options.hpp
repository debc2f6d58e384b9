#pragma once
// What an SQLite database is opened with; parsed from its URL.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace educard::sql::sqlite {

struct Options {
    std::string path;         // empty: a file of its own that goes away with the Database
    std::size_t readers = 2;  // threads, each with a connection
    std::size_t read_queue = 1024;
    std::size_t write_queue = 4096;
    std::int64_t cache_mb = 64;   // page cache of the writing connection; each reader has a quarter of it
    std::int64_t mmap_mb = 1024;  // how much of the file is read through the memory map
    std::int64_t max_pages = 0;   // 0: no limit; a full database is like a full disk (tests)
    bool durable =
        true;  // false: commits are not synced, for what is thrown away or made again after a crash
    bool sorts_on_disk = false;  // large sorts (making an index) in files beside the database, not in memory
};

/// "sqlite:/path?readers=4" or "sqlite::memory:". Throws Error(invalid) with field "database" for anything
/// else.
Options parse_url(std::string_view url);

}  // namespace educard::sql::sqlite
