#pragma once
// Entries of a zip archive, unpacked piece by piece under the limits of a workbook.

#include "spreadsheet/spreadsheet.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

struct zip;
struct zip_file;

namespace educard::spreadsheet {

class ZipArchive;

/// One entry being unpacked. Its archive outlives it.
class ZipEntry {
public:
    /// The next octets, 0 at the end. Throws Error(invalid) when the archive is damaged or unpacks to too
    /// much.
    std::size_t read(std::span<char> buffer);
    /// What the archive says of the unpacked size.
    std::uint64_t declared_octets() const { return declared_octets_; }

private:
    friend class ZipArchive;
    struct Close {
        void operator()(zip_file* file) const;
    };
    ZipEntry(ZipArchive& archive, zip_file* file, std::uint64_t packed, std::uint64_t declared)
        : archive_(archive), file_(file), packed_octets_(packed), declared_octets_(declared) {}

    ZipArchive& archive_;
    std::unique_ptr<zip_file, Close> file_;
    std::uint64_t packed_octets_;
    std::uint64_t declared_octets_;
    std::uint64_t octets_ = 0;
};

class ZipArchive {
public:
    /// Throws Error(invalid) when it is none, or damaged.
    ZipArchive(const std::filesystem::path& path, const Limits& limits);

    bool has(const std::string& name) const;
    /// Throws Error(invalid, "spreadsheet.damaged") when there is no such entry, "spreadsheet.encrypted" when
    /// it is locked.
    ZipEntry open(const std::string& name);

private:
    friend class ZipEntry;
    struct Close {
        void operator()(zip* archive) const;
    };
    void count(const ZipEntry& entry, std::uint64_t octets);

    std::unique_ptr<zip, Close> archive_;
    Limits limits_;
    std::uint64_t octets_ = 0;  // unpacked so far, of all entries
};

}  // namespace educard::spreadsheet
