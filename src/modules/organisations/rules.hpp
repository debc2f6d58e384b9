#pragma once
// What fits where in the tree, and what is wrong with an organisation. No database.

#include "base/error.hpp"
#include "modules/organisations/organisations.hpp"

#include <vector>

namespace educard::organisations {

/// What is wrong with it as one directly below `parent`, by the fields of Draft.
std::vector<FieldError> faults_below(const Organisation& organisation,
                                     const Organisation& parent,
                                     Date today);
/// Throws these.
void require_fit(const Organisation& organisation, const Organisation& parent, Date today);

}  // namespace educard::organisations
