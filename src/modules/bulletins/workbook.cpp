#include "base/error.hpp"
#include "modules/bulletins/document.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <memory>
#include <unistd.h>
#include <xlsxwriter.h>

namespace educard::bulletins {

namespace {

constexpr double kOfMille = 1000;
constexpr lxw_row_t kHead = 4;  // the row of the column heads

[[noreturn]] void fail() {
    throw Error(Fault::unavailable, "bulletins.no_file").retry_after(std::chrono::minutes(1));
}

/// A file that goes away with the object; the library writes to nothing else.
class TemporaryFile {
public:
    TemporaryFile() : path_((std::filesystem::temp_directory_path() / "educard-XXXXXX").string()) {
        const int file = ::mkstemp(path_.data());
        if (file < 0) {
            fail();
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
    std::string content() const {
        std::ifstream file(path_, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

private:
    std::string path_;
};

struct Formats {
    explicit Formats(lxw_workbook* book) {
        title = workbook_add_format(book);
        format_set_bold(title);
        format_set_font_size(title, 14);
        head = workbook_add_format(book);
        format_set_bold(head);
        format_set_text_wrap(head);
        format_set_align(head, LXW_ALIGN_CENTER);
        format_set_align(head, LXW_ALIGN_VERTICAL_CENTER);
        format_set_bg_color(head, 0xE6EEF5);
        format_set_border(head, LXW_BORDER_THIN);
        text = cell(book);
        number = cell(book);
        format_set_num_format(number, "#,##0");
        share = cell(book);
        format_set_num_format(share, "0.0%");
        date = cell(book);
        format_set_num_format(date, "yyyy-mm-dd");
        wrapped = workbook_add_format(book);
        format_set_text_wrap(wrapped);
        format_set_align(wrapped, LXW_ALIGN_VERTICAL_TOP);
    }

    static lxw_format* cell(lxw_workbook* book) {
        auto* const format = workbook_add_format(book);
        format_set_border(format, LXW_BORDER_THIN);
        return format;
    }

    lxw_format* title;
    lxw_format* head;
    lxw_format* text;
    lxw_format* number;
    lxw_format* share;
    lxw_format* date;
    lxw_format* wrapped;
};

enum Place : lxw_col_t {
    serial,
    name,
    code,
    total,
    certified,
    rate,
    in_review,
    returned,
    not_begun,
    overdue,
    deadline,
    complete,
    on_time
};

void write_row(
    lxw_worksheet* sheet, lxw_row_t at, const FigureRow& row, const Formats& formats, const Words& words) {
    const auto text = [&](Place place, const std::string& value) {
        worksheet_write_string(sheet, at, place, value.c_str(), formats.text);
    };
    const auto number = [&](Place place, std::int64_t value) {
        worksheet_write_number(sheet, at, place, static_cast<double>(value), formats.number);
    };
    const auto word = [&](bool yes) { return std::string(yes ? words.yes : words.no); };
    text(name, row.closed ? row.name + words.closed : row.name);
    text(code, row.code.value_or(""));
    number(total, row.total);
    number(certified, row.certified);
    if (const auto tenths = rate_of(row)) {
        worksheet_write_number(sheet, at, rate, static_cast<double>(*tenths) / kOfMille, formats.share);
    } else {
        text(rate, "");
    }
    number(in_review, row.in_review);
    number(returned, row.returned);
    number(not_begun, row.not_begun);
    number(overdue, row.overdue);
    if (row.deadline) {
        lxw_datetime day = {static_cast<int>(row.deadline->year()),
                            static_cast<int>(static_cast<unsigned>(row.deadline->month())),
                            static_cast<int>(static_cast<unsigned>(row.deadline->day())),
                            0,
                            0,
                            0};
        worksheet_write_datetime(sheet, at, deadline, &day, formats.date);
    } else {
        text(deadline, "");
    }
    text(complete, word(row.complete));
    text(on_time, row.on_time ? word(*row.on_time) : std::string());
}

constexpr double kBarsOfChart = 13;  // with their names, in the height that the library gives a chart

/// A4, as wide as the page and as long as it takes.
void print_on_one_width(lxw_worksheet* sheet) {
    worksheet_set_paper(sheet, 9);
    worksheet_fit_to_pages(sheet, 1, 0);
}

void write_figures(lxw_workbook* book,
                   lxw_worksheet* sheet,
                   const Document& document,
                   const Formats& formats) {
    const auto& words = words_in(document.language);
    worksheet_write_string(sheet, 0, 0, document.shown.title.c_str(), formats.title);
    worksheet_write_string(sheet, 1, 0, document.number.c_str(), nullptr);
    const auto counted = fmt::format("{}{}  {}{}  {}",
                                     words.as_of,
                                     values_of(document.figures, document.language)[1].second,
                                     words.people,
                                     people_text(document.figures.people, document.language),
                                     document.order_by_rate ? words.by_rate : words.by_code);
    worksheet_write_string(sheet, 2, 0, counted.c_str(), nullptr);
    worksheet_write_string(sheet, 3, 0, document.remark.value_or("").c_str(), nullptr);
    const char* const heads[] = {words.serial,
                                 words.organisation,
                                 document.language == Language::en ? "Code" : "代码",
                                 words.total,
                                 words.certified,
                                 words.rate,
                                 words.in_review,
                                 words.returned,
                                 words.not_begun,
                                 words.overdue,
                                 words.deadline,
                                 words.complete,
                                 words.on_time};
    for (lxw_col_t column = 0; column <= on_time; ++column) {
        worksheet_write_string(sheet, kHead, column, heads[column], formats.head);
    }
    worksheet_set_column(sheet, serial, serial, 6, nullptr);
    worksheet_set_column(sheet, name, name, 26, nullptr);
    worksheet_set_column(sheet, code, on_time, 11, nullptr);
    auto at = kHead;
    for (const auto& row : document.rows) {
        ++at;
        worksheet_write_number(sheet, at, serial, at - kHead, formats.number);
        write_row(sheet, at, row, formats, words);
    }
    const auto last = at;
    auto sum = document.figures.organisation;
    sum.name = words.sum;
    write_row(sheet, ++at, sum, formats, words);
    worksheet_write_string(sheet, at, serial, "", formats.text);
    worksheet_freeze_panes(sheet, kHead + 1, code);
    worksheet_repeat_rows(sheet, kHead, kHead);
    worksheet_set_landscape(sheet);
    print_on_one_width(sheet);
    worksheet_set_footer(sheet, "&C— &P —");
    if (last > kHead) {
        worksheet_autofilter(sheet, kHead, 0, last, on_time);
        auto* const chart = workbook_add_chart(book, LXW_CHART_BAR);
        auto* const series = chart_add_series(chart, nullptr, nullptr);
        chart_series_set_categories(series, words.sheet, kHead + 1, name, last, name);
        chart_series_set_values(series, words.sheet, kHead + 1, rate, last, rate);
        chart_title_set_name(chart, words.chart);
        chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
        chart_axis_set_reverse(chart->y_axis);
        chart_axis_set_max(chart->x_axis, 1);
        chart_axis_set_min(chart->x_axis, 0);
        chart_axis_set_num_format(chart->x_axis, "0%");
        chart_axis_set_interval_unit(chart->y_axis, 1);  // every name
        auto* const drawing = workbook_add_worksheet(book, words.chart_sheet);
        lxw_chart_options options{};
        options.x_scale = 1.6;
        options.y_scale = std::max(1.0, static_cast<double>(document.rows.size() + 4) / kBarsOfChart);
        worksheet_insert_chart_opt(drawing, 0, 0, chart, &options);
        print_on_one_width(drawing);
    }
}

constexpr int kTextWidth = 90;  // of the column, in digits; a Chinese character is as wide as two

/// Programs that open the file do not all make a row as high as its text: it is written with its height.
void write_text(lxw_worksheet* sheet, lxw_row_t at, const std::string& text, lxw_format* format) {
    constexpr int kRoom = kTextWidth - 4;
    int width = 0;
    for (const char octet : text) {
        const auto value = static_cast<unsigned char>(octet);
        const bool goes_on = (value & 0xC0U) == 0x80U;
        width += goes_on ? 0 : value < 0x80U ? 1 : 2;
    }
    worksheet_set_row(sheet, at, LXW_DEF_ROW_HEIGHT * (1 + width / kRoom), nullptr);
    worksheet_write_string(sheet, at, 0, text.c_str(), format);
}

void write_definitions(lxw_worksheet* sheet, const Document& document, const Formats& formats) {
    worksheet_set_column(sheet, 0, 0, kTextWidth, nullptr);
    print_on_one_width(sheet);
    lxw_row_t at = 0;
    worksheet_write_string(sheet, at, 0, words_in(document.language).definitions, formats.title);
    for (const auto& one : document.figures.definitions) {
        const auto& text = document.language == Language::en ? one.en : one.zh_cn;
        write_text(sheet, ++at, text, formats.wrapped);
    }
    ++at;
    for (const auto& paragraph : document.shown.paragraphs) {
        write_text(sheet, ++at, paragraph, formats.wrapped);
    }
}

}  // namespace

std::string workbook_of(const Document& document) {
    const TemporaryFile file;
    auto* const book = workbook_new(file.path().c_str());
    if (book == nullptr) {
        fail();
    }
    // Copies: the library asks for text that it may change, and does not.
    auto title = document.shown.title;
    auto author = document.organisation;
    auto subject = document.number;
    lxw_doc_properties properties{};
    properties.title = title.data();
    properties.author = author.data();
    properties.subject = subject.data();
    workbook_set_properties(book, &properties);
    const auto& words = words_in(document.language);
    const Formats formats(book);
    auto* const figures = workbook_add_worksheet(book, words.sheet);
    auto* const meanings = workbook_add_worksheet(book, words.definitions);
    if (figures == nullptr || meanings == nullptr) {
        workbook_close(book);
        fail();
    }
    write_figures(book, figures, document, formats);
    write_definitions(meanings, document, formats);
    if (workbook_close(book) != LXW_NO_ERROR) {
        fail();
    }
    return file.content();
}

}  // namespace educard::bulletins
