#include "modules/accounts/captcha_picture.hpp"
#include "modules/accounts/captcha_task.hpp"
#include "testing/accounts_world.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace educard::accounts {
namespace {

using testing::AccountsWorld;
using testing::solve_sum;

TEST(CaptchaTask, SumsAreRightInBothLanguages) {
    crypto::SeededRandom random(1);
    for (const auto language : {Language::en, Language::zh_cn}) {
        int sums = 0;
        for (int i = 0; i < 400; ++i) {
            const auto task = make_text_task(language, random);
            if (const auto answer = solve_sum(task.question)) {
                EXPECT_EQ(*answer, task.answer) << task.question;
                ++sums;
            }
            EXPECT_EQ(task.answer, normalise_answer(task.answer));
            EXPECT_FALSE(task.answer.empty());
        }
        EXPECT_GT(sums, 50);
        EXPECT_LT(sums, 200);  // there are other kinds
    }
}

TEST(CaptchaTask, AnswersMayBeWrittenInManyWays) {
    EXPECT_EQ(normalise_answer(" １２。"), "12");
    EXPECT_EQ(normalise_answer("Twelve"), "12");
    EXPECT_EQ(normalise_answer("十二"), "12");
    EXPECT_EQ(normalise_answer("Apple."), "apple");
    EXPECT_EQ(normalise_answer("a c e f h"), normalise_answer("ACEFH"));
    EXPECT_EQ(normalise_answer(""), "");
    EXPECT_EQ(normalise_answer(std::string(1'000'000, 'x')).size(), 200U);
}

TEST(CaptchaPicture, IsAPngThatDiffersEachTime) {
    const auto one = draw_captcha("ACEFH", 1);
    EXPECT_EQ(as_text(one).substr(0, 8), "\x89PNG\r\n\x1a\n");
    EXPECT_EQ(one, draw_captcha("ACEFH", 1));
    EXPECT_NE(one, draw_captcha("ACEFH", 2));
    EXPECT_LT(draw_captcha("ACEFHJKMN", 3).size(), 60'000U);
    for (const char letter : kPictureAlphabet) {
        EXPECT_FALSE(draw_captcha(std::string(1, letter), 4).empty());
    }
}

TEST(CaptchaTones, AreAWavWithOneGroupForEachFigure) {
    crypto::SeededRandom random(2);
    const auto tones = make_tones(3, random);
    EXPECT_EQ(tones.answer.size(), 3U);
    EXPECT_EQ(as_text(tones.wav).substr(0, 4), "RIFF");
    const auto size = tones.wav[4] | tones.wav[5] << 8 | tones.wav[6] << 16;
    EXPECT_EQ(static_cast<std::size_t>(size) + 8, tones.wav.size());
    EXPECT_LT(tones.wav.size(), 100'000U);
}

class CaptchaTest : public ::testing::Test {
protected:
    std::string refusal(const CaptchaAnswer& answer) {
        auto form = world_.form("someone");
        form.captcha = answer;
        return AccountsWorld::refusal([&] { world_.accounts.register_account(world_.stranger, form); });
    }
    AccountsWorld world_;
};

constexpr std::string_view kWrong = "captcha.answer: accounts.captcha_wrong";

TEST_F(CaptchaTest, IsUsedUpByARightAnswer) {
    const auto answer = world_.captcha();
    EXPECT_EQ(refusal(answer), "");
    EXPECT_EQ(refusal(answer), kWrong);
}

TEST_F(CaptchaTest, IsUsedUpByAWrongAnswerToo) {
    const auto answer = world_.captcha();
    EXPECT_EQ(refusal({answer.id, "999"}), kWrong);
    EXPECT_EQ(refusal(answer), kWrong);
}

TEST_F(CaptchaTest, RunsOutAndIsForgotten) {
    const auto answer = world_.captcha();
    world_.clock.advance(std::chrono::minutes(5));
    EXPECT_EQ(refusal(answer), kWrong);
    (void)world_.accounts.make_captcha(world_.stranger, {});
    world_.clock.advance(std::chrono::minutes(6));
    EXPECT_GE(world_.database->write([&](sql::Tx& tx) { return world_.accounts.sweep(tx); }), 1);
    EXPECT_EQ(world_.database->read(
                  [](sql::Tx& tx) { return tx.find<std::int64_t>("SELECT COUNT(*) FROM captcha").value(); }),
              0);
}

TEST_F(CaptchaTest, OfSomebodyElseCannotBeGuessed) {
    EXPECT_EQ(refusal({CaptchaId{1}, "12"}), kWrong);
    std::set<std::int64_t> ids;
    for (int i = 0; i < 50; ++i) {
        ids.insert(world_.accounts.make_captcha(world_.stranger, {}).id.value);
    }
    EXPECT_EQ(ids.size(), 50U);
    EXPECT_GT(*ids.rbegin() - *ids.begin(), std::int64_t{1} << 50);
}

TEST_F(CaptchaTest, OneAnswerOpensOneDoorHoweverManyTryAtOnce) {
    const auto answer = world_.captcha();
    std::vector<Registration> forms;
    for (int i = 0; i < 8; ++i) {
        forms.push_back(world_.form("racer" + std::to_string(i), i));
        forms.back().captcha = answer;
    }
    std::atomic<int> opened = 0;
    {
        std::vector<std::jthread> threads;
        for (const auto& form : forms) {
            threads.emplace_back([&] {
                opened += AccountsWorld::refusal([&] {
                              world_.accounts.register_account(world_.stranger, form);
                          }).empty();
            });
        }
    }
    EXPECT_EQ(opened, 1);
}

TEST_F(CaptchaTest, AnswersAreNotKeptInClear) {
    const auto made = world_.accounts.make_captcha(world_.stranger, {CaptchaForm::text, Language::en, {}});
    EXPECT_TRUE(made.question.has_value());
    const auto kept = world_.database->read(
        [](sql::Tx& tx) { return tx.find<Bytes>("SELECT answer FROM captcha").value(); });
    EXPECT_EQ(kept.size(), 32U);
}

TEST_F(CaptchaTest, PictureAndSoundAreDataUris) {
    EXPECT_TRUE(
        world_.accounts.make_captcha(world_.stranger, {}).image->starts_with("data:image/png;base64,"));
    EXPECT_TRUE(world_.accounts.make_captcha(world_.stranger, {CaptchaForm::sound, {}, {}})
                    .sound->starts_with("data:audio/wav;base64,"));
}

}  // namespace
}  // namespace educard::accounts
