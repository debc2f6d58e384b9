// What every engine promises. EDUCARD_TEST_DATABASE names another one to run it on.

#include "sql/gathering.hpp"
#include "sql/indexes.hpp"
#include "sql/rows.hpp"
#include "sql/sql.hpp"
#include "testing/test_database.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <semaphore>
#include <thread>

namespace educard::sql {
namespace {

using namespace std::chrono_literals;
using testing::Schema;
using testing::TestDatabase;

enum class Colour { red, green };
BOOST_DESCRIBE_ENUM(Colour, red, green)

struct Everything {
    std::int64_t id = 0;
    int small = 0;
    bool flag = false;
    double ratio = 0;
    std::string name;
    Bytes octets;
    PersonId person;
    Time at;
    Date day;
    Colour colour{};
    std::optional<std::string> note;
    std::optional<Date> until;

    bool operator==(const Everything&) const = default;
};
BOOST_DESCRIBE_STRUCT(Everything,
                      (),
                      (id, small, flag, ratio, name, octets, person, at, day, colour, note, until))

class Contract : public ::testing::Test {
protected:
    Contract() {
        database->write([](Tx& tx) {
            tx.execute("CREATE TABLE counter (id BIGINT PRIMARY KEY, n BIGINT NOT NULL, CHECK (n >= 0))");
            tx.execute(R"(CREATE TABLE everything (id BIGINT PRIMARY KEY, small BIGINT, flag BOOLEAN,
                ratio DOUBLE PRECISION, name TEXT, octets BYTEA, person BIGINT, at BIGINT, day TEXT, colour TEXT,
                note TEXT, until TEXT))");
        });
    }

    void insert(const Everything& e) {
        database->write([&](Tx& tx) {
            tx.execute(
                R"(INSERT INTO everything (id, small, flag, ratio, name, octets, person, at, day, colour, note,
                until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12))",
                e.id,
                e.small,
                e.flag,
                e.ratio,
                e.name,
                e.octets,
                e.person,
                e.at,
                e.day,
                e.colour,
                e.note,
                e.until);
        });
    }
    static Rows rows_of_everything() {
        return Rows("everything",
                    {"id",
                     "small",
                     "flag",
                     "ratio",
                     "name",
                     "octets",
                     "person",
                     "at",
                     "day",
                     "colour",
                     "note",
                     "until"});
    }
    static void add(Rows& rows, const Everything& e) {
        rows.add_values(e.id,
                        e.small,
                        e.flag,
                        e.ratio,
                        e.name,
                        e.octets,
                        e.person,
                        e.at,
                        e.day,
                        e.colour,
                        e.note,
                        e.until);
    }
    Everything get(std::int64_t id) {
        return database->read([&](Tx& tx) {
            return tx.find<Everything>("SELECT * FROM everything WHERE id = $1", id).value();
        });
    }
    void add_counter(std::int64_t id, std::int64_t n) {
        database->write([&](Tx& tx) { tx.execute("INSERT INTO counter (id, n) VALUES ($1, $2)", id, n); });
    }
    std::int64_t counter(std::int64_t id) {
        return database->read([&](Tx& tx) {
            return tx.find<std::int64_t>("SELECT n FROM counter WHERE id = $1", id).value_or(-1);
        });
    }
    std::int64_t counters() {
        return database->read(
            [](Tx& tx) { return tx.find<std::int64_t>("SELECT COUNT(*) FROM counter").value(); });
    }

    TestDatabase database{Schema::none};
};

std::string code_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.code();
    }
    return "nothing thrown";
}

TEST_F(Contract, EveryTypeComesBackAsItWent) {
    const Everything full{.id = std::numeric_limits<std::int64_t>::max(),
                          .small = -7,
                          .flag = true,
                          .ratio = 0.1,
                          .name = "𬭊㛃䶮·Ünï 'quoted'",
                          .octets = {0, 1, 255, 0},
                          .person = PersonId{42},
                          .at = Time(Microseconds(1'700'000'000'123'456)),
                          .day = std::chrono::year(2014) / 2 / 28,
                          .colour = Colour::green,
                          .note = "",
                          .until = std::chrono::year(2000) / 2 / 29};
    insert(full);
    EXPECT_EQ(get(full.id), full);
}

TEST_F(Contract, EmptyIsNotNull) {
    insert(Everything{.id = 1, .day = std::chrono::year(2014) / 1 / 1, .note = "", .until = std::nullopt});
    const auto found = get(1);
    EXPECT_EQ(found.octets, Bytes());
    EXPECT_EQ(found.note, "");
    EXPECT_EQ(found.until, std::nullopt);
    const auto nulls = database->read([](Tx& tx) {
        return tx.find<int>(
            "SELECT COUNT(*) FROM everything WHERE octets IS NULL OR note IS NULL OR until IS NOT NULL");
    });
    EXPECT_EQ(nulls, 0);
}

TEST_F(Contract, TextMayHoldZeroOctetsOnlyAsBytes) {
    const Bytes octets = {'a', 0, 'b'};
    insert(Everything{.id = 1, .octets = octets, .day = std::chrono::year(2014) / 1 / 1});
    EXPECT_EQ(get(1).octets, octets);
}

TEST_F(Contract, BigTextAndBytesComeBack) {
    Everything big{.id = 1, .day = std::chrono::year(2014) / 1 / 1};
    big.name.assign(5'000'000, 'x');
    big.octets.assign(5'000'000, 7);
    insert(big);
    EXPECT_EQ(get(1), big);
}

TEST_F(Contract, NullForWhatCannotBeNullIsAFault) {
    database->write([](Tx& tx) { tx.execute("INSERT INTO everything (id) VALUES ($1)", 1); });
    EXPECT_EQ(
        code_of([&] { database->read([](Tx& tx) { tx.find<std::string>("SELECT name FROM everything"); }); }),
        "sql.type");
}

TEST_F(Contract, AnUnknownEnumeratorIsAFault) {
    EXPECT_EQ(
        code_of([&] { database->read([](Tx& tx) { tx.find<Colour>("SELECT CAST('blue' AS TEXT)"); }); }),
        "sql.type");
}

TEST_F(Contract, ANumberThatDoesNotFitIsAFault) {
    add_counter(1, 1LL << 40);
    EXPECT_EQ(code_of([&] { database->read([](Tx& tx) { tx.find<int>("SELECT n FROM counter"); }); }),
              "sql.type");
}

TEST_F(Contract, RowsInsertedInBulkComeBackAsTheyWent) {
    Everything full{.id = std::numeric_limits<std::int64_t>::max(),
                    .small = -7,
                    .flag = true,
                    .ratio = 0.1,
                    .name = "𬭊㛃䶮·\t\\N\n'quoted'",
                    .octets = {0, 1, 255, 0, '\\'},
                    .person = PersonId{42},
                    .at = Time(Microseconds(1'700'000'000'123'456)),
                    .day = std::chrono::year(2014) / 2 / 28,
                    .colour = Colour::green,
                    .note = "",
                    .until = std::nullopt};
    auto rows = rows_of_everything();
    for (int count = 0; count < 5'000; ++count) {
        add(rows, full);
        --full.id;
    }
    database->write([&](Tx& tx) {
        tx.execute("INSERT INTO counter (id, n) VALUES (1, 1)");
        tx.insert(rows);
        EXPECT_EQ(tx.find<int>("SELECT COUNT(*) FROM everything"), 5'000);
        tx.execute("UPDATE counter SET n = 2");
    });
    EXPECT_EQ(get(++full.id), full);
    EXPECT_EQ(counter(1), 2);
}

TEST_F(Contract, ADuplicateInBulkFailsTheWholeTransaction) {
    Rows rows("counter", {"id", "n"});
    for (const int id : {1, 2, 3, 2}) {
        rows.add_values(id, id);
    }
    EXPECT_EQ(code_of([&] {
                  database->write([&](Tx& tx) {
                      tx.execute("INSERT INTO counter (id, n) VALUES (9, 9)");
                      EXPECT_THROW(tx.insert(rows), Error);
                  });
              }),
              "sql.duplicate");
    EXPECT_EQ(counters(), 0);
    rows.clear();
    rows.add_values(5, 5);
    database->write([&](Tx& tx) { tx.insert(rows); });
    EXPECT_EQ(counter(5), 5);
}

TEST_F(Contract, RowsForATableThatIsNotThereAreABug) {
    Rows rows("nowhere", {"id"});
    rows.add_values(1);
    EXPECT_EQ(code_of([&] { database->write([&](Tx& tx) { tx.insert(rows); }); }), "sql.statement");
    EXPECT_EQ(code_of([&] { add_counter(1, 1); }), "nothing thrown");
}

TEST_F(Contract, IndexesTakenAwayComeBackAsTheyWere) {
    database->write([](Tx& tx) {
        tx.execute("CREATE UNIQUE INDEX counter_once ON counter (n) WHERE n > 5");
        tx.execute("CREATE INDEX everything_name ON everything (name, id)");
    });
    const auto taken = database->write([&](Tx& tx) { return drop_indexes(tx, database->engine()); });
    ASSERT_EQ(taken.size(), 2U);
    add_counter(1, 9);
    add_counter(2, 9);
    const auto restore = [&] {
        database->write([&](Tx& tx) {
            for (const auto& index : taken) {
                create_index(tx, database->engine(), index);
            }
        });
    };
    EXPECT_EQ(code_of(restore), "sql.duplicate");
    database->write([](Tx& tx) { tx.execute("UPDATE counter SET n = 8 WHERE id = 2"); });
    restore();
    EXPECT_EQ(code_of([&] { add_counter(3, 8); }), "sql.duplicate");
    const auto again = database->write([&](Tx& tx) { return drop_indexes(tx, database->engine()); });
    ASSERT_EQ(again.size(), 2U);
    EXPECT_EQ(again[0].definition, taken[0].definition);
}

TEST_F(Contract, WhatIsGatheredIsInsertedAsTheStatementsSaid) {
    GatheringTx gathering;
    gathering.execute("INSERT INTO counter (id, n) VALUES ($2, $1) ON CONFLICT DO NOTHING", 10, 1);
    gathering.execute("INSERT INTO counter (n, id) VALUES (20, $1)", 2);
    gathering.execute("INSERT INTO everything (id, name, note, small) VALUES ($1, 'draft', NULL, $1)", 7);
    EXPECT_EQ(gathering.execute("UPDATE counter SET n = 5"), 0);
    EXPECT_EQ(gathering.find<int>("SELECT n FROM counter"), std::nullopt);
    EXPECT_EQ(gathering.rows(), 3U);
    database->write([&](Tx& tx) { gathering.insert_into(tx); });
    EXPECT_EQ(counter(1), 10);
    EXPECT_EQ(counter(2), 20);
    EXPECT_EQ(database->read([](Tx& tx) {
        return tx.find<int>("SELECT small FROM everything WHERE id = 7 AND name = 'draft' AND note IS NULL");
    }),
              7);
}

TEST_F(Contract, AMissingColumnIsAFault) {
    add_counter(1, 1);
    EXPECT_EQ(code_of([&] { database->read([](Tx& tx) { tx.list<Everything>("SELECT id FROM counter"); }); }),
              "sql.column");
}

TEST_F(Contract, ParametersMayRepeatAndStandInAnyOrder) {
    const auto text = database->read([](Tx& tx) {
        return tx.find<std::string>(
            "SELECT CAST($2 AS TEXT) || CAST($1 AS TEXT) || CAST($2 AS TEXT)", "a", "b");
    });
    EXPECT_EQ(text, "bab");
}

TEST_F(Contract, TheSameStatementRunsInsideItself) {
    add_counter(1, 10);
    add_counter(2, 20);
    std::int64_t sum = 0;
    database->read([&](Tx& tx) {
        const auto* statement = "SELECT n FROM counter ORDER BY id";
        tx.each(statement, [&](const Row& outer) {
            tx.each(statement, [&](const Row& inner) { sum += outer.get<int>(0) * inner.get<int>(0); });
        });
    });
    EXPECT_EQ(sum, 900);
}

TEST_F(Contract, AConditionalUpdateTellsHowManyRowsItChanged) {
    add_counter(1, 5);
    const auto take = [&](int amount) {
        return database->write([&](Tx& tx) {
            return tx.execute("UPDATE counter SET n = n - $2 WHERE id = $1 AND n >= $2", 1, amount);
        });
    };
    EXPECT_EQ(take(4), 1);
    EXPECT_EQ(take(4), 0);
    EXPECT_EQ(counter(1), 1);
}

TEST_F(Contract, OnConflictDoNothingTellsWhoWasFirst) {
    const auto claim = [&](int value) {
        return database->write([&](Tx& tx) {
            return tx.execute("INSERT INTO counter (id, n) VALUES ($1, $2) ON CONFLICT DO NOTHING", 1, value);
        });
    };
    EXPECT_EQ(claim(7), 1);
    EXPECT_EQ(claim(8), 0);
    EXPECT_EQ(counter(1), 7);
}

TEST_F(Contract, StatementsThatChangeNothingCountZero) {
    add_counter(1, 1);
    const auto changed = database->write([](Tx& tx) {
        tx.execute("UPDATE counter SET n = 2");
        return tx.execute("CREATE TABLE other (id BIGINT PRIMARY KEY)");
    });
    EXPECT_EQ(changed, 0);
}

TEST_F(Contract, ReturningGivesRowsOfAnUpdate) {
    add_counter(1, 1);
    const auto value = database->write(
        [](Tx& tx) { return tx.find<int>("UPDATE counter SET n = n + 1 WHERE id = $1 RETURNING n", 1); });
    EXPECT_EQ(value, 2);
    EXPECT_EQ(counter(1), 2);
}

TEST_F(Contract, WhatThrowsLeavesNothingBehind) {
    EXPECT_THROW(database->write([](Tx& tx) {
        tx.execute("INSERT INTO counter (id, n) VALUES (1, 1)");
        throw std::runtime_error("no");
    }),
                 std::runtime_error);
    EXPECT_EQ(counters(), 0);
}

TEST_F(Contract, AFailedStatementFailsTheTransactionEvenWhenSwallowed) {
    add_counter(1, 1);
    EXPECT_EQ(code_of([&] {
                  database->write([](Tx& tx) {
                      tx.execute("INSERT INTO counter (id, n) VALUES (2, 2)");
                      EXPECT_THROW(tx.execute("INSERT INTO counter (id, n) VALUES (1, 1)"), Error);
                  });
              }),
              "sql.duplicate");
    EXPECT_EQ(counters(), 1);
}

TEST_F(Contract, WhatIsPostedIsThereForTheNextStatementAndAfterTheCommit) {
    database->write([](Tx& tx) {
        for (int i = 0; i < 500; ++i) {
            tx.post("INSERT INTO counter (id, n) VALUES ($1, 0)", i);
        }
        EXPECT_EQ(tx.execute("UPDATE counter SET n = 1"), 500);
        tx.post("UPDATE counter SET n = 2");
    });
    EXPECT_EQ(database->read(
                  [](Tx& tx) { return tx.find<std::int64_t>("SELECT CAST(SUM(n) AS BIGINT) FROM counter"); }),
              1000);
}

TEST_F(Contract, APostedStatementThatFailsFailsTheTransaction) {
    add_counter(1, 1);
    const auto post = [](Tx& tx) {
        tx.execute("INSERT INTO counter (id, n) VALUES (2, 2)");
        tx.post("INSERT INTO counter (id, n) VALUES (1, 1)");
    };
    const auto fault = [&](const std::function<void(Tx&)>& then) {
        return code_of([&] {
            database->write([&](Tx& tx) {
                post(tx);
                then(tx);
            });
        });
    };
    EXPECT_EQ(fault([](Tx&) {}), "sql.duplicate") << "at the commit";
    EXPECT_EQ(fault([](Tx& tx) { tx.execute("UPDATE counter SET n = 3"); }), "sql.duplicate");
    EXPECT_NE(fault([](Tx&) { throw Error(Fault::conflict, "test.refused"); }), "nothing thrown");
    EXPECT_EQ(counters(), 1);
    for (int i = 0; i < 20; ++i) {
        add_counter(10 + i, 0);  // no connection was left in a transaction that failed
    }
    EXPECT_EQ(counters(), 21);
}

TEST_F(Contract, OneFailureInABatchLeavesTheOthers) {
    std::binary_semaphore first_runs{0};
    std::binary_semaphore all_queued{0};
    std::counting_semaphore<> finished{0};
    std::atomic<int> failures{0};
    const auto done = [&](std::exception_ptr fault) {
        failures += fault ? 1 : 0;
        finished.release();
    };
    std::atomic<bool> waited{false};
    database->submit_write(
        [&](Tx&) {
            if (!waited.exchange(true)) {
                first_runs.release();
                all_queued.acquire();
            }
        },
        done);
    first_runs.acquire();
    for (int i = 0; i < 9; ++i) {
        database->submit_write(
            [i](Tx& tx) {
                tx.execute("INSERT INTO counter (id, n) VALUES ($1, 0)", i);
                if (i % 3 == 0) {
                    throw Error(Fault::conflict, "test.refused");
                }
            },
            done);
    }
    all_queued.release();
    for (int i = 0; i < 10; ++i) {
        finished.acquire();
    }
    EXPECT_EQ(failures, 3);
    EXPECT_EQ(counters(), 6);
}

TEST_F(Contract, AfterCommitRunsOnlyAfterACommit) {
    bool ran = false;
    bool ran_too_early = false;
    database->write([&](Tx& tx) {
        tx.after_commit([&] { ran = true; });
        ran_too_early = ran;
    });
    EXPECT_TRUE(ran);
    EXPECT_FALSE(ran_too_early);

    bool ran_in_vain = false;
    EXPECT_THROW(database->write([&](Tx& tx) {
        tx.after_commit([&] { ran_in_vain = true; });
        throw std::runtime_error("no");
    }),
                 std::runtime_error);
    EXPECT_FALSE(ran_in_vain);
}

TEST_F(Contract, AReadSeesOneSnapshot) {
    add_counter(1, 1);
    const auto seen = database->read([&](Tx& tx) {
        const auto before = tx.find<int>("SELECT n FROM counter WHERE id = 1").value();
        std::thread([&] {
            database->write([](Tx& other) { other.execute("UPDATE counter SET n = 2 WHERE id = 1"); });
        }).join();
        return std::pair(before, tx.find<int>("SELECT n FROM counter WHERE id = 1").value());
    });
    EXPECT_EQ(seen, std::pair(1, 1));
    EXPECT_EQ(counter(1), 2);
}

TEST_F(Contract, AReadMayNotWrite) {
    EXPECT_THROW(database->read([](Tx& tx) { tx.execute("INSERT INTO counter (id, n) VALUES (1, 1)"); }),
                 Error);
    EXPECT_EQ(counters(), 0);
}

TEST_F(Contract, SixtyFourThreadsTakeExactlyWhatIsThere) {
    constexpr int kThreads = 64;
    constexpr int kStock = 100;
    add_counter(1, kStock);
    std::atomic<std::int64_t> taken{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&] {
            for (int attempt = 0; attempt < 5; ++attempt) {
                taken += database->write([](Tx& tx) {
                    return tx.execute("UPDATE counter SET n = n - 1 WHERE id = 1 AND n >= 1");
                });
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(taken, kStock);
    EXPECT_EQ(counter(1), 0);
}

TEST_F(Contract, SixtyFourThreadsClaimAKeyOnce) {
    std::atomic<std::int64_t> winners{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 64; ++i) {
        threads.emplace_back([&, i] {
            winners += database->write([i](Tx& tx) {
                return tx.execute("INSERT INTO counter (id, n) VALUES (1, $1) ON CONFLICT DO NOTHING", i);
            });
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(winners, 1);
}

/// Two processes on one database are two Databases; the embedded engine has no second one.
TEST_F(Contract, WhatIsToldReachesTheOthersAndNotOneself) {
    if (database->engine() == "sqlite") {
        GTEST_SKIP() << "the embedded engine serves one process";
    }
    const auto other = database.open_again();
    std::binary_semaphore heard{0};
    std::string text;
    std::atomic<int> own{0};
    database->hear_others([&](const std::optional<std::string>&) { ++own; });
    other->hear_others([&](std::optional<std::string> message) {
        text = message.value_or("");
        heard.release();
    });
    // The other may not be listening yet.
    for (int i = 0; i < 300 && !heard.try_acquire_for(100ms); ++i) {
        database->tell_others("卡片 '1'");
    }
    EXPECT_EQ(text, "卡片 '1'");
    EXPECT_EQ(own, 0);
    other->hear_others({});
    database->hear_others({});
}

TEST_F(Contract, ADuplicateIsAConflict) {
    add_counter(1, 1);
    EXPECT_EQ(code_of([&] { add_counter(1, 2); }), "sql.duplicate");
}

TEST_F(Contract, ABrokenReferenceIsAConflict) {
    database->write([](Tx& tx) {
        tx.execute(
            "CREATE TABLE child (id BIGINT PRIMARY KEY, parent BIGINT NOT NULL REFERENCES counter (id))");
    });
    EXPECT_EQ(
        code_of([&] {
            database->write([](Tx& tx) { tx.execute("INSERT INTO child (id, parent) VALUES (1, 99)"); });
        }),
        "sql.reference");
}

TEST_F(Contract, ABrokenCheckIsABug) {
    EXPECT_EQ(code_of([&] { add_counter(1, -1); }), "sql.statement");
}

TEST_F(Contract, WrongSqlIsABug) {
    EXPECT_EQ(code_of([&] { database->write([](Tx& tx) { tx.execute("SELEKT 1"); }); }), "sql.statement");
}

TEST(Postgres, WhatTakesItsTimeIsNotStoppedAndTheNextIs) {
    auto url = testing::test_database_url();
    if (url.starts_with("sqlite")) {
        GTEST_SKIP() << "nothing stops a statement there";
    }
    url += url.find('?') == std::string::npos ? "?" : "&";
    const TestDatabase database(Schema::none, url + "statement_timeout_ms=100&writers=1");
    const auto code = [&](const std::function<void(Tx&)>& work) {
        try {
            database->write(work);
        } catch (const Error& error) {
            return error.code();
        }
        return std::string("done");
    };
    const auto wait = [](Tx& tx) { tx.list<std::string>("SELECT CAST(pg_sleep(5.3) AS TEXT)"); };
    EXPECT_EQ(code([&](Tx& tx) {
                  tx.take_time();
                  wait(tx);
              }),
              "done")
        << "longer than the server's bound and our own patience";
    EXPECT_EQ(code(wait), "sql.timeout");
}

}  // namespace
}  // namespace educard::sql
