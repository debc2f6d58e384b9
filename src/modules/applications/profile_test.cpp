#include "base/error.hpp"
#include "modules/applications/applications.hpp"

#include <gtest/gtest.h>

namespace educard::applications {
namespace {

const Date kToday = parse_date("2026-11-23").value();

Profile pupil() {
    Profile profile;
    profile.name = "张三";
    profile.school_id = OrganisationId{5};
    profile.class_id = OrganisationId{6};
    profile.entry_year = 2024;
    profile.guardians = {Guardian{
        .name = "张父", .relation = Relation::father, .phone = "13800138000", .document = std::nullopt}};
    return profile;
}

std::vector<std::string> faults(Kind kind, const Profile& profile) {
    std::vector<std::string> list;
    for (const auto& fault : find_faults(kind, profile, kToday)) {
        list.push_back(fault.path + " " + fault.code);
    }
    return list;
}
using List = std::vector<std::string>;

TEST(Profile, ACompleteOneHasNoFault) {
    EXPECT_EQ(faults(Kind::student, pupil()), List());
}

TEST(Profile, AnEmptyOneNamesEverythingThatIsMissing) {
    EXPECT_EQ(faults(Kind::student, Profile{}),
              (List{"name required",
                    "school_id required",
                    "class_id required",
                    "entry_year required",
                    "guardians required"}));
    EXPECT_EQ(faults(Kind::teacher, Profile{}),
              (List{"name required", "school_id required", "appointed_on required", "subjects required"}));
    EXPECT_EQ(faults(Kind::staff, Profile{}),
              (List{"name required", "school_id required", "appointed_on required", "post required"}));
}

TEST(Profile, GuardiansAreCheckedOneByOne) {
    auto profile = pupil();
    profile.guardians->push_back(Guardian{});
    profile.guardians->push_back(Guardian{
        .name = "张母",
        .relation = Relation::mother,
        .phone = "不是电话",
        .document =
            people::Document{.kind = people::DocumentKind::resident_id, .number = "110105194912310021"}});
    profile.guardians->push_back(profile.guardians->front());
    EXPECT_EQ(faults(Kind::student, profile),
              (List{"guardians[1].name required",
                    "guardians[1].relation required",
                    "guardians[1].phone required",
                    "guardians[2].phone applications.phone",
                    "guardians[2].document.number people.document_check_digit",
                    "guardians[3] applications.guardian_twice"}));
    profile.guardians->resize(7);
    EXPECT_EQ(faults(Kind::student, profile), List{"guardians too_many"});
    profile.guardians->resize(1);
    profile.guardians->front().name = " " + *profile.name;
    EXPECT_EQ(faults(Kind::student, profile), List{"guardians[0].name applications.own_guardian"});
}

TEST(Profile, YearsAndDaysMustBePlausible) {
    auto profile = pupil();
    profile.entry_year = 2027;
    EXPECT_EQ(faults(Kind::student, profile), List{"entry_year applications.day_implausible"});
    Profile teacher;
    teacher.name = "王老师";
    teacher.school_id = OrganisationId{5};
    teacher.subjects = {"数学"};
    teacher.appointed_on = parse_date("2026-11-24");
    EXPECT_EQ(faults(Kind::teacher, teacher), List{"appointed_on applications.day_implausible"});
    teacher.appointed_on = parse_date("1900-01-01");
    EXPECT_EQ(faults(Kind::teacher, teacher), List{"appointed_on applications.day_implausible"});
}

TEST(Profile, AClassTeacherNamesTheClassAndSubjectsAreDistinct) {
    Profile teacher;
    teacher.name = "王老师";
    teacher.school_id = OrganisationId{5};
    teacher.appointed_on = kToday;
    teacher.class_teacher = true;
    teacher.subjects = {"数学", " 数学 ", "", std::string(100, 'x')};
    EXPECT_EQ(faults(Kind::teacher, teacher),
              (List{"class_id required",
                    "subjects[1] applications.subject_twice",
                    "subjects[2] required",
                    "subjects[3] too_long"}));
}

TEST(Profile, NamesOfEveryKindPass) {
    for (const char* name :
         {"欧阳𬭊", "买买提·艾山江", "古丽巴哈尔·阿卜杜热合曼·托乎提尼亚孜", "O'Brien", "㛃䶮"}) {
        auto profile = pupil();
        profile.name = name;
        EXPECT_EQ(faults(Kind::student, profile), List()) << name;
    }
    auto profile = pupil();
    profile.name = "张三1<script>";
    EXPECT_EQ(faults(Kind::student, profile), List{"name applications.name_character"});
    profile.name = " 　\t";
    EXPECT_EQ(faults(Kind::student, profile), List{"name required"});
}

Profile everything() {
    auto profile = pupil();
    profile.appointed_on = kToday;
    profile.subjects = {"数学"};
    profile.class_teacher = true;
    profile.post = Post::library;
    return profile;
}

TEST(Profile, AKindKeepsOnlyWhatItHas) {
    const auto student = cut_to(Kind::student, everything());
    EXPECT_EQ(faults(Kind::student, student), List());
    EXPECT_FALSE(student.appointed_on || student.subjects || student.class_teacher || student.post);
    const auto teacher = cut_to(Kind::teacher, everything());
    EXPECT_EQ(faults(Kind::teacher, teacher), List());
    EXPECT_TRUE(teacher.class_id);
    EXPECT_FALSE(teacher.entry_year || teacher.guardians || teacher.post);
    const auto staff = cut_to(Kind::staff, everything());
    EXPECT_EQ(faults(Kind::staff, staff), List());
    EXPECT_FALSE(staff.class_id || staff.entry_year || staff.guardians || staff.subjects ||
                 staff.class_teacher);
}

TEST(Profile, ATeacherWhoLeadsNoClassHasNone) {
    auto profile = everything();
    profile.class_teacher = false;
    EXPECT_FALSE(cut_to(Kind::teacher, profile).class_id);
    profile.class_teacher = std::nullopt;
    EXPECT_FALSE(cut_to(Kind::teacher, profile).class_id);
}

TEST(Profile, PhonesAreReadInManySpellings) {
    EXPECT_EQ(normalise_phone("+86 138-0013-8000"), "13800138000");
    EXPECT_EQ(normalise_phone("１３８００１３８０００"), "13800138000");
    EXPECT_EQ(normalise_phone("(0516) 8372 1234"), "051683721234");
    EXPECT_FALSE(normalise_phone("12345"));
    EXPECT_FALSE(normalise_phone("1380013800x"));
    EXPECT_FALSE(normalise_phone(""));
    EXPECT_FALSE(normalise_phone("1234567890123456"));
}

struct Compared {
    Profile profile = pupil();
    RosterEntry entry;
    Compared() {
        entry.kind = Kind::student;
        entry.school_id = OrganisationId{5};
        entry.class_id = OrganisationId{6};
        entry.name = "张三";
        entry.entry_year = 2024;
        entry.birth_date = parse_date("2018-05-05");
        entry.gender = people::Gender::male;
    }
    std::vector<FieldComparison> fields(Kind kind = Kind::student) const {
        return compare(kind,
                       Sides{.profile = profile,
                             .birth_date = parse_date("2018-05-05"),
                             .gender = people::Gender::male,
                             .school = "鼓楼小学",
                             .class_name = "三年级（1）班",
                             .entry = entry,
                             .roster_school = "鼓楼小学",
                             .roster_class = entry.class_id ? "三年级（2）班" : ""});
    }
    FieldMatch of(std::string_view field) const {
        for (const auto& compared : fields()) {
            if (compared.field == field) {
                return compared.match;
            }
        }
        return FieldMatch::missing;
    }
};

TEST(Comparison, EqualFieldsAreExact) {
    EXPECT_EQ(match_of(Compared().fields()), RosterMatch::exact);
}

TEST(Comparison, FoldingIsExactAndLookAlikesAreNot) {
    Compared world;
    world.entry.name = "买买提•艾山江";
    world.profile.name = "买买提·艾山江";
    EXPECT_EQ(world.of("name"), FieldMatch::same_after_folding);
    EXPECT_EQ(match_of(world.fields()), RosterMatch::exact);
    world.entry.name = "张璐";
    world.profile.name = "张潞";
    EXPECT_EQ(world.of("name"), FieldMatch::look_alike);
    EXPECT_EQ(match_of(world.fields()), RosterMatch::differs);
    const auto name = world.fields().front();
    EXPECT_EQ(name.application_spans, (std::vector<Span>{{1, 1}}));
    EXPECT_EQ(name.roster_spans, (std::vector<Span>{{1, 1}}));
}

TEST(Comparison, DifferencesAreShownAndMissingOnesDoNotCount) {
    Compared world;
    world.entry.class_id = OrganisationId{7};
    EXPECT_EQ(world.of("class"), FieldMatch::different);
    world.entry.class_id = std::nullopt;
    EXPECT_EQ(world.of("class"), FieldMatch::missing);
    EXPECT_EQ(match_of(world.fields()), RosterMatch::exact);
    world.entry.entry_year = 2023;
    EXPECT_EQ(world.of("entry_year"), FieldMatch::different);
    world.entry.name = "李四";
    EXPECT_EQ(world.of("name"), FieldMatch::different);
}

TEST(Comparison, GuardiansArePairedByNameAndPhonesStayMasked) {
    Compared world;
    world.entry.guardians = {
        Guardian{
            .name = "张母", .relation = Relation::mother, .phone = "13900139000", .document = std::nullopt},
        Guardian{.name = "张父",
                 .relation = Relation::father,
                 .phone = "138 0013 8000",
                 .document = std::nullopt}};
    EXPECT_EQ(world.of("guardians[0].name"), FieldMatch::same);
    EXPECT_EQ(world.of("guardians[0].phone"), FieldMatch::same);
    for (const auto& field : world.fields()) {
        EXPECT_EQ(field.application.value_or("").find("13800138000"), std::string::npos);
        EXPECT_EQ(field.roster.value_or("").find("13800138000"), std::string::npos);
    }
}

TEST(Comparison, SubjectsAreASet) {
    Compared world;
    world.profile.subjects = {"数学", "科学"};
    world.entry.subjects = {"科学", "数学"};
    for (const auto& field : world.fields(Kind::teacher)) {
        if (field.field == "subjects") {
            EXPECT_EQ(field.match, FieldMatch::same);
        }
    }
}

}  // namespace
}  // namespace educard::applications
