#include "modules/roster/headings.hpp"

#include "base/text.hpp"

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace educard::roster {

namespace {

struct KnownHeading {
    std::string_view text;
    Field field;
};

// Headings of the national student-status system, of its teacher counterpart, and of lists that schools make
// themselves.
constexpr KnownHeading kKnown[] = {
    {"姓名", Field::name},
    {"学生姓名", Field::name},
    {"教师姓名", Field::name},
    {"教职工姓名", Field::name},
    {"名字", Field::name},
    {"name", Field::name},
    {"fullname", Field::name},
    {"studentname", Field::name},
    {"身份证", Field::document_number},
    {"身份证号", Field::document_number},
    {"身份证号码", Field::document_number},
    {"身份证件号", Field::document_number},
    {"身份证件号码", Field::document_number},
    {"证件号码", Field::document_number},
    {"证件号", Field::document_number},
    {"公民身份号码", Field::document_number},
    {"居民身份证号", Field::document_number},
    {"居民身份证号码", Field::document_number},
    {"学生身份证号", Field::document_number},
    {"学生身份证号码", Field::document_number},
    {"idnumber", Field::document_number},
    {"idcardnumber", Field::document_number},
    {"nationalid", Field::document_number},
    {"documentnumber", Field::document_number},
    {"idno", Field::document_number},
    {"证件类型", Field::document_kind},
    {"身份证件类型", Field::document_kind},
    {"证件类别", Field::document_kind},
    {"身份证类型", Field::document_kind},
    {"documenttype", Field::document_kind},
    {"documentkind", Field::document_kind},
    {"idtype", Field::document_kind},
    {"性别", Field::gender},
    {"性别码", Field::gender},
    {"gender", Field::gender},
    {"sex", Field::gender},
    {"出生日期", Field::birth_date},
    {"出生年月日", Field::birth_date},
    {"出生年月", Field::birth_date},
    {"生日", Field::birth_date},
    {"birthdate", Field::birth_date},
    {"dateofbirth", Field::birth_date},
    {"birthday", Field::birth_date},
    {"学校代码", Field::school_code},
    {"学校标识码", Field::school_code},
    {"学校(机构)标识码", Field::school_code},
    {"学校机构标识码", Field::school_code},
    {"学校编码", Field::school_code},
    {"机构标识码", Field::school_code},
    {"标识码", Field::school_code},
    {"schoolcode", Field::school_code},
    {"学校", Field::school_name},
    {"学校名称", Field::school_name},
    {"所在学校", Field::school_name},
    {"就读学校", Field::school_name},
    {"单位", Field::school_name},
    {"工作单位", Field::school_name},
    {"单位名称", Field::school_name},
    {"school", Field::school_name},
    {"schoolname", Field::school_name},
    {"年级", Field::grade},
    {"所在年级", Field::grade},
    {"年级名称", Field::grade},
    {"就读年级", Field::grade},
    {"grade", Field::grade},
    {"班级", Field::class_name},
    {"班级名称", Field::class_name},
    {"所在班级", Field::class_name},
    {"行政班", Field::class_name},
    {"班", Field::class_name},
    {"班号", Field::class_name},
    {"年级班级", Field::class_name},
    {"class", Field::class_name},
    {"classname", Field::class_name},
    {"入学年份", Field::entry_year},
    {"入学年月", Field::entry_year},
    {"入学时间", Field::entry_year},
    {"入学日期", Field::entry_year},
    {"入学年度", Field::entry_year},
    {"entryyear", Field::entry_year},
    {"学籍号", Field::student_number},
    {"全国学籍号", Field::student_number},
    {"学籍号码", Field::student_number},
    {"全国学籍号码", Field::student_number},
    {"国家学籍号", Field::student_number},
    {"学生学籍号", Field::student_number},
    {"studentnumber", Field::student_number},
    {"监护人", Field::guardian_name},
    {"监护人姓名", Field::guardian_name},
    {"家长", Field::guardian_name},
    {"家长姓名", Field::guardian_name},
    {"监护人1", Field::guardian_name},
    {"监护人1姓名", Field::guardian_name},
    {"监护人一姓名", Field::guardian_name},
    {"成员1姓名", Field::guardian_name},
    {"guardian", Field::guardian_name},
    {"guardianname", Field::guardian_name},
    {"关系", Field::guardian_relation},
    {"与监护人关系", Field::guardian_relation},
    {"监护人关系", Field::guardian_relation},
    {"家长关系", Field::guardian_relation},
    {"监护人1关系", Field::guardian_relation},
    {"监护人一关系", Field::guardian_relation},
    {"成员1关系", Field::guardian_relation},
    {"与学生关系", Field::guardian_relation},
    {"guardianrelation", Field::guardian_relation},
    {"relation", Field::guardian_relation},
    {"监护人电话", Field::guardian_phone},
    {"监护人联系电话", Field::guardian_phone},
    {"监护人手机", Field::guardian_phone},
    {"监护人手机号", Field::guardian_phone},
    {"家长电话", Field::guardian_phone},
    {"家长手机", Field::guardian_phone},
    {"家长手机号", Field::guardian_phone},
    {"联系电话", Field::guardian_phone},
    {"监护人1电话", Field::guardian_phone},
    {"监护人1联系电话", Field::guardian_phone},
    {"监护人1手机号", Field::guardian_phone},
    {"监护人一电话", Field::guardian_phone},
    {"成员1联系电话", Field::guardian_phone},
    {"guardianphone", Field::guardian_phone},
    {"监护人2", Field::guardian2_name},
    {"监护人2姓名", Field::guardian2_name},
    {"监护人二姓名", Field::guardian2_name},
    {"成员2姓名", Field::guardian2_name},
    {"监护人2关系", Field::guardian2_relation},
    {"监护人二关系", Field::guardian2_relation},
    {"成员2关系", Field::guardian2_relation},
    {"监护人2电话", Field::guardian2_phone},
    {"监护人2联系电话", Field::guardian2_phone},
    {"监护人2手机号", Field::guardian2_phone},
    {"监护人二电话", Field::guardian2_phone},
    {"成员2联系电话", Field::guardian2_phone},
    {"岗位", Field::post},
    {"岗位类别", Field::post},
    {"岗位职业", Field::post},
    {"人员类别", Field::post},
    {"教职工类别", Field::post},
    {"职务", Field::post},
    {"post", Field::post},
    {"position", Field::post},
    {"任教学科", Field::subjects},
    {"学科", Field::subjects},
    {"任课学科", Field::subjects},
    {"任教科目", Field::subjects},
    {"主要任课学段", Field::subjects},
    {"subject", Field::subjects},
    {"subjects", Field::subjects},
    {"入职日期", Field::appointed_on},
    {"入职时间", Field::appointed_on},
    {"参加工作年月", Field::appointed_on},
    {"参加工作时间", Field::appointed_on},
    {"来校年月", Field::appointed_on},
    {"到校时间", Field::appointed_on},
    {"聘任日期", Field::appointed_on},
    {"appointedon", Field::appointed_on},
    {"dateofappointment", Field::appointed_on},
};

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
        Column column{.heading = std::move(heading), .key = {}, .field = {}};
        column.key = heading_key(column.heading);
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

std::optional<Field> field_of_heading(std::string_view heading) {
    const std::string key = heading_key(heading);
    const auto* found = std::ranges::find(kKnown, std::string_view(key), &KnownHeading::text);
    return found == std::end(kKnown) ? std::nullopt : std::optional(found->field);
}

std::optional<std::size_t> Header::column_of(Field field) const {
    const auto found = std::ranges::find(columns, std::optional(field), &Column::field);
    return found == columns.end() ? std::nullopt
                                  : std::optional(static_cast<std::size_t>(found - columns.begin()));
}

std::size_t Header::recognised() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(columns, [](const Column& c) { return c.field.has_value(); }));
}

std::optional<Header> find_header(const std::vector<spreadsheet::Row>& first_rows, const Mapping& mapping) {
    std::optional<Header> best;
    const auto consider = [&](Header header) {
        if (header.recognised() >= 2 && (!best || header.recognised() > best->recognised())) {
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

}  // namespace educard::roster
