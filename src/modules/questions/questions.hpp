#pragma once
// Policy questions and their answers (F5). An organisation's entries are read by everybody below it whose
// role they are meant for, those open to all by visitors too. Every change is a version; what is read is the
// one that was published last. Owns question, question_version, question_feedback and question_text. What
// Parts refers to outlives it; any thread may call it.

#include "base/ids.hpp"
#include "base/json.hpp"
#include "base/time.hpp"
#include "modules/organisations/organisations.hpp"
#include "runtime/audit.hpp"
#include "runtime/caller.hpp"
#include "sql/sql.hpp"

#include <boost/describe.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::http {
class Routes;
}

namespace educard::questions {

namespace store {
struct QuestionRow;
struct VersionRow;
}  // namespace store

using QuestionId = Id<struct QuestionTag>;
using ReportId = Id<struct ReportTag>;

enum class Audience { student, guardian, teacher, staff, administrator };
BOOST_DESCRIBE_ENUM(Audience, student, guardian, teacher, staff, administrator)

enum class State { draft, published, withdrawn };
BOOST_DESCRIBE_ENUM(State, draft, published, withdrawn)

/// Where somebody belongs, and as what.
struct Place {
    OrganisationId organisation;  // a school; of an administrator the organisation of the office
    std::string path;
    Audience as{};
};

/// Where people belong. cli wires it from cards, applications and families.
class Places {
public:
    virtual ~Places() = default;
    /// Schools of the caller and of their children; not the offices, which the caller has with them.
    virtual std::vector<Place> of(sql::Tx& tx, const Caller& caller) const = 0;
    virtual std::optional<std::string> name_of(sql::Tx& tx, AccountId account) const = 0;
};

// ---- what readers see ----

struct AnswerSummary {
    QuestionId id;
    std::string title;
    std::string excerpt;  // of the answer, from where the search hit
    OrganisationId organisation_id;
    std::string organisation_name;
    std::vector<Audience> audience;
    bool open_to_all = false;
    std::int64_t helpful = 0;
    Time published_at;
};
BOOST_DESCRIBE_STRUCT(
    AnswerSummary,
    (),
    (id, title, excerpt, organisation_id, organisation_name, audience, open_to_all, helpful, published_at))

struct Find {
    std::optional<std::string> query;  // everything, most helpful first, when absent
    std::optional<Audience> audience;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(Find, (), (query, audience, limit))

/// `marks`: what to mark in the text. `exact`: the hits have all of what was searched for, else some of it.
struct Found {
    std::vector<AnswerSummary> items;
    std::vector<std::string> marks;
    bool exact = true;
};
BOOST_DESCRIBE_STRUCT(Found, (), (items, marks, exact))

struct Answer {
    QuestionId id;
    std::string title;
    std::string answer;
    Language language{};
    OrganisationId organisation_id;
    std::string organisation_name;
    std::vector<Audience> audience;
    bool open_to_all = false;
    std::int64_t helpful = 0;
    Time published_at;
    std::optional<bool> mine;  // what the caller said of it
    bool may_edit = false;
};
BOOST_DESCRIBE_STRUCT(Answer,
                      (),
                      (id,
                       title,
                       answer,
                       language,
                       organisation_id,
                       organisation_name,
                       audience,
                       open_to_all,
                       helpful,
                       published_at,
                       mine,
                       may_edit))

enum class Shortcoming { unclear, outdated, wrong, not_my_case, other };
BOOST_DESCRIBE_ENUM(Shortcoming, unclear, outdated, wrong, not_my_case, other)

struct Feedback {
    QuestionId id;
    bool helpful = false;
    std::optional<Shortcoming> reason;   // needed when it was not helpful
    std::optional<std::string> comment;  // for the editors
};
BOOST_DESCRIBE_STRUCT(Feedback, (), (id, helpful, reason, comment))

// ---- what editors see ----

/// One version, without who wrote it.
struct Content {
    std::string title;
    json::Text<16384> answer;
    std::vector<Audience> audience;
    bool open_to_all = false;
    std::optional<Date> valid_from;
    std::optional<Date> valid_to;
    std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(Content, (), (title, answer, audience, open_to_all, valid_from, valid_to, note))

struct NewQuestion : Content {
    OrganisationId organisation_id;
    Language language{};
};
BOOST_DESCRIBE_STRUCT(NewQuestion, (Content), (organisation_id, language))

struct Edit : Content {
    QuestionId id;
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(Edit, (Content), (id, version))

/// The newest version; a published one may be older.
struct Question {
    QuestionId id;
    OrganisationId organisation_id;
    std::string organisation_name;
    Language language{};
    State state{};
    std::int64_t version = 0;
    std::int64_t number = 0;
    std::optional<std::int64_t> published_number;
    std::string title;
    std::string answer;
    std::vector<Audience> audience;
    bool open_to_all = false;
    std::optional<Date> valid_from;
    std::optional<Date> valid_to;
    std::int64_t helpful = 0;
    std::int64_t unhelpful = 0;
    Time changed_at;
    std::optional<Time> published_at;
    std::optional<ReportId> problem_id;
};
BOOST_DESCRIBE_STRUCT(Question,
                      (),
                      (id,
                       organisation_id,
                       organisation_name,
                       language,
                       state,
                       version,
                       number,
                       published_number,
                       title,
                       answer,
                       audience,
                       open_to_all,
                       valid_from,
                       valid_to,
                       helpful,
                       unhelpful,
                       changed_at,
                       published_at,
                       problem_id))

struct QuestionLine {
    QuestionId id;
    OrganisationId organisation_id;
    std::string organisation_name;
    Language language{};
    State state{};
    std::string title;
    std::vector<Audience> audience;
    bool open_to_all = false;
    bool has_newer = false;  // a version that is not published yet
    std::int64_t helpful = 0;
    std::int64_t unhelpful = 0;
    Time changed_at;
};
BOOST_DESCRIBE_STRUCT(QuestionLine,
                      (),
                      (id,
                       organisation_id,
                       organisation_name,
                       language,
                       state,
                       title,
                       audience,
                       open_to_all,
                       has_newer,
                       helpful,
                       unhelpful,
                       changed_at))

struct Version {
    std::int64_t number = 0;
    std::string title;
    std::string answer;
    std::vector<Audience> audience;
    bool open_to_all = false;
    std::optional<Date> valid_from;
    std::optional<Date> valid_to;
    std::string note;
    std::optional<std::string> by;
    Time at;
};
BOOST_DESCRIBE_STRUCT(Version,
                      (),
                      (number, title, answer, audience, open_to_all, valid_from, valid_to, note, by, at))

/// Without who said it.
struct Complaint {
    Shortcoming reason{};
    std::optional<std::string> comment;
    Time at;
};
BOOST_DESCRIBE_STRUCT(Complaint, (), (reason, comment, at))

struct ListQuestions {
    OrganisationId organisation_id;
    std::optional<bool> below;
    std::optional<State> state;
    std::optional<std::string> query;
    std::optional<QuestionId> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(ListQuestions, (), (organisation_id, below, state, query, cursor, limit))

struct Publish {
    QuestionId id;
    std::int64_t version = 0;
    std::int64_t number = 0;  // of the version that is to be read
};
BOOST_DESCRIBE_STRUCT(Publish, (), (id, version, number))

struct Withdraw {
    QuestionId id;
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(Withdraw, (), (id, version))

struct QuestionSlice {
    std::vector<QuestionLine> items;
    std::optional<QuestionId> next;
};

/// What Questions stands on; all of it outlives it.
struct Parts {
    sql::Database& database;
    const Clock& clock;
    IdSource& ids;
    Audit& audit;
    const organisations::Organisations& organisations;
    const Places& places;
};

class Questions {
public:
    static constexpr std::size_t kLongestTitle = 200;  // characters
    static constexpr std::size_t kMostAncestors = 12;  // organisations whose entries somebody reads

    explicit Questions(const Parts& parts) : parts_(parts), engine_(parts.database.engine()) {}

    // reading.cpp
    Found find(sql::Tx& tx, const Caller& caller, const Find& input) const;
    /// Throws not_found "questions.unknown".
    Answer answer(sql::Tx& tx, const Caller& caller, QuestionId id) const;
    /// Once for each account; saying something else replaces it.
    Answer give_feedback(sql::Tx& tx, const Caller& caller, const Feedback& input) const;

    // editing.cpp: administrators of the organisation and above. Others hear not_found "questions.unknown" or
    // forbidden "scope.outside". A version that is not the present one: conflict
    // "questions.changed_meanwhile".
    QuestionSlice list(sql::Tx& tx, const Caller& caller, const ListQuestions& input) const;
    Question get(sql::Tx& tx, const Caller& caller, QuestionId id) const;
    Question create(sql::Tx& tx,
                    const Caller& caller,
                    const NewQuestion& input,
                    std::optional<ReportId> problem = std::nullopt) const;
    /// A new version; what is read stays until it is published.
    Question edit(sql::Tx& tx, const Caller& caller, const Edit& input) const;
    Question publish(sql::Tx& tx, const Caller& caller, const Publish& input) const;
    Question withdraw(sql::Tx& tx, const Caller& caller, const Withdraw& input) const;
    std::vector<Version> versions(sql::Tx& tx, const Caller& caller, QuestionId id) const;
    std::vector<Complaint> complaints(sql::Tx& tx, const Caller& caller, QuestionId id) const;

    /// Whose entries concern the caller: the province, and the organisations in which they are; 0 where there
    /// are no more.
    std::array<OrganisationId, kMostAncestors> organisations_of(sql::Tx& tx, const Caller& caller) const;

    /// Organisations that were moved take their entries along.
    void follow_move(sql::Tx& tx, std::string_view from, std::string_view to, int depth_change) const;

private:
    struct Reader;
    Reader reader_of(sql::Tx& tx, const Caller& caller, std::optional<Audience> only) const;
    Found browse(sql::Tx& tx, const Reader& reader, int limit) const;
    AnswerSummary summary_of(sql::Tx& tx, const store::QuestionRow& row, std::string_view mark) const;
    store::QuestionRow get_own(sql::Tx& tx, const Caller& caller, QuestionId id) const;
    Question view_of(sql::Tx& tx, const store::QuestionRow& row, const store::VersionRow& newest) const;
    void record(sql::Tx& tx, const Caller& caller, std::string action, const store::QuestionRow& row) const;
    std::string organisation_name(sql::Tx& tx, OrganisationId id) const;

    Parts parts_;
    std::string_view engine_;
};

void add_routes(http::Routes& routes, Questions& questions);

}  // namespace educard::questions
