#pragma once
// A database for one test: empty or with the program's whole schema, gone with the object. On PostgreSQL it
// is a schema of its own in the database that is named.
//
//   testing::TestDatabase database;                       // migrated, in memory
//   testing::TestDatabase database(testing::Schema::none);
//   database->write([](sql::Tx& tx) { … });

#include "sql/sql.hpp"

#include <memory>
#include <string>

namespace educard::testing {

enum class Schema { none, all };

/// Where the engine contract runs: "sqlite::memory:", or what EDUCARD_TEST_DATABASE says.
std::string test_database_url();

class TestDatabase {
public:
    explicit TestDatabase(Schema schema = Schema::all);
    TestDatabase(Schema schema, const std::string& url);
    ~TestDatabase();
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;

    sql::Database& operator*() const { return *database_; }
    /// The same database, as another process would have it open.
    std::unique_ptr<sql::Database> open_again() const { return sql::open(url_); }

    sql::Database* operator->() const { return database_.get(); }

private:
    std::unique_ptr<sql::Database> open(const std::string& url);

    std::string url_;
    std::string postgres_schema_;
    std::unique_ptr<sql::Database> database_;
};

/// A folder for one test, removed with everything in it.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::string& path() const { return path_; }
    std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

}  // namespace educard::testing
