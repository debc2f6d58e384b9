#include "modules/organisations/rules.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace educard::organisations {

namespace {

constexpr std::size_t kMaxName = 100;
constexpr int kMaxClassNumber = 99;

class Checks {
public:
    void require(bool holds, std::string path, std::string code) {
        if (!holds) {
            errors_.push_back(FieldError{.path = std::move(path), .code = std::move(code)});
        }
    }
    std::vector<FieldError> found() && { return std::move(errors_); }

private:
    std::vector<FieldError> errors_;
};

void check_name(Checks& checks, const std::string& name) {
    checks.require(!name.empty(), "name", "required");
    checks.require(count_characters(name) <= kMaxName, "name", "too_long");
}

void check_division_code(Checks& checks, const std::optional<std::string>& code) {
    const auto plain = [](char c) { return c >= '0' && c <= '9'; };
    checks.require(!code || (code->size() <= 12 && code->size() >= 2 && std::ranges::all_of(*code, plain)),
                   "division_code",
                   "value");
}

void check_school(Checks& checks, const Organisation& school) {
    checks.require(school.school_kind.has_value(), "school_kind", "required");
    checks.require(school.school_code.has_value(), "school_code", "required");
    if (school.school_code && !is_school_code(*school.school_code)) {
        checks.require(false, "school_code", "organisations.school_code_form");
    } else if (school.school_code && school.school_kind) {
        checks.require(fits_school_code(*school.school_code, *school.school_kind),
                       "school_code",
                       "organisations.school_code_category");
    }
}

void check_class(Checks& checks, const Organisation& made, const Organisation& school, Date today) {
    checks.require(made.stage.has_value(), "stage", "required");
    checks.require(made.entry_year.has_value(), "entry_year", "required");
    checks.require(made.class_number.has_value(), "class_number", "required");
    if (made.stage && school.school_kind) {
        checks.require(
            may_teach(*school.school_kind, *made.stage), "stage", "organisations.stage_not_taught");
    }
    if (made.entry_year) {
        const int now = school_year_of(today);
        checks.require(*made.entry_year >= now - 30 && *made.entry_year <= now + 1, "entry_year", "value");
    }
    if (made.class_number) {
        checks.require(
            *made.class_number >= 1 && *made.class_number <= kMaxClassNumber, "class_number", "value");
    }
}

}  // namespace

Role role_over(Kind kind) {
    switch (kind) {
        case Kind::province:
            return Role::province_admin;
        case Kind::city:
            return Role::city_admin;
        case Kind::county:
        case Kind::unit:
            return Role::county_admin;
        case Kind::school:
            return Role::school_admin;
        case Kind::class_:
            break;
    }
    return Role::class_teacher;
}

bool fits_below(Kind child, Kind parent) {
    switch (parent) {
        case Kind::province:
            return child == Kind::city || child == Kind::county || child == Kind::unit;
        case Kind::city:
            return child == Kind::county || child == Kind::unit || child == Kind::school;
        case Kind::county:
        case Kind::unit:
            return child == Kind::unit || child == Kind::school;
        case Kind::school:
            return child == Kind::class_;
        case Kind::class_:
            return false;
    }
    return false;
}

bool may_move_below(Kind child, Kind parent) {
    return child != Kind::class_ && child != Kind::city && fits_below(child, parent);
}

std::vector<FieldError> faults_below(const Organisation& organisation,
                                     const Organisation& parent,
                                     Date today) {
    Checks checks;
    checks.require(fits_below(organisation.kind, parent.kind), "kind", "organisations.wrong_place");
    if (organisation.kind == Kind::class_) {
        check_class(checks, organisation, parent, today);
    } else {
        check_name(checks, organisation.name);
        check_division_code(checks, organisation.division_code);
    }
    if (organisation.kind == Kind::school) {
        check_school(checks, organisation);
    }
    return std::move(checks).found();
}

void require_fit(const Organisation& organisation, const Organisation& parent, Date today) {
    auto faults = faults_below(organisation, parent, today);
    if (!faults.empty()) {
        throw Error::invalid(std::move(faults));
    }
}

}  // namespace educard::organisations
