#include "modules/oidc/store_approvals.hpp"

#include "sql/like.hpp"

namespace educard::oidc::store {

bool insert_approval(sql::Tx& tx, const ApprovalRow& row) {
    return tx.execute(
               R"(INSERT INTO app_school_approval (id, organisation_id, app_id, purpose, claims, approved_by,
                                                   approved_at)
                  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING)",
               row.id,
               row.organisation_id,
               row.app_id,
               row.purpose,
               row.claims,
               row.approved_by,
               row.approved_at) == 1;
}

std::optional<ApprovalRow> find_approval(sql::Tx& tx, SchoolApprovalId id) {
    return tx.find<ApprovalRow>(
        R"(SELECT id, organisation_id, app_id, purpose, claims, approved_by, approved_at
           FROM app_school_approval WHERE id = $1 AND withdrawn_at IS NULL)",
        id);
}

std::optional<ApprovalRow> find_approval(sql::Tx& tx, OrganisationId organisation, AppId app) {
    return tx.find<ApprovalRow>(
        R"(SELECT id, organisation_id, app_id, purpose, claims, approved_by, approved_at
           FROM app_school_approval WHERE organisation_id = $1 AND app_id = $2 AND withdrawn_at IS NULL)",
        organisation,
        app);
}

std::vector<ApprovalRow> approvals_of(sql::Tx& tx, OrganisationId organisation, int limit) {
    return tx.list<ApprovalRow>(
        R"(SELECT id, organisation_id, app_id, purpose, claims, approved_by, approved_at
           FROM app_school_approval WHERE organisation_id = $1 AND withdrawn_at IS NULL
           ORDER BY approved_at DESC, id DESC LIMIT $2)",
        organisation,
        limit);
}

bool renew_approval(sql::Tx& tx, const ApprovalRow& row, std::string_view claims_before) {
    return tx.execute(
               R"(UPDATE app_school_approval SET purpose = $2, claims = $3, approved_by = $4, approved_at = $5
                  WHERE id = $1 AND withdrawn_at IS NULL AND claims = $6)",
               row.id,
               row.purpose,
               row.claims,
               row.approved_by,
               row.approved_at,
               claims_before) == 1;
}

bool withdraw_approval(sql::Tx& tx, SchoolApprovalId id, AccountId by, Time at) {
    return tx.execute(
               R"(UPDATE app_school_approval SET withdrawn_by = $2, withdrawn_at = $3
                  WHERE id = $1 AND withdrawn_at IS NULL)",
               id,
               by,
               at) == 1;
}

std::optional<Unsettled> find_unsettled(sql::Tx& tx, Time before) {
    return tx.find<Unsettled>(
        R"(SELECT id, app_id FROM app_school_approval
           WHERE withdrawn_at IS NOT NULL AND settled_at IS NULL AND withdrawn_at < $1
           ORDER BY withdrawn_at LIMIT 1)",
        before);
}

void settle_approval(sql::Tx& tx, SchoolApprovalId id, Time at) {
    tx.execute("UPDATE app_school_approval SET settled_at = $2 WHERE id = $1", id, at);
}

void put_entry(sql::Tx& tx, SchoolApprovalId approval, AccountId account) {
    tx.post(R"(INSERT INTO app_school_entry (approval_id, account_id) VALUES ($1, $2)
               ON CONFLICT (approval_id, account_id) DO NOTHING)",
            approval,
            account);
}

std::vector<AccountId> entries_of(sql::Tx& tx, SchoolApprovalId approval, AccountId cursor, int limit) {
    return tx.list<AccountId>(
        R"(SELECT account_id FROM app_school_entry WHERE approval_id = $1 AND account_id > $2
           ORDER BY account_id LIMIT $3)",
        approval,
        cursor,
        limit);
}

void remove_entry(sql::Tx& tx, SchoolApprovalId approval, AccountId account) {
    tx.post("DELETE FROM app_school_entry WHERE approval_id = $1 AND account_id = $2", approval, account);
}

std::vector<AppRow> search_apps(sql::Tx& tx, std::string_view part, AppId cursor, int limit) {
    return tx.list<AppRow>(
        R"(SELECT id, organisation_id, name, purpose, authentication, posts_secret, redirect_uris, essential,
                  voluntary, id_token_algorithm, keys, service, pushed, bound, device,
                  post_logout_redirect_uris, backchannel_logout_uri, state, testing, created_at, deleted_at,
                  tokens_since
           FROM app
           WHERE state = 'active' AND testing = 0 AND id > $1 AND LOWER(name) LIKE '%' || $2 || '%' ESCAPE '\'
             AND (redirect_uris <> '[]' OR device <> 0)
           ORDER BY id LIMIT $3)",
        cursor,
        sql::escape_like(part),
        limit);
}

}  // namespace educard::oidc::store
