// Recovery in person. Whoever helps learns a password that is good for a day and opens nothing but its own
// change; all sessions end, and the owner is told by whom it was done.

#include "base/text.hpp"
#include "crypto/card_number.hpp"
#include "modules/accounts/accounts.hpp"
#include "modules/accounts/one_time_password.hpp"
#include "modules/accounts/store.hpp"
#include "modules/accounts/store_phones.hpp"
#include "modules/accounts/user_names.hpp"

#include <algorithm>

namespace educard::accounts {

namespace {

constexpr std::chrono::days kPasswordLife{1};

Error nobody() {
    return Error(Fault::not_found, "accounts.nobody_to_recover");
}

}  // namespace

struct Accounts::Helpless {
    store::AccountRow account;
    std::string path;  // where the right to help comes from
};

/// Whose account it is, once the caller may help there.
Accounts::Helpless Accounts::find_helpless(sql::Tx& tx, const Caller& caller, const Recover& input) const {
    std::optional<AccountId> account;
    std::string path;
    if (input.card_number) {
        const auto number = crypto::normalise_card_number(tidy(*input.card_number));
        const auto place = number && cards_ != nullptr ? cards_->find_place(tx, *number) : std::nullopt;
        if (!place || (!may_administer(caller, place->path) &&
                       !(place->learns && may_act(caller, place->path, {Role::class_teacher})))) {
            throw nobody();
        }
        if (input.remove_second_factors.value_or(false) && !may_administer(caller, place->path)) {
            throw Error(Fault::forbidden, "accounts.second_factor_by_administrator");
        }
        account = store::find_by_person(tx, place->person);
        path = place->path;
    } else {
        account = store::find_by_name(tx, user_name_key(*input.user_name));
    }
    if (!account) {
        throw nobody();
    }
    if (*account == caller.account) {
        throw Error(Fault::forbidden, "accounts.own_recovery");
    }
    const auto now = parts_.clock.now();
    const auto offices = store::grants(tx, *account, now, date_in_china(now));
    if (offices.empty() && !input.card_number) {
        throw nobody();
    }
    for (const auto& office : offices) {
        if (!may_administer(caller, office.path)) {
            throw nobody();
        }
        path = path.empty() ? office.path : path;
        check_appointer(caller, parts_.organisations.get(tx, office.organisation_id), office.role);
    }
    return {.account = store::find_account(tx, *account).value(), .path = std::move(path)};
}

/// Of old sessions and devices nothing stays.
void Accounts::distrust(sql::Tx& tx, AccountId account) const {
    for (const auto& session : store::sessions(tx, account)) {
        end_session(tx, account, session.id);
    }
    store::delete_devices(tx, account);
}

Recovered Accounts::recover(const Caller& caller, const Recover& input) const {
    if (input.card_number.has_value() == input.user_name.has_value()) {
        throw Error::invalid("card_number", "accounts.card_number_or_user_name");
    }
    const bool removes = input.remove_second_factors.value_or(false);
    return give_one_time_password(
        caller,
        [&](sql::Tx& tx) { return find_helpless(tx, caller, input); },
        [](sql::Tx&) {},
        removes ? "accounts.recovered_without_second_factor" : "accounts.recovered",
        removes);
}

Recovered Accounts::recover_for(const Caller& caller,
                                const std::function<HelpedAccount(sql::Tx& tx)>& find,
                                const std::function<void(sql::Tx& tx)>& then,
                                std::string_view action) const {
    return give_one_time_password(
        caller,
        [&](sql::Tx& tx) {
            auto helped = find(tx);
            if (helped.account == caller.account) {
                throw Error(Fault::forbidden, "accounts.own_recovery");
            }
            return Helpless{.account = store::find_account(tx, helped.account).value(),
                            .path = std::move(helped.path)};
        },
        then,
        action,
        false);
}

Recovered Accounts::give_one_time_password(const Caller& caller,
                                           const std::function<Helpless(sql::Tx& tx)>& find,
                                           const std::function<void(sql::Tx& tx)>& then,
                                           std::string_view action,
                                           bool remove_second_factors) const {
    parts_.database.read([&](sql::Tx& tx) { (void)find(tx); });
    Recovered recovered;
    recovered.one_time_password = make_one_time_password(parts_.random);
    recovered.expires_at = parts_.clock.now() + kPasswordLife;
    const auto hashed = hash(recovered.one_time_password);
    parts_.database.write([&](sql::Tx& tx) {
        const auto [account, path] = find(tx);  // once more, on the state that is written
        then(tx);
        store::set_one_time_password(tx, account.id, hashed, recovered.expires_at);
        store::remove_recovery(tx, account.id);
        distrust(tx, account.id);
        if (remove_second_factors) {
            remove_second_factors_of(tx, account.id);
        }
        const auto helper = store::find_account(tx, caller.account)->name;
        events_.note_by(tx, account.id, AccountEventKind::recovered, helper);
        tell_by_sms(tx, account.id, AccountEventKind::recovered);
        audit(tx, caller, action, path, account.id);
        recovered.user_name = account.user_name;
        recovered.name = account.name;
        recovered.second_factor = has_second_factor(tx, account.id);
    });
    return recovered;
}

}  // namespace educard::accounts
