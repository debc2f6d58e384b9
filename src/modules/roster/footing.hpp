#pragma once
// What stands below a list and is nobody of it: totals, who filled it in, where the seal goes. Pure; any
// thread.

#include "modules/roster/headings.hpp"
#include "spreadsheet/spreadsheet.hpp"

namespace educard::roster {

/// Whether a row below the headings is no person's: its first text, or its name, begins like 合计 or 制表人
/// and it has no number of a document. A row that is merely wrong is none.
bool is_footing(const Header& header, const spreadsheet::Row& row);

}  // namespace educard::roster
