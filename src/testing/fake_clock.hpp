#pragma once
// A clock whose hands the test turns. Any thread may read it while another turns it.

#include "base/time.hpp"

#include <atomic>

namespace educard::testing {

class FakeClock final : public Clock {
public:
    explicit FakeClock(Time now = Time(std::chrono::sys_days(std::chrono::year(2026) / 9 / 1)) +
                                  std::chrono::hours(1))
        : microseconds_(now.time_since_epoch().count()) {}

    Time now() const override { return Time(Microseconds(microseconds_.load())); }
    void set(Time now) { microseconds_ = now.time_since_epoch().count(); }
    void advance(Microseconds by) { microseconds_ += by.count(); }

private:
    std::atomic<std::int64_t> microseconds_;
};

}  // namespace educard::testing
