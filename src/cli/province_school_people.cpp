// The people of one school of a made-up province, one after another: roster entry, account, application,
// card.

#include "base/error.hpp"
#include "cli/province_school.hpp"
#include "cli/same.hpp"

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>

#include <array>
#include <fmt/format.h>

namespace educard::cli {

namespace {

using namespace std::string_view_literals;
using std::chrono::days;

constexpr days kRostersCame{85};
constexpr days kTeachersBegan{80};
constexpr int kAgeOfConsent = 14;
constexpr std::array kSubjects = {"语文"sv,
                                  "数学"sv,
                                  "英语"sv,
                                  "物理"sv,
                                  "化学"sv,
                                  "生物"sv,
                                  "历史"sv,
                                  "地理"sv,
                                  "道德与法治"sv,
                                  "体育与健康"sv,
                                  "音乐"sv,
                                  "美术"sv,
                                  "科学"sv,
                                  "信息科技"sv};
constexpr std::array kReasons = {"监护人电话与学籍信息不一致，请核对"sv,
                                 "姓名用字与户口簿不一致"sv,
                                 "班级填写有误"sv,
                                 "请补充监护人信息"sv};
constexpr std::array kPosts = {applications::Post::office,
                               applications::Post::teaching_support,
                               applications::Post::library,
                               applications::Post::workman,
                               applications::Post::medical,
                               applications::Post::finance,
                               applications::Post::catering};

applications::Relation relation_of(std::string_view words) {
    return words == "父亲"   ? applications::Relation::father
           : words == "母亲" ? applications::Relation::mother
                             : applications::Relation::grandparent;
}

accounts::GuardianRelation consent_relation_of(std::string_view words) {
    return words == "父亲"   ? accounts::GuardianRelation::father
           : words == "母亲" ? accounts::GuardianRelation::mother
                             : accounts::GuardianRelation::grandparent;
}

std::vector<applications::Guardian> guardians_of(const roster::Record& record) {
    std::vector<applications::Guardian> out;
    for (const auto& guardian : record.guardians) {
        out.push_back({.name = guardian.name,
                       .relation = relation_of(guardian.relation),
                       .phone = guardian.phone,
                       .document = std::nullopt});
    }
    return out;
}

Caller stranger() {
    Caller caller;
    caller.network = "10.0.0.2";
    return caller;
}

}  // namespace

void ProvinceWriter::School::add_pupils(Class& in) {
    for (int index = 0; index < in.pupils; ++index) {
        add_pupil(in, index);
    }
}

void ProvinceWriter::School::add_pupil(Class& in, int index) {
    Person person;
    person.made = people_.pupil(*in.year, in.first + index);
    person.in_class = &in;
    person.user_name = user_name_for(person.made);
    person.record = record_of(person.made, roster::Kind::student);
    person.record.entry_year = in.organisation.entry_year;
    person.record.student_number = "G" + person.made.id_number;
    add_guardians(person.made, person.record);
    person.standing = standing();
    const bool shown =
        index_ == 0 && &in == classes_.data();  // where there is somebody to be tried, and a newcomer
    if (shown && index == 0) {
        person.standing = Standing::approved;
        person.user_name = "student";
        made_.pupil = person.user_name;
    } else if (shown && index == in.pupils - 1) {
        person.standing = Standing::none;
        made_.newcomer = fmt::format("{} {}", person.made.name, person.made.id_number);
    }
    enter_roster(person);
    count(roster::Kind::student, person.standing, &in.counts);
    if (person.standing != Standing::none) {
        bring_on(person, times_of(person.standing), in.teacher ? *in.teacher : administrator_);
    }
    ++next_person_;
}

void ProvinceWriter::School::add_employee(int index, Class* leads) {
    const bool teaches = index < plan_.teachers;
    Person person;
    person.made = people_.employee(index);
    person.in_class = leads;
    person.user_name = user_name_for(person.made);
    person.record = record_of(person.made, teaches ? roster::Kind::teacher : roster::Kind::staff);
    if (teaches) {
        person.record.subjects = {std::string(chance_.one_of(kSubjects))};
    }
    const int since =
        std::min(school_year_ - 1, static_cast<int>(person.made.birth_date.year()) + chance_.between(23, 27));
    person.record.appointed_on = std::chrono::year(since) / 9 / 1;
    person.standing = leads != nullptr ? Standing::approved : standing();
    if (index_ == 0 && index == 0) {
        person.user_name = "teacher";
        made_.teacher = person.user_name;
        made_.class_name = organisations::display_name(classes_.front().organisation, today_);
    }
    enter_roster(person);
    count(person.record.kind, person.standing, nullptr);
    if (person.standing != Standing::none) {
        auto times = times_of(person.standing);
        if (leads != nullptr) {  // teachers were there before their pupils
            const auto begun = writer_.options_.now - kTeachersBegan;
            times = {.registered = begun, .submitted = begun + days(1), .decided = begun + days(2)};
        }
        auto caller = bring_on(person, times, administrator_);
        if (leads != nullptr) {
            writer_.accounts_.appoint_directly(tx_, caller.account, Role::class_teacher, leads->organisation);
            caller.grants = {{.role = Role::class_teacher,
                              .organisation = leads->organisation.id,
                              .path = leads->organisation.path}};
            leads->teacher = std::move(caller);
        }
    }
    ++next_person_;
}

void ProvinceWriter::School::enter_roster(Person& person) {
    roster::NewEntry entry;
    entry.record = person.record;
    entry.school_id = school_.id;
    if (person.in_class != nullptr && person.record.kind == roster::Kind::student) {
        const auto& in = person.in_class->organisation;
        entry.class_id = in.id;
        entry.class_key = organisations::ClassKey{
            .stage = *in.stage, .entry_year = *in.entry_year, .number = *in.class_number};
    }
    switch (person.standing) {
        case Standing::submitted:
            entry.certification = roster::Certification::in_review;
            break;
        case Standing::returned:
            entry.certification = roster::Certification::returned;
            break;
        case Standing::approved:
            entry.certification = roster::Certification::certified;
            break;
        default:
            entry.certification = roster::Certification::not_begun;
            break;
    }
    writer_.clock_.set(writer_.options_.now - kRostersCame);
    person.entered = writer_.roster_.enter(tx_, entry);
}

PersonId ProvinceWriter::School::certify(const Person& person, Time at) {
    writer_.clock_.set(at);
    const auto found = writer_.people_.find_or_create(tx_,
                                                      {.digest = person.entered.digest,
                                                       .document_kind = person.record.document.kind,
                                                       .number = person.record.document.number,
                                                       .name = person.record.name,
                                                       .gender = person.record.gender,
                                                       .birth_date = person.record.birth_date});
    writer_.cards_.issue(tx_, found.person, writer_.options_.next_serial());
    return found.person;
}

AccountId ProvinceWriter::School::add_account(const Person& person,
                                              const Times& times,
                                              std::optional<PersonId> certified) {
    writer_.clock_.set(times.registered);
    accounts::NewAccount account;
    account.name = person.record.name;
    account.user_name = person.user_name;
    account.password_hash = writer_.options_.password_hash;
    account.document = person.record.document;
    account.birth_date = person.record.birth_date;
    account.person = certified;
    if (chance_.is(0.7)) {
        account.phone = made_phone(chance_);
    }
    const auto& guardians = person.record.guardians;
    if (!guardians.empty() &&
        years_between(person.made.birth_date, date_in_china(times.registered)) < kAgeOfConsent) {
        account.consent = accounts::ConsentInput{
            .guardian_name = guardians.front().name,
            .relation = consent_relation_of(guardians.front().relation),
            .phone = guardians.front().phone,
            .policy_version = writer_.policy_version_,
            .purposes = {accounts::ConsentPurpose::identity, accounts::ConsentPurpose::e_card}};
    }
    const auto id = writer_.accounts_.create(tx_, account);
    writer_.audit_.record(tx_,
                          stranger(),
                          {.action = "accounts.registered",
                           .organisation_path = "",
                           .subject_kind = "account",
                           .subject = std::to_string(id.value),
                           .details = ""});
    return id;
}

Caller ProvinceWriter::School::bring_on(const Person& person, const Times& times, const Caller& reviewer) {
    const bool approved = person.standing == Standing::approved;
    const auto certified = approved ? std::optional(certify(person, times.decided)) : std::nullopt;
    Caller caller;
    caller.network = "10.0.0.2";
    caller.account = add_account(person, times, certified);
    caller.person = certified.value_or(PersonId{});
    if (person.standing != Standing::registered) {
        auto past = past_of(person, times);
        past.account = caller.account;
        past.person = certified;
        past.claim.person_id = certified;
        past.reviewer = reviewer;
        writer_.clock_.set(times.decided);
        writer_.applications_.record(tx_, past);
    }
    return caller;
}

applications::Profile ProvinceWriter::School::profile_of(const Person& person) {
    applications::Profile profile;
    profile.name = person.record.name;
    profile.school_id = school_.id;
    if (person.in_class != nullptr) {
        profile.class_id = person.in_class->organisation.id;
    }
    switch (person.record.kind) {
        case roster::Kind::student:
            profile.entry_year = person.record.entry_year;
            profile.guardians = guardians_of(person.record);
            if (chance_.is(0.02)) {  // another number than the school knows
                profile.guardians->front().phone = made_phone(chance_);
            }
            break;
        case roster::Kind::teacher:
            profile.appointed_on = person.record.appointed_on;
            profile.subjects = person.record.subjects;
            profile.class_teacher = person.in_class != nullptr;
            break;
        case roster::Kind::staff:
            profile.appointed_on = person.record.appointed_on;
            profile.post = chance_.one_of(kPosts);
            break;
    }
    if (person.standing != Standing::approved && chance_.is(0.02)) {
        *profile.name += "涵";
    }
    return profile;
}

applications::Past ProvinceWriter::School::past_of(const Person& person, const Times& times) {
    const auto& record = person.record;
    applications::Past past;
    past.kind = same<applications::Kind>(record.kind);
    past.state = same<applications::State>(person.standing);
    past.profile = profile_of(person);
    past.claim.digest = person.entered.digest;
    past.claim.document_kind = record.document.kind;
    past.claim.mask = people::mask(record.document.number);
    past.claim.name = record.name;
    past.claim.birth_date = record.birth_date;
    past.claim.gender = record.gender;
    past.school = school_;
    if (person.in_class != nullptr) {
        past.in_class = person.in_class->organisation;
        past.class_has_teacher = person.in_class->teacher.has_value();
    }
    past.entry = applications::RosterEntry{
        .id = person.entered.id.value,
        .kind = past.kind,
        .school_id = school_.id,
        .class_id = person.record.kind == roster::Kind::student ? past.profile.class_id : std::nullopt,
        .name = record.name,
        .gender = record.gender,
        .birth_date = record.birth_date,
        .entry_year = record.entry_year,
        .guardians = guardians_of(record),
        .subjects = record.subjects,
        .appointed_on = record.appointed_on,
        .fingerprint = person.entered.fingerprint};
    past.created_at = times.registered + std::chrono::minutes(2);
    past.submitted_at = times.submitted;
    past.decided_at = times.decided;
    if (past.state == applications::State::returned || past.state == applications::State::rejected) {
        past.reason = chance_.one_of(kReasons);
    }
    return past;
}

}  // namespace educard::cli
