#include "cli/demonstration_people.hpp"

#include <array>
#include <fmt/format.h>

namespace educard::cli {

namespace {

using namespace std::string_view_literals;

// Family names by their share in Jiangsu, roughly: those in front are taken more often.
constexpr std::array kFamilyNames = {"王"sv, "张"sv, "李"sv, "陈"sv, "刘"sv, "周"sv, "徐"sv, "朱"sv,
                                     "吴"sv, "孙"sv, "杨"sv, "赵"sv, "顾"sv, "陆"sv, "沈"sv, "钱"sv,
                                     "蒋"sv, "许"sv, "曹"sv, "袁"sv, "马"sv, "丁"sv, "薛"sv, "欧阳"sv};
constexpr std::array kGirls = {"欣怡"sv,
                               "子涵"sv,
                               "雨桐"sv,
                               "梓萱"sv,
                               "诗涵"sv,
                               "可馨"sv,
                               "静姝"sv,
                               "若溪"sv,
                               "婉清"sv,
                               "书瑶"sv,
                               "一诺"sv,
                               "思妍"sv};
constexpr std::array kBoys = {"浩然"sv,
                              "宇轩"sv,
                              "子轩"sv,
                              "梓睿"sv,
                              "俊杰"sv,
                              "明哲"sv,
                              "思远"sv,
                              "嘉懿"sv,
                              "天佑"sv,
                              "亦辰"sv,
                              "博文"sv,
                              "景行"sv};
// Names that break weaker systems (G4); every sixtieth person bears one.
constexpr std::array kUncommon = {"欧阳𬭊"sv, "王㛃"sv, "䶮小满"sv, "阿依古丽·买买提"sv, "司徒静怡"sv};

template <class List>
auto pick(const List& list, std::uint64_t random) {
    return list[random % list.size()];
}

}  // namespace

char check_character(std::string_view body) {
    constexpr std::array kWeights = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (std::size_t at = 0; at < kWeights.size(); ++at) {
        sum += kWeights[at] * (body[at] - '0');
    }
    return "10X98765432"[sum % 11];
}

std::string DemonstrationPeople::phone() {
    constexpr std::array kPrefixes = {"138"sv, "139"sv, "151"sv, "158"sv, "177"sv, "189"sv};
    return fmt::format("{}{:08}", pick(kPrefixes, chance_.next()), chance_.next() % 100'000'000);
}

DemonstrationPerson DemonstrationPeople::next(int birth_year, std::string_view division) {
    ++made_;
    const bool girl = made_ % 2 == 0;
    // Sequence and day together make each number its own: the sequence goes round after a thousand people,
    // and each round has days of its own.
    const auto days = static_cast<int>(chance_.next() % 120 * 3 + made_ / 1000 % 3);
    const auto birth = std::chrono::sys_days(std::chrono::year(birth_year) / 1 / 1) + std::chrono::days(days);
    const unsigned sequence = made_ % 1000 / 2 * 2 + (girl ? 0 : 1);
    DemonstrationPerson person;
    person.birth_date = Date(birth);
    person.gender = girl ? "女" : "男";
    const auto family =
        pick(kFamilyNames, chance_.next() % kFamilyNames.size() * (chance_.next() % 4 + 1) / 4);
    person.name =
        made_ % 60 == 0
            ? std::string(kUncommon[made_ / 60 % kUncommon.size()])
            : fmt::format("{}{}", family, girl ? pick(kGirls, chance_.next()) : pick(kBoys, chance_.next()));
    person.id_number = fmt::format("{}{:04}{:02}{:02}{:03}",
                                   division,
                                   birth_year,
                                   static_cast<unsigned>(person.birth_date.month()),
                                   static_cast<unsigned>(person.birth_date.day()),
                                   sequence);
    person.id_number += check_character(person.id_number);
    person.phone = phone();
    person.guardian_name = fmt::format("{}{}", family, pick(girl ? kBoys : kGirls, chance_.next()));
    person.guardian_phone = phone();
    return person;
}

}  // namespace educard::cli
