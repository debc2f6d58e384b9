#include "modules/accounts/second_factor.hpp"

#include "base/base32.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "crypto/totp.hpp"
#include "modules/accounts/store_factors.hpp"

#include <fmt/format.h>

namespace educard::accounts {

namespace {

using namespace std::chrono_literals;

// 144 guesses a day, and three codes of a million are good at a time: whoever has the password alone hits one
// of them within a year with a chance of one in seven, and the owner sees each day of it among the sign-ins.
constexpr RateRule kGuesses{.burst = 6, .refill = 10min};
constexpr int kRecoveryCodes = 10;
constexpr std::size_t kGroup = 4;
constexpr std::size_t kRecoveryGroups = 3;  // 60 bits
constexpr std::size_t kRandomOctets = 8;    // at least as many bits as a recovery code has

std::string bucket_of(AccountId account, std::string_view known_device) {
    return fmt::format("code:{}:{}", account.value, known_device);
}

crypto::FieldPlace place_of(AccountId account) {
    return {"authenticator", "secret", account.value};
}

std::string in_groups(std::string_view text, std::string_view between) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += kGroup) {
        out += out.empty() ? "" : between;
        out += text.substr(i, kGroup);
    }
    return out;
}

/// As codes are typed: wide digits, blanks and hyphens, small letters.
std::string normalised(std::string_view code) {
    std::string out;
    for (const char c : tidy(code)) {
        if (c >= 'a' && c <= 'z') {
            out += static_cast<char>(c - 'a' + 'A');
        } else if (c != ' ' && c != '-') {
            out += c;
        }
    }
    return out;
}

Error wrong() {
    return Error::invalid("code", "accounts.code_wrong");
}

}  // namespace

Bytes SecondFactors::digest_of(AccountId account, std::string_view recovery_code) const {
    const auto digest = hmac_(fmt::format("recovery:{}:{}", account.value, recovery_code));
    return Bytes(digest.begin(), digest.end());
}

std::optional<Time> SecondFactors::authenticator_since(sql::Tx& tx, AccountId account) const {
    const auto row = store::find_authenticator(tx, account);
    return row ? row->confirmed_at : std::nullopt;
}

int SecondFactors::recovery_codes_left(sql::Tx& tx, AccountId account) const {
    return store::count_recovery_codes(tx, account);
}

AuthenticatorOffer SecondFactors::offer(sql::Tx& tx,
                                        AccountId account,
                                        std::string_view issuer,
                                        std::string_view user_name) const {
    const auto secret = random_.bytes(crypto::kTotpSecretSize);
    if (!store::offer_authenticator(
            tx, account, cipher_.seal(as_text(secret), place_of(account)), clock_.now())) {
        throw Error(Fault::conflict, "accounts.second_factor_set_up");
    }
    return {.secret = in_groups(to_base32(secret), " "), .uri = crypto::totp_uri(secret, issuer, user_name)};
}

void SecondFactors::confirm(sql::Tx& tx, AccountId account, std::string_view code) const {
    const auto row = store::find_authenticator(tx, account);
    if (!row || row->confirmed_at) {
        throw Error(Fault::conflict,
                    row ? "accounts.second_factor_set_up" : "accounts.second_factor_not_offered");
    }
    const auto secret = cipher_.open(row->secret, place_of(account));
    const auto step =
        crypto::find_totp_step(as_bytes(secret), normalised(code), clock_.now(), row->used_step);
    if (!step) {
        throw wrong();
    }
    if (!store::confirm_authenticator(tx, account, row->secret, *step, clock_.now())) {
        throw Error(Fault::conflict, "accounts.second_factor_not_offered");  // meanwhile there is another
    }
    limits_.forgive(tx, bucket_of(account, ""));
}

std::optional<std::chrono::seconds> SecondFactors::take_guess(sql::Tx& tx,
                                                              AccountId account,
                                                              std::string_view known_device) const {
    return limits_.take(tx, bucket_of(account, known_device), kGuesses);
}

void SecondFactors::use(sql::Tx& tx,
                        AccountId account,
                        std::string_view known_device,
                        std::string_view code) const {
    const auto row = store::find_authenticator(tx, account);
    const auto typed = normalised(code);
    std::optional<std::int64_t> step;
    if (row && row->confirmed_at) {
        const auto secret = cipher_.open(row->secret, place_of(account));
        step = crypto::find_totp_step(as_bytes(secret), typed, clock_.now(), row->used_step);
    }
    const bool fits = step ? store::use_step(tx, account, *step)
                           : store::use_recovery_code(tx, account, digest_of(account, typed), clock_.now());
    if (!fits) {
        throw wrong();
    }
    limits_.forgive(tx, bucket_of(account, known_device));
}

RecoveryCodes SecondFactors::renew_recovery_codes(sql::Tx& tx, AccountId account) const {
    store::remove_recovery_codes(tx, account);
    RecoveryCodes made;
    for (int i = 0; i < kRecoveryCodes; ++i) {
        const auto code = to_base32(random_.bytes(kRandomOctets)).substr(0, kGroup * kRecoveryGroups);
        store::insert_recovery_code(tx, account, digest_of(account, code));
        made.codes.push_back(in_groups(code, "-"));
    }
    return made;
}

void SecondFactors::remove_authenticator(sql::Tx& tx, AccountId account) const {
    store::remove_authenticator(tx, account);
}

void SecondFactors::remove_recovery_codes(sql::Tx& tx, AccountId account) const {
    store::remove_recovery_codes(tx, account);
}

}  // namespace educard::accounts
