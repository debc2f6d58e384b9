#include "runtime/node.hpp"

#include "base/error.hpp"

#include <boost/describe/class.hpp>

#include <map>
#include <spdlog/spdlog.h>

namespace educard {

using namespace std::chrono_literals;

namespace {

constexpr std::int64_t kNumbers = 1024;

struct NodeRow {
    std::int64_t number = 0;
    Time lease_until;
};
BOOST_DESCRIBE_STRUCT(NodeRow, (), (number, lease_until))

bool claim_number(sql::Tx& tx, std::int64_t number, const std::string& holder, Time now) {
    return tx.execute(R"(INSERT INTO node (number, holder, lease_until) VALUES ($1, $2, $3)
                         ON CONFLICT (number) DO UPDATE SET holder = $2, lease_until = $3
                         WHERE node.lease_until < $4)",
                      number,
                      holder,
                      now + NodeLease::kLease,
                      now) == 1;
}

}  // namespace

NodeLease::NodeLease(sql::Database& database,
                     const Clock& clock,
                     crypto::Random& random,
                     std::function<void()> lost)
    : database_(database),
      clock_(clock),
      holder_(random.token()),
      lost_(std::move(lost)),
      number_(claim()),
      ticker_(std::make_unique<Ticker>(
          "renewing the node number",
          kLease / 3,
          [this] {
              if (!is_lost_ && !renew()) {
                  is_lost_ = true;
                  lost_();
              }
          },
          Ticker::First::after_interval)) {}

NodeLease::~NodeLease() {
    ticker_->stop();
    run_logged("giving the node number back", [this] {
        database_.write([&](sql::Tx& tx) {
            tx.execute("UPDATE node SET lease_until = 0 WHERE number = $1 AND holder = $2", number_, holder_);
        });
    });
}

unsigned NodeLease::claim() {
    return database_.write([&](sql::Tx& tx) {
        const auto now = clock_.now();
        std::map<std::int64_t, Time> taken;
        for (const auto& row : tx.list<NodeRow>("SELECT number, lease_until FROM node")) {
            taken[row.number] = row.lease_until;
        }
        for (std::int64_t number = 0; number < kNumbers; ++number) {
            const auto found = taken.find(number);
            if ((found == taken.end() || found->second < now) && claim_number(tx, number, holder_, now)) {
                return static_cast<unsigned>(number);
            }
        }
        throw Error(Fault::unavailable, "runtime.no_node").retry_after(30s);
    });
}

bool NodeLease::renew() {
    const auto renewed = database_.write([&](sql::Tx& tx) {
        return tx.execute("UPDATE node SET lease_until = $3 WHERE number = $1 AND holder = $2",
                          number_,
                          holder_,
                          clock_.now() + kLease);
    });
    return renewed == 1;
}

}  // namespace educard
