#include "modules/problems/store.hpp"

namespace educard::problems::store {

void count(sql::Tx& tx, OrganisationId desk, Kind kind, const Count& more) {
    tx.execute(R"(
        INSERT INTO problem_count (organisation_id, kind, waiting, arrived, answered, answer_seconds, solved,
                                   escalated, overdue)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (organisation_id, kind) DO UPDATE SET
            waiting = problem_count.waiting + excluded.waiting,
            arrived = problem_count.arrived + excluded.arrived,
            answered = problem_count.answered + excluded.answered,
            answer_seconds = problem_count.answer_seconds + excluded.answer_seconds,
            solved = problem_count.solved + excluded.solved,
            escalated = problem_count.escalated + excluded.escalated,
            overdue = problem_count.overdue + excluded.overdue)",
               desk,
               kind,
               more.waiting,
               more.arrived,
               more.answered,
               more.answer_seconds,
               more.solved,
               more.escalated,
               more.overdue);
}

std::vector<KindSum> counts_by_kind(sql::Tx& tx, std::string_view path) {
    return tx.list<KindSum>(
        R"(SELECT c.kind AS kind, CAST(SUM(c.waiting) AS BIGINT) AS waiting, CAST(SUM(c.arrived) AS BIGINT) AS arrived,
                  CAST(SUM(c.answered) AS BIGINT) AS answered,
                  CAST(SUM(c.answer_seconds) AS BIGINT) AS answer_seconds,
                  CAST(SUM(c.solved) AS BIGINT) AS solved, CAST(SUM(c.escalated) AS BIGINT) AS escalated,
                  CAST(SUM(c.overdue) AS BIGINT) AS overdue
           FROM problem_count c JOIN organisation o ON o.id = c.organisation_id
           WHERE o.path >= $1 AND o.path < $2 GROUP BY c.kind ORDER BY c.kind)",
        path,
        end_of_subtree(path));
}

std::vector<DeskSum> counts_by_desk(sql::Tx& tx, std::string_view path) {
    return tx.list<DeskSum>(
        R"(SELECT o.id AS id, o.path AS path, CAST(SUM(c.waiting) AS BIGINT) AS waiting,
                  CAST(SUM(c.arrived) AS BIGINT) AS arrived, CAST(SUM(c.answered) AS BIGINT) AS answered,
                  CAST(SUM(c.answer_seconds) AS BIGINT) AS answer_seconds,
                  CAST(SUM(c.solved) AS BIGINT) AS solved, CAST(SUM(c.escalated) AS BIGINT) AS escalated,
                  CAST(SUM(c.overdue) AS BIGINT) AS overdue
           FROM problem_count c JOIN organisation o ON o.id = c.organisation_id
           WHERE o.path >= $1 AND o.path < $2 GROUP BY o.id, o.path)",
        path,
        end_of_subtree(path));
}

std::vector<OpenSum> open_by_desk(sql::Tx& tx,
                                  std::string_view path,
                                  Date today,
                                  const std::array<Time, 4>& moments) {
    return tx.list<OpenSum>(
        R"(SELECT desk_path, desk_level, COUNT(*) AS waiting,
                  CAST(SUM(CASE WHEN state = 'open' AND due_on < $3 THEN 1 ELSE 0 END) AS BIGINT) AS overdue,
                  CAST(SUM(CASE WHEN reported_at > $4 THEN 1 ELSE 0 END) AS BIGINT) AS after_1,
                  CAST(SUM(CASE WHEN reported_at > $5 THEN 1 ELSE 0 END) AS BIGINT) AS after_2,
                  CAST(SUM(CASE WHEN reported_at > $6 THEN 1 ELSE 0 END) AS BIGINT) AS after_3,
                  CAST(SUM(CASE WHEN reported_at > $7 THEN 1 ELSE 0 END) AS BIGINT) AS after_4
           FROM problem WHERE desk_path >= $1 AND desk_path < $2 AND state IN ('open', 'asked')
           GROUP BY desk_path, desk_level)",
        path,
        end_of_subtree(path),
        today,
        moments[0],
        moments[1],
        moments[2],
        moments[3]);
}

}  // namespace educard::problems::store
