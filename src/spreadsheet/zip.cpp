#include "spreadsheet/zip.hpp"

#include "base/error.hpp"

#include <zip.h>

namespace educard::spreadsheet {

namespace {

constexpr std::uint64_t kRatioCountsAbove = 16ULL << 20U;

Error damaged() {
    return Error(Fault::invalid, "spreadsheet.damaged");
}

}  // namespace

void ZipEntry::Close::operator()(zip_file* file) const {
    zip_fclose(file);
}

void ZipArchive::Close::operator()(zip* archive) const {
    zip_discard(archive);
}

ZipArchive::ZipArchive(const std::filesystem::path& path, const Limits& limits) : limits_(limits) {
    int fault = 0;
    archive_.reset(zip_open(path.c_str(), ZIP_RDONLY, &fault));
    if (!archive_) {
        throw damaged();
    }
}

bool ZipArchive::has(const std::string& name) const {
    return zip_name_locate(archive_.get(), name.c_str(), ZIP_FL_NOCASE) >= 0;
}

ZipEntry ZipArchive::open(const std::string& name) {
    zip_stat_t facts;
    zip_stat_init(&facts);
    const auto index = zip_name_locate(archive_.get(), name.c_str(), ZIP_FL_NOCASE);
    if (index < 0 || zip_stat_index(archive_.get(), static_cast<zip_uint64_t>(index), 0, &facts) != 0) {
        throw damaged();
    }
    if ((facts.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && facts.encryption_method != ZIP_EM_NONE) {
        throw Error(Fault::invalid, "spreadsheet.encrypted");
    }
    zip_file* file = zip_fopen_index(archive_.get(), static_cast<zip_uint64_t>(index), 0);
    if (file == nullptr) {
        throw damaged();
    }
    ZipEntry entry(*this, file, facts.comp_size, facts.size);
    if (facts.size > kRatioCountsAbove &&
        facts.size / std::max<std::uint64_t>(facts.comp_size, 1) > limits_.ratio) {
        throw Error(Fault::invalid, "spreadsheet.zip_bomb");
    }
    return entry;
}

void ZipArchive::count(const ZipEntry& entry, std::uint64_t octets) {
    octets_ += octets;
    if (entry.octets_ > kRatioCountsAbove &&
        entry.octets_ / std::max<std::uint64_t>(entry.packed_octets_, 1) > limits_.ratio) {
        throw Error(Fault::invalid, "spreadsheet.zip_bomb");
    }
    if (octets_ > limits_.octets) {
        throw Error(Fault::invalid, "spreadsheet.too_large");
    }
}

std::size_t ZipEntry::read(std::span<char> buffer) {
    const auto count = zip_fread(file_.get(), buffer.data(), buffer.size());
    if (count < 0) {
        throw damaged();
    }
    octets_ += static_cast<std::uint64_t>(count);
    archive_.count(*this, static_cast<std::uint64_t>(count));
    return static_cast<std::size_t>(count);
}

}  // namespace educard::spreadsheet
