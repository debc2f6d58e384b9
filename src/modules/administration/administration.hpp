#pragma once
// What administrators see of the running system itself: the audit log of their part of the tree, and how far
// background jobs have come. Owns no tables. What add_routes is given outlives the routes.

#include "base/ids.hpp"
#include "base/time.hpp"

#include <functional>
#include <optional>
#include <string>

namespace educard {
class Audit;
class Jobs;
namespace http {
class Routes;
}
namespace sql {
class Database;
class Tx;
}
namespace organisations {
class Organisations;
}
namespace rollout {
class Rollout;
}
}  // namespace educard

namespace educard::administration {

/// Names of people, nothing for ids that nobody has. Called by many threads.
struct NameOf {
    std::function<std::optional<std::string>(sql::Tx& tx, AccountId)> account;          // whose it is
    std::function<std::optional<std::string>(sql::Tx& tx, ApplicationId)> application;  // the applicant's
    std::function<std::optional<AccountId>(sql::Tx& tx, std::string_view)> by_user_name;
};

/// Who acted in an administrator's part of the tree, and upon whom, is shown to them by name; `name_of` says
/// it.
void add_routes(http::Routes& routes,
                sql::Database& database,
                Audit& audit,
                Jobs& jobs,
                const organisations::Organisations& organisations,
                const rollout::Rollout& rollout,
                NameOf name_of);

}  // namespace educard::administration
