#include "modules/accounts/store.hpp"

namespace educard::accounts::store {

std::vector<GrantRow> grants(sql::Tx& tx, AccountId account, Time now, Date today) {
    return tx.list<GrantRow>(
        R"(SELECT p.id AS appointment_id, p.role, p.organisation_id, o.path, p.ends_at
           FROM appointment p JOIN organisation o ON o.id = p.organisation_id
           WHERE p.account_id = $1 AND p.ended_by IS NULL AND p.starts_at <= $2
             AND (p.ends_at IS NULL OR p.ends_at > $2) AND (o.valid_to IS NULL OR o.valid_to > $3)
           ORDER BY o.depth, p.id)",
        account,
        now,
        today);
}

std::vector<GrantRow> resting_grants(sql::Tx& tx, AccountId account, Time now, Date today) {
    return tx.list<GrantRow>(
        R"(SELECT p.id AS appointment_id, p.role, p.organisation_id, o.path, p.ends_at
           FROM appointment p JOIN organisation o ON o.id = p.organisation_id
           WHERE p.account_id = $1 AND p.ended_by IS NULL AND p.starts_at <= $2
             AND (p.ends_at IS NULL OR p.ends_at > $2) AND o.valid_to <= $3
           ORDER BY o.depth, p.id)",
        account,
        now,
        today);
}

bool insert_appointment(sql::Tx& tx, const Appointment& appointment) {
    return tx.execute(
               R"(INSERT INTO appointment (id, account_id, role, organisation_id, starts_at, ends_at, appointed_by)
                  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING)",
               appointment.id,
               appointment.account_id,
               appointment.role,
               appointment.organisation_id,
               appointment.starts_at,
               appointment.ends_at,
               appointment.appointed_by) == 1;
}

std::optional<Appointment> find_appointment(sql::Tx& tx, AppointmentId id) {
    return tx.find<Appointment>(
        R"(SELECT p.id, p.account_id, a.user_name, a.name, p.role, p.organisation_id, p.starts_at, p.ends_at,
                  p.appointed_by
           FROM appointment p JOIN account a ON a.id = p.account_id
           WHERE p.id = $1 AND p.ended_by IS NULL)",
        id);
}

bool end_appointment(sql::Tx& tx, AppointmentId id, AccountId ended_by, Time now) {
    return tx.execute(
               R"(UPDATE appointment SET ends_at = $3, ended_by = $2 WHERE id = $1 AND ended_by IS NULL)",
               id,
               ended_by,
               now) == 1;
}

void close_expired(sql::Tx& tx, OrganisationId organisation, Time now) {
    tx.execute(R"(UPDATE appointment SET ended_by = 0
                  WHERE organisation_id = $1 AND ended_by IS NULL AND ends_at <= $2)",
               organisation,
               now);
}

std::vector<Appointment> appointments_of(
    sql::Tx& tx, OrganisationId organisation, Time now, std::int64_t after, int limit) {
    return tx.list<Appointment>(
        R"(SELECT p.id, p.account_id, a.user_name, a.name, p.role, p.organisation_id, p.starts_at, p.ends_at,
                  p.appointed_by
           FROM appointment p JOIN account a ON a.id = p.account_id
           WHERE p.organisation_id = $1 AND p.ended_by IS NULL AND (p.ends_at IS NULL OR p.ends_at > $2)
             AND p.id > $3
           ORDER BY p.id LIMIT $4)",
        organisation,
        now,
        after,
        limit);
}

std::vector<Appointment> appointments_below(
    sql::Tx& tx, std::string_view path, std::string_view path_end, Time now, std::int64_t after, int limit) {
    return tx.list<Appointment>(
        R"(SELECT p.id, p.account_id, a.user_name, a.name, p.role, p.organisation_id, p.starts_at, p.ends_at,
                  p.appointed_by
           FROM organisation o
           JOIN appointment p ON p.organisation_id = o.id
           JOIN account a ON a.id = p.account_id
           WHERE o.path >= $1 AND o.path < $2 AND p.ended_by IS NULL AND (p.ends_at IS NULL OR p.ends_at > $3)
             AND p.id > $4
           ORDER BY p.id LIMIT $5)",
        path,
        path_end,
        now,
        after,
        limit);
}

std::vector<Appointment> holders(sql::Tx& tx, OrganisationId organisation, Role role, Time now) {
    return tx.list<Appointment>(
        R"(SELECT p.id, p.account_id, a.user_name, a.name, p.role, p.organisation_id, p.starts_at, p.ends_at,
                  p.appointed_by
           FROM appointment p JOIN account a ON a.id = p.account_id
           WHERE p.organisation_id = $1 AND p.role = $2 AND p.ended_by IS NULL AND p.starts_at <= $3
             AND (p.ends_at IS NULL OR p.ends_at > $3)
           ORDER BY p.id)",
        organisation,
        role,
        now);
}

std::int64_t count_offices(sql::Tx& tx, OrganisationId organisation, Time now) {
    return tx
        .find<std::int64_t>(
            R"(SELECT count(*) FROM organisation o JOIN appointment p ON p.organisation_id = o.id
               WHERE (o.id = $1 OR (o.parent_id = $1 AND o.kind = 'class'))
                 AND p.ended_by IS NULL AND (p.ends_at IS NULL OR p.ends_at > $2))",
            organisation,
            now)
        .value_or(0);
}

std::optional<OrganisationId> find_root(sql::Tx& tx) {
    return tx.find<OrganisationId>(
        R"(SELECT id FROM organisation WHERE kind = 'province' ORDER BY id LIMIT 1)");
}

}  // namespace educard::accounts::store
