#include "modules/roster/footing.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace educard::roster {

namespace {

constexpr std::string_view kBeginnings[] = {
    "合计",     "总计",       "小计",       "共计",       "总人数",   "合計",       "制表",       "填表",
    "填报",     "审核人",     "审核单位",   "审核日期",   "校长签",   "校长:",      "班主任签",   "班主任:",
    "负责人",   "经办人",     "联系人",     "单位盖章",   "单位公章", "单位(盖章)", "单位(公章)", "学校盖章",
    "学校公章", "学校(盖章)", "学校(公章)", "盖章",       "(盖章)",   "公章",       "备注:",      "说明:",
    "注:",      "total",      "subtotal",   "preparedby",
};

/// 共 45 人
bool counts_people(std::string_view text) {
    if (!text.starts_with("共")) {
        return false;
    }
    text.remove_prefix(std::string_view("共").size());
    const auto digits = text.find_first_not_of("0123456789");
    return digits != 0 && digits != std::string_view::npos &&
           (text.substr(digits).starts_with("人") || text.substr(digits).starts_with("名"));
}

bool begins_like_footing(std::string_view cell) {
    std::string text = fold_case(tidy(cell));
    std::erase(text, ' ');
    return counts_people(text) ||
           std::ranges::any_of(kBeginnings, [&](auto beginning) { return text.starts_with(beginning); });
}

bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// Six letters and digits or more, and nothing but these, signs and spaces; "审核人：李四" may stand in the
/// column too.
bool may_be_document_number(std::string_view cell) {
    const auto text = tidy(cell);
    const bool plain =
        std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80U; });
    return plain && std::ranges::count_if(text, is_alphanumeric) >= 6;
}

std::string_view text_in(const spreadsheet::Row& row, std::size_t column) {
    return column < row.cells.size() ? std::string_view(row.cells[column].text) : std::string_view();
}

}  // namespace

bool is_footing(const Header& header, const spreadsheet::Row& row) {
    const auto number = header.column_of(Field::document_number);
    if (number && may_be_document_number(text_in(row, *number))) {
        return false;
    }
    const auto first = std::ranges::find_if(
        row.cells, [](const spreadsheet::Cell& cell) { return !tidy(cell.text).empty(); });
    const auto name = header.column_of(Field::name);
    return (first != row.cells.end() && begins_like_footing(first->text)) ||
           (name && begins_like_footing(text_in(row, *name)));
}

}  // namespace educard::roster
