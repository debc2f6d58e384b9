// Captchas: made here, kept as a keyed digest of the answer, used once, gone after minutes.

#include "modules/accounts/accounts.hpp"
#include "modules/accounts/captcha_picture.hpp"
#include "modules/accounts/captcha_task.hpp"
#include "modules/accounts/store.hpp"

#include <fmt/format.h>

namespace educard::accounts {

namespace {

constexpr int kLettersPerStrength = 5;
constexpr int kTonesPerStrength = 3;

std::string picture_text(int letters, crypto::Random& random) {
    std::string text;
    for (int i = 0; i < letters; ++i) {
        text += kPictureAlphabet[random.below(kPictureAlphabet.size())];
    }
    return text;
}

Task text_task(Language language, int strength, crypto::Random& random) {
    Task task = make_text_task(language, random);
    if (strength > 1) {
        const Task second = make_text_task(language, random);
        task.question =
            language == Language::en
                ? fmt::format("Answer both, one after the other. 1. {} 2. {}", task.question, second.question)
                : fmt::format("请依次回答两题。1. {} 2. {}", task.question, second.question);
        task.answer += second.answer;
    }
    return task;
}

std::string hint(CaptchaForm form, Language language) {
    if (form == CaptchaForm::sound) {
        return language == Language::en
                   ? "Listen to the groups of tones, and type how many tones each group has."
                   : "请听几组提示音，依次输入每组的声音次数。";
    }
    return language == Language::en ? "Type the letters and digits of the picture."
                                    : "请输入图中的字母和数字。";
}

/// Fills what people see and gives the normalised answer.
std::string fill(Captcha& captcha, Language language, int strength, crypto::Random& random) {
    captcha.question = hint(captcha.form, language);
    if (captcha.form == CaptchaForm::text) {
        auto task = text_task(language, strength, random);
        captcha.question = std::move(task.question);
        return task.answer;
    }
    if (captcha.form == CaptchaForm::sound) {
        auto tones = make_tones(kTonesPerStrength * strength, random);
        captcha.sound = "data:audio/wav;base64," + to_base64(tones.wav);
        return tones.answer;
    }
    const auto text = picture_text(kLettersPerStrength - 1 + strength * 2, random);
    captcha.image = "data:image/png;base64," + to_base64(draw_captcha(text, random.number()));
    return normalise_answer(text);
}

}  // namespace

Bytes Accounts::digest_of_answer(CaptchaId id, std::string_view answer) const {
    return index_.of("captcha", fmt::format("{}:{}", id.value, answer));
}

Captcha Accounts::make_captcha(const Caller& caller, const CaptchaRequest& request) const {
    const int strength = request.strong.value_or(false) ? 2 : 1;
    Captcha captcha;
    captcha.form = request.form;
    // Ids of captchas are drawn, not counted, so that nobody can use up somebody else's.
    captcha.id = CaptchaId{static_cast<std::int64_t>(parts_.random.number() >> 1) | 1};
    captcha.expires_at = parts_.clock.now() + options_.captcha_life;
    const auto answer = fill(captcha, request.language.value_or(caller.language), strength, parts_.random);
    parts_.database.write([&](sql::Tx& tx) {
        store::insert_captcha(
            tx, {captcha.id, digest_of_answer(captcha.id, answer), strength, captcha.expires_at});
    });
    return captcha;
}

int Accounts::redeem(sql::Tx& tx, const CaptchaAnswer& answer) const {
    const auto row = store::find_captcha(tx, answer.id);
    if (!row || !store::delete_captcha(tx, answer.id) || row->expires_at <= parts_.clock.now()) {
        return 0;
    }
    const bool fits = crypto::equal_in_constant_time(
        row->answer, digest_of_answer(answer.id, normalise_answer(answer.answer)));
    return fits ? row->strength : 0;
}

}  // namespace educard::accounts
