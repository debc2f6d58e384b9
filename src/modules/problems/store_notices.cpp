#include "modules/problems/store.hpp"

#include <tuple>

namespace educard::problems::store {

void insert_notice(sql::Tx& tx, const NoticeRow& row) {
    tx.execute(R"(
        INSERT INTO problem_notice (id, organisation_id, path, problem_id, kind, title, text, me_too, version,
                                    made_by, since, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11))",
               row.id,
               row.organisation_id,
               row.path,
               row.problem_id,
               row.kind,
               row.title,
               row.text,
               row.me_too,
               row.version,
               row.made_by,
               row.since);
}

std::optional<NoticeRow> find_notice(sql::Tx& tx, NoticeId id) {
    return tx.find<NoticeRow>(
        R"(SELECT id, organisation_id, path, problem_id, kind, title, text, me_too, version, made_by, since,
                  changed_at, ended_at
           FROM problem_notice WHERE id = $1)",
        id);
}

bool change_notice(sql::Tx& tx, const NoticeRow& row) {
    return tx.execute(R"(
        UPDATE problem_notice SET title = $3, text = $4, changed_at = $5, ended_at = $6, version = version + 1
        WHERE id = $1 AND version = $2 AND ended_at IS NULL)",
                      row.id,
                      row.version,
                      row.title,
                      row.text,
                      row.changed_at,
                      row.ended_at) == 1;
}

std::vector<NoticeRow> notices_for(
    sql::Tx& tx,
    const std::array<OrganisationId, questions::Questions::kMostAncestors>& organisations,
    int limit) {
    return std::apply(
        [&](const auto&... ids) {
            return tx.list<NoticeRow>(
                R"(SELECT id, organisation_id, path, problem_id, kind, title, text, me_too, version, made_by, since,
                          changed_at, ended_at
                   FROM problem_notice
                   WHERE ended_at IS NULL
                     AND organisation_id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                   ORDER BY id DESC LIMIT $1)",
                limit,
                ids...);
        },
        organisations);
}

std::vector<NoticeRow> notices_below(sql::Tx& tx, std::string_view path, int limit) {
    return tx.list<NoticeRow>(
        R"(SELECT id, organisation_id, path, problem_id, kind, title, text, me_too, version, made_by, since,
                  changed_at, ended_at
           FROM problem_notice WHERE path >= $1 AND path < $2 ORDER BY id DESC LIMIT $3)",
        path,
        end_of_subtree(path),
        limit);
}

bool insert_me_too(sql::Tx& tx, NoticeId id, AccountId account, Time now) {
    return tx.execute(
               "INSERT INTO problem_me_too (notice_id, account_id, at) VALUES ($1, $2, $3) ON CONFLICT DO "
               "NOTHING",
               id,
               account,
               now) == 1;
}

bool has_me_too(sql::Tx& tx, NoticeId id, AccountId account) {
    return tx
        .find<std::int64_t>(
            "SELECT 1 FROM problem_me_too WHERE notice_id = $1 AND account_id = $2", id, account)
        .has_value();
}

void count_me_too(sql::Tx& tx, NoticeId id) {
    tx.execute("UPDATE problem_notice SET me_too = me_too + 1 WHERE id = $1", id);
}

void move_notice_paths(sql::Tx& tx, std::string_view from, std::string_view to) {
    tx.execute(R"(UPDATE problem_notice SET path = $1 || substr(path, $2) WHERE path >= $3 AND path < $4)",
               to,
               static_cast<std::int64_t>(from.size() + 1),
               from,
               end_of_subtree(from));
}

}  // namespace educard::problems::store
