#include "modules/accounts/user_names.hpp"
#include "testing/accounts_world.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace educard::accounts {
namespace {

using testing::AccountsWorld;
using testing::national_id;

class RegistrationTest : public ::testing::Test {
protected:
    std::string refusal(const Registration& form) {
        return AccountsWorld::refusal([&] { world_.accounts.register_account(world_.stranger, form); });
    }
    std::int64_t count(const std::string& table) {
        return world_.database->read(
            [&](sql::Tx& tx) { return tx.find<std::int64_t>("SELECT COUNT(*) FROM " + table).value(); });
    }
    AccountsWorld world_;
};

TEST_F(RegistrationTest, MakesAnAccountThatIsSignedIn) {
    const auto opened = world_.register_adult("wanglei");
    const auto caller = world_.caller_of(opened.token);
    ASSERT_TRUE(caller.has_value());
    EXPECT_EQ(caller->account, opened.account);
    EXPECT_FALSE(caller->person);
    const auto me = world_.database->read([&](sql::Tx& tx) { return world_.accounts.me(tx, *caller); });
    EXPECT_EQ(me.user_name, "wanglei");
    EXPECT_EQ(me.document_number->substr(0, 3), "320");
    EXPECT_NE(me.document_number->find('*'), std::string::npos);
    EXPECT_EQ(to_text(*me.birth_date), "1990-03-15");
    EXPECT_EQ(me.next, std::vector{NextStep::apply});
}

TEST_F(RegistrationTest, SaysAllThatIsWrongAtOnceAndKeepsTheCaptcha) {
    auto form = world_.form("x");
    form.document.number = "320106199003150010";
    form.name = "";
    form.password = "short";
    form.phone = "123";
    const auto captchas = count("captcha");
    EXPECT_EQ(refusal(form),
              "document.number: people.document_check_digit, name: required, phone: accounts.phone, "
              "user_name: accounts.user_name_length, password: accounts.password_too_short");
    EXPECT_EQ(count("captcha"), captchas);
    EXPECT_EQ(count("account"), 0);
}

TEST_F(RegistrationTest, AKnownNumberIsAnsweredLikeAnUnknownOne) {
    const auto first = world_.register_adult("owner", 7);
    world_.database->write([&](sql::Tx& tx) { world_.accounts.bind_person(tx, first.account, PersonId{5}); });
    const auto second = world_.register_adult("pretender", 7);
    const auto claim = world_.database->read(
        [&](sql::Tx& tx) { return world_.accounts.find_claim(tx, second.account).value(); });
    const auto claimants =
        world_.database->read([&](sql::Tx& tx) { return world_.accounts.claimants(tx, claim.digest); });
    ASSERT_EQ(claimants.size(), 2U);
    EXPECT_EQ(claimants[0].user_name, "owner");
    EXPECT_EQ(claimants[1].user_name, "pretender");
}

TEST_F(RegistrationTest, AUserNameIsTakenInEverySpelling) {
    world_.register_adult("WangLei");
    for (const auto* name : {"wanglei", "WANGLEI", "ｗａｎｇｌｅｉ"}) {
        EXPECT_EQ(refusal(world_.form(name)), "user_name: accounts.user_name_taken") << name;
    }
    EXPECT_EQ(count("account"), 1);
    EXPECT_EQ(count("claim"), 1);
}

TEST_F(RegistrationTest, OneOfThirtyTwoGetsTheUserName) {
    std::vector<Registration> forms;
    for (int i = 0; i < 32; ++i) {
        forms.push_back(world_.form("wanted", i));
    }
    std::atomic<int> made = 0;
    std::atomic<int> refused = 0;
    {
        std::vector<std::jthread> threads;
        for (const auto& form : forms) {
            threads.emplace_back([&] {
                const auto answer = refusal(form);
                made += answer.empty();
                refused += answer == "user_name: accounts.user_name_taken";
            });
        }
    }
    EXPECT_EQ(made, 1);
    EXPECT_EQ(refused, 31);
    EXPECT_EQ(count("account"), 1);
    EXPECT_EQ(count("session"), 1);
}

TEST_F(RegistrationTest, AChildNeedsAGuardiansConsent) {
    auto form = world_.form("child");
    form.document.number = national_id("20121124", 3);  // fourteen tomorrow
    EXPECT_EQ(refusal(form), "consent: accounts.consent_required");
    form.consent = world_.consent();
    const auto opened = world_.accounts.register_account(world_.stranger, form);
    const auto caller = world_.caller_of(opened.token).value();
    const auto consents =
        world_.database->read([&](sql::Tx& tx) { return world_.accounts.consents(tx, caller); });
    ASSERT_EQ(consents.size(), 2U);
    EXPECT_EQ(consents[0].purpose, ConsentPurpose::identity);
    EXPECT_EQ(consents[1].purpose, ConsentPurpose::e_card);
    EXPECT_EQ(consents[0].guardian_name, "王大明");
    EXPECT_EQ(consents[0].guardian_phone, "138****5678");
    EXPECT_EQ(consents[0].policy_version, Accounts::current_policy(Language::zh_cn).version);
    EXPECT_EQ(consents[0].given_at, world_.clock.now());
}

TEST_F(RegistrationTest, AgeIsCountedByTheDayInChina) {
    world_.clock.set(parse_time("2026-11-23T16:30:00Z").value());  // the 24th in China
    auto form = world_.form("grown");
    form.document.number = national_id("20121124", 3);
    EXPECT_EQ(refusal(form), "");
}

TEST_F(RegistrationTest, ConsentIsToBeComplete) {
    auto form = world_.form("child");
    form.document.number = national_id("20180101", 3);
    form.consent = world_.consent();
    form.consent->guardian_name = " ";
    form.consent->phone = "1";
    form.consent->policy_version = "2014-05";
    form.consent->purposes = {ConsentPurpose::identity};
    EXPECT_EQ(refusal(form),
              "consent.guardian_name: required, consent.phone: accounts.phone, "
              "consent.policy_version: accounts.policy_outdated, "
              "consent.purposes: accounts.consent_purpose_required");
    form.consent = world_.consent();
    form.consent->guardian_name = " " + form.name;
    EXPECT_EQ(refusal(form), "consent.guardian_name: accounts.own_guardian");
}

TEST_F(RegistrationTest, ConsentCanBeWithdrawnOnceAndOnlyOnesOwn) {
    auto form = world_.form("child");
    form.document.number = national_id("20180101", 3);
    form.consent = world_.consent();
    const auto caller =
        world_.caller_of(world_.accounts.register_account(world_.stranger, form).token).value();
    const auto other = world_.caller_of(world_.register_adult("other").token).value();
    const auto id =
        world_.database->read([&](sql::Tx& tx) { return world_.accounts.consents(tx, caller).front().id; });
    const auto withdraw = [&](const Caller& who) {
        return AccountsWorld::refusal([&] {
            world_.database->write([&](sql::Tx& tx) { world_.accounts.withdraw_consent(tx, who, id); });
        });
    };
    EXPECT_EQ(withdraw(other), "accounts.consent_unknown");
    EXPECT_EQ(withdraw(caller), "");
    EXPECT_EQ(withdraw(caller), "accounts.consent_unknown");
}

TEST_F(RegistrationTest, AWithdrawnConsentIsMissingUntilItIsGivenAgain) {
    auto form = world_.form("child");
    form.document.number = national_id("20121124", 3);  // fourteen tomorrow
    form.consent = world_.consent();
    const auto caller =
        world_.caller_of(world_.accounts.register_account(world_.stranger, form).token).value();
    const auto missing = [&] {
        return world_.database->read(
            [&](sql::Tx& tx) { return world_.accounts.missing_consents(tx, caller.account); });
    };
    const auto give = [&](const ConsentInput& consent) {
        return AccountsWorld::refusal([&] {
            world_.database->write(
                [&](sql::Tx& tx) { return world_.accounts.give_consent(tx, caller, consent); });
        });
    };
    EXPECT_EQ(missing(), std::vector<ConsentPurpose>{});
    EXPECT_EQ(give(world_.consent()), "accounts.consent_not_missing");
    world_.database->write([&](sql::Tx& tx) {
        world_.accounts.withdraw_consent(tx, caller, world_.accounts.consents(tx, caller).at(1).id);
    });
    EXPECT_EQ(missing(), std::vector{ConsentPurpose::e_card});
    EXPECT_EQ(world_.database->read([&](sql::Tx& tx) { return world_.accounts.me(tx, caller); }).next,
              (std::vector{NextStep::consent, NextStep::apply}));
    auto outdated = world_.consent();
    outdated.policy_version = "2014-05";
    outdated.purposes.clear();
    EXPECT_EQ(give(outdated), "policy_version: accounts.policy_outdated, purposes: required");
    EXPECT_EQ(give(world_.consent()), "");
    EXPECT_EQ(missing(), std::vector<ConsentPurpose>{});
    EXPECT_EQ(count("consent"), 3) << "what was in force is not doubled";
    world_.database->write([&](sql::Tx& tx) {
        world_.accounts.withdraw_consent(tx, caller, world_.accounts.consents(tx, caller).at(0).id);
    });
    world_.clock.advance(std::chrono::hours(24));
    EXPECT_EQ(missing(), std::vector<ConsentPurpose>{}) << "at fourteen it is their own to decide";
}

TEST_F(RegistrationTest, AnAccountWithoutADocumentClaimsOneOnce) {
    const auto id = world_.database->write([&](sql::Tx& tx) {
        NewAccount account;
        account.name = "王小明";
        account.user_name = "made";
        return world_.accounts.create(tx, account);
    });
    Caller caller;
    caller.account = id;
    const auto claim = [&](const ClaimInput& input) {
        return AccountsWorld::refusal([&] {
            world_.database->write([&](sql::Tx& tx) { return world_.accounts.claim(tx, caller, input); });
        });
    };
    const auto next = [&] {
        return world_.database->read([&](sql::Tx& tx) { return world_.accounts.me(tx, caller); }).next;
    };
    EXPECT_EQ(next(), std::vector{NextStep::claim});
    const auto resident = [](const std::string& number) {
        return ClaimInput{{people::DocumentKind::resident_id, number}, std::nullopt, std::nullopt};
    };
    EXPECT_EQ(claim(resident("320106199003150010")), "document.number: people.document_check_digit");
    EXPECT_EQ(claim(resident(national_id("20180101", 3))), "consent: accounts.consent_required");
    EXPECT_EQ(claim({{people::DocumentKind::passport, "E12345678"}, std::nullopt, std::nullopt}),
              "birth_date: required");
    world_.register_adult("owner", 7);  // a claim is not proof, and tells nothing
    EXPECT_EQ(claim(resident(national_id("19900315", 7))), "");
    EXPECT_EQ(next(), std::vector{NextStep::apply});
    const auto made =
        world_.database->read([&](sql::Tx& tx) { return world_.accounts.find(tx, id).value(); });
    EXPECT_EQ(to_text(*made.birth_date), "1990-03-15");
    EXPECT_EQ(claim(resident(national_id("19900315", 8))), "accounts.claimed_already");
}

TEST_F(RegistrationTest, AnotherDocumentAsksForTheBirthDate) {
    auto form = world_.form("foreigner");
    form.document = {people::DocumentKind::passport, "E12345678"};
    EXPECT_EQ(refusal(form), "birth_date: required");
    form.birth_date = parse_date("2030-01-01");
    EXPECT_EQ(refusal(form), "birth_date: accounts.birth_date");
    form.birth_date = parse_date("2020-01-01");
    EXPECT_EQ(refusal(form), "consent: accounts.consent_required");
    form.birth_date = parse_date("1985-06-30");
    form.user_name = "e12345678";
    EXPECT_EQ(refusal(form), "user_name: accounts.user_name_personal");
    form.user_name = "foreigner";
    EXPECT_EQ(refusal(form), "");
}

TEST_F(RegistrationTest, NoNumberIsKeptInClear) {
    auto form = world_.form("wanglei", 11);
    form.phone = "13812345678";
    world_.accounts.register_account(world_.stranger, form);
    const auto expect_clean = [&](std::string_view kept) {
        EXPECT_EQ(kept.find(form.document.number), std::string::npos) << kept;
        EXPECT_EQ(kept.find("13812345678"), std::string::npos) << kept;
    };
    world_.database->read([&](sql::Tx& tx) {
        for (const auto* query :
             {"SELECT phone FROM account", "SELECT number FROM claim", "SELECT digest FROM claim"}) {
            for (const auto& kept : tx.list<std::optional<Bytes>>(query)) {
                expect_clean(as_text(kept.value_or(Bytes())));
            }
        }
        for (const auto* query : {"SELECT name FROM account",
                                  "SELECT details FROM audit_event",
                                  "SELECT subject FROM audit_event",
                                  "SELECT device_name FROM session"}) {
            for (const auto& kept : tx.list<std::optional<std::string>>(query)) {
                expect_clean(kept.value_or(""));
            }
        }
    });
}

TEST_F(RegistrationTest, OnePersonHasOneAccount) {
    const auto first = world_.register_adult("first");
    const auto second = world_.register_adult("second");
    const auto bind = [&](const Opened& opened, PersonId person) {
        return world_.database->write(
            [&](sql::Tx& tx) { return world_.accounts.bind_person(tx, opened.account, person); });
    };
    EXPECT_TRUE(bind(first, PersonId{1}));
    EXPECT_TRUE(bind(first, PersonId{1}));
    EXPECT_FALSE(bind(second, PersonId{1}));
    EXPECT_FALSE(bind(first, PersonId{2}));
    EXPECT_TRUE(bind(second, PersonId{2}));
    EXPECT_EQ(world_.caller_of(first.token)->person, PersonId{1});
}

}  // namespace
}  // namespace educard::accounts
