#pragma once
// The SQL of bulk works.

#include "modules/applications/bulk_works.hpp"
#include "modules/applications/store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::applications::store {

/// A row of bulk_work.
struct BulkWorkRow {
    BulkWorkId id;
    BulkAction action{};
    std::optional<BulkWorkId> of_id;
    OrganisationId organisation_id;
    State from_state{};
    State to_state{};
    std::string kind;  // empty: any
    std::optional<Date> from_day;
    std::optional<Date> before_day;
    BulkWorkState state{};
    std::int64_t total = 0;
    std::int64_t left_out = 0;
    std::int64_t done = 0;
    std::int64_t skipped = 0;
    bool is_full = false;
    std::optional<std::string> reason;
    std::optional<JobId> job_id;
    AccountId created_by;
    Time created_at{};
    std::optional<Time> confirmed_at;
    std::optional<Time> finished_at;
};
BOOST_DESCRIBE_STRUCT(BulkWorkRow,
                      (),
                      (id,
                       action,
                       of_id,
                       organisation_id,
                       from_state,
                       to_state,
                       kind,
                       from_day,
                       before_day,
                       state,
                       total,
                       left_out,
                       done,
                       skipped,
                       is_full,
                       reason,
                       job_id,
                       created_by,
                       created_at,
                       confirmed_at,
                       finished_at))

void insert_work(sql::Tx& tx, const BulkWorkRow& row);
std::optional<BulkWorkRow> find_work(sql::Tx& tx, BulkWorkId id);
/// At that place and below it, newest first.
std::vector<BulkWorkRow> list_works(sql::Tx& tx, std::string_view path, BulkWorkId before, int limit);
/// How many were put back by works that undo that one.
std::int64_t count_undone(sql::Tx& tx, BulkWorkId of);
void count_found(sql::Tx& tx, BulkWorkId id, std::int64_t planned, std::int64_t left_out);
/// From counting to ready.
void end_counting(sql::Tx& tx, BulkWorkId id, bool is_full);
/// From ready to running; false when somebody was faster.
bool start_work(sql::Tx& tx, BulkWorkId id, JobId job, std::string_view reason, Time now);
void count_turned(sql::Tx& tx, BulkWorkId id, std::int64_t done, std::int64_t skipped);
void end_work(sql::Tx& tx, BulkWorkId id, Time now);
std::vector<BulkWorkId> stale_works(sql::Tx& tx, Time before, int limit);
/// With its items; false when it was confirmed meanwhile.
bool forget_work(sql::Tx& tx, BulkWorkId id);

/// A row of bulk_work_item.
struct WorkItem {
    BulkWorkId work_id;
    ApplicationId application_id;
    OrganisationId school_id;
    std::int64_t version = 0;
    std::optional<AccountId> decided_by;
    std::optional<Time> decided_at;
    std::optional<std::string> decided_reason;
    BulkOutcome outcome{};
    std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(
    WorkItem,
    (),
    (work_id, application_id, school_id, version, decided_by, decided_at, decided_reason, outcome, reason))
void insert_work_item(sql::Tx& tx, const WorkItem& item);
/// By school and application, after that pair.
struct ItemsAfter {
    std::int64_t school = 0;
    std::int64_t application = 0;
};
std::vector<WorkItem> work_items(
    sql::Tx& tx, BulkWorkId work, BulkOutcome outcome, ItemsAfter after, int limit);
/// The same of one school, or of all when there is none.
std::vector<WorkItem> shown_items(sql::Tx& tx,
                                  BulkWorkId work,
                                  BulkOutcome outcome,
                                  OrganisationId school,
                                  ItemsAfter after,
                                  std::string_view hidden_reason,
                                  int limit);
void end_item(sql::Tx& tx, const WorkItem& item, const std::optional<std::string>& skipped);
std::vector<OrganisationId> schools_of_work(sql::Tx& tx, BulkWorkId work, OrganisationId after, int limit);
struct ItemCount {
    OrganisationId school_id;
    BulkOutcome outcome{};
    std::optional<std::string> reason;
    std::int64_t total = 0;
};
BOOST_DESCRIBE_STRUCT(ItemCount, (), (school_id, outcome, reason, total))
/// By school, outcome and reason, from one school to another.
std::vector<ItemCount> counts_by_school(sql::Tx& tx, BulkWorkId work, OrganisationId from, OrganisationId to);
std::int64_t count_done_at(sql::Tx& tx, BulkWorkId work, OrganisationId school);
std::vector<BulkReason> reasons_of_work(sql::Tx& tx, BulkWorkId work);

/// What a work is about, in the order of hand-in.
struct Candidates {
    State state{};
    std::string kind;                      // empty: any
    std::string path;                      // all below it
    std::optional<OrganisationId> school;  // that they are of, when it is known
    Time from{};
    Time before{};
    Time after_time{};
    std::int64_t after_id = 0;
    int limit = 0;
};
struct Candidate {
    ApplicationId id;
    Time submitted_at{};
};
BOOST_DESCRIBE_STRUCT(Candidate, (), (id, submitted_at))
std::vector<Candidate> candidates(sql::Tx& tx, const Candidates& wanted);

/// One conditional UPDATE, as decide(): only from that state, and only at that version.
struct StateChange {
    ApplicationId id;
    std::int64_t version = 0;
    State from{};
    State to{};
    std::optional<AccountId> decided_by;
    std::optional<Time> decided_at;
    std::optional<std::string> reason;
    Time at{};
};
bool change_state(sql::Tx& tx, const StateChange& change);

}  // namespace educard::applications::store
