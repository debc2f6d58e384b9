#pragma once
// What the jobs of an import carry.

#include "modules/roster/roster.hpp"

#include <boost/describe/class.hpp>

#include <string>

namespace educard::roster {

constexpr const char* kCheckJob = "roster.check";
constexpr const char* kApplyJob = "roster.apply";
constexpr const char* kInitialsJob =
    "roster.initials";  // of entries from before they were kept; put by a migration

struct ImportJob {
    ImportId import_id;
};
BOOST_DESCRIBE_STRUCT(ImportJob, (), (import_id))

}  // namespace educard::roster
