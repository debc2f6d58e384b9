#pragma once
// What administrators see of the running system itself: the audit log of their part of the tree, and how far
// background jobs have come. Owns no tables. What add_routes is given outlives the routes.

#include "base/ids.hpp"
#include "base/time.hpp"

namespace educard {
class Audit;
class Jobs;
namespace http {
class Routes;
}
namespace organisations {
class Organisations;
}
namespace rollout {
class Rollout;
}
}  // namespace educard

namespace educard::administration {

void add_routes(http::Routes& routes,
                const Audit& audit,
                Jobs& jobs,
                const organisations::Organisations& organisations,
                const rollout::Rollout& rollout);

}  // namespace educard::administration
