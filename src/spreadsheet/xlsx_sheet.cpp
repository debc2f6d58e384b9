#include "base/error.hpp"
#include "spreadsheet/xlsx.hpp"
#include "spreadsheet/xml.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <deque>
#include <string>
#include <utility>

namespace educard::spreadsheet {

namespace {

constexpr std::size_t kPiece = 32UL * 1024;
constexpr double kExactNumbers = 1e15;  // a spreadsheet keeps fifteen digits

/// A number as its cell shows it without a format: "3", "0.5".
std::string text_of_number(double value) {
    std::array<char, 64> buffer;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    if (std::abs(value) < kExactNumbers && value == std::floor(value)) {
        const auto whole =
            std::to_chars(buffer.data(), buffer.data() + buffer.size(), static_cast<std::int64_t>(value)).ptr;
        return {buffer.data(), whole};
    }
    return {buffer.data(), end};
}

/// Turns the events of one sheet into rows.
class RowReader final : public XmlReader {
public:
    RowReader(const XlsxContext& context, std::vector<MergedRange> merged)
        : context_(context), merged_(std::move(merged)) {
        texts_.resize(merged_.size());
    }

    std::deque<Row> ready;
    std::vector<Row> spare;  // to be filled again

private:
    enum class Type { number, shared, inline_text, formula_text, boolean, error, iso_date };

    void start(std::string_view name, const XmlAttributes& attributes) override;
    void end(std::string_view name) override;
    void text(std::string_view piece) override;

    void start_row(const XmlAttributes& attributes);
    void start_cell(const XmlAttributes& attributes);
    void end_cell();
    void end_row();
    void set_number(Cell& cell);
    void fill_merged();

    const XlsxContext& context_;
    std::vector<MergedRange> merged_;
    std::vector<std::string> texts_;  // of the first cell of each range
    std::size_t first_merged_ = 0;    // ranges before this one are over
    Row row_;
    std::size_t line_ = 0;
    std::size_t rows_ = 0;
    std::size_t column_ = 0;  // of the open cell, from 1
    Type type_ = Type::number;
    bool is_date_ = false;
    bool in_value_ = false;
    int phonetic_ = 0;
    bool in_cell_ = false;
    std::string value_;
};

void RowReader::start(std::string_view name, const XmlAttributes& attributes) {
    if (name == "row") {
        start_row(attributes);
    } else if (name == "c") {
        start_cell(attributes);
    } else if (name == "v") {
        in_value_ = in_cell_;
    } else if (name == "t") {
        in_value_ = in_cell_ && phonetic_ == 0;
    } else if (name == "rPh") {
        ++phonetic_;
    }
}

void RowReader::end(std::string_view name) {
    if (name == "v" || name == "t") {
        in_value_ = false;
    } else if (name == "rPh") {
        --phonetic_;
    } else if (name == "c") {
        end_cell();
    } else if (name == "row") {
        end_row();
    }
}

void RowReader::text(std::string_view piece) {
    if (!in_value_) {
        return;
    }
    if (value_.size() + piece.size() > context_.limits.cell_octets) {
        throw Error(Fault::invalid, "spreadsheet.cell_too_long").with("line", std::to_string(line_));
    }
    value_ += piece;
}

void RowReader::start_row(const XmlAttributes& attributes) {
    std::size_t line = line_ + 1;
    const auto written = attributes["r"];
    std::from_chars(written.data(), written.data() + written.size(), line);
    if (line <= line_ || line > 1U << 20U) {
        throw Error(Fault::invalid, "spreadsheet.damaged");
    }
    if (++rows_ > context_.limits.rows) {
        throw Error(Fault::invalid, "spreadsheet.too_many_rows")
            .with("limit", std::to_string(context_.limits.rows));
    }
    line_ = line;
    if (!spare.empty()) {
        row_ = std::move(spare.back());
        spare.pop_back();
    }
    row_.line = line;
    for (auto& cell : row_.cells) {
        cell = Cell();
    }
    row_.cells.clear();
    column_ = 0;
}

void RowReader::start_cell(const XmlAttributes& attributes) {
    const auto reference = parse_reference(attributes["r"]);
    column_ = reference.column != 0 ? reference.column : column_ + 1;
    if (column_ > context_.limits.columns) {
        // Formatting far to the right of the list is common; only what has a value counts.
        in_cell_ = false;
        return;
    }
    const auto type = attributes["t"];
    type_ = type == "s"           ? Type::shared
            : type == "inlineStr" ? Type::inline_text
            : type == "str"       ? Type::formula_text
            : type == "b"         ? Type::boolean
            : type == "e"         ? Type::error
            : type == "d"         ? Type::iso_date
                                  : Type::number;
    std::size_t style = 0;
    const auto written = attributes["s"];
    std::from_chars(written.data(), written.data() + written.size(), style);
    is_date_ = style < context_.style_is_date.size() && context_.style_is_date[style];
    in_cell_ = true;
    value_.clear();
}

void RowReader::set_number(Cell& cell) {
    double value = 0;
    const auto [end, fault] = std::from_chars(value_.data(), value_.data() + value_.size(), value);
    if (fault != std::errc() || end != value_.data() + value_.size() || !std::isfinite(value)) {
        cell.kind = Cell::Kind::text;
        cell.text = value_;
        return;
    }
    cell.kind = Cell::Kind::number;
    if (is_date_) {
        cell.text = text_of_serial(value, context_.since_1904);
    }
    if (cell.text.empty()) {
        cell.lost_digits = std::abs(value) >= kExactNumbers;
        cell.text = cell.lost_digits ? value_ : text_of_number(value);
    }
}

void RowReader::end_cell() {
    if (!std::exchange(in_cell_, false) || value_.empty()) {
        return;
    }
    if (row_.cells.size() < column_) {
        row_.cells.resize(column_);
    }
    Cell& cell = row_.cells[column_ - 1];
    if (type_ == Type::number) {
        set_number(cell);
    } else if (type_ == Type::shared) {
        std::size_t index = 0;
        const auto fault = std::from_chars(value_.data(), value_.data() + value_.size(), index).ec;
        const auto found = fault == std::errc() ? context_.strings->find(index) : std::nullopt;
        if (!found) {
            throw Error(Fault::invalid, "spreadsheet.damaged");
        }
        cell.text = *found;
        cell.kind = found->empty() ? Cell::Kind::empty : Cell::Kind::text;
    } else if (type_ == Type::boolean) {
        cell.kind = Cell::Kind::boolean;
        cell.text = value_ == "1" ? "TRUE" : "FALSE";
    } else {
        cell.kind = type_ == Type::error ? Cell::Kind::error : Cell::Kind::text;
        cell.text = value_;
    }
}

/// Gives every cell of a merged range the value of its first cell.
void RowReader::fill_merged() {
    while (first_merged_ < merged_.size() && merged_[first_merged_].last_row < line_) {
        ++first_merged_;
    }
    for (std::size_t i = first_merged_; i < merged_.size() && merged_[i].first_row <= line_; ++i) {
        const auto& range = merged_[i];
        if (range.last_row < line_ || range.first_column > context_.limits.columns) {
            continue;
        }
        if (range.first_row == line_) {
            texts_[i] = range.first_column <= row_.cells.size() ? row_.cells[range.first_column - 1].text
                                                                : std::string();
        }
        if (texts_[i].empty()) {
            continue;
        }
        const auto last = std::min(range.last_column, context_.limits.columns);
        row_.cells.resize(std::max(row_.cells.size(), last));
        for (std::size_t column = range.first_column; column <= last; ++column) {
            Cell& cell = row_.cells[column - 1];
            if (cell.kind == Cell::Kind::empty) {
                cell = Cell{.kind = Cell::Kind::text, .text = texts_[i], .merged = true};
            }
        }
    }
}

void RowReader::end_row() {
    // A row that only a vertical merge reaches into is no row of the list.
    if (!row_.cells.empty()) {
        fill_merged();
        ready.push_back(std::move(row_));
    }
    row_ = Row();
}

class XlsxSheet final : public Sheet {
public:
    XlsxSheet(const XlsxContext& context, ZipEntry entry, std::vector<MergedRange> merged)
        : entry_(std::move(entry)), reader_(context, std::move(merged)), buffer_(kPiece) {}

    bool next_row(Row& row) override {
        while (reader_.ready.empty()) {
            if (at_end_) {
                return false;
            }
            const std::size_t count = entry_.read(buffer_);
            octets_ += count;
            at_end_ = count == 0;
            reader_.feed({buffer_.data(), count}, at_end_);
        }
        if (reader_.spare.size() < 16) {
            reader_.spare.push_back(std::move(row));
        }
        row = std::move(reader_.ready.front());
        reader_.ready.pop_front();
        return true;
    }
    double progress() const override {
        const auto total = static_cast<double>(entry_.declared_octets());
        return total > 0 ? std::min(1.0, static_cast<double>(octets_) / total) : 1.0;
    }

private:
    ZipEntry entry_;
    RowReader reader_;
    std::vector<char> buffer_;
    std::uint64_t octets_ = 0;
    bool at_end_ = false;
};

}  // namespace

std::unique_ptr<Sheet> make_xlsx_sheet(const XlsxContext& context,
                                       ZipEntry entry,
                                       std::vector<MergedRange> merged) {
    return std::make_unique<XlsxSheet>(context, std::move(entry), std::move(merged));
}

}  // namespace educard::spreadsheet
