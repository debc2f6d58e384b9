#pragma once
// Work on its way to a database's thread.

#include "base/queue.hpp"
#include "sql/sql.hpp"

#include <chrono>

namespace educard::sql {

struct Task {
    Work work;
    Done done;
    std::chrono::steady_clock::time_point queued_at;
};
using TaskQueue = BoundedQueue<Task>;

/// Throws Error "sql.busy" when the queue is full and "sql.stopping" when it is closed; both say when to come
/// again.
void submit(TaskQueue& queue, Work work, Done done);

}  // namespace educard::sql
