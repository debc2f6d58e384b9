#pragma once
// Inside of the module: audiences as the number that the table has.

#include "modules/questions/questions.hpp"

namespace educard::questions {

inline constexpr Audience kAudiences[] = {
    Audience::student, Audience::guardian, Audience::teacher, Audience::staff, Audience::administrator};

constexpr std::int64_t bit_of(Audience audience) {
    return std::int64_t{1} << static_cast<int>(audience);
}

constexpr std::int64_t kEveryAudience = (std::int64_t{1} << std::size(kAudiences)) - 1;

inline std::int64_t bits_of(const std::vector<Audience>& audiences) {
    std::int64_t bits = 0;
    for (const auto audience : audiences) {
        bits |= bit_of(audience);
    }
    return bits;
}

inline std::vector<Audience> audiences_of(std::int64_t bits) {
    std::vector<Audience> audiences;
    for (const auto audience : kAudiences) {
        if ((bits & bit_of(audience)) != 0) {
            audiences.push_back(audience);
        }
    }
    return audiences;
}

}  // namespace educard::questions
