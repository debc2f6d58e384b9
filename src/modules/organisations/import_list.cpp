#include "modules/organisations/import_list.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "spreadsheet/spreadsheet.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace educard::organisations {

namespace {

constexpr std::size_t kMaxRows = 10'000;
constexpr std::size_t kHeaderWithin = 5;  // a title and a note may stand above the headings
constexpr std::size_t kMaxUnknown = 50;
constexpr std::size_t kMaxHeading = 60;  // octets of a heading that is quoted

struct KnownHeading {
    std::string_view text;
    Column column;
};

// The first of each column is the one that texts and documents use.
constexpr KnownHeading kHeadings[] = {
    {"学校标识码", Column::school_code},
    {"学校(机构)标识码", Column::school_code},
    {"学校代码", Column::school_code},
    {"学校编码", Column::school_code},
    {"机构标识码", Column::school_code},
    {"标识码", Column::school_code},
    {"学校名称", Column::school_name},
    {"学校", Column::school_name},
    {"校名", Column::school_name},
    {"学校全称", Column::school_name},
    {"办学类型", Column::school_kind},
    {"学校类型", Column::school_kind},
    {"学校办学类型", Column::school_kind},
    {"办学类型代码", Column::school_kind},
    {"学校类别", Column::school_kind},
    {"上级机构", Column::parent},
    {"上级单位", Column::parent},
    {"上级主管部门", Column::parent},
    {"主管部门", Column::parent},
    {"主管单位", Column::parent},
    {"所属区县", Column::parent},
    {"所属县区", Column::parent},
    {"所在区县", Column::parent},
    {"区县", Column::parent},
    {"县区", Column::parent},
    {"区(县)", Column::parent},
    {"县(市、区)", Column::parent},
    {"行政区划代码", Column::parent},
    {"区划代码", Column::parent},
    {"学段", Column::stage},
    {"年级", Column::grade},
    {"入学年份", Column::entry_year},
    {"入学年", Column::entry_year},
    {"入校年份", Column::entry_year},
    {"班级", Column::class_name},
    {"班级名称", Column::class_name},
    {"班号", Column::class_name},
    {"班", Column::class_name},
};

std::optional<Column> find_exactly(std::string_view plain) {
    const auto* found = std::ranges::find(kHeadings, plain, &KnownHeading::text);
    return found == std::end(kHeadings) ? std::nullopt : std::optional(found->column);
}

/// A remark behind it, such as （必填）, and stars do not matter.
std::optional<Column> column_of(std::string_view heading) {
    auto plain = tidy(heading);
    std::erase_if(plain, [](char c) { return c == ' ' || c == '*'; });
    const auto exact = find_exactly(plain);
    return exact || !plain.ends_with(')') ? exact : find_exactly(plain.substr(0, plain.rfind('(')));
}

bool is_used(ImportKind kind, Column column) {
    const bool of_schools =
        column == Column::school_name || column == Column::school_kind || column == Column::parent;
    return column == Column::school_code || (kind == ImportKind::schools) == of_schools;
}

std::string shortened(std::string_view heading) {
    auto text = tidy(heading);
    if (text.size() > kMaxHeading) {
        std::size_t end = kMaxHeading;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
            --end;
        }
        text = text.substr(0, end) + "…";
    }
    return text;
}

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const auto& text : texts) {
        out.append(out.empty() ? "" : "、").append(text);
    }
    return out;
}

class Reader {
public:
    explicit Reader(ImportKind kind) : kind_(kind) {}

    List read(const std::filesystem::path& file) {
        const auto workbook = spreadsheet::open(file);
        for (std::size_t index = 0; index < workbook->sheet_names().size(); ++index) {
            read_sheet(*workbook->open_sheet(index));
        }
        if (!list_.lines.empty()) {
            return std::move(list_);
        }
        if (found_header_) {
            throw Error(Fault::invalid, "organisations.import_empty");
        }
        throw Error(Fault::invalid,
                    kind_ == ImportKind::schools ? "organisations.import_headings"
                                                 : "organisations.import_class_headings")
            .with("found", nearest_.empty() ? "—" : joined(nearest_))
            .with("accepted", accepted_headings(kind_));
    }

private:
    void read_sheet(spreadsheet::Sheet& sheet) {
        columns_.clear();
        spreadsheet::Row row;
        for (std::size_t seen = 0; sheet.next_row(row);) {
            if (row.is_blank()) {
                continue;
            }
            if (columns_.empty()) {
                if (++seen > kHeaderWithin) {
                    return;
                }
                find_header(row);
            } else {
                add(row);
            }
        }
    }

    void find_header(const spreadsheet::Row& row) {
        std::vector<std::optional<Column>> columns;
        for (const auto& cell : row.cells) {
            columns.push_back(column_of(cell.text));
        }
        const auto has = [&](Column column) { return std::ranges::find(columns, column) != columns.end(); };
        const bool fits = kind_ == ImportKind::schools ? has(Column::school_code) && has(Column::school_name)
                                                       : has(Column::class_name);
        if (!fits) {
            remember_nearest(row, columns);
            return;
        }
        for (std::size_t index = 0; index < row.cells.size(); ++index) {
            remember_unknown(shortened(row.cells[index].text), columns[index]);
        }
        columns_ = std::move(columns);
        found_header_ = true;
    }

    /// The row with most headings that are known, of several the first: what would be quoted when none fits.
    void remember_nearest(const spreadsheet::Row& row, const std::vector<std::optional<Column>>& columns) {
        std::vector<std::string> texts;
        for (const auto& cell : row.cells) {
            if (auto text = shortened(cell.text); !text.empty() && texts.size() < kMaxUnknown) {
                texts.push_back(std::move(text));
            }
        }
        const auto known =
            std::ranges::count_if(columns, [](const auto& column) { return column.has_value(); });
        const bool nearer = known > nearest_known_ || (known == nearest_known_ && nearest_.size() < 2);
        if (nearer && texts.size() > nearest_.size()) {
            nearest_ = std::move(texts);
            nearest_known_ = known;
        }
    }

    void remember_unknown(const std::string& heading, std::optional<Column> column) {
        auto& unknown = list_.unknown_headings;
        const bool is_known = column && is_used(kind_, *column);
        if (!is_known && !heading.empty() && unknown.size() < kMaxUnknown &&
            std::ranges::find(unknown, heading) == unknown.end()) {
            unknown.push_back(heading);
        }
    }

    void add(const spreadsheet::Row& row) {
        if (list_.lines.size() == kMaxRows) {
            throw Error(Fault::invalid, "organisations.import_too_long");
        }
        Line line;
        line.number = static_cast<std::int64_t>(row.line);
        for (std::size_t index = 0; index < std::min(row.cells.size(), columns_.size()); ++index) {
            if (columns_[index]) {
                line.texts[static_cast<std::size_t>(*columns_[index])] = tidy(row.cells[index].text);
            }
        }
        list_.lines.push_back(std::move(line));
    }

    ImportKind kind_;
    bool found_header_ = false;
    std::vector<std::optional<Column>> columns_;
    std::vector<std::string> nearest_;
    std::ptrdiff_t nearest_known_ = 0;
    List list_;
};

}  // namespace

std::string accepted_headings(ImportKind kind) {
    std::string out;
    std::optional<Column> last;
    for (const auto& heading : kHeadings) {
        if (is_used(kind, heading.column)) {
            out.append(out.empty() ? "" : heading.column == last ? " = " : "; ").append(heading.text);
            last = heading.column;
        }
    }
    return out;
}

List read_list(ImportKind kind, const std::filesystem::path& file) {
    return Reader(kind).read(file);
}

}  // namespace educard::organisations
