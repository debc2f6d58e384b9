#include "sql/brief.hpp"

namespace educard::sql {

void submit_brief_read(Database& database, Work work, Done done) {
    if (auto* engine = dynamic_cast<BriefReader*>(&database)) {
        engine->submit_brief_read(std::move(work), std::move(done));
    } else {
        database.submit_read(std::move(work), std::move(done));
    }
}

}  // namespace educard::sql
