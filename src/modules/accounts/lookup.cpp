// What other modules ask about accounts.

#include "modules/accounts/accounts.hpp"
#include "modules/accounts/store.hpp"
#include "modules/accounts/user_names.hpp"

namespace educard::accounts {

std::optional<Account> Accounts::find(sql::Tx& tx, AccountId id) const {
    const auto row = store::find_account(tx, id);
    return row ? std::optional<Account>(*row) : std::nullopt;
}

std::optional<Account> Accounts::find_by_user_name(sql::Tx& tx, std::string_view user_name) const {
    const auto id = store::find_by_name(tx, user_name_key(user_name));
    return id ? find(tx, *id) : std::nullopt;
}

std::optional<AccountId> Accounts::account_of(sql::Tx& tx, PersonId person) const {
    return store::find_by_person(tx, person);
}

std::optional<Claim> Accounts::find_claim(sql::Tx& tx, AccountId account) const {
    const auto row = store::find_claim(tx, account);
    if (!row) {
        return std::nullopt;
    }
    return Claim{{row->document_kind, cipher_.open(row->number, {"claim", "number", account.value})},
                 row->digest};
}

std::optional<Identity> Accounts::identify(sql::Tx& tx, AccountId account) const {
    const auto row = store::find_identity(tx, account);
    if (!row) {
        return std::nullopt;
    }
    Identity identity{.name = row->name,
                      .phone = std::nullopt,
                      .phone_verified = row->phone_verified_at.has_value(),
                      .digest = row->digest};
    if (row->phone) {
        identity.phone = cipher_.open(*row->phone, {"account", "phone", account.value});
    }
    return identity;
}

std::vector<Account> Accounts::claimants(sql::Tx& tx, const Bytes& digest) const {
    return store::claimants(tx, digest);
}

bool Accounts::bind_person(sql::Tx& tx, AccountId account, PersonId person) const {
    if (!store::insert_person(tx, person, account)) {
        const auto owner = store::find_by_person(tx, person);
        return owner == account;
    }
    if (!store::set_person(tx, account, person)) {
        store::delete_person(tx, person, account);
        return false;
    }
    return true;
}

}  // namespace educard::accounts
