#pragma once
// The SQL of rollout, and nothing else.

#include "modules/rollout/rollout.hpp"

#include <functional>
#include <map>

namespace educard::rollout::store {

void add(sql::Tx& tx, OrganisationId organisation, const CountsByKind& change);
CountsByKind find(sql::Tx& tx, OrganisationId organisation);
/// Every school at or below `path`.
void each_school_below(sql::Tx& tx,
                       std::string_view path,
                       const std::function<void(std::string_view path, const CountsByKind&)>& use);
/// The classes of a school, by id.
std::map<OrganisationId, CountsByKind> classes_of(sql::Tx& tx, OrganisationId school);
std::map<OrganisationId, CountsByKind> all(sql::Tx& tx);
/// What the rosters say, for each school and class. Reads another module's table, for the sole purpose of
/// checking ours.
std::map<OrganisationId, CountsByKind> counted_from_rosters(sql::Tx& tx);
void clear(sql::Tx& tx);

}  // namespace educard::rollout::store
