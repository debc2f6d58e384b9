// A list of text as the dry run reads it: headings, then rows; and the text functions below them.
#include "base/text.hpp"
#include "modules/roster/record.hpp"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace std::chrono_literals;
    namespace roster = educard::roster;
    std::vector<educard::spreadsheet::Row> rows(1);
    rows[0].line = 1;
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    while (!rest.empty() && rows.size() < 50) {
        const auto end = std::min(rest.find_first_of(",\n"), rest.size());
        rows.back().cells.push_back(
            {.kind = educard::spreadsheet::Cell::Kind::text, .text = std::string(rest.substr(0, end))});
        if (end < rest.size() && rest[end] == '\n') {
            rows.emplace_back();
            rows.back().line = rows.size();
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    const auto header = roster::find_header(rows, {});
    if (!header) {
        return 0;
    }
    for (const auto kind : {roster::Kind::student, roster::Kind::teacher}) {
        const roster::RowContext context{.header = *header, .kind = kind, .today = 2026y / 11 / 23};
        for (const auto& row : rows) {
            const auto read = roster::read_row(context, row);
            if (!educard::is_valid_utf8(read.record.name) ||
                !educard::is_valid_utf8(read.record.document.number)) {
                std::abort();
            }
            educard::compare_names(read.record.name, read.record.grade);
        }
    }
    return 0;
}
