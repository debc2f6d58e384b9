// What an account's owner knows and has: changing the password, setting up a second factor and taking it
// away.

#include "modules/accounts/accounts.hpp"
#include "modules/accounts/passwords.hpp"
#include "modules/accounts/store.hpp"
#include "modules/accounts/user_names.hpp"

#include <fmt/format.h>

namespace educard::accounts {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kIssuer = "教育卡";
constexpr RateRule kPasswordGuesses{.burst = 8, .refill = 60s};
constexpr std::size_t kLongestCode = 100;

bool verify(const store::AccountRow& account, std::string_view password) {
    return crypto::verify_password(account.password_hash,
                                   normalise_password(password.substr(0, 4 * kLongestPassword)));
}

}  // namespace

/// The account, once a guess at its password was counted.
store::AccountRow Accounts::begin_guess(sql::Tx& tx, AccountId account) const {
    parts_.limits.require(tx, fmt::format("password:{}", account.value), kPasswordGuesses);
    return store::find_account(tx, account).value();
}

void Accounts::count_guess(AccountId account, std::string_view known_device, std::string_view code) const {
    if (code.empty() || code.size() > kLongestCode) {
        throw Error::invalid("code", code.empty() ? "required" : "too_long");
    }
    const auto wait =
        parts_.database.write([&](sql::Tx& tx) { return factors_.take_guess(tx, account, known_device); });
    if (wait) {
        throw Error(Fault::too_many, "accounts.slow_down").retry_after(*wait);
    }
}

void Accounts::change_password(const Caller& caller, const PasswordChange& change) const {
    const auto [account, personal] = parts_.database.write([&](sql::Tx& tx) {
        auto row = begin_guess(tx, caller.account);
        std::vector<std::string> facts{user_name_key(row.user_name)};
        if (const auto claim = find_claim(tx, caller.account)) {
            facts.push_back(claim->document.number);
        }
        if (row.phone) {
            facts.push_back(cipher_.open(*row.phone, {"account", "phone", row.id.value}));
        }
        return std::pair(std::move(row), std::move(facts));
    });
    if (auto fault = find_password_fault(change.new_password, personal)) {
        throw Error::invalid("new_password", *std::move(fault));
    }
    if (!verify(account, change.current_password)) {
        throw Error::invalid("current_password", "accounts.password_wrong");
    }
    if (normalise_password(change.new_password) == normalise_password(change.current_password)) {
        throw Error::invalid("new_password", "accounts.password_same");
    }
    const auto renewed = hash(change.new_password);
    parts_.database.write([&](sql::Tx& tx) {
        if (!store::set_password(tx, caller.account, account.password_hash, renewed)) {
            throw Error(Fault::conflict, "accounts.password_changed_meanwhile");
        }
        end_other_sessions(tx, caller);
        store::delete_devices(tx, caller.account);
        audit(tx, caller, "accounts.password_changed", "", caller.account);
    });
}

AuthenticatorOffer Accounts::offer_authenticator(const Caller& caller, const PasswordProof& proof) const {
    const auto account = parts_.database.write([&](sql::Tx& tx) { return begin_guess(tx, caller.account); });
    if (!verify(account, proof.password)) {
        throw Error::invalid("password", "accounts.password_wrong");
    }
    return parts_.database.write(
        [&](sql::Tx& tx) { return factors_.offer(tx, account.id, kIssuer, account.user_name); });
}

RecoveryCodes Accounts::confirm_authenticator(const Caller& caller, const CodeProof& proof) const {
    count_guess(caller.account, "", proof.code);
    return parts_.database.write([&](sql::Tx& tx) {
        auto codes = factors_.confirm(tx, caller.account, proof.code);
        end_other_sessions(tx, caller);
        store::delete_devices(tx, caller.account);  // whoever had the password may have made themselves known
        audit(tx, caller, "accounts.second_factor_set_up", "", caller.account);
        return codes;
    });
}

RecoveryCodes Accounts::renew_recovery_codes(const Caller& caller, const CodeProof& proof) const {
    count_guess(caller.account, "", proof.code);
    return parts_.database.write([&](sql::Tx& tx) {
        factors_.use(tx, caller.account, "", proof.code);
        audit(tx, caller, "accounts.recovery_codes_renewed", "", caller.account);
        return factors_.renew_recovery_codes(tx, caller.account);
    });
}

void Accounts::remove_second_factor(const Caller& caller, const CodeProof& proof) const {
    count_guess(caller.account, "", proof.code);
    parts_.database.write([&](sql::Tx& tx) {
        if (second_factor(tx, caller).required) {
            throw Error(Fault::conflict, "accounts.second_factor_required");
        }
        factors_.use(tx, caller.account, "", proof.code);
        factors_.remove(tx, caller.account);
        audit(tx, caller, "accounts.second_factor_removed", "", caller.account);
    });
}

SecondFactorView Accounts::second_factor(sql::Tx& tx, const Caller& caller) const {
    auto view = factors_.view(tx, caller.account);
    view.required = options_.administrators_need_second_factor && administers(tx, caller.account);
    return view;
}

bool Accounts::remove_second_factor(sql::Tx& tx, AccountId account) const {
    if (!factors_.is_set_up(tx, account)) {
        return false;
    }
    factors_.remove(tx, account);
    audit(tx, Caller{}, "accounts.second_factor_removed", "", account);
    return true;
}

}  // namespace educard::accounts
