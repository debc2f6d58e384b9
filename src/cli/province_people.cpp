#include "cli/province_people.hpp"

#include "base/error.hpp"
#include "cli/demonstration_people.hpp"

#include <array>
#include <fmt/format.h>

namespace educard::cli {

namespace {

using namespace std::string_view_literals;

// Where people come from who have moved into the province; all of them are codes of GB/T 2260.
constexpr std::array kElsewhere = {
    "340104"sv, "340202"sv, "340304"sv, "340421"sv, "340521"sv, "340621"sv, "340822"sv, "341021"sv,
    "341122"sv, "341225"sv, "341226"sv, "341302"sv, "341321"sv, "341322"sv, "341521"sv, "341623"sv,
    "370102"sv, "370404"sv, "370481"sv, "370802"sv, "370829"sv, "371302"sv, "371327"sv, "371722"sv,
    "410102"sv, "410311"sv, "410928"sv, "411402"sv, "411425"sv, "411503"sv, "411622"sv, "411722"sv,
    "330102"sv, "330327"sv, "330402"sv, "330502"sv, "310104"sv, "310115"sv, "420102"sv, "421022"sv,
    "430102"sv, "430602"sv, "510104"sv, "511322"sv, "522422"sv, "530102"sv, "610102"sv, "620102"sv};

// A division has so many numbers for each day and sex: those who came late, and whoever is from elsewhere,
// have their own, for they share days of birth with others.
constexpr std::int64_t kDays = 365;
constexpr std::int64_t kNumbersOfMost = 400;  // 0 to 399
constexpr std::int64_t kNumbersOfLate = 100;  // 400 to 499
constexpr std::int64_t kStep = 7'919;  // a prime that divides neither product: neighbours are born far apart

constexpr int age_at_entry(organisations::Stage stage) {
    switch (stage) {
        case organisations::Stage::primary:
        case organisations::Stage::special:
            return 6;
        case organisations::Stage::junior:
            return 12;
        case organisations::Stage::senior:
        case organisations::Stage::vocational:
            return 15;
    }
    return 6;
}

}  // namespace

SchoolPeople::SchoolPeople(const SchoolPlan& plan, Chance& chance, int school_year)
    : plan_(plan), chance_(chance), school_year_(school_year), from_elsewhere_(plan.first_from_elsewhere) {}

MadePerson SchoolPeople::pupil(const YearPlan& year, int index) {
    const int cohort = school_year_ - year.grade - age_at_entry(year.stage);
    const bool late = index % kLateEvery == kLateEvery - 1;
    return make(
        {.cohort = late ? cohort - 1 : cohort,
         .number = late ? year.first_late_number + index / kLateEvery : year.first_birth_number + index,
         .late = late});
}

MadePerson SchoolPeople::employee(int index) {
    constexpr int kYoungest = 23;
    constexpr int kAges = 36;
    const int age = kYoungest + static_cast<int>((plan_.first_employee + index) * 7 % kAges);
    return make({.cohort = school_year_ - age - 1, .number = plan_.first_employee + index, .late = false});
}

MadePerson SchoolPeople::make(const Birth& birth) {
    const bool elsewhere = ++made_ % kFromElsewhereEvery == 0;
    const auto ordinal = elsewhere ? from_elsewhere_++ : 0;
    const auto homes = static_cast<std::int64_t>(kElsewhere.size());
    const auto numbers = birth.late ? kNumbersOfLate : kNumbersOfMost;
    const auto number = elsewhere ? ordinal / homes : birth.number;
    EDU_ASSERT(number < kDays * numbers);
    const auto slot = number * kStep % (kDays * numbers);
    const auto sequence = slot / kDays + (birth.late ? kNumbersOfMost : 0);
    const auto day =
        std::chrono::sys_days(std::chrono::year(birth.cohort) / 9 / 1) + std::chrono::days(slot % kDays);

    MadePerson person;
    person.sex = chance_.is(0.525) ? Sex::male : Sex::female;
    person.birth_date = Date(day);
    person.family = family_name(chance_);
    person.name = full_name(chance_, person.family, person.sex, static_cast<int>(person.birth_date.year()));
    person.id_number =
        fmt::format("{}{:04}{:02}{:02}{:03}",
                    elsewhere ? kElsewhere[static_cast<std::size_t>(ordinal % homes)] : plan_.division,
                    static_cast<int>(person.birth_date.year()),
                    static_cast<unsigned>(person.birth_date.month()),
                    static_cast<unsigned>(person.birth_date.day()),
                    sequence * 2 + (person.sex == Sex::male ? 1 : 0));
    person.id_number += check_character(person.id_number);
    return person;
}

std::string made_phone(Chance& chance) {
    constexpr std::array kPrefixes = {"134"sv,
                                      "135"sv,
                                      "136"sv,
                                      "137"sv,
                                      "138"sv,
                                      "139"sv,
                                      "150"sv,
                                      "151"sv,
                                      "152"sv,
                                      "158"sv,
                                      "159"sv,
                                      "177"sv,
                                      "180"sv,
                                      "181"sv,
                                      "189"sv,
                                      "199"sv};
    return fmt::format("{}{:08}", chance.one_of(kPrefixes), chance.below(100'000'000));
}

}  // namespace educard::cli
