#pragma once
// The SQL of applications, and nothing else.

#include "modules/applications/applications.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::applications::store {

/// A row of application.
struct Record {
    ApplicationId id;
    AccountId account_id;
    Kind kind{};
    State state{};
    std::string name;
    std::optional<OrganisationId> school_id;
    std::optional<OrganisationId> class_id;
    std::optional<int> entry_year;
    std::string profile;
    std::optional<Bytes> guardians;
    std::optional<Bytes> digest;
    std::optional<people::DocumentKind> document_kind;
    std::optional<std::string> document_mask;
    std::optional<Date> birth_date;
    std::optional<people::Gender> gender;
    std::optional<std::string> path;
    std::optional<int> base_depth;
    std::optional<std::int64_t> roster_entry_id;
    std::optional<RosterMatch> roster_match;
    std::optional<Time> submitted_at;
    std::optional<AccountId> decided_by;
    std::optional<Time> decided_at;
    std::optional<std::string> reason;
    Time created_at{};
    Time updated_at{};
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(Record,
                      (),
                      (id,
                       account_id,
                       kind,
                       state,
                       name,
                       school_id,
                       class_id,
                       entry_year,
                       profile,
                       guardians,
                       digest,
                       document_kind,
                       document_mask,
                       birth_date,
                       gender,
                       path,
                       base_depth,
                       roster_entry_id,
                       roster_match,
                       submitted_at,
                       decided_by,
                       decided_at,
                       reason,
                       created_at,
                       updated_at,
                       version))

std::optional<Record> find(sql::Tx& tx, ApplicationId id);
std::optional<std::string> name_of(sql::Tx& tx, ApplicationId id);
std::vector<Record> of_account(sql::Tx& tx, AccountId account, int limit);

/// False when the account has an open application already.
bool insert(sql::Tx& tx, const Record& record);
/// The whole row, and the person whom an approval certified.
void insert_past(sql::Tx& tx, const Record& record, std::optional<PersonId> person);
/// Writes what the applicant may change, while they may; false when somebody was faster or it is handed in.
bool save(sql::Tx& tx, const Record& record);
/// From draft, returned or withdrawn to submitted, with what was found out at hand-in.
bool submit(sql::Tx& tx, const Record& record);
bool withdraw(sql::Tx& tx, const Record& record);
/// Removes a draft; false when somebody was faster or it was handed in.
bool discard(sql::Tx& tx, const Record& record);
/// The one conditional UPDATE that decides: only from submitted, and only at that version.
struct Outcome {
    ApplicationId id;
    std::int64_t version = 0;
    State state{};
    AccountId by;
    std::optional<std::string> reason;
    std::optional<PersonId> person;
    Time at{};
};
bool decide(sql::Tx& tx, const Outcome& outcome);

void clear_marks(sql::Tx& tx, ApplicationId id);
void insert_mark(sql::Tx& tx, ApplicationId id, const Bytes& mark);
/// Whether a guardian of the application has one of the two marks.
bool has_mark(sql::Tx& tx, ApplicationId id, const Bytes& document, const Bytes& phone);

struct EventRow {
    EventKind kind{};
    AccountId account_id;
    std::optional<Role> role;
    std::optional<AccountId> on_behalf_of;
    std::optional<std::string> reason;
    Time at{};
};
BOOST_DESCRIBE_STRUCT(EventRow, (), (kind, account_id, role, on_behalf_of, reason, at))
void insert_event(
    sql::Tx& tx, std::int64_t id, ApplicationId application, std::int64_t version, const EventRow& event);
std::vector<EventRow> events(sql::Tx& tx, ApplicationId application);
void clear_events(sql::Tx& tx, ApplicationId application);

/// An application that says how far an entry of the roster is: approved, submitted or returned.
struct Standing {
    ApplicationId id;
    Kind kind{};
    State state{};
    std::optional<OrganisationId> school_id;
    std::optional<PersonId> person_id;
    std::optional<std::int64_t> roster_entry_id;
};
BOOST_DESCRIBE_STRUCT(Standing, (), (id, kind, state, school_id, person_id, roster_entry_id))

std::vector<Standing> standings_of_entry(sql::Tx& tx, std::int64_t roster_entry_id);
std::vector<Standing> standings_of_document(sql::Tx& tx, const Bytes& digest, Kind kind);
void set_entry(sql::Tx& tx, ApplicationId id, std::int64_t roster_entry_id, std::optional<RosterMatch> match);

struct Filter {
    State state{};
    std::string kind;          // empty: any
    std::string match;         // empty: any
    std::string name;          // folded, LIKE signs escaped
    std::string path;          // all below it
    std::int64_t reach = 0;    // depth of the reviewer's place
    std::int64_t step_us = 0;  // 0: whosever turn it is
    Time now{};
    Time after_time{};
    std::int64_t after_id = 0;
    int limit = 0;
};
/// What is listed of an application.
struct Listed {
    ApplicationId id;
    AccountId account_id;
    Kind kind{};
    State state{};
    std::string name;
    std::optional<OrganisationId> school_id;
    std::optional<OrganisationId> class_id;
    std::optional<RosterMatch> roster_match;
    std::optional<std::int64_t> roster_entry_id;
    std::optional<Bytes> digest;
    Time submitted_at{};
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(Listed,
                      (),
                      (id,
                       account_id,
                       kind,
                       state,
                       name,
                       school_id,
                       class_id,
                       roster_match,
                       roster_entry_id,
                       digest,
                       submitted_at,
                       version))
/// The oldest by hand-in, `limit` of them, for `place`; of what is due above the schools, so many for each
/// depth at which the turn began.
std::vector<Listed> queue(sql::Tx& tx,
                          const Filter& filter,
                          organisations::Kind place_kind,
                          OrganisationId place);

struct DelegationRow {
    std::int64_t id = 0;
    AccountId from_account;
    AccountId to_account;
    Role role{};
    OrganisationId organisation_id;
    Date starts_on{};
    Date ends_on{};
    std::optional<Time> revoked_at;
};
BOOST_DESCRIBE_STRUCT(DelegationRow,
                      (),
                      (id, from_account, to_account, role, organisation_id, starts_on, ends_on, revoked_at))
void insert_delegation(sql::Tx& tx, const DelegationRow& row, Time now);
/// Whether the same office is delegated to the same account on one of those days.
bool is_delegated(sql::Tx& tx, const DelegationRow& row);
std::optional<DelegationRow> find_delegation(sql::Tx& tx, std::int64_t id);
std::vector<DelegationRow> delegations_to(sql::Tx& tx, AccountId account, std::string_view day, int limit);
std::vector<DelegationRow> delegations_around(sql::Tx& tx, AccountId account, int limit);
bool revoke_delegation(sql::Tx& tx, std::int64_t id, Time now);

void insert_affiliation(sql::Tx& tx, std::int64_t id, PersonId person, const Record& record, Date from);
/// Ends what the person was before, of that kind.
void end_affiliations(sql::Tx& tx, PersonId person, Kind kind, Time at);
/// Whom that document certified: one person, as long as nobody's was mended by hand.
std::vector<PersonId> certified_people(sql::Tx& tx, const Bytes& digest);
/// Whether there was something to end.
bool end_affiliations_at(sql::Tx& tx, PersonId person, Kind kind, OrganisationId school, Time at);
/// Where somebody became that last, whether or not they still are.
std::optional<OrganisationId> latest_school(sql::Tx& tx, PersonId person, Kind kind);
/// Where somebody is that now.
std::optional<OrganisationId> open_school(sql::Tx& tx, PersonId person, Kind kind);
bool has_open_affiliation(sql::Tx& tx, PersonId person);
/// Takes back the end of the latest of that kind, when it is of that school; whether it did.
bool reopen_affiliation(sql::Tx& tx, PersonId person, Kind kind, OrganisationId school, Time at);
std::vector<Affiliation> affiliations(sql::Tx& tx, PersonId person);
bool works_at(sql::Tx& tx, AccountId account, OrganisationId school);
std::vector<Colleague> staff_of(sql::Tx& tx, OrganisationId school, int limit);

struct BulkRow {
    std::int64_t id = 0;
    AccountId account_id;
    BulkState state{};
    std::int64_t total = 0;
    std::int64_t approved = 0;
    std::int64_t skipped = 0;
    std::optional<JobId> job_id;
};
BOOST_DESCRIBE_STRUCT(BulkRow, (), (id, account_id, state, total, approved, skipped, job_id))
void insert_bulk(
    sql::Tx& tx, std::int64_t id, AccountId account, const Bytes& token, std::int64_t total, Time now);
void insert_bulk_item(sql::Tx& tx,
                      std::int64_t bulk,
                      ApplicationId application,
                      std::int64_t version,
                      std::string_view fingerprint);
std::optional<BulkRow> find_bulk(sql::Tx& tx, std::int64_t id, const Bytes& token);
std::optional<BulkRow> find_bulk(sql::Tx& tx, std::int64_t id);
bool start_bulk(sql::Tx& tx, std::int64_t id, JobId job);
struct BulkItem {
    ApplicationId application_id;
    std::int64_t version = 0;
    std::string fingerprint;
};
BOOST_DESCRIBE_STRUCT(BulkItem, (), (application_id, version, fingerprint))
std::vector<BulkItem> waiting_items(sql::Tx& tx, std::int64_t bulk, int limit);
void finish_item(sql::Tx& tx,
                 std::int64_t bulk,
                 ApplicationId application,
                 const std::optional<std::string>& reason);
void count_bulk(sql::Tx& tx, std::int64_t bulk, std::int64_t approved, std::int64_t skipped);
void finish_bulk(sql::Tx& tx, std::int64_t bulk);
std::vector<Skipped> skipped_items(sql::Tx& tx, std::int64_t bulk, int limit);

/// Follows an organisation that was moved with all below it.
void move_paths(sql::Tx& tx, std::string_view from, std::string_view to, int depth_change);

// ---- what follows a school (store_follow.cpp) ----

/// A row of affiliation.
struct Place {
    std::int64_t id = 0;
    PersonId person_id;
    AccountId account_id;
    Kind kind{};
    OrganisationId school_id;
    std::optional<OrganisationId> class_id;
    std::optional<int> entry_year;
    std::string details;
    ApplicationId application_id;
    Date starts_on{};
};
BOOST_DESCRIBE_STRUCT(
    Place,
    (),
    (id, person_id, account_id, kind, school_id, class_id, entry_year, details, application_id, starts_on))
/// Open ones at the school: of that class, or all.
std::vector<Place> places_at(sql::Tx& tx, OrganisationId school, std::optional<OrganisationId> class_id);
void set_place(sql::Tx& tx, const Place& place, Time now);
void end_place(sql::Tx& tx, const Place& place, Date day, Time now);
void insert_place(sql::Tx& tx, const Place& place, Time now);
/// Applications have the new school; those at the school itself its path too.
void follow_school(sql::Tx& tx, const SchoolTransfer& transfer);
void replace_entry(sql::Tx& tx, std::int64_t entry, std::int64_t by);
std::int64_t count_at(sql::Tx& tx, const organisations::Organisation& place, State state);
std::vector<PersonAt> people_at(sql::Tx& tx, OrganisationId school, std::int64_t after, int limit);

}  // namespace educard::applications::store
