#pragma once
// An order with the organisations that it names, looked up and allowed.

#include "modules/restructuring/restructuring.hpp"

#include <set>
#include <string_view>

namespace educard::restructuring {

struct Restructuring::Plan {
    Act act{};
    std::vector<Organisation> sources;
    std::optional<Organisation> into;
    std::optional<Founded> founded;
    std::vector<Organisation> units;  // that go elsewhere
    std::string name;                 // the new one, of rename
    organisations::Leaving leaving;   // whose names are free by then
    std::vector<accounts::AppointmentId> offices;
    Date day{};
    bool later = false;
    std::vector<Blocker> blockers;

    bool is_of_schools() const {
        return act == Act::move_classes ||
               (!sources.empty() && sources.front().kind == organisations::Kind::school);
    }
};

/// The caller's office by which they may act at `path`: the highest. Throws forbidden "scope.outside".
const Grant& office_for(const Caller& caller, std::string_view path);
/// The message key of a refusal: that of its first field, where it has any.
std::string code_of(const Error& error);
/// A value that its text quotes; empty when it has none of that name.
std::string parameter_of(const Error& error, std::string_view name);
/// Where the order is listed: the first organisation that it names.
OrganisationId first_of(const Order& order);

/// The class numbers that are taken at the school that receives.
class Restructuring::Numbers {
public:
    static constexpr int kMost = 99;

    void take(organisations::Stage stage, int entry_year, int number) {
        taken_.insert({stage, entry_year, number});
    }
    /// The wished one when it is free, else the lowest that is; taken from now on. Nothing when none is left.
    std::optional<int> find(const Organisation& one) {
        const auto stage = one.stage.value_or(organisations::Stage::primary);
        const int year = one.entry_year.value_or(0);
        int number = one.class_number.value_or(1);
        if (taken_.contains({stage, year, number})) {
            for (number = 1; number <= kMost && taken_.contains({stage, year, number});) {
                ++number;
            }
        }
        if (number > kMost) {
            return std::nullopt;
        }
        take(stage, year, number);
        return number;
    }

private:
    std::set<std::tuple<organisations::Stage, int, int>> taken_;
};

}  // namespace educard::restructuring
