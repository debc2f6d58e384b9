// What is typeset is read back with poppler's tools.
#include "modules/bulletins/document.hpp"

#include "testing/test_database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fmt/format.h>
#include <fstream>

namespace educard::bulletins {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string run(const std::string& command) {
    std::string out;
    std::FILE* const pipe = ::popen(command.c_str(), "r");
    std::array<char, 4096> part{};
    for (std::size_t got = 0; (got = std::fread(part.data(), 1, part.size(), pipe)) > 0;) {
        out.append(part.data(), got);
    }
    EXPECT_EQ(::pclose(pipe), 0) << command;
    return out;
}

std::string without_blanks(std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\f'; });
    return text;
}

Document document(int rows) {
    Document one{.organisation = "江苏省",
                 .number = "苏教卡通报〔2026〕3号",
                 .remark = "第2版（更正）：漏计",
                 .date = "2026年11月27日",
                 .file_name = "x"};
    one.figures.day = parse_date("2026-11-27").value();
    one.figures.as_of = parse_time("2026-11-27T00:05:00Z").value();
    one.figures.organisation = {
        .id = OrganisationId{32}, .name = "江苏省", .total = 10'800'000, .certified = 8'000'000};
    for (int i = 0; i < rows; ++i) {
        one.figures.rows.items.push_back({.id = OrganisationId{100 + i},
                                          .name = fmt::format("第{}个名称很长的县级市教育局直属单位", i + 1),
                                          .total = 108'000,
                                          .certified = 1000 * i,
                                          .not_begun = 108'000 - 1000 * i,
                                          .on_time = i % 3 == 0 ? std::optional(true) : std::nullopt});
    }
    one.figures.definitions = {{"total", "应认证：名册中在册的人员数。", "To certify."}};
    one.rows = one.figures.rows.items;
    one.shown = show(usual_wording(), one.figures, Language::zh_cn);
    return one;
}

TEST(Pdf, SaysEverythingOnAsManyPagesAsItTakesWithItsFontsInIt) {
    const testing::TemporaryFolder folder;
    const auto file = folder.file("a.pdf");
    std::ofstream(file, std::ios::binary) << pdf_of(document(100));
    const auto text = without_blanks(run("pdftotext -layout " + file + " -"));
    for (const auto* word : {"江苏省教育卡通报",
                             "苏教卡通报〔2026〕3号",
                             "第2版（更正）：漏计",
                             "关于江苏省教育卡认证进度的通报",
                             "第100个名称很长的县级市教育局直属单位",
                             "合计",
                             "10800000",
                             "74.0%",
                             "按机构代码排列",
                             "指标说明",
                             "—2—"}) {
        EXPECT_THAT(text, HasSubstr(without_blanks(word)));
    }
    std::size_t heads = 0;
    for (auto at = text.find("逾期未"); at != std::string::npos; at = text.find("逾期未", at + 1)) {
        ++heads;
    }
    EXPECT_GE(heads, 3U) << "the head of the table is repeated";
    const auto fonts = run("pdffonts " + file + " | tail -n +3");
    EXPECT_THAT(fonts, HasSubstr("NotoSerifCJK"));
    EXPECT_THAT(run("pdffonts " + file + " | tail -n +3 | grep -vc 'yes yes yes' || true"), HasSubstr("0"));
    const auto facts = run("pdfinfo " + file);
    for (const auto* fact : {"Title:           关于江苏省教育卡认证进度的通报",
                             "Author:          江苏省",
                             "Tagged:          yes",
                             "A4"}) {
        EXPECT_THAT(facts, HasSubstr(fact));
    }
    EXPECT_LT(std::filesystem::file_size(file), 600'000U) << "only the characters that are used";
}

TEST(Pdf, NoLineBeginsWithPunctuation) {
    auto one = document(1);
    one.shown.paragraphs = {};
    for (int i = 0; i < 30; ++i) {
        one.shown.paragraphs.push_back(
            std::string(static_cast<std::size_t>(i), 'a') +
            "各设区市、省直管县（市）教育局，请认真核对，及时整改，确保按期完成认证工作；逾期未完成的，予以说"
            "明。各学校、各班级，都要对照名册，逐一核对，不漏一人。");
    }
    const testing::TemporaryFolder folder;
    const auto file = folder.file("a.pdf");
    std::ofstream(file, std::ios::binary) << pdf_of(one);
    const auto text = run("pdftotext -layout " + file + " - | sed 's/^ *//'");
    for (const auto* mark : {"\n，", "\n。", "\n、", "\n；", "\n）"}) {
        EXPECT_THAT(text, Not(HasSubstr(mark)));
    }
    EXPECT_THAT(text, Not(HasSubstr("（\n")));
}

TEST(Workbook, IsASpreadsheetInBothLanguages) {
    for (const auto language : {Language::zh_cn, Language::en}) {
        auto one = document(20);
        one.language = language;
        const auto file = workbook_of(one);
        EXPECT_THAT(file.substr(0, 2), "PK");
    }
}

}  // namespace
}  // namespace educard::bulletins
