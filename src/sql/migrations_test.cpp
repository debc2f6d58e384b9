#include "sql/sql.hpp"
#include "sql/statements.hpp"
#include "testing/test_database.hpp"

#include <algorithm>
#include <barrier>
#include <gtest/gtest.h>
#include <thread>

namespace educard::sql {
namespace {

using testing::Schema;
using testing::TestDatabase;

const Migration kFirst{
    1, "0001_first", "CREATE TABLE a (id BIGINT PRIMARY KEY); CREATE INDEX a_id ON a (id);"};
const Migration kSecond{2, "0002_second", "INSERT INTO a (id) VALUES (7);"};

std::vector<int> run(Database& database, std::vector<Migration> migrations) {
    return migrate(database, migrations);
}

std::string code_of(Database& database, std::vector<Migration> migrations) {
    try {
        run(database, std::move(migrations));
    } catch (const Error& error) {
        return error.code();
    }
    return "nothing thrown";
}

TEST(Migrations, EachStepRunsOnce) {
    const TestDatabase database(Schema::none);
    EXPECT_EQ(run(*database, {kFirst}), std::vector<int>({1}));
    EXPECT_EQ(run(*database, {kFirst, kSecond}), std::vector<int>({2}));
    EXPECT_EQ(run(*database, {kFirst, kSecond}), std::vector<int>());
    EXPECT_EQ(database->read([](Tx& tx) { return tx.list<int>("SELECT id FROM a"); }), std::vector<int>({7}));
}

TEST(Migrations, AStepOfAnOlderModuleMayComeLater) {
    const TestDatabase database(Schema::none);
    EXPECT_EQ(run(*database, {kFirst, {10, "0010_x", "CREATE TABLE x (id BIGINT PRIMARY KEY);"}}).size(), 2U);
    EXPECT_EQ(run(*database, {kFirst, kSecond, {10, "0010_x", "CREATE TABLE x (id BIGINT PRIMARY KEY);"}}),
              std::vector<int>({2}));
}

TEST(Migrations, ANewerDatabaseIsRefused) {
    const TestDatabase database(Schema::none);
    run(*database, {kFirst, kSecond});
    EXPECT_EQ(code_of(*database, {kFirst}), "sql.newer_database");
}

TEST(Migrations, AProgramThatCanDoWithoutTheNewStepsGoesOn) {
    const TestDatabase database(Schema::none);
    auto expand = kSecond;
    expand.needs = 0;
    run(*database, {kFirst, expand});
    EXPECT_EQ(run(*database, {kFirst}), std::vector<int>());
}

TEST(Migrations, AStepThatTakesAwayIsForThoseWhoKnowWhatReplacedIt) {
    const TestDatabase database(Schema::none);
    const Migration expand{2, "0002_expand", "CREATE TABLE b (id BIGINT PRIMARY KEY);", 0};
    const Migration contract{3, "0003_contract", "DROP TABLE a;", 2};
    run(*database, {kFirst, expand, contract});
    EXPECT_EQ(code_of(*database, {kFirst, expand}), "nothing thrown");
    EXPECT_EQ(code_of(*database, {kFirst}), "sql.newer_database");
}

TEST(Migrations, SayWhichStepsRunningProgramsCannotGoOnWith) {
    const TestDatabase database(Schema::none);
    const Migration expand{2, "0002_expand", "CREATE TABLE b (id BIGINT PRIMARY KEY);", 0};
    const Migration contract{3, "0003_contract", "DROP TABLE a;", 2};
    const auto steps = [&](std::vector<Migration> migrations) {
        return disruptive_steps(*database, migrations);
    };
    using Names = std::vector<std::string>;
    EXPECT_EQ(steps({kFirst}), Names()) << "nobody runs on nothing";
    run(*database, {kFirst});
    EXPECT_EQ(steps({kFirst, kSecond}), Names({"0002_second"}));
    EXPECT_EQ(steps({kFirst, expand}), Names());
    EXPECT_EQ(steps({kFirst, expand, contract}), Names({"0003_contract"})) << "two releases at once";
    run(*database, {kFirst, expand});
    EXPECT_EQ(steps({kFirst, expand, contract}), Names());
}

TEST(Migrations, AnEditedStepIsRefusedAndNothingRuns) {
    const TestDatabase database(Schema::none);
    run(*database, {kFirst});
    auto edited = kFirst;
    edited.sql += " ";
    EXPECT_EQ(code_of(*database, {edited, kSecond}), "sql.edited_migration");
    EXPECT_EQ(database->read([](Tx& tx) { return tx.list<int>("SELECT id FROM a"); }), std::vector<int>());
}

TEST(Migrations, AStepThatFailsHalfWayLeavesNothing) {
    const TestDatabase database(Schema::none);
    const Migration broken{
        1, "0001_broken", "CREATE TABLE a (id BIGINT PRIMARY KEY); CREATE TABLE a (id BIGINT);"};
    EXPECT_EQ(code_of(*database, {broken}), "sql.statement");
    EXPECT_EQ(run(*database, {kFirst}), std::vector<int>({1}));
}

TEST(Migrations, TheProgramsOwnStepsBuildASoundDatabase) {
    const TestDatabase database(Schema::all);
    EXPECT_EQ(database->integrity_faults(), std::vector<std::string>());
    EXPECT_EQ(run(*database, embedded_migrations(database->engine())), std::vector<int>());
}

TEST(Migrations, ProcessesThatStartAtTheSameMomentDoNotFail) {
    constexpr std::size_t kProcesses = 6;
    constexpr int kRounds = 10;
    for (int round = 0; round < kRounds; ++round) {
        const TestDatabase database(Schema::none);
        std::vector<std::unique_ptr<Database>> others(kProcesses);
        std::ranges::generate(others, [&] { return database.open_again(); });
        std::vector<std::string> codes(kProcesses);
        {
            std::barrier start(static_cast<std::ptrdiff_t>(kProcesses));
            std::vector<std::jthread> threads;
            for (std::size_t at = 0; at < kProcesses; ++at) {
                threads.emplace_back([&, at] {
                    start.arrive_and_wait();
                    codes[at] = code_of(*others[at], {kFirst, kSecond});
                });
            }
        }
        EXPECT_EQ(codes, std::vector<std::string>(kProcesses, "nothing thrown"));
    }
}

TEST(Statements, AreCutAtSemicolonsOutsideOfTextAndComments) {
    EXPECT_EQ(split_statements("a; b;\n\n"), std::vector<std::string>({"a", "b"}));
    EXPECT_EQ(split_statements("a ';' \";\" -- ; c'\n b; /* ; ' */ d"),
              std::vector<std::string>({"a ';' \";\"   b", "d"}));
    EXPECT_EQ(split_statements("x 'it''s; fine'; y"), std::vector<std::string>({"x 'it''s; fine'", "y"}));
    EXPECT_TRUE(split_statements("-- nothing\n; ;").empty());
    EXPECT_EQ(split_statements("CREATE TRIGGER t AFTER INSERT ON a BEGIN b; c;\nEND; d"),
              std::vector<std::string>({"CREATE TRIGGER t AFTER INSERT ON a BEGIN b; c;\nEND", "d"}));
    EXPECT_EQ(split_statements("a - b / c"), std::vector<std::string>({"a - b / c"}));
}

}  // namespace
}  // namespace educard::sql
