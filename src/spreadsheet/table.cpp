#include "spreadsheet/table.hpp"

#include "base/error.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>
#include <xlsxwriter.h>

namespace educard::spreadsheet {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// A file of our own that is gone with this.
class TemporaryFile {
public:
    TemporaryFile() : path_((std::filesystem::temp_directory_path() / "educard-XXXXXX").string()) {
        const int file = ::mkstemp(path_.data());
        if (file < 0) {
            throw Error(Fault::unavailable, "spreadsheet.not_written");
        }
        ::close(file);
    }
    ~TemporaryFile() {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    const std::string& path() const { return path_; }

private:
    std::string path_;
};

}  // namespace

std::string csv_cell(std::string_view text) {
    std::string out = "\"";
    if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) {
        out += '\'';
    }
    for (const char c : text) {
        out.append(c == '"' ? 2 : 1, c);
    }
    return out + "\"";
}

std::string csv_line(const std::vector<std::string>& cells) {
    std::string out;
    for (const auto& cell : cells) {
        out.append(out.empty() ? "" : ",").append(csv_cell(cell));
    }
    return out + "\r\n";
}

std::string to_csv(const Table& table) {
    std::string out(kByteOrderMark);
    out += csv_line(table.headings);
    for (const auto& row : table.rows) {
        out += csv_line(row);
    }
    return out;
}

std::string to_xlsx(const Table& table) {
    const TemporaryFile file;
    lxw_workbook* workbook = workbook_new(file.path().c_str());
    if (workbook == nullptr) {
        throw Error(Fault::unavailable, "spreadsheet.not_written");
    }
    lxw_worksheet* sheet = workbook_add_worksheet(workbook, table.name.c_str());
    lxw_format* bold = workbook_add_format(workbook);
    format_set_bold(bold);
    worksheet_freeze_panes(sheet, 1, 0);
    lxw_col_t column = 0;
    for (const auto& heading : table.headings) {
        worksheet_write_string(sheet, 0, column++, heading.c_str(), bold);
    }
    lxw_row_t line = 1;
    for (const auto& row : table.rows) {
        column = 0;
        for (const auto& cell : row) {
            worksheet_write_string(sheet, line, column++, cell.c_str(), nullptr);
        }
        ++line;
    }
    if (workbook_close(workbook) != LXW_NO_ERROR) {
        throw Error(Fault::unavailable, "spreadsheet.not_written");
    }
    std::ifstream written(file.path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(written), std::istreambuf_iterator<char>()};
}

}  // namespace educard::spreadsheet
