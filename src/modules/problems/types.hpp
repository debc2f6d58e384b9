#pragma once
// What goes in and out of the problem desk.

#include "base/ids.hpp"
#include "base/json.hpp"
#include "base/time.hpp"
#include "modules/organisations/organisations.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace educard::problems {

using ProblemId = Id<struct ProblemTag>;
using EventId = Id<struct ProblemEventTag>;
using PictureId = Id<struct ProblemPictureTag>;
using NoticeId = Id<struct ProblemNoticeTag>;

enum class Kind { registration, sign_in, review, roster_data, e_card, app, client, other };
BOOST_DESCRIBE_ENUM(Kind, registration, sign_in, review, roster_data, e_card, app, client, other)

/// `asked`: the desk waits for the reporter. `merged`: it goes on as another problem.
enum class State { open, asked, solved, withdrawn, merged };
BOOST_DESCRIBE_ENUM(State, open, asked, solved, withdrawn, merged)

/// `overdue`, `nobody`, `closed`: moved by the system, for that reason. `noted` is between the levels, and so
/// is the text of `escalated`, `handed_down` and `taken`.
enum class Step {
    reported,
    added,
    answered,
    asked,
    noted,
    escalated,
    overdue,
    nobody,
    closed,
    handed_down,
    taken,
    solved,
    reopened,
    withdrawn,
    merged,
    unmerged
};
BOOST_DESCRIBE_ENUM(Step,
                    reported,
                    added,
                    answered,
                    asked,
                    noted,
                    escalated,
                    overdue,
                    nobody,
                    closed,
                    handed_down,
                    taken,
                    solved,
                    reopened,
                    withdrawn,
                    merged,
                    unmerged)

// ---- the reporter's side ----

struct Home {
    OrganisationId organisation_id;
    std::string name;
    std::string desk_name;  // who will answer
    organisations::Kind desk_level{};
};
BOOST_DESCRIBE_STRUCT(Home, (), (organisation_id, name, desk_name, desk_level))

/// What the client fills in and shows before it is sent.
struct Context {
    std::string page;
    std::string client_version;
    std::string browser;
};
BOOST_DESCRIBE_STRUCT(Context, (), (page, client_version, browser))

struct Report {
    std::optional<OrganisationId> organisation_id;  // a school or an office; needed of who belongs nowhere
    Kind kind{};
    std::string title;
    json::Text<8192> description;
    std::optional<Context> context;
};
BOOST_DESCRIBE_STRUCT(Report, (), (organisation_id, kind, title, description, context))

struct Message {
    ProblemId id;
    json::Text<8192> text;
};
BOOST_DESCRIBE_STRUCT(Message, (), (id, text))

/// One row of a list.
struct Line {
    ProblemId id;
    Kind kind{};
    std::string title;
    State state{};
    OrganisationId home_id;
    std::string home_name;
    OrganisationId desk_id;
    std::string desk_name;
    organisations::Kind desk_level{};
    Time desk_since;
    std::optional<Date> due_on;
    bool overdue = false;
    Time reported_at;
    Time changed_at;
    std::int64_t unseen = 0;
};
BOOST_DESCRIBE_STRUCT(Line,
                      (),
                      (id,
                       kind,
                       title,
                       state,
                       home_id,
                       home_name,
                       desk_id,
                       desk_name,
                       desk_level,
                       desk_since,
                       due_on,
                       overdue,
                       reported_at,
                       changed_at,
                       unseen))

struct Slice {
    std::vector<Line> items;
    std::optional<ProblemId> next;
};

/// `by` is the reporter, an organisation or (neither) the system; `name` only for officers.
struct EventView {
    EventId id;
    Step step{};
    Time at;
    bool by_reporter = false;
    std::optional<std::string> organisation;
    std::optional<std::string> to;
    std::optional<std::string> name;
    bool internal = false;
    std::string text;
};
BOOST_DESCRIBE_STRUCT(EventView, (), (id, step, at, by_reporter, organisation, to, name, internal, text))

struct PictureView {
    PictureId id;
    std::string content_type;
    std::int64_t width = 0;
    std::int64_t height = 0;
};
BOOST_DESCRIBE_STRUCT(PictureView, (), (id, content_type, width, height))

struct PictureFile {
    std::string content_type;
    std::string octets;
};

/// As its reporter sees it. Of a merged one, where and in which state the problem is that it is the same as.
struct Problem {
    Line line;
    std::string description;
    Context context;
    std::vector<EventView> events;
    std::vector<PictureView> pictures;
    bool merged = false;
    bool may_add = false;
    bool may_withdraw = false;
    std::optional<Time> reopen_until;
};
BOOST_DESCRIBE_STRUCT(
    Problem, (), (line, description, context, events, pictures, merged, may_add, may_withdraw, reopen_until))

// ---- the desk's side ----

/// `here`: at the desk of the organisation. `below`: at a desk below it. `above`: came from it or below, and
/// is above. `solved`: came from it or below, and is over.
enum class Where { here, below, above, solved };
BOOST_DESCRIBE_ENUM(Where, here, below, above, solved)

struct Queue {
    OrganisationId organisation_id;
    Where where{};
    std::optional<Kind> kind;
    std::optional<bool> overdue;
    std::optional<std::string> query;
    std::optional<ProblemId> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(Queue, (), (organisation_id, where, kind, overdue, query, cursor, limit))

struct Act {
    ProblemId id;
    std::int64_t version = 0;
    json::Text<8192> text;
};
BOOST_DESCRIBE_STRUCT(Act, (), (id, version, text))

struct GiveAnswer : Act {
    bool solved = false;
};
BOOST_DESCRIBE_STRUCT(GiveAnswer, (Act), (solved))

struct Merge {
    ProblemId id;
    std::int64_t version = 0;
    ProblemId into;
};
BOOST_DESCRIBE_STRUCT(Merge, (), (id, version, into))

struct DeskProblem {
    Line line;
    std::int64_t version = 0;
    std::string description;
    Context context;
    std::optional<std::string> reporter;
    std::vector<EventView> events;
    std::vector<PictureView> pictures;
    std::optional<Line> main;  // the problem that it is the same as
    std::vector<Line> same;    // those that are the same as this one
    bool may_act = false;
    bool may_take = false;
    std::optional<std::string> above;  // to whom it would go
    std::optional<std::string> below;
};
BOOST_DESCRIBE_STRUCT(DeskProblem,
                      (),
                      (line,
                       version,
                       description,
                       context,
                       reporter,
                       events,
                       pictures,
                       main,
                       same,
                       may_act,
                       may_take,
                       above,
                       below))

// ---- known problems ----

struct NewNotice {
    OrganisationId organisation_id;
    Kind kind{};
    std::string title;
    std::string text;
    std::optional<ProblemId> problem_id;
};
BOOST_DESCRIBE_STRUCT(NewNotice, (), (organisation_id, kind, title, text, problem_id))

struct ChangeNotice {
    NoticeId id;
    std::int64_t version = 0;
    std::string title;
    std::string text;
};
BOOST_DESCRIBE_STRUCT(ChangeNotice, (), (id, version, title, text))

struct EndNotice {
    NoticeId id;
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(EndNotice, (), (id, version))

/// `mine`: the caller has it too; only in what readers see. `problem_id` only for officers.
struct Notice {
    NoticeId id;
    OrganisationId organisation_id;
    std::string organisation_name;
    Kind kind{};
    std::string title;
    std::string text;
    Time since;
    std::optional<Time> ended_at;
    std::int64_t me_too = 0;
    std::optional<bool> mine;
    std::int64_t version = 0;
    std::optional<ProblemId> problem_id;
};
BOOST_DESCRIBE_STRUCT(Notice,
                      (),
                      (id,
                       organisation_id,
                       organisation_name,
                       kind,
                       title,
                       text,
                       since,
                       ended_at,
                       me_too,
                       mine,
                       version,
                       problem_id))

// ---- statistics ----

/// `waiting` is now; the others are since the beginning. Hours are means.
struct Tally {
    std::int64_t waiting = 0;
    std::int64_t arrived = 0;
    std::int64_t answered = 0;
    std::optional<double> hours_to_answer;
    std::int64_t solved = 0;
    std::int64_t escalated = 0;
    std::int64_t taken_overdue = 0;  // went up because the turn was over
};
BOOST_DESCRIBE_STRUCT(Tally,
                      (),
                      (waiting, arrived, answered, hours_to_answer, solved, escalated, taken_overdue))

struct OfKind : Tally {
    Kind kind{};
};
BOOST_DESCRIBE_STRUCT(OfKind, (Tally), (kind))

struct OfLevel {
    organisations::Kind level{};
    std::int64_t waiting = 0;
    std::int64_t overdue = 0;
};
BOOST_DESCRIBE_STRUCT(OfLevel, (), (level, waiting, overdue))

/// Of those that are open, by the time since they were reported.
struct Ages {
    std::int64_t one_day = 0;
    std::int64_t three_days = 0;
    std::int64_t one_week = 0;
    std::int64_t one_month = 0;
    std::int64_t older = 0;
};
BOOST_DESCRIBE_STRUCT(Ages, (), (one_day, three_days, one_week, one_month, older))

struct OfOrganisation : Tally {
    OrganisationId organisation_id;
    std::string name;
    organisations::Kind kind{};
    std::int64_t overdue = 0;
};
BOOST_DESCRIBE_STRUCT(OfOrganisation, (Tally), (organisation_id, name, kind, overdue))

/// Of the organisation with all below it, its own desk alone, and those directly below with what is below
/// them.
struct Statistics {
    OfOrganisation whole;
    OfOrganisation own;
    std::vector<OfOrganisation> below;
    std::vector<OfKind> kinds;
    std::vector<OfLevel> levels;
    Ages ages;
    Time as_of;
};
BOOST_DESCRIBE_STRUCT(Statistics, (), (whole, own, below, kinds, levels, ages, as_of))

}  // namespace educard::problems
