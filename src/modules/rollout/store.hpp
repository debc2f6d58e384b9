#pragma once
// The SQL of rollout, and nothing else.

#include "modules/rollout/rollout.hpp"

#include <map>
#include <vector>

namespace educard::rollout::store {

/// `path`: of a school; empty for a class, whose school's counts hold its own.
void add(sql::Tx& tx, OrganisationId organisation, std::string_view path, const CountsByKind& change);
CountsByKind find(sql::Tx& tx, OrganisationId organisation);
/// All schools at or below `path` together.
CountsByKind sum_below(sql::Tx& tx, std::string_view path);
/// The same of schools of these kinds, written as ",primary,junior,".
CountsByKind sum_below(sql::Tx& tx, std::string_view path, std::string_view kinds);
/// All that is at or below each child of an organisation together, by the child's id; closed ones included.
std::map<OrganisationId, CountsByKind> counts_of_children(sql::Tx& tx, OrganisationId parent);
/// The same of schools of these kinds.
std::map<OrganisationId, CountsByKind> counts_of_children(sql::Tx& tx,
                                                          OrganisationId parent,
                                                          std::string_view kinds);
/// Of each school at or below `path`.
std::map<OrganisationId, CountsByKind> counts_of_schools(sql::Tx& tx, std::string_view path);
/// Reads the twelve counts that begin at `column`.
CountsByKind counts_at(const sql::Row& row, int column);
std::map<OrganisationId, CountsByKind> all(sql::Tx& tx);
/// What the rosters say, for each school and class. Reads another module's table, for the sole purpose of
/// checking ours.
std::map<OrganisationId, CountsByKind> counted_from_rosters(sql::Tx& tx);
/// The same for one school and its classes.
std::map<OrganisationId, CountsByKind> counted_from_roster_of(sql::Tx& tx, OrganisationId school);
/// Nobody else changes the row before `tx` is done.
void hold(sql::Tx& tx, OrganisationId organisation);
/// Puts these in place of what was counted.
void replace(sql::Tx& tx, OrganisationId organisation, std::string_view path, const CountsByKind& counts);
/// Rows whose path is not their school's.
std::vector<OrganisationId> misplaced(sql::Tx& tx);
/// Follows an organisation that was moved with all below it.
void move_paths(sql::Tx& tx, std::string_view from, std::string_view to);
void clear(sql::Tx& tx);

}  // namespace educard::rollout::store
