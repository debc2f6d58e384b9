#include "modules/restructuring/store.hpp"

#include "runtime/audit.hpp"

namespace educard::restructuring::store {

namespace {

const std::string kColumns =
    R"(SELECT r.id, r.act, r.organisation_id, r.orders, r.effective_on, r.state, r.error, r.error_name, r.replaced_by, r.into_id, r.moved, r.job_id,
              r.ordered_by, r.ordered_at, r.office_id, r.office_role, r.finished_at
       FROM restructuring r JOIN organisation o ON o.id = r.organisation_id)";

}  // namespace

void insert(sql::Tx& tx, const Row& row) {
    tx.execute(
        R"(INSERT INTO restructuring (id, act, organisation_id, orders, effective_on, state, moved, ordered_by,
                      ordered_at, office_id, office_role)
                  VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10))",
        row.id,
        row.act,
        row.organisation_id,
        row.orders,
        row.effective_on,
        row.state,
        row.ordered_by,
        row.ordered_at,
        row.office_id,
        row.office_role);
}

std::optional<Row> find(sql::Tx& tx, RestructuringId id) {
    static const std::string kFind = kColumns + " WHERE r.id = $1";
    return tx.find<Row>(kFind, id);
}

std::vector<Row> list(
    sql::Tx& tx, std::string_view path, std::string_view state, std::int64_t before, int limit) {
    static const std::string kList = kColumns +
                                     R"( WHERE o.path >= $1 AND o.path < $2 AND ($3 = '' OR r.state = $3)
              AND (CAST($4 AS BIGINT) = 0 OR r.id < $4)
            ORDER BY r.id DESC LIMIT $5)";
    return tx.list<Row>(kList, path, end_of_subtree(path), state, before, limit);
}

std::vector<RestructuringId> due(sql::Tx& tx, std::string_view today, int limit) {
    return tx.list<RestructuringId>(
        "SELECT id FROM restructuring WHERE state = 'planned' AND effective_on <= $1 ORDER BY effective_on, "
        "id LIMIT $2",
        today,
        limit);
}

std::vector<Row> open(sql::Tx& tx, int limit) {
    static const std::string kOpen = "SELECT * FROM (" + kColumns + " WHERE r.state = 'planned' UNION ALL " +
                                     kColumns +
                                     " WHERE r.state = 'running') AS open ORDER BY effective_on, id LIMIT $1";
    return tx.list<Row>(kOpen, limit);
}

std::vector<RestructuringId> running(sql::Tx& tx) {
    return tx.list<RestructuringId>(
        "SELECT id FROM restructuring WHERE state = 'running' AND job_id IS NOT NULL ORDER BY id");
}

bool change_state(sql::Tx& tx, RestructuringId id, State from, State to, Time at) {
    return tx.execute("UPDATE restructuring SET state = $3, finished_at = $4 WHERE id = $1 AND state = $2",
                      id,
                      from,
                      to,
                      at) == 1;
}

void set_job(sql::Tx& tx, RestructuringId id, JobId job) {
    tx.execute("UPDATE restructuring SET job_id = $2 WHERE id = $1", id, job);
}

void set_result(sql::Tx& tx, RestructuringId id, std::optional<OrganisationId> into, std::int64_t moved) {
    tx.execute("UPDATE restructuring SET into_id = $2, moved = $3 WHERE id = $1", id, into, moved);
}

void set_error(sql::Tx& tx,
               RestructuringId id,
               std::string_view error,
               const std::optional<std::string>& name) {
    tx.execute("UPDATE restructuring SET error = $2, error_name = $3 WHERE id = $1", id, error, name);
}

bool set_replaced_by(sql::Tx& tx, RestructuringId id, RestructuringId by) {
    return tx.execute(R"(UPDATE restructuring SET replaced_by = $2
                         WHERE id = $1 AND (replaced_by IS NULL OR replaced_by IN
                               (SELECT r.id FROM restructuring r WHERE r.state IN ('called_off', 'failed'))))",
                      id,
                      by) == 1;
}

bool is_given_up(sql::Tx& tx, std::optional<RestructuringId> id) {
    const auto row = id ? find(tx, *id) : std::nullopt;
    return row && (row->state == State::called_off || row->state == State::failed);
}

}  // namespace educard::restructuring::store
