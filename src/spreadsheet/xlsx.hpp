#pragma once
// Office Open XML workbooks (ECMA-376, transitional and strict), as Excel, WPS and LibreOffice write them.

#include "spreadsheet/shared_strings.hpp"
#include "spreadsheet/spreadsheet.hpp"
#include "spreadsheet/zip.hpp"

#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

namespace educard::spreadsheet {

/// A rectangle of merged cells; rows and columns count from 1.
struct MergedRange {
    std::size_t first_row = 0;
    std::size_t last_row = 0;
    std::size_t first_column = 0;
    std::size_t last_column = 0;
};

/// What the sheets of a workbook share; lives as long as the workbook.
struct XlsxContext {
    ZipArchive* archive = nullptr;
    const SharedStrings* strings = nullptr;
    std::vector<bool> style_is_date;
    bool since_1904 = false;
    Limits limits;
};

std::unique_ptr<Workbook> open_xlsx(const std::filesystem::path& path, const Limits& limits);

/// `entry` is the sheet's part; `merged` comes in the order of the first rows.
std::unique_ptr<Sheet> make_xlsx_sheet(const XlsxContext& context,
                                       ZipEntry entry,
                                       std::vector<MergedRange> merged);

/// Whether a number format shows a day: "yyyy/m/d", "m月d日", not "[h]:mm" and not "#,##0".
bool is_date_format(std::string_view format);

/// "B12" → {12, 2}; zeros when it is no such thing.
struct CellReference {
    std::size_t row = 0;
    std::size_t column = 0;
};
CellReference parse_reference(std::string_view text);

}  // namespace educard::spreadsheet
