#include "modules/problems/store.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace educard::problems::store {

namespace {

constexpr std::string_view kColumns =
    R"(SELECT p.id, p.account_id, p.home_id, p.home_path, p.kind, p.title, p.description, p.page, p.client_version,
              p.browser, p.state, p.desk_id, p.desk_path, p.desk_level, p.desk_since, p.due_on, p.days_left,
              p.main_id, p.version, p.unseen, p.reported_at, p.changed_at, p.answered_at, p.solved_at)";
constexpr std::string_view kFrom = " FROM problem p";
// Those that a search finds; the condition comes last.
constexpr std::string_view kFoundEmbedded = " FROM problem p JOIN problem_fts ON problem_fts.rowid = p.id";
constexpr std::string_view kFoundPostgres = " FROM problem p JOIN problem_text t ON t.problem_id = p.id";
constexpr std::string_view kMatchEmbedded = " AND problem_fts MATCH $8";
constexpr std::string_view kMatchPostgres = " AND t.words @@ to_tsquery('simple', $8)";

// $1 is the organisation, $2 and $3 its part of the tree.
std::string_view condition_of(Where where) {
    switch (where) {
        case Where::here:
            return " WHERE p.desk_id = $1 AND p.desk_path >= $2 AND p.desk_path < $3 AND p.state IN ('open', "
                   "'asked')";
        case Where::below:
            return " WHERE p.desk_id <> $1 AND p.desk_path >= $2 AND p.desk_path < $3 AND p.state IN "
                   "('open', 'asked')";
        case Where::above:
            return " WHERE p.home_path >= $2 AND p.home_path < $3 AND p.desk_id <> $1"
                   " AND NOT (p.desk_path >= $2 AND p.desk_path < $3) AND p.state IN ('open', 'asked')";
        case Where::solved:
            return " WHERE p.home_path >= $2 AND p.home_path < $3 AND CAST($1 AS BIGINT) > 0"
                   " AND p.state IN ('solved', 'withdrawn')";
    }
    return "";
}

std::string selected(std::string_view from) {
    return std::string(kColumns) + std::string(from);
}

}  // namespace

void insert(sql::Tx& tx, const ProblemRow& row) {
    tx.execute(R"(
        INSERT INTO problem (id, account_id, home_id, home_path, kind, title, description, page, client_version,
                             browser, state, desk_id, desk_path, desk_level, desk_since, due_on, version, unseen,
                             reported_at, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19))",
               row.id,
               row.account_id,
               row.home_id,
               row.home_path,
               row.kind,
               row.title,
               row.description,
               row.page,
               row.client_version,
               row.browser,
               row.state,
               row.desk_id,
               row.desk_path,
               row.desk_level,
               row.desk_since,
               row.due_on,
               row.version,
               row.unseen,
               row.reported_at);
}

std::optional<ProblemRow> find(sql::Tx& tx, ProblemId id) {
    return tx.find<ProblemRow>(selected(kFrom) + " WHERE p.id = $1", id);
}

bool change(sql::Tx& tx, const ProblemRow& row) {
    return tx.execute(R"(
        UPDATE problem SET state = $3, desk_id = $4, desk_path = $5, desk_level = $6, desk_since = $7, due_on = $8,
                           days_left = $9, main_id = $10, changed_at = $11, answered_at = $12, solved_at = $13,
                           version = version + 1
        WHERE id = $1 AND version = $2)",
                      row.id,
                      row.version,
                      row.state,
                      row.desk_id,
                      row.desk_path,
                      row.desk_level,
                      row.desk_since,
                      row.due_on,
                      row.days_left,
                      row.main_id,
                      row.changed_at,
                      row.answered_at,
                      row.solved_at) == 1;
}

bool hold(sql::Tx& tx, const ProblemRow& row) {
    return tx.execute("UPDATE problem SET version = version WHERE id = $1 AND version = $2",
                      row.id,
                      row.version) == 1;
}

void touch(sql::Tx& tx, ProblemId id, Time now) {
    tx.execute("UPDATE problem SET changed_at = $2 WHERE id = $1", id, now);
}

void put_words(sql::Tx& tx, ProblemId id, std::string_view title, std::string_view body) {
    tx.execute("INSERT INTO problem_text (problem_id, title, body) VALUES ($1, $2, $3)", id, title, body);
}

void add_words(sql::Tx& tx, ProblemId id, std::string_view words) {
    // So much and no more: a conversation has no end.
    tx.execute(
        R"(UPDATE problem_text SET body = body || ' ' || $2 WHERE problem_id = $1 AND length(body) < 100000)",
        id,
        words);
}

std::vector<ProblemRow> of_account(sql::Tx& tx, AccountId account, ProblemId before, int limit) {
    return tx.list<ProblemRow>(
        selected(kFrom) + " WHERE p.account_id = $1 AND p.id < $2 ORDER BY p.id DESC LIMIT $3",
        account,
        before ? before.value : std::numeric_limits<std::int64_t>::max(),
        limit);
}

std::int64_t unseen(sql::Tx& tx, AccountId account) {
    return tx.find<std::int64_t>("SELECT COUNT(*) FROM problem WHERE account_id = $1 AND unseen > 0", account)
        .value_or(0);
}

void see(sql::Tx& tx, ProblemId id, AccountId account) {
    tx.execute("UPDATE problem SET unseen = 0 WHERE id = $1 AND account_id = $2 AND unseen > 0", id, account);
}

void unsee(sql::Tx& tx, ProblemId id) {
    tx.execute("UPDATE problem SET unseen = unseen + 1 WHERE id = $1", id);
}

void unsee_same(sql::Tx& tx, ProblemId main, Time now) {
    tx.execute(
        "UPDATE problem SET unseen = unseen + 1, changed_at = $2 WHERE main_id = $1 AND state = 'merged'",
        main,
        now);
}

std::vector<ProblemRow> same_as(sql::Tx& tx, ProblemId main, int limit) {
    return tx.list<ProblemRow>(
        selected(kFrom) + " WHERE p.main_id = $1 AND p.state = 'merged' ORDER BY p.id LIMIT $2", main, limit);
}

std::int64_t count_same(sql::Tx& tx, ProblemId main) {
    return tx.find<std::int64_t>("SELECT COUNT(*) FROM problem WHERE main_id = $1 AND state = 'merged'", main)
        .value_or(0);
}

std::vector<ProblemRow> queue(sql::Tx& tx, std::string_view engine, const Wanted& wanted) {
    const bool oldest_first = wanted.where == Where::here || wanted.where == Where::below;
    const bool embedded = engine == "sqlite";
    auto statement = selected(wanted.expression.empty() ? kFrom : embedded ? kFoundEmbedded : kFoundPostgres);
    statement += condition_of(wanted.where);
    statement += oldest_first ? " AND p.id > $4" : " AND p.id < $4";
    statement +=
        " AND (CAST($5 AS TEXT) = '' OR p.kind = $5)"
        " AND (CAST($6 AS TEXT) = '' OR (p.state = 'open' AND p.due_on < $6))";
    if (!wanted.expression.empty()) {
        statement += embedded ? kMatchEmbedded : kMatchPostgres;
    }
    statement += oldest_first ? " ORDER BY p.id LIMIT $7" : " ORDER BY p.id DESC LIMIT $7";
    const auto end = end_of_subtree(wanted.path);
    const auto cursor =
        wanted.cursor || oldest_first ? wanted.cursor.value : std::numeric_limits<std::int64_t>::max();
    const auto kind = wanted.kind ? std::string(boost::describe::enum_to_string(*wanted.kind, "")) : "";
    const auto due = wanted.due_before ? to_text(*wanted.due_before) : "";
    if (wanted.expression.empty()) {
        return tx.list<ProblemRow>(
            statement, wanted.organisation, wanted.path, end, cursor, kind, due, wanted.limit);
    }
    return tx.list<ProblemRow>(
        statement, wanted.organisation, wanted.path, end, cursor, kind, due, wanted.limit, wanted.expression);
}

std::vector<ProblemRow> overdue(sql::Tx& tx, Date today, int limit) {
    return tx.list<ProblemRow>(selected(kFrom) +
                                   " WHERE p.state = 'open' AND p.due_on IS NOT NULL AND p.due_on < $1"
                                   " ORDER BY p.due_on, p.id LIMIT $2",
                               today,
                               limit);
}

std::vector<ProblemRow> at_desk(sql::Tx& tx, OrganisationId desk, int limit) {
    return tx.list<ProblemRow>(
        selected(kFrom) + " WHERE p.desk_id = $1 AND p.state IN ('open', 'asked') ORDER BY p.id LIMIT $2",
        desk,
        limit);
}

std::vector<OrganisationId> waiting_desks(sql::Tx& tx, OrganisationId after, int limit) {
    return tx.list<OrganisationId>(
        R"(SELECT DISTINCT organisation_id FROM problem_count
           WHERE waiting > 0 AND organisation_id > $1 ORDER BY organisation_id LIMIT $2)",
        after,
        limit);
}

void move_paths(sql::Tx& tx, std::string_view from, std::string_view to) {
    const auto kept = static_cast<std::int64_t>(from.size() + 1);
    // With the version, so that nobody who looked at the old place writes it back.
    tx.execute(R"(UPDATE problem SET home_path = $1 || substr(home_path, $2), version = version + 1
                  WHERE home_path >= $3 AND home_path < $4)",
               to,
               kept,
               from,
               end_of_subtree(from));
    tx.execute(R"(UPDATE problem SET desk_path = $1 || substr(desk_path, $2), version = version + 1
                  WHERE desk_path >= $3 AND desk_path < $4)",
               to,
               kept,
               from,
               end_of_subtree(from));
}

void insert_event(sql::Tx& tx, const EventRow& row) {
    tx.execute(R"(
        INSERT INTO problem_event (problem_id, id, at, kind, account_id, from_id, to_id, internal, text)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9))",
               row.problem_id,
               row.id,
               row.at,
               row.kind,
               row.account_id,
               row.from_id,
               row.to_id,
               row.internal,
               row.text);
}

std::vector<EventRow> events_of(sql::Tx& tx, ProblemId id, int limit) {
    auto newest = tx.list<EventRow>(
        R"(SELECT problem_id, id, at, kind, account_id, from_id, to_id, internal, text FROM problem_event
           WHERE problem_id = $1 ORDER BY id DESC LIMIT $2)",
        id,
        limit);
    std::ranges::reverse(newest);
    return newest;
}

std::int64_t count_events(sql::Tx& tx, ProblemId id) {
    return tx.find<std::int64_t>("SELECT COUNT(*) FROM problem_event WHERE problem_id = $1", id).value_or(0);
}

void insert_picture(sql::Tx& tx, const PictureRow& row) {
    tx.execute(R"(
        INSERT INTO problem_picture (problem_id, id, content_type, width, height, octets, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7))",
               row.problem_id,
               row.id,
               row.content_type,
               row.width,
               row.height,
               row.octets,
               row.at);
}

std::optional<PictureRow> find_picture(sql::Tx& tx, ProblemId problem, PictureId id) {
    return tx.find<PictureRow>(
        R"(SELECT problem_id, id, content_type, width, height, octets, at FROM problem_picture
           WHERE problem_id = $1 AND id = $2)",
        problem,
        id);
}

std::vector<PictureView> pictures_of(sql::Tx& tx, ProblemId problem, int limit) {
    return tx.list<PictureView>(
        R"(SELECT id, content_type, width, height FROM problem_picture WHERE problem_id = $1 ORDER BY id LIMIT $2)",
        problem,
        limit);
}

std::vector<PictureRef> old_pictures(sql::Tx& tx, Time before, int limit) {
    return tx.list<PictureRef>(
        "SELECT problem_id, id FROM problem_picture WHERE at < $1 ORDER BY at LIMIT $2", before, limit);
}

void delete_picture(sql::Tx& tx, const PictureRef& picture) {
    tx.execute(
        "DELETE FROM problem_picture WHERE problem_id = $1 AND id = $2", picture.problem_id, picture.id);
}

}  // namespace educard::problems::store
