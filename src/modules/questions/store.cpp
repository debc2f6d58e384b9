#include "modules/questions/store.hpp"

#include <limits>
#include <string>
#include <tuple>

namespace educard::questions::store {

namespace {

constexpr std::string_view kColumns =
    R"(SELECT q.id, q.organisation_id, q.path, q.depth, q.language, q.state, q.title, q.answer, q.audience,
              q.open_to_all, q.valid_from, q.valid_to, q.version, q.number, q.published_number, q.helpful,
              q.unhelpful, q.created_at, q.changed_at, q.published_at, q.problem_id)";
constexpr std::string_view kFrom = " FROM question q";
// Those that a search finds; the condition comes last.
constexpr std::string_view kFoundEmbedded = " FROM question q JOIN question_fts ON question_fts.rowid = q.id";
constexpr std::string_view kFoundPostgres = " FROM question q JOIN question_text t ON t.question_id = q.id";
constexpr std::string_view kMatchEmbedded = " AND question_fts MATCH $6";
constexpr std::string_view kMatchPostgres = " AND t.words @@ to_tsquery('simple', $6)";

// Both with the words of an entry that holds today; $1 is what is searched for, $2 today, $3 how many.
constexpr std::string_view kHitsEmbedded =
    R"(SELECT q.id, t.title AS title_words, t.body AS body_words
       FROM question q JOIN question_text t ON t.question_id = q.id
       WHERE q.id IN (SELECT rowid FROM question_fts WHERE question_fts MATCH $1) AND q.state = 'published'
         AND (q.valid_from IS NULL OR q.valid_from <= $2) AND (q.valid_to IS NULL OR q.valid_to > $2))";
constexpr std::string_view kHitsPostgres =
    R"(SELECT q.id, t.title AS title_words, t.body AS body_words
       FROM question q JOIN question_text t ON t.question_id = q.id
       WHERE t.words @@ to_tsquery('simple', $1) AND q.state = 'published'
         AND (q.valid_from IS NULL OR q.valid_from <= $2) AND (q.valid_to IS NULL OR q.valid_to > $2))";
constexpr std::string_view kOpen = " AND q.open_to_all = 1 AND (q.audience & $4) <> 0";
constexpr std::string_view kOfReader =
    " AND (q.open_to_all = 1 OR (q.audience & $4) <> 0)"
    " AND q.organisation_id IN ($5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
constexpr std::string_view kHelpfulFirst =
    " ORDER BY q.helpful - q.unhelpful DESC, q.published_at DESC, q.id DESC LIMIT $3";
constexpr std::string_view kProvinceFirst =
    " ORDER BY q.depth, q.helpful - q.unhelpful DESC, q.published_at DESC, q.id DESC LIMIT $3";

std::string selected(std::string_view from) {
    return std::string(kColumns) + std::string(from);
}

}  // namespace

void insert(sql::Tx& tx, const QuestionRow& row) {
    tx.execute(R"(
        INSERT INTO question (id, organisation_id, path, depth, language, state, title, answer, audience,
                              open_to_all, valid_from, valid_to, version, number, published_number, helpful,
                              unhelpful, created_at, changed_at, published_at, problem_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21))",
               row.id,
               row.organisation_id,
               row.path,
               row.depth,
               row.language,
               row.state,
               row.title,
               row.answer,
               row.audience,
               row.open_to_all,
               row.valid_from,
               row.valid_to,
               row.version,
               row.number,
               row.published_number,
               row.helpful,
               row.unhelpful,
               row.created_at,
               row.changed_at,
               row.published_at,
               row.problem_id);
}

std::optional<QuestionRow> find(sql::Tx& tx, QuestionId id) {
    return tx.find<QuestionRow>(selected(kFrom) + " WHERE q.id = $1", id);
}

bool change(sql::Tx& tx, const QuestionRow& row, std::int64_t version_before) {
    return tx.execute(R"(
        UPDATE question SET state = $3, title = $4, answer = $5, audience = $6, open_to_all = $7, valid_from = $8,
                            valid_to = $9, version = $10, number = $11, published_number = $12, changed_at = $13,
                            published_at = $14
        WHERE id = $1 AND version = $2)",
                      row.id,
                      version_before,
                      row.state,
                      row.title,
                      row.answer,
                      row.audience,
                      row.open_to_all,
                      row.valid_from,
                      row.valid_to,
                      row.version,
                      row.number,
                      row.published_number,
                      row.changed_at,
                      row.published_at) == 1;
}

void insert_version(sql::Tx& tx, const VersionRow& row) {
    tx.execute(R"(
        INSERT INTO question_version (question_id, number, title, answer, audience, open_to_all, valid_from,
                                      valid_to, note, account_id, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11))",
               row.question_id,
               row.number,
               row.title,
               row.answer,
               row.audience,
               row.open_to_all,
               row.valid_from,
               row.valid_to,
               row.note,
               row.account_id,
               row.at);
}

std::optional<VersionRow> find_version(sql::Tx& tx, QuestionId id, std::int64_t number) {
    return tx.find<VersionRow>(
        R"(SELECT question_id, number, title, answer, audience, open_to_all, valid_from, valid_to, note,
                  account_id, at
           FROM question_version WHERE question_id = $1 AND number = $2)",
        id,
        number);
}

std::vector<VersionRow> versions_of(sql::Tx& tx, QuestionId id, int limit) {
    return tx.list<VersionRow>(
        R"(SELECT question_id, number, title, answer, audience, open_to_all, valid_from, valid_to, note,
                  account_id, at
           FROM question_version WHERE question_id = $1 ORDER BY number DESC LIMIT $2)",
        id,
        limit);
}

void put_words(sql::Tx& tx, QuestionId id, std::string_view title, std::string_view body) {
    tx.execute(R"(
        INSERT INTO question_text (question_id, title, body) VALUES ($1, $2, $3)
        ON CONFLICT (question_id) DO UPDATE SET title = excluded.title, body = excluded.body)",
               id,
               title,
               body);
}

std::vector<HitRow> hits(
    sql::Tx& tx, std::string_view engine, std::string_view expression, const Scope& scope, int limit) {
    std::string statement(engine == "sqlite" ? kHitsEmbedded : kHitsPostgres);
    if (scope.visitor) {
        statement += kOpen;
        statement += kProvinceFirst;
        return tx.list<HitRow>(statement, expression, scope.today, limit, scope.audience);
    }
    statement += kOfReader;
    statement += kHelpfulFirst;
    return std::apply(
        [&](const auto&... organisations) {
            return tx.list<HitRow>(
                statement, expression, scope.today, limit, scope.audience, organisations...);
        },
        scope.organisations);
}

std::vector<QuestionRow> most_helpful(sql::Tx& tx, const Scope& scope, int limit) {
    auto statement = selected(kFrom);
    statement +=
        " WHERE q.state = 'published' AND CAST($1 AS BIGINT) >= 0"
        " AND (q.valid_from IS NULL OR q.valid_from <= $2) AND (q.valid_to IS NULL OR q.valid_to > $2)";
    if (scope.visitor) {
        statement += kOpen;
        statement += kProvinceFirst;
        return tx.list<QuestionRow>(statement, 0, scope.today, limit, scope.audience);
    }
    statement += kOfReader;
    statement += kHelpfulFirst;
    return std::apply(
        [&](const auto&... organisations) {
            return tx.list<QuestionRow>(statement, 0, scope.today, limit, scope.audience, organisations...);
        },
        scope.organisations);
}

std::vector<QuestionRow> lines(sql::Tx& tx, std::string_view engine, const Lines& wanted) {
    const bool embedded = engine == "sqlite";
    auto statement = selected(wanted.expression.empty() ? kFrom : embedded ? kFoundEmbedded : kFoundPostgres);
    statement +=
        " WHERE q.path >= $1 AND q.path < $2 AND (CAST($3 AS TEXT) = '' OR q.state = $3) AND q.id < $4";
    if (!wanted.expression.empty()) {
        statement += embedded ? kMatchEmbedded : kMatchPostgres;
    }
    statement += " ORDER BY q.id DESC LIMIT $5";
    const auto state = wanted.state ? std::string(boost::describe::enum_to_string(*wanted.state, "")) : "";
    const auto before = wanted.before ? wanted.before.value : std::numeric_limits<std::int64_t>::max();
    // A text after the slash that ends a path is greater than the path and less than anything below it.
    const auto end = wanted.below ? end_of_subtree(wanted.path) : wanted.path + " ";
    if (wanted.expression.empty()) {
        return tx.list<QuestionRow>(statement, wanted.path, end, state, before, wanted.limit);
    }
    return tx.list<QuestionRow>(statement, wanted.path, end, state, before, wanted.limit, wanted.expression);
}

bool insert_feedback(sql::Tx& tx, const Feedback& feedback, AccountId account, Time now) {
    return tx.execute(R"(
        INSERT INTO question_feedback (question_id, account_id, helpful, reason, comment, at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING)",
                      feedback.id,
                      account,
                      feedback.helpful,
                      feedback.reason,
                      feedback.comment,
                      now) == 1;
}

bool turn_feedback(sql::Tx& tx, const Feedback& feedback, AccountId account, Time now) {
    return tx.execute(R"(
        UPDATE question_feedback SET helpful = $3, reason = $4, comment = $5, at = $6
        WHERE question_id = $1 AND account_id = $2 AND helpful <> $3)",
                      feedback.id,
                      account,
                      feedback.helpful,
                      feedback.reason,
                      feedback.comment,
                      now) == 1;
}

void change_feedback(sql::Tx& tx, const Feedback& feedback, AccountId account, Time now) {
    tx.execute(R"(
        UPDATE question_feedback SET reason = $4, comment = $5, at = $6
        WHERE question_id = $1 AND account_id = $2 AND helpful = $3)",
               feedback.id,
               account,
               feedback.helpful,
               feedback.reason,
               feedback.comment,
               now);
}

void count_feedback(sql::Tx& tx, QuestionId id, int helpful, int unhelpful) {
    tx.execute("UPDATE question SET helpful = helpful + $2, unhelpful = unhelpful + $3 WHERE id = $1",
               id,
               helpful,
               unhelpful);
}

std::optional<bool> feedback_of(sql::Tx& tx, QuestionId id, AccountId account) {
    return tx.find<bool>(
        "SELECT helpful FROM question_feedback WHERE question_id = $1 AND account_id = $2", id, account);
}

std::vector<Complaint> complaints(sql::Tx& tx, QuestionId id, int limit) {
    return tx.list<Complaint>(
        R"(SELECT reason, comment, at FROM question_feedback
           WHERE question_id = $1 AND helpful = 0 ORDER BY at DESC LIMIT $2)",
        id,
        limit);
}

void move_paths(sql::Tx& tx, std::string_view from, std::string_view to, int depth_change) {
    tx.execute(R"(UPDATE question SET path = $1 || substr(path, $2), depth = depth + $3
                  WHERE path >= $4 AND path < $5)",
               to,
               static_cast<std::int64_t>(from.size() + 1),
               depth_change,
               from,
               end_of_subtree(from));
}

}  // namespace educard::questions::store
