#pragma once
// Writes a table of texts as a file that spreadsheets open. Text that a spreadsheet would take for a formula
// is disarmed. Pure but for a temporary file; any thread.

#include <string>
#include <string_view>
#include <vector>

namespace educard::spreadsheet {

struct Table {
    std::string name;  // of the sheet
    std::vector<std::string> headings;
    std::vector<std::vector<std::string>> rows;
};

/// One cell of a CSV, quoted.
std::string csv_cell(std::string_view text);
std::string csv_line(const std::vector<std::string>& cells);
/// UTF-8 with the mark that Excel looks for.
std::string to_csv(const Table& table);
/// All cells are text, so that codes keep their zeros. Throws Error(unavailable) "spreadsheet.not_written".
std::string to_xlsx(const Table& table);

}  // namespace educard::spreadsheet
