#include "testing/accounts_world.hpp"

#include "base/error.hpp"

#include <array>
#include <fmt/format.h>
#include <utility>

namespace educard::testing {

namespace {

constexpr std::array<std::string_view, 21> kEnglish{
    "zero",     "one",     "two",     "three",     "four",     "five",     "six",
    "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",   "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"};
constexpr std::array<std::string_view, 21> kChinese{"零",   "一",   "二",   "三",   "四",   "五",   "六",
                                                    "七",   "八",   "九",   "十",   "十一", "十二", "十三",
                                                    "十四", "十五", "十六", "十七", "十八", "十九", "二十"};

struct Wording {
    std::string_view begin;
    std::string_view plus;
    std::string_view minus;
    std::string_view end;
    const std::array<std::string_view, 21>& numbers;
};

std::optional<int> number_of(std::string_view word, const Wording& wording) {
    for (std::size_t i = 0; i < wording.numbers.size(); ++i) {
        if (wording.numbers[i] == word) {
            return static_cast<int>(i);
        }
    }
    return std::nullopt;
}

std::optional<std::string> solve(std::string_view question, const Wording& wording) {
    if (!question.starts_with(wording.begin) || !question.ends_with(wording.end)) {
        return std::nullopt;
    }
    question.remove_prefix(wording.begin.size());
    question.remove_suffix(wording.end.size());
    for (const auto& [sign, factor] : {std::pair(wording.plus, 1), std::pair(wording.minus, -1)}) {
        const auto at = question.find(sign);
        if (at == std::string_view::npos) {
            continue;
        }
        const auto left = number_of(question.substr(0, at), wording);
        const auto right = number_of(question.substr(at + sign.size()), wording);
        if (left && right) {
            return std::to_string(*left + factor * *right);
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> solve_sum(std::string_view question) {
    const Wording english{"What is ", " plus ", " minus ", "? Answer in digits.", kEnglish};
    const Wording chinese{"", "加", "减", "等于多少？请用数字回答。", kChinese};
    const auto answer = solve(question, english);
    return answer ? answer : solve(question, chinese);
}

std::string national_id(std::string_view birth, int sequence) {
    const std::string body = fmt::format("320106{}{:03}", birth, sequence);
    constexpr std::array<int, 17> weights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        sum += (body[i] - '0') * weights[i];
    }
    return body + "10X98765432"[sum % 11];
}

AccountsWorld::AccountsWorld()
    : ids(clock, 1),
      keys(crypto::KeyRing::in_memory(clock, random)),
      limits(clock),
      audit(clock, ids),
      organisations(clock, ids, audit),
      options{.password_cost = {.memory_kib = 64, .passes = 1}},
      parts{*database, clock, ids, keys, random, limits, audit, organisations},
      accounts(parts, options) {
    clock.set(parse_time("2026-11-23T08:00:00Z").value());
    stranger.network = "192.0.2.1";
    stranger.user_agent =
        "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36";
    stranger.language = Language::en;
    database->write([&](sql::Tx& tx) { organisations.seed(tx); });
}

accounts::CaptchaAnswer AccountsWorld::captcha(bool strong) {
    for (;;) {
        const auto made =
            accounts.make_captcha(stranger, {accounts::CaptchaForm::text, Language::en, strong});
        const auto& question = made.question.value();
        if (!strong) {
            if (auto answer = solve_sum(question)) {
                return {made.id, *std::move(answer)};
            }
            continue;
        }
        constexpr std::string_view kFirst = "Answer both, one after the other. 1. ";
        const auto second = question.find(" 2. ");
        const auto left = solve_sum(question.substr(kFirst.size(), second - kFirst.size()));
        const auto right = solve_sum(std::string_view(question).substr(second + 4));
        if (left && right) {
            return {made.id, *left + " " + *right};
        }
    }
}

accounts::Registration AccountsWorld::form(const std::string& user_name, int sequence) {
    accounts::Registration form;
    form.document = {people::DocumentKind::resident_id, national_id("19900315", sequence)};
    form.name = "王小明";
    form.user_name = user_name;
    form.password = kPassword;
    form.captcha = captcha();
    form.transport = accounts::Transport::token;
    return form;
}

accounts::ConsentInput AccountsWorld::consent() const {
    return {"王大明",
            accounts::GuardianRelation::father,
            "138 1234 5678",
            accounts::Accounts::current_policy(Language::en).version,
            {accounts::ConsentPurpose::identity, accounts::ConsentPurpose::e_card}};
}

accounts::Opened AccountsWorld::register_adult(const std::string& user_name, int sequence) {
    return accounts.register_account(stranger, form(user_name, sequence));
}

accounts::SignIn AccountsWorld::sign_in_form(const std::string& login, const std::string& password) {
    return {login, password, captcha(), accounts::Transport::token, std::nullopt, std::nullopt};
}

std::optional<Caller> AccountsWorld::caller_of(const std::string& token) {
    return database->read([&](sql::Tx& tx) { return accounts.authenticate(tx, token); });
}

Caller AccountsWorld::officer(const std::string& user_name,
                              Role role,
                              OrganisationId organisation,
                              int sequence) {
    const auto opened = register_adult(user_name, sequence);
    database->write([&](sql::Tx& tx) { accounts.appoint_directly(tx, opened.account, role, organisation); });
    return caller_of(opened.token).value();
}

organisations::Organisation AccountsWorld::make_school(OrganisationId county,
                                                       const std::string& name,
                                                       const std::string& code) {
    Caller province;
    province.account = AccountId{1};
    province.grants.push_back({Role::province_admin, OrganisationId{32}, "/32/"});
    organisations::Draft draft;
    draft.parent_id = county;
    draft.kind = organisations::Kind::school;
    draft.name = name;
    draft.school_code = code;
    draft.school_kind = organisations::SchoolKind::primary;
    return database->write([&](sql::Tx& tx) { return organisations.create(tx, province, draft); });
}

organisations::Organisation AccountsWorld::make_class(OrganisationId school, int number) {
    Caller province;
    province.account = AccountId{1};
    province.grants.push_back({Role::province_admin, OrganisationId{32}, "/32/"});
    organisations::Draft draft;
    draft.parent_id = school;
    draft.kind = organisations::Kind::class_;
    draft.stage = organisations::Stage::primary;
    draft.entry_year = 2024;
    draft.class_number = number;
    return database->write([&](sql::Tx& tx) { return organisations.create(tx, province, draft); });
}

}  // namespace educard::testing
