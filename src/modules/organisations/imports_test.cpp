#include "base/error.hpp"
#include "modules/organisations/organisations.hpp"
#include "runtime/audit.hpp"
#include "testing/fake_clock.hpp"
#include "testing/test_database.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace educard::organisations {
namespace {

constexpr OrganisationId kCity{3203};
constexpr OrganisationId kCounty{320302};

class ImportsTest : public ::testing::Test {
protected:
    ImportsTest()
        : ids_(clock_, 1),
          audit_(clock_, ids_),
          organisations_(clock_, ids_, audit_),
          imports_(*database_, organisations_) {
        clock_.set(parse_time("2026-11-23T08:00:00Z").value());
        database_->write([&](sql::Tx& tx) { organisations_.seed(tx); });
    }
    static Caller with(Role role, OrganisationId place, std::string path) {
        Caller caller;
        caller.account = AccountId{7};
        caller.grants.push_back(Grant{.role = role, .organisation = place, .path = std::move(path)});
        return caller;
    }
    ImportView upload(OrganisationId scope, ImportKind kind, const std::string& text) {
        std::ofstream(folder_.file("list.csv"), std::ios::binary) << text;
        return imports_.upload(city_, NewImport{scope, kind, "list.csv"}, folder_.file("list.csv"));
    }
    ImportView confirm(ImportId id, const Caller& caller) {
        return database_->write([&](sql::Tx& tx) { return imports_.confirm(tx, caller, id); });
    }
    std::vector<std::string> rejected(ImportId id) {
        std::vector<std::string> list;
        const auto rows = database_->read(
            [&](sql::Tx& tx) { return imports_.rows(tx, city_, id, ImportOutcome::rejected, -1, 200); });
        for (const auto& row : rows) {
            list.push_back(std::to_string(row.line) + " " + row.field.value_or("") + " " +
                           row.reason.value_or(""));
        }
        return list;
    }
    template <class Function>
    std::string fault(Function&& function) {
        try {
            function();
        } catch (const Error& error) {
            return error.code();
        }
        return "";
    }

    testing::FakeClock clock_;
    testing::TestDatabase database_;
    testing::TemporaryFolder folder_;
    IdSource ids_;
    Audit audit_;
    Organisations organisations_;
    Imports imports_;
    Caller city_ = with(Role::city_admin, kCity, "/32/3203/");
};

constexpr const char* kSchools =
    "徐州市学校名单,,,\n"
    "学校标识码,学校名称,办学类型,所属区县\n"
    "2132000001,鼓楼小学,小学,鼓楼区\n"
    "３１３２０００００２,云龙九年制学校,312,320303\n"
    "3432000003,徐州完中,完全中学,徐州市直属学校\n";

TEST_F(ImportsTest, SchoolsAreJudgedThenFounded) {
    const auto view = upload(kCity, ImportKind::schools, kSchools);
    EXPECT_EQ(view.fresh, 3);
    EXPECT_EQ(view.rejected, 0);
    EXPECT_FALSE(database_->read([&](sql::Tx& tx) { return organisations_.find_school(tx, "2132000001"); }));
    confirm(view.id, city_);
    const auto school =
        database_->read([&](sql::Tx& tx) { return organisations_.find_school(tx, "2132000001"); });
    ASSERT_TRUE(school);
    EXPECT_EQ(school->parent_id, kCounty);
    EXPECT_EQ(upload(kCity, ImportKind::schools, kSchools).unchanged, 3) << "the same list again";
    EXPECT_EQ(fault([&] { confirm(view.id, city_); }), "organisations.import_confirmed");
}

TEST_F(ImportsTest, ARenamedSchoolIsAChange) {
    confirm(upload(kCity, ImportKind::schools, kSchools).id, city_);
    const auto view =
        upload(kCity, ImportKind::schools, "学校标识码,学校名称,办学类型\n2132000001,鼓楼实验小学,211\n");
    EXPECT_EQ(view.changed, 1);
    confirm(view.id, city_);
    const auto school =
        database_->read([&](sql::Tx& tx) { return organisations_.find_school(tx, "2132000001"); });
    EXPECT_EQ(school->name, "鼓楼实验小学");
    EXPECT_EQ(school->parent_id, kCounty);
}

TEST_F(ImportsTest, BadRowsSayWhatIsWrong) {
    const auto view = upload(kCity,
                             ImportKind::schools,
                             "学校标识码,学校名称,办学类型,所属区县\n"
                             "123,甲,小学,鼓楼区\n"
                             "2132000001,,小学,鼓楼区\n"
                             "2132000002,乙,,鼓楼区\n"
                             "2132000003,丙,大学,鼓楼区\n"
                             "2132000004,丁,完全中学,鼓楼区\n"
                             "2132000005,戊,小学,玄武区\n"
                             "2132000006,己,小学,\n"
                             "2132000007,庚,小学,鼓楼区\n"
                             "2132000007,庚,小学,鼓楼区\n");
    EXPECT_EQ(view.fresh, 1);
    EXPECT_EQ(rejected(view.id),
              (std::vector<std::string>{"2 school_code organisations.school_code_form",
                                        "3 school_name required",
                                        "4 school_kind required",
                                        "5 school_kind value",
                                        "6 school_code organisations.school_code_category",
                                        "7 parent organisations.import_parent",
                                        "8 parent required",
                                        "10 school_code organisations.import_twice"}));
}

TEST_F(ImportsTest, ANameThatSeveralPlacesHaveIsNotGuessed) {
    const auto province = with(Role::province_admin, OrganisationId{32}, "/32/");
    std::ofstream(folder_.file("list.csv"), std::ios::binary)
        << "学校标识码,学校名称,办学类型（必填）,上级机构,备注\n"
           "2132000001,甲,小学,鼓楼区,x\n"
           "2132000002,乙,小学,徐州市鼓楼区,\n"
           "2132000003,丙,小学,江苏省 / 南京市 / 鼓楼区,\n"
           "2132000004,丁,小学,320302,\n"
           "2132000005,戊,小学,江苏省,\n";
    const auto view = imports_.upload(
        province, NewImport{OrganisationId{32}, ImportKind::schools, "list.csv"}, folder_.file("list.csv"));
    EXPECT_EQ(view.unknown_headings, std::vector<std::string>{"备注"});
    const auto rows = database_->read(
        [&](sql::Tx& tx) { return imports_.rows(tx, province, view.id, std::nullopt, -1, 200); });
    ASSERT_EQ(rows.size(), 5U);
    EXPECT_EQ(rows[0].reason, "organisations.import_parent_ambiguous");
    EXPECT_EQ(rows[1].parent_id, kCounty);
    EXPECT_EQ(rows[2].parent_id, OrganisationId{320106});
    EXPECT_EQ(rows[3].parent_id, kCounty);
    EXPECT_EQ(rows[4].reason, "organisations.import_parent_above");
}

TEST_F(ImportsTest, ManySchoolsOfThatNameDoNotHideThePlace) {
    std::string list = "学校标识码,学校名称,办学类型,上级机构\n";
    for (int school = 0; school < 60; ++school) {
        list += std::to_string(2132000100 + school) + ",鼓楼区" + std::to_string(school) + ",小学,320302\n";
    }
    confirm(upload(kCity, ImportKind::schools, list).id, city_);
    EXPECT_EQ(
        upload(
            kCity, ImportKind::schools, "学校标识码,学校名称,办学类型,上级机构\n2132000001,甲,小学,鼓楼区\n")
            .fresh,
        1);
}

TEST_F(ImportsTest, ANameThatAnotherHasIsRefusedWhereItIsAndBefore) {
    confirm(upload(kCity, ImportKind::schools, kSchools).id, city_);
    const auto view = upload(kCity,
                             ImportKind::schools,
                             "学校标识码,学校名称,办学类型,上级机构\n"
                             "2132000091,新 小学,小学,320302\n"
                             "2132000092,新小学,小学,320302\n"
                             "2132000093,新小学,小学,320303\n");
    EXPECT_EQ(view.fresh, 2) << "another county has its own names";
    EXPECT_EQ(rejected(view.id), std::vector<std::string>{"3 school_name organisations.name_taken"});
}

TEST_F(ImportsTest, ClassesOfManySchools) {
    confirm(upload(kCity, ImportKind::schools, kSchools).id, city_);
    const auto view = upload(kCity,
                             ImportKind::classes,
                             "学校标识码,年级,班级,入学年份,学段\n"
                             "2132000001,三年级,2班,,\n"
                             "2132000001,三年级,（２）班,,\n"
                             "3132000002,八年级,12,,\n"
                             "3132000002,,3班,2025,初中\n"
                             "2132000001,高一,1班,,\n"
                             "2132999999,一年级,1班,,\n");
    EXPECT_EQ(view.fresh, 3);
    EXPECT_EQ(rejected(view.id),
              (std::vector<std::string>{"3 class organisations.import_twice",
                                        "6 class organisations.import_class",
                                        "7 school_code organisations.import_school"}));
    confirm(view.id, city_);
    const auto found = database_->read([&](sql::Tx& tx) {
        const auto school = organisations_.find_school(tx, "3132000002").value();
        return organisations_.classes_of(tx, school.id).size();
    });
    EXPECT_EQ(found, 2U);
}

TEST_F(ImportsTest, FilesThatAreNoListAreRefused) {
    EXPECT_EQ(fault([&] { upload(kCity, ImportKind::schools, "姓名,性别\n张三,男\n"); }),
              "organisations.import_headings");
    EXPECT_EQ(fault([&] { upload(kCity, ImportKind::classes, "姓名,性别\n张三,男\n"); }),
              "organisations.import_class_headings");
    EXPECT_EQ(fault([&] { upload(kCity, ImportKind::schools, "学校标识码,学校名称\n"); }),
              "organisations.import_empty");
    EXPECT_EQ(fault([&] { upload(kCity, ImportKind::schools, ""); }), "spreadsheet.empty_file");
    std::string endless = "学校标识码,学校名称\n";
    for (int row = 0; row < 10'001; ++row) {
        endless += "1,a\n";
    }
    EXPECT_EQ(fault([&] { upload(kCity, ImportKind::schools, endless); }), "organisations.import_too_long");
}

TEST_F(ImportsTest, OthersImportsDoNotExist) {
    const auto view = upload(kCity, ImportKind::schools, kSchools);
    const auto suzhou = with(Role::city_admin, OrganisationId{3205}, "/32/3205/");
    const auto teacher = with(Role::class_teacher, kCity, "/32/3203/");
    for (const auto& stranger : {suzhou, teacher, Caller{}}) {
        EXPECT_EQ(
            fault([&] { database_->read([&](sql::Tx& tx) { return imports_.get(tx, stranger, view.id); }); }),
            "organisations.import_unknown");
        EXPECT_EQ(fault([&] { confirm(view.id, stranger); }), "organisations.import_unknown");
        EXPECT_EQ(fault([&] {
                      imports_.upload(
                          stranger, NewImport{kCity, ImportKind::schools, "x"}, folder_.file("list.csv"));
                  }),
                  "scope.outside");
    }
}

TEST_F(ImportsTest, AConfirmationThatMeetsAChangeDoesNothingAtAll) {
    const auto first = upload(kCity, ImportKind::schools, kSchools);
    const auto second = upload(
        kCity, ImportKind::schools, "学校标识码,学校名称,办学类型,所属区县\n3432000003,别名,341,鼓楼区\n");
    confirm(second.id, city_);
    EXPECT_EQ(fault([&] { confirm(first.id, city_); }), "organisations.school_code_taken");
    EXPECT_FALSE(database_->read([&](sql::Tx& tx) { return organisations_.find_school(tx, "2132000001"); }));
    EXPECT_EQ(database_->read([&](sql::Tx& tx) { return imports_.get(tx, city_, first.id); }).state,
              ImportState::ready);
}

}  // namespace
}  // namespace educard::organisations
