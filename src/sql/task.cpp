#include "sql/task.hpp"

#include "base/error.hpp"

namespace educard::sql {

using namespace std::chrono_literals;

void submit(TaskQueue& queue, Work work, Done done) {
    switch (queue.push(Task{std::move(work), std::move(done), std::chrono::steady_clock::now()})) {
        case Push::accepted:
            return;
        case Push::full:
            throw Error(Fault::unavailable, "sql.busy").retry_after(1s);
        case Push::closed:
            throw Error(Fault::unavailable, "sql.stopping").retry_after(10s);
    }
}

}  // namespace educard::sql
