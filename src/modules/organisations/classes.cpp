// How school kinds, stages, years and classes are called, and how spreadsheets call them.

#include "base/text.hpp"
#include "modules/organisations/organisations.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace educard::organisations {

namespace {

struct KindFact {
    SchoolKind kind;
    std::string_view code;
    std::string_view category;  // the first two digits of its school code
};
constexpr std::array<KindFact, 19> kKinds{{
    {SchoolKind::primary, "211", "21"},
    {SchoolKind::primary_branch, "218", "21"},
    {SchoolKind::junior, "311", "31"},
    {SchoolKind::nine_year, "312", "31"},
    {SchoolKind::vocational_junior, "321", "31"},
    {SchoolKind::complete, "341", "34"},
    {SchoolKind::senior, "342", "34"},
    {SchoolKind::twelve_year, "345", "34"},
    {SchoolKind::vocational, "361", "36"},
    {SchoolKind::technical, "362", "36"},
    {SchoolKind::teacher_training, "363", "36"},
    {SchoolKind::adult_secondary, "364", "36"},
    {SchoolKind::vocational_senior, "365", "36"},
    {SchoolKind::skilled_workers, "366", "36"},
    {SchoolKind::correctional, "371", "37"},
    {SchoolKind::blind, "511", "51"},
    {SchoolKind::deaf, "512", "51"},
    {SchoolKind::intellectual, "513", "51"},
    {SchoolKind::other_special, "514", "51"},
}};

constexpr std::array<std::string_view, 10> kDigits{
    "零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};

const KindFact& fact_of(SchoolKind kind) {
    return *std::ranges::find(kKinds, kind, &KindFact::kind);
}

std::string_view stage_word(Stage stage) {
    switch (stage) {
        case Stage::primary:
            return "小学";
        case Stage::junior:
            return "初中";
        case Stage::senior:
            return "高中";
        case Stage::vocational:
            return "中职";
        case Stage::special:
            return "特教";
    }
    return {};
}

bool take(std::string_view& text, std::string_view word) {
    if (!text.starts_with(word)) {
        return false;
    }
    text.remove_prefix(word.size());
    return true;
}

/// One Chinese digit, 两 included, or nothing.
std::optional<int> take_digit(std::string_view& text) {
    for (int digit = 0; digit < 10; ++digit) {
        if (take(text, kDigits[static_cast<std::size_t>(digit)])) {
            return digit;
        }
    }
    return std::nullopt;
}

/// "12", "03", "十", "十二", "二十一".
std::optional<int> take_number(std::string_view& text) {
    int number = 0;
    std::size_t length = 0;
    while (length < text.size() && length < 4 && text[length] >= '0' && text[length] <= '9') {
        number = number * 10 + (text[length++] - '0');
    }
    if (length > 0) {
        text.remove_prefix(length);
        return number;
    }
    const auto tens = take_digit(text);
    if (!take(text, "十")) {
        return tens;
    }
    return tens.value_or(1) * 10 + take_digit(text).value_or(0);
}

std::optional<Stage> take_stage(std::string_view& text) {
    constexpr std::array<std::pair<std::string_view, Stage>, 12> kWords{{
        {"小学", Stage::primary},
        {"初中", Stage::junior},
        {"高中", Stage::senior},
        {"中职", Stage::vocational},
        {"职高", Stage::vocational},
        {"职业", Stage::vocational},
        {"特教", Stage::special},
        {"培智", Stage::special},
        {"小", Stage::primary},
        {"初", Stage::junior},
        {"高", Stage::senior},
        {"职", Stage::vocational},
    }};
    for (const auto& [word, stage] : kWords) {
        if (take(text, word)) {
            return stage;
        }
    }
    return std::nullopt;
}

/// The only stage that a school of that kind teaches, or nothing when there are several.
std::optional<Stage> only_stage(SchoolKind kind) {
    std::optional<Stage> found;
    for (const auto stage : {Stage::primary, Stage::junior, Stage::senior, Stage::vocational}) {
        if (may_teach(kind, stage)) {
            if (found) {
                return std::nullopt;
            }
            found = stage;
        }
    }
    return found;
}

bool is_special(SchoolKind kind) {
    return fact_of(kind).category == "51";
}

struct Year {
    Stage stage{};
    int entry_year = 0;

    bool operator==(const Year&) const = default;
};

/// 7 to 9 mean junior, 10 to 12 senior, unless the school or the words before say otherwise.
std::optional<Year> year_of(int grade, std::optional<Stage> stage, SchoolKind school, Date day) {
    if (!stage && is_special(school)) {
        stage = Stage::special;
    }
    if (!stage && grade <= 3) {
        const auto only = only_stage(school);
        stage = only ? only : std::optional(Stage::primary);
    }
    if (!stage || stage == Stage::junior || stage == Stage::senior) {
        if (grade >= 7 && grade <= 9) {
            stage = Stage::junior;
            grade -= 6;
        } else if (grade >= 10 && grade <= 12) {
            stage = Stage::senior;
            grade -= 9;
        }
    }
    if (!stage) {
        stage = Stage::primary;
    }
    if (grade < 1 || grade > years_of(*stage) || !may_teach(school, *stage)) {
        return std::nullopt;
    }
    return Year{.stage = *stage, .entry_year = school_year_of(day) - grade + 1};
}

/// "2024级", "初2024级", "高中2027届": the stage must be said or be the school's only one.
std::optional<Year> cohort_of(
    int year, bool leaving, std::optional<Stage> stage, SchoolKind school, Date day) {
    if (!stage) {
        stage = is_special(school) ? std::optional(Stage::special) : only_stage(school);
    }
    if (!stage || !may_teach(school, *stage)) {
        return std::nullopt;
    }
    const int entry_year = leaving ? year - years_of(*stage) : year;
    const int now = school_year_of(day);
    if (entry_year < now - years_of(*stage) - 3 || entry_year > now + 1) {
        return std::nullopt;
    }
    return Year{.stage = *stage, .entry_year = entry_year};
}

std::optional<Year> take_year(std::string_view& text, SchoolKind school, Date day) {
    auto rest = text;
    const auto stage = take_stage(rest);
    const auto number = take_number(rest);
    if (!number) {
        return std::nullopt;
    }
    std::optional<Year> year;
    if (*number >= 1990 && *number <= 2199) {
        const bool leaving = take(rest, "届");
        if (!leaving) {
            take(rest, "级");
        }
        year = cohort_of(*number, leaving, stage, school, day);
    } else {
        if (!take(rest, "年级") && !take(rest, "年")) {
            take(rest, "级");
        }
        year = year_of(*number, stage, school, day);
    }
    if (year) {
        text = rest;
    }
    return year;
}

/// "(3)班", "3班", "03", "第三班": all that is left must be the number.
std::optional<int> class_number_of(std::string_view text) {
    take(text, "-");
    take(text, "第");
    const bool open = take(text, "(") || take(text, "[");
    const auto number = take_number(text);
    if (!number || *number < 1 || *number > 99) {
        return std::nullopt;
    }
    if (open && !take(text, ")") && !take(text, "]")) {
        return std::nullopt;
    }
    take(text, "班级") || take(text, "班");
    return text.empty() ? number : std::nullopt;
}

std::string without_spaces(std::string_view text) {
    auto tidied = tidy(text);
    std::erase(tidied, ' ');
    return tidied;
}

/// "301" or "1203" without anything else: the last two digits are the class.
std::optional<ClassKey> read_digits(std::string_view text, SchoolKind school, Date day) {
    auto rest = text;
    const auto number = take_number(rest);
    take(rest, "班");
    if (!number || !rest.empty() || *number < 101 || *number > 1299 || *number % 100 == 0) {
        return std::nullopt;
    }
    const auto year = year_of(*number / 100, std::nullopt, school, day);
    return year ? std::optional(
                      ClassKey{.stage = year->stage, .entry_year = year->entry_year, .number = *number % 100})
                : std::nullopt;
}

}  // namespace

std::string_view code_of(SchoolKind kind) {
    return fact_of(kind).code;
}

std::optional<SchoolKind> school_kind_of(std::string_view code) {
    const auto* found = std::ranges::find(kKinds, code, &KindFact::code);
    return found == kKinds.end() ? std::nullopt : std::optional(found->kind);
}

std::optional<SchoolKind> read_school_kind(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, SchoolKind>, 30> kNames{{
        {"小学", SchoolKind::primary},
        {"完全小学", SchoolKind::primary},
        {"教学点", SchoolKind::primary_branch},
        {"小学教学点", SchoolKind::primary_branch},
        {"初中", SchoolKind::junior},
        {"初级中学", SchoolKind::junior},
        {"九年一贯制", SchoolKind::nine_year},
        {"九年一贯制学校", SchoolKind::nine_year},
        {"职业初中", SchoolKind::vocational_junior},
        {"完中", SchoolKind::complete},
        {"完全中学", SchoolKind::complete},
        {"高中", SchoolKind::senior},
        {"高级中学", SchoolKind::senior},
        {"十二年一贯制", SchoolKind::twelve_year},
        {"十二年一贯制学校", SchoolKind::twelve_year},
        {"中职", SchoolKind::vocational},
        {"中等职业学校", SchoolKind::vocational},
        {"调整后中等职业学校", SchoolKind::vocational},
        {"中等技术学校", SchoolKind::technical},
        {"中等师范学校", SchoolKind::teacher_training},
        {"成人中等专业学校", SchoolKind::adult_secondary},
        {"职业高中", SchoolKind::vocational_senior},
        {"职业高中学校", SchoolKind::vocational_senior},
        {"技工学校", SchoolKind::skilled_workers},
        {"工读学校", SchoolKind::correctional},
        {"盲人学校", SchoolKind::blind},
        {"聋人学校", SchoolKind::deaf},
        {"培智学校", SchoolKind::intellectual},
        {"特殊教育学校", SchoolKind::other_special},
        {"其他特教学校", SchoolKind::other_special},
    }};
    const auto plain = without_spaces(text);
    if (const auto by_code = school_kind_of(plain)) {
        return by_code;
    }
    const auto* found = std::ranges::find(kNames, plain, &std::pair<std::string_view, SchoolKind>::first);
    return found == kNames.end() ? std::nullopt : std::optional(found->second);
}

int years_of(Stage stage) {
    switch (stage) {
        case Stage::primary:
            return 6;
        case Stage::special:
            return 9;
        case Stage::junior:
        case Stage::senior:
        case Stage::vocational:
            return 3;
    }
    return 0;
}

bool may_teach(SchoolKind kind, Stage stage) {
    switch (kind) {
        case SchoolKind::primary:
        case SchoolKind::primary_branch:
            return stage == Stage::primary;
        case SchoolKind::junior:
        case SchoolKind::vocational_junior:
            return stage == Stage::junior;
        case SchoolKind::nine_year:
            return stage == Stage::primary || stage == Stage::junior;
        case SchoolKind::complete:
            return stage == Stage::junior || stage == Stage::senior;
        case SchoolKind::senior:
            return stage == Stage::senior;
        case SchoolKind::twelve_year:
            return stage == Stage::primary || stage == Stage::junior || stage == Stage::senior;
        case SchoolKind::vocational:
        case SchoolKind::technical:
        case SchoolKind::teacher_training:
        case SchoolKind::adult_secondary:
        case SchoolKind::vocational_senior:
        case SchoolKind::skilled_workers:
            return stage == Stage::vocational;
        case SchoolKind::correctional:
            return stage == Stage::junior || stage == Stage::senior || stage == Stage::vocational;
        case SchoolKind::blind:
        case SchoolKind::deaf:
        case SchoolKind::intellectual:
        case SchoolKind::other_special:
            return true;
    }
    return false;
}

int school_year_of(Date day) {
    const int year = static_cast<int>(day.year());
    return day.month() >= std::chrono::September ? year : year - 1;
}

int grade_of(int entry_year, Date day) {
    return school_year_of(day) - entry_year + 1;
}

std::string grade_name(Stage stage, int entry_year, Date day) {
    const int grade = grade_of(entry_year, day);
    if (grade < 1) {
        return fmt::format("{}{}级", stage_word(stage), entry_year);
    }
    if (grade > years_of(stage)) {
        return fmt::format("{}{}届", stage_word(stage), entry_year + years_of(stage));
    }
    const int shown = stage == Stage::junior ? grade + 6 : grade;
    const auto digit = kDigits[static_cast<std::size_t>(shown)];
    switch (stage) {
        case Stage::senior:
            return fmt::format("高{}", digit);
        case Stage::vocational:
            return fmt::format("中职{}年级", digit);
        case Stage::primary:
        case Stage::junior:
        case Stage::special:
            return fmt::format("{}年级", digit);
    }
    return {};
}

std::string class_name(Stage stage, int entry_year, int number, Date day) {
    return fmt::format("{}（{}）班", grade_name(stage, entry_year, day), number);
}

std::optional<ClassKey> read_class(std::string_view grade,
                                   std::string_view name,
                                   SchoolKind school,
                                   Date day) {
    const auto grade_text = without_spaces(grade);
    const auto name_text = without_spaces(name);
    std::string_view left = grade_text;
    std::string_view right = name_text;
    if (left.empty()) {
        if (const auto key = read_digits(right, school, day)) {
            return key;
        }
    }
    const auto from_grade = left.empty() ? std::nullopt : take_year(left, school, day);
    if (!grade_text.empty() && !from_grade) {
        return std::nullopt;
    }
    if (right.empty()) {
        right = left;  // "三年级(2)班" stood in the grade's column
    } else if (!left.empty()) {
        return std::nullopt;
    }
    auto number = from_grade ? class_number_of(right) : std::nullopt;
    auto year = from_grade;
    if (!number) {
        const auto digits = read_digits(right, school, day);
        if (digits && from_grade == Year{.stage = digits->stage, .entry_year = digits->entry_year}) {
            return digits;
        }
        year = take_year(right, school, day);
        number = class_number_of(right);
    }
    if (!year || !number || (from_grade && *from_grade != *year)) {
        return std::nullopt;
    }
    return ClassKey{.stage = year->stage, .entry_year = year->entry_year, .number = *number};
}

bool is_school_code(std::string_view code) {
    const auto digits = std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
    return code.size() == 10 && digits && code.substr(2, 2) == "32" &&
           std::ranges::find(kKinds, code.substr(0, 2), &KindFact::category) != kKinds.end();
}

bool fits_school_code(std::string_view code, SchoolKind kind) {
    return is_school_code(code) && code.substr(0, 2) == fact_of(kind).category;
}

bool Organisation::is_open(Date day) const {
    return valid_from <= day && (!valid_to || day < *valid_to);
}

std::string display_name(const Organisation& organisation, Date day) {
    if (organisation.kind != Kind::class_) {
        return organisation.name;
    }
    return class_name(organisation.stage.value_or(Stage::primary),
                      organisation.entry_year.value_or(0),
                      organisation.class_number.value_or(0),
                      day);
}

}  // namespace educard::organisations
