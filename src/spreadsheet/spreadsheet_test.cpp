#include "spreadsheet/spreadsheet.hpp"

#include "base/error.hpp"
#include "base/text_file.hpp"
#include "spreadsheet/shared_strings.hpp"
#include "spreadsheet/xlsx.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <utility>
#include <vector>
#include <xlsxwriter.h>
#include <zip.h>

namespace educard::spreadsheet {
namespace {

class Spreadsheet : public testing::Test {
protected:
    Spreadsheet()
        : path_(std::filesystem::temp_directory_path() /
                ("spreadsheet_test_" + std::to_string(::getpid()) + "_" +
                 testing::UnitTest::GetInstance()->current_test_info()->name())) {}
    ~Spreadsheet() override { std::filesystem::remove(path_); }

    void write(std::string_view content) const { std::ofstream(path_, std::ios::binary) << content; }
    void write_zip(const std::vector<std::pair<std::string, std::string>>& entries,
                   const char* password = nullptr) const {
        zip* archive = zip_open(path_.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
        ASSERT_NE(archive, nullptr);
        for (const auto& [name, content] : entries) {
            const auto index = zip_file_add(
                archive, name.c_str(), zip_source_buffer(archive, content.data(), content.size(), 0), 0);
            if (password != nullptr) {
                zip_file_set_encryption(archive, static_cast<zip_uint64_t>(index), ZIP_EM_AES_256, password);
            }
        }
        ASSERT_EQ(zip_close(archive), 0);
    }
    void write_sheet(const std::string& rows,
                     const std::string& behind = "",
                     const std::string& strings = "",
                     const std::string& styles = "",
                     const std::string& workbook = "") const {
        write_zip(parts(rows, behind, strings, styles, workbook));
    }
    static std::vector<std::pair<std::string, std::string>> parts(const std::string& rows,
                                                                  const std::string& behind = "",
                                                                  const std::string& strings = "",
                                                                  const std::string& styles = "",
                                                                  const std::string& workbook = "") {
        return {
            {"xl/workbook.xml",
             "<workbook>" + workbook +
                 "<sheets><sheet name=\"一\" sheetId=\"1\" r:id=\"r1\" xmlns:r=\"r\"/></sheets></workbook>"},
            {"xl/_rels/workbook.xml.rels",
             "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
             "<Relationship Id=\"r2\" Type=\"x/sharedStrings\" Target=\"/xl/sharedStrings.xml\"/>"
             "<Relationship Id=\"r3\" Type=\"x/styles\" Target=\"styles.xml\"/></Relationships>"},
            {"xl/sharedStrings.xml", "<sst>" + strings + "</sst>"},
            {"xl/styles.xml", "<styleSheet>" + styles + "</styleSheet>"},
            {"xl/worksheets/sheet1.xml",
             "<worksheet><sheetData>" + rows + "</sheetData>" + behind + "</worksheet>"}};
    }
    /// Every row as "line:a|b|c".
    std::vector<std::string> read(const Limits& limits = {}) const {
        std::vector<std::string> out;
        const auto book = open(path_, limits);
        const auto sheet = book->open_sheet(0);
        Row row;
        while (sheet->next_row(row)) {
            std::string line = std::to_string(row.line) + ":";
            for (std::size_t i = 0; i < row.cells.size(); ++i) {
                line += (i > 0 ? "|" : "") + row.cells[i].text;
            }
            out.push_back(line);
        }
        return out;
    }
    std::string fault(const Limits& limits = {}) const {
        try {
            read(limits);
        } catch (const Error& error) {
            EXPECT_EQ(error.fault(), Fault::invalid);
            return error.code();
        }
        return "";
    }
    using Lines = std::vector<std::string>;

    std::filesystem::path path_;
};

using Csv = Spreadsheet;
using Xlsx = Spreadsheet;

TEST_F(Csv, ReadsQuotesNewlinesAndLineEnds) {
    write("a,\"b,1\",\"c\"\"d\"\r\n\"x\ny\",,z\n\nlast,\"\"");
    EXPECT_EQ(read(), (Lines{"1:a|b,1|c\"d", "2:x\ny||z", "4:", "5:last|"}));
    write("a,b\rc,d\r");
    EXPECT_EQ(read(), (Lines{"1:a|b", "2:c|d"}));
}

TEST_F(Csv, TellsTheDelimiter) {
    write("姓名\t性别\n张三\t男\n");
    EXPECT_EQ(read(), (Lines{"1:姓名|性别", "2:张三|男"}));
    write("姓名;性别\n张三;男\n");
    EXPECT_EQ(read(), (Lines{"1:姓名|性别", "2:张三|男"}));
    write("sep=;\na;b,c\n");
    EXPECT_EQ(read(), (Lines{"2:a|b,c"}));
}

TEST_F(Csv, ReadsEveryEncodingThatSchoolsSend) {
    write("\xEF\xBB\xBF姓名,𬭊\n");
    EXPECT_EQ(read(), (Lines{"1:姓名|𬭊"}));
    write("\xD0\xD5\xC3\xFB,\xC4\xD0\n");  // GBK
    EXPECT_EQ(read(), (Lines{"1:姓名|男"}));
    write("\x81\x30\x81\x34,\x97\x33\xD2\x32,\xD0\xD5\n");  // GB 18030 with four octets
    EXPECT_EQ(detect_encoding(path_), TextEncoding::gb18030);
    EXPECT_EQ(read().size(), 1U);
    write(std::string("\xFF\xFE\xD3\x59\x09\x00\x0D\x54\x0A\x00",
                      10));  // UTF-16 with tabs: "Unicode text" of Excel
    EXPECT_EQ(read(), (Lines{"1:姓|名"}));
}

TEST_F(Csv, ReadsAcrossChunks) {
    std::string content;
    for (int i = 0; i < 40'000; ++i) {
        content += "第" + std::to_string(i) + "行,\"引\"\"号\"\r\n";
    }
    write(content);
    const auto rows = read();
    ASSERT_EQ(rows.size(), 40'000U);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        ASSERT_EQ(rows[i], std::to_string(i + 1) + ":第" + std::to_string(i) + "行|引\"号");
    }
}

TEST_F(Csv, UnwrapsTheFormulaThatKeepsDigits) {
    write("=\"0123\",\"=\"\"0456\"\"\"\n");
    EXPECT_EQ(read(), (Lines{"1:0123|0456"}));
}

TEST_F(Csv, UnwrapsTheApostropheThatGuardsAFormula) {
    write("'+44 20 7946 0958,'=1+1,'s,'\n");
    EXPECT_EQ(read(), (Lines{"1:+44 20 7946 0958|=1+1|'s|'"}));
}

TEST_F(Csv, IsBounded) {
    write("a\nb\nc\n");
    EXPECT_EQ(fault({.rows = 2}), "spreadsheet.too_many_rows");
    EXPECT_EQ(fault({.octets = 3}), "spreadsheet.too_large");
    write("a,b,c\n");
    EXPECT_EQ(fault({.columns = 2}), "spreadsheet.too_many_columns");
    write(std::string(100, 'a'));
    EXPECT_EQ(fault({.cell_octets = 99}), "spreadsheet.cell_too_long");
    write("a,\"never closed\n");
    EXPECT_EQ(fault(), "spreadsheet.unclosed_quote");
}

TEST_F(Spreadsheet, NamesWhatIsWrongWithTheFile) {
    write("");
    EXPECT_EQ(fault(), "spreadsheet.empty_file");
    write(std::string("ab\0cd", 5));
    EXPECT_EQ(fault(), "spreadsheet.binary");
    write(std::string(200'000, 'a').append(1, '\0'));
    EXPECT_EQ(fault({.cell_octets = 1U << 20U}), "spreadsheet.binary");
    write("<html><table>");
    EXPECT_EQ(fault(), "spreadsheet.web_page");
    write("PK\x03\x04 and then nothing of a zip");
    EXPECT_EQ(fault(), "spreadsheet.damaged");
    write_zip({{"readme.txt", "hello"}});
    EXPECT_EQ(fault(), "spreadsheet.not_a_spreadsheet");
    const std::string compound = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
    write(compound + std::string("W\0o\0r\0k\0b\0o\0o\0k\0", 16));
    EXPECT_EQ(fault(), "spreadsheet.old_xls");
    write(compound + std::string("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0", 32));
    EXPECT_EQ(fault(), "spreadsheet.encrypted");
    write(compound);
    EXPECT_EQ(fault(), "spreadsheet.not_a_spreadsheet");
    write_zip(parts("<row><c><v>1</v></c></row>"), "secret");
    EXPECT_EQ(fault(), "spreadsheet.encrypted");
}

TEST_F(Xlsx, RefusesDocumentTypesAndEntities) {
    auto bad = parts("");
    bad[4].second = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><worksheet>&b;</worksheet>";
    write_zip(bad);
    EXPECT_EQ(fault(), "spreadsheet.entities");
    bad[4].second = "<worksheet><sheetData><row>";
    write_zip(bad);
    EXPECT_EQ(fault(), "spreadsheet.damaged");
    bad[4].second = "<worksheet>&undefined;</worksheet>";
    write_zip(bad);
    EXPECT_EQ(fault(), "spreadsheet.damaged");
}

TEST_F(Xlsx, RefusesZipBombs) {
    write_sheet("<row><c t=\"inlineStr\"><is><t>" + std::string(40U << 20U, ' ') + "</t></is></c></row>");
    EXPECT_EQ(fault(), "spreadsheet.zip_bomb");
    write_sheet("<row><c><v>1</v></c></row>" + std::string(2U << 20U, ' '));
    EXPECT_EQ(fault({.octets = 1U << 20U}), "spreadsheet.too_large");
}

TEST_F(Xlsx, ReadsEveryKindOfCell) {
    write_sheet(
        "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c><c r=\"C2\" "
        "t=\"inlineStr\"><is><r><t>富</t></r><r><t>文本</t></r></is></c>"
        "<c r=\"D2\" t=\"b\"><v>1</v></c><c r=\"E2\" t=\"str\"><f>A1&amp;B1</f><v>结果</v></c><c "
        "t=\"e\"><v>#N/A</v></c>"
        "<c><v>15030000000000001E-16</v></c><c><v>2015</v></c><c><v>3.2010620150312403E+17</v></c></row>"
        "<row r=\"5\"><c r=\"B5\"><v>0.1</v></c></row>",
        "",
        "<si><t>不用</t></si><si><r><t>张</t></r><r><t xml:space=\"preserve\">三 </t></r><rPh sb=\"0\" "
        "eb=\"1\"><t>ZHANG</t></rPh></si>");
    EXPECT_EQ(
        read(),
        (Lines{"2:张三 ||富文本|TRUE|结果|#N/A|1.5030000000000001|2015|3.2010620150312403E+17", "5:|0.1"}));
    const auto book = open(path_);
    const auto sheet = book->open_sheet(0);
    Row row;
    ASSERT_TRUE(sheet->next_row(row));
    EXPECT_FALSE(row.cells[7].lost_digits);
    EXPECT_TRUE(row.cells[8].lost_digits);
    EXPECT_EQ(row.cells[1].kind, Cell::Kind::empty);
    EXPECT_EQ(row.cells[5].kind, Cell::Kind::error);
}

TEST_F(Xlsx, KnowsDatesByTheirFormat) {
    const std::string styles =
        "<numFmts><numFmt numFmtId=\"176\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;\"/>"
        "<numFmt numFmtId=\"177\" formatCode=\"0&quot;dy&quot;\"/></numFmts>"
        "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
        "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"176\"/><xf "
        "numFmtId=\"177\"/></cellXfs>";
    const std::string row =
        "<row><c s=\"1\"><v>42248</v></c><c s=\"2\"><v>42248.5</v></c><c s=\"3\"><v>42248</v></c><c "
        "s=\"0\"><v>42248</v></c></row>";
    write_sheet(row, "", "", styles);
    EXPECT_EQ(read(), (Lines{"1:2015-09-01|2015-09-01 12:00:00|42248|42248"}));
    write_sheet(row, "", "", styles, "<workbookPr date1904=\"1\"/>");
    EXPECT_EQ(read().front().substr(0, 12), "1:2019-09-02");
}

TEST(DateFormat, IsToldFromNumbersAndTimes) {
    for (const auto* format :
         {"yyyy-mm-dd", "m/d/yy", "yyyy\"年\"m\"月\"d\"日\";@", "[$-804]yyyy/m/d", "mmm", "d-mmm"}) {
        EXPECT_TRUE(is_date_format(format)) << format;
    }
    for (const auto* format :
         {"General", "0.00", "#,##0", "[h]:mm", "h:mm:ss", "\"day\"0", "0\\d", "@", "[Red]0", "mm:ss"}) {
        EXPECT_FALSE(is_date_format(format)) << format;
    }
}

TEST(Serial, CountsDaysAsSpreadsheetsDo) {
    EXPECT_EQ(text_of_serial(1, false), "1900-01-01");
    EXPECT_EQ(text_of_serial(59, false), "1900-02-28");
    EXPECT_EQ(text_of_serial(61, false), "1900-03-01");
    EXPECT_EQ(text_of_serial(42248, false), "2015-09-01");
    EXPECT_EQ(text_of_serial(0, true), "1904-01-01");
    EXPECT_EQ(text_of_serial(42248.354166667, false), "2015-09-01 08:30:00");
    for (const double impossible : {-1.0, 0.0, 3e6, 1e300}) {
        EXPECT_EQ(text_of_serial(impossible, false), "");
    }
}

TEST_F(Xlsx, FillsMergedCells) {
    write_sheet(
        "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>名册</t></is></c></row>"
        "<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>一班</t></is></c><c r=\"B2\"><v>1</v></c></row>"
        "<row r=\"3\"><c r=\"B3\"><v>2</v></c></row><row r=\"4\"/><row r=\"5\"><c "
        "r=\"B5\"><v>3</v></c></row>",
        "<mergeCells><mergeCell ref=\"A1:C1\"/><mergeCell ref=\"A2:A4\"/><mergeCell "
        "ref=\"bad\"/></mergeCells>");
    EXPECT_EQ(read(), (Lines{"1:名册|名册|名册", "2:一班|1", "3:一班|2", "5:|3"}));
}

TEST_F(Xlsx, IsBounded) {
    write_sheet("<row><c><v>1</v></c></row><row><c><v>1</v></c></row>");
    EXPECT_EQ(fault({.rows = 1}), "spreadsheet.too_many_rows");
    write_sheet("<row><c t=\"inlineStr\"><is><t>aaaaaaaaaa</t></is></c></row>");
    EXPECT_EQ(fault({.cell_octets = 9}), "spreadsheet.cell_too_long");
    write_sheet("<row><c t=\"s\"><v>7</v></c></row>");
    EXPECT_EQ(fault(), "spreadsheet.damaged");
    write_sheet("<row r=\"5\"/><row r=\"5\"/>");
    EXPECT_EQ(fault(), "spreadsheet.damaged");
    write_sheet("<row r=\"1\"><c r=\"XFD1\"><v>1</v></c><c r=\"A1\"><v>2</v></c></row>");
    EXPECT_EQ(read(), (Lines{"1:2"}));  // beyond the columns that are read
}

TEST_F(Xlsx, ReadsWhatAKnownWriterWrites) {
    lxw_workbook* book = workbook_new(path_.c_str());
    lxw_worksheet* empty = workbook_add_worksheet(book, "空表");
    lxw_worksheet* sheet = workbook_add_worksheet(book, "七年级");
    (void)empty;
    lxw_format* date = workbook_add_format(book);
    format_set_num_format(date, "yyyy/m/d");
    worksheet_write_string(sheet, 0, 0, "姓名", nullptr);
    worksheet_write_string(sheet, 1, 0, "李𬭊", nullptr);
    lxw_datetime day = {2012, 3, 4, 0, 0, 0};
    worksheet_write_datetime(sheet, 1, 1, &day, date);
    worksheet_write_number(sheet, 1, 2, 42, nullptr);
    ASSERT_EQ(workbook_close(book), LXW_NO_ERROR);
    const auto opened = open(path_);
    EXPECT_EQ(opened->sheet_names(), (Lines{"空表", "七年级"}));
    Row row;
    EXPECT_FALSE(opened->open_sheet(0)->next_row(row));
    const auto second = opened->open_sheet(1);
    ASSERT_TRUE(second->next_row(row));
    ASSERT_TRUE(second->next_row(row));
    EXPECT_EQ(row.cells[0].text, "李𬭊");
    EXPECT_EQ(row.cells[1].text, "2012-03-04");
    EXPECT_EQ(row.cells[2].text, "42");
    EXPECT_FALSE(second->next_row(row));
    EXPECT_EQ(second->progress(), 1.0);
}

TEST(SharedStrings, SpillToAFileAndComeBack) {
    SharedStrings strings(100);
    for (int i = 0; i < 1000; ++i) {
        strings.add("text " + std::to_string(i));
    }
    strings.finish();
    EXPECT_TRUE(strings.is_spilled());
    EXPECT_EQ(strings.find(0), "text 0");
    EXPECT_EQ(strings.find(999), "text 999");
    EXPECT_EQ(strings.find(1000), std::nullopt);
}

}  // namespace
}  // namespace educard::spreadsheet
