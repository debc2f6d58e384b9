// The classes of a new school year, all at once.

#include "base/error.hpp"
#include "modules/restructuring/restructuring.hpp"

#include <algorithm>

namespace educard::restructuring {

namespace {

constexpr int kMostClasses = 60;  // of one stage

}  // namespace

YearClasses Restructuring::preview_year(sql::Tx& tx, const Caller& caller, const YearOrder& order) const {
    using organisations::Stage;
    const auto school = parts_.organisations.get(tx, order.school_id);
    if (!may_administer(caller, school.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    std::vector<FieldError> errors;
    if (school.kind != organisations::Kind::school) {
        errors.push_back({"school_id", "organisations.no_school"});
    }
    if (school.valid_to) {
        errors.push_back({"school_id", "organisations.closed"});
    }
    const int now = organisations::school_year_of(parts_.organisations.today());
    if (order.entry_year < now - 12 || order.entry_year > now + 1) {
        errors.push_back({"entry_year", "restructuring.entry_year"});
    }
    if (order.stages.empty()) {
        errors.push_back({"stages", "required"});
    }
    for (std::size_t index = 0; index < order.stages.size(); ++index) {
        const auto& one = order.stages[index];
        const auto path = "stages[" + std::to_string(index) + "]";
        if (school.school_kind && !organisations::may_teach(*school.school_kind, one.stage)) {
            errors.push_back({path + ".stage", "organisations.stage_not_taught"});
        }
        if (one.classes < 1 || one.classes > kMostClasses) {
            errors.push_back({path + ".classes", "restructuring.class_count"});
        }
        if (std::ranges::count(order.stages, one.stage, &StageClasses::stage) > 1) {
            errors.push_back({path + ".stage", "restructuring.twice"});
        }
    }
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    YearClasses year;
    const auto first_day =
        Date(std::chrono::year(order.entry_year), std::chrono::September, std::chrono::day(1));
    for (const auto& one : order.stages) {
        for (int number = 1; number <= one.classes; ++number) {
            const auto known = parts_.organisations.find_class(
                tx, school.id, {.stage = one.stage, .entry_year = order.entry_year, .number = number});
            year.classes.push_back(
                {.stage = one.stage,
                 .class_number = number,
                 .name = organisations::class_name(one.stage, order.entry_year, number, first_day),
                 .id = known ? std::optional(known->id) : std::nullopt,
                 .is_new = !known});
            year.fresh += known ? 0 : 1;
        }
    }
    return year;
}

YearClasses Restructuring::found_year(sql::Tx& tx, const Caller& caller, const YearOrder& order) const {
    auto year = preview_year(tx, caller, order);
    const auto school = parts_.organisations.get(tx, order.school_id);
    for (auto& one : year.classes) {
        if (!one.is_new) {
            continue;
        }
        organisations::Draft draft;
        draft.parent_id = school.id;
        draft.kind = organisations::Kind::class_;
        draft.stage = one.stage;
        draft.entry_year = order.entry_year;
        draft.class_number = one.class_number;
        one.id = parts_.organisations.create_below(tx, caller, school, draft).id;
    }
    return year;
}

}  // namespace educard::restructuring
