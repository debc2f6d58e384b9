#pragma once
// What the routes of campaigns are asked and answer.

#include "base/json.hpp"
#include "modules/campaigns/campaigns.hpp"
#include "modules/campaigns/inheritance.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

namespace educard::campaigns {

enum class State { draft, published, finished, withdrawn };
BOOST_DESCRIBE_ENUM(State, draft, published, finished, withdrawn)
enum class Concern { student, teacher, staff };
BOOST_DESCRIBE_ENUM(Concern, student, teacher, staff)

struct PhaseInput {
    Phase phase{};
    Date begins_on{};
    Date deadline{};
    Later later{};
    std::optional<Date> latest;  // for until
};
BOOST_DESCRIBE_STRUCT(PhaseInput, (), (phase, begins_on, deadline, later, latest))

struct Content {
    std::string name;
    json::Text<std::size_t{1} << 14U> text;
    Date begins_on{};
    Date ends_on{};
    json::List<Concern, 3> concerns;
    json::List<organisations::SchoolKind, 30> school_kinds;  // empty: all
    std::int64_t target_percent = 0;
    json::List<PhaseInput, 4> phases;
    json::List<std::int64_t, 8> reminder_days;
};
BOOST_DESCRIBE_STRUCT(
    Content,
    (),
    (name, text, begins_on, ends_on, concerns, school_kinds, target_percent, phases, reminder_days))

struct CampaignInput : Content {
    OrganisationId organisation_id;
};
BOOST_DESCRIBE_STRUCT(CampaignInput, (Content), (organisation_id))

struct CampaignEdit : Content {
    CampaignId id;
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(CampaignEdit, (Content), (id, version))

struct CampaignRef {
    CampaignId id;
    std::optional<OrganisationId> organisation_id;
};
BOOST_DESCRIBE_STRUCT(CampaignRef, (), (id, organisation_id))

struct VersionInput {
    CampaignId id;
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(VersionInput, (), (id, version))

struct WithdrawInput {
    CampaignId id;
    std::int64_t version = 0;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(WithdrawInput, (), (id, version, reason))

struct ListInput {
    std::optional<OrganisationId> organisation_id;  // the caller's own highest when absent
    std::optional<State> state;
    std::optional<std::string> query;  // part of the name
    std::optional<CampaignId> before;
};
BOOST_DESCRIBE_STRUCT(ListInput, (), (organisation_id, state, query, before))

struct CampaignItem {
    CampaignId id;
    OrganisationId organisation_id;
    std::string organisation_name;
    std::string name;
    Date begins_on{};
    Date ends_on{};
    State state{};
};
BOOST_DESCRIBE_STRUCT(CampaignItem,
                      (),
                      (id, organisation_id, organisation_name, name, begins_on, ends_on, state))

struct ListSlice {
    std::vector<CampaignItem> items;
    std::optional<std::string> next;
    OrganisationId organisation_id;
    bool may_create = false;
};
BOOST_DESCRIBE_STRUCT(ListSlice, (), (items, next, organisation_id, may_create))

/// Where a value comes from.
struct Source {
    OrganisationId id;
    std::string name;
};
BOOST_DESCRIBE_STRUCT(Source, (), (id, name))

struct PhaseView {
    Phase phase{};
    Date begins_on{};
    Date deadline{};  // what holds here
    Source from;
    Later later{};  // as set there
    std::optional<Date> latest;
    bool own = false;
    std::int64_t version = 0;           // of the own value; 0: there is none
    Date above{};                       // what would hold without an own value
    std::optional<Date> latest_for_me;  // until which the caller may set it
};
BOOST_DESCRIBE_STRUCT(PhaseView,
                      (),
                      (phase, begins_on, deadline, from, later, latest, own, version, above, latest_for_me))

struct TargetView {
    std::int64_t percent = 0;
    Source from;
    bool own = false;
    std::optional<std::int64_t> people;  // entered for this organisation
    std::int64_t version = 0;
    std::int64_t least_percent = 0;  // below which the caller may not go
};
BOOST_DESCRIBE_STRUCT(TargetView, (), (percent, from, own, people, version, least_percent))

struct CampaignView {
    CampaignId id;
    Source owner;
    Source seen_from;
    std::string name;
    std::string text;
    Date begins_on{};
    Date ends_on{};
    std::vector<Concern> concerns;
    std::vector<organisations::SchoolKind> school_kinds;
    std::vector<std::int64_t> reminder_days;
    State state{};
    std::optional<std::string> reason;
    std::int64_t version = 0;
    std::vector<PhaseView> phases;
    TargetView target;
    bool may_edit = false;             // the campaign itself
    bool may_set = false;              // deadlines and target of the organisation it is seen from
    bool may_call = false;             // reminders by hand
    std::int64_t brought_forward = 0;  // own deadlines below that this change made earlier
};
BOOST_DESCRIBE_STRUCT(CampaignView,
                      (),
                      (id,
                       owner,
                       seen_from,
                       name,
                       text,
                       begins_on,
                       ends_on,
                       concerns,
                       school_kinds,
                       reminder_days,
                       state,
                       reason,
                       version,
                       phases,
                       target,
                       may_edit,
                       may_set,
                       may_call,
                       brought_forward))

struct DeadlineInput {
    CampaignId id;
    OrganisationId organisation_id;
    Phase phase{};
    Date deadline{};
    Later later{};
    std::optional<Date> latest;
    std::int64_t version = 0;  // of the own value that is replaced; 0: there is none
};
BOOST_DESCRIBE_STRUCT(DeadlineInput, (), (id, organisation_id, phase, deadline, later, latest, version))

struct TargetInput {
    CampaignId id;
    OrganisationId organisation_id;
    std::optional<std::int64_t> percent;
    std::optional<std::int64_t> people;
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(TargetInput, (), (id, organisation_id, percent, people, version))

struct OwnInput {
    CampaignId id;
    OrganisationId organisation_id;
    std::int64_t version = 0;
    std::optional<Phase> phase;  // of a deadline
};
BOOST_DESCRIBE_STRUCT(OwnInput, (), (id, organisation_id, version, phase))

struct ReminderDay {
    Phase phase{};
    Date day{};
    std::int64_t days_left = 0;  // -1: the day after
};
BOOST_DESCRIBE_STRUCT(ReminderDay, (), (phase, day, days_left))

struct Preview {
    std::int64_t cities = 0;
    std::int64_t counties = 0;  // with units
    std::int64_t schools = 0;
    std::int64_t people = 0;
    std::int64_t certified = 0;
    std::int64_t target = 0;
    std::vector<ReminderDay> reminders;  // phase by phase
};
BOOST_DESCRIBE_STRUCT(Preview, (), (cities, counties, schools, people, certified, target, reminders))

struct StandingRow {
    OrganisationId id;
    organisations::Kind kind{};
    std::string name;
    std::int64_t roster = 0;
    std::int64_t percent = 0;
    std::optional<std::int64_t> people;
    OrganisationId target_from;
    std::int64_t target = 0;
    std::int64_t certified = 0;
    std::int64_t missing = 0;
    Date deadline{};
    OrganisationId deadline_from;
    std::int64_t days_left = 0;
    Standing standing{};
};
BOOST_DESCRIBE_STRUCT(StandingRow,
                      (),
                      (id,
                       kind,
                       name,
                       roster,
                       percent,
                       people,
                       target_from,
                       target,
                       certified,
                       missing,
                       deadline,
                       deadline_from,
                       days_left,
                       standing))

struct Standings {
    CampaignId id;
    std::string name;
    State state{};
    StandingRow organisation;
    std::vector<StandingRow> children;
    std::vector<Source> above;  // from the campaign's organisation down to the one above this
    Date today{};
};
BOOST_DESCRIBE_STRUCT(Standings, (), (id, name, state, organisation, children, above, today))

struct ChangeView {
    Time at;
    Source organisation;
    std::string field;
    std::string before;
    std::string after;
};
BOOST_DESCRIBE_STRUCT(ChangeView, (), (at, organisation, field, before, after))

struct CallRow {
    OrganisationId id;
    std::string name;
    std::int64_t organisations = 0;  // that have not reached their target
    std::int64_t people = 0;         // who would be told
};
BOOST_DESCRIBE_STRUCT(CallRow, (), (id, name, organisations, people))

struct CallPreview {
    std::vector<CallRow> rows;
    std::int64_t organisations = 0;
    std::int64_t people = 0;
    bool called_today = false;
};
BOOST_DESCRIBE_STRUCT(CallPreview, (), (rows, organisations, people, called_today))

struct CallInput {
    CampaignId id;
    OrganisationId organisation_id;
};
BOOST_DESCRIBE_STRUCT(CallInput, (), (id, organisation_id))

}  // namespace educard::campaigns
