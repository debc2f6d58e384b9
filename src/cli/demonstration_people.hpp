#pragma once
// People who do not exist, for the demonstration province: the same ones at every run. Their ID numbers check
// (GB 11643-1999).

#include "base/time.hpp"
#include "cli/chance.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace educard::cli {

/// The last character of an ID number, of the seventeen digits before it.
char check_character(std::string_view body);

struct DemonstrationPerson {
    std::string name;
    Date birth_date{};
    std::string gender;  // 男 or 女, as rosters write it
    std::string id_number;
    std::string phone;
    std::string guardian_name;
    std::string guardian_phone;
};

class DemonstrationPeople {
public:
    explicit DemonstrationPeople(std::uint64_t seed) : chance_(seed) {}

    /// Somebody born in that year in that division; the first 3,000 people of an object have different ID
    /// numbers.
    DemonstrationPerson next(int birth_year, std::string_view division);

private:
    std::string phone();

    Chance chance_;
    unsigned made_ = 0;
};

}  // namespace educard::cli
