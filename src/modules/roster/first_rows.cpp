// How a list begins, for somebody who says which of its lines are the headings. Read from the kept file each
// time: nothing of it is stored.
#include "base/error.hpp"
#include "base/text.hpp"
#include "modules/roster/kept_file.hpp"
#include "modules/roster/record.hpp"
#include "modules/roster/roster.hpp"
#include "modules/roster/store.hpp"
#include "runtime/audit.hpp"
#include "spreadsheet/spreadsheet.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace educard::roster {

namespace {

constexpr std::size_t kSheetsShown = 20;
constexpr std::size_t kColumnsShown = 100;
constexpr std::size_t kOctetsShown = 120;
constexpr std::size_t kOctetsRead = 400;
constexpr std::size_t kLongestKey = 200;
constexpr std::ptrdiff_t kDigitsOfNumber = 6;  // or more: of a document, a telephone

/// 2015-09-01: nobody's number.
bool is_date(std::string_view text) {
    constexpr std::string_view kPattern = "0000-00-00";
    return text.size() == kPattern.size() && std::ranges::equal(text, kPattern, [](char c, char like) {
               return like == '0' ? is_digit(c) : c == like;
           });
}

/// The text with all but the first and the last two digits of each number hidden.
std::string mask_numbers(std::string text) {
    const auto inside = [](char c) { return is_digit(c) || c == ' ' || c == '-'; };
    for (auto begin = text.begin(); begin != text.end();) {
        begin = std::find_if(begin, text.end(), is_digit);
        const auto end = std::find_if_not(begin, text.end(), inside);
        const auto digits = std::count_if(begin, end, is_digit);
        if (digits >= kDigitsOfNumber && !is_date({begin, end})) {
            std::ptrdiff_t at = 0;
            for (auto digit = begin; digit != end; ++digit) {
                if (is_digit(*digit)) {
                    *digit = at < 2 || at >= digits - 2 ? *digit : '*';
                    ++at;
                }
            }
        }
        begin = end;
    }
    return text;
}

std::string shown(std::string_view text) {
    std::string out = mask_numbers(tidy(text.substr(0, kOctetsRead)));
    if (out.size() <= kOctetsShown) {
        return out;
    }
    out.resize(kOctetsShown);
    while (!is_valid_utf8(out)) {
        out.pop_back();
    }
    return out + "…";
}

/// Letters and digits as documents, telephones and dates have them, which no heading is.
bool is_number(std::string_view text) {
    const bool plain =
        std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80U; });
    return plain && std::ranges::count_if(text, is_digit) >= kDigitsOfNumber;
}

FirstRow view_of(const spreadsheet::Row& row, const Mapping& mapping) {
    auto header = header_of(row, mapping);
    header.columns.resize(std::min(header.columns.size(), kColumnsShown));
    const auto is_named = [](const Column& column) {
        return !column.key.empty() && !column.heading.empty() && column.key.size() <= kLongestKey;
    };
    FirstRow out{.line = static_cast<std::int64_t>(row.line),
                 .headings = std::ranges::count_if(header.columns, is_named) > 1 &&
                             std::ranges::none_of(header.columns, is_number, &Column::heading),
                 .cells = {}};
    for (std::size_t i = 0; i < header.columns.size(); ++i) {
        auto& column = header.columns[i];
        FirstCell cell{.text = shown(row.cells[i].text), .key = {}, .field = {}};
        if (out.headings && is_named(column)) {
            cell.key = std::move(column.key);
            cell.field = column.field;
        }
        out.cells.push_back(std::move(cell));
    }
    return out;
}

std::vector<FirstRow> read_sheet(spreadsheet::Sheet& sheet, const Mapping& mapping) {
    std::vector<FirstRow> rows;
    spreadsheet::Row row;
    while (rows.size() < kHeaderRows && sheet.next_row(row)) {
        if (!row.is_blank()) {
            rows.push_back(view_of(row, mapping));
        }
    }
    return rows;
}

}  // namespace

std::vector<SheetStart> Roster::first_rows(const Caller& caller, ImportId id) const {
    Mapping mapping;
    needs_.database.write([&](sql::Tx& tx) {
        const auto import = require_import(tx, caller, id);
        mapping = store::mapping(tx, import.organisation_id, import.kind);
        needs_.audit.record(tx,
                            caller,
                            {.action = "roster.first_rows_read",
                             .organisation_path = needs_.organisations.get(tx, import.organisation_id).path,
                             .subject_kind = "roster_import",
                             .subject = std::to_string(id.value),
                             .details = ""});
    });
    const OpenedFile file(needs_.database, needs_.cipher, id, needs_.folder);
    const auto book = spreadsheet::open(file.path());
    const auto& names = book->sheet_names();
    std::vector<SheetStart> sheets;
    for (std::size_t sheet = 0; sheet < names.size() && sheets.size() < kSheetsShown; ++sheet) {
        auto rows = read_sheet(*book->open_sheet(sheet), mapping);
        if (!rows.empty()) {
            sheets.push_back({.sheet = static_cast<std::int64_t>(sheet),
                              .name = shown(names[sheet]),
                              .rows = std::move(rows)});
        }
    }
    return sheets;
}

}  // namespace educard::roster
