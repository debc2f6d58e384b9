#pragma once
// The SQL of settings, and nothing else.

#include "modules/settings/settings.hpp"

#include <array>
#include <vector>

namespace educard::settings::store {

constexpr std::size_t kDeepest = 8;  // organisations in a path

struct Row {
    OrganisationId organisation_id;
    std::string key;
    std::string value;
    bool locked = false;
};
BOOST_DESCRIBE_STRUCT(Row, (), (organisation_id, key, value, locked))

/// Of all these organisations, in no order.
std::vector<Row> list(sql::Tx& tx, const std::array<OrganisationId, kDeepest>& line);
void set(sql::Tx& tx, const Row& row, Time at, AccountId by);
bool remove(sql::Tx& tx, OrganisationId organisation, Key key);

}  // namespace educard::settings::store
