#pragma once
// What the jobs of bulk works are given.

#include "modules/applications/bulk_works.hpp"
#include "modules/applications/reach.hpp"

#include <vector>

namespace educard::applications {

inline constexpr const char* kCountJob = "applications.bulk_work_count";
inline constexpr const char* kTurnJob = "applications.bulk_work";

struct BulkWorkJob {
    BulkWorkId work_id;
    AccountId account;
    std::vector<Office> offices;  // whose administrators work, as far as they still do
};
BOOST_DESCRIBE_STRUCT(BulkWorkJob, (), (work_id, account, offices))

/// Why what concerns whoever works is left alone; such items are counted and not shown.
inline constexpr std::string_view kConcernsWorker = "applications.own_application";

}  // namespace educard::applications
