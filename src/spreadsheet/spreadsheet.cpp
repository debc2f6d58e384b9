#include "spreadsheet/spreadsheet.hpp"

#include "base/error.hpp"
#include "base/time.hpp"
#include "spreadsheet/csv.hpp"
#include "spreadsheet/xlsx.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <fstream>

namespace educard::spreadsheet {

namespace {

constexpr std::string_view kCompoundFile = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

std::string read_start(const std::filesystem::path& path, std::size_t octets) {
    std::ifstream file(path, std::ios::binary);
    std::string start(octets, '\0');
    file.read(start.data(), static_cast<std::streamsize>(octets));
    start.resize(static_cast<std::size_t>(file.gcount()));
    return start;
}

std::string in_utf16(std::string_view ascii) {
    std::string out;
    for (const char c : ascii) {
        out.push_back(c);
        out.push_back('\0');
    }
    return out;
}

/// The old .xls and locked .xlsx files are both compound files; the names of their streams tell them apart.
Error compound_file_fault(const std::filesystem::path& path) {
    const std::string content = read_start(path, 64U << 20U);
    if (content.find(in_utf16("EncryptedPackage")) != std::string::npos) {
        return {Fault::invalid, "spreadsheet.encrypted"};
    }
    const bool old = content.find(in_utf16("Workbook")) != std::string::npos ||
                     content.find(in_utf16("Book")) != std::string::npos;
    return {Fault::invalid, old ? "spreadsheet.old_xls" : "spreadsheet.not_a_spreadsheet"};
}

/// Many systems save a web page or an XML file under the name .xls.
bool is_markup(std::string_view start) {
    const auto text = start.find_first_not_of("\xEF\xBB\xBF \t\r\n");
    return text != std::string_view::npos && start[text] == '<';
}

}  // namespace

bool Row::is_blank() const {
    return std::ranges::all_of(cells, [](const Cell& cell) { return cell.kind == Cell::Kind::empty; });
}

std::unique_ptr<Workbook> open(const std::filesystem::path& path, const Limits& limits) {
    const std::string start = read_start(path, 4096);
    if (start.empty()) {
        throw Error(Fault::invalid, "spreadsheet.empty_file");
    }
    if (start.starts_with("PK\x03\x04") || start.starts_with("PK\x05\x06")) {
        return open_xlsx(path, limits);
    }
    if (start.starts_with(kCompoundFile)) {
        throw compound_file_fault(path);
    }
    if (is_markup(start)) {
        throw Error(Fault::invalid, "spreadsheet.web_page");
    }
    const bool wide = start.starts_with("\xFF\xFE") || start.starts_with("\xFE\xFF");
    if (!wide && start.find('\0') != std::string::npos) {
        throw Error(Fault::invalid, "spreadsheet.binary");
    }
    return open_csv(path, limits);
}

std::string text_of_serial(double serial, bool since_1904) {
    using namespace std::chrono_literals;
    constexpr double kLast = 2'958'466;  // the day after 9999-12-31
    if (!(serial >= (since_1904 ? 0 : 1)) || serial >= kLast) {
        return {};
    }
    const auto seconds = static_cast<std::int64_t>(std::llround(serial * 86'400));
    const auto day = std::chrono::days(seconds / 86'400);
    const auto rest = seconds % 86'400;
    // The 1900 system counts a 29 February 1900; serial 60 is that day and is given as 1 March.
    const auto start = since_1904                    ? std::chrono::sys_days(1904y / 1 / 1)
                       : day < std::chrono::days(60) ? std::chrono::sys_days(1899y / 12 / 31)
                                                     : std::chrono::sys_days(1899y / 12 / 30);
    const Date date(start + day);
    if (date.year() > 9999y) {
        return {};
    }
    std::string text = to_text(date);
    if (rest != 0) {
        text += fmt::format(" {:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
    }
    return text;
}

}  // namespace educard::spreadsheet
