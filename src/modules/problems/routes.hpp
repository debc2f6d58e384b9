#pragma once
// Inside of the module: what its files of routes share.

#include "http/routes.hpp"
#include "modules/problems/problems.hpp"

namespace educard::problems {

struct ProblemRef {
    ProblemId id;
};
BOOST_DESCRIBE_STRUCT(ProblemRef, (), (id))

http::Page<Line> page_of(Slice slice);
void add_desk_routes(http::Routes& routes, Problems& problems);

}  // namespace educard::problems
