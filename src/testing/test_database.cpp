#include "testing/test_database.hpp"

#include "crypto/random.hpp"

#include <cstdlib>
#include <filesystem>

namespace educard::testing {

std::string test_database_url() {
    const char* url = std::getenv("EDUCARD_TEST_DATABASE");  // NOLINT(concurrency-mt-unsafe): nobody sets it
    return url == nullptr ? "sqlite::memory:" : url;
}

TestDatabase::~TestDatabase() {
    if (!postgres_schema_.empty()) {
        database_->write([&](sql::Tx& tx) { tx.execute("DROP SCHEMA " + postgres_schema_ + " CASCADE"); });
    }
}

std::unique_ptr<sql::Database> TestDatabase::open(const std::string& url) {
    if (!url.starts_with("postgresql:")) {
        url_ = url;
        return sql::open(url_);
    }
    std::array<std::uint8_t, 8> name{};
    crypto::SystemRandom().fill(name);
    postgres_schema_ = "test_" + to_hex(name);
    url_ = url + (url.contains('?') ? "&" : "?") + "readers=2&writers=2&schema=" + postgres_schema_;
    return sql::open(url_);
}

TestDatabase::TestDatabase(Schema schema) : TestDatabase(schema, test_database_url()) {}

TestDatabase::TestDatabase(Schema schema, const std::string& url) : database_(open(url)) {
    if (schema == Schema::all) {
        const auto migrations = sql::embedded_migrations(database_->engine());
        sql::migrate(*database_, migrations);
    }
}

TemporaryFolder::TemporaryFolder()
    : path_((std::filesystem::temp_directory_path() / "educard-test-XXXXXX").string()) {
    EDU_ASSERT(::mkdtemp(path_.data()) != nullptr);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code fault;
    std::filesystem::remove_all(path_, fault);
}

}  // namespace educard::testing
