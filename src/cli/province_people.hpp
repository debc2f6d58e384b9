#pragma once
// People of a made-up province: each one's name, birth and ID number (GB 11643-1999) follow from the plan,
// the seed and their place in the school, so that schools can be peopled in any order by many threads. Pure;
// any thread.

#include "base/time.hpp"
#include "cli/chance.hpp"
#include "cli/province_names.hpp"
#include "cli/province_plan.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace educard::cli {

struct MadePerson {
    std::string name;
    std::string_view family;
    Sex sex{};
    Date birth_date{};
    std::string id_number;
};

class SchoolPeople {
public:
    /// Both live as long as this. `school_year` began on its 1 September.
    SchoolPeople(const SchoolPlan& plan, Chance& chance, int school_year);

    /// The `index`th pupil of a year.
    MadePerson pupil(const YearPlan& year, int index);
    /// The `index`th of teachers, then staff.
    MadePerson employee(int index);

private:
    struct Birth {
        int cohort = 0;
        std::int64_t number = 0;
        bool late = false;
    };
    MadePerson make(const Birth& birth);

    const SchoolPlan& plan_;
    Chance& chance_;
    int school_year_;
    std::int64_t made_ = 0;
    std::int64_t from_elsewhere_;
};

/// A mobile number.
std::string made_phone(Chance& chance);

}  // namespace educard::cli
