#include "runtime/jobs.hpp"

#include "base/error.hpp"
#include "runtime/metrics.hpp"
#include "runtime/outbox.hpp"
#include "testing/fake_clock.hpp"
#include "testing/test_database.hpp"

#include <gtest/gtest.h>

#include <semaphore>
#include <thread>

namespace educard {
namespace {

using namespace std::chrono_literals;

class JobQueue : public ::testing::Test {
protected:
    JobId put(const std::string& kind = "test.job", const std::string& payload = "{}") {
        return database->write([&](sql::Tx& tx) {
            return jobs.put(tx, {.kind = kind, .payload = payload, .owner = AccountId{9}});
        });
    }
    Job get(JobId id) {
        return database->read([&](sql::Tx& tx) { return jobs.find(tx, id).value(); });
    }
    void save(JobRun& run, const std::string& position, std::int64_t done) {
        database->write([&](sql::Tx& tx) { run.save(tx, position, done, 10); });
    }
    bool cancel(JobId id) {
        return database->write([&](sql::Tx& tx) { return jobs.cancel(tx, id); });
    }

    testing::FakeClock clock;
    IdSource ids{clock, 1};
    LocalBus bus;
    testing::TestDatabase database;
    Jobs jobs{*database, clock, ids, bus};
};

TEST_F(JobQueue, AJobRunsOnceAndIsDone) {
    int ran = 0;
    jobs.handle("test.job", [&](JobRun& run) {
        ++ran;
        EXPECT_EQ(run.job().payload, R"({"a":1})");
    });
    const auto id = put("test.job", R"({"a":1})");
    EXPECT_TRUE(jobs.run_one());
    EXPECT_FALSE(jobs.run_one());
    EXPECT_EQ(ran, 1);
    EXPECT_EQ(get(id).state, JobState::done);
    EXPECT_EQ(get(id).finished_at, clock.now());
}

TEST_F(JobQueue, CountsRunsByOutcomeAndHowLongTheOldestWaits) {
    Metrics metrics;
    bool good = true;
    jobs.handle("test.job", [&](JobRun&) {
        if (!good) {
            throw Error(Fault::invalid, "test.no");
        }
    });
    jobs.measure(metrics);
    put();
    put();
    clock.advance(7s);
    jobs.look_at_queue();
    EXPECT_NE(metrics.text().find("educard_jobs_due 2\n"), std::string::npos);
    EXPECT_NE(metrics.text().find("educard_job_queue_age_seconds 7\n"), std::string::npos);
    EXPECT_TRUE(jobs.run_one());
    good = false;
    EXPECT_TRUE(jobs.run_one());
    jobs.look_at_queue();
    const auto text = metrics.text();
    EXPECT_NE(text.find(R"(educard_job_runs_total{kind="test.job",outcome="done"} 1)"), std::string::npos)
        << text;
    EXPECT_NE(text.find(R"(educard_job_runs_total{kind="test.job",outcome="failed"} 1)"), std::string::npos)
        << text;
    EXPECT_NE(text.find("educard_job_queue_age_seconds 0\n"), std::string::npos) << text;
}

TEST_F(JobQueue, AJobWhoseTransactionFailedDoesNotExist) {
    jobs.handle("test.job", [](JobRun&) {});
    EXPECT_THROW(database->write([&](sql::Tx& tx) {
        jobs.put(tx, {.kind = "test.job", .payload = "{}"});
        throw std::runtime_error("no");
    }),
                 std::runtime_error);
    EXPECT_FALSE(jobs.run_one());
}

TEST_F(JobQueue, KindsOfOtherVersionsAreLeftAlone) {
    jobs.handle("test.job", [](JobRun&) {});
    const auto id = put("test.newer");
    EXPECT_FALSE(jobs.run_one());
    EXPECT_EQ(get(id).state, JobState::queued);
}

TEST_F(JobQueue, AFaultIsTriedAgainLaterAndGivenUpInTheEnd) {
    int ran = 0;
    jobs.handle("test.job", [&](JobRun&) {
        ++ran;
        throw Error(Fault::unavailable, "test.down");
    });
    const auto id = put();
    for (int attempt = 1; attempt <= 5; ++attempt) {
        EXPECT_TRUE(jobs.run_one());
        EXPECT_FALSE(jobs.run_one());
        clock.advance(60s);
    }
    EXPECT_FALSE(jobs.run_one());
    EXPECT_EQ(ran, 5);
    EXPECT_EQ(get(id).state, JobState::failed);
    EXPECT_EQ(get(id).error, "test.down");
}

TEST_F(JobQueue, AFaultOfTheWorkItselfIsNotTriedAgain) {
    jobs.handle("test.job", [](JobRun&) { throw Error(Fault::conflict, "test.no"); });
    const auto id = put();
    EXPECT_TRUE(jobs.run_one());
    EXPECT_EQ(get(id).state, JobState::failed);
    EXPECT_EQ(get(id).attempts, 1);
}

TEST_F(JobQueue, AnotherWorkerGoesOnWhereADeadOneStopped) {
    std::vector<std::string> positions;
    jobs.handle("test.job", [&](JobRun& run) {
        positions.push_back(run.job().position);
        if (run.job().position.empty()) {
            save(run, "half", 5);
            // The lease runs out while this worker hangs; another process takes over.
            clock.advance(16s);
            Jobs other(*database, clock, ids, bus);
            other.handle("test.job", [&](JobRun& second) { positions.push_back(second.job().position); });
            EXPECT_TRUE(other.run_one());
            EXPECT_THROW(save(run, "more", 6), Error);
        }
    });
    const auto id = put();
    EXPECT_TRUE(jobs.run_one());
    EXPECT_EQ(positions, std::vector<std::string>({"", "half"}));
    EXPECT_EQ(get(id).state, JobState::done);
    EXPECT_EQ(get(id).position, "half");
    EXPECT_EQ(get(id).attempts, 2);
}

TEST_F(JobQueue, ALeaseThatIsRenewedIsNotTakenOver) {
    jobs.handle("test.job", [&](JobRun&) {
        for (int i = 0; i < 4; ++i) {
            clock.advance(10s);
            jobs.renew_leases();
            Jobs other(*database, clock, ids, bus);
            other.handle("test.job", [](JobRun&) { ADD_FAILURE(); });
            EXPECT_FALSE(other.run_one());
        }
    });
    const auto id = put();
    EXPECT_TRUE(jobs.run_one());
    EXPECT_EQ(get(id).state, JobState::done);
}

TEST_F(JobQueue, AJobThatKillsItsWorkersIsGivenUp) {
    jobs.handle("test.job", [](JobRun&) { ADD_FAILURE(); });
    const auto id = put();
    database->write(
        [&](sql::Tx& tx) { tx.execute("UPDATE job SET attempts = 5, state = 'running' WHERE id = $1", id); });
    EXPECT_TRUE(jobs.run_one());
    EXPECT_EQ(get(id).error, "runtime.job_crashed");
}

TEST_F(JobQueue, AQueuedJobCanBeCancelledAtOnce) {
    jobs.handle("test.job", [](JobRun&) { ADD_FAILURE(); });
    const auto id = put();
    EXPECT_TRUE(cancel(id));
    EXPECT_FALSE(cancel(id));
    EXPECT_FALSE(jobs.run_one());
    EXPECT_EQ(get(id).state, JobState::cancelled);
}

TEST_F(JobQueue, ARunningJobStopsAtItsNextStepAndTheStepLeavesNothing) {
    jobs.handle("test.job", [&](JobRun& run) {
        save(run, "first", 1);
        EXPECT_TRUE(cancel(run.job().id));
        save(run, "second", 2);
        ADD_FAILURE();
    });
    const auto id = put();
    EXPECT_TRUE(jobs.run_one());
    EXPECT_EQ(get(id).state, JobState::cancelled);
    EXPECT_EQ(get(id).position, "first");
}

TEST_F(JobQueue, ProgressIsPublished) {
    jobs.handle("test.job", [&](JobRun& run) { save(run, "x", 3); });
    const auto id = put();
    const auto listener = bus.subscribe({"job:" + std::to_string(id.value)}, [] {});
    EXPECT_TRUE(jobs.run_one());
    const auto events = listener->take();
    ASSERT_EQ(events.size(), 2U);
    EXPECT_NE(events[0].json.find(R"("done":3,"total":10)"), std::string::npos) << events[0].json;
    EXPECT_NE(events[1].json.find(R"("state":"done")"), std::string::npos);
}

TEST_F(JobQueue, StoppingInterruptsAndTheNextStartGoesOn) {
    std::binary_semaphore started{0};
    std::atomic<bool> finished{false};
    jobs.handle("test.job", [&](JobRun& run) {
        if (run.job().position == "begun") {
            finished = true;
            return;
        }
        save(run, "begun", 1);
        started.release();
        while (true) {
            run.check();
            std::this_thread::yield();
        }
    });
    jobs.start();
    const auto id = put();
    started.acquire();
    jobs.stop();
    EXPECT_EQ(get(id).state, JobState::queued);
    EXPECT_EQ(get(id).attempts, 0);
    Jobs next(*database, clock, ids, bus);
    next.handle("test.job", [&](JobRun& run) { EXPECT_EQ(run.job().position, "begun"); });
    EXPECT_TRUE(next.run_one());
    EXPECT_EQ(get(id).state, JobState::done);
}

TEST_F(JobQueue, ManyWorkersRunEachJobOnce) {
    std::atomic<int> ran{0};
    std::counting_semaphore<> done{0};
    Jobs many(*database, clock, ids, bus, {.threads = 4});
    many.handle("test.job", [&](JobRun&) {
        ++ran;
        done.release();
    });
    for (int i = 0; i < 40; ++i) {
        put();
    }
    many.start();
    for (int i = 0; i < 40; ++i) {
        done.acquire();
    }
    many.stop();
    EXPECT_EQ(ran, 40);
}

TEST_F(JobQueue, OwnersSeeTheirsAndOldOnesAreForgotten) {
    jobs.handle("test.job", [](JobRun&) {});
    const auto id = put();
    EXPECT_TRUE(jobs.run_one());
    const auto list = [&](std::int64_t owner) {
        return database->read(
            [&](sql::Tx& tx) { return jobs.list_of_owner(tx, AccountId{owner}, std::nullopt, 10).size(); });
    };
    EXPECT_EQ(list(9), 1U);
    EXPECT_EQ(list(8), 0U);
    EXPECT_EQ(database->write([&](sql::Tx& tx) { return jobs.sweep(tx, clock.now()); }), 0);
    EXPECT_EQ(database->write([&](sql::Tx& tx) { return jobs.sweep(tx, clock.now() + 1s); }), 1);
    EXPECT_FALSE(database->read([&](sql::Tx& tx) { return jobs.find(tx, id); }).has_value());
}

class OutboxQueue : public ::testing::Test {
protected:
    OutboxId put(const std::string& payload) {
        return database->write([&](sql::Tx& tx) { return outbox.put(tx, "test.sent", payload); });
    }
    testing::FakeClock clock;
    IdSource ids{clock, 1};
    testing::TestDatabase database;
    Outbox outbox{*database, clock, ids};
};

TEST_F(OutboxQueue, WhatIsCommittedIsDeliveredOnceAndForgotten) {
    std::vector<std::string> delivered;
    outbox.handle("test.sent", [&](const OutboxItem& item) { delivered.push_back(item.payload); });
    put("1");
    EXPECT_THROW(database->write([&](sql::Tx& tx) {
        outbox.put(tx, "test.sent", "lost");
        throw std::runtime_error("no");
    }),
                 std::runtime_error);
    EXPECT_EQ(outbox.deliver_due(), 1U);
    clock.advance(1h);
    EXPECT_EQ(outbox.deliver_due(), 0U);
    EXPECT_EQ(delivered, std::vector<std::string>({"1"}));
}

TEST_F(OutboxQueue, AFailedDeliveryComesAgainWithTheSameId) {
    std::vector<OutboxId> seen;
    outbox.handle("test.sent", [&](const OutboxItem& item) {
        seen.push_back(item.id);
        if (seen.size() < 3) {
            throw std::runtime_error("down");
        }
    });
    const auto id = put("1");
    for (int i = 0; i < 5; ++i) {
        outbox.deliver_due();
        clock.advance(10s);
    }
    EXPECT_EQ(seen, std::vector<OutboxId>({id, id, id}));
}

TEST_F(OutboxQueue, AnItemThatCannotBeDeliveredIsSetAside) {
    outbox.handle("test.sent", [&](const OutboxItem& item) {
        if (item.payload == "bad") {
            throw Error(Fault::not_found, "test.gone");
        }
    });
    put("bad");
    put("good");
    EXPECT_EQ(outbox.deliver_due(), 2U);
    clock.advance(1h);
    EXPECT_EQ(outbox.deliver_due(), 0U);
    EXPECT_EQ(database->read([&](sql::Tx& tx) { return outbox.failed(tx); }), 1);
}

TEST_F(OutboxQueue, AWorkerThatDiedIsReplacedAfterItsLease) {
    int delivered = 0;
    outbox.handle("test.sent", [&](const OutboxItem&) { ++delivered; });
    put("1");
    database->write(
        [&](sql::Tx& tx) { tx.execute("UPDATE outbox SET lease = 'dead', due_at = $1", clock.now() + 60s); });
    EXPECT_EQ(outbox.deliver_due(), 0U);
    clock.advance(61s);
    EXPECT_EQ(outbox.deliver_due(), 1U);
    EXPECT_EQ(delivered, 1);
}

TEST_F(OutboxQueue, TheWorkerIsWokenByACommit) {
    std::binary_semaphore delivered{0};
    outbox.handle("test.sent", [&](const OutboxItem&) { delivered.release(); });
    outbox.start();
    put("1");
    delivered.acquire();
    outbox.stop();
}

}  // namespace
}  // namespace educard
