#include "testing/accounts_world.hpp"

#include <gtest/gtest.h>

namespace educard::accounts {
namespace {

using testing::AccountsWorld;
using namespace std::chrono_literals;

class SessionsTest : public ::testing::Test {
protected:
    SessionsTest() : opened_(world_.register_adult("wanglei")) {}

    Opened sign_in() {
        return world_.accounts
            .sign_in(world_.stranger, world_.sign_in_form("wanglei", std::string(AccountsWorld::kPassword)))
            .opened.value();
    }
    std::vector<SessionView> list(const Caller& caller) {
        return world_.database->read([&](sql::Tx& tx) { return world_.accounts.sessions(tx, caller); });
    }
    /// Waits for what authenticate() queued.
    void settle() {
        world_.database->write([](sql::Tx&) {});
    }

    AccountsWorld world_;
    Opened opened_;
};

TEST_F(SessionsTest, ATokenIsKeptAsADigestOnly) {
    EXPECT_EQ(opened_.token.size(), 43U);
    const auto hash = world_.database->read(
        [](sql::Tx& tx) { return tx.find<Bytes>("SELECT token_hash FROM session").value(); });
    EXPECT_EQ(hash.size(), 32U);
    EXPECT_NE(to_base64url(hash), opened_.token);
}

TEST_F(SessionsTest, WhatIsNoTokenIsNobody) {
    for (const auto& token : {std::string(),
                              std::string("x"),
                              std::string(43, 'A'),
                              std::string(100'000, 'A'),
                              opened_.token + "x"}) {
        EXPECT_FALSE(world_.caller_of(token));
    }
}

TEST_F(SessionsTest, EndsAfterNinetyDaysHoweverBusy) {
    for (int day = 0; day < 89; ++day) {
        world_.clock.advance(std::chrono::days(1));
        EXPECT_TRUE(world_.caller_of(opened_.token)) << day;
        settle();
    }
    world_.clock.advance(std::chrono::days(1));
    EXPECT_FALSE(world_.caller_of(opened_.token));
}

TEST_F(SessionsTest, EndsAfterTwoIdleWeeksAndForAdministratorsAfterTwelveHours) {
    const auto admin = world_.register_adult("director", 2);
    world_.database->write([&](sql::Tx& tx) {
        world_.accounts.appoint_directly(tx, admin.account, Role::city_admin, OrganisationId{3203});
    });
    world_.clock.advance(11h);
    EXPECT_TRUE(world_.caller_of(admin.token));
    settle();
    world_.clock.advance(12h);
    EXPECT_FALSE(world_.caller_of(admin.token));
    EXPECT_TRUE(world_.caller_of(opened_.token));
    settle();
    world_.clock.advance(std::chrono::days(14));
    EXPECT_FALSE(world_.caller_of(opened_.token));
}

TEST_F(SessionsTest, LastSeenIsWrittenAtMostOnceInFiveMinutes) {
    const auto seen = [&] { return list(world_.caller_of(opened_.token).value()).front().last_seen_at; };
    const auto start = world_.clock.now();
    world_.clock.advance(4min);
    EXPECT_TRUE(world_.caller_of(opened_.token));
    settle();
    EXPECT_EQ(seen(), start);
    world_.clock.advance(2min);
    EXPECT_TRUE(world_.caller_of(opened_.token));
    settle();
    EXPECT_EQ(seen(), world_.clock.now());
}

TEST_F(SessionsTest, OneDeviceOrAllOthersCanBeSignedOut) {
    const auto second = sign_in();
    const auto third = sign_in();
    const auto caller = world_.caller_of(opened_.token).value();
    EXPECT_EQ(list(caller).size(), 3U);
    world_.database->write([&](sql::Tx& tx) { world_.accounts.sign_out(tx, caller, second.session); });
    EXPECT_FALSE(world_.caller_of(second.token));
    world_.database->write([&](sql::Tx& tx) { world_.accounts.sign_out_others(tx, caller); });
    EXPECT_FALSE(world_.caller_of(third.token));
    ASSERT_EQ(list(caller).size(), 1U);
    EXPECT_TRUE(list(caller).front().current);
}

TEST_F(SessionsTest, NobodySignsOutSomebodyElse) {
    const auto other = world_.register_adult("other", 2);
    const auto caller = world_.caller_of(other.token).value();
    EXPECT_EQ(AccountsWorld::refusal([&] {
                  world_.database->write(
                      [&](sql::Tx& tx) { world_.accounts.sign_out(tx, caller, opened_.session); });
              }),
              "accounts.session_unknown");
    EXPECT_TRUE(world_.caller_of(opened_.token));
}

TEST_F(SessionsTest, TheOldestMakesRoomForTheFiftyFirst) {
    for (int i = 0; i < 50; ++i) {
        sign_in();
    }
    EXPECT_FALSE(world_.caller_of(opened_.token));
    const auto caller = world_.caller_of(sign_in().token).value();
    EXPECT_EQ(list(caller).size(), 50U);
}

TEST_F(SessionsTest, WhatHasExpiredIsForgotten) {
    world_.clock.advance(std::chrono::days(15));
    EXPECT_GE(world_.database->write([&](sql::Tx& tx) { return world_.accounts.sweep(tx); }), 1);
    EXPECT_EQ(world_.database->read(
                  [](sql::Tx& tx) { return tx.find<std::int64_t>("SELECT COUNT(*) FROM session").value(); }),
              0);
}

TEST_F(SessionsTest, LanguageAndPhoneAreTheOwnersToChange) {
    const auto caller = world_.caller_of(opened_.token).value();
    const auto change = [&](const MeChange& what) {
        return world_.database->write(
            [&](sql::Tx& tx) { return world_.accounts.change_me(tx, caller, what); });
    };
    EXPECT_EQ(change({Language::zh_cn, "138 1234 5678"}).phone, "138****5678");
    EXPECT_EQ(world_.caller_of(opened_.token)->language, Language::zh_cn);
    EXPECT_EQ(AccountsWorld::refusal([&] { change({std::nullopt, "12"}); }), "phone: accounts.phone");
    EXPECT_EQ(change({std::nullopt, ""}).phone, std::nullopt);
}

}  // namespace
}  // namespace educard::accounts
