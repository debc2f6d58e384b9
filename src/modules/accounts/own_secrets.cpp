// What an account's owner knows and has: showing it, changing the password, setting up second factors and
// taking them away.

#include "modules/accounts/accounts.hpp"
#include "modules/accounts/passwords.hpp"
#include "modules/accounts/store.hpp"
#include "modules/accounts/store_phones.hpp"
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

/// What the session is found by now. A session that another request has renewed since is not good any more.
Bytes Accounts::present_token(sql::Tx& tx, const Caller& caller) const {
    auto digest = store::session_token(tx, caller.account, caller.session);
    if (!digest) {
        throw Error(Fault::unauthenticated, "http.sign_in_required");
    }
    return std::move(*digest);
}

/// The session goes on under a token that nobody has seen, and what was copied of it before is good for
/// nothing: neither the id, by which apps know it, nor anything else of it changes.
RenewedSession Accounts::renew_session(sql::Tx& tx,
                                       const Caller& caller,
                                       const Bytes& present,
                                       std::optional<Time> proved_at) const {
    RenewedSession renewed{.token = parts_.random.token(), .transport = {}, .expires_at = {}};
    const auto row =
        store::replace_session_token(tx, present, digest_of_token(renewed.token), caller.session, proved_at);
    if (!row) {
        throw Error(Fault::unauthenticated, "http.sign_in_required");
    }
    renewed.transport = row->transport;
    renewed.expires_at = row->expires_at;
    return renewed;
}

RenewedSession Accounts::change_password(const Caller& caller, const PasswordChange& change) const {
    Bytes token;
    const auto [account, personal] = parts_.database.write([&](sql::Tx& tx) {
        token = present_token(tx, caller);
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
    return parts_.database.write([&](sql::Tx& tx) {
        if (!store::set_password(tx, caller.account, account.password_hash, renewed)) {
            throw Error(Fault::conflict, "accounts.password_changed_meanwhile");
        }
        store::remove_recovery(tx, caller.account);
        end_other_sessions(tx, caller);
        store::delete_devices(tx, caller.account);
        audit(tx, caller, "accounts.password_changed", "", caller.account);
        events_.note(tx, caller, AccountEventKind::password_changed);
        return renew_session(tx, caller, token, std::nullopt);
    });
}

RenewedSession Accounts::prove(const Caller& caller, const Proof& proof) const {
    Bytes token;
    const bool strong = parts_.database.read([&](sql::Tx& tx) {
        token = present_token(tx, caller);
        return has_second_factor(tx, caller.account);
    });
    if (!strong && !proof.password) {
        throw Error::invalid("password", "required");
    }
    if (!strong) {
        const auto account =
            parts_.database.write([&](sql::Tx& tx) { return begin_guess(tx, caller.account); });
        if (!verify(account, *proof.password)) {
            throw Error::invalid("password", "accounts.password_wrong");
        }
    } else if (!proof.passkey) {
        count_guess(caller.account, "", proof.code.value_or(""));
    }
    return parts_.database.write([&](sql::Tx& tx) {
        if (strong && proof.passkey && passkeys_.use(tx, *proof.passkey) != caller.account) {
            throw Error::invalid("passkey", "accounts.passkey_unknown");
        }
        if (strong && !proof.passkey) {
            factors_.use(tx, caller.account, "", *proof.code);
        }
        return renew_session(tx, caller, token, parts_.clock.now());
    });
}

bool Accounts::has_second_factor(sql::Tx& tx, AccountId account) const {
    return factors_.authenticator_since(tx, account) || !passkeys_.list(tx, account).empty();
}

/// Before another one is set up: what the first one of an account brings.
std::vector<std::string> Accounts::begin_second_factor(sql::Tx& tx, const Caller& caller) const {
    if (has_second_factor(tx, caller.account)) {
        return {};
    }
    end_other_sessions(tx, caller);
    store::delete_devices(tx, caller.account);  // whoever had the password may have made themselves known
    return factors_.renew_recovery_codes(tx, caller.account).codes;
}

AuthenticatorOffer Accounts::offer_authenticator(sql::Tx& tx, const Caller& caller) const {
    const auto account = store::find_account(tx, caller.account).value();
    return factors_.offer(tx, account.id, kIssuer, account.user_name);
}

RecoveryCodes Accounts::confirm_authenticator(const Caller& caller, const FirstCode& first) const {
    count_guess(caller.account, "", first.code);
    return parts_.database.write([&](sql::Tx& tx) {
        RecoveryCodes codes{.codes = begin_second_factor(tx, caller)};
        factors_.confirm(tx, caller.account, first.code);
        audit(tx, caller, "accounts.second_factor_set_up", "", caller.account);
        events_.note(tx, caller, AccountEventKind::second_factor_set_up);
        return codes;
    });
}

PasskeyOffer Accounts::offer_passkey(sql::Tx& tx, const Caller& caller) const {
    const auto account = store::find_account(tx, caller.account).value();
    return passkeys_.offer(tx, account.id, account.user_name, account.name);
}

AddedPasskey Accounts::add_passkey(sql::Tx& tx, const Caller& caller, const NewPasskey& passkey) const {
    auto codes = begin_second_factor(tx, caller);
    AddedPasskey added{.passkey = passkeys_.add(tx, caller.account, passkey),
                       .recovery_codes = std::move(codes)};
    audit(tx, caller, "accounts.passkey_added", "", caller.account);
    events_.note(tx, caller, AccountEventKind::passkey_added);
    return added;
}

RecoveryCodes Accounts::renew_recovery_codes(sql::Tx& tx, const Caller& caller) const {
    if (!has_second_factor(tx, caller.account)) {
        throw Error(Fault::not_found, "accounts.second_factor_unknown");
    }
    audit(tx, caller, "accounts.recovery_codes_renewed", "", caller.account);
    events_.note(tx, caller, AccountEventKind::recovery_codes_renewed);
    return factors_.renew_recovery_codes(tx, caller.account);
}

/// After one was removed, by who holds the account: of two that remove the last two, the second one sees what
/// the first one left.
void Accounts::end_second_factor(sql::Tx& tx, const Caller& caller) const {
    const auto left = second_factor(tx, caller);
    if (left.is_set_up()) {
        return;
    }
    if (left.required) {
        throw Error(Fault::conflict, "accounts.second_factor_required");
    }
    factors_.remove_recovery_codes(tx, caller.account);
}

void Accounts::remove_authenticator(sql::Tx& tx, const Caller& caller) const {
    store::hold_account(tx, caller.account);
    if (!factors_.authenticator_since(tx, caller.account)) {
        throw Error(Fault::not_found, "accounts.second_factor_unknown");
    }
    factors_.remove_authenticator(tx, caller.account);
    end_second_factor(tx, caller);
    audit(tx, caller, "accounts.second_factor_removed", "", caller.account);
    events_.note(tx, caller, AccountEventKind::second_factor_removed);
}

void Accounts::remove_passkey(sql::Tx& tx, const Caller& caller, PasskeyId id) const {
    store::hold_account(tx, caller.account);
    if (!passkeys_.remove(tx, caller.account, id)) {
        throw Error(Fault::not_found, "accounts.second_factor_unknown");
    }
    end_second_factor(tx, caller);
    audit(tx, caller, "accounts.passkey_removed", "", caller.account);
    events_.note(tx, caller, AccountEventKind::passkey_removed);
}

SecondFactorView Accounts::second_factor(sql::Tx& tx, const Caller& caller) const {
    SecondFactorView view{
        .authenticator_since = factors_.authenticator_since(tx, caller.account),
        .passkeys = passkeys_.list(tx, caller.account),
        .recovery_codes = 0,
        .required = options_.administrators_need_second_factor && administers(tx, caller.account)};
    if (view.is_set_up()) {
        view.recovery_codes = factors_.recovery_codes_left(tx, caller.account);
    }
    return view;
}

bool Accounts::remove_second_factors(sql::Tx& tx, AccountId account) const {
    if (!has_second_factor(tx, account)) {
        return false;
    }
    remove_second_factors_of(tx, account);
    events_.note_by(tx, account, AccountEventKind::second_factor_removed, "");
    audit(tx, Caller{}, "accounts.second_factor_removed", "", account);
    return true;
}

void Accounts::remove_second_factors_of(sql::Tx& tx, AccountId account) const {
    factors_.remove_authenticator(tx, account);
    factors_.remove_recovery_codes(tx, account);
    passkeys_.remove_all(tx, account);
}

}  // namespace educard::accounts
