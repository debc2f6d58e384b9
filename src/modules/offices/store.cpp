#include "modules/offices/store.hpp"

#include "runtime/audit.hpp"
#include "sql/like.hpp"

#include <string>

namespace educard::offices::store {

namespace {

const std::string kContact =
    R"(SELECT c.id, c.organisation_id, o.name AS organisation, o.kind AS organisation_kind, o.school_code,
              c.name, c.duty, c.phone, c.mail, c.account_id, c.changed_at, c.version
       FROM organisation o JOIN contact_person c ON c.organisation_id = o.id)";

const std::string kInvitation =
    R"(SELECT i.digest, i.id, i.organisation_id, i.offices, i.name, i.begins_on, i.ends_on, i.made_by, i.made_at,
              i.expires_at, i.state, i.answered_by, i.answered_at
       FROM office_invitation i JOIN organisation o ON o.id = i.organisation_id)";

}  // namespace

void insert_contact(sql::Tx& tx, const ContactRecord& row) {
    tx.execute(
        R"(INSERT INTO contact_person (id, organisation_id, name, duty, phone, mail, account_id, changed_at,
                      changed_by, version)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1))",
        row.id,
        row.organisation_id,
        row.name,
        row.duty,
        row.phone,
        row.mail,
        row.account_id,
        row.changed_at,
        row.changed_by);
}

bool update_contact(sql::Tx& tx, const ContactRecord& row) {
    return tx.execute(R"(UPDATE contact_person
                         SET name = $3, duty = $4, phone = $5, mail = $6, changed_at = $7, changed_by = $8,
                             version = version + 1
                         WHERE id = $1 AND version = $2)",
                      row.id,
                      row.version,
                      row.name,
                      row.duty,
                      row.phone,
                      row.mail,
                      row.changed_at,
                      row.changed_by) == 1;
}

bool delete_contact(sql::Tx& tx, ContactId id) {
    return tx.execute("DELETE FROM contact_person WHERE id = $1", id) == 1;
}

std::optional<Contact> find_contact(sql::Tx& tx, ContactId id) {
    static const std::string kFind = kContact + " WHERE c.id = $1";
    return tx.find<Contact>(kFind, id);
}

std::vector<Contact> contacts_of(sql::Tx& tx, OrganisationId organisation) {
    static const std::string kList = kContact + " WHERE o.id = $1 ORDER BY c.id";
    return tx.list<Contact>(kList, organisation);
}

std::vector<Contact> contacts(sql::Tx& tx, const ContactsQuery& query, std::string_view path) {
    static const std::string kList =
        kContact +
        R"( WHERE o.path >= $1 AND o.path < $2 AND o.kind <> 'class' AND c.id > $3
              AND ($4 = '' OR LOWER(c.name) LIKE '%' || LOWER($4) || '%' ESCAPE '\' OR LOWER(o.name) LIKE '%' || LOWER($4) || '%' ESCAPE '\')
            ORDER BY c.id LIMIT $5)";
    const auto end = query.below ? end_of_subtree(path) : std::string(path) + "!";
    return tx.list<Contact>(kList, path, end, query.after, sql::escape_like(query.text), query.limit);
}

std::int64_t count_contacts(sql::Tx& tx, OrganisationId organisation) {
    return tx
        .find<std::int64_t>("SELECT COUNT(*) FROM contact_person WHERE organisation_id = $1", organisation)
        .value_or(0);
}

bool is_contact(sql::Tx& tx, OrganisationId organisation, AccountId account) {
    return tx
        .find<std::int64_t>(
            "SELECT id FROM contact_person WHERE organisation_id = $1 AND account_id = $2 LIMIT 1",
            organisation,
            account)
        .has_value();
}

void replace_contact(sql::Tx& tx,
                     OrganisationId organisation,
                     AccountId from,
                     AccountId to,
                     std::string_view name,
                     Time at,
                     AccountId by) {
    tx.execute(R"(UPDATE contact_person
                  SET account_id = $3, name = $4, changed_at = $5, changed_by = $6, version = version + 1
                  WHERE organisation_id = $1 AND account_id = $2)",
               organisation,
               from,
               to,
               name,
               at,
               by);
}

void move_contacts(sql::Tx& tx, OrganisationId from, OrganisationId to) {
    tx.execute(
        R"(UPDATE contact_person SET organisation_id = $2, version = version + 1 WHERE organisation_id = $1)",
        from,
        to);
}

Counted count_gaps(sql::Tx& tx, std::string_view path, std::string_view today) {
    return tx
        .find<Counted>(
            R"(SELECT COUNT(*) AS organisations,
                      COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM contact_person c WHERE c.organisation_id = o.id)
                                        THEN 0 ELSE 1 END), 0) AS without
               FROM organisation o
               WHERE o.kind <> 'class' AND o.path >= $1 AND o.path < $2 AND (o.valid_to IS NULL OR o.valid_to > $3))",
            path,
            end_of_subtree(path),
            today)
        .value_or(Counted());
}

std::vector<GapRow> gaps(sql::Tx& tx,
                         std::string_view path,
                         std::string_view kind,
                         std::string_view after,
                         std::string_view today,
                         int limit) {
    return tx.list<GapRow>(
        R"(SELECT o.id, o.kind, o.name, o.school_code, COALESCE(p.name, '') AS parent, o.path
           FROM organisation o LEFT JOIN organisation p ON p.id = o.parent_id
           WHERE o.kind <> 'class' AND ($5 = '' OR o.kind = $5) AND o.path >= $1 AND o.path < $2 AND o.path > $3
             AND (o.valid_to IS NULL OR o.valid_to > $4)
             AND NOT EXISTS (SELECT 1 FROM contact_person c WHERE c.organisation_id = o.id)
           ORDER BY o.path LIMIT $6)",
        path,
        end_of_subtree(path),
        after,
        today,
        kind,
        limit);
}

void insert_import(sql::Tx& tx, const ImportRecord& row) {
    tx.execute(R"(INSERT INTO contact_import (id, organisation_id, file_name, rows, created_by, created_at)
                  VALUES ($1, $2, $3, $4, $5, $6))",
               row.id,
               row.organisation_id,
               row.file_name,
               row.rows,
               row.created_by,
               row.created_at);
}

std::optional<ImportRecord> find_import(sql::Tx& tx, ContactImportId id) {
    return tx.find<ImportRecord>(
        R"(SELECT id, organisation_id, file_name, rows, created_by, created_at, confirmed_at
           FROM contact_import WHERE id = $1)",
        id);
}

bool confirm_import(sql::Tx& tx, ContactImportId id, Time at) {
    return tx.execute("UPDATE contact_import SET confirmed_at = $2 WHERE id = $1 AND confirmed_at IS NULL",
                      id,
                      at) == 1;
}

bool insert_invitation(sql::Tx& tx, const InvitationRow& row) {
    return tx.execute(
               R"(INSERT INTO office_invitation (digest, id, organisation_id, offices, name, begins_on, ends_on,
                             made_by, made_at, expires_at, state)
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING)",
               row.digest,
               row.id,
               row.organisation_id,
               row.offices,
               row.name,
               row.begins_on,
               row.ends_on,
               row.made_by,
               row.made_at,
               row.expires_at,
               row.state) == 1;
}

std::optional<InvitationRow> find_invitation(sql::Tx& tx, const Bytes& digest) {
    static const std::string kFind = kInvitation + " WHERE i.digest = $1";
    return tx.find<InvitationRow>(kFind, digest);
}

std::optional<InvitationRow> find_invitation(sql::Tx& tx, InvitationId id) {
    static const std::string kFind = kInvitation + " WHERE i.id = $1";
    return tx.find<InvitationRow>(kFind, id);
}

std::vector<InvitationRow> invitations(sql::Tx& tx, std::string_view path, std::int64_t before, int limit) {
    static const std::string kList =
        kInvitation +
        R"( WHERE o.path >= $1 AND o.path < $2 AND (CAST($3 AS BIGINT) = 0 OR i.id < $3)
            ORDER BY i.id DESC LIMIT $4)";
    return tx.list<InvitationRow>(kList, path, end_of_subtree(path), before, limit);
}

bool answer(sql::Tx& tx, const Bytes& digest, InvitationState state, std::optional<AccountId> by, Time at) {
    return tx.execute(R"(UPDATE office_invitation SET state = $2, answered_by = $3, answered_at = $4
                         WHERE digest = $1 AND state = 'waiting')",
                      digest,
                      state,
                      by,
                      at) == 1;
}

std::int64_t sweep(sql::Tx& tx, Time before) {
    return tx.execute("DELETE FROM office_invitation WHERE expires_at < $1", before) +
           tx.execute("DELETE FROM contact_import WHERE created_at < $1", before);
}

}  // namespace educard::offices::store
