#pragma once
// What a made-up province of so many people looks like before anybody is in it: which schools of which kind
// stand in which county, how large their years and classes are, and which birth numbers each may give to its
// people so that no two of the province have the same ID number. Small: some hundred octets for each year of
// a school.

#include "modules/organisations/organisations.hpp"
#include "sql/sql.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace educard::cli {

/// Pupils of one year of one school. Birth numbers count within a division and cohort (people born from 1
/// September on).
struct YearPlan {
    organisations::Stage stage{};
    int grade = 1;
    int pupils = 0;
    int classes = 1;
    std::int64_t first_birth_number = 0;  // of those who came to school when they should
    std::int64_t first_late_number = 0;   // of those who came a year late
};

struct SchoolPlan {
    organisations::Organisation parent;
    std::string division;  // six digits, of most of its people's ID numbers
    std::string name;
    std::string code;
    organisations::SchoolKind kind{};
    std::vector<YearPlan> years;
    int teachers = 0;
    int staff = 0;
    std::int64_t first_person = 0;          // of the province, counted through
    std::int64_t first_employee = 0;        // birth number of its teachers and staff within the division
    std::int64_t first_from_elsewhere = 0;  // of those with an ID number of another province, counted through

    int pupils() const;
    int people() const { return pupils() + teachers + staff; }
};

/// Every twenty-fifth pupil came to school a year late, every twelfth person's ID number is of another
/// province.
constexpr int kLateEvery = 25;
constexpr int kFromElsewhereEvery = 12;

struct ProvincePlan {
    std::vector<organisations::Organisation>
        offices;  // province, cities, counties and units: each has an administrator
    std::vector<SchoolPlan> schools;
    std::int64_t people = 0;
};

/// 7,200 schools for 10.8 million people, at least six, in the open counties of the tree.
ProvincePlan plan_province(sql::Tx& tx,
                           const organisations::Organisations& organisations,
                           std::int64_t people,
                           std::uint64_t seed);

}  // namespace educard::cli
