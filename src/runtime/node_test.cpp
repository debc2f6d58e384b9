#include "runtime/node.hpp"

#include "runtime/metrics.hpp"
#include "testing/fake_clock.hpp"
#include "testing/test_database.hpp"

#include <gtest/gtest.h>

namespace educard {
namespace {

using namespace std::chrono_literals;

class Node : public ::testing::Test {
protected:
    testing::FakeClock clock;
    crypto::SystemRandom random;
    testing::TestDatabase database;
};

void never_lost() {
    ADD_FAILURE() << "lost";
}

TEST_F(Node, TwoProcessesGetDifferentNumbers) {
    const NodeLease first(*database, clock, random, never_lost);
    const NodeLease second(*database, clock, random, never_lost);
    EXPECT_NE(first.number(), second.number());
}

TEST_F(Node, ANumberThatIsGivenBackIsUsedAgain) {
    unsigned number = 0;
    {
        const NodeLease lease(*database, clock, random, never_lost);
        number = lease.number();
    }
    EXPECT_EQ(NodeLease(*database, clock, random, never_lost).number(), number);
}

TEST_F(Node, ANumberOfADeadProcessIsUsedAgainAfterItsLease) {
    database->write([&](sql::Tx& tx) {
        tx.execute("INSERT INTO node (number, holder, lease_until) VALUES (0, 'dead', $1)",
                   clock.now() + 30s);
    });
    EXPECT_EQ(NodeLease(*database, clock, random, never_lost).number(), 1U);
    clock.advance(31s);
    EXPECT_EQ(NodeLease(*database, clock, random, never_lost).number(), 0U);
}

TEST_F(Node, WhoSleptThroughItsLeaseIsTold) {
    NodeLease sleeper(*database, clock, random, [] {});
    clock.advance(31s);
    const NodeLease other(*database, clock, random, never_lost);
    EXPECT_EQ(other.number(), sleeper.number());
    EXPECT_FALSE(sleeper.renew());
}

TEST(Metric, TheTextShowsWhatWasCounted) {
    Metrics metrics;
    auto counter = metrics.counter("educard_things_total", "Things.", {{"kind", "a"}});
    counter.add();
    metrics.counter("educard_things_total", "Things.", {{"kind", "a"}}).add(2);
    metrics.seconds("educard_wait_seconds", "Waits.").observe(0.002);
    metrics.gauge("educard_waiting", "Waiting now.", [] { return 7.0; });
    const auto text = metrics.text();
    EXPECT_NE(text.find("educard_things_total{kind=\"a\"} 3"), std::string::npos) << text;
    EXPECT_NE(text.find("educard_wait_seconds_bucket{le=\"0.0025\"} 1"), std::string::npos);
    EXPECT_NE(text.find("educard_waiting 7"), std::string::npos);
}

}  // namespace
}  // namespace educard
