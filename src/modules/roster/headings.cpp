#include "modules/roster/headings.hpp"

#include "base/text.hpp"

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace educard::roster {

namespace {

constexpr std::string_view kPlace = "@/";  // heading_key leaves no stroke in a heading

/// The same heading a second time means the second guardian.
std::optional<Field> second_of(Field field) {
    switch (field) {
        case Field::guardian_name:
            return Field::guardian2_name;
        case Field::guardian_relation:
            return Field::guardian2_relation;
        case Field::guardian_phone:
            return Field::guardian2_phone;
        default:
            return std::nullopt;
    }
}

std::string_view text_at(const spreadsheet::Row& row, std::size_t column) {
    return column < row.cells.size() ? std::string_view(row.cells[column].text) : std::string_view();
}

/// One column's heading over two lines: "监护人1" above "姓名", or only one of them.
std::string joined(std::string_view upper, std::string_view lower) {
    const std::string above = tidy(upper);
    const std::string below = tidy(lower);
    if (above.empty() || below.empty() || above == below) {
        return above.empty() ? below : above;
    }
    return above + below;
}

/// A heading over two lines is what both say together, or what one of them says.
std::string best_heading(std::string_view upper, std::string_view lower) {
    const std::string both = joined(upper, lower);
    if (field_of_heading(both)) {
        return both;
    }
    const std::string below = tidy(lower);
    return field_of_heading(below) ? below : both;
}

class HeaderBuilder {
public:
    explicit HeaderBuilder(const Mapping& mapping) : mapping_(mapping) {}

    void add(std::string heading) {
        std::string key = heading_key(heading);
        add(std::move(heading), std::move(key));
    }

    void add(std::string heading, std::string key) {
        Column column{.heading = std::move(heading), .key = std::move(key), .field = {}};
        const int same = ++seen_[column.key];
        if (same > 1) {
            column.key += "#" + std::to_string(same);
        }
        column.field = meaning(column, same);
        if (column.field &&
            std::ranges::find(header.columns, column.field, &Column::field) != header.columns.end()) {
            const auto second = second_of(*column.field);
            const bool free =
                second && std::ranges::find(header.columns, second, &Column::field) == header.columns.end();
            column.field = free ? second : std::nullopt;
        }
        header.columns.push_back(std::move(column));
    }

    Header header;

private:
    std::optional<Field> meaning(const Column& column, int same) const {
        if (const auto said = mapping_.find(column.key); said != mapping_.end()) {
            return said->second;
        }
        const auto usual = field_of_heading(column.heading);
        return usual && same > 1 ? second_of(*usual) : usual;
    }

    const Mapping& mapping_;
    std::map<std::string, int> seen_;
};

Header header_of(const spreadsheet::Row& upper, const spreadsheet::Row* lower, const Mapping& mapping) {
    HeaderBuilder builder(mapping);
    const std::size_t width = std::max(upper.cells.size(), lower != nullptr ? lower->cells.size() : 0);
    for (std::size_t i = 0; i < width; ++i) {
        builder.add(lower != nullptr ? best_heading(text_at(upper, i), text_at(*lower, i))
                                     : tidy(text_at(upper, i)));
    }
    builder.header.last_line = lower != nullptr ? lower->line : upper.line;
    return std::move(builder.header);
}

/// How well it fits: whether it says who the people are, and how many columns are known.
std::pair<bool, std::size_t> rank_of(const Header& header) {
    return {header.column_of(Field::name) && header.column_of(Field::document_number), header.recognised()};
}

/// A row of data under the headings has numbers in it, or is a name that no heading has.
bool may_be_heading(const spreadsheet::Row& row) {
    return std::ranges::none_of(row.cells, [](const spreadsheet::Cell& cell) {
        return cell.kind == spreadsheet::Cell::Kind::number ||
               std::ranges::count_if(cell.text, [](char c) { return c >= '0' && c <= '9'; }) > 4;
    });
}

}  // namespace

std::string_view name_of(Field field) {
    return boost::describe::enum_to_string(field, "");
}

std::optional<Field> find_field(std::string_view name) {
    Field field{};
    return boost::describe::enum_from_string(std::string(name).c_str(), field) ? std::optional(field)
                                                                               : std::nullopt;
}

std::string heading_key(std::string_view heading) {
    std::string folded = fold_case(tidy(heading));
    // 学校（机构）标识码 is one name; other brackets hold remarks such as （必填）.
    if (const auto at = folded.find("(机构)"); at != std::string::npos) {
        folded.replace(at, std::string_view("(机构)").size(), "机构");
    }
    std::string key;
    int depth = 0;
    for (const char c : folded) {
        depth += c == '(' || c == '[' ? 1 : 0;
        const bool dropped =
            c == ' ' || c == '*' || c == ':' || c == '_' || c == '-' || c == '.' || c == '#' || c == '/';
        if (depth == 0 && !dropped) {
            key.push_back(c);
        }
        depth -= (c == ')' || c == ']') && depth > 0 ? 1 : 0;
    }
    for (const std::string_view mark : {"、", "。", "：", "【必填】", "★"}) {
        for (auto at = key.find(mark); at != std::string::npos; at = key.find(mark)) {
            key.erase(at, mark.size());
        }
    }
    return key;
}

std::optional<std::size_t> Header::column_of(Field field) const {
    const auto found = std::ranges::find(columns, std::optional(field), &Column::field);
    return found == columns.end() ? std::nullopt
                                  : std::optional(static_cast<std::size_t>(found - columns.begin()));
}

FieldSet Header::fields() const {
    FieldSet out;
    for (const auto& column : columns) {
        if (column.field) {
            out.set(static_cast<std::size_t>(*column.field));
        }
    }
    return out;
}

std::size_t Header::recognised() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(columns, [](const Column& c) { return c.field.has_value(); }));
}

std::optional<Header> find_header(const std::vector<spreadsheet::Row>& first_rows, const Mapping& mapping) {
    std::optional<Header> best;
    const auto consider = [&](Header header) {
        if (header.recognised() >= 2 && (!best || rank_of(header) > rank_of(*best))) {
            best = std::move(header);
        }
    };
    for (const auto& row : first_rows) {
        consider(header_of(row, nullptr, mapping));
    }
    for (std::size_t i = 0; i + 1 < first_rows.size(); ++i) {
        if (may_be_heading(first_rows[i + 1])) {
            consider(header_of(first_rows[i], &first_rows[i + 1], mapping));
        }
    }
    return best;
}

Header header_of(const spreadsheet::Row& row, const Mapping& mapping) {
    return header_of(row, nullptr, mapping);
}

std::string key_of_place(std::size_t column) {
    return std::string(kPlace) + std::to_string(column);
}

std::optional<std::size_t> place_of_key(std::string_view key) {
    if (!key.starts_with(kPlace)) {
        return std::nullopt;
    }
    key.remove_prefix(kPlace.size());
    std::size_t column = 0;
    const auto read = std::from_chars(key.data(), key.data() + key.size(), column);
    const bool whole = read.ec == std::errc() && read.ptr == key.data() + key.size();
    return whole && column < spreadsheet::Limits().columns ? std::optional(column) : std::nullopt;
}

std::string letters_of_place(std::size_t column) {
    constexpr std::size_t kLetters = 26;
    const std::string last(1, static_cast<char>('A' + column % kLetters));
    return column < kLetters ? last : letters_of_place(column / kLetters - 1) + last;
}

Header header_of_places(std::size_t width, const Mapping& mapping) {
    HeaderBuilder builder(mapping);
    for (std::size_t i = 0; i < width; ++i) {
        builder.add(letters_of_place(i), key_of_place(i));
    }
    return std::move(builder.header);
}

}  // namespace educard::roster
