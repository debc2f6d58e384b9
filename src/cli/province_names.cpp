#include "cli/province_names.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace educard::cli {

namespace {

using namespace std::string_view_literals;

struct Family {
    std::string_view name;
    int share;  // of 10,000 people
};
constexpr std::array kFamilies = {
    Family{"王"sv, 745}, Family{"李"sv, 520}, Family{"张"sv, 660}, Family{"刘"sv, 480}, Family{"陈"sv, 520},
    Family{"杨"sv, 290}, Family{"黄"sv, 170}, Family{"赵"sv, 215}, Family{"吴"sv, 265}, Family{"周"sv, 320},
    Family{"徐"sv, 340}, Family{"孙"sv, 240}, Family{"马"sv, 110}, Family{"朱"sv, 265}, Family{"胡"sv, 135},
    Family{"郭"sv, 85},  Family{"何"sv, 80},  Family{"林"sv, 70},  Family{"高"sv, 120}, Family{"罗"sv, 45},
    Family{"郑"sv, 75},  Family{"梁"sv, 50},  Family{"谢"sv, 60},  Family{"宋"sv, 75},  Family{"唐"sv, 80},
    Family{"许"sv, 110}, Family{"韩"sv, 70},  Family{"冯"sv, 60},  Family{"邓"sv, 40},  Family{"曹"sv, 95},
    Family{"彭"sv, 40},  Family{"曾"sv, 25},  Family{"肖"sv, 45},  Family{"田"sv, 40},  Family{"董"sv, 60},
    Family{"袁"sv, 65},  Family{"潘"sv, 75},  Family{"于"sv, 55},  Family{"蒋"sv, 105}, Family{"蔡"sv, 75},
    Family{"余"sv, 35},  Family{"杜"sv, 50},  Family{"叶"sv, 55},  Family{"程"sv, 55},  Family{"苏"sv, 35},
    Family{"魏"sv, 60},  Family{"吕"sv, 50},  Family{"丁"sv, 90},  Family{"任"sv, 45},  Family{"沈"sv, 120},
    Family{"姚"sv, 60},  Family{"卢"sv, 30},  Family{"姜"sv, 55},  Family{"崔"sv, 35},  Family{"钟"sv, 20},
    Family{"谭"sv, 15},  Family{"陆"sv, 105}, Family{"汪"sv, 40},  Family{"范"sv, 50},  Family{"金"sv, 55},
    Family{"石"sv, 35},  Family{"廖"sv, 10},  Family{"贾"sv, 25},  Family{"夏"sv, 60},  Family{"韦"sv, 15},
    Family{"付"sv, 25},  Family{"方"sv, 35},  Family{"白"sv, 15},  Family{"邹"sv, 30},  Family{"孟"sv, 35},
    Family{"熊"sv, 15},  Family{"秦"sv, 45},  Family{"邱"sv, 25},  Family{"江"sv, 30},  Family{"尹"sv, 20},
    Family{"薛"sv, 40},  Family{"闫"sv, 15},  Family{"段"sv, 15},  Family{"雷"sv, 10},  Family{"侯"sv, 20},
    Family{"龙"sv, 8},   Family{"史"sv, 35},  Family{"陶"sv, 40},  Family{"黎"sv, 6},   Family{"贺"sv, 15},
    Family{"顾"sv, 115}, Family{"毛"sv, 25},  Family{"郝"sv, 12},  Family{"龚"sv, 35},  Family{"邵"sv, 45},
    Family{"万"sv, 20},  Family{"钱"sv, 75},  Family{"严"sv, 45},  Family{"覃"sv, 4},   Family{"武"sv, 20},
    Family{"戴"sv, 50},  Family{"莫"sv, 8},   Family{"孔"sv, 15},  Family{"向"sv, 6},   Family{"汤"sv, 35},
    Family{"常"sv, 12},  Family{"温"sv, 6},   Family{"康"sv, 8},   Family{"施"sv, 55},  Family{"文"sv, 8},
    Family{"牛"sv, 12},  Family{"樊"sv, 10},  Family{"葛"sv, 35},  Family{"邢"sv, 12},  Family{"安"sv, 6},
    Family{"齐"sv, 6},   Family{"庄"sv, 20},  Family{"卞"sv, 25},  Family{"仇"sv, 15},  Family{"祁"sv, 10},
    Family{"嵇"sv, 8},   Family{"臧"sv, 8},   Family{"冒"sv, 3},   Family{"欧阳"sv, 9}, Family{"司马"sv, 2},
    Family{"上官"sv, 2}, Family{"诸葛"sv, 2}, Family{"皇甫"sv, 1}, Family{"尉迟"sv, 1}, Family{"单"sv, 12},
    Family{"解"sv, 6},   Family{"仲"sv, 8},   Family{"查"sv, 4},   Family{"乐"sv, 2},   Family{"逄"sv, 1},
    Family{"亓官"sv, 1}, Family{"郇"sv, 1},   Family{"缪"sv, 14},  Family{"宗"sv, 8},   Family{"房"sv, 8}};

constexpr int kAll = std::accumulate(
    kFamilies.begin(), kFamilies.end(), 0, [](int sum, const Family& family) { return sum + family.share; });

// Second and third characters of the fashion of each time, the commoner ones in front.
constexpr std::array kBoysNow = {"子"sv, "宇"sv, "浩"sv, "梓"sv, "俊"sv, "泽"sv, "轩"sv, "辰"sv, "睿"sv,
                                 "博"sv, "涵"sv, "一"sv, "沐"sv, "奕"sv, "嘉"sv, "铭"sv, "皓"sv, "然"sv,
                                 "佳"sv, "晨"sv, "文"sv, "昊"sv, "霖"sv, "瑞"sv, "煜"sv, "思"sv, "远"sv,
                                 "景"sv, "航"sv, "天"sv, "恒"sv, "逸"sv, "承"sv, "懿"sv, "翊"sv, "珩"sv};
constexpr std::array kGirlsNow = {"欣"sv, "怡"sv, "梓"sv, "涵"sv, "诗"sv, "雨"sv, "子"sv, "萱"sv, "桐"sv,
                                  "可"sv, "语"sv, "馨"sv, "若"sv, "溪"sv, "思"sv, "妍"sv, "婉"sv, "清"sv,
                                  "书"sv, "瑶"sv, "一"sv, "诺"sv, "静"sv, "姝"sv, "佳"sv, "琪"sv, "依"sv,
                                  "晨"sv, "芷"sv, "悦"sv, "沐"sv, "月"sv, "安"sv, "琳"sv, "玥"sv, "彤"sv};
constexpr std::array kMen = {"伟"sv, "建"sv, "国"sv, "军"sv, "明"sv, "华"sv, "志"sv, "强"sv, "勇"sv, "海"sv,
                             "峰"sv, "平"sv, "文"sv, "斌"sv, "林"sv, "俊"sv, "东"sv, "波"sv, "亮"sv, "超"sv,
                             "杰"sv, "刚"sv, "鹏"sv, "晓"sv, "永"sv, "春"sv, "庆"sv, "德"sv, "飞"sv, "磊"sv};
constexpr std::array kWomen = {"丽"sv, "芳"sv, "敏"sv, "静"sv, "秀"sv, "娟"sv, "英"sv, "华"sv,
                               "玉"sv, "红"sv, "燕"sv, "梅"sv, "霞"sv, "萍"sv, "玲"sv, "艳"sv,
                               "晓"sv, "小"sv, "慧"sv, "云"sv, "兰"sv, "莉"sv, "娜"sv, "倩"sv,
                               "洁"sv, "婷"sv, "雪"sv, "琴"sv, "颖"sv, "春"sv};
// Characters outside the common fonts and tables, and names that are not of Han form.
constexpr std::array kRare = {
    "𬭊"sv, "㛃"sv, "䶮"sv, "𣲗"sv, "堃"sv, "喆"sv, "犇"sv, "翀"sv, "玚"sv, "昇"sv, "頔"sv, "𬍤"sv};
constexpr std::array kDotted = {"阿依古丽·买买提"sv,
                                "买买提·吐尔逊"sv,
                                "古丽娜尔·艾合买提"sv,
                                "迪丽热巴·阿不都"sv,
                                "扎西·次仁"sv,
                                "艾力·库尔班"sv,
                                "热依汗·玉素甫"sv,
                                "努尔兰·叶尔肯"sv};
constexpr int kFashionChanged = 1996;

/// Those in front more often.
template <std::size_t N>
std::string_view pick(Chance& chance, const std::array<std::string_view, N>& list) {
    return list[std::min(chance.below(N), chance.below(N))];
}

std::string_view character(Chance& chance, Sex sex, bool now) {
    if (now) {
        return sex == Sex::male ? pick(chance, kBoysNow) : pick(chance, kGirlsNow);
    }
    return sex == Sex::male ? pick(chance, kMen) : pick(chance, kWomen);
}

}  // namespace

std::string_view family_name(Chance& chance) {
    auto left = static_cast<int>(chance.below(kAll));
    for (const auto& family : kFamilies) {
        left -= family.share;
        if (left < 0) {
            return family.name;
        }
    }
    return kFamilies.front().name;
}

std::string full_name(Chance& chance, std::string_view family, Sex sex, int birth_year) {
    const auto kind = chance.below(4'000);
    if (kind < 2) {
        return std::string(chance.one_of(kDotted));
    }
    const bool now = birth_year >= kFashionChanged;
    std::string name(family);
    name += character(chance, sex, now);
    if (kind < 6) {
        name += chance.one_of(kRare);
    } else if (!chance.is(now ? 0.13 : 0.3)) {  // a given name of two characters
        name += character(chance, sex, now);
    }
    return name;
}

}  // namespace educard::cli
