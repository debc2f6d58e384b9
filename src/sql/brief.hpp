#pragma once
// Reads that look up a few rows by their keys. Waking another thread for one takes longer than doing it, so
// an engine that is inside of this process does it on the calling thread. Any thread may call.

#include "sql/sql.hpp"

namespace educard::sql {

/// What such an engine is beside a Database.
class BriefReader {
public:
    virtual ~BriefReader() = default;
    /// Runs the work, and then `done`, before it returns; queues both like submit_read when nothing is free.
    virtual void submit_brief_read(Work work, Done done) = 0;
};

/// Like Database::submit_read, for such a read. What `done` does has to be brief, too.
void submit_brief_read(Database& database, Work work, Done done);

}  // namespace educard::sql
