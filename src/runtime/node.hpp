#pragma once
// The number (0 to 1023) that this process puts into the ids it makes, leased from the database so that no
// two running processes hold the same. Made after the migrations and before the IdSource; outlives it.

#include "base/time.hpp"
#include "crypto/random.hpp"
#include "runtime/ticker.hpp"
#include "sql/sql.hpp"

#include <functional>
#include <memory>
#include <string>

namespace educard {

class NodeLease {
public:
    static constexpr std::chrono::seconds kLease{30};

    /// Takes a free number and keeps renewing it. `lost` is called, once, on a thread of its own, when
    /// somebody else has it (this process was suspended for longer than the lease): stop making ids, end the
    /// process. Throws Error(unavailable, "runtime.no_node") when all are taken.
    NodeLease(sql::Database& database,
              const Clock& clock,
              crypto::Random& random,
              std::function<void()> lost);
    /// Gives the number back.
    ~NodeLease();
    NodeLease(const NodeLease&) = delete;
    NodeLease& operator=(const NodeLease&) = delete;

    unsigned number() const { return number_; }
    /// Renews the lease now; false when it is lost. The object does so by itself.
    bool renew();

private:
    unsigned claim();

    sql::Database& database_;
    const Clock& clock_;
    const std::string holder_;
    const std::function<void()> lost_;
    bool is_lost_ = false;
    unsigned number_;
    std::unique_ptr<Ticker> ticker_;
};

}  // namespace educard
