#include "modules/families/store.hpp"

namespace educard::families::store {

bool insert_link(sql::Tx& tx, const LinkRow& row, std::optional<Date> of_age_on) {
    return tx.execute(R"(
        INSERT INTO family_link (id, person_id, account_id, guardian_name, relation, rights, state, origin,
                                 school_id, made_by, made_at, changed_at, of_age_on)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12) ON CONFLICT DO NOTHING)",
                      row.id,
                      row.person_id,
                      row.account_id,
                      row.guardian_name,
                      row.relation,
                      row.rights,
                      row.state,
                      row.origin,
                      row.school_id,
                      row.made_by,
                      row.made_at,
                      of_age_on) == 1;
}

std::optional<LinkRow> find_link(sql::Tx& tx, LinkId id) {
    return tx.find<LinkRow>(
        R"(SELECT id, person_id, account_id, guardian_name, relation, rights, state, origin, school_id, made_by,
                  made_at, changed_at
           FROM family_link WHERE id = $1)",
        id);
}

std::optional<LinkRow> find_link(sql::Tx& tx, PersonId child, AccountId account) {
    return tx.find<LinkRow>(
        R"(SELECT id, person_id, account_id, guardian_name, relation, rights, state, origin, school_id, made_by,
                  made_at, changed_at
           FROM family_link WHERE person_id = $1 AND account_id = $2 AND state <> 'ended')",
        child,
        account);
}

std::vector<LinkRow> links_of_child(sql::Tx& tx, PersonId child) {
    return tx.list<LinkRow>(
        R"(SELECT id, person_id, account_id, guardian_name, relation, rights, state, origin, school_id, made_by,
                  made_at, changed_at
           FROM family_link WHERE person_id = $1 AND state <> 'ended' ORDER BY id)",
        child);
}

std::vector<LinkRow> links_of_account(sql::Tx& tx, AccountId account) {
    return tx.list<LinkRow>(
        R"(SELECT id, person_id, account_id, guardian_name, relation, rights, state, origin, school_id, made_by,
                  made_at, changed_at
           FROM family_link WHERE account_id = $1 AND state <> 'ended' ORDER BY id LIMIT 100)",
        account);
}

std::vector<LinkRow> open_links(sql::Tx& tx, OrganisationId school, int limit) {
    return tx.list<LinkRow>(
        R"(SELECT id, person_id, account_id, guardian_name, relation, rights, state, origin, school_id, made_by,
                  made_at, changed_at
           FROM family_link WHERE school_id = $1 AND state IN ('waiting', 'disputed') ORDER BY id LIMIT $2)",
        school,
        limit);
}

std::vector<LinkRow> open_disputes(
    sql::Tx& tx, std::string_view path, std::string_view path_end, LinkId cursor, int limit) {
    return tx.list<LinkRow>(
        R"(SELECT l.id, l.person_id, l.account_id, l.guardian_name, l.relation, l.rights, l.state, l.origin,
                  l.school_id, l.made_by, l.made_at, l.changed_at
           FROM family_link l JOIN organisation o ON o.id = l.school_id
           WHERE l.state = 'disputed' AND l.id > $3 AND o.path >= $1 AND o.path < $2 ORDER BY l.id LIMIT $4)",
        path,
        path_end,
        cursor,
        limit);
}

void set_school(sql::Tx& tx, const LinkRow& row, OrganisationId school) {
    tx.execute("UPDATE family_link SET school_id = $3 WHERE person_id = $1 AND id = $2", row.person_id, row.id, school);
}

bool change_link(sql::Tx& tx, const LinkRow& before, LinkState state, Rights rights, Time now) {
    return tx.execute(
               R"(UPDATE family_link SET state = $3, rights = $4, changed_at = $5, school_id = $8
                  WHERE person_id = $1 AND id = $2 AND state = $6 AND rights = $7)",
               before.person_id,
               before.id,
               state,
               rights,
               now,
               before.state,
               before.rights,
               before.school_id) == 1;
}

bool hold_link(sql::Tx& tx, const LinkRow& row) {
    return tx.execute(
               R"(UPDATE family_link SET changed_at = changed_at
                  WHERE person_id = $1 AND id = $2 AND state = 'active' AND rights = 'full')",
               row.person_id,
               row.id) == 1;
}

bool has_children(sql::Tx& tx, AccountId account) {
    return tx
        .find<std::int64_t>(R"(SELECT 1 FROM family_link WHERE account_id = $1 AND state <> 'ended' LIMIT 1)",
                            account)
        .has_value();
}

bool has_deciding_guardian(sql::Tx& tx, PersonId child) {
    return tx
        .find<std::int64_t>(
            R"(SELECT 1 FROM family_link
               WHERE person_id = $1 AND state = 'active' AND rights = 'full' LIMIT 1)",
            child)
        .has_value();
}

std::vector<LinkRow> links_of_grown_up(sql::Tx& tx, Date day, int limit) {
    return tx.list<LinkRow>(
        R"(SELECT id, person_id, account_id, guardian_name, relation, rights, state, origin, school_id, made_by,
                  made_at, changed_at
           FROM family_link WHERE state <> 'ended' AND of_age_on <= $1 LIMIT $2)",
        day,
        limit);
}

void insert_event(sql::Tx& tx, PersonId child, const EventRow& row) {
    tx.post(R"(INSERT INTO family_event (person_id, id, link_id, at, kind, account_id, reason)
               VALUES ($1, $2, $3, $4, $5, $6, $7))",
            child,
            row.id,
            row.link_id,
            row.at,
            row.kind,
            row.account_id,
            row.reason);
}

std::vector<EventRow> events_of(sql::Tx& tx, PersonId child, LinkId link, int limit) {
    return tx.list<EventRow>(
        R"(SELECT id, link_id, at, kind, account_id, reason FROM family_event
           WHERE person_id = $1 AND link_id = $2 ORDER BY id DESC LIMIT $3)",
        child,
        link,
        limit);
}

bool has_ended_link(sql::Tx& tx, PersonId child) {
    return tx
        .find<std::int64_t>(
            R"(SELECT 1 FROM family_event WHERE person_id = $1 AND kind = 'ended_by_school' LIMIT 1)", child)
        .has_value();
}

bool insert_invitation(sql::Tx& tx, const InvitationRow& row) {
    return tx.execute(R"(
        INSERT INTO family_invitation (digest, id, person_id, guardian_name, relation, rights, made_by, made_at,
                                       expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING)",
                      row.digest,
                      row.id,
                      row.person_id,
                      row.guardian_name,
                      row.relation,
                      row.rights,
                      row.made_by,
                      row.made_at,
                      row.expires_at) == 1;
}

std::optional<InvitationRow> find_invitation(sql::Tx& tx, const Bytes& digest) {
    return tx.find<InvitationRow>(
        R"(SELECT digest, id, person_id, guardian_name, relation, rights, made_by, made_at, expires_at, used_by,
                  link_id
           FROM family_invitation WHERE digest = $1)",
        digest);
}

std::optional<InvitationRow> find_invitation(sql::Tx& tx, InvitationId id) {
    return tx.find<InvitationRow>(
        R"(SELECT digest, id, person_id, guardian_name, relation, rights, made_by, made_at, expires_at, used_by,
                  link_id
           FROM family_invitation WHERE id = $1)",
        id);
}

std::vector<InvitationRow> invitations_of(sql::Tx& tx, PersonId child, Time now) {
    return tx.list<InvitationRow>(
        R"(SELECT digest, id, person_id, guardian_name, relation, rights, made_by, made_at, expires_at, used_by,
                  link_id
           FROM family_invitation WHERE person_id = $1 AND used_by IS NULL AND expires_at > $2 ORDER BY id)",
        child,
        now);
}

bool use_invitation(sql::Tx& tx, const Bytes& digest, AccountId account, Time now) {
    return tx.execute(
               R"(UPDATE family_invitation SET used_by = $2
                  WHERE digest = $1 AND used_by IS NULL AND expires_at > $3)",
               digest,
               account,
               now) == 1;
}

void set_link_of(sql::Tx& tx, const Bytes& digest, LinkId link) {
    tx.post(R"(UPDATE family_invitation SET link_id = $2 WHERE digest = $1)", digest, link);
}

bool delete_invitation(sql::Tx& tx, const Bytes& digest) {
    return tx.execute(R"(DELETE FROM family_invitation WHERE digest = $1 AND used_by IS NULL)", digest) == 1;
}

std::int64_t delete_invitations(sql::Tx& tx, Time expired_before) {
    return tx.execute(R"(DELETE FROM family_invitation WHERE expires_at < $1)", expired_before);
}

}  // namespace educard::families::store
