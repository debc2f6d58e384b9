#include "modules/bulletins/store.hpp"

namespace educard::bulletins::store {

void insert(sql::Tx& tx, const BulletinRow& row) {
    tx.execute(
        R"(INSERT INTO bulletin (id, organisation_id, level, people, state, day, version, revision, title_zh_cn,
                                 title_en, schedule_id, made_at, made_by)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13))",
        row.id,
        row.organisation_id,
        row.level,
        row.people,
        row.state,
        row.day,
        row.version,
        row.revision,
        row.title_zh_cn,
        row.title_en,
        row.schedule_id,
        row.made_at,
        row.made_by);
}

std::optional<BulletinRow> find(sql::Tx& tx, BulletinId id) {
    return tx.find<BulletinRow>(
        R"(SELECT id, organisation_id, level, people, state, day, version, revision, number_text, title_zh_cn,
                  title_en, schedule_id, made_at, made_by, published_at, published_by, withdrawn_at,
                  withdrawn_reason
           FROM bulletin WHERE id = $1)",
        id);
}

std::vector<BulletinRow> list(sql::Tx& tx,
                              std::span<const OrganisationId> owners,
                              OrganisationId drafts_of,
                              BulletinId before,
                              int limit) {
    const auto owner = [&](std::size_t at) { return at < owners.size() ? owners[at] : OrganisationId(); };
    return tx.list<BulletinRow>(
        R"(SELECT id, organisation_id, level, people, state, day, version, revision, number_text, title_zh_cn,
                  title_en, schedule_id, made_at, made_by, published_at, published_by, withdrawn_at,
                  withdrawn_reason
           FROM bulletin
           WHERE organisation_id IN ($1, $2, $3, $4, $5, $6, $7, $8)
             AND (state <> 'draft' OR organisation_id = $9) AND id < $10
           ORDER BY id DESC LIMIT $11)",
        owner(0),
        owner(1),
        owner(2),
        owner(3),
        owner(4),
        owner(5),
        owner(6),
        owner(7),
        drafts_of,
        before,
        limit);
}

bool change(sql::Tx& tx, const Present& present) {
    return tx.execute(
               R"(UPDATE bulletin SET version = $4, day = $5, title_zh_cn = $6, title_en = $7,
                         revision = revision + 1
                  WHERE id = $1 AND revision = $2 AND state = $3)",
               present.id,
               present.revision,
               present.state,
               present.version,
               present.day,
               present.title_zh_cn,
               present.title_en) == 1;
}

std::vector<BulletinRow> drafts_of(sql::Tx& tx, OrganisationId organisation) {
    return tx.list<BulletinRow>(
        R"(SELECT id, organisation_id, level, people, state, day, version, revision, number_text, title_zh_cn,
                  title_en, schedule_id, made_at, made_by, published_at, published_by, withdrawn_at,
                  withdrawn_reason
           FROM bulletin WHERE organisation_id = $1 AND state = 'draft' ORDER BY id)",
        organisation);
}

void hand_over(sql::Tx& tx, BulletinId id, OrganisationId to) {
    tx.execute("UPDATE bulletin SET organisation_id = $2 WHERE id = $1", id, to);
}

std::int64_t count(sql::Tx& tx, OrganisationId organisation, State state) {
    return tx
        .find<std::int64_t>(
            "SELECT COUNT(*) FROM bulletin WHERE organisation_id = $1 AND state = $2", organisation, state)
        .value_or(0);
}

bool remove_draft(sql::Tx& tx, BulletinId id, std::int64_t revision) {
    if (tx.execute(
            "DELETE FROM bulletin WHERE id = $1 AND revision = $2 AND state = 'draft'", id, revision) != 1) {
        return false;
    }
    tx.execute("DELETE FROM bulletin_version WHERE bulletin_id = $1", id);
    return true;
}

bool publish(sql::Tx& tx, BulletinId id, std::int64_t revision, Time at, std::optional<AccountId> by) {
    return tx.execute(
               R"(UPDATE bulletin SET state = 'published', published_at = $3, published_by = $4,
                         revision = revision + 1
                  WHERE id = $1 AND revision = $2 AND state = 'draft')",
               id,
               revision,
               at,
               by) == 1;
}

void give_number(sql::Tx& tx, BulletinId id, int year, std::int64_t number, std::string_view text) {
    tx.execute(
        "UPDATE bulletin SET year = $2, number = $3, number_text = $4 WHERE id = $1", id, year, number, text);
}

bool withdraw(sql::Tx& tx, BulletinId id, std::int64_t revision, Time at, std::string_view reason) {
    return tx.execute(
               R"(UPDATE bulletin SET state = 'withdrawn', withdrawn_at = $3, withdrawn_reason = $4,
                         revision = revision + 1
                  WHERE id = $1 AND revision = $2 AND state = 'published')",
               id,
               revision,
               at,
               reason) == 1;
}

void insert_version(sql::Tx& tx, const VersionRow& row) {
    tx.execute(
        R"(INSERT INTO bulletin_version (bulletin_id, version, wording, figures, order_by_rate, reason, made_at,
                                         made_by)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8))",
        row.bulletin_id,
        row.version,
        row.wording,
        row.figures,
        row.order_by_rate,
        row.reason,
        row.made_at,
        row.made_by);
}

void replace_version(sql::Tx& tx, const VersionRow& row) {
    tx.execute(
        R"(UPDATE bulletin_version SET wording = $3, figures = $4, order_by_rate = $5
           WHERE bulletin_id = $1 AND version = $2)",
        row.bulletin_id,
        row.version,
        row.wording,
        row.figures,
        row.order_by_rate);
}

std::optional<VersionRow> find_version(sql::Tx& tx, BulletinId id, std::int64_t version) {
    return tx.find<VersionRow>(
        R"(SELECT bulletin_id, version, wording, figures, order_by_rate, reason, made_at, made_by
           FROM bulletin_version WHERE bulletin_id = $1 AND version = $2)",
        id,
        version);
}

std::vector<VersionHead> versions(sql::Tx& tx, BulletinId id) {
    return tx.list<VersionHead>(
        R"(SELECT version, reason, made_at, made_by FROM bulletin_version WHERE bulletin_id = $1
           ORDER BY version DESC)",
        id);
}

std::int64_t next_number(sql::Tx& tx, OrganisationId organisation, int year) {
    tx.execute(
        R"(INSERT INTO bulletin_counter (organisation_id, year, last) VALUES ($1, $2, 1)
           ON CONFLICT (organisation_id, year) DO UPDATE SET last = bulletin_counter.last + 1)",
        organisation,
        year);
    return last_number(tx, organisation, year);
}

std::int64_t last_number(sql::Tx& tx, OrganisationId organisation, int year) {
    return tx
        .find<std::int64_t>(
            "SELECT last FROM bulletin_counter WHERE organisation_id = $1 AND year = $2", organisation, year)
        .value_or(0);
}

std::optional<SettingRow> find_setting(sql::Tx& tx, OrganisationId organisation) {
    return tx.find<SettingRow>(
        "SELECT number_pattern, wording FROM bulletin_setting WHERE organisation_id = $1", organisation);
}

void put_setting(sql::Tx& tx, OrganisationId organisation, const SettingRow& row) {
    tx.execute(
        R"(INSERT INTO bulletin_setting (organisation_id, number_pattern, wording) VALUES ($1, $2, $3)
           ON CONFLICT (organisation_id) DO UPDATE SET number_pattern = excluded.number_pattern,
                  wording = excluded.wording)",
        organisation,
        row.number_pattern,
        row.wording);
}

void mark_read(sql::Tx& tx,
               AccountId account,
               BulletinId id,
               std::int64_t version,
               OrganisationId organisation,
               Time at) {
    tx.execute(
        R"(INSERT INTO bulletin_read (account_id, bulletin_id, version, organisation_id, read_at)
           VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (account_id, bulletin_id) DO UPDATE SET version = excluded.version,
                  organisation_id = excluded.organisation_id, read_at = excluded.read_at
           WHERE bulletin_read.version < excluded.version)",
        account,
        id,
        version,
        organisation,
        at);
}

std::set<std::pair<BulletinId, std::int64_t>> read_by(sql::Tx& tx,
                                                      AccountId account,
                                                      BulletinId first,
                                                      BulletinId last) {
    std::set<std::pair<BulletinId, std::int64_t>> found;
    tx.each(
        R"(SELECT bulletin_id, version FROM bulletin_read
           WHERE account_id = $1 AND bulletin_id >= $2 AND bulletin_id <= $3)",
        [&](const sql::Row& row) { found.emplace(row.get<BulletinId>(0), row.integer(1)); },
        account,
        first,
        last);
    return found;
}

Readers readers(sql::Tx& tx, BulletinId id, std::int64_t version) {
    Readers found;
    tx.each(
        R"(SELECT COUNT(*), COUNT(DISTINCT organisation_id) FROM bulletin_read
           WHERE bulletin_id = $1 AND version = $2)",
        [&](const sql::Row& row) { found = {row.integer(0), row.integer(1)}; },
        id,
        version);
    return found;
}

void insert(sql::Tx& tx, const ScheduleRow& row) {
    tx.execute(
        R"(INSERT INTO bulletin_schedule (id, organisation_id, every, at, level, people, order_by_rate, publish,
                                          next_on, made_at, made_by)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11))",
        row.id,
        row.organisation_id,
        row.every,
        row.at,
        row.level,
        row.people,
        row.order_by_rate,
        row.publish,
        row.next_on,
        row.made_at,
        row.made_by);
}

std::optional<ScheduleRow> find_schedule(sql::Tx& tx, ScheduleId id) {
    return tx.find<ScheduleRow>(
        R"(SELECT id, organisation_id, every, at, level, people, order_by_rate, publish, next_on, done_for, made_at,
                  made_by, ended_at
           FROM bulletin_schedule WHERE id = $1)",
        id);
}

std::vector<ScheduleRow> schedules_of(sql::Tx& tx, OrganisationId organisation) {
    return tx.list<ScheduleRow>(
        R"(SELECT id, organisation_id, every, at, level, people, order_by_rate, publish, next_on, done_for, made_at,
                  made_by, ended_at
           FROM bulletin_schedule WHERE organisation_id = $1 AND ended_at IS NULL ORDER BY id)",
        organisation);
}

std::vector<ScheduleRow> due_schedules(sql::Tx& tx, Date today, int limit) {
    return tx.list<ScheduleRow>(
        R"(SELECT id, organisation_id, every, at, level, people, order_by_rate, publish, next_on, done_for, made_at,
                  made_by, ended_at
           FROM bulletin_schedule WHERE ended_at IS NULL AND next_on <= $1 ORDER BY next_on, id LIMIT $2)",
        today,
        limit);
}

bool advance(sql::Tx& tx, const ScheduleRow& row, Date next_on, std::optional<Date> done_for) {
    return tx.execute(
               R"(UPDATE bulletin_schedule SET next_on = $3, done_for = $4
                  WHERE id = $1 AND next_on = $2 AND ended_at IS NULL)",
               row.id,
               row.next_on,
               next_on,
               done_for) == 1;
}

void hand_over(sql::Tx& tx, ScheduleId id, OrganisationId to) {
    tx.execute("UPDATE bulletin_schedule SET organisation_id = $2 WHERE id = $1", id, to);
}

bool end_schedule(sql::Tx& tx, ScheduleId id, Time at) {
    return tx.execute(
               "UPDATE bulletin_schedule SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", id, at) == 1;
}

}  // namespace educard::bulletins::store
