// The SQL of who is reminded of what.
#include "modules/campaigns/store.hpp"
#include "runtime/audit.hpp"

namespace educard::campaigns::store {

std::vector<organisations::Organisation> walk(
    sql::Tx& tx, std::string_view path, std::string_view after, Date today, int limit) {
    return tx.list<organisations::Organisation>(
        R"(SELECT id, parent_id, kind, path, depth, name, division_code, direct, school_code, school_kind, stage,
                  entry_year, class_number, valid_from, valid_to, version
           FROM organisation
           WHERE kind <> 'class' AND path >= $1 AND path > $2 AND path < $3 AND (valid_to IS NULL OR valid_to > $4)
           ORDER BY path LIMIT $5)",
        path,
        after,
        end_of_subtree(path),
        today,
        limit);
}

std::vector<organisations::Organisation> above_schools(sql::Tx& tx, std::string_view path, Date today) {
    return tx.list<organisations::Organisation>(
        R"(SELECT id, parent_id, kind, path, depth, name, division_code, direct, school_code, school_kind, stage,
                  entry_year, class_number, valid_from, valid_to, version
           FROM organisation
           WHERE kind IN ('province', 'city', 'county', 'unit') AND path >= $1 AND path < $2
             AND (valid_to IS NULL OR valid_to > $3)
           ORDER BY path)",
        path,
        end_of_subtree(path),
        today);
}

std::vector<School> open_schools(sql::Tx& tx, std::string_view path, Date today) {
    return tx.list<School>(
        R"(SELECT id, school_kind FROM organisation
           WHERE kind = 'school' AND path >= $1 AND path < $2 AND (valid_to IS NULL OR valid_to > $3))",
        path,
        end_of_subtree(path),
        today);
}

std::vector<organisations::Organisation> open_children(sql::Tx& tx, OrganisationId parent, Date today) {
    return tx.list<organisations::Organisation>(
        R"(SELECT id, parent_id, kind, path, depth, name, division_code, direct, school_code, school_kind, stage,
                  entry_year, class_number, valid_from, valid_to, version
           FROM organisation WHERE parent_id = $1 AND kind <> 'class' AND (valid_to IS NULL OR valid_to > $2)
           ORDER BY sort_key, id)",
        parent,
        today);
}

std::vector<Office> offices_at(sql::Tx& tx, OrganisationId organisation, Time now) {
    return tx.list<Office>(
        R"(SELECT account_id, organisation_id FROM appointment
           WHERE organisation_id = $1 AND role <> 'inspector' AND ended_by IS NULL AND starts_at <= $2
             AND (ends_at IS NULL OR ends_at > $2))",
        organisation,
        now);
}

std::vector<Office> class_teachers_of(sql::Tx& tx, OrganisationId school, Time now) {
    return tx.list<Office>(
        R"(SELECT p.account_id, p.organisation_id
           FROM organisation o JOIN appointment p ON p.organisation_id = o.id
           WHERE o.parent_id = $1 AND o.kind = 'class' AND o.valid_to IS NULL AND p.role = 'class_teacher'
             AND p.ended_by IS NULL
             AND p.starts_at <= $2 AND (p.ends_at IS NULL OR p.ends_at > $2))",
        school,
        now);
}

std::map<OrganisationId, std::int64_t> count_offices(sql::Tx& tx, std::string_view path, Time now) {
    std::map<OrganisationId, std::int64_t> counts;
    tx.each(
        R"(SELECT p.organisation_id, COUNT(*)
           FROM organisation o JOIN appointment p ON p.organisation_id = o.id
           WHERE o.kind <> 'class' AND o.path >= $1 AND o.path < $2 AND p.role <> 'inspector'
             AND p.ended_by IS NULL AND p.starts_at <= $3
             AND (p.ends_at IS NULL OR p.ends_at > $3)
           GROUP BY p.organisation_id)",
        [&](const sql::Row& row) { counts[row.get<OrganisationId>(0)] = row.integer(1); },
        path,
        end_of_subtree(path),
        now);
    return counts;
}

bool begin_round(sql::Tx& tx, Date day, Time now) {
    return tx.execute("INSERT INTO campaign_round (day, begun_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                      day,
                      now) == 1;
}

void insert_reminder(sql::Tx& tx, const Reminder& reminder) {
    tx.post(
        R"(INSERT INTO campaign_phase_reminder (account_id, campaign_id, phase, organisation_id, deadline, days_left,
                                               day, missing)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING)",
        reminder.account_id,
        reminder.campaign_id,
        reminder.phase,
        reminder.organisation_id,
        reminder.deadline,
        reminder.days_left,
        reminder.day,
        reminder.missing);
}

std::vector<AccountId> reminded_on(sql::Tx& tx, Date day, AccountId after, int limit) {
    return tx.list<AccountId>(
        R"(SELECT DISTINCT account_id FROM campaign_phase_reminder WHERE day = $1 AND account_id > $2
           ORDER BY account_id LIMIT $3)",
        day,
        after,
        limit);
}

std::vector<Reminder> reminders_of(sql::Tx& tx, Date day, AccountId account) {
    return tx.list<Reminder>(
        R"(SELECT account_id, campaign_id, phase, organisation_id, deadline, days_left, day, missing
           FROM campaign_phase_reminder WHERE day = $1 AND account_id = $2
           ORDER BY deadline, campaign_id, phase, organisation_id LIMIT 50)",
        day,
        account);
}

bool insert_call(
    sql::Tx& tx, CampaignId id, OrganisationId organisation, Date day, AccountId account, Time at) {
    return tx.execute(
               R"(INSERT INTO campaign_call (campaign_id, organisation_id, day, account_id, at)
                  VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING)",
               id,
               organisation,
               day,
               account,
               at) == 1;
}

bool was_called(sql::Tx& tx, CampaignId id, OrganisationId organisation, Date day) {
    return tx
        .find<std::int64_t>(
            "SELECT 1 FROM campaign_call WHERE campaign_id = $1 AND organisation_id = $2 AND day = $3",
            id,
            organisation,
            day)
        .has_value();
}

void forget(sql::Tx& tx, Date before, int limit) {
    tx.execute(
        R"(DELETE FROM campaign_phase_reminder
           WHERE (account_id, campaign_id, phase, organisation_id, deadline, days_left) IN
                 (SELECT account_id, campaign_id, phase, organisation_id, deadline, days_left
                  FROM campaign_phase_reminder WHERE day < $1 LIMIT $2))",
        before,
        limit);
    tx.execute("DELETE FROM campaign_round WHERE day < $1", before);
}

}  // namespace educard::campaigns::store
