#include "sql/postgres/options.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace educard::sql::postgres {
namespace {

TEST(PostgresOptions, OtherProgramsGoToTheServerItselfAndGetThePasswordApart) {
    const auto options = parse_url(
        "postgresql://educard:se%27cret@pooler:6432/"
        "cards?pooling=transaction&direct_host=db&direct_port=5433");
    const auto found = directly_without_password(options);
    EXPECT_EQ(found.password, "se'cret");
    EXPECT_EQ(found.connection.find("se'cret"), std::string::npos);
    EXPECT_LT(found.connection.find("host='pooler'"), found.connection.find("host='db'"));  // the last holds
    EXPECT_LT(found.connection.find("port='6432'"), found.connection.find("port='5433'"));
    EXPECT_NE(found.connection.find("port='5433'"), std::string::npos);
}

TEST(PostgresOptions, WithoutAPoolerTheUrlItselfHolds) {
    const auto found = directly_without_password(parse_url("postgresql://educard@one,two/cards"));
    EXPECT_NE(found.connection.find("host='one,two'"), std::string::npos);
}

TEST(PostgresOptions, WhatIsWrongIsNamed) {
    try {
        parse_url("postgresql://educard@one/cards?writers=4&readers=many");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.fields().at(0).path, "database, readers");
    }
}

}  // namespace
}  // namespace educard::sql::postgres
