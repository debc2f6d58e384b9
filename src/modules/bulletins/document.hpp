#pragma once
// A bulletin as it is put on paper or into a spreadsheet: everything in words and in its order, nothing left
// to decide. pdf.cpp and workbook.cpp make files of it, without the database. Part of bulletins.hpp.

#include "modules/bulletins/figures.hpp"
#include "modules/bulletins/wording.hpp"

#include <optional>
#include <string>
#include <vector>

namespace educard::bulletins {

struct Document {
    Language language{};
    std::string organisation;
    std::string number;                 // what stands there while it has none
    std::optional<std::string> remark;  // draft, replaced, withdrawn
    Shown shown;
    Figures figures;
    std::vector<FigureRow> rows;  // in the order of the table
    bool order_by_rate = false;
    std::int64_t version = 1;
    std::string date;       // on which it was published, or made
    std::string file_name;  // without its ending
};

/// A4, with its fonts in it. Throws Error(unavailable, "bulletins.no_font") when the machine has no Chinese
/// font.
std::string pdf_of(const Document& document);
/// .xlsx: the figures, and what they mean.
std::string workbook_of(const Document& document);

/// The words beside the figures.
struct Words {
    const char* serial;
    const char* organisation;
    const char* total;
    const char* certified;
    const char* in_review;
    const char* returned;
    const char* not_begun;
    const char* overdue;
    const char* rate;
    const char* deadline;
    const char* complete;
    const char* on_time;
    const char* yes;
    const char* no;
    const char* sum;
    const char* table;
    const char* chart;
    const char* definitions;
    const char* masthead;  // behind the organisation's name
    const char* by_code;
    const char* by_rate;
    const char* draft;
    const char* as_of;  // before the moment of counting
    const char* people;
    const char* closed;
    const char* sheet;  // names of sheets, without what a spreadsheet forbids in them
    const char* chart_sheet;
};
const Words& words_in(Language language);

}  // namespace educard::bulletins
