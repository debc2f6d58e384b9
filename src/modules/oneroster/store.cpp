#include "modules/oneroster/store.hpp"

#include "runtime/audit.hpp"

namespace educard::oneroster::store {

void put_approval(sql::Tx& tx, const Approval& approval) {
    tx.execute(R"(
        INSERT INTO app_roster (app_id, organisation_id, approved_at) VALUES ($1, $2, $3)
        ON CONFLICT (app_id) DO UPDATE
        SET organisation_id = excluded.organisation_id, approved_at = excluded.approved_at)",
               approval.app_id,
               approval.organisation_id,
               approval.approved_at);
}

bool remove_approval(sql::Tx& tx, oidc::AppId app) {
    return tx.execute("DELETE FROM app_roster WHERE app_id = $1", app) == 1;
}

std::optional<Approval> find_approval(sql::Tx& tx, oidc::AppId app) {
    return tx.find<Approval>("SELECT app_id, organisation_id, approved_at FROM app_roster WHERE app_id = $1",
                             app);
}

void put_subject(sql::Tx& tx, PersonId person, oidc::AppId app, std::string_view subject) {
    tx.post(R"(
        INSERT INTO roster_subject (person_id, app_id, subject) VALUES ($1, $2, $3)
        ON CONFLICT (person_id, app_id) DO UPDATE SET subject = excluded.subject)",
            person,
            app,
            subject);
}

std::optional<PersonId> find_person(sql::Tx& tx, oidc::AppId app, std::string_view subject) {
    return tx.find<PersonId>(
        "SELECT person_id FROM roster_subject WHERE subject = $1 AND app_id = $2", subject, app);
}

std::vector<Node> nodes(sql::Tx& tx, const NodeQuery& query) {
    const std::string end = end_of_subtree(query.path);
    if (query.kinds == Kinds::organisations) {
        return tx.list<Node>(R"(
            SELECT id, parent_id, kind, path, depth, name, division_code, direct, school_code, school_kind, stage,
                   entry_year, class_number, valid_from, valid_to, version, changed_at
            FROM organisation
            WHERE kind <> 'class' AND path >= $1 AND path < $2 AND path > $3 AND (valid_to IS NULL OR valid_to > $4)
            ORDER BY path LIMIT $5)",
                             query.path,
                             end,
                             query.after,
                             query.since,
                             query.limit);
    }
    return tx.list<Node>(R"(
        SELECT id, parent_id, kind, path, depth, name, division_code, direct, school_code, school_kind, stage,
               entry_year, class_number, valid_from, valid_to, version, changed_at
        FROM organisation
        WHERE kind = $6 AND path >= $1 AND path < $2 AND path > $3 AND (valid_to IS NULL OR valid_to > $4)
        ORDER BY path LIMIT $5)",
                         query.path,
                         end,
                         query.after,
                         query.since,
                         query.limit,
                         query.kinds == Kinds::schools ? "school" : "class");
}

std::optional<Node> find_node(sql::Tx& tx, OrganisationId id) {
    return tx.find<Node>(R"(
        SELECT id, parent_id, kind, path, depth, name, division_code, direct, school_code, school_kind, stage,
               entry_year, class_number, valid_from, valid_to, version, changed_at
        FROM organisation WHERE id = $1)",
                         id);
}

std::vector<MemberRow> members(sql::Tx& tx, const MemberQuery& query) {
    const std::string end = end_of_subtree(query.path);
    const std::string& begin = query.after_path > query.path ? query.after_path : query.path;
    return tx.list<MemberRow>(R"(
        SELECT s.path AS path, a.kind AS kind, a.id AS id, a.person_id AS person_id, p.name AS name,
               p.changed_at AS person_changed_at,
               (SELECT x.subject FROM roster_subject x WHERE x.person_id = a.person_id AND x.app_id = $1) AS subject,
               o.id AS other_id, o.kind AS other_kind, o.account_id AS account_id, o.school_id AS school_id,
               t.path AS school_path, o.class_id AS class_id, c.stage AS stage, c.entry_year AS entry_year,
               o.starts_on AS starts_on, o.ends_on AS ends_on, o.changed_at AS changed_at
        FROM organisation s
        JOIN affiliation a ON a.school_id = s.id
        JOIN person p ON p.id = a.person_id
        JOIN affiliation o ON o.person_id = a.person_id
        JOIN organisation t ON t.id = o.school_id
        LEFT JOIN organisation c ON c.id = o.class_id
        WHERE s.kind = 'school' AND s.path >= $2 AND s.path < $3
          AND (s.path > $4 OR a.kind > $5 OR (a.kind = $5 AND a.id > $6))
          AND (a.ends_on IS NULL OR a.ends_on > $7)
          AND ($8 = '' OR a.kind = $8) AND (CAST($9 AS BIGINT) = 0 OR a.class_id = $9)
        ORDER BY s.path, a.kind, a.id, o.id LIMIT $10)",
                              query.app,
                              begin,
                              end,
                              query.after_path,
                              query.after_kind,
                              query.after_id,
                              query.since,
                              query.kind,
                              query.in_class,
                              query.limit);
}

std::vector<MemberRow> members_of(sql::Tx& tx, oidc::AppId app, PersonId person) {
    return tx.list<MemberRow>(R"(
        SELECT s.path AS path, a.kind AS kind, a.id AS id, a.person_id AS person_id, p.name AS name,
               p.changed_at AS person_changed_at,
               (SELECT x.subject FROM roster_subject x WHERE x.person_id = a.person_id AND x.app_id = $1) AS subject,
               o.id AS other_id, o.kind AS other_kind, o.account_id AS account_id, o.school_id AS school_id,
               t.path AS school_path, o.class_id AS class_id, c.stage AS stage, c.entry_year AS entry_year,
               o.starts_on AS starts_on, o.ends_on AS ends_on, o.changed_at AS changed_at
        FROM affiliation a
        JOIN organisation s ON s.id = a.school_id
        JOIN person p ON p.id = a.person_id
        JOIN affiliation o ON o.person_id = a.person_id
        JOIN organisation t ON t.id = o.school_id
        LEFT JOIN organisation c ON c.id = o.class_id
        WHERE a.person_id = $2
        ORDER BY s.path, a.kind, a.id, o.id LIMIT 1000)",
                              app,
                              person);
}

std::vector<Lead> leads(sql::Tx& tx, AccountId account, OrganisationId school, Time now, Time since) {
    return tx.list<Lead>(R"(
        SELECT p.id AS id, p.organisation_id AS class_id, p.starts_at AS starts_at, p.ends_at AS ends_at
        FROM appointment p JOIN organisation c ON c.id = p.organisation_id
        WHERE p.account_id = $1 AND p.role = 'class_teacher' AND c.parent_id = $2 AND p.starts_at <= $3
          AND (p.ends_at IS NULL OR p.ends_at > $4)
        ORDER BY p.id LIMIT 100)",
                         account,
                         school,
                         now,
                         since);
}

}  // namespace educard::oneroster::store
