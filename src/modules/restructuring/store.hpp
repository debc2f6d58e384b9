#pragma once
// The SQL of restructuring, and nothing else.

#include "modules/restructuring/restructuring.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::restructuring::store {

struct Row {
    RestructuringId id;
    Act act{};
    OrganisationId organisation_id;
    std::string orders;
    Date effective_on{};
    State state{};
    std::optional<std::string> error;
    std::optional<std::string> error_name;
    std::optional<RestructuringId> replaced_by;
    std::optional<OrganisationId> into_id;
    std::int64_t moved = 0;
    std::optional<JobId> job_id;
    AccountId ordered_by;
    Time ordered_at;
    OrganisationId office_id;
    Role office_role{};
    std::optional<Time> finished_at;
};
BOOST_DESCRIBE_STRUCT(Row,
                      (),
                      (id,
                       act,
                       organisation_id,
                       orders,
                       effective_on,
                       state,
                       error,
                       error_name,
                       replaced_by,
                       into_id,
                       moved,
                       job_id,
                       ordered_by,
                       ordered_at,
                       office_id,
                       office_role,
                       finished_at))

void insert(sql::Tx& tx, const Row& row);
std::optional<Row> find(sql::Tx& tx, RestructuringId id);
/// At the organisation and below it, newest first; `state` empty: any.
std::vector<Row> list(
    sql::Tx& tx, std::string_view path, std::string_view state, std::int64_t before, int limit);
std::vector<RestructuringId> due(sql::Tx& tx, std::string_view today, int limit);
/// Planned or under way, in the order of their days.
std::vector<Row> open(sql::Tx& tx, int limit);
/// What a job works at.
std::vector<RestructuringId> running(sql::Tx& tx);
/// False when the state was not `from`.
bool change_state(sql::Tx& tx, RestructuringId id, State from, State to, Time at);
void set_job(sql::Tx& tx, RestructuringId id, JobId job);
void set_result(sql::Tx& tx, RestructuringId id, std::optional<OrganisationId> into, std::int64_t moved);
void set_error(sql::Tx& tx,
               RestructuringId id,
               std::string_view error,
               const std::optional<std::string>& name);
/// False when another one, that was not given up, has replaced it meanwhile.
bool set_replaced_by(sql::Tx& tx, RestructuringId id, RestructuringId by);
/// Called off, or failed.
bool is_given_up(sql::Tx& tx, std::optional<RestructuringId> id);

}  // namespace educard::restructuring::store
