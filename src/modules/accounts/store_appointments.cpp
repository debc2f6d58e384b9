#include "modules/accounts/store.hpp"
#include "runtime/audit.hpp"

#include <string>

namespace educard::accounts::store {

Grant grant_of(Role role, OrganisationId organisation, std::string path, organisations::Kind kind) {
    using organisations::Kind;
    if (role != Role::inspector) {
        return {.role = role, .organisation = organisation, .path = std::move(path)};
    }
    const auto seen_as = kind == Kind::province                         ? Role::province_admin
                         : kind == Kind::city                           ? Role::city_admin
                         : kind == Kind::county || kind == Kind::unit   ? Role::county_admin
                                                                        : Role::school_admin;
    return {.role = seen_as, .organisation = organisation, .path = std::move(path), .reads_only = true};
}

std::vector<GrantRow> grants(sql::Tx& tx, AccountId account, Time now, Date today) {
    return tx.list<GrantRow>(
        R"(SELECT p.id AS appointment_id, p.role, p.organisation_id, o.path, o.kind, p.ends_at
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
        R"(SELECT p.id AS appointment_id, p.role, p.organisation_id, o.path, o.kind, p.ends_at
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

namespace {

const std::string kOffice =
    R"(SELECT p.id, p.account_id, a.user_name, a.name, p.role, p.organisation_id, p.starts_at, p.ends_at,
              p.appointed_by, o.kind, o.name AS organisation, o.stage, o.entry_year, o.class_number
       FROM organisation o JOIN appointment p ON p.organisation_id = o.id JOIN account a ON a.id = p.account_id)";

}  // namespace

std::vector<OfficeRow> offices(sql::Tx& tx, const OfficesQuery& query, std::string_view path, Time now) {
    static const std::string kPlace = " WHERE o.path >= $1 AND o.path < $2";
    static const std::string kOpen =
        kOffice + kPlace +
        " AND p.ended_by IS NULL AND (p.ends_at IS NULL OR p.ends_at > $3) AND p.id > $4"
        " AND ((CAST($6 AS BIGINT) = 1) = (p.starts_at > $3)) ORDER BY p.id LIMIT $5";
    static const std::string kFormer =
        kOffice + kPlace +
        " AND (p.ended_by IS NOT NULL OR p.ends_at <= $3) AND (CAST($4 AS BIGINT) = 0 OR p.id < $4)"
        " ORDER BY p.id DESC LIMIT $5";
    const auto end = query.below ? end_of_subtree(path) : std::string(path) + "!";
    if (query.state == OfficeState::former) {
        return tx.list<OfficeRow>(kFormer, path, end, now, query.after, query.limit);
    }
    return tx.list<OfficeRow>(
        kOpen, path, end, now, query.after, query.limit, query.state == OfficeState::upcoming ? 1 : 0);
}

std::vector<OfficeRow> offices_of(sql::Tx& tx, AccountId account, Time now) {
    static const std::string kList =
        kOffice +
        " WHERE p.account_id = $1 AND p.ended_by IS NULL AND (p.ends_at IS NULL OR p.ends_at > $2) ORDER BY p.id";
    return tx.list<OfficeRow>(kList, account, now);
}

bool shorten_appointment(sql::Tx& tx, AppointmentId id, Time at) {
    return tx.execute(R"(UPDATE appointment SET ends_at = $2
                         WHERE id = $1 AND ended_by IS NULL AND (ends_at IS NULL OR ends_at > $2))",
                      id,
                      at) == 1;
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
