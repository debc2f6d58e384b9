#include "modules/campaigns/store.hpp"

#include "runtime/audit.hpp"

namespace educard::campaigns::store {

namespace {

const std::string kCampaign =
    "SELECT c.id, c.organisation_id, c.name, c.text, c.begins_on, c.ends_on, c.concerns, c.school_kinds, "
    "c.reminder_days, c.state, c.reason, c.version, c.created_by, c.created_at, c.published_at FROM campaign "
    "c";

/// No line of the tree is longer; what is missing is nobody's id.
constexpr std::size_t kLongestLine = 8;
using Ids = std::array<OrganisationId, kLongestLine>;
Ids ids_in(std::span<const OrganisationId> line) {
    EDU_ASSERT(line.size() <= kLongestLine);
    Ids ids{};
    std::ranges::copy(line, ids.begin());
    return ids;
}

}  // namespace

bool insert(sql::Tx& tx, const CampaignRow& row) {
    return tx.execute(
               R"(INSERT INTO campaign (id, organisation_id, name, text, begins_on, ends_on, concerns, school_kinds,
                                        reminder_days, state, version, created_by, created_at)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'draft', 1, $10, $11))",
               row.id,
               row.organisation_id,
               row.name,
               row.text,
               row.begins_on,
               row.ends_on,
               row.concerns,
               row.school_kinds,
               row.reminder_days,
               row.created_by,
               row.created_at) == 1;
}

std::optional<CampaignRow> find(sql::Tx& tx, CampaignId id) {
    static const std::string kFind = kCampaign + " WHERE c.id = $1";
    return tx.find<CampaignRow>(kFind, id);
}

bool update(sql::Tx& tx, const CampaignRow& row) {
    return tx.execute(
               R"(UPDATE campaign SET name = $3, text = $4, begins_on = $5, ends_on = $6, concerns = $7,
                         school_kinds = $8, reminder_days = $9, version = $2
                  WHERE id = $1 AND version = $2 - 1 AND state IN ('draft', 'published'))",
               row.id,
               row.version,
               row.name,
               row.text,
               row.begins_on,
               row.ends_on,
               row.concerns,
               row.school_kinds,
               row.reminder_days) == 1;
}

bool change_state(sql::Tx& tx,
                  CampaignId id,
                  std::int64_t version,
                  std::string_view from,
                  std::string_view to,
                  std::string_view reason,
                  Time at) {
    return tx.execute(
               R"(UPDATE campaign SET state = $4, version = version + 1, reason = $5,
                         published_at = COALESCE(published_at, $6)
                  WHERE id = $1 AND version = $2 AND state = $3)",
               id,
               version,
               from,
               to,
               reason,
               at) == 1;
}

bool remove(sql::Tx& tx, CampaignId id, std::int64_t version) {
    if (tx.execute("DELETE FROM campaign WHERE id = $1 AND version = $2 AND state = 'draft'", id, version) !=
        1) {
        return false;
    }
    tx.execute("DELETE FROM campaign_phase WHERE campaign_id = $1", id);
    tx.execute("DELETE FROM campaign_deadline WHERE campaign_id = $1", id);
    tx.execute("DELETE FROM campaign_target WHERE campaign_id = $1", id);
    return true;
}

std::vector<CampaignItem> list(sql::Tx& tx,
                               std::span<const OrganisationId> line,
                               std::string_view path,
                               std::string_view state,
                               std::string_view part_of_name,
                               CampaignId before,
                               int limit) {
    const auto ids = ids_in(line);
    return tx.list<CampaignItem>(
        R"(SELECT c.id, c.organisation_id, o.name AS organisation_name, c.name, c.begins_on, c.ends_on, c.state
           FROM campaign c JOIN organisation o ON o.id = c.organisation_id
           WHERE (c.organisation_id IN ($1, $2, $3, $4, $5, $6, $7, $8) OR (o.path >= $9 AND o.path < $10))
             AND ($11 = '' OR c.state = $11) AND ($12 = '' OR LOWER(c.name) LIKE '%' || LOWER($12) || '%' ESCAPE '\')
             AND c.id < $13
           ORDER BY c.id DESC LIMIT $14)",
        ids[0],
        ids[1],
        ids[2],
        ids[3],
        ids[4],
        ids[5],
        ids[6],
        ids[7],
        path,
        end_of_subtree(path),
        state,
        part_of_name,
        before,
        limit);
}

std::vector<CampaignRow> in_force(sql::Tx& tx, std::span<const OrganisationId> line, Date today) {
    static const std::string kList =
        kCampaign +
        " WHERE c.organisation_id IN ($1, $2, $3, $4, $5, $6, $7, $8) AND c.state = 'published'"
        " AND c.begins_on <= $9 ORDER BY c.id";
    const auto ids = ids_in(line);
    return tx.list<CampaignRow>(kList, ids[0], ids[1], ids[2], ids[3], ids[4], ids[5], ids[6], ids[7], today);
}

std::map<OrganisationId, Date> own_of_children(sql::Tx& tx, OrganisationId parent, Date today) {
    std::map<OrganisationId, Date> found;
    tx.each(
        R"(SELECT o.id, MIN(d.deadline)
           FROM organisation o
           JOIN campaign c ON c.organisation_id = o.id
           JOIN campaign_deadline d ON d.campaign_id = c.id AND d.organisation_id = o.id
           WHERE o.parent_id = $1 AND c.state = 'published' AND c.begins_on <= $2 AND d.phase = 'certification'
           GROUP BY o.id)",
        [&](const sql::Row& row) { found.emplace(row.get<OrganisationId>(0), row.get<Date>(1)); },
        parent,
        today);
    return found;
}

std::vector<Near> deadlines_near(sql::Tx& tx, Date today, Date from, Date until) {
    return tx.list<Near>(
        R"(SELECT c.id AS campaign_id, c.organisation_id, c.reminder_days, d.phase, d.deadline
           FROM campaign c
           JOIN campaign_phase p ON p.campaign_id = c.id
           JOIN campaign_deadline d ON d.campaign_id = c.id AND d.phase = p.phase
           WHERE c.state = 'published' AND c.begins_on <= $1 AND p.begins_on <= $1
             AND d.deadline >= $2 AND d.deadline <= $3
           ORDER BY c.id)",
        today,
        from,
        until);
}

std::vector<PhaseRow> phases(sql::Tx& tx, CampaignId id) {
    return tx.list<PhaseRow>(
        "SELECT phase, begins_on FROM campaign_phase WHERE campaign_id = $1 ORDER BY begins_on, phase", id);
}

void replace_phases(sql::Tx& tx, CampaignId id, std::span<const PhaseInput> phases) {
    tx.execute("DELETE FROM campaign_phase WHERE campaign_id = $1", id);
    for (const auto& one : phases) {
        tx.execute("INSERT INTO campaign_phase (campaign_id, phase, begins_on) VALUES ($1, $2, $3)",
                   id,
                   one.phase,
                   one.begins_on);
    }
}

std::vector<OwnDeadline> deadlines_on(sql::Tx& tx, CampaignId id, std::span<const OrganisationId> line) {
    const auto ids = ids_in(line);
    return tx.list<OwnDeadline>(
        R"(SELECT organisation_id, phase, deadline, later, latest, version FROM campaign_deadline
           WHERE campaign_id = $1 AND organisation_id IN ($2, $3, $4, $5, $6, $7, $8, $9))",
        id,
        ids[0],
        ids[1],
        ids[2],
        ids[3],
        ids[4],
        ids[5],
        ids[6],
        ids[7]);
}

std::vector<OwnDeadline> deadlines_of_children(sql::Tx& tx, CampaignId id, OrganisationId parent) {
    return tx.list<OwnDeadline>(
        R"(SELECT d.organisation_id, d.phase, d.deadline, d.later, d.latest, d.version
           FROM organisation o JOIN campaign_deadline d ON d.organisation_id = o.id
           WHERE o.parent_id = $2 AND d.campaign_id = $1)",
        id,
        parent);
}

std::vector<OwnDeadline> deadlines(sql::Tx& tx, CampaignId id, Phase phase) {
    return tx.list<OwnDeadline>(
        R"(SELECT organisation_id, phase, deadline, later, latest, version FROM campaign_deadline
           WHERE campaign_id = $1 AND phase = $2)",
        id,
        phase);
}

bool insert_deadline(sql::Tx& tx, CampaignId id, const OwnDeadline& own) {
    return tx.execute(
               R"(INSERT INTO campaign_deadline (campaign_id, organisation_id, phase, deadline, later, latest, version)
                  VALUES ($1, $2, $3, $4, $5, $6, 1) ON CONFLICT DO NOTHING)",
               id,
               own.organisation_id,
               own.phase,
               own.deadline,
               own.later,
               own.latest) == 1;
}

bool update_deadline(sql::Tx& tx, CampaignId id, const OwnDeadline& own) {
    return tx.execute(
               R"(UPDATE campaign_deadline SET deadline = $4, later = $5, latest = $6, version = $7
                  WHERE campaign_id = $1 AND organisation_id = $2 AND phase = $3 AND version = $7 - 1)",
               id,
               own.organisation_id,
               own.phase,
               own.deadline,
               own.later,
               own.latest,
               own.version) == 1;
}

bool remove_deadline(
    sql::Tx& tx, CampaignId id, OrganisationId organisation, Phase phase, std::int64_t version) {
    return tx.execute(
               R"(DELETE FROM campaign_deadline
                  WHERE campaign_id = $1 AND organisation_id = $2 AND phase = $3 AND version = $4)",
               id,
               organisation,
               phase,
               version) == 1;
}

void remove_deadlines(sql::Tx& tx, CampaignId id, Phase phase) {
    tx.execute("DELETE FROM campaign_deadline WHERE campaign_id = $1 AND phase = $2", id, phase);
}

std::vector<OwnTarget> targets_on(sql::Tx& tx, CampaignId id, std::span<const OrganisationId> line) {
    const auto ids = ids_in(line);
    return tx.list<OwnTarget>(
        R"(SELECT organisation_id, percent, people, version FROM campaign_target
           WHERE campaign_id = $1 AND organisation_id IN ($2, $3, $4, $5, $6, $7, $8, $9))",
        id,
        ids[0],
        ids[1],
        ids[2],
        ids[3],
        ids[4],
        ids[5],
        ids[6],
        ids[7]);
}

std::vector<OwnTarget> targets_of_children(sql::Tx& tx, CampaignId id, OrganisationId parent) {
    return tx.list<OwnTarget>(
        R"(SELECT t.organisation_id, t.percent, t.people, t.version
           FROM organisation o JOIN campaign_target t ON t.organisation_id = o.id AND t.campaign_id = $1
           WHERE o.parent_id = $2)",
        id,
        parent);
}

std::vector<OwnTarget> targets(sql::Tx& tx, CampaignId id) {
    return tx.list<OwnTarget>(
        "SELECT organisation_id, percent, people, version FROM campaign_target WHERE campaign_id = $1", id);
}

bool insert_target(sql::Tx& tx, CampaignId id, const OwnTarget& own) {
    return tx.execute(
               R"(INSERT INTO campaign_target (campaign_id, organisation_id, percent, people, version)
                  VALUES ($1, $2, $3, $4, 1) ON CONFLICT DO NOTHING)",
               id,
               own.organisation_id,
               own.percent,
               own.people) == 1;
}

bool update_target(sql::Tx& tx, CampaignId id, const OwnTarget& own) {
    return tx.execute(
               R"(UPDATE campaign_target SET percent = $3, people = $4, version = $5
                  WHERE campaign_id = $1 AND organisation_id = $2 AND version = $5 - 1)",
               id,
               own.organisation_id,
               own.percent,
               own.people,
               own.version) == 1;
}

bool remove_target(sql::Tx& tx, CampaignId id, OrganisationId organisation, std::int64_t version) {
    return tx.execute(
               "DELETE FROM campaign_target WHERE campaign_id = $1 AND organisation_id = $2 AND version = $3",
               id,
               organisation,
               version) == 1;
}

void insert_change(sql::Tx& tx, CampaignId id, const ChangeRow& row) {
    tx.post(
        R"(INSERT INTO campaign_change (campaign_id, id, organisation_id, at, account_id, field, before_value,
                                        after_value)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8))",
        id,
        row.id,
        row.organisation_id,
        row.at,
        row.account_id,
        row.field,
        row.before_value,
        row.after_value);
}

std::vector<ChangeRow> changes(sql::Tx& tx, CampaignId id, std::span<const OrganisationId> line, int limit) {
    const auto ids = ids_in(line);
    return tx.list<ChangeRow>(
        R"(SELECT c.id, c.organisation_id, o.name AS organisation_name, c.at, c.account_id, c.field, c.before_value,
                  c.after_value
           FROM campaign_change c JOIN organisation o ON o.id = c.organisation_id
           WHERE c.campaign_id = $1 AND c.organisation_id IN ($2, $3, $4, $5, $6, $7, $8, $9)
           ORDER BY c.id DESC LIMIT $10)",
        id,
        ids[0],
        ids[1],
        ids[2],
        ids[3],
        ids[4],
        ids[5],
        ids[6],
        ids[7],
        limit);
}

std::int64_t count_below(sql::Tx& tx, std::string_view kind, std::string_view path, Date today) {
    return tx
        .find<std::int64_t>(
            R"(SELECT COUNT(*) FROM organisation
               WHERE kind = $1 AND path >= $2 AND path < $3 AND (valid_to IS NULL OR valid_to > $4))",
            kind,
            path,
            end_of_subtree(path),
            today)
        .value_or(0);
}

}  // namespace educard::campaigns::store
