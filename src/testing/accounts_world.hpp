#pragma once
// Accounts over a fresh database with the tree of Jiangsu, and people who do not exist to use them. Passwords
// cost next to nothing here. Captchas are solved as a person would: by reading the question (only sums are
// understood; others are thrown away and the next one is asked for).

#include "crypto/key_ring.hpp"
#include "modules/accounts/accounts.hpp"
#include "modules/organisations/organisations.hpp"
#include "runtime/audit.hpp"
#include "runtime/rate_limit.hpp"
#include "testing/fake_clock.hpp"
#include "testing/test_database.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace educard::testing {

/// Answers "What is seven plus five? Answer in digits." and "七加五等于多少？请用数字回答。"; nothing for
/// other tasks.
std::optional<std::string> solve_sum(std::string_view question);

/// A resident ID number that checks, of somebody from Nanjing: `birth` is "20150601", `sequence` 0 to 999.
std::string national_id(std::string_view birth, int sequence);

class AccountsWorld {
public:
    AccountsWorld();

    /// A fresh captcha with its right answer.
    accounts::CaptchaAnswer captcha(bool strong = false);
    /// A form that is accepted, of an adult.
    accounts::Registration form(const std::string& user_name, int sequence = 1);
    accounts::ConsentInput consent() const;
    accounts::Opened register_adult(const std::string& user_name, int sequence = 1);
    accounts::SignIn sign_in_form(const std::string& login, const std::string& password);
    /// Who holds that token now; nobody when it is no longer good.
    std::optional<Caller> caller_of(const std::string& token);
    /// An account with an office, and its caller.
    Caller officer(const std::string& user_name, Role role, OrganisationId organisation, int sequence);
    /// A school below the county, and a class in it.
    organisations::Organisation make_school(OrganisationId county,
                                            const std::string& name,
                                            const std::string& code);
    organisations::Organisation make_class(OrganisationId school, int number);

    /// "path: code" of each field, or the code, of what `act` throws; empty when it throws nothing.
    template <class Act>
    static std::string refusal(Act&& act) {
        try {
            act();
        } catch (const Error& error) {
            std::string text;
            for (const auto& field : error.fields()) {
                text += (text.empty() ? "" : ", ") + field.path + ": " + field.code;
            }
            return text.empty() ? error.code() : text;
        }
        return "";
    }

    static constexpr std::string_view kPassword = "three blue kites";

    FakeClock clock;
    TestDatabase database;
    crypto::SystemRandom random;
    IdSource ids;
    crypto::KeyRing keys;
    RateLimits limits;
    Audit audit;
    organisations::Organisations organisations;
    accounts::Options options;
    accounts::Parts parts;
    accounts::Accounts accounts;
    Caller stranger;
};

}  // namespace educard::testing
