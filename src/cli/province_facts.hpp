#pragma once
// What the schools of a province like Jiangsu are like, roughly: kinds and their number and size, how schools
// are called, where people live. Plausible, not statistics. Constants only.

#include "modules/organisations/organisations.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace educard::cli {

/// Of everybody in a demonstration, as the page for signing in says.
inline constexpr std::string_view kDemonstrationPassword = "jiaoyuka-demo";

struct StageSize {
    organisations::Stage stage;
    int pupils;
};

/// How many of 7,200 schools are of a kind, and the pupils of an average one.
struct KindFact {
    organisations::SchoolKind kind;
    int schools;
    std::array<StageSize, 3> stages;
    std::string_view ending;
};
inline constexpr std::array kKinds = {
    KindFact{organisations::SchoolKind::primary, 3'790, {{{organisations::Stage::primary, 1'500}}}, "小学"},
    KindFact{organisations::SchoolKind::junior, 1'230, {{{organisations::Stage::junior, 1'080}}}, "初级中学"},
    KindFact{organisations::SchoolKind::senior, 500, {{{organisations::Stage::senior, 1'950}}}, "高级中学"},
    KindFact{organisations::SchoolKind::nine_year,
             960,
             {{{organisations::Stage::primary, 900}, {organisations::Stage::junior, 520}}},
             "九年一贯制学校"},
    KindFact{organisations::SchoolKind::technical,
             150,
             {{{organisations::Stage::vocational, 2'500}}},
             "中等专业学校"},
    KindFact{organisations::SchoolKind::intellectual,
             60,
             {{{organisations::Stage::special, 150}}},
             "特殊教育学校"},
    KindFact{organisations::SchoolKind::primary_branch,
             240,
             {{{organisations::Stage::primary, 110}}},
             "小学教学点"},
    KindFact{organisations::SchoolKind::complete,
             110,
             {{{organisations::Stage::junior, 500}, {organisations::Stage::senior, 1'200}}},
             "中学"},
    KindFact{organisations::SchoolKind::twelve_year,
             60,
             {{{organisations::Stage::primary, 700},
               {organisations::Stage::junior, 450},
               {organisations::Stage::senior, 450}}},
             "学校"},
    KindFact{organisations::SchoolKind::vocational_senior,
             60,
             {{{organisations::Stage::vocational, 1'700}}},
             "职业高级中学"},
    KindFact{
        organisations::SchoolKind::other_special, 30, {{{organisations::Stage::special, 120}}}, "培智学校"},
    KindFact{organisations::SchoolKind::deaf, 10, {{{organisations::Stage::special, 140}}}, "聋人学校"},
};

inline constexpr std::array<std::string_view, 50> kWords = {
    "实验",   "中心",   "育才",   "新华",   "人民路", "城北", "城南", "城东", "城西", "文昌",
    "解放路", "建设路", "青年路", "向阳",   "东风",   "红旗", "光明", "和平", "运河", "滨江",
    "湖滨",   "南湖",   "东湖",   "西园",   "北苑",   "金陵", "凤凰", "龙泉", "银杏", "梅园",
    "桃源",   "竹园",   "荷塘",   "芳草园", "阳光",   "星海", "翠屏", "玉兰", "府前", "学府",
    "崇文",   "明德",   "博雅",   "致远",   "行知",   "新城", "开元", "太平", "永宁", "平安"};

/// Residents of the cities in 10,000 (census of 2020), by division code.
inline constexpr std::array<std::pair<std::int64_t, double>, 13> kCities = {{{3201, 931},
                                                                             {3202, 746},
                                                                             {3203, 908},
                                                                             {3204, 528},
                                                                             {3205, 1'275},
                                                                             {3206, 773},
                                                                             {3207, 460},
                                                                             {3208, 456},
                                                                             {3209, 671},
                                                                             {3210, 456},
                                                                             {3211, 321},
                                                                             {3212, 451},
                                                                             {3213, 499}}};

}  // namespace educard::cli
