#include "modules/applications/store_bulk_works.hpp"

#include "runtime/audit.hpp"

namespace educard::applications::store {

namespace {

const std::string kWork =
    R"(SELECT w.id, w.action, w.of_id, w.organisation_id, w.from_state, w.to_state, w.kind, w.from_day, w.before_day,
              w.state, w.total, w.left_out, w.done, w.skipped, w.is_full, w.reason, w.job_id, w.created_by,
              w.created_at, w.confirmed_at, w.finished_at )";

const std::string kWorkItem =
    R"(SELECT work_id, application_id, school_id, version, decided_by, decided_at, decided_reason, outcome, reason
       FROM bulk_work_item WHERE work_id = $1 AND outcome = $2 AND (school_id, application_id) > ($3, $4))";
const std::string kInOrder = " ORDER BY school_id, application_id LIMIT $5";

}  // namespace

void insert_work(sql::Tx& tx, const BulkWorkRow& row) {
    tx.execute(
        R"(INSERT INTO bulk_work (id, action, of_id, organisation_id, from_state, to_state, kind, from_day, before_day,
                      state, total, left_out, done, skipped, is_full, job_id, created_by, created_at)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, 0, 0, 0, $11, $12, $13))",
        row.id,
        row.action,
        row.of_id,
        row.organisation_id,
        row.from_state,
        row.to_state,
        row.kind,
        row.from_day,
        row.before_day,
        row.state,
        row.job_id,
        row.created_by,
        row.created_at);
}

std::optional<BulkWorkRow> find_work(sql::Tx& tx, BulkWorkId id) {
    static const std::string kFindWork = kWork + "FROM bulk_work w WHERE w.id = $1";
    return tx.find<BulkWorkRow>(kFindWork, id);
}

std::vector<BulkWorkRow> list_works(sql::Tx& tx, std::string_view path, BulkWorkId before, int limit) {
    static const std::string kListWorks =
        kWork + R"(FROM bulk_work w JOIN organisation o ON o.id = w.organisation_id
                   WHERE o.path >= $1 AND o.path < $2 AND (CAST($3 AS BIGINT) = 0 OR w.id < $3)
                   ORDER BY w.id DESC LIMIT $4)";
    return tx.list<BulkWorkRow>(kListWorks, path, end_of_subtree(path), before, limit);
}

std::int64_t count_undone(sql::Tx& tx, BulkWorkId of) {
    return tx
        .find<std::int64_t>("SELECT CAST(COALESCE(SUM(done), 0) AS BIGINT) FROM bulk_work WHERE of_id = $1",
                            of)
        .value_or(0);
}

void count_found(sql::Tx& tx, BulkWorkId id, std::int64_t planned, std::int64_t left_out) {
    tx.post("UPDATE bulk_work SET total = total + $1, left_out = left_out + $2 WHERE id = $3",
            planned,
            left_out,
            id);
}

void end_counting(sql::Tx& tx, BulkWorkId id, bool is_full) {
    tx.execute("UPDATE bulk_work SET state = 'ready', is_full = $1 WHERE id = $2 AND state = 'counting'",
               is_full,
               id);
}

bool start_work(sql::Tx& tx, BulkWorkId id, JobId job, std::string_view reason, Time now) {
    return tx.execute(R"(UPDATE bulk_work SET state = 'running', job_id = $1, reason = $2, confirmed_at = $3
                         WHERE id = $4 AND state = 'ready')",
                      job,
                      reason,
                      now,
                      id) == 1;
}

void count_turned(sql::Tx& tx, BulkWorkId id, std::int64_t done, std::int64_t skipped) {
    tx.post("UPDATE bulk_work SET done = done + $1, skipped = skipped + $2 WHERE id = $3", done, skipped, id);
}

void end_work(sql::Tx& tx, BulkWorkId id, Time now) {
    tx.execute(
        "UPDATE bulk_work SET state = 'done', finished_at = $1 WHERE id = $2 AND state = 'running'", now, id);
}

std::vector<BulkWorkId> stale_works(sql::Tx& tx, Time before, int limit) {
    return tx.list<BulkWorkId>(
        "SELECT id FROM bulk_work WHERE confirmed_at IS NULL AND created_at < $1 ORDER BY id LIMIT $2",
        before,
        limit);
}

bool forget_work(sql::Tx& tx, BulkWorkId id) {
    if (tx.execute("DELETE FROM bulk_work WHERE id = $1 AND confirmed_at IS NULL", id) == 0) {
        return false;
    }
    tx.execute("DELETE FROM bulk_work_item WHERE work_id = $1", id);
    return true;
}

void insert_work_item(sql::Tx& tx, const WorkItem& item) {
    tx.post(
        R"(INSERT INTO bulk_work_item (work_id, application_id, school_id, version, decided_by, decided_at,
                      decided_reason, outcome, reason)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9))",
        item.work_id,
        item.application_id,
        item.school_id,
        item.version,
        item.decided_by,
        item.decided_at,
        item.decided_reason,
        item.outcome,
        item.reason);
}

std::vector<WorkItem> work_items(
    sql::Tx& tx, BulkWorkId work, BulkOutcome outcome, ItemsAfter after, int limit) {
    static const std::string kItems = kWorkItem + kInOrder;
    return tx.list<WorkItem>(kItems, work, outcome, after.school, after.application, limit);
}

std::vector<WorkItem> shown_items(sql::Tx& tx,
                                  BulkWorkId work,
                                  BulkOutcome outcome,
                                  OrganisationId school,
                                  ItemsAfter after,
                                  std::string_view hidden_reason,
                                  int limit) {
    static const std::string kVisible = kWorkItem + " AND COALESCE(reason, '') <> $6";
    static const std::string kOfAll = kVisible + kInOrder;
    static const std::string kOfSchool = kVisible + " AND school_id = $7" + kInOrder;
    if (school) {
        return tx.list<WorkItem>(
            kOfSchool, work, outcome, after.school, after.application, limit, hidden_reason, school);
    }
    return tx.list<WorkItem>(kOfAll, work, outcome, after.school, after.application, limit, hidden_reason);
}

void end_item(sql::Tx& tx, const WorkItem& item, const std::optional<std::string>& skipped) {
    tx.post("UPDATE bulk_work_item SET outcome = $1, reason = $2 WHERE work_id = $3 AND application_id = $4",
            skipped ? "skipped" : "done",
            skipped,
            item.work_id,
            item.application_id);
}

std::vector<OrganisationId> schools_of_work(sql::Tx& tx, BulkWorkId work, OrganisationId after, int limit) {
    return tx.list<OrganisationId>(
        "SELECT DISTINCT school_id FROM bulk_work_item WHERE work_id = $1 AND school_id > $2 ORDER BY "
        "school_id "
        "LIMIT $3",
        work,
        after,
        limit);
}

std::vector<ItemCount> counts_by_school(sql::Tx& tx,
                                        BulkWorkId work,
                                        OrganisationId from,
                                        OrganisationId to) {
    return tx.list<ItemCount>(R"(SELECT school_id, outcome, reason, COUNT(*) AS total FROM bulk_work_item
                                 WHERE work_id = $1 AND school_id >= $2 AND school_id <= $3
                                 GROUP BY school_id, outcome, reason ORDER BY school_id, total DESC, reason)",
                              work,
                              from,
                              to);
}

std::int64_t count_done_at(sql::Tx& tx, BulkWorkId work, OrganisationId school) {
    return tx
        .find<std::int64_t>(
            "SELECT COUNT(*) FROM bulk_work_item WHERE work_id = $1 AND outcome = 'done' AND school_id = $2",
            work,
            school)
        .value_or(0);
}

std::vector<BulkReason> reasons_of_work(sql::Tx& tx, BulkWorkId work) {
    return tx.list<BulkReason>(R"(SELECT reason, COUNT(*) AS total FROM bulk_work_item
                                  WHERE work_id = $1 AND reason IS NOT NULL
                                  GROUP BY reason ORDER BY total DESC, reason)",
                               work);
}

std::vector<Candidate> candidates(sql::Tx& tx, const Candidates& wanted) {
    // In the order of application_queue and application_school: each page goes on where the last one ended.
    static const std::string kCandidates =
        R"(SELECT id, submitted_at FROM application
           WHERE state = $1 AND path >= $2 AND path < $3 AND ($4 = '' OR kind = $4)
             AND CASE WHEN state = 'submitted' THEN submitted_at ELSE decided_at END >= $5
             AND CASE WHEN state = 'submitted' THEN submitted_at ELSE decided_at END < $6
             AND (submitted_at, id) > ($7, $8))";
    static const std::string kByHandIn = " ORDER BY submitted_at, id LIMIT $9";
    static const std::string kBelow = kCandidates + kByHandIn;
    static const std::string kAtSchool = kCandidates + " AND school_id = $10" + kByHandIn;
    const auto end = end_of_subtree(wanted.path);
    const auto run = [&](const std::string& statement, const auto&... more) {
        return tx.list<Candidate>(statement,
                                  wanted.state,
                                  wanted.path,
                                  end,
                                  wanted.kind,
                                  wanted.from,
                                  wanted.before,
                                  wanted.after_time,
                                  wanted.after_id,
                                  wanted.limit,
                                  more...);
    };
    return wanted.school ? run(kAtSchool, *wanted.school) : run(kBelow);
}

bool change_state(sql::Tx& tx, const StateChange& change) {
    return tx.execute(R"(UPDATE application
                         SET state = $1, decided_by = $2, decided_at = $3, reason = $4, updated_at = $5,
                             version = version + 1
                         WHERE id = $6 AND version = $7 AND state = $8)",
                      change.to,
                      change.decided_by,
                      change.decided_at,
                      change.reason,
                      change.at,
                      change.id,
                      change.version,
                      change.from) == 1;
}

}  // namespace educard::applications::store
