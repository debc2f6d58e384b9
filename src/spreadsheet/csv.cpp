#include "spreadsheet/csv.hpp"

#include "base/error.hpp"
#include "base/text_file.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace educard::spreadsheet {

namespace {

/// Which delimiter most lines of the beginning agree on.
char guess_delimiter(std::string_view start) {
    constexpr std::array<char, 3> kDelimiters = {',', '\t', ';'};
    std::array<std::size_t, 3> lines_with{};
    std::array<std::size_t, 3> total{};
    std::size_t lines = 0;
    while (!start.empty() && lines < 50) {
        const auto end = std::min(start.find('\n'), start.size());
        std::array<std::size_t, 3> here{};
        bool quoted = false;
        for (const char c : start.substr(0, end)) {
            quoted = quoted != (c == '"');
            for (std::size_t i = 0; i < kDelimiters.size(); ++i) {
                here[i] += !quoted && c == kDelimiters[i] ? 1U : 0U;
            }
        }
        for (std::size_t i = 0; i < kDelimiters.size(); ++i) {
            lines_with[i] += here[i] > 0 ? 1U : 0U;
            total[i] += here[i];
        }
        start.remove_prefix(std::min(end + 1, start.size()));
        ++lines;
    }
    std::size_t best = 0;
    for (std::size_t i = 1; i < kDelimiters.size(); ++i) {
        if (std::pair(lines_with[i], total[i]) > std::pair(lines_with[best], total[best])) {
            best = i;
        }
    }
    return kDelimiters[best];
}

/// ="0123" is how people keep a spreadsheet from reading a number.
void unwrap_formula(std::string& text) {
    if (text.size() >= 3 && text.starts_with("=\"") && text.ends_with('"')) {
        text = text.substr(2, text.size() - 3);
    }
}

/// '+86… is how lists that were written here, and people, keep a spreadsheet from reading a formula.
void unwrap_guard(std::string& text) {
    constexpr std::string_view kFormula = "=+-@";
    if (text.size() >= 2 && text[0] == '\'' && kFormula.contains(text[1])) {
        text.erase(0, 1);
    }
}

class CsvSheet final : public Sheet {
public:
    CsvSheet(const std::filesystem::path& path, const Limits& limits) : file_(path), limits_(limits) {
        while (chunk_.empty() && file_.read(chunk_)) {
        }
        refuse_binary();
        if (chunk_.starts_with("sep=") && chunk_.size() > 4) {
            delimiter_ = chunk_[4];
            position_ = std::min(chunk_.find('\n'), chunk_.size() - 1) + 1;
            ++line_;
        } else {
            delimiter_ = guess_delimiter(chunk_);
        }
    }

    bool next_row(Row& row) override;
    double progress() const override {
        const auto total = static_cast<double>(file_.octets_total());
        return total > 0 ? std::min(1.0, static_cast<double>(file_.octets_read()) / total) : 1.0;
    }

private:
    enum class State { field_start, plain, quoted, quote_in_quoted };

    void refuse_binary() const {
        if (chunk_.find('\0') != std::string::npos) {
            throw Error(Fault::invalid, "spreadsheet.binary");
        }
    }
    bool refill() {
        position_ = 0;
        do {
            if (!file_.read(chunk_)) {
                chunk_.clear();
                return false;
            }
        } while (chunk_.empty());
        refuse_binary();
        return true;
    }
    Cell& open_cell(Row& row) {
        if (used_ == limits_.columns) {
            throw Error(Fault::invalid, "spreadsheet.too_many_columns")
                .with("limit", std::to_string(limits_.columns));
        }
        if (row.cells.size() == used_) {
            row.cells.emplace_back();
        }
        Cell& cell = row.cells[used_++];
        cell.kind = Cell::Kind::empty;
        cell.text.clear();
        return cell;
    }
    static void close_cell(Cell& cell) {
        unwrap_formula(cell.text);
        unwrap_guard(cell.text);
        cell.kind = cell.text.empty() ? Cell::Kind::empty : Cell::Kind::text;
    }
    void append(Cell& cell, std::string_view text) const {
        if (cell.text.size() + text.size() > limits_.cell_octets) {
            throw Error(Fault::invalid, "spreadsheet.cell_too_long").with("line", std::to_string(line_));
        }
        cell.text += text;
    }
    /// Takes a run of ordinary characters at once.
    void take_run(Cell& cell, State state) {
        const std::string_view rest = std::string_view(chunk_).substr(position_);
        std::size_t length = 0;
        while (length < rest.size()) {
            const char c = rest[length];
            if (state == State::quoted ? (c == '"' || c == '\n')
                                       : (c == delimiter_ || c == '\n' || c == '\r')) {
                break;
            }
            ++length;
        }
        append(cell, rest.substr(0, length));
        position_ += length;
    }
    bool end_of_line(char c) {
        if (c == '\r') {
            swallow_newline_ = true;
            return true;
        }
        return c == '\n';
    }
    void finish_row(Row& row);

    TextFile file_;
    Limits limits_;
    std::string chunk_;
    std::size_t position_ = 0;
    char delimiter_ = ',';
    std::size_t line_ = 1;
    std::size_t rows_ = 0;
    std::size_t used_ = 0;          // cells of the row being read
    bool swallow_newline_ = false;  // the LF of a CR LF, which may lie in the next chunk
};

void CsvSheet::finish_row(Row& row) {
    close_cell(row.cells[used_ - 1]);
    row.cells.resize(used_);
    if (++rows_ > limits_.rows) {
        throw Error(Fault::invalid, "spreadsheet.too_many_rows").with("limit", std::to_string(limits_.rows));
    }
}

bool CsvSheet::next_row(Row& row) {
    if (position_ == chunk_.size() && !refill()) {
        return false;
    }
    if (std::exchange(swallow_newline_, false) && chunk_[position_] == '\n' && ++position_ == chunk_.size() &&
        !refill()) {
        return false;
    }
    row.line = line_;
    used_ = 0;
    Cell* cell = &open_cell(row);
    State state = State::field_start;
    while (true) {
        if (position_ == chunk_.size() && !refill()) {
            if (state == State::quoted) {
                throw Error(Fault::invalid, "spreadsheet.unclosed_quote")
                    .with("line", std::to_string(row.line));
            }
            finish_row(row);
            return true;
        }
        const char c = chunk_[position_];
        if (state == State::quoted) {
            if (c == '"') {
                state = State::quote_in_quoted;
                ++position_;
            } else {
                line_ += c == '\n' ? 1U : 0U;
                append(*cell, std::string_view(&c, 1));
                ++position_;
                take_run(*cell, state);
            }
        } else if (state == State::quote_in_quoted && c == '"') {
            append(*cell, "\"");
            state = State::quoted;
            ++position_;
        } else if (c == delimiter_) {
            close_cell(*cell);
            cell = &open_cell(row);
            state = State::field_start;
            ++position_;
        } else if (end_of_line(c)) {
            ++position_;
            ++line_;
            finish_row(row);
            return true;
        } else if (state == State::field_start && c == '"') {
            state = State::quoted;
            ++position_;
        } else {
            state = State::plain;
            take_run(*cell, state);
        }
    }
}

class CsvWorkbook final : public Workbook {
public:
    CsvWorkbook(std::filesystem::path path, const Limits& limits)
        : path_(std::move(path)), limits_(limits), names_{""} {}
    const std::vector<std::string>& sheet_names() const override { return names_; }
    std::unique_ptr<Sheet> open_sheet(std::size_t index) override {
        EDU_ASSERT(index == 0);
        return std::make_unique<CsvSheet>(path_, limits_);
    }

private:
    std::filesystem::path path_;
    Limits limits_;
    std::vector<std::string> names_;
};

}  // namespace

std::unique_ptr<Workbook> open_csv(const std::filesystem::path& path, const Limits& limits) {
    if (std::filesystem::file_size(path) > limits.octets) {
        throw Error(Fault::invalid, "spreadsheet.too_large");
    }
    return std::make_unique<CsvWorkbook>(path, limits);
}

}  // namespace educard::spreadsheet
