#include "cli/demonstration.hpp"

#include "base/error.hpp"
#include "cli/demonstration_help.hpp"
#include "cli/province_facts.hpp"
#include "crypto/password.hpp"

#include <fmt/format.h>
#include <fstream>

namespace educard::cli {

namespace {

using organisations::SchoolKind;
using organisations::Stage;

constexpr std::string_view kFirstYear[] = {"2020", "2021"};

}  // namespace

/// One school that the demonstration founds.
struct Demonstration::Plan {
    std::string_view name;
    std::string_view code;
    std::string_view division;  // of the county it reports to; also that county's id
    SchoolKind kind;
    Stage stage;
    int classes_a_year;
    int pupils_a_class;
    int first_age;  // of the youngest pupils
};

namespace {

constexpr int kTeachers = 8;

}  // namespace

Demonstration::Demonstration(Platform& platform, std::filesystem::path folder)
    : platform_(platform),
      folder_(std::move(folder)),
      people_(2014),
      password_hash_(crypto::hash_password(kDemonstrationPassword)) {}

std::string Demonstration::fill() {
    static constexpr Plan kPlans[] = {
        {"金陵示范小学", "2132000001", "320106", SchoolKind::primary, Stage::primary, 2, 18, 6},
        {"金陵示范初级中学", "3132000002", "320106", SchoolKind::junior, Stage::junior, 2, 16, 12},
        {"玉山示范小学", "2132000003", "320583", SchoolKind::primary, Stage::primary, 1, 15, 6},
        {"铜山示范高级中学", "3432000004", "320312", SchoolKind::senior, Stage::senior, 2, 15, 15},
        {"泉山示范中等专业学校", "3632000005", "320311", SchoolKind::technical, Stage::vocational, 1, 12, 15},
        {"崇川示范特殊教育学校", "5132000006", "320613", SchoolKind::other_special, Stage::special, 1, 5, 6},
    };
    const auto province = OrganisationId{32};
    const auto root = platform_.foundation.database->read(
        [&](sql::Tx& tx) { return platform_.organisations.get(tx, province); });
    province_ = office(make_administrator("province", "省中心管理员", Role::province_admin, province),
                       Role::province_admin,
                       root);
    make_administrator("nanjing", "南京市管理员", Role::city_admin, OrganisationId{3201});
    make_administrator("gulou", "鼓楼区管理员", Role::county_admin, OrganisationId{320106});
    for (const auto& plan : kPlans) {
        auto school = found(plan);
        const auto rows = enrol(school, plan);
        if (&plan == &kPlans[0]) {
            const auto teacher = appoint_class_teacher(school);
            certify_pupils(school, rows, teacher);
        }
    }
    platform_.foundation.database->write(
        [&](sql::Tx& tx) { publish_help(tx, platform_.questions, province_); });
    return fmt::format(
        "\n演示账户 Demonstration accounts (密码 password: {})\n"
        "  province  省中心管理员           province administrator\n"
        "  nanjing   南京市管理员           city administrator\n"
        "  gulou     鼓楼区管理员           county administrator\n"
        "  school    金陵示范小学管理员     school administrator\n"
        "  teacher   三年级（1）班班主任    class teacher, with a teacher's e-card\n"
        "  student   三年级（1）班学生      pupil, with a student's e-card\n"
        "{}{}\n",
        kDemonstrationPassword,
        kNewcomer,
        newcomer_);
}

Demonstration::School Demonstration::found(const Plan& plan) {
    School school;
    school.division = plan.division;
    school.organisation = platform_.foundation.database->write([&](sql::Tx& tx) {
        organisations::Draft draft;
        draft.parent_id = OrganisationId{*parse_id(plan.division)};
        draft.kind = organisations::Kind::school;
        draft.name = plan.name;
        draft.school_code = plan.code;
        draft.school_kind = plan.kind;
        return platform_.organisations.create(tx, province_, draft);
    });
    const bool first = plan.code == "2132000001";
    const auto user_name = first ? std::string("school") : fmt::format("school{}", plan.code.substr(9));
    const auto account = make_administrator(
        user_name, fmt::format("{}管理员", plan.name), Role::school_admin, school.organisation.id);
    school.administrator = office(account, Role::school_admin, school.organisation);
    for (int count = 0; count < kTeachers; ++count) {
        school.teachers.push_back(people_.next(1975 + count * 2, plan.division));
    }
    return school;
}

std::vector<Demonstration::Row> Demonstration::enrol(const School& school, const Plan& plan) {
    const auto today = platform_.organisations.today();
    const int year = organisations::school_year_of(today);
    std::vector<Row> rows;
    std::string csv = "姓名,性别,身份证件号码,班级,入学年份,监护人姓名,监护人关系,监护人电话\n";
    for (int grade = 1; grade <= organisations::years_of(plan.stage); ++grade) {
        for (int number = 1; number <= plan.classes_a_year; ++number) {
            const organisations::ClassKey key{
                .stage = plan.stage, .entry_year = year - grade + 1, .number = number};
            for (int pupil = 0; pupil < plan.pupils_a_class; ++pupil) {
                auto person = people_.next(year - plan.first_age - grade, plan.division);
                csv += fmt::format("{},{},{},{},{},{},{},{}\n",
                                   person.name,
                                   person.gender,
                                   person.id_number,
                                   organisations::class_name(key.stage, key.entry_year, key.number, today),
                                   key.entry_year,
                                   person.guardian_name,
                                   pupil % 2 == 0 ? "母亲" : "父亲",
                                   person.guardian_phone);
                rows.push_back({.person = std::move(person), .key = key});
            }
        }
    }
    import(school, roster::Kind::student, csv);
    csv = "姓名,性别,身份证件号码,任教学科,任职时间\n";
    constexpr std::string_view kSubjects[] = {"语文", "数学", "英语", "体育与健康"};
    for (std::size_t at = 0; at < school.teachers.size(); ++at) {
        const auto& person = school.teachers[at];
        csv += fmt::format("{},{},{},{},{}\n",
                           person.name,
                           person.gender,
                           person.id_number,
                           kSubjects[at % std::size(kSubjects)],
                           fmt::format("{}-09-01", kFirstYear[at % std::size(kFirstYear)]));
    }
    import(school, roster::Kind::teacher, csv);
    return rows;
}

void Demonstration::import(const School& school, roster::Kind kind, const std::string& csv) {
    const auto path = folder_ / "roster.csv";
    std::ofstream(path, std::ios::binary) << csv;
    const auto name = kind == roster::Kind::student ? "学生名册.csv" : "教师名册.csv";
    const auto upload =
        platform_.roster.upload(school.administrator,
                                {.organisation_id = school.organisation.id, .kind = kind, .file_name = name},
                                path);
    run_jobs();
    platform_.foundation.database->write([&](sql::Tx& tx) {
        platform_.roster.confirm(
            tx, school.administrator, upload.id, {.create_classes = true, .mark_missing_left = false});
    });
    run_jobs();
    const auto done = platform_.foundation.database->read(
        [&](sql::Tx& tx) { return platform_.roster.get_import(tx, school.administrator, upload.id); });
    EDU_ASSERT(done.state == roster::ImportState::done && done.counts.rejected == 0);
}

void Demonstration::run_jobs() {
    while (platform_.jobs.run_one()) {
    }
}

AccountId Demonstration::make_account(const std::string& user_name,
                                      const DemonstrationPerson& person,
                                      bool consent) {
    accounts::NewAccount account;
    account.name = person.name;
    account.user_name = user_name;
    account.password_hash = password_hash_;
    account.document =
        people::Document{.kind = people::DocumentKind::resident_id, .number = person.id_number};
    account.birth_date = person.birth_date;
    account.phone = person.phone;
    if (consent) {
        account.consent = accounts::ConsentInput{
            .guardian_name = person.guardian_name,
            .relation = accounts::GuardianRelation::mother,
            .phone = person.guardian_phone,
            .policy_version = accounts::Accounts::current_policy(Language::zh_cn).version,
            .purposes = {accounts::ConsentPurpose::identity, accounts::ConsentPurpose::e_card}};
    }
    return platform_.foundation.database->write(
        [&](sql::Tx& tx) { return platform_.accounts.create(tx, account); });
}

AccountId Demonstration::make_administrator(const std::string& user_name,
                                            const std::string& name,
                                            Role role,
                                            OrganisationId organisation) {
    return platform_.foundation.database->write([&](sql::Tx& tx) {
        accounts::NewAccount account;
        account.name = name;
        account.user_name = user_name;
        account.password_hash = password_hash_;
        const auto id = platform_.accounts.create(tx, account);
        EDU_ASSERT(platform_.accounts.appoint_directly(tx, id, role, organisation));
        return id;
    });
}

Caller Demonstration::caller_of(AccountId account) const {
    Caller caller;
    caller.account = account;
    caller.network = "127.0.0.1";
    caller.user_agent = "educard demo";
    return caller;
}

Caller Demonstration::office(AccountId account,
                             Role role,
                             const organisations::Organisation& organisation) const {
    auto caller = caller_of(account);
    caller.grants.push_back({.role = role, .organisation = organisation.id, .path = organisation.path});
    return caller;
}

applications::Step Demonstration::apply(AccountId account,
                                        applications::Kind kind,
                                        const applications::Profile& profile) {
    return platform_.foundation.database->write([&](sql::Tx& tx) {
        const auto caller = caller_of(account);
        auto view = platform_.applications.create(tx, caller, {.kind = kind});
        view = platform_.applications.save(
            tx, caller, {.id = view.id, .version = view.version, .kind = kind, .profile = profile});
        view = platform_.applications.submit(tx, caller, {.id = view.id, .version = view.version});
        return applications::Step{.id = view.id, .version = view.version};
    });
}

void Demonstration::decide(const Caller& reviewer,
                           const applications::Step& step,
                           applications::Verdict verdict,
                           const std::string& reason) {
    platform_.foundation.database->write([&](sql::Tx& tx) {
        applications::Decision decision;
        decision.id = step.id;
        decision.version = step.version;
        decision.verdict = verdict;
        if (!reason.empty()) {
            decision.reason = reason;
        }
        platform_.applications.decide(tx, reviewer, decision);
    });
}

Caller Demonstration::appoint_class_teacher(School& school) {
    const int year = organisations::school_year_of(platform_.organisations.today());
    const auto school_class = platform_.foundation.database->read([&](sql::Tx& tx) {
        return *platform_.organisations.find_class(
            tx,
            school.organisation.id,
            {.stage = organisations::Stage::primary, .entry_year = year - 2, .number = 1});
    });
    const auto account = make_account("teacher", school.teachers.front(), false);
    platform_.foundation.database->write([&](sql::Tx& tx) {
        EDU_ASSERT(platform_.accounts.appoint_directly(tx, account, Role::class_teacher, school_class.id));
    });
    applications::Profile profile;
    profile.name = school.teachers.front().name;
    profile.school_id = school.organisation.id;
    profile.class_id = school_class.id;
    profile.class_teacher = true;
    profile.appointed_on = parse_date("2020-09-01");
    profile.subjects = {"语文"};
    decide(school.administrator,
           apply(account, applications::Kind::teacher, profile),
           applications::Verdict::approve,
           "");
    return office(account, Role::class_teacher, school_class);
}

/// The teacher's class: one certified pupil to try the card with, others in every state; one not yet
/// registered.
void Demonstration::certify_pupils(const School& school,
                                   const std::vector<Row>& rows,
                                   const Caller& teacher) {
    const auto class_id = teacher.grants.front().organisation;
    const int year = organisations::school_year_of(platform_.organisations.today());
    int pupil = 0;
    for (const auto& row : rows) {
        if (row.key.entry_year != year - 2 || row.key.number != 1) {
            continue;
        }
        ++pupil;
        if (pupil >= 15) {
            newcomer_ = fmt::format("{} {}", row.person.name, row.person.id_number);
            continue;
        }
        const auto account =
            make_account(pupil == 1 ? "student" : fmt::format("pupil{:02}", pupil), row.person, true);
        applications::Profile profile;
        profile.name = pupil == 6 ? row.person.name + "涵" : row.person.name;  // differs from the roster
        profile.school_id = school.organisation.id;
        profile.class_id = class_id;
        profile.entry_year = row.key.entry_year;
        profile.guardians = {applications::Guardian{
            .name = row.person.guardian_name,
            .relation = pupil % 2 == 1 ? applications::Relation::mother : applications::Relation::father,
            .phone = row.person.guardian_phone,
            .document = std::nullopt}};
        const auto step = apply(account, applications::Kind::student, profile);
        if (pupil <= 4) {
            decide(teacher, step, applications::Verdict::approve, "");
        } else if (pupil == 5) {
            decide(teacher, step, applications::Verdict::send_back, "监护人电话请填写常用号码");
        }
    }
}

}  // namespace educard::cli
