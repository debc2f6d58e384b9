// The SQL of who is invited, who came, and for whom nobody came.
#include "modules/training/store.hpp"
#include "runtime/audit.hpp"

namespace educard::training::store {

namespace {

/// The kinds of organisation that a role is held at; the same twice where there is one.
std::pair<std::string_view, std::string_view> kinds_of(Role role) {
    switch (role) {
        case Role::province_admin:
            return {"province", "province"};
        case Role::city_admin:
            return {"city", "city"};
        case Role::county_admin:
            return {"county", "unit"};
        case Role::school_admin:
            return {"school", "school"};
        case Role::class_teacher:
            return {"class", "class"};
        case Role::inspector:
            break;  // held anywhere, so nobody is missing
    }
    return {"", ""};
}

}  // namespace

std::optional<AttendanceRow> find_attendance(sql::Tx& tx, SessionId session, AccountId account) {
    return tx.find<AttendanceRow>(
        R"(SELECT session_id, account_id, organisation_id, role, signed_up, attended, how FROM training_attendance
           WHERE session_id = $1 AND account_id = $2)",
        session,
        account);
}

bool insert_attendance(sql::Tx& tx, const AttendanceRow& row, Time at) {
    return tx.execute(
               R"(INSERT INTO training_attendance (session_id, account_id, organisation_id, role, signed_up, attended,
                                                   how, changed_at)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING)",
               row.session_id,
               row.account_id,
               row.organisation_id,
               row.role,
               row.signed_up,
               row.attended,
               row.how,
               at) == 1;
}

bool set_signed_up(sql::Tx& tx, SessionId session, AccountId account, bool signed_up, Time at) {
    return tx.execute(
               R"(UPDATE training_attendance SET signed_up = $3, changed_at = $4
                  WHERE session_id = $1 AND account_id = $2 AND signed_up <> $3 AND attended = 0)",
               session,
               account,
               signed_up,
               at) == 1;
}

bool set_attended(
    sql::Tx& tx, SessionId session, AccountId account, bool attended, std::string_view how, Time at) {
    return tx.execute(
               R"(UPDATE training_attendance SET attended = $3, how = $4, changed_at = $5
                  WHERE session_id = $1 AND account_id = $2 AND attended <> $3)",
               session,
               account,
               attended,
               how,
               at) == 1;
}

bool take_seat(sql::Tx& tx, SessionId id) {
    return tx.execute(
               R"(UPDATE training_session SET signed_up = signed_up + 1
                  WHERE id = $1 AND state = 'planned' AND (capacity IS NULL OR signed_up < capacity))",
               id) == 1;
}

void give_seat_back(sql::Tx& tx, SessionId id) {
    tx.execute("UPDATE training_session SET signed_up = signed_up - 1 WHERE id = $1 AND signed_up > 0", id);
}

std::int64_t count_attended(sql::Tx& tx, SessionId id) {
    return tx
        .find<std::int64_t>("SELECT COUNT(*) FROM training_attendance WHERE session_id = $1 AND attended = 1",
                            id)
        .value_or(0);
}

std::vector<AttendeeRow> attendees(sql::Tx& tx, SessionId id, AccountId after, int limit) {
    return tx.list<AttendeeRow>(
        R"(SELECT t.session_id, t.account_id, t.organisation_id, t.role, t.signed_up, t.attended, t.how, a.name
           FROM training_attendance t JOIN account a ON a.id = t.account_id
           WHERE t.session_id = $1 AND t.account_id > $2 AND (t.signed_up = 1 OR t.attended = 1)
           ORDER BY t.account_id LIMIT $3)",
        id,
        after,
        limit);
}

std::string holders(sql::Tx& tx,
                    std::string_view path,
                    std::string_view after,
                    Role role,
                    Date today,
                    Time now,
                    int organisations,
                    std::vector<Office>& found) {
    const auto [kind, other_kind] = kinds_of(role);
    std::vector<std::string> paths;
    tx.each(
        R"(SELECT path FROM organisation
           WHERE kind IN ($1, $2) AND path >= $3 AND path < $4 AND path > $5 AND (valid_to IS NULL OR valid_to > $6)
           ORDER BY path LIMIT $7)",
        [&](const sql::Row& row) { paths.push_back(row.get<std::string>(0)); },
        kind,
        other_kind,
        path,
        end_of_subtree(path),
        after,
        today,
        organisations);
    if (paths.empty()) {
        return {};
    }
    found = tx.list<Office>(
        R"(SELECT p.account_id, p.organisation_id, o.path, p.role
           FROM organisation o JOIN appointment p ON p.organisation_id = o.id
           WHERE o.path >= $1 AND o.path <= $2 AND p.role = $3 AND p.ended_by IS NULL AND p.starts_at <= $4
             AND (p.ends_at IS NULL OR p.ends_at > $4))",
        paths.front(),
        paths.back(),
        role,
        now);
    return paths.back();
}

std::vector<Office> offices_of(sql::Tx& tx, AccountId account, Time now) {
    return tx.list<Office>(
        R"(SELECT p.account_id, p.organisation_id, o.path, p.role
           FROM appointment p JOIN organisation o ON o.id = p.organisation_id
           WHERE p.account_id = $1 AND p.ended_by IS NULL AND p.starts_at <= $2 AND (p.ends_at IS NULL OR p.ends_at > $2)
           ORDER BY o.depth, p.id)",
        account,
        now);
}

GapCount count_gaps(
    sql::Tx& tx, std::string_view path, Role role, std::optional<CampaignId> campaign, Date today) {
    const auto [kind, other_kind] = kinds_of(role);
    GapCount count;
    tx.each(
        R"(SELECT COUNT(*), COALESCE(SUM(CASE WHEN EXISTS (
                      SELECT 1 FROM training_attendance t JOIN training_session s ON s.id = t.session_id
                      WHERE t.organisation_id = o.id AND t.role = $3 AND t.attended = 1 AND s.state = 'planned'
                        AND (CAST($4 AS BIGINT) = 0 OR s.campaign_id = $4)) THEN 1 ELSE 0 END), 0)
           FROM organisation o
           WHERE o.kind IN ($1, $2) AND o.path >= $5 AND o.path < $6 AND (o.valid_to IS NULL OR o.valid_to > $7))",
        [&](const sql::Row& row) { count = {row.integer(0), row.integer(1)}; },
        kind,
        other_kind,
        role,
        campaign.value_or(CampaignId{}),
        path,
        end_of_subtree(path),
        today);
    return count;
}

std::vector<organisations::Organisation> untrained(sql::Tx& tx,
                                                   std::string_view path,
                                                   Role role,
                                                   std::optional<CampaignId> campaign,
                                                   Date today,
                                                   int limit) {
    const auto [kind, other_kind] = kinds_of(role);
    return tx.list<organisations::Organisation>(
        R"(SELECT o.id, o.parent_id, o.kind, o.path, o.depth, o.name, o.division_code, o.direct, o.school_code,
                  o.school_kind, o.stage, o.entry_year, o.class_number, o.valid_from, o.valid_to, o.version
           FROM organisation o
           WHERE o.kind IN ($1, $2) AND o.path >= $5 AND o.path < $6 AND (o.valid_to IS NULL OR o.valid_to > $7)
             AND NOT EXISTS (
                     SELECT 1 FROM training_attendance t JOIN training_session s ON s.id = t.session_id
                     WHERE t.organisation_id = o.id AND t.role = $3 AND t.attended = 1 AND s.state = 'planned'
                       AND (CAST($4 AS BIGINT) = 0 OR s.campaign_id = $4))
           ORDER BY o.path LIMIT $8)",
        kind,
        other_kind,
        role,
        campaign.value_or(CampaignId{}),
        path,
        end_of_subtree(path),
        today,
        limit);
}

}  // namespace educard::training::store
