#pragma once
// Reading the review queue through everything that lets the caller review.

#include "modules/applications/applications.hpp"
#include "modules/applications/store.hpp"

#include <optional>
#include <vector>

namespace educard::applications {

struct QueueQuery {
    store::Filter filter;  // path, reach, now and step are filled in for each reach
    std::optional<OrganisationId> organisation;
    bool any_turn = false;  // also those whose turn it is not yet
};

/// By hand-in, oldest first; possibly more than filter.limit rows. Throws not_found when the caller reviews
/// nothing there.
std::vector<store::Listed> list_queue(
    sql::Tx& tx, const Needs& needs, const Settings& settings, const Caller& caller, const QueueQuery& query);

}  // namespace educard::applications
