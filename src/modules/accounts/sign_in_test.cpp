#include "testing/accounts_world.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace educard::accounts {
namespace {

using testing::AccountsWorld;
using namespace std::chrono_literals;

constexpr auto kPassword = AccountsWorld::kPassword;
const std::string kAskedForMore = "captcha.answer: accounts.stronger_captcha";

class OneCard final : public CardNumbers {
public:
    std::optional<PersonId> find_holder(sql::Tx&, std::string_view number) const override {
        return number == kNumber ? std::optional(PersonId{9}) : std::nullopt;
    }
    std::optional<CardPlace> find_place(sql::Tx&, std::string_view) const override { return std::nullopt; }
    static constexpr std::string_view kNumber = "3212345678901294";
};

class SignInTest : public ::testing::Test {
protected:
    SignInTest() : opened_(world_.register_adult("wanglei")) {}

    std::string refusal(const SignIn& form, std::optional<Caller> from = {}) {
        return AccountsWorld::refusal([&] { world_.accounts.sign_in(from.value_or(world_.stranger), form); });
    }
    std::string refusal(const std::string& login,
                        const std::string& password,
                        std::optional<Caller> from = {}) {
        return refusal(world_.sign_in_form(login, password), std::move(from));
    }
    Caller from(std::string network) {
        Caller caller = world_.stranger;
        caller.network = std::move(network);
        return caller;
    }
    /// With a captcha of twice the work.
    std::string refusal_worked(const std::string& login,
                               const std::string& password,
                               std::optional<Caller> from = {}) {
        auto form = world_.sign_in_form(login, password);
        form.captcha = world_.captcha(true);
        return refusal(form, std::move(from));
    }
    /// That many failures from a network, without the hashing.
    void fail_often(const std::string& bucket, int times, RateRule rule) {
        world_.database->write([&](sql::Tx& tx) {
            for (int i = 0; i < times; ++i) {
                (void)world_.limits.take(tx, bucket, rule);
            }
        });
    }
    Caller owner() { return world_.caller_of(opened_.token).value(); }

    AccountsWorld world_;
    Opened opened_;
};

TEST_F(SignInTest, TakesUserNameInAnySpellingAndPassword) {
    EXPECT_EQ(refusal("wanglei", std::string(kPassword)), "");
    EXPECT_EQ(refusal("WangLei", std::string(kPassword)), "");
    EXPECT_EQ(refusal("ＷANGLEI ", "ｔhree blue kites"), "");
}

TEST_F(SignInTest, UnknownAccountAndWrongPasswordAreToldAlike) {
    const std::string failed = "accounts.sign_in_failed";
    EXPECT_EQ(refusal("wanglei", "three green kites"), failed);
    EXPECT_EQ(refusal("nobody", "three green kites"), failed);
    EXPECT_EQ(refusal("3212345678901294", "three green kites"), failed);
    EXPECT_EQ(refusal("320106199003150017", "three green kites"), failed);
    EXPECT_EQ(refusal("' OR 1=1 --", "three green kites"), failed);
}

TEST_F(SignInTest, EmptyAndEndlessInputIsRefusedBeforeTheCaptchaIsUsed) {
    auto form = world_.sign_in_form("", "");
    EXPECT_EQ(refusal(form), "login: required, password: required");
    form.login = std::string(1000, 'x');
    form.password = std::string(1'000'000, 'x');
    EXPECT_EQ(refusal(form), "login: too_long, password: too_long");
    form.login = "wanglei";
    form.password = kPassword;
    EXPECT_EQ(refusal(form), "");
}

TEST_F(SignInTest, WithoutARightCaptchaThePasswordIsNotLookedAt) {
    auto form = world_.sign_in_form("wanglei", std::string(kPassword));
    form.captcha.answer = "1000";
    EXPECT_EQ(refusal(form), "captcha.answer: accounts.captcha_wrong");
}

TEST_F(SignInTest, ACardNumberDoesOnceTheCardsModuleIsThere) {
    EXPECT_EQ(refusal(std::string(OneCard::kNumber), std::string(kPassword)), "accounts.sign_in_failed");
    const OneCard cards;
    world_.accounts.recognise_cards(cards);
    EXPECT_EQ(refusal(std::string(OneCard::kNumber), std::string(kPassword)), "accounts.sign_in_failed");
    world_.database->write(
        [&](sql::Tx& tx) { world_.accounts.bind_person(tx, opened_.account, PersonId{9}); });
    EXPECT_EQ(refusal("3212 3456 7890 1294", std::string(kPassword)), "");
}

TEST_F(SignInTest, GuessingFromOneNetworkIsSlowedKnownAccountOrNot) {
    for (const std::string login : {"wanglei", "nobody"}) {
        for (int i = 0; i < 8; ++i) {
            EXPECT_EQ(refusal(login, "wrong guess " + std::to_string(i)), "accounts.sign_in_failed");
        }
        EXPECT_EQ(refusal(login, "wrong guess"), kAskedForMore) << login;
        for (int i = 0; i < 8; ++i) {
            EXPECT_EQ(refusal_worked(login, "wrong guess"), "accounts.sign_in_failed");
        }
        EXPECT_EQ(refusal_worked(login, "wrong guess"), "accounts.slow_down") << login;
    }
    EXPECT_EQ(refusal_worked("wanglei", std::string(kPassword)), "accounts.slow_down");
    world_.clock.advance(31s);
    EXPECT_EQ(refusal("wanglei", std::string(kPassword)), "");
}

TEST_F(SignInTest, AGuesserBehindTheSameAddressCostsTheOwnersNewDeviceOneLongerCaptcha) {
    for (int i = 0; i < 50; ++i) {
        (void)refusal("wanglei", "wrong guess");
    }
    EXPECT_EQ(refusal("wanglei", std::string(kPassword)), kAskedForMore);
    EXPECT_EQ(refusal_worked("wanglei", std::string(kPassword)), "");
}

TEST_F(SignInTest, GuessesAtTheSameTimeCountAsMany) {
    std::vector<SignIn> forms;
    for (int i = 0; i < 24; ++i) {
        forms.push_back(world_.sign_in_form("wanglei", "wrong guess"));
    }
    std::atomic<int> looked_at = 0;
    {
        std::vector<std::jthread> threads;
        for (const auto& form : forms) {
            threads.emplace_back([&] { looked_at += refusal(form) == "accounts.sign_in_failed"; });
        }
    }
    EXPECT_EQ(looked_at, 8);
}

TEST_F(SignInTest, AStrangerLocksNobodyOut) {
    for (int network = 0; network < 10; ++network) {
        for (int i = 0; i < 9; ++i) {
            (void)refusal("wanglei", "wrong guess", from("198.51.100." + std::to_string(network)));
        }
    }
    // The owner on a new device elsewhere: one longer captcha. On a known device, even in the guesser's
    // network: none.
    const auto elsewhere = from("203.0.113.9");
    EXPECT_EQ(refusal("wanglei", std::string(kPassword), elsewhere),
              "captcha.answer: accounts.stronger_captcha");
    auto longer = world_.sign_in_form("wanglei", std::string(kPassword));
    longer.captcha = world_.captcha(true);
    EXPECT_EQ(refusal(longer, elsewhere), "");
    auto known = world_.sign_in_form("wanglei", std::string(kPassword));
    known.device_token = opened_.device_token;
    EXPECT_EQ(refusal(known, from("198.51.100.1")), "");
}

TEST_F(SignInTest, AForeignDeviceTokenHelpsNobody) {
    const auto other = world_.register_adult("other", 2);
    for (int i = 0; i < 8; ++i) {
        (void)refusal("wanglei", "wrong guess");
    }
    auto form = world_.sign_in_form("wanglei", std::string(kPassword));
    form.device_token = other.device_token;
    EXPECT_EQ(refusal(form), kAskedForMore);
}

TEST_F(SignInTest, OneNetworkTryingManyAccountsIsSlowed) {
    const auto network = from("198.51.100.77");
    const std::string bucket = "sign_in_network:198.51.100.77";
    fail_often(bucket, 290, {.burst = 300, .refill = 2s});
    for (int i = 290; i < 300; ++i) {
        EXPECT_EQ(refusal("pupil" + std::to_string(i), "123 one guess", network), "accounts.sign_in_failed");
    }
    EXPECT_EQ(refusal("pupil300", "123 one guess", network), kAskedForMore);
    EXPECT_EQ(refusal("wanglei", std::string(kPassword), network), kAskedForMore);
    EXPECT_EQ(refusal_worked("wanglei", std::string(kPassword), network), "");
    EXPECT_EQ(refusal("wanglei", std::string(kPassword)), "");
    fail_often(bucket + ":worked", 599, {.burst = 600, .refill = 1s});
    EXPECT_EQ(refusal_worked("pupil301", "123 one guess", network), "accounts.sign_in_failed");
    EXPECT_EQ(refusal_worked("pupil302", "123 one guess", network), "accounts.slow_down");
    world_.clock.advance(1001ms);
    EXPECT_EQ(refusal_worked("wanglei", std::string(kPassword), network), "");
}

TEST_F(SignInTest, TheOwnerSeesWhoTried) {
    (void)refusal("wanglei", "wrong guess", from("198.51.100.1"));
    (void)refusal("wanglei", std::string(kPassword));
    const auto events = world_.database->read([&](sql::Tx& tx) {
        return world_.accounts.sign_ins(tx, owner(), std::numeric_limits<std::int64_t>::max(), 10);
    });
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].outcome, SignInOutcome::signed_in);
    EXPECT_EQ(events[0].device_name, "Chrome · Android");
    EXPECT_EQ(events[1].outcome, SignInOutcome::refused);
    EXPECT_EQ(events[1].network, "198.51.100.1");
}

TEST_F(SignInTest, APasswordOfAnotherCostIsHashedAgain) {
    auto dearer = world_.options;
    dearer.password_cost = {.memory_kib = 128, .passes = 1};
    const Accounts later(world_.parts, dearer);
    later.sign_in(world_.stranger, world_.sign_in_form("wanglei", std::string(kPassword)));
    const auto hash = world_.database->read(
        [](sql::Tx& tx) { return tx.find<std::string>("SELECT password_hash FROM account").value(); });
    EXPECT_NE(hash.find("m=128"), std::string::npos);
    EXPECT_EQ(refusal("wanglei", std::string(kPassword)), "");
}

TEST_F(SignInTest, ChangingThePasswordEndsAllOtherSessionsAndDevices) {
    const auto second =
        world_.accounts.sign_in(world_.stranger, world_.sign_in_form("wanglei", std::string(kPassword)))
            .opened.value();
    const auto caller = owner();
    const auto change = [&](const std::string& current, const std::string& next) {
        return AccountsWorld::refusal([&] { world_.accounts.change_password(caller, {current, next}); });
    };
    EXPECT_EQ(change("wrong", "four red lanterns"), "current_password: accounts.password_wrong");
    EXPECT_EQ(change(std::string(kPassword), std::string(kPassword)), "new_password: accounts.password_same");
    EXPECT_EQ(change(std::string(kPassword), "iloveyou"), "new_password: accounts.password_breached");
    EXPECT_EQ(change(std::string(kPassword), "wanglei1"), "new_password: accounts.password_personal");
    EXPECT_TRUE(world_.caller_of(opened_.token));
    const auto renewed =
        world_.accounts.change_password(caller, {std::string(kPassword), "four red lanterns"});
    EXPECT_FALSE(world_.caller_of(second.token));
    EXPECT_FALSE(world_.caller_of(opened_.token));
    EXPECT_EQ(world_.caller_of(renewed.token)->session, caller.session);
    EXPECT_EQ(refusal("wanglei", std::string(kPassword)), "accounts.sign_in_failed");
    EXPECT_EQ(refusal("wanglei", "four red lanterns"), "");
}

TEST_F(SignInTest, ProofRenewsTheTokenAndNothingElse) {
    const auto caller = owner();
    EXPECT_EQ(AccountsWorld::refusal([&] { world_.accounts.prove(caller, {.password = "guess"}); }),
              "password: accounts.password_wrong");
    EXPECT_TRUE(world_.caller_of(opened_.token));
    const auto renewed = world_.accounts.prove(caller, {.password = std::string(kPassword)});
    EXPECT_FALSE(world_.caller_of(opened_.token));
    EXPECT_EQ(renewed.expires_at, opened_.expires_at);
    const auto now = world_.caller_of(renewed.token);
    ASSERT_TRUE(now);
    EXPECT_EQ(now->session, caller.session);
    EXPECT_TRUE(now->proven);
}

TEST_F(SignInTest, WhoseSessionHasEndedProvesNothing) {
    const auto caller = owner();
    world_.database->write([&](sql::Tx& tx) { world_.accounts.sign_out(tx, caller, caller.session); });
    EXPECT_EQ(
        AccountsWorld::refusal([&] { world_.accounts.prove(caller, {.password = std::string(kPassword)}); }),
        "http.sign_in_required");
}

TEST_F(SignInTest, AStolenSessionCannotGuessThePasswordForLong) {
    const auto caller = owner();
    std::string last;
    for (int i = 0; i < 9; ++i) {
        last = AccountsWorld::refusal(
            [&] { world_.accounts.change_password(caller, {"guess", "four red lanterns"}); });
    }
    EXPECT_EQ(last, "runtime.too_many");
}

TEST_F(SignInTest, OfTwoPasswordChangesAtOnceOneWins) {
    const auto caller = owner();
    std::atomic<int> done = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 6; ++i) {
            threads.emplace_back([&, i] {
                const auto next = "lanterns in row " + std::to_string(i);
                done += AccountsWorld::refusal([&] {
                            world_.accounts.change_password(caller, {std::string(kPassword), next});
                        }).empty();
            });
        }
    }
    EXPECT_EQ(done, 1);
}

}  // namespace
}  // namespace educard::accounts
