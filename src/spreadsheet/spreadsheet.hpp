#pragma once
// Reads the lists that schools already have: .csv (any usual delimiter and encoding) and .xlsx, row by row,
// never the whole file in memory. What it reads comes from outside: everything is bounded, and each thing
// that can be wrong with a file ends the reading with an Error(invalid) of its own code:
//   spreadsheet.empty_file, .not_a_spreadsheet, .old_xls, .encrypted, .web_page, .binary, .damaged,
//   .entities, .zip_bomb, .too_large, .too_many_rows, .too_many_columns, .too_many_sheets, .cell_too_long,
//   .unclosed_quote
// A Workbook outlives its Sheets. One thread at a time.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace educard::spreadsheet {

struct Limits {
    std::uint64_t octets = 1ULL << 30U;  // of everything unpacked
    std::uint64_t ratio = 200;           // unpacked to packed, above 16 MiB
    std::size_t rows = 1'048'576;  // a sheet of .xlsx has no more
    std::size_t columns = 512;
    std::size_t cell_octets = 32'767;
    std::size_t sheets = 100;
    std::size_t shared_strings_in_memory = 16U << 20U;  // octets; more goes to a temporary file
};

struct Cell {
    enum class Kind { empty, text, number, date, boolean, error };
    Kind kind = Kind::empty;
    std::string text;  // as a reader would see it; a date is "2015-09-01" or "2015-09-01 08:30:00"
    bool lost_digits =
        false;  // a number beyond the fifteen digits that a spreadsheet keeps: an ID number that is gone
    bool merged = false;  // the value was written in another cell of a merged range
};

struct Row {
    std::size_t line =
        0;  // as the spreadsheet numbers its rows; for .csv the line of the file on which it starts
    std::vector<Cell> cells;

    bool is_blank() const;
};

class Sheet {
public:
    virtual ~Sheet() = default;
    /// Replaces `row` by the next one; false at the end. Rows without any cell may be left out. Cells after
    /// the last written one are not given.
    virtual bool next_row(Row& row) = 0;
    /// How much of the sheet has been read, 0 to 1.
    virtual double progress() const = 0;
};

class Workbook {
public:
    virtual ~Workbook() = default;
    /// The visible sheets; a .csv has one, without a name.
    virtual const std::vector<std::string>& sheet_names() const = 0;
    virtual std::unique_ptr<Sheet> open_sheet(std::size_t index) = 0;
};

/// Tells the kind of file by its content, never by its name.
std::unique_ptr<Workbook> open(const std::filesystem::path& path, const Limits& limits = {});

/// The day that a spreadsheet's serial number means (1900 system, with its leap day of 1900 that never was),
/// as "2015-09-01", with " 08:30:00" behind it when there is a fraction; empty outside 1900 to 9999.
std::string text_of_serial(double serial, bool since_1904);

}  // namespace educard::spreadsheet
