#pragma once
// Inside of rollout: from an organisation and its counts to what is told of it.

#include "modules/rollout/rollout.hpp"

namespace educard::rollout {

/// Under the name of that day.
NodeProgress node_of(const organisations::Organisation& organisation, Date day, const CountsByKind& counts);

}  // namespace educard::rollout
