#include "modules/roster/record.hpp"

#include "modules/roster/footing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace educard::roster {
namespace {

using namespace std::chrono_literals;
constexpr Date kToday = 2026y / 11 / 23;

spreadsheet::Row row_of(std::size_t line, const std::vector<std::string>& texts) {
    spreadsheet::Row row{.line = line, .cells = {}};
    for (const auto& text : texts) {
        row.cells.push_back(
            {.kind = text.empty() ? spreadsheet::Cell::Kind::empty : spreadsheet::Cell::Kind::text,
             .text = text});
    }
    return row;
}

TEST(Dates, AreReadInEverySpelling) {
    for (const auto* text : {"2015-9-1",
                             "2015-09-01",
                             "2015/09/01",
                             "2015.9.1",
                             "2015年9月1日",
                             "20150901",
                             "42248",
                             "2015-09-01 08:30:00"}) {
        EXPECT_EQ(read_date(text), Date(2015y / 9 / 1)) << text;
    }
    for (const auto* text :
         {"", "2015-13-01", "2015年", "31/02/2015", "20150230", "昨天", "1", "99999999999", "2015-9"}) {
        EXPECT_EQ(read_date(text), std::nullopt) << text;
    }
}

TEST(Years, AreReadFromDatesAndGrades) {
    for (const auto* text : {"2024", "2024级", "202409", "2024-09-01", "20240901", "45536"}) {
        EXPECT_EQ(read_year(text), 2024) << text;
    }
    EXPECT_EQ(read_year("24"), std::nullopt);
    EXPECT_EQ(read_year("九月"), std::nullopt);
}

TEST(Headings, AreKnownWithRemarksStarsAndSpaces) {
    EXPECT_EQ(field_of_heading("姓　名"), Field::name);
    EXPECT_EQ(field_of_heading("*身份证件号（必填）"), Field::document_number);
    EXPECT_EQ(field_of_heading("学校（机构）标识码"), Field::school_code);
    EXPECT_EQ(field_of_heading("Date of birth"), Field::birth_date);
    EXPECT_EQ(field_of_heading("序号"), std::nullopt);
    EXPECT_EQ(field_of_heading(""), std::nullopt);
}

TEST(Headings, AreFoundBelowTitlesInAnyOrder) {
    const auto header = find_header({row_of(1, {"江苏省某中学名册", "江苏省某中学名册"}),
                                     row_of(3, {"序号", "身份证号", "姓名", "班级"}),
                                     row_of(4, {"1", "11010519491231002X", "张三", "七（1）班"})},
                                    {});
    ASSERT_TRUE(header);
    EXPECT_EQ(header->last_line, 3U);
    EXPECT_EQ(header->column_of(Field::name), 2U);
    EXPECT_EQ(header->column_of(Field::document_number), 1U);
    EXPECT_EQ(header->column_of(Field::gender), std::nullopt);
}

TEST(Headings, MayTakeTwoLines) {
    const auto header =
        find_header({row_of(1, {"姓名", "证件", "证件", "监护人1", "监护人1", "监护人2", "监护人2"}),
                     row_of(2, {"姓名", "证件类型", "证件号码", "姓名", "联系电话", "姓名", "联系电话"}),
                     row_of(3, {"张三", "身份证", "11010519491231002X", "张大", "13812345678", "", ""})},
                    {});
    ASSERT_TRUE(header);
    EXPECT_EQ(header->last_line, 2U);
    EXPECT_EQ(header->column_of(Field::name), 0U);
    EXPECT_EQ(header->column_of(Field::document_number), 2U);
    EXPECT_EQ(header->column_of(Field::guardian_name), 3U);
    EXPECT_EQ(header->column_of(Field::guardian_phone), 4U);
    EXPECT_EQ(header->column_of(Field::guardian2_name), 5U);
    EXPECT_EQ(header->column_of(Field::guardian2_phone), 6U);
}

TEST(Headings, KnowTheTelephoneOfWhomever) {
    for (const auto* text :
         {"家长联系方式", "手机号码", "监护人手机", "监护人手机号码", "家长电话", "联系电话"}) {
        EXPECT_EQ(field_of_heading(text), Field::guardian_phone) << text;
    }
    for (const auto* text :
         {"父亲电话", "父亲联系电话", "爸爸手机号", "父亲手机号码（必填）", "Father's phone"}) {
        EXPECT_EQ(field_of_heading(text), Field::father_phone) << text;
    }
    for (const auto* text : {"母亲电话", "母亲联系方式", "妈妈电话"}) {
        EXPECT_EQ(field_of_heading(text), Field::mother_phone) << text;
    }
    EXPECT_EQ(field_of_heading("父亲姓名"), Field::father_name);
    EXPECT_EQ(field_of_heading("妈妈"), Field::mother_name);
    EXPECT_EQ(field_of_heading("监护人2手机号码"), Field::guardian2_phone);
    EXPECT_EQ(field_of_heading("成员2关系"), Field::guardian2_relation);
    EXPECT_EQ(field_of_heading("监护人身份证号"), std::nullopt);
    EXPECT_EQ(field_of_heading("父亲关系"), std::nullopt);
    EXPECT_EQ(field_of_heading("父亲工作单位"), std::nullopt);
}

TEST(Headings, TheStageThatIsTaughtIsNoSubject) {
    EXPECT_EQ(field_of_heading("主要任课学段"), std::nullopt);
    EXPECT_EQ(field_of_heading("任课学科"), Field::subjects);
}

TEST(Footing, IsWhatStandsBelowTheList) {
    const auto header = *find_header({row_of(1, {"序号", "姓名", "身份证号"})}, {});
    for (const auto* text : {"合计",
                             "合 计",
                             "总计：45人",
                             "小计",
                             "制表人：张三",
                             "填表人",
                             "审核人:李四",
                             "单位（盖章）：",
                             "共 45 人"}) {
        EXPECT_TRUE(is_footing(header, row_of(9, {text, "", ""}))) << text;
        EXPECT_TRUE(is_footing(header, row_of(9, {"", text, "45"}))) << text;
        EXPECT_TRUE(is_footing(header, row_of(9, {text, "", "审核人：李四"}))) << text;
        EXPECT_FALSE(is_footing(header, row_of(9, {"46", text, "11010519491231002X"}))) << text;
        EXPECT_FALSE(is_footing(header, row_of(9, {text, "", "3.20106E+17"}))) << text;
    }
    EXPECT_FALSE(is_footing(header, row_of(9, {"1", "张三", ""}))) << "merely without a number";
    EXPECT_FALSE(is_footing(header, row_of(9, {"1", "共青", ""})));
    EXPECT_FALSE(is_footing(header, row_of(9, {})));
}

TEST(Parents, AreGuardiansOfThatRelation) {
    const auto header = *find_header(
        {row_of(1, {"姓名", "身份证号", "父亲姓名", "父亲联系电话", "母亲姓名", "母亲手机", "家长联系方式"})},
        {});
    const auto guardians = [&](const std::vector<std::string>& said) {
        std::vector<std::string> texts{"张三", "11010519491231002X"};
        texts.insert(texts.end(), said.begin(), said.end());
        const auto row =
            read_row({.header = header, .kind = Kind::student, .today = kToday}, row_of(2, texts));
        EXPECT_TRUE(row.faults.empty());
        return row.record.guardians;
    };
    const Guardian father{"张大", "父亲", "13812345678"};
    const Guardian mother{"李四", "母亲", "13912345678"};
    EXPECT_EQ(guardians({"张大", "13812345678", "李四", "13912345678"}), (std::vector{father, mother}));
    EXPECT_EQ(guardians({"", "", "李四", "13912345678"}), std::vector{mother});
    EXPECT_EQ(guardians({"无", "/", "李四", "13912345678"}), std::vector{mother});
    EXPECT_EQ(guardians({"张大", "13812345678", "李四", "13912345678", "13912345678"}),
              (std::vector{mother, father}))
        << "the telephone of a parent is no third guardian";
}

TEST(Headings, ASecondOfTheSameIsTheSecondGuardian) {
    const auto header = find_header({row_of(1, {"姓名", "身份证号", "监护人姓名", "监护人姓名"})}, {});
    ASSERT_TRUE(header);
    EXPECT_EQ(header->column_of(Field::guardian2_name), 3U);
    EXPECT_EQ(header->columns[3].key, "监护人姓名#2");
}

TEST(Headings, TakeWhatSomebodySaidOverWhatIsUsual) {
    const Mapping mapping = {{"登记名", Field::name}, {"姓名", std::nullopt}};
    const auto header = find_header({row_of(1, {"姓名", "登记名", "身份证号"})}, mapping);
    ASSERT_TRUE(header);
    EXPECT_EQ(header->column_of(Field::name), 1U);
}

TEST(Headings, AreNotSeenWhereThereAreNone) {
    EXPECT_FALSE(find_header({}, {}));
    EXPECT_FALSE(find_header({row_of(1, {"张三", "男"}), row_of(2, {"姓名"})}, {}));
}

class Rows : public ::testing::Test {
protected:
    ReadRow read(const std::vector<std::string>& texts, Kind kind = Kind::student) const {
        const RowContext context{.header = header, .kind = kind, .today = kToday};
        return read_row(context, row_of(5, texts));
    }
    static std::string codes(const ReadRow& row) {
        std::string out;
        for (const auto& fault : row.faults) {
            out += fault.field + "=" + fault.code + " ";
        }
        return out;
    }
    Header header = *find_header({row_of(1,
                                         {"姓名",
                                          "身份证号",
                                          "性别",
                                          "出生日期",
                                          "年级",
                                          "班级",
                                          "监护人",
                                          "监护人电话",
                                          "学籍号",
                                          "证件类型",
                                          "岗位",
                                          "任教学科",
                                          "入职日期"})},
                                 {});
};

TEST_F(Rows, AreFoldedBeforeTheyAreJudged) {
    const auto row = read({" 买买提•艾力　",
                           "１１０１０５１９４９１２３１００２ｘ",
                           "女",
                           "1949年12月31日",
                           "七年级",
                           "1班",
                           "张大",
                           "138 1234 5678",
                           "g11010519491231002x"});
    EXPECT_EQ(codes(row), "");
    EXPECT_EQ(row.record.name, "买买提·艾力");
    EXPECT_EQ(row.record.document.number, "11010519491231002X");
    EXPECT_EQ(row.record.birth_date, Date(1949y / 12 / 31));
    EXPECT_EQ(row.record.student_number, "G11010519491231002X");
    EXPECT_EQ(row.record.guardians.at(0).phone, "138 1234 5678");
}

TEST_F(Rows, SayEverythingThatIsWrongAtOnce) {
    const auto row = read({"张三1", "11010519491231002", "不详", "明天", "", "", "", "12", "学籍"});
    EXPECT_EQ(
        codes(row),
        "name=people.name_character document_number=people.document_length gender=roster.gender "
        "birth_date=roster.date "
        "student_number=roster.student_number guardian_name=people.name_empty guardian_phone=roster.phone ");
}

TEST_F(Rows, NameWhatASpreadsheetDidToNumbers) {
    EXPECT_EQ(codes(read({"张三", "3.20106E+17"})), "document_number=people.document_damaged ");
    const RowContext context{.header = header, .kind = Kind::student, .today = kToday};
    auto row = row_of(2, {"张三", "320106201503124560"});
    row.cells[1].lost_digits = true;
    EXPECT_EQ(codes(read_row(context, row)), "document_number=people.document_damaged ");
}

TEST_F(Rows, ContradictionsWithTheNumberAreFaults) {
    EXPECT_EQ(codes(read({"张三", "11010519491231002X", "男"})), "gender=roster.gender_conflict ");
    EXPECT_EQ(codes(read({"张三", "11010519491231002X", "女", "1949-12-30"})),
              "birth_date=roster.birth_date_conflict ");
    EXPECT_EQ(codes(read({"张三", "11010519491231002X", "", "1949-12"})), "");
}

TEST_F(Rows, YearsThatCannotBeRightAreFaults) {
    for (const auto* birth : {"1901-01-01", "2025-06-01"}) {
        EXPECT_EQ(codes(read({"Anna", "E1234567", "F", birth, "", "", "", "", "", "护照"})),
                  "birth_date=roster.birth_date_implausible ")
            << birth;
    }
    const auto year = find_header({row_of(1, {"姓名", "身份证号", "入学年份"})}, {});
    for (const auto& [text, code] : {std::pair{"2026", ""},
                                     std::pair{"2027", ""},
                                     std::pair{"2028", "roster.year_implausible"},
                                     std::pair{"1999", "roster.year_implausible"}}) {
        const auto row = read_row({.header = *year, .kind = Kind::student, .today = kToday},
                                  row_of(2, {"张三", "11010519491231002X", text}));
        EXPECT_EQ(row.faults.empty() ? "" : row.faults[0].code, code) << text;
    }
}

TEST_F(Rows, OfOtherDocumentsSayTheirKind) {
    const auto row = read({"Anna", "e1234567a", "F", "2015/9/1", "", "", "", "", "", "护照"});
    EXPECT_EQ(codes(row), "");
    EXPECT_EQ(row.record.document.kind, people::DocumentKind::passport);
    EXPECT_EQ(codes(read({"Anna", "E1234567", "", "", "", "", "", "", "", "驾照"})),
              "document_kind=roster.document_kind ");
}

TEST_F(Rows, OfTeachersTellStaffByTheirPost) {
    EXPECT_EQ(read({"张三", "11010519491231002X", "", "", "", "", "", "", "", "", "工勤人员"}, Kind::teacher)
                  .record.kind,
              Kind::staff);
    const auto teacher = read({"张三",
                               "11010519491231002X",
                               "",
                               "",
                               "",
                               "",
                               "",
                               "",
                               "",
                               "",
                               "专任教师",
                               "语文、数学；语文",
                               "201509"},
                              Kind::teacher);
    EXPECT_EQ(codes(teacher), "");
    EXPECT_EQ(teacher.record.kind, Kind::teacher);
    EXPECT_EQ(teacher.record.subjects, (std::vector<std::string>{"语文", "数学"}));
    EXPECT_EQ(teacher.record.appointed_on, Date(2015y / 9 / 1));
}

TEST_F(Rows, MayBeShorterThanTheHeadings) {
    EXPECT_EQ(codes(read({})), "name=people.name_empty document_number=people.document_empty ");
}

}  // namespace
}  // namespace educard::roster
