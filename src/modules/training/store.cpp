#include "modules/training/store.hpp"

#include "runtime/audit.hpp"

#include <array>

namespace educard::training::store {

namespace {

const std::string kSession =
    "SELECT id, organisation_id, campaign_id, title, text, trainer, place, link, begins_at, ends_at, "
    "sign_up_until, capacity, state, reason, room_code, signed_up, version, created_by, created_at "
    "FROM training_session";
const std::string kItem =
    "SELECT s.id, s.organisation_id, o.name AS organisation_name, s.title, s.trainer, s.place, s.begins_at, "
    "s.ends_at, s.sign_up_until, s.capacity, s.signed_up, s.state "
    "FROM training_session s JOIN organisation o ON o.id = s.organisation_id";

}  // namespace

void insert(sql::Tx& tx, const SessionRow& row) {
    tx.execute(
        R"(INSERT INTO training_session (id, organisation_id, campaign_id, title, text, trainer, place, link, begins_at,
                                         ends_at, sign_up_until, capacity, state, room_code, signed_up, version,
                                         created_by, created_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'planned', $13, 0, 1, $14, $15))",
        row.id,
        row.organisation_id,
        row.campaign_id,
        row.title,
        row.text,
        row.trainer,
        row.place,
        row.link,
        row.begins_at,
        row.ends_at,
        row.sign_up_until,
        row.capacity,
        row.room_code,
        row.created_by,
        row.created_at);
}

std::optional<SessionRow> find(sql::Tx& tx, SessionId id) {
    static const std::string kFind = kSession + " WHERE id = $1";
    return tx.find<SessionRow>(kFind, id);
}

bool update(sql::Tx& tx, const SessionRow& row) {
    return tx.execute(
               R"(UPDATE training_session SET campaign_id = $3, title = $4, text = $5, trainer = $6, place = $7,
                         link = $8, begins_at = $9, ends_at = $10, sign_up_until = $11, capacity = $12, version = $2
                  WHERE id = $1 AND version = $2 - 1 AND state = 'planned'
                    AND (CAST($12 AS BIGINT) IS NULL OR signed_up <= $12))",
               row.id,
               row.version,
               row.campaign_id,
               row.title,
               row.text,
               row.trainer,
               row.place,
               row.link,
               row.begins_at,
               row.ends_at,
               row.sign_up_until,
               row.capacity) == 1;
}

bool cancel(sql::Tx& tx, SessionId id, std::int64_t version, std::string_view reason) {
    return tx.execute(
               R"(UPDATE training_session SET state = 'cancelled', reason = $3, version = version + 1
                  WHERE id = $1 AND version = $2 AND state = 'planned')",
               id,
               version,
               reason) == 1;
}

std::vector<SessionItem> ahead(
    sql::Tx& tx, std::string_view path, std::string_view part, Time now, Place after, int limit) {
    static const std::string kList =
        kItem +
        R"( WHERE o.path || '' >= $1 AND o.path || '' < $2 AND s.ends_at > $3 AND (s.begins_at, s.id) > ($4, $5)
              AND ($6 = '' OR LOWER(s.title) LIKE '%' || LOWER($6) || '%' ESCAPE '\') ORDER BY s.begins_at, s.id LIMIT $7)";
    return tx.list<SessionItem>(kList, path, end_of_subtree(path), now, after.at, after.id, part, limit);
}

std::vector<SessionItem> past(
    sql::Tx& tx, std::string_view path, std::string_view part, Time now, Place before, int limit) {
    static const std::string kList =
        kItem +
        R"( WHERE o.path || '' >= $1 AND o.path || '' < $2 AND s.ends_at <= $3 AND (s.begins_at, s.id) < ($4, $5)
              AND ($6 = '' OR LOWER(s.title) LIKE '%' || LOWER($6) || '%' ESCAPE '\')
            ORDER BY s.begins_at DESC, s.id DESC LIMIT $7)";
    return tx.list<SessionItem>(kList, path, end_of_subtree(path), now, before.at, before.id, part, limit);
}

std::int64_t count_ahead_of(sql::Tx& tx, OrganisationId organisation, Time now) {
    return tx
        .find<std::int64_t>(R"(SELECT COUNT(*) FROM training_session
                               WHERE organisation_id = $1 AND state = 'planned' AND ends_at > $2)",
                            organisation,
                            now)
        .value_or(0);
}

std::vector<SessionId> concerned_by(sql::Tx& tx, OrganisationId organisation, Time now) {
    return tx.list<SessionId>(
        R"(SELECT s.id FROM training_session s
           WHERE s.state = 'planned' AND s.ends_at > $2
             AND (s.organisation_id = $1
                  OR s.id IN (SELECT a.session_id FROM training_audience a WHERE a.organisation_id = $1))
           ORDER BY s.id)",
        organisation,
        now);
}

void hand_over(sql::Tx& tx, SessionId id, OrganisationId to, std::optional<CampaignId> campaign) {
    tx.execute(
        "UPDATE training_session SET organisation_id = $2, campaign_id = $3, version = version + 1 WHERE id "
        "= $1",
        id,
        to,
        campaign);
}

void move_audience(sql::Tx& tx, SessionId id, OrganisationId from, OrganisationId to) {
    tx.execute(R"(INSERT INTO training_audience (session_id, organisation_id, role)
                  SELECT session_id, $3, role FROM training_audience WHERE session_id = $1 AND organisation_id = $2
                  ON CONFLICT DO NOTHING)",
               id,
               from,
               to);
    tx.execute("DELETE FROM training_audience WHERE session_id = $1 AND organisation_id = $2", id, from);
}

std::vector<AudienceView> audience(sql::Tx& tx, SessionId id) {
    return tx.list<AudienceView>(
        R"(SELECT a.organisation_id, o.name AS organisation_name, a.role
           FROM training_audience a JOIN organisation o ON o.id = a.organisation_id
           WHERE a.session_id = $1 ORDER BY o.path, a.role)",
        id);
}

std::vector<AudienceArea> audience_of_campaign(sql::Tx& tx, CampaignId campaign, std::string_view path) {
    return tx.list<AudienceArea>(
        R"(SELECT DISTINCT a.role, o.path
           FROM training_session s
           JOIN training_audience a ON a.session_id = s.id
           JOIN organisation o ON o.id = a.organisation_id
           WHERE s.campaign_id = $1 AND s.state = 'planned'
             AND ((o.path >= $2 AND o.path < $3) OR $2 LIKE o.path || '%')
           ORDER BY a.role, o.path)",
        campaign,
        path,
        end_of_subtree(path));
}

void clear_audience(sql::Tx& tx, SessionId id) {
    tx.execute("DELETE FROM training_audience WHERE session_id = $1", id);
}

void add_audience(sql::Tx& tx, SessionId id, const Audience& audience) {
    tx.execute(R"(INSERT INTO training_audience (session_id, organisation_id, role) VALUES ($1, $2, $3)
                  ON CONFLICT DO NOTHING)",
               id,
               audience.organisation_id,
               audience.role);
}

std::vector<SessionItem> invitations(
    sql::Tx& tx, std::span<const OrganisationId> line, Role role, Time since, int limit) {
    std::array<OrganisationId, 8> ids{};
    EDU_ASSERT(line.size() <= ids.size());
    std::ranges::copy(line, ids.begin());
    return tx.list<SessionItem>(
        R"(SELECT s.id, s.organisation_id, o.name AS organisation_name, s.title, s.trainer, s.place, s.begins_at, s.ends_at,
                  s.sign_up_until, s.capacity, s.signed_up, s.state
           FROM training_session s JOIN organisation o ON o.id = s.organisation_id
           JOIN training_audience a ON a.session_id = s.id
           WHERE a.organisation_id IN ($1, $2, $3, $4, $5, $6, $7, $8) AND a.role = $9 AND s.ends_at > $10
           ORDER BY s.begins_at, s.id LIMIT $11)",
        ids[0],
        ids[1],
        ids[2],
        ids[3],
        ids[4],
        ids[5],
        ids[6],
        ids[7],
        role,
        since,
        limit);
}

std::vector<SessionItem> attended_by(sql::Tx& tx, AccountId account, Time since, int limit) {
    return tx.list<SessionItem>(
        R"(SELECT s.id, s.organisation_id, o.name AS organisation_name, s.title, s.trainer, s.place, s.begins_at, s.ends_at,
                  s.sign_up_until, s.capacity, s.signed_up, s.state
           FROM training_session s JOIN organisation o ON o.id = s.organisation_id
           JOIN training_attendance t ON t.session_id = s.id
           WHERE t.account_id = $1 AND (t.signed_up = 1 OR t.attended = 1) AND s.ends_at > $2
           ORDER BY s.begins_at, s.id LIMIT $3)",
        account,
        since,
        limit);
}

std::vector<MaterialRow> materials(sql::Tx& tx, SessionId id) {
    return tx.list<MaterialRow>(
        R"(SELECT id, session_id, title, url, file_name, content_type, octets FROM training_material
           WHERE session_id = $1 ORDER BY id)",
        id);
}

std::optional<MaterialRow> find_material(sql::Tx& tx, MaterialId id) {
    return tx.find<MaterialRow>(
        "SELECT id, session_id, title, url, file_name, content_type, octets FROM training_material WHERE id "
        "= $1",
        id);
}

void insert_material(sql::Tx& tx, const MaterialRow& row, Time at) {
    tx.execute(
        R"(INSERT INTO training_material (id, session_id, title, url, file_name, content_type, octets, added_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8))",
        row.id,
        row.session_id,
        row.title,
        row.url,
        row.file_name,
        row.content_type,
        row.octets,
        at);
}

bool remove_material(sql::Tx& tx, MaterialId id) {
    tx.execute("DELETE FROM training_file WHERE material_id = $1", id);
    return tx.execute("DELETE FROM training_material WHERE id = $1", id) == 1;
}

void insert_piece(sql::Tx& tx, MaterialId id, std::int64_t piece, std::string_view octets) {
    tx.execute("INSERT INTO training_file (material_id, piece, octets) VALUES ($1, $2, $3)",
               id,
               piece,
               as_bytes(octets));
}

std::string octets_of(sql::Tx& tx, MaterialId id) {
    std::string all;
    tx.each(
        "SELECT octets FROM training_file WHERE material_id = $1 ORDER BY piece",
        [&](const sql::Row& row) { all += as_text(row.bytes(0)); },
        id);
    return all;
}

}  // namespace educard::training::store
