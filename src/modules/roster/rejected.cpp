// The rows that were rejected, as a file to correct and bring again.
#include "base/error.hpp"
#include "base/json.hpp"
#include "modules/roster/kept_file.hpp"
#include "modules/roster/roster.hpp"
#include "modules/roster/store.hpp"
#include "runtime/audit.hpp"
#include "runtime/texts.hpp"
#include "spreadsheet/spreadsheet.hpp"

#include <map>
#include <string>
#include <utility>

namespace educard::roster {

namespace {

constexpr int kPage = 1000;

using Reasons = std::map<std::pair<std::int64_t, std::int64_t>, std::string>;  // by sheet and line

/// A field as spreadsheets read it back; what looks like a formula is disarmed.
void append_field(std::string& out, std::string_view text) {
    const bool formula =
        !text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos;
    out.push_back('"');
    if (formula) {
        out.push_back('\'');
    }
    for (const char c : text) {
        if (c == '"') {
            out.push_back('"');
        }
        out.push_back(c);
    }
    out.push_back('"');
}

std::string words_of(const Texts& texts, Language language, const std::vector<RowFault>& faults) {
    std::string out;
    for (const auto& fault : faults) {
        out += out.empty() ? "" : language == Language::en ? "; " : "；";
        const std::string field =
            fault.field.empty() ? std::string() : texts.text(language, "roster.field_" + fault.field);
        out += field.empty() ? "" : field + (language == Language::en ? ": " : "：");
        out += texts.text(language, fault.code, {{"line", std::to_string(fault.line.value_or(0))}});
    }
    return out;
}

void append_headings(std::string& out,
                     const Texts& texts,
                     Language language,
                     const std::vector<ColumnView>& columns) {
    append_field(out, texts.text(language, "roster.rejected_line"));
    out.push_back(',');
    append_field(out, texts.text(language, "roster.rejected_reason"));
    for (const auto& column : columns) {
        out.push_back(',');
        append_field(out, column.heading);
    }
    out += "\r\n";
}

}  // namespace

std::string Roster::rejected_csv(const Caller& caller, ImportId id) const {
    Reasons reasons;
    const auto import = needs_.database.write([&](sql::Tx& tx) {
        reasons.clear();
        auto found = require_import(tx, caller, id);
        std::int64_t after = 0;
        for (auto rows = store::list_rows(tx, id, {.outcome = Outcome::rejected}, {.after = after}, kPage);
             !rows.empty();
             rows = store::list_rows(tx, id, {.outcome = Outcome::rejected}, {.after = after}, kPage)) {
            for (const auto& row : rows) {
                reasons[{row.sheet, row.line}] =
                    words_of(needs_.texts, caller.language, json::decode<std::vector<RowFault>>(row.faults));
            }
            after = rows.back().ordinal;
        }
        needs_.audit.record(tx,
                            caller,
                            {.action = "roster.rejected_rows_read",
                             .organisation_path = needs_.organisations.get(tx, found.organisation_id).path,
                             .subject_kind = "roster_import",
                             .subject = std::to_string(id.value),
                             .details = ""});
        return found;
    });
    const OpenedFile file(needs_.database, needs_.cipher, id, needs_.folder);
    const auto book = spreadsheet::open(file.path());
    const auto columns = json::decode<std::vector<ColumnView>>(import.columns);
    std::string out = "\xEF\xBB\xBF";
    for (std::size_t sheet = 0; sheet < book->sheet_names().size(); ++sheet) {
        const auto first = reasons.lower_bound({static_cast<std::int64_t>(sheet), 0});
        if (first == reasons.end() || first->first.first != static_cast<std::int64_t>(sheet)) {
            continue;
        }
        std::vector<ColumnView> of_sheet;
        for (const auto& column : columns) {
            if (column.sheet == static_cast<std::int64_t>(sheet)) {
                of_sheet.push_back(column);
            }
        }
        append_headings(out, needs_.texts, caller.language, of_sheet);
        const auto opened = book->open_sheet(sheet);
        spreadsheet::Row row;
        while (opened->next_row(row)) {
            const auto reason =
                reasons.find({static_cast<std::int64_t>(sheet), static_cast<std::int64_t>(row.line)});
            if (reason == reasons.end()) {
                continue;
            }
            append_field(out, std::to_string(row.line));
            out.push_back(',');
            append_field(out, reason->second);
            for (const auto& cell : row.cells) {
                out.push_back(',');
                append_field(out, cell.text);
            }
            out += "\r\n";
        }
    }
    return out;
}

}  // namespace educard::roster
