#pragma once
// Comma-separated values by RFC 4180 and as spreadsheets really write them.

#include "spreadsheet/spreadsheet.hpp"

#include <filesystem>
#include <memory>

namespace educard::spreadsheet {

/// Comma, semicolon or tab, told from the first lines or from a first line "sep=;". `limits` are copied.
std::unique_ptr<Workbook> open_csv(const std::filesystem::path& path, const Limits& limits);

}  // namespace educard::spreadsheet
