// What guardians are told in their own accounts, and who is taken for one.

#include "modules/families/acting.hpp"
#include "modules/families/families.hpp"
#include "modules/families/store.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace educard::families {

using accounts::AccountEventKind;

namespace {

std::string page_of(const store::LinkRow& row, AccountEventKind kind) {
    return kind == AccountEventKind::link_ended ? "/family" : fmt::format("/family/{}", row.id.value);
}

}  // namespace

void Families::tell(sql::Tx& tx,
                    const store::LinkRow& row,
                    const Child& child,
                    AccountEventKind kind,
                    const std::string& by_name) const {
    parts_.accounts.tell(tx,
                         row.account_id,
                         {.kind = kind, .about = child.name, .by_name = by_name, .page = page_of(row, kind)});
}

void Families::tell_fellows(sql::Tx& tx,
                            const store::LinkRow& row,
                            const Child& child,
                            AccountEventKind kind,
                            const std::string& by_name) const {
    for (const auto& other : store::links_of_child(tx, child.person)) {
        const bool decides = other.state == LinkState::active && other.rights == Rights::full;
        if (decides && other.id != row.id && other.account_id != row.account_id) {
            tell(tx, other, child, kind, by_name);
        }
    }
}

void Families::tell_of_consents(sql::Tx& tx, const store::LinkRow& row, const Child& child) const {
    const bool decides = row.state == LinkState::active && row.rights == Rights::full;
    if (decides && child.account && stage_of(child) == Stage::child &&
        !parts_.accounts.missing_consents(tx, *child.account).empty()) {
        tell(tx, row, child, AccountEventKind::consent_missing);
    }
}

void Families::tell_of_request(sql::Tx& tx, AccountId account, const std::string& app) const {
    const auto owner = parts_.accounts.find(tx, account);
    const auto child = owner && owner->person_id ? parts_.children.find(tx, *owner->person_id) : std::nullopt;
    if (child) {
        tell_fellows(tx, {.account_id = account}, *child, AccountEventKind::child_asks_app, app);
    }
}

bool Families::is_same_person(sql::Tx& tx, AccountId one, AccountId other) const {
    if (one == other) {
        return true;
    }
    const auto first = parts_.accounts.find(tx, one);
    const auto second = parts_.accounts.find(tx, other);
    if (!first || !second) {
        return false;
    }
    if (first->person_id && first->person_id == second->person_id) {
        return true;
    }
    const auto known = parts_.accounts.identify(tx, one).value_or(accounts::Identity());
    const auto also = parts_.accounts.identify(tx, other).value_or(accounts::Identity());
    return (known.digest && known.digest == also.digest) || (known.phone && known.phone == also.phone);
}

bool Families::is_guardian_of(sql::Tx& tx, PersonId child, AccountId account) const {
    return std::ranges::any_of(store::links_of_child(tx, child), [&](const store::LinkRow& row) {
        return is_same_person(tx, row.account_id, account);
    });
}

}  // namespace educard::families
