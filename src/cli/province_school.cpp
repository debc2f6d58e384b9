#include "cli/province_school.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace educard::cli {

namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using std::chrono::days;

constexpr std::size_t kMostPinyin = 20;  // of a user name; a number follows

std::string base36(std::int64_t number) {
    std::string text;
    do {
        text += "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36];
        number /= 36;
    } while (number > 0);
    std::ranges::reverse(text);
    return text;
}

/// How far a school has come: a seventh has not begun, a quarter just has.
double progress_of(Chance& chance, std::size_t index) {
    const double place = chance.share();
    const double amount = chance.share();
    if (index == 0) {
        return 0.85;
    }
    if (place < 0.15) {
        return 0;
    }
    return place < 0.4 ? 0.1 + 0.2 * amount : 0.7 + 0.28 * amount;
}

people::Gender gender_of(Sex sex) {
    return sex == Sex::male ? people::Gender::male : people::Gender::female;
}

Caller caller_of(AccountId account,
                 PersonId person,
                 Role role,
                 const organisations::Organisation& organisation) {
    Caller caller;
    caller.account = account;
    caller.person = person;
    caller.network = "10.0.0.1";
    caller.grants.push_back({.role = role, .organisation = organisation.id, .path = organisation.path});
    return caller;
}

}  // namespace

ProvinceWriter::School::School(ProvinceWriter& writer, sql::Tx& tx, const SchoolPlan& plan, std::size_t index)
    : writer_(writer),
      tx_(tx),
      plan_(plan),
      index_(index),
      chance_(writer.options_.seed, index + 1),
      today_(date_in_china(writer.options_.now)),
      school_year_(organisations::school_year_of(today_)),
      progress_(progress_of(chance_, index)),
      people_(plan, chance_, school_year_),
      next_person_(plan.first_person) {}

MadeAccounts ProvinceWriter::School::write() {
    found();
    add_classes();
    add_employees();
    for (auto& one : classes_) {
        add_pupils(one);
        writer_.platform_.rollout.begin_with(tx_, one.organisation, one.counts);
    }
    writer_.platform_.rollout.begin_with(tx_, school_, counts_);
    made_.school_name = plan_.name;
    made_.county = user_name_of(plan_.parent);
    return made_;
}

void ProvinceWriter::School::found() {
    organisations::Draft draft;
    draft.parent_id = plan_.parent.id;
    draft.kind = organisations::Kind::school;
    draft.name = plan_.name;
    draft.school_code = plan_.code;
    draft.school_kind = plan_.kind;
    draft.valid_from = std::max(plan_.parent.valid_from, Date(std::chrono::year(2014) / 9 / 1));
    school_ = writer_.organisations_.create_below(tx_, writer_.options_.province, plan_.parent, draft);
    made_.school = index_ == 0 ? "school" : fmt::format("s{}", plan_.code);
    const auto account =
        writer_.add_administrator(tx_, made_.school, plan_.name + "管理员", Role::school_admin, school_);
    administrator_ = caller_of(account, PersonId{}, Role::school_admin, school_);
}

void ProvinceWriter::School::add_classes() {
    for (const auto& year : plan_.years) {
        for (int number = 1; number <= year.classes; ++number) {
            organisations::Draft draft;
            draft.parent_id = school_.id;
            draft.kind = organisations::Kind::class_;
            draft.stage = year.stage;
            draft.entry_year = school_year_ - year.grade + 1;
            draft.class_number = number;
            draft.valid_from = std::chrono::year(*draft.entry_year) / 9 / 1;
            Class one;
            one.organisation = writer_.organisations_.create_below(tx_, administrator_, school_, draft);
            one.year = &year;
            one.first = year.pupils * (number - 1) / year.classes;
            one.pupils = year.pupils * number / year.classes - one.first;
            classes_.push_back(std::move(one));
        }
    }
}

void ProvinceWriter::School::add_employees() {
    // The first classes first: there may be fewer teachers than classes.
    for (int index = 0; index < plan_.teachers + plan_.staff; ++index) {
        const auto at = static_cast<std::size_t>(index);
        const bool leads = progress_ > 0 && index < plan_.teachers && at < classes_.size();
        add_employee(index, leads ? &classes_[at] : nullptr);
    }
}

ProvinceWriter::School::Standing ProvinceWriter::School::standing() {
    const double left = chance_.share();
    if (left >= progress_) {
        // Where people have begun, some have made an account and no more.
        const double some = chance_.share();
        return progress_ == 0 || some < 0.6 ? Standing::none
               : some < 0.8                 ? Standing::registered
                                            : Standing::draft;
    }
    const double in_hand = progress_ < 0.5 ? 0.35 : 0.07;
    const double kind = chance_.share();
    if (kind < in_hand) {
        return Standing::submitted;
    }
    if (kind < in_hand + 0.025) {
        return Standing::returned;
    }
    if (kind < in_hand + 0.03) {
        return Standing::rejected;
    }
    return kind < in_hand + 0.035 ? Standing::withdrawn : Standing::approved;
}

ProvinceWriter::School::Times ProvinceWriter::School::times_of(Standing standing) {
    const auto within = [&](days most) {
        return std::chrono::seconds(
            chance_.below(static_cast<std::size_t>(std::chrono::seconds(most).count())));
    };
    const auto now = writer_.options_.now;
    Times times;
    if (standing == Standing::submitted) {
        times.submitted = now - within(days(8)) - 1min;
    } else {
        times.submitted = now - days(4) - within(days(66));
    }
    times.registered = times.submitted - 5min - within(days(2));
    times.decided = times.submitted + 10min + within(days(3));
    return times;
}

std::string ProvinceWriter::School::user_name_for(const MadePerson& person) const {
    auto name = pinyin(person.name).full;
    name.resize(std::min(name.size(), kMostPinyin));
    if (name.empty() || name[0] < 'a' || name[0] > 'z') {
        name.insert(0, "u");
    }
    return name + base36(next_person_);
}

roster::Record ProvinceWriter::School::record_of(const MadePerson& person, roster::Kind kind) const {
    roster::Record record;
    record.kind = kind;
    record.name = person.name;
    record.document = {.kind = people::DocumentKind::resident_id, .number = person.id_number};
    record.gender = gender_of(person.sex);
    record.birth_date = person.birth_date;
    return record;
}

void ProvinceWriter::School::add_guardians(const MadePerson& person, roster::Record& record) {
    const auto add = [&](std::string_view relation, Sex sex, std::string_view family, int older) {
        const int born = static_cast<int>(person.birth_date.year()) - older;
        record.guardians.push_back({.name = full_name(chance_, family, sex, born),
                                    .relation = std::string(relation),
                                    .phone = made_phone(chance_)});
    };
    const double kind = chance_.share();
    if (kind < 0.06) {
        add(chance_.is(0.5) ? "祖母" : "外祖母", Sex::female, family_name(chance_), 54);
        return;
    }
    if (kind < 0.62) {
        add("母亲", Sex::female, family_name(chance_), 28);
    }
    if (kind >= 0.38) {
        add("父亲", Sex::male, person.family, 30);
    }
}

void ProvinceWriter::School::count(roster::Kind kind, Standing standing, rollout::CountsByKind* of_class) {
    for (auto* counts : {&counts_, of_class}) {
        if (counts == nullptr) {
            continue;
        }
        auto& of_kind = kind == roster::Kind::student   ? counts->student
                        : kind == roster::Kind::teacher ? counts->teacher
                                                        : counts->staff;
        switch (standing) {
            case Standing::submitted:
                ++of_kind.in_review;
                break;
            case Standing::returned:
                ++of_kind.returned;
                break;
            case Standing::approved:
                ++of_kind.certified;
                break;
            default:
                ++of_kind.not_begun;
                break;
        }
    }
}

}  // namespace educard::cli
