#pragma once
// The tables of the problem desk: statements and nothing else.

#include "modules/problems/problems.hpp"

#include <array>

namespace educard::problems::store {

struct ProblemRow {
    ProblemId id;
    AccountId account_id;
    OrganisationId home_id;
    std::string home_path;
    Kind kind{};
    std::string title;
    std::string description;
    std::string page;
    std::string client_version;
    std::string browser;
    State state{};
    OrganisationId desk_id;
    std::string desk_path;
    organisations::Kind desk_level{};
    Time desk_since;
    std::optional<Date> due_on;
    std::optional<std::int64_t> days_left;
    std::optional<ProblemId> main_id;
    std::int64_t version = 0;
    std::int64_t unseen = 0;
    Time reported_at;
    Time changed_at;
    std::optional<Time> answered_at;
    std::optional<Time> solved_at;
};
BOOST_DESCRIBE_STRUCT(ProblemRow,
                      (),
                      (id,
                       account_id,
                       home_id,
                       home_path,
                       kind,
                       title,
                       description,
                       page,
                       client_version,
                       browser,
                       state,
                       desk_id,
                       desk_path,
                       desk_level,
                       desk_since,
                       due_on,
                       days_left,
                       main_id,
                       version,
                       unseen,
                       reported_at,
                       changed_at,
                       answered_at,
                       solved_at))

void insert(sql::Tx& tx, const ProblemRow& row);
std::optional<ProblemRow> find(sql::Tx& tx, ProblemId id);
/// State and desk; counts the version up. False when `row.version` is not the present one.
bool change(sql::Tx& tx, const ProblemRow& row);
/// True when `row.version` is the present one; then nobody else changes it before `tx` is done.
bool hold(sql::Tx& tx, const ProblemRow& row);
void touch(sql::Tx& tx, ProblemId id, Time now);
void put_words(sql::Tx& tx, ProblemId id, std::string_view title, std::string_view body);
void add_words(sql::Tx& tx, ProblemId id, std::string_view words);

std::vector<ProblemRow> of_account(sql::Tx& tx, AccountId account, ProblemId before, int limit);
std::int64_t unseen(sql::Tx& tx, AccountId account);
void see(sql::Tx& tx, ProblemId id, AccountId account);
/// One more thing to see for the reporter of the problem and those of the same.
void unsee(sql::Tx& tx, ProblemId id);
void unsee_same(sql::Tx& tx, ProblemId main, Time now);
/// Reporters of the same problem, at most `limit`.
std::vector<ProblemRow> same_as(sql::Tx& tx, ProblemId main, int limit);
std::int64_t count_same(sql::Tx& tx, ProblemId main);

struct Wanted {
    Where where{};
    OrganisationId organisation;
    std::string path;
    std::optional<Kind> kind;
    std::optional<Date> due_before;
    std::string expression;  // empty: any
    ProblemId cursor;        // 0: from the beginning
    int limit = 0;
};
/// `here` and `below` oldest first, the others newest first.
std::vector<ProblemRow> queue(sql::Tx& tx, std::string_view engine, const Wanted& wanted);
std::vector<ProblemRow> overdue(sql::Tx& tx, Date today, int limit);
/// Open or asked, at that desk.
std::vector<ProblemRow> at_desk(sql::Tx& tx, OrganisationId desk, int limit);
/// Desks at which something waits, after `after`.
std::vector<OrganisationId> waiting_desks(sql::Tx& tx, OrganisationId after, int limit);
void move_paths(sql::Tx& tx, std::string_view from, std::string_view to);

struct EventRow {
    ProblemId problem_id;
    EventId id;
    Time at;
    Step kind{};
    std::optional<AccountId> account_id;
    std::optional<OrganisationId> from_id;
    std::optional<OrganisationId> to_id;
    bool internal = false;
    std::string text;
};
BOOST_DESCRIBE_STRUCT(EventRow, (), (problem_id, id, at, kind, account_id, from_id, to_id, internal, text))
void insert_event(sql::Tx& tx, const EventRow& row);
/// The newest `limit`, oldest first.
std::vector<EventRow> events_of(sql::Tx& tx, ProblemId id, int limit);
std::int64_t count_events(sql::Tx& tx, ProblemId id);

struct PictureRow {
    ProblemId problem_id;
    PictureId id;
    std::string content_type;
    std::int64_t width = 0;
    std::int64_t height = 0;
    Bytes octets;
    Time at;
};
BOOST_DESCRIBE_STRUCT(PictureRow, (), (problem_id, id, content_type, width, height, octets, at))
void insert_picture(sql::Tx& tx, const PictureRow& row);
std::optional<PictureRow> find_picture(sql::Tx& tx, ProblemId problem, PictureId id);
std::vector<PictureView> pictures_of(sql::Tx& tx, ProblemId problem, int limit);
struct PictureRef {
    ProblemId problem_id;
    PictureId id;
};
BOOST_DESCRIBE_STRUCT(PictureRef, (), (problem_id, id))
/// Oldest first.
std::vector<PictureRef> old_pictures(sql::Tx& tx, Time before, int limit);
void delete_picture(sql::Tx& tx, const PictureRef& picture);

// ---- store_counts.cpp ----

/// What is added to a desk's counts.
struct Count {
    int waiting = 0;
    int arrived = 0;
    int answered = 0;
    std::int64_t answer_seconds = 0;
    int solved = 0;
    int escalated = 0;
    int overdue = 0;
};
void count(sql::Tx& tx, OrganisationId desk, Kind kind, const Count& more);

struct KindSum {
    Kind kind{};
    std::int64_t waiting = 0;
    std::int64_t arrived = 0;
    std::int64_t answered = 0;
    std::int64_t answer_seconds = 0;
    std::int64_t solved = 0;
    std::int64_t escalated = 0;
    std::int64_t overdue = 0;
};
BOOST_DESCRIBE_STRUCT(KindSum,
                      (),
                      (kind, waiting, arrived, answered, answer_seconds, solved, escalated, overdue))
std::vector<KindSum> counts_by_kind(sql::Tx& tx, std::string_view path);

struct DeskSum {
    OrganisationId id;
    std::string path;
    std::int64_t waiting = 0;
    std::int64_t arrived = 0;
    std::int64_t answered = 0;
    std::int64_t answer_seconds = 0;
    std::int64_t solved = 0;
    std::int64_t escalated = 0;
    std::int64_t overdue = 0;
};
BOOST_DESCRIBE_STRUCT(DeskSum,
                      (),
                      (id, path, waiting, arrived, answered, answer_seconds, solved, escalated, overdue))
std::vector<DeskSum> counts_by_desk(sql::Tx& tx, std::string_view path);

/// What is open now at one desk: how much of it overdue, and how much reported after each of the moments.
struct OpenSum {
    std::string desk_path;
    organisations::Kind desk_level{};
    std::int64_t waiting = 0;
    std::int64_t overdue = 0;
    std::int64_t after_1 = 0;
    std::int64_t after_2 = 0;
    std::int64_t after_3 = 0;
    std::int64_t after_4 = 0;
};
BOOST_DESCRIBE_STRUCT(OpenSum,
                      (),
                      (desk_path, desk_level, waiting, overdue, after_1, after_2, after_3, after_4))
std::vector<OpenSum> open_by_desk(sql::Tx& tx,
                                  std::string_view path,
                                  Date today,
                                  const std::array<Time, 4>& moments);

// ---- store_notices.cpp ----

struct NoticeRow {
    NoticeId id;
    OrganisationId organisation_id;
    std::string path;
    std::optional<ProblemId> problem_id;
    Kind kind{};
    std::string title;
    std::string text;
    std::int64_t me_too = 0;
    std::int64_t version = 0;
    AccountId made_by;
    Time since;
    Time changed_at;
    std::optional<Time> ended_at;
};
BOOST_DESCRIBE_STRUCT(NoticeRow,
                      (),
                      (id,
                       organisation_id,
                       path,
                       problem_id,
                       kind,
                       title,
                       text,
                       me_too,
                       version,
                       made_by,
                       since,
                       changed_at,
                       ended_at))
void insert_notice(sql::Tx& tx, const NoticeRow& row);
std::optional<NoticeRow> find_notice(sql::Tx& tx, NoticeId id);
/// False when `row.version` is not the present one, or it has ended.
bool change_notice(sql::Tx& tx, const NoticeRow& row);
std::vector<NoticeRow> notices_for(
    sql::Tx& tx,
    const std::array<OrganisationId, questions::Questions::kMostAncestors>& organisations,
    int limit);
/// Of the organisation and all below it, newest first.
std::vector<NoticeRow> notices_below(sql::Tx& tx, std::string_view path, int limit);
/// False when that account has said so before.
bool insert_me_too(sql::Tx& tx, NoticeId id, AccountId account, Time now);
bool has_me_too(sql::Tx& tx, NoticeId id, AccountId account);
void count_me_too(sql::Tx& tx, NoticeId id);
void move_notice_paths(sql::Tx& tx, std::string_view from, std::string_view to);

}  // namespace educard::problems::store
