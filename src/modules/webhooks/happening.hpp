#pragma once
// What an event and its deliveries keep of what happened until it is told. Inside of the module.

#include "base/ids.hpp"

#include <boost/describe/class.hpp>

#include <optional>
#include <string>

namespace educard::webhooks {

struct Details {
    std::optional<std::string> state{};
    std::optional<std::string> former_role{};
    std::optional<OrganisationId> former_school{};
};
BOOST_DESCRIBE_STRUCT(Details, (), (state, former_role, former_school))

}  // namespace educard::webhooks
