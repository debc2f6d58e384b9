#include "modules/rollout/rollout.hpp"

#include "runtime/audit.hpp"
#include "testing/call.hpp"
#include "testing/fake_clock.hpp"
#include "testing/test_database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace educard::rollout {
namespace {

using organisations::Organisation;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RolloutTest : public ::testing::Test {
protected:
    RolloutTest() {
        database_->write([&](sql::Tx& tx) {
            organisations_.seed(tx);
            school_ = make(tx, OrganisationId{320302}, organisations::Kind::school);
            class_ = make(tx, school_.id, organisations::Kind::class_);
        });
        add_routes(routes_, rollout_);
        api_ = std::make_unique<testing::Api>(*database_, routes_);
    }

    Organisation make(sql::Tx& tx, OrganisationId parent, organisations::Kind kind) {
        organisations::Draft draft;
        draft.parent_id = parent;
        draft.kind = kind;
        if (kind == organisations::Kind::school) {
            draft.name = "=第一小学";
            draft.school_code = "2132000001";
            draft.school_kind = organisations::SchoolKind::primary;
        } else {
            draft.stage = organisations::Stage::primary;
            draft.entry_year = 2026;
            draft.class_number = 1;
        }
        return organisations_.create(tx, province_, draft);
    }

    void move(OrganisationId node,
              Kind kind,
              std::optional<Certification> from,
              std::optional<Certification> to,
              std::int64_t count) {
        database_->write([&](sql::Tx& tx) { rollout_.moved(tx, node, kind, from, to, count); });
    }

    Progress seen(OrganisationId id) {
        return database_->read([&](sql::Tx& tx) { return rollout_.progress(tx, province_, id); });
    }

    static const NodeProgress* child(const Progress& progress, OrganisationId id) {
        const auto found = std::ranges::find(progress.children, id, &NodeProgress::id);
        return found == progress.children.end() ? nullptr : &*found;
    }

    testing::TestDatabase database_;
    testing::FakeClock clock_;
    IdSource ids_{clock_, 1};
    LocalBus bus_;
    Audit audit_{clock_, ids_};
    organisations::Organisations organisations_{clock_, ids_, audit_};
    Rollout rollout_{clock_, organisations_, bus_};
    Caller province_ = testing::caller_with(Role::province_admin, OrganisationId{32}, "/32/");
    Organisation school_;
    Organisation class_;
    http::Routes routes_;
    std::unique_ptr<testing::Api> api_;
};

TEST_F(RolloutTest, WhatMovesInAClassIsCountedAtEveryLevelAbove) {
    move(class_.id, Kind::student, std::nullopt, Certification::not_begun, 40);
    move(class_.id, Kind::student, Certification::not_begun, Certification::in_review, 10);
    move(class_.id, Kind::student, Certification::in_review, Certification::certified, 4);
    move(school_.id, Kind::teacher, std::nullopt, Certification::returned, 2);
    const Counts students{30, 6, 0, 4};
    EXPECT_EQ(seen(class_.id).organisation.by_kind.student, students);
    const auto school = seen(school_.id);
    EXPECT_EQ(school.organisation.counts, (Counts{30, 6, 2, 4}));
    EXPECT_EQ(child(school, class_.id)->counts, students);
    const auto county = seen(OrganisationId{320302});
    EXPECT_EQ(child(county, school_.id)->by_kind.teacher, (Counts{0, 0, 2, 0}));
    const auto province = seen(OrganisationId{32});
    EXPECT_EQ(province.organisation.counts.total(), 42);
    EXPECT_EQ(child(province, OrganisationId{3203})->counts.total(), 42);
    EXPECT_EQ(child(province, OrganisationId{3201})->counts.total(), 0);
}

TEST_F(RolloutTest, PeopleWhoLeaveAreNoLongerCounted) {
    move(class_.id, Kind::student, std::nullopt, Certification::certified, 2);
    move(class_.id, Kind::student, Certification::certified, std::nullopt, 2);
    EXPECT_EQ(seen(school_.id).organisation.counts.total(), 0);
}

TEST_F(RolloutTest, AClosedSchoolThatHasPeopleIsAmongTheChildren) {
    move(class_.id, Kind::student, std::nullopt, Certification::not_begun, 40);
    database_->write([&](sql::Tx& tx) {
        organisations_.close(tx, province_, {.id = school_.id, .version = school_.version});
    });
    for (const auto& [place, closed_child] :
         {std::pair(OrganisationId{320302}, school_.id), std::pair(school_.id, class_.id)}) {
        const auto progress = seen(place);
        ASSERT_TRUE(child(progress, closed_child));
        EXPECT_TRUE(child(progress, closed_child)->closed);
        EXPECT_EQ(child(progress, closed_child)->counts.total(), 40);
        EXPECT_EQ(progress.organisation.counts.total(), 40);
        EXPECT_EQ(progress.organisation.closed, place == school_.id);
    }
    EXPECT_THAT(api_->get("/api/v1/progress.csv?organisation_id=320302", province_).body,
                HasSubstr("\"'=第一小学\",\"2132000001\",40,0,0,0,40,0.0,,0,已撤销\r\n"));
    move(class_.id, Kind::student, Certification::not_begun, std::nullopt, 40);
    EXPECT_FALSE(child(seen(OrganisationId{320302}), school_.id)) << "nobody is left";
}

TEST_F(RolloutTest, ASchoolThatMovesTakesItsCountsAlong) {
    organisations_.when_moved([&](sql::Tx& tx, std::string_view from, std::string_view to, int) {
        rollout_.follow_move(tx, from, to);
    });
    move(class_.id, Kind::student, std::nullopt, Certification::certified, 7);
    database_->write([&](sql::Tx& tx) {
        organisations::Change change;
        change.id = OrganisationId{320302};
        change.version = 1;
        change.parent_id = OrganisationId{3205};
        organisations_.change(tx, province_, change);
    });
    EXPECT_EQ(seen(OrganisationId{3203}).organisation.counts.total(), 0);
    EXPECT_EQ(seen(OrganisationId{3205}).organisation.counts.total(), 7);
    EXPECT_EQ(child(seen(OrganisationId{320302}), school_.id)->counts.certified, 7);
    move(class_.id, Kind::student, std::nullopt, Certification::certified, 1);
    const auto suzhou =
        database_->read([&](sql::Tx& tx) { return organisations_.get(tx, OrganisationId{3205}); });
    EXPECT_EQ(database_->read([&](sql::Tx& tx) { return rollout_.counts_of(tx, suzhou); }).certified, 8);
}

TEST_F(RolloutTest, CountsInAnotherPlaceThanTheirSchoolAreFoundAndMended) {
    move(school_.id, Kind::teacher, std::nullopt, Certification::certified, 2);
    database_->write([&](sql::Tx& tx) {
        rollout_.recount(tx);
        rollout_.begin_with(tx, school_, CountsByKind());
        tx.execute("UPDATE progress SET path = '' WHERE organisation_id = $1", school_.id);
    });
    const auto wrong = [&] {
        return database_->read([&](sql::Tx& tx) { return rollout_.wrong_counts(tx); });
    };
    EXPECT_THAT(wrong(), ElementsAre(school_.id));
    database_->write([&](sql::Tx& tx) { rollout_.recount(tx); });
    EXPECT_THAT(wrong(), IsEmpty());
}

TEST_F(RolloutTest, ARefusedChangeIsNotCounted) {
    EXPECT_THROW(database_->write([&](sql::Tx& tx) {
        rollout_.moved(tx, class_.id, Kind::student, std::nullopt, Certification::not_begun, 1);
        throw Error(Fault::conflict, "test");
    }),
                 Error);
    EXPECT_EQ(seen(class_.id).organisation.counts.total(), 0);
}

TEST_F(RolloutTest, ProgressIsSeenFromAboveOnly) {
    const auto target = [](OrganisationId id) {
        return "/api/v1/progress?organisation_id=" + std::to_string(id.value);
    };
    const auto teacher = testing::caller_with(Role::class_teacher, class_.id, class_.path);
    EXPECT_EQ(api_->get(target(class_.id), teacher).status, 200);
    EXPECT_EQ(api_->get(target(school_.id), teacher).code(), "scope.outside");
    const auto city = testing::caller_with(Role::city_admin, OrganisationId{3201}, "/32/3201/");
    EXPECT_EQ(api_->get(target(school_.id), city).code(), "scope.outside");
    EXPECT_EQ(api_->get("/api/v1/progress.csv?organisation_id=32", city).code(), "scope.outside");
    EXPECT_EQ(api_->get(target(OrganisationId{5}), city).status, 404);
    EXPECT_EQ(api_->get("/api/v1/progress").status, 401);
}

TEST_F(RolloutTest, WithoutAnOrganisationItIsTheCallersOwn) {
    const auto city = testing::caller_with(Role::city_admin, OrganisationId{3201}, "/32/3201/");
    EXPECT_EQ(api_->get("/api/v1/progress", city).json().at("organisation").at("id").as_string(), "3201");
}

TEST_F(RolloutTest, TheFileHoldsEveryChildAndTheSumAndNoFormulas) {
    move(class_.id, Kind::student, std::nullopt, Certification::not_begun, 2);
    move(class_.id, Kind::student, std::nullopt, Certification::certified, 1);
    const auto answer = api_->get("/api/v1/progress.csv?organisation_id=320302", province_);
    EXPECT_EQ(answer.content_type, "text/csv; charset=utf-8");
    EXPECT_THAT(answer.body, HasSubstr("机构,代码,应认证"));
    EXPECT_THAT(answer.body, HasSubstr("\"'=第一小学\",\"2132000001\",3,1,0,0,2,33.3,,0,\r\n"));
}

TEST_F(RolloutTest, AHundredPercentInTheFileMeansAll) {
    move(class_.id, Kind::student, std::nullopt, Certification::certified, 9999);
    move(class_.id, Kind::student, std::nullopt, Certification::returned, 1);
    EXPECT_THAT(api_->get("/api/v1/progress.csv?organisation_id=320302", province_).body,
                HasSubstr(",10000,9999,0,1,0,99.9,,0,\r\n"));
}

TEST_F(RolloutTest, ListenersAreToldOnceForManyChanges) {
    const auto listener = bus_.subscribe(
        {"progress:32", "progress:3201", "progress:" + std::to_string(class_.id.value)}, [] {});
    for (int i = 0; i < 5; ++i) {
        move(class_.id, Kind::student, std::nullopt, Certification::not_begun, 1);
    }
    rollout_.publish_changes();
    rollout_.publish_changes();
    const auto events = listener->take();
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events.front().topic, "progress:32");
    EXPECT_THAT(events.front().json, HasSubstr(R"({"organisation_id":"32","as_of":)"));
}

TEST_F(RolloutTest, CountsThatAreNotTheRostersAreFoundAndMended) {
    move(class_.id, Kind::student, std::nullopt, Certification::not_begun, 3);
    const auto wrong = database_->read([&](sql::Tx& tx) { return rollout_.wrong_counts(tx); });
    EXPECT_THAT(wrong, ::testing::UnorderedElementsAre(school_.id, class_.id));
    database_->write([&](sql::Tx& tx) { rollout_.recount(tx); });
    EXPECT_THAT(database_->read([&](sql::Tx& tx) { return rollout_.wrong_counts(tx); }), IsEmpty());
    EXPECT_EQ(seen(class_.id).organisation.counts.total(), 0);
}

}  // namespace
}  // namespace educard::rollout
