#pragma once
// The SQL of campaigns, and nothing else.

#include "modules/campaigns/views.hpp"

#include <array>
#include <span>
#include <vector>

namespace educard::campaigns::store {

struct CampaignRow {
    CampaignId id;
    OrganisationId organisation_id;
    std::string name;
    std::string text;
    Date begins_on{};
    Date ends_on{};
    std::string concerns;
    std::string school_kinds;
    std::string reminder_days;
    State state{};
    std::optional<std::string> reason;
    std::int64_t version = 0;
    AccountId created_by;
    Time created_at;
    std::optional<Time> published_at;
};
BOOST_DESCRIBE_STRUCT(CampaignRow,
                      (),
                      (id,
                       organisation_id,
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
                       created_by,
                       created_at,
                       published_at))

struct PhaseRow {
    Phase phase{};
    Date begins_on{};
};
BOOST_DESCRIBE_STRUCT(PhaseRow, (), (phase, begins_on))

bool insert(sql::Tx& tx, const CampaignRow& row);
std::optional<CampaignRow> find(sql::Tx& tx, CampaignId id);
/// Writes its content where the version is still row.version - 1 and it is not over.
bool update(sql::Tx& tx, const CampaignRow& row);
bool change_state(sql::Tx& tx,
                  CampaignId id,
                  std::int64_t version,
                  std::string_view from,
                  std::string_view to,
                  std::string_view reason,
                  Time at);
/// A draft, with all that hangs on it.
bool remove(sql::Tx& tx, CampaignId id, std::int64_t version);
std::vector<CampaignItem> list(sql::Tx& tx,
                               std::span<const OrganisationId> line,
                               std::string_view path,
                               std::string_view state,
                               std::string_view part_of_name,
                               CampaignId before,
                               int limit);
/// Published ones that have begun, of these organisations.
std::vector<CampaignRow> in_force(sql::Tx& tx, std::span<const OrganisationId> line, Date today);
/// The earliest deadline of certification that each child of an organisation has by a campaign of its own.
std::map<OrganisationId, Date> own_of_children(sql::Tx& tx, OrganisationId parent, Date today);
/// Deadlines from `from` to `until` of phases that have begun, of campaigns in force.
struct Near {
    CampaignId campaign_id;
    OrganisationId organisation_id;  // the campaign's
    std::string reminder_days;
    Phase phase{};
    Date deadline{};
};
BOOST_DESCRIBE_STRUCT(Near, (), (campaign_id, organisation_id, reminder_days, phase, deadline))
std::vector<Near> deadlines_near(sql::Tx& tx, Date today, Date from, Date until);

std::vector<PhaseRow> phases(sql::Tx& tx, CampaignId id);
void replace_phases(sql::Tx& tx, CampaignId id, std::span<const PhaseInput> phases);

std::vector<OwnDeadline> deadlines_on(sql::Tx& tx, CampaignId id, std::span<const OrganisationId> line);
std::vector<OwnDeadline> deadlines_of_children(sql::Tx& tx, CampaignId id, OrganisationId parent);
std::vector<OwnDeadline> deadlines(sql::Tx& tx, CampaignId id, Phase phase);
bool insert_deadline(sql::Tx& tx, CampaignId id, const OwnDeadline& own);
/// Where the version is still own.version - 1.
bool update_deadline(sql::Tx& tx, CampaignId id, const OwnDeadline& own);
bool remove_deadline(
    sql::Tx& tx, CampaignId id, OrganisationId organisation, Phase phase, std::int64_t version);
void remove_deadlines(sql::Tx& tx, CampaignId id, Phase phase);

std::vector<OwnTarget> targets_on(sql::Tx& tx, CampaignId id, std::span<const OrganisationId> line);
std::vector<OwnTarget> targets_of_children(sql::Tx& tx, CampaignId id, OrganisationId parent);
std::vector<OwnTarget> targets(sql::Tx& tx, CampaignId id);
bool insert_target(sql::Tx& tx, CampaignId id, const OwnTarget& own);
bool update_target(sql::Tx& tx, CampaignId id, const OwnTarget& own);
bool remove_target(sql::Tx& tx, CampaignId id, OrganisationId organisation, std::int64_t version);

struct ChangeRow {
    std::int64_t id = 0;
    OrganisationId organisation_id;
    std::string organisation_name;
    Time at;
    AccountId account_id;
    std::string field;
    std::string before_value;
    std::string after_value;
};
BOOST_DESCRIBE_STRUCT(
    ChangeRow, (), (id, organisation_id, organisation_name, at, account_id, field, before_value, after_value))
void insert_change(sql::Tx& tx, CampaignId id, const ChangeRow& row);
std::vector<ChangeRow> changes(sql::Tx& tx, CampaignId id, std::span<const OrganisationId> line, int limit);

/// Open organisations of a kind at or below a path.
std::int64_t count_below(sql::Tx& tx, std::string_view kind, std::string_view path, Date today);
/// Open organisations but classes at or below `path` and after `after`, in the order of the tree.
std::vector<organisations::Organisation> walk(
    sql::Tx& tx, std::string_view path, std::string_view after, Date today, int limit);

/// Those of them that are above schools, all at once.
std::vector<organisations::Organisation> above_schools(sql::Tx& tx, std::string_view path, Date today);
/// Schools at or below a path.
struct School {
    OrganisationId id;
    std::optional<organisations::SchoolKind> school_kind;
};
BOOST_DESCRIBE_STRUCT(School, (), (id, school_kind))
std::vector<School> open_schools(sql::Tx& tx, std::string_view path, Date today);
/// But classes.
std::vector<organisations::Organisation> open_children(sql::Tx& tx, OrganisationId parent, Date today);

/// Who holds an office. Reads another module's table: nobody else asks for all offices of many organisations.
struct Office {
    AccountId account_id;
    OrganisationId organisation_id;
};
BOOST_DESCRIBE_STRUCT(Office, (), (account_id, organisation_id))
std::vector<Office> offices_at(sql::Tx& tx, OrganisationId organisation, Time now);
std::vector<Office> class_teachers_of(sql::Tx& tx, OrganisationId school, Time now);
/// How many hold an office at each organisation (not class) at or below a path.
std::map<OrganisationId, std::int64_t> count_offices(sql::Tx& tx, std::string_view path, Time now);

bool begin_round(sql::Tx& tx, Date day, Time now);
struct Reminder {
    AccountId account_id;
    CampaignId campaign_id;
    Phase phase{};
    OrganisationId organisation_id;
    Date deadline{};
    std::int64_t days_left = 0;
    Date day{};
    /// There and below: offices that nobody was trained for, schools without a roster, people who are not
    /// certified, applications that wait.
    std::int64_t missing = 0;
};
BOOST_DESCRIBE_STRUCT(Reminder,
                      (),
                      (account_id, campaign_id, phase, organisation_id, deadline, days_left, day, missing))
void insert_reminder(sql::Tx& tx, const Reminder& reminder);
/// The accounts that something was said to on that day, after one.
std::vector<AccountId> reminded_on(sql::Tx& tx, Date day, AccountId after, int limit);
std::vector<Reminder> reminders_of(sql::Tx& tx, Date day, AccountId account);
bool insert_call(
    sql::Tx& tx, CampaignId id, OrganisationId organisation, Date day, AccountId account, Time at);
bool was_called(sql::Tx& tx, CampaignId id, OrganisationId organisation, Date day);
void forget(sql::Tx& tx, Date before, int limit);

}  // namespace educard::campaigns::store
