#include "testing/accounts_world.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace educard::accounts {
namespace {

using testing::AccountsWorld;
using namespace std::chrono_literals;

constexpr OrganisationId kJiangsu{32};
constexpr OrganisationId kXuzhou{3203};
constexpr OrganisationId kSuzhou{3205};
constexpr OrganisationId kGulou{320302};
constexpr OrganisationId kKunshan{320583};

class AppointmentsTest : public ::testing::Test {
protected:
    AppointmentsTest()
        : province_(world_.officer("province", Role::province_admin, kJiangsu, 90)),
          xuzhou_(world_.officer("xuzhou", Role::city_admin, kXuzhou, 91)),
          gulou_(world_.officer("gulou", Role::county_admin, kGulou, 92)) {
        world_.register_adult("candidate", 1);
    }

    static Appoint input(OrganisationId organisation, Role role, std::string user_name = "candidate") {
        return {organisation, role, std::move(user_name), {}, {}, {}, {}, {}, {}};
    }
    std::string refusal(const Caller& caller, const Appoint& what) {
        return AccountsWorld::refusal([&] { world_.accounts.appoint(caller, what); });
    }
    std::string end_refusal(const Caller& caller, AppointmentId id) {
        return AccountsWorld::refusal([&] {
            world_.database->write([&](sql::Tx& tx) { world_.accounts.end_appointment(tx, caller, id); });
        });
    }
    std::vector<Appointment> list(const Caller& caller, OrganisationId organisation, bool below) {
        return world_.database->read([&](sql::Tx& tx) {
            return world_.accounts.appointments(tx, caller, organisation, below, 0, 100);
        });
    }

    AccountsWorld world_;
    Caller province_;
    Caller xuzhou_;
    Caller gulou_;
};

TEST_F(AppointmentsTest, EachLevelAppointsBelowItself) {
    EXPECT_EQ(refusal(province_, input(kSuzhou, Role::city_admin)), "");
    EXPECT_EQ(refusal(province_, input(kKunshan, Role::county_admin)), "");
    EXPECT_EQ(refusal(xuzhou_, input(kGulou, Role::county_admin)), "");
    const auto school = world_.make_school(kGulou, "解放路小学", "2132000001");
    EXPECT_EQ(refusal(gulou_, input(school.id, Role::school_admin)), "");
    const auto head = world_.officer("head", Role::school_admin, school.id, 93);
    const auto a_class = world_.make_class(school.id, 1);
    EXPECT_EQ(refusal(head, input(a_class.id, Role::class_teacher)), "");
    const auto holders = world_.database->read(
        [&](sql::Tx& tx) { return world_.accounts.holders(tx, a_class.id, Role::class_teacher); });
    ASSERT_EQ(holders.size(), 1U);
    EXPECT_EQ(holders[0].user_name, "candidate");
}

TEST_F(AppointmentsTest, APupilHoldsNoOffice) {
    world_.database->write([](sql::Tx& tx) {
        tx.execute("UPDATE account SET birth_date = '2015-01-01' WHERE user_name = 'candidate'");
    });
    EXPECT_EQ(refusal(province_, input(kSuzhou, Role::city_admin)), "user_name: accounts.too_young");
}

TEST_F(AppointmentsTest, NobodyReachesSidewaysOrUp) {
    EXPECT_EQ(refusal(xuzhou_, input(kSuzhou, Role::city_admin)), "scope.outside");
    EXPECT_EQ(refusal(xuzhou_, input(kKunshan, Role::county_admin)), "scope.outside");
    EXPECT_EQ(refusal(xuzhou_, input(kJiangsu, Role::province_admin)), "scope.outside");
    EXPECT_EQ(refusal(gulou_, input(kXuzhou, Role::city_admin)), "scope.outside");
    EXPECT_EQ(refusal(xuzhou_, input(kXuzhou, Role::city_admin)), "accounts.only_from_above");
    EXPECT_EQ(refusal(gulou_, input(kGulou, Role::county_admin)), "accounts.only_from_above");
    EXPECT_EQ(refusal(world_.stranger, input(kGulou, Role::county_admin)), "scope.outside");
}

TEST_F(AppointmentsTest, AClassTeacherAppointsNobody) {
    const auto school = world_.make_school(kGulou, "解放路小学", "2132000001");
    const auto a_class = world_.make_class(school.id, 1);
    const auto teacher = world_.officer("teacher", Role::class_teacher, a_class.id, 94);
    EXPECT_EQ(refusal(teacher, input(a_class.id, Role::class_teacher)), "scope.outside");
}

TEST_F(AppointmentsTest, NobodyAppointsOrEndsThemselves) {
    EXPECT_EQ(refusal(province_, input(kSuzhou, Role::city_admin, "province")), "accounts.own_appointment");
    const auto own = list(province_, kJiangsu, false).front().id;
    EXPECT_EQ(end_refusal(province_, own), "accounts.own_appointment");
    EXPECT_EQ(end_refusal(xuzhou_, own), "accounts.appointment_unknown");
    const auto colleague = world_.officer("colleague", Role::province_admin, kJiangsu, 95);
    EXPECT_EQ(end_refusal(colleague, own), "");
}

TEST_F(AppointmentsTest, OfficesFitTheirKindOfOrganisation) {
    EXPECT_EQ(refusal(province_, input(kGulou, Role::city_admin)), "role: accounts.role_does_not_fit");
    EXPECT_EQ(refusal(province_, input(kXuzhou, Role::province_admin)), "role: accounts.role_does_not_fit");
    EXPECT_EQ(refusal(province_, input(kXuzhou, Role::class_teacher)), "role: accounts.role_does_not_fit");
    EXPECT_EQ(refusal(province_, input(OrganisationId{99}, Role::city_admin)), "organisations.unknown");
    EXPECT_EQ(refusal(province_, input(kSuzhou, Role::city_admin, "nobody")),
              "user_name: accounts.user_name_unknown");
}

TEST_F(AppointmentsTest, AnOfficeIsHeldOnceAtATime) {
    EXPECT_EQ(refusal(province_, input(kSuzhou, Role::city_admin)), "");
    EXPECT_EQ(refusal(province_, input(kSuzhou, Role::city_admin)), "accounts.office_held");
    const auto id = list(province_, kSuzhou, false).front().id;
    EXPECT_EQ(end_refusal(province_, id), "");
    EXPECT_EQ(end_refusal(province_, id), "accounts.appointment_unknown");
    EXPECT_EQ(refusal(province_, input(kSuzhou, Role::city_admin)), "");
}

TEST_F(AppointmentsTest, AClassHasOneTeacherUnlessReplaced) {
    const auto school = world_.make_school(kGulou, "解放路小学", "2132000001");
    const auto a_class = world_.make_class(school.id, 1);
    world_.register_adult("second", 2);
    EXPECT_EQ(refusal(gulou_, input(a_class.id, Role::class_teacher)), "");
    auto next = input(a_class.id, Role::class_teacher, "second");
    EXPECT_EQ(refusal(gulou_, next), "accounts.class_has_teacher");
    next.replace = true;
    EXPECT_EQ(refusal(gulou_, next), "");
    const auto present = list(gulou_, a_class.id, false);
    ASSERT_EQ(present.size(), 1U);
    EXPECT_EQ(present[0].user_name, "second");
}

TEST_F(AppointmentsTest, OfManyTeachersForOneClassOneIsAppointed) {
    const auto school = world_.make_school(kGulou, "解放路小学", "2132000001");
    const auto a_class = world_.make_class(school.id, 1);
    for (int i = 0; i < 8; ++i) {
        world_.register_adult("rival" + std::to_string(i), 10 + i);
    }
    std::atomic<int> made = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&, i] {
                made += refusal(gulou_, input(a_class.id, Role::class_teacher, "rival" + std::to_string(i)))
                            .empty();
            });
        }
    }
    EXPECT_EQ(made, 1);
}

TEST_F(AppointmentsTest, BeginsAndEndsByItself) {
    const auto candidate =
        world_.accounts
            .sign_in(world_.stranger, world_.sign_in_form("candidate", std::string(AccountsWorld::kPassword)))
            .opened.value();
    auto what = input(kSuzhou, Role::city_admin);
    what.ends_at = world_.clock.now();
    EXPECT_EQ(refusal(province_, what), "ends_at: accounts.ends_too_early");
    what.starts_at = world_.clock.now() + 1h;
    what.ends_at = world_.clock.now() + 2h;
    EXPECT_EQ(refusal(province_, what), "");
    EXPECT_TRUE(world_.caller_of(candidate.token)->grants.empty());
    world_.clock.advance(1h);
    ASSERT_EQ(world_.caller_of(candidate.token)->grants.size(), 1U);
    EXPECT_EQ(world_.caller_of(candidate.token)->grants[0].path, "/32/3205/");
    world_.clock.advance(1h);
    EXPECT_TRUE(world_.caller_of(candidate.token)->grants.empty());
    what.starts_at.reset();
    what.ends_at.reset();
    EXPECT_EQ(refusal(province_, what), "");
}

TEST_F(AppointmentsTest, ANewAdministratorMustChangeTheOneTimePassword) {
    auto what = input(kSuzhou, Role::city_admin, "suzhou");
    what.name = "李四";
    const auto appointed = world_.accounts.appoint(province_, what);
    const auto opened =
        world_.accounts
            .sign_in(world_.stranger, world_.sign_in_form("suzhou", appointed.one_time_password.value()))
            .opened.value();
    const auto limited = world_.caller_of(opened.token).value();
    EXPECT_TRUE(limited.grants.empty());
    const auto me = world_.database->read([&](sql::Tx& tx) { return world_.accounts.me(tx, limited); });
    EXPECT_TRUE(me.must_change_password);
    EXPECT_EQ(me.next, (std::vector{NextStep::change_password, NextStep::claim}));
    const auto renewed =
        world_.accounts.change_password(limited, {appointed.one_time_password.value(), "four red lanterns"});
    EXPECT_EQ(world_.caller_of(renewed.token)->grants.size(), 1U);
}

TEST_F(AppointmentsTest, AOneTimePasswordRunsOut) {
    auto what = input(kSuzhou, Role::city_admin, "suzhou");
    what.name = "李四";
    const auto appointed = world_.accounts.appoint(province_, what);
    world_.clock.advance(std::chrono::days(7));
    EXPECT_EQ(AccountsWorld::refusal([&] {
                  world_.accounts.sign_in(world_.stranger,
                                          world_.sign_in_form("suzhou", appointed.one_time_password.value()));
              }),
              "accounts.one_time_password_expired");
}

TEST_F(AppointmentsTest, ARefusedAppointmentLeavesNoAccountBehind) {
    auto what = input(kSuzhou, Role::city_admin, "candidate");
    what.name = "李四";
    EXPECT_EQ(refusal(province_, what), "user_name: accounts.user_name_taken");
    what.user_name = "fresh";
    EXPECT_EQ(refusal(xuzhou_, what), "scope.outside");
    EXPECT_FALSE(world_.database->read(
        [&](sql::Tx& tx) { return world_.accounts.find_by_user_name(tx, "fresh").has_value(); }));
}

TEST_F(AppointmentsTest, ListsStayInTheCallersSubtree) {
    EXPECT_EQ(list(province_, kJiangsu, true).size(), 3U);
    EXPECT_EQ(list(xuzhou_, kXuzhou, true).size(), 2U);
    EXPECT_EQ(list(xuzhou_, kXuzhou, false).size(), 1U);
    EXPECT_EQ(AccountsWorld::refusal([&] { list(gulou_, kXuzhou, true); }), "scope.outside");
}

TEST_F(AppointmentsTest, AppointingIsAudited) {
    (void)refusal(province_, input(kSuzhou, Role::city_admin));
    const auto events = world_.database->read(
        [&](sql::Tx& tx) { return world_.audit.list(tx, AuditQuery{.organisation_path = "/32/3205/"}); });
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].action, "accounts.appointed");
    EXPECT_EQ(events[0].account, province_.account);
}

TEST(FirstAdministrator, IsMadeForTheProvince) {
    AccountsWorld world;
    EXPECT_EQ(
        AccountsWorld::refusal([&] { world.accounts.create_first_administrator("x", "", "12345678"); }),
        "user_name: accounts.user_name_length, name: accounts.name, password: accounts.password_simple");
    world.accounts.create_first_administrator("director", "王主任", "four red lanterns");
    const auto opened =
        world.accounts.sign_in(world.stranger, world.sign_in_form("director", "four red lanterns"))
            .opened.value();
    const auto caller = world.caller_of(opened.token).value();
    ASSERT_EQ(caller.grants.size(), 1U);
    EXPECT_EQ(caller.grants[0].role, Role::province_admin);
    EXPECT_EQ(AccountsWorld::refusal([&] {
                  world.accounts.create_first_administrator("Director", "王主任", "four red lanterns");
              }),
              "user_name: accounts.user_name_taken");
}

}  // namespace
}  // namespace educard::accounts
