// Handing one's reviews to a colleague for some days.

#include "base/error.hpp"
#include "modules/applications/applications.hpp"
#include "modules/applications/reach.hpp"
#include "modules/applications/store.hpp"
#include "runtime/audit.hpp"

#include <algorithm>

namespace educard::applications {

namespace {

constexpr auto kLongest = std::chrono::days(180);
constexpr auto kFurthestAhead = std::chrono::days(90);
constexpr int kMaxColleagues = 500;
constexpr int kMaxListed = 100;

/// The caller's own office at that very organisation. What was delegated to somebody they cannot pass on.
Reach own_office(const Caller& caller, OrganisationId organisation) {
    const auto reaches = own_reaches(caller);
    const auto found = std::ranges::find(reaches, organisation, &Reach::organisation);
    if (found == reaches.end()) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    return *found;
}

/// The school of a school's or a class's office.
std::optional<OrganisationId> school_at(sql::Tx& tx, const Needs& needs, const Reach& reach) {
    if (reach.role != Role::school_admin && reach.role != Role::class_teacher) {
        return std::nullopt;
    }
    const auto organisation = needs.organisations.get(tx, reach.organisation);
    return needs.organisations.school_of(tx, organisation).id;
}

void check_days(Date from, Date to, Date today) {
    const auto begin = std::chrono::sys_days(from);
    const auto end = std::chrono::sys_days(to);
    const auto now = std::chrono::sys_days(today);
    std::vector<FieldError> errors;
    if (begin < now || begin > now + kFurthestAhead) {
        errors.push_back(FieldError{.path = "starts_on", .code = "applications.day_implausible"});
    }
    if (end < begin || end > begin + kLongest) {
        errors.push_back(FieldError{.path = "ends_on", .code = "applications.delegation_days"});
    }
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
}

DelegationView view_of(sql::Tx& tx, const Needs& needs, const store::DelegationRow& row) {
    const auto organisation = needs.organisations.find(tx, row.organisation_id);
    const auto today = needs.organisations.today();
    return DelegationView{.id = DelegationId{row.id},
                          .from_account = row.from_account,
                          .to_account = row.to_account,
                          .from_name = needs.accounts.name_of(tx, row.from_account),
                          .to_name = needs.accounts.name_of(tx, row.to_account),
                          .role = row.role,
                          .organisation_id = row.organisation_id,
                          .organisation = organisation ? display_name(*organisation, today) : "",
                          .starts_on = row.starts_on,
                          .ends_on = row.ends_on,
                          .in_force = !row.revoked_at && row.starts_on <= today && today <= row.ends_on};
}

void audit(sql::Tx& tx,
           const Needs& needs,
           const Caller& caller,
           std::string action,
           const store::DelegationRow& row) {
    const auto organisation = needs.organisations.find(tx, row.organisation_id);
    needs.audit.record(tx,
                       caller,
                       AuditEntry{.action = std::move(action),
                                  .organisation_path = organisation ? organisation->path : "",
                                  .subject_kind = "account",
                                  .subject = std::to_string(row.to_account.value),
                                  .details = ""});
}

}  // namespace

bool may_stand_in(sql::Tx& tx, const Needs& needs, const Reach& reach, AccountId account) {
    if (const auto school = school_at(tx, needs, reach)) {
        if (store::works_at(tx, account, *school)) {
            return true;
        }
        const auto heads = needs.accounts.holders(tx, Role::school_admin, *school);
        return std::ranges::find(heads, account) != heads.end();
    }
    const auto holders = needs.accounts.holders(tx, reach.role, reach.organisation);
    return std::ranges::find(holders, account) != holders.end();
}

DelegationView Applications::delegate(sql::Tx& tx,
                                      const Caller& caller,
                                      const NewDelegation& delegation) const {
    const auto reach = own_office(caller, delegation.organisation_id);
    const auto today = needs_.organisations.today();
    store::DelegationRow row{.id = needs_.ids.next<ApplicationId>().value,
                             .from_account = caller.account,
                             .to_account = delegation.to_account,
                             .role = reach.role,
                             .organisation_id = reach.organisation,
                             .starts_on = delegation.starts_on.value_or(today),
                             .ends_on = delegation.ends_on,
                             .revoked_at = std::nullopt};
    check_days(row.starts_on, row.ends_on, today);
    if (delegation.to_account == caller.account || !may_stand_in(tx, needs_, reach, delegation.to_account)) {
        throw Error::invalid("to_account", "applications.not_a_colleague");
    }
    // Two at once would leave one in force when the other is ended.
    if (store::is_delegated(tx, row)) {
        throw Error(Fault::conflict, "applications.delegated_already");
    }
    store::insert_delegation(tx, row, needs_.clock.now());
    audit(tx, needs_, caller, "applications.delegated", row);
    auto view = view_of(tx, needs_, row);
    if (needs_.tell_delegate) {
        needs_.tell_delegate(tx, view);
    }
    return view;
}

void Applications::revoke_delegation(sql::Tx& tx, const Caller& caller, DelegationId id) const {
    const auto row = store::find_delegation(tx, id.value);
    if (!row || (row->from_account != caller.account && row->to_account != caller.account)) {
        throw Error(Fault::not_found, "applications.delegation_unknown");
    }
    if (store::revoke_delegation(tx, id.value, needs_.clock.now())) {
        audit(tx, needs_, caller, "applications.delegation_revoked", *row);
    }
}

std::vector<DelegationView> Applications::delegations(sql::Tx& tx, const Caller& caller) const {
    std::vector<DelegationView> list;
    for (const auto& row : store::delegations_around(tx, caller.account, kMaxListed)) {
        if (!row.revoked_at) {
            list.push_back(view_of(tx, needs_, row));
        }
    }
    return list;
}

std::vector<Colleague> Applications::colleagues(sql::Tx& tx,
                                                const Caller& caller,
                                                OrganisationId organisation) const {
    const auto reach = own_office(caller, organisation);
    std::vector<Colleague> list;
    std::vector<AccountId> heads;
    if (const auto school = school_at(tx, needs_, reach)) {
        list = store::staff_of(tx, *school, kMaxColleagues);
        heads = needs_.accounts.holders(tx, Role::school_admin, *school);
    } else {
        heads = needs_.accounts.holders(tx, reach.role, reach.organisation);
    }
    for (const auto account : heads) {
        if (std::ranges::find(list, account, &Colleague::account_id) == list.end()) {
            list.push_back(
                Colleague{.account_id = account, .name = needs_.accounts.name_of(tx, account).value_or("")});
        }
    }
    std::erase_if(list, [&](const Colleague& colleague) { return colleague.account_id == caller.account; });
    return list;
}

}  // namespace educard::applications
