#pragma once
// Pupils for figures: one for each index, with a national ID number that passes its check (GB 11643).

#include "base/time.hpp"

#include <array>
#include <chrono>
#include <fmt/format.h>
#include <string>
#include <string_view>

namespace educard::bench {

struct Pupil {
    std::string number;
    std::string phone;
    Date birth_date{};
    bool male = false;
};

inline Pupil pupil(int index) {
    using namespace std::chrono;
    const year_month_day birth(sys_days(year(2012) / 9 / 1) + days(index % 1000));
    auto head = fmt::format("320106{:04}{:02}{:02}{:03}",
                            static_cast<int>(birth.year()),
                            static_cast<unsigned>(birth.month()),
                            static_cast<unsigned>(birth.day()),
                            index / 1000);
    constexpr std::array kWeights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (std::size_t i = 0; i < head.size(); ++i) {
        sum += (head[i] - '0') * kWeights.at(i);
    }
    constexpr std::string_view kChecks = "10X98765432";
    head += kChecks[static_cast<std::size_t>(sum % 11)];
    return {.number = head,
            .phone = fmt::format("{}", 13800000000 + index),
            .birth_date = birth,
            .male = (index / 1000) % 2 == 1};
}

}  // namespace educard::bench
