#include "modules/bulletins/wording.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace educard::bulletins {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

FigureRow row(std::int64_t id, std::string name, std::int64_t certified, std::int64_t total) {
    return {.id = OrganisationId{id},
            .name = std::move(name),
            .total = total,
            .certified = certified,
            .not_begun = total - certified,
            .complete = total > 0 && certified == total};
}

Figures figures(std::vector<FigureRow> rows) {
    Figures found{.day = parse_date("2026-11-27").value(),
                  .as_of = parse_time("2026-11-27T16:05:00Z").value(),
                  .organisation = row(1, "玄武区", 0, 0)};
    for (const auto& one : rows) {
        found.organisation.total += one.total;
        found.organisation.certified += one.certified;
        found.organisation.not_begun += one.not_begun;
    }
    found.rows.items = std::move(rows);
    return found;
}

std::vector<std::string> faults(const std::string& body, const Wording* before = nullptr) {
    auto wording = usual_wording();
    wording.zh_cn.body.value = body;
    std::vector<std::string> found;
    for (const auto& fault : faults_of(wording, "wording", before)) {
        found.push_back(fault.path + " " + fault.code);
    }
    return found;
}

TEST(Wording, IsFilledFromTheFiguresInBothLanguages) {
    const auto counted = figures({row(2, "一校", 1842, 2000), row(3, "二校", 5, 5)});
    const auto chinese = show(usual_wording(), counted, Language::zh_cn);
    EXPECT_EQ(chinese.title, "关于玄武区教育卡认证进度的通报");
    EXPECT_THAT(chinese.paragraphs.at(0),
                HasSubstr("截至2026年11月27日，玄武区应认证人员2005人，已认证1847人，认证率为92.1%"));
    EXPECT_THAT(chinese.paragraphs.at(1), HasSubstr("2个单位中，1个已全部完成认证"));
    const auto english = show(usual_wording(), counted, Language::en);
    EXPECT_THAT(english.paragraphs.at(0),
                HasSubstr("had 2,005 people to certify. 1,847 were certified, a rate of 92.1%"));
}

TEST(Wording, LiveFiguresSayTheMinuteInChina) {
    auto counted = figures({row(2, "一校", 1, 2)});
    counted.live = true;
    EXPECT_EQ(fill("{as_of}", values_of(counted, Language::zh_cn)), "2026年11月27日00:05");
}

TEST(Wording, EveryPlaceholderHasAValue) {
    const auto values = values_of(figures({}), Language::en);
    std::vector<std::string> names;
    for (const auto& [name, value] : values) {
        names.push_back(name);
    }
    EXPECT_EQ(names, placeholders());
}

TEST(Wording, NobodyTypesANumber) {
    for (const auto* body : {"已认证 99%",
                             "共120人",
                             "还差 3 所学校",
                             "About 5 schools",
                             "提高2.5个百分点",
                             "98.5％",
                             "已认证 500 余名学生",
                             "认证率达百分之九十九",
                             "五百人",
                             "两千余人",
                             "共有十三所学校",
                             "已达九成",
                             "完成率 99.5",
                             "认证率为98",
                             "共500",
                             "①②③所",
                             "三分之二的学校",
                             "Ninety-nine per cent are certified.",
                             "half per cent",
                             "合计 12"}) {
        EXPECT_THAT(faults(body), ElementsAre("wording.zh_cn.body bulletins.typed_figure")) << body;
    }
    for (const auto* body : {"请于2026年12月1日前完成。",
                             "依据苏教电〔2014〕5号文件，{certified}人。",
                             "咨询电话025-83335555。",
                             "每所学校确定一名联系人，三个工作日内报送。",
                             "各市成立工作专班，第九成员单位参加。",
                             "第一阶段于十二月一日结束，联系人二十四小时值守。",
                             "One contact person for each school; ten working days."}) {
        EXPECT_THAT(faults(body), IsEmpty()) << body;
    }
}

TEST(Wording, PlaceholdersStayAndOthersAreRefused) {
    const auto usual = usual_wording();
    EXPECT_THAT(faults("换一种说法。", &usual),
                ElementsAre("wording.zh_cn.body bulletins.placeholder_missing"));
    EXPECT_THAT(faults("{certified"), ElementsAre("wording.zh_cn.body bulletins.placeholder_unknown"));
    EXPECT_THAT(faults("certified}"), ElementsAre("wording.zh_cn.body bulletins.placeholder_unknown"));
    EXPECT_THAT(faults("{}"), ElementsAre("wording.zh_cn.body bulletins.placeholder_unknown"));
    EXPECT_THAT(faults(" \n"), ElementsAre("wording.zh_cn.body required"));
    EXPECT_THAT(faults(usual.zh_cn.body.value + "\n补充说明。", &usual), IsEmpty());
}

TEST(Numbers, FollowThePatternOfTheOrganisation) {
    EXPECT_EQ(number_text("苏教卡通报〔{year}〕{number}号", "江苏省", 2026, 3), "苏教卡通报〔2026〕3号");
    EXPECT_TRUE(is_pattern("{organisation}-{year}-{number}"));
    for (const auto* wrong :
         {"{number}", "{year}", "{year}{number}{best}", "{year}{number", "{year}{number}\n"}) {
        EXPECT_FALSE(is_pattern(wrong)) << wrong;
    }
}

TEST(Figures, AreRoundedDownAndRankedOnlyByRate) {
    EXPECT_EQ(percent_text(rate_of(row(1, "", 9999, 10000))), "99.9%");
    EXPECT_EQ(percent_text(rate_of(row(1, "", 4, 4))), "100.0%");
    EXPECT_EQ(percent_text(rate_of(row(1, "", 0, 0))), "—");
    const auto ranked =
        by_rate({row(1, "none", 0, 0), row(2, "half", 1, 2), row(3, "all", 3, 3), row(4, "also half", 2, 4)});
    std::vector<std::string> names;
    for (const auto& one : ranked) {
        names.push_back(one.name);
    }
    EXPECT_THAT(names, ElementsAre("all", "half", "also half", "none"));
}

TEST(Difference, NamesEveryCellThatChangedAndRowsThatCameOrWent) {
    const auto before = figures({row(2, "一校", 1, 4), row(3, "二校", 2, 2)});
    const auto after = figures({row(2, "一校", 2, 4), row(4, "三校", 1, 1)});
    std::vector<std::string> said;
    for (const auto& cell : difference(before, after)) {
        const auto text = [](std::optional<std::int64_t> value) {
            return value ? std::to_string(*value) : "-";
        };
        said.push_back(cell.name + " " + json::Codec<Column>::print(cell.column) + " " + text(cell.before) +
                       " " + text(cell.after));
    }
    EXPECT_THAT(said,
                ::testing::IsSupersetOf({"一校 certified 1 2",
                                         "一校 not_begun 3 2",
                                         "三校 total - 1",
                                         "二校 certified 2 -",
                                         "玄武区 total 6 5",
                                         "玄武区 not_begun 3 2"}));
    EXPECT_THAT(difference(before, before), IsEmpty());
}

TEST(Figures, SurviveBeingKept) {
    const auto before = figures({row(2, "一校", 1, 4)});
    EXPECT_EQ(json::decode<Figures>(json::encode(before)), before);
}

}  // namespace
}  // namespace educard::bulletins
