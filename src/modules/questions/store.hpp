#pragma once
// The tables of questions: statements and nothing else.

#include "modules/questions/questions.hpp"

#include <array>

namespace educard::questions::store {

struct QuestionRow {
    QuestionId id;
    OrganisationId organisation_id;
    std::string path;
    std::int64_t depth = 0;
    Language language{};
    State state{};
    std::string title;
    std::string answer;
    std::int64_t audience = 0;
    bool open_to_all = false;
    std::optional<Date> valid_from;
    std::optional<Date> valid_to;
    std::int64_t version = 0;
    std::int64_t number = 0;
    std::optional<std::int64_t> published_number;
    std::int64_t helpful = 0;
    std::int64_t unhelpful = 0;
    Time created_at;
    Time changed_at;
    std::optional<Time> published_at;
    std::optional<ReportId> problem_id;
};
BOOST_DESCRIBE_STRUCT(QuestionRow,
                      (),
                      (id,
                       organisation_id,
                       path,
                       depth,
                       language,
                       state,
                       title,
                       answer,
                       audience,
                       open_to_all,
                       valid_from,
                       valid_to,
                       version,
                       number,
                       published_number,
                       helpful,
                       unhelpful,
                       created_at,
                       changed_at,
                       published_at,
                       problem_id))

struct VersionRow {
    QuestionId question_id;
    std::int64_t number = 0;
    std::string title;
    std::string answer;
    std::int64_t audience = 0;
    bool open_to_all = false;
    std::optional<Date> valid_from;
    std::optional<Date> valid_to;
    std::string note;
    AccountId account_id;
    Time at;
};
BOOST_DESCRIBE_STRUCT(
    VersionRow,
    (),
    (question_id, number, title, answer, audience, open_to_all, valid_from, valid_to, note, account_id, at))

/// What somebody may read: entries for these organisations and audiences, or (nobody is signed in) those open
/// to all.
struct Scope {
    bool visitor = false;
    std::array<OrganisationId, Questions::kMostAncestors> organisations;  // 0: none
    std::int64_t audience = 0;
    Date today{};
};

/// A published entry that a search hit, with its words.
struct HitRow {
    QuestionId id;
    std::string title_words;
    std::string body_words;
};
BOOST_DESCRIBE_STRUCT(HitRow, (), (id, title_words, body_words))

void insert(sql::Tx& tx, const QuestionRow& row);
std::optional<QuestionRow> find(sql::Tx& tx, QuestionId id);
/// False when the version is not the present one.
bool change(sql::Tx& tx, const QuestionRow& row, std::int64_t version_before);
void insert_version(sql::Tx& tx, const VersionRow& row);
std::optional<VersionRow> find_version(sql::Tx& tx, QuestionId id, std::int64_t number);
std::vector<VersionRow> versions_of(sql::Tx& tx, QuestionId id, int limit);

void put_words(sql::Tx& tx, QuestionId id, std::string_view title, std::string_view body);
/// Most helpful first, then newest.
std::vector<HitRow> hits(
    sql::Tx& tx, std::string_view engine, std::string_view expression, const Scope& scope, int limit);
std::vector<QuestionRow> most_helpful(sql::Tx& tx, const Scope& scope, int limit);

struct Lines {
    std::string path;  // of the organisation
    bool below = false;
    std::optional<State> state;
    std::string expression;  // empty: any
    QuestionId before;       // 0: from the newest on
    int limit = 0;
};
/// Newest first.
std::vector<QuestionRow> lines(sql::Tx& tx, std::string_view engine, const Lines& wanted);

/// True when nobody of that account had said anything.
bool insert_feedback(sql::Tx& tx, const Feedback& feedback, AccountId account, Time now);
/// True when it turns from helpful to not, or back.
bool turn_feedback(sql::Tx& tx, const Feedback& feedback, AccountId account, Time now);
void change_feedback(sql::Tx& tx, const Feedback& feedback, AccountId account, Time now);
void count_feedback(sql::Tx& tx, QuestionId id, int helpful, int unhelpful);
std::optional<bool> feedback_of(sql::Tx& tx, QuestionId id, AccountId account);
std::vector<Complaint> complaints(sql::Tx& tx, QuestionId id, int limit);

void move_paths(sql::Tx& tx, std::string_view from, std::string_view to, int depth_change);

}  // namespace educard::questions::store
