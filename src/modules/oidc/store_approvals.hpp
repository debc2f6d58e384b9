#pragma once
// SQL of the apps that schools answer for, and nothing else.

#include "modules/oidc/store.hpp"

namespace educard::oidc::store {

struct ApprovalRow {
    SchoolApprovalId id;
    OrganisationId organisation_id;
    AppId app_id;
    std::string purpose;
    std::string claims;  // JSON
    AccountId approved_by;
    Time approved_at;
};
BOOST_DESCRIBE_STRUCT(ApprovalRow,
                      (),
                      (id, organisation_id, app_id, purpose, claims, approved_by, approved_at))

/// False when there is one that is in force.
bool insert_approval(sql::Tx& tx, const ApprovalRow& row);
/// These four: that is in force.
std::optional<ApprovalRow> find_approval(sql::Tx& tx, SchoolApprovalId id);
std::optional<ApprovalRow> find_approval(sql::Tx& tx, OrganisationId organisation, AppId app);
std::vector<ApprovalRow> approvals_of(sql::Tx& tx, OrganisationId organisation, int limit);
/// Purpose, claims, who and when. False when it has other claims than `claims_before` by now.
bool renew_approval(sql::Tx& tx, const ApprovalRow& row, std::string_view claims_before);
/// False when it is not in force.
bool withdraw_approval(sql::Tx& tx, SchoolApprovalId id, AccountId by, Time at);

/// Withdrawn before `before`, and people may still be in because of it: the oldest.
struct Unsettled {
    SchoolApprovalId id;
    AppId app_id;
};
BOOST_DESCRIBE_STRUCT(Unsettled, (), (id, app_id))
std::optional<Unsettled> find_unsettled(sql::Tx& tx, Time before);
void settle_approval(sql::Tx& tx, SchoolApprovalId id, Time at);

void put_entry(sql::Tx& tx, SchoolApprovalId approval, AccountId account);
/// By account, after `cursor`.
std::vector<AccountId> entries_of(sql::Tx& tx, SchoolApprovalId approval, AccountId cursor, int limit);
void remove_entry(sql::Tx& tx, SchoolApprovalId approval, AccountId account);

/// Apps that let somebody in, after `cursor`, whose name contains `part`, in small letters.
std::vector<AppRow> search_apps(sql::Tx& tx, std::string_view part, AppId cursor, int limit);

}  // namespace educard::oidc::store
