#pragma once
// Writes a zip archive whose entries are made while they are packed: no entry is ever whole in memory.

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace educard::spreadsheet {

struct ZipPart {
    std::string name;
    /// Replaces `piece` by the next octets; leaves it empty at the end.
    std::function<void(std::string& piece)> next;
};

/// The parts in their order, readable by the owner only. The file is there when it is whole; what a part
/// throws is thrown, and then nothing is left. Throws Error(invalid) "spreadsheet.not_written".
void write_zip(const std::filesystem::path& path, std::vector<ZipPart> parts);

}  // namespace educard::spreadsheet
