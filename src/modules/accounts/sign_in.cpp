// Signing in. Guessing is slowed without a lock that a stranger could turn
// (docs/decisions/0020-guessing-without-lockout.md):
//   * one network at one account: a bucket of eight tries, one more every thirty seconds; taken before the
//     password is looked at, so that many tries at once count as many, and filled again by success; once it
//     is empty, a captcha of twice the work opens a second one, for the owner may sit behind the guesser's
//     address;
//   * a device that the account has signed in from before has a bucket of its own, so that guesses from the
//     same school network do not slow the owner;
//   * one network at many accounts: failures only, for a school signs in from one address every morning;
//     a captcha of twice the work is asked first, and only who goes on failing with it is refused;
//   * many networks at one account: never a refusal, but after twenty failures strangers solve a captcha of
//     twice the work.
// All buckets go by what was typed, whether or not there is such an account.

#include "base/text.hpp"
#include "crypto/card_number.hpp"
#include "modules/accounts/accounts.hpp"
#include "modules/accounts/contact.hpp"
#include "modules/accounts/devices.hpp"
#include "modules/accounts/passwords.hpp"
#include "modules/accounts/store.hpp"
#include "modules/accounts/user_names.hpp"

#include <fmt/format.h>

namespace educard::accounts {

namespace {

using namespace std::chrono_literals;

constexpr RateRule kAccountFromNetwork{.burst = 8, .refill = 30s};
constexpr RateRule kAccountFromDevice{.burst = 10, .refill = 20s};
constexpr RateRule kAccountFromNetworkWorked{.burst = 8, .refill = 30s};
constexpr RateRule kNetworkFailures{.burst = 300, .refill = 2s};
constexpr RateRule kNetworkFailuresWorked{.burst = 600, .refill = 1s};
constexpr RateRule kAccountFailures{.burst = 100, .refill = 600s};
constexpr int kStrain = 20;
constexpr std::size_t kLongestLogin = 200;
constexpr std::size_t kLongestSecret = 4 * kLongestPassword;

Error too_many(std::chrono::seconds wait) {
    return Error(Fault::too_many, "accounts.slow_down").retry_after(wait);
}

Error stronger_captcha() {
    return Error::invalid("captcha.answer", "accounts.stronger_captcha");
}

constexpr int kStrongCaptcha = 2;

/// The bucket beside `key` for those who solved a captcha of twice the work.
std::string worked(const std::string& key) {
    return key + ":worked";
}

void check_form(const SignIn& form) {
    std::vector<FieldError> errors;
    const auto check = [&](const std::string& path, const std::string& text, std::size_t longest) {
        if (text.empty() || text.size() > longest || !is_valid_utf8(text)) {
            errors.push_back({path,
                              text.empty()            ? "required"
                              : text.size() > longest ? "too_long"
                                                      : "value"});
        }
    };
    check("login", form.login, kLongestLogin);
    check("password", form.password, kLongestSecret);
    check("captcha.answer", form.captcha.answer, kLongestLogin);
    if (form.device_name && form.device_name->size() > kLongestLogin) {
        errors.push_back({"device_name", "too_long"});
    }
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
}

}  // namespace

/// What is known before the password is looked at.
struct Accounts::Attempt {
    std::optional<Error> refusal;  // returned, not thrown: the captcha and the permit stay used
    std::optional<store::AccountRow> account;
    Id<SignInEventTag> event;
    std::string pair_key;
    std::string account_key;
    std::string network_key;
    std::optional<std::string> device_token;  // of a known device
};

std::optional<AccountId> Accounts::find_login(sql::Tx& tx, std::string_view login) const {
    if (const auto number = crypto::normalise_card_number(tidy(login)); number && cards_ != nullptr) {
        const auto person = cards_->find_holder(tx, *number);
        return person ? store::find_by_person(tx, *person) : std::nullopt;
    }
    return store::find_by_name(tx, user_name_key(login));
}

Accounts::Attempt Accounts::begin_sign_in(sql::Tx& tx, const Caller& caller, const SignIn& form) const {
    Attempt attempt;
    const int strength = redeem(tx, form.captcha);
    if (strength == 0) {
        attempt.refusal = Error::invalid("captcha.answer", "accounts.captcha_wrong");
        return attempt;
    }
    if (const auto id = find_login(tx, form.login)) {
        finish_recovery(tx, *id);
        attempt.account = store::find_account(tx, *id);
    }
    const auto subject = to_base64url(index_.of("login", user_name_key(form.login)));
    attempt.account_key = "sign_in:" + subject;
    attempt.network_key = "sign_in_network:" + caller.network;
    attempt.pair_key = "sign_in:" + subject + ":" + caller.network;
    if (attempt.account && form.device_token &&
        store::is_known_device(tx, digest_of_token(*form.device_token), attempt.account->id)) {
        attempt.device_token = form.device_token;
        attempt.pair_key = "sign_in:" + subject + ":" + to_hex(digest_of_token(*form.device_token));
        if (const auto wait = parts_.limits.take(tx, attempt.pair_key, kAccountFromDevice)) {
            attempt.refusal = too_many(*wait);
        }
    } else {
        attempt.refusal = refuse_stranger(tx, attempt, strength >= kStrongCaptcha);
    }
    if (attempt.refusal) {
        return attempt;
    }
    if (attempt.account) {
        attempt.event = parts_.ids.next<Id<SignInEventTag>>();
        store::insert_sign_in_event(tx,
                                    attempt.account->id,
                                    {attempt.event,
                                     parts_.clock.now(),
                                     SignInOutcome::refused,
                                     caller.network,
                                     device_name_of(form.device_name, caller.user_agent)});
    }
    return attempt;
}

/// From a device that the account does not know. Work is asked before anything is refused.
std::optional<Error> Accounts::refuse_stranger(sql::Tx& tx, Attempt& attempt, bool has_worked) const {
    auto& limits = parts_.limits;
    if (limits.strain(tx, attempt.network_key, kNetworkFailures) >= kNetworkFailures.burst) {
        if (!has_worked) {
            return stronger_captcha();
        }
        attempt.network_key = worked(attempt.network_key);
        if (limits.strain(tx, attempt.network_key, kNetworkFailuresWorked) >= kNetworkFailuresWorked.burst) {
            return too_many(1s);
        }
    }
    if (!has_worked && limits.strain(tx, attempt.account_key, kAccountFailures) >= kStrain) {
        return stronger_captcha();
    }
    if (!limits.take(tx, attempt.pair_key, kAccountFromNetwork)) {
        return std::nullopt;
    }
    if (!has_worked) {
        return stronger_captcha();
    }
    const auto wait = limits.take(tx, worked(attempt.pair_key), kAccountFromNetworkWorked);
    return wait ? std::optional(too_many(*wait)) : std::nullopt;
}

/// Of a failure; only the network's bucket that let it through counts it.
void Accounts::count_failure(sql::Tx& tx, const Attempt& attempt) const {
    const bool has_worked = attempt.network_key.ends_with(worked(""));
    (void)parts_.limits.take(tx, attempt.account_key, kAccountFailures);
    (void)parts_.limits.take(tx, attempt.network_key, has_worked ? kNetworkFailuresWorked : kNetworkFailures);
}

Entered Accounts::sign_in(const Caller& caller, const SignIn& form) const {
    check_form(form);
    auto attempt = parts_.database.write([&](sql::Tx& tx) { return begin_sign_in(tx, caller, form); });
    if (attempt.refusal) {
        throw std::move(*attempt.refusal);
    }
    const auto password = normalise_password(form.password);
    bool fits = false;
    if (attempt.account) {
        fits = crypto::verify_password(attempt.account->password_hash, password);
    } else {
        crypto::burn_password(password);
    }
    if (!fits) {
        parts_.database.write([&](sql::Tx& tx) { count_failure(tx, attempt); });
        throw Error(Fault::unauthenticated, "accounts.sign_in_failed");
    }
    const auto& account = *attempt.account;
    if (account.password_expires_at && *account.password_expires_at <= parts_.clock.now()) {
        throw Error(Fault::unauthenticated, "accounts.one_time_password_expired");
    }
    const auto renewed = crypto::needs_rehash(account.password_hash, options_.password_cost)
                             ? std::optional(hash(password))
                             : std::nullopt;
    return parts_.database.write([&](sql::Tx& tx) {
        const auto now = store::find_account(tx, account.id);
        if (!now || now->password_hash != account.password_hash) {  // changed while we were computing
            throw Error(Fault::unauthenticated, "accounts.sign_in_failed");
        }
        if (renewed) {
            store::rehash_password(tx, account.id, account.password_hash, *renewed);
        }
        parts_.limits.forgive(tx, attempt.pair_key);
        parts_.limits.forgive(tx, worked(attempt.pair_key));
        std::vector<SecondWay> ways;
        if (factors_.authenticator_since(tx, account.id)) {
            ways.push_back(SecondWay::authenticator);
        }
        if (!passkeys_.list(tx, account.id).empty()) {
            ways.push_back(SecondWay::passkey);
        }
        if (!ways.empty()) {
            store::set_outcome(tx, attempt.event, SignInOutcome::code_missing);
            return Entered{.opened = std::nullopt,
                           .ticket = make_ticket({.account = account.id,
                                                  .event = attempt.event,
                                                  .password_hash = renewed.value_or(account.password_hash),
                                                  .transport = form.transport,
                                                  .device_name = form.device_name,
                                                  .device_token = attempt.device_token}),
                           .ways = std::move(ways),
                           .expires_at = parts_.clock.now() + options_.second_step_life};
        }
        store::set_outcome(tx, attempt.event, SignInOutcome::signed_in);
        auto opened = open_session(
            tx, caller, account.id, {form.transport, form.device_name, attempt.device_token, kByPassword});
        const auto expires_at = opened.expires_at;
        return Entered{
            .opened = std::move(opened), .ticket = std::nullopt, .ways = {}, .expires_at = expires_at};
    });
}

Opened Accounts::sign_in_with_passkey(const Caller& caller, const PasskeySignIn& form) const {
    return parts_.database.write([&](sql::Tx& tx) {
        const auto account = passkeys_.use(tx, form.passkey);
        const bool is_known =
            form.device_token && store::is_known_device(tx, digest_of_token(*form.device_token), account);
        store::insert_sign_in_event(tx,
                                    account,
                                    {parts_.ids.next<Id<SignInEventTag>>(),
                                     parts_.clock.now(),
                                     SignInOutcome::signed_in,
                                     caller.network,
                                     device_name_of(form.device_name, caller.user_agent)});
        return open_session(tx,
                            caller,
                            account,
                            {.transport = form.transport,
                             .device_name = form.device_name,
                             .device_token = is_known ? form.device_token : std::nullopt,
                             .methods = kByPasskey});
    });
}

std::vector<SignInEvent> Accounts::sign_ins(sql::Tx& tx,
                                            const Caller& caller,
                                            std::int64_t before,
                                            int limit) const {
    return store::sign_in_events(tx, caller.account, before, limit);
}

}  // namespace educard::accounts
