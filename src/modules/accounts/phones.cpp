// Telephones: showing that one is one's own, and recovery by one. For recovery the code is not enough:
// whoever has the telephone in their hand for a moment must know the number of the document too, and the new
// password is good only after a day in which the owner is told everywhere and may stop it. Who holds an
// office is helped in person only (recovery.cpp). A second factor is asked for afterwards as before.

#include "base/json.hpp"
#include "base/text.hpp"
#include "modules/accounts/accounts.hpp"
#include "modules/accounts/passwords.hpp"
#include "modules/accounts/store.hpp"
#include "modules/accounts/store_phones.hpp"
#include "modules/accounts/user_names.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace educard::accounts {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kVerification = "verification";
constexpr std::string_view kRecovery = "recovery";
constexpr std::string_view kOutboxKind = "accounts.recovery_code";
constexpr auto kCodeLife = 5min;
constexpr auto kTicketLife = 15min;
constexpr int kMostTries = 5;
constexpr std::uint64_t kCodes = 1'000'000;
constexpr std::size_t kLongest = 200;
constexpr crypto::FieldPlace kTicketPlace{"account", "recovery", 0};

/// What the page is given, and the outbox: sealed, for a user name may be somebody's.
struct Ticket {
    std::string login;
    Time until;
};
BOOST_DESCRIBE_STRUCT(Ticket, (), (login, until))

struct Order {
    std::string ticket;
};
BOOST_DESCRIBE_STRUCT(Order, (), (ticket))

std::string code_text(Language language, std::string_view purpose, std::string_view code) {
    const bool recovers = purpose == kRecovery;
    if (language == Language::en) {
        return fmt::format("[Education Card] {}: {}. Good for 5 minutes. Tell it to nobody.",
                           recovers ? "Code to reset your password" : "Code to verify your phone",
                           code);
    }
    return fmt::format(
        "【教育卡】{}验证码：{}，5 分钟内有效。请勿告诉他人。", recovers ? "重置密码" : "手机号", code);
}

std::string begun_text(Language language, std::chrono::hours wait) {
    return language == Language::en
               ? fmt::format(
                     "[Education Card] Your password was reset and will be good in {} h. Not you? Sign in "
                     "and stop it.",
                     wait.count())
               : fmt::format(
                     "【教育卡】您的密码已申请重置，{} 小时后生效。如非本人操作，请登录后取消，或联系学校。",
                     wait.count());
}

Error recovery_failed() {
    return Error::invalid("code", "accounts.recovery_failed");
}

}  // namespace

void Accounts::reach_phones(const sms::Sms& sms, Outbox& outbox) {
    sms_ = &sms;
    outbox_ = &outbox;
    outbox.handle(std::string(kOutboxKind), [this](const OutboxItem& item) { send_recovery_code(item); });
}

Bytes Accounts::digest_of_code(const store::AccountRow& account,
                               std::string_view purpose,
                               std::string_view code) const {
    const auto phone = cipher_.open(account.phone.value(), {"account", "phone", account.id.value});
    const auto digest = token_hmac_(fmt::format("phone:{}:{}:{}:{}", account.id.value, purpose, phone, code));
    return Bytes(digest.begin(), digest.end());
}

void Accounts::send_code(sql::Tx& tx, const store::AccountRow& account, std::string_view purpose) const {
    const auto phone = cipher_.open(account.phone.value(), {"account", "phone", account.id.value});
    const auto code = fmt::format("{:06}", parts_.random.below(kCodes));
    sms_->send(tx, phone, code_text(account.language, purpose, code), kCodeLife);
    store::put_phone_code(
        tx, account.id, purpose, digest_of_code(account, purpose, code), parts_.clock.now() + kCodeLife);
}

/// Counts a try; commit it before the code is looked at.
bool Accounts::take_code(sql::Tx& tx, AccountId account, std::string_view purpose) const {
    return store::try_phone_code(tx, account, purpose, kMostTries, parts_.clock.now());
}

void Accounts::send_phone_code(const Caller& caller) const {
    if (sms_ == nullptr) {
        throw Error(Fault::conflict, "sms.unavailable");
    }
    try {
        parts_.database.write([&](sql::Tx& tx) {
            const auto account = store::find_account(tx, caller.account).value();
            if (!account.phone) {
                throw Error(Fault::conflict, "accounts.phone_missing");
            }
            send_code(tx, account, kVerification);
        });
    } catch (const Error& error) {
        if (error.code() == "sms.cap_reached") {
            sms_->note_refusal();
        }
        throw;
    }
}

Me Accounts::verify_phone(const Caller& caller, const PhoneCode& proof) const {
    const bool may_try =
        parts_.database.write([&](sql::Tx& tx) { return take_code(tx, caller.account, kVerification); });
    return parts_.database.write([&](sql::Tx& tx) {
        const auto account = store::find_account(tx, caller.account).value();
        if (!may_try || !account.phone ||
            !store::use_phone_code(
                tx, account.id, kVerification, digest_of_code(account, kVerification, tidy(proof.code))) ||
            !store::verify_phone(tx, account.id, *account.phone, parts_.clock.now())) {
            throw Error::invalid("code", "accounts.phone_code_wrong");
        }
        audit(tx, caller, "accounts.phone_verified", "", account.id);
        events_.note(tx, caller, AccountEventKind::phone_verified);
        return me(tx, caller);
    });
}

/// Who holds an office now, or once it begins, is helped in person.
bool Accounts::may_recover_by_sms(sql::Tx& tx, const store::AccountRow& account) const {
    const auto now = parts_.clock.now();
    const auto today = date_in_china(now);
    return account.phone && account.phone_verified_at && store::grants(tx, account.id, now, today).empty() &&
           store::resting_grants(tx, account.id, now, today).empty();
}

SmsRecoveryBegun Accounts::begin_sms_recovery(const Caller& /*caller*/, const BeginSmsRecovery& input) const {
    if (sms_ == nullptr || !sms_->is_available()) {
        throw Error(Fault::conflict, "sms.unavailable");
    }
    std::vector<FieldError> errors;
    if (input.login.empty() || input.login.size() > kLongest) {
        errors.push_back({"login", input.login.empty() ? "required" : "too_long"});
    }
    if (input.captcha.answer.empty() || input.captcha.answer.size() > kLongest) {
        errors.push_back({"captcha.answer", input.captcha.answer.empty() ? "required" : "too_long"});
    }
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    const Ticket ticket{.login = input.login, .until = parts_.clock.now() + kTicketLife};
    const auto sealed = to_base64url(cipher_.seal(json::encode(ticket), kTicketPlace));
    // Whether there is such an account is looked at behind, so that neither answer nor time can tell.
    const bool solved = parts_.database.write([&](sql::Tx& tx) {
        const bool right = redeem(tx, input.captcha) > 0;
        if (right) {
            outbox_->put(tx, kOutboxKind, json::encode(Order{sealed}));
        }
        return right;
    });
    if (!solved) {
        throw Error::invalid("captcha.answer", "accounts.captcha_wrong");
    }
    return {.ticket = sealed, .expires_at = ticket.until};
}

void Accounts::send_recovery_code(const OutboxItem& item) const {
    const auto sealed = from_base64url(json::decode<Order>(item.payload).ticket);
    const auto ticket = json::decode<Ticket>(cipher_.open(sealed.value(), kTicketPlace));
    parts_.database.write([&](sql::Tx& tx) {
        const auto id = find_login(tx, ticket.login);
        const auto account = id ? store::find_account(tx, *id) : std::nullopt;
        if (!account || ticket.until <= parts_.clock.now() || !may_recover_by_sms(tx, *account)) {
            return;
        }
        try {
            send_code(tx, *account, kRecovery);
        } catch (const Error& error) {
            if (error.fault() != Fault::too_many) {
                throw;
            }
        }
    });
}

SmsRecovered Accounts::recover_by_sms(const Caller& caller, const SmsRecovery& input) const {
    const auto sealed = from_base64url(input.ticket);
    const auto text = sealed ? cipher_.try_open(*sealed, kTicketPlace) : std::nullopt;
    const auto ticket = text ? json::decode<Ticket>(*text) : Ticket{};
    if (ticket.until <= parts_.clock.now()) {
        throw Error::invalid("ticket", "accounts.recovery_expired");
    }
    std::vector<FieldError> errors;
    for (const auto& [path, value] : {std::pair("code", &input.code), std::pair("number", &input.number)}) {
        if (value->empty() || value->size() > kLongest) {
            errors.push_back({path, value->empty() ? "required" : "too_long"});
        }
    }
    if (auto fault = find_password_fault(input.new_password, {})) {
        errors.push_back({"new_password", *std::move(fault)});
    }
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    const auto hashed = hash(input.new_password);
    const auto account = parts_.database.write([&](sql::Tx& tx) {
        const auto id = find_login(tx, ticket.login);
        return id && take_code(tx, *id, kRecovery) ? store::find_account(tx, *id) : std::nullopt;
    });
    if (!account) {
        throw recovery_failed();
    }
    const auto ready_at = parts_.clock.now() + options_.recovery_wait;
    parts_.database.write([&](sql::Tx& tx) {
        const auto claim = store::find_claim(tx, account->id);
        const auto numbers = people::digests_of(index_, input.number);
        if (!claim || std::ranges::find(numbers, claim->digest) == numbers.end() ||
            !may_recover_by_sms(tx, *account) ||
            !store::use_phone_code(
                tx, account->id, kRecovery, digest_of_code(*account, kRecovery, tidy(input.code)))) {
            throw recovery_failed();
        }
        store::put_recovery(tx, account->id, {.password_hash = hashed, .ready_at = ready_at});
        events_.note_from(tx, account->id, AccountEventKind::recovery_begun, caller);
        audit(tx, caller, "accounts.recovery_begun", "", account->id);
        const auto wait = std::chrono::duration_cast<std::chrono::hours>(options_.recovery_wait);
        if (wait.count() > 0) {
            const auto phone = cipher_.open(*account->phone, {"account", "phone", account->id.value});
            sms_->try_send(tx, phone, begun_text(account->language, wait), 24h);
        }
    });
    return {.ready_at = ready_at};
}

bool Accounts::stop_recovery(sql::Tx& tx, const Caller& caller) const {
    if (!store::remove_recovery(tx, caller.account)) {
        return false;
    }
    events_.note(tx, caller, AccountEventKind::recovery_stopped);
    audit(tx, caller, "accounts.recovery_stopped", "", caller.account);
    return true;
}

/// Puts a reset password in force whose time has come.
void Accounts::finish_recovery(sql::Tx& tx, AccountId account) const {
    const auto recovery = store::find_recovery(tx, account);
    if (!recovery || recovery->ready_at > parts_.clock.now() || !store::remove_recovery(tx, account)) {
        return;
    }
    store::replace_password(tx, account, recovery->password_hash);
    distrust(tx, account);
    events_.note_by(tx, account, AccountEventKind::recovered, "");
    tell_by_sms(tx, account, AccountEventKind::recovered);
    audit(tx, Caller{}, "accounts.recovered_by_sms", "", account);
}

}  // namespace educard::accounts
