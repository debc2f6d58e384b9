#include "http/openapi.hpp"

#include "http/bind.hpp"
#include "http/system_pages.hpp"
#include "testing/test_database.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace educard::http {

enum class Mark { good, bad };
BOOST_DESCRIBE_ENUM(Mark, good, bad)

struct MarkInput {
    OrganisationId id;
    Mark mark{};
    std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(MarkInput, (), (id, mark, note))

struct Marked {
    OrganisationId id;
    std::vector<MarkInput> history;
};
BOOST_DESCRIBE_STRUCT(Marked, (), (id, history))

struct FindInput {
    std::string query;
    std::vector<Mark> marks;
};
BOOST_DESCRIBE_STRUCT(FindInput, (), (query, marks))

namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class OpenApi : public ::testing::Test {
protected:
    OpenApi() {
        routes_
            .put("/api/v1/organisations/{id}/mark",
                 write([](sql::Tx&, const Caller&, const MarkInput& input) {
                     return Created<Marked>{Marked{input.id, {}}};
                 }))
            .summary("Marks <it>")
            .allow({Role::school_admin})
            .errors({"http.busy"});
        routes_
            .get("/api/v1/organisations",
                 read([](sql::Tx&, const Caller&, const FindInput&) { return Page<Marked>{}; }))
            .summary("Finds")
            .anyone();
    }

    Routes routes_;
    Texts texts_;
};

TEST_F(OpenApi, TheDocumentSaysWhatTheTypesSay) {
    const auto document = boost::json::parse(openapi_document(routes_, "1.2.3"));
    EXPECT_EQ(document.at("openapi").as_string(), "3.1.0");
    const auto& put = document.at("paths").at("/api/v1/organisations/{id}/mark").at("put");
    EXPECT_EQ(
        boost::json::serialize(put.at("parameters")),
        R"([{"name":"id","in":"path","required":true,"schema":{"type":"string","pattern":"^[0-9]{1,19}$"}}])");
    EXPECT_EQ(
        boost::json::serialize(put.at("requestBody").at("content").at("application/json").at("schema")),
        R"({"type":"object","properties":{"mark":{"type":"string","enum":["good","bad"]},)"
        R"("note":{"type":["string","null"],"maxLength":4096}},"required":["mark"],"additionalProperties":false})");
    EXPECT_EQ(boost::json::serialize(put.at("responses").at("201").at("content")),
              R"({"application/json":{"schema":{"$ref":"#/components/schemas/http.Marked"}}})");
    EXPECT_EQ(boost::json::serialize(put.at("x-educard-roles")), R"(["school_admin"])");
    const auto& get = document.at("paths").at("/api/v1/organisations").at("get");
    EXPECT_FALSE(get.as_object().contains("security"));
    EXPECT_EQ(get.at("operationId").as_string(), "get_organisations");
    EXPECT_FALSE(get.at("parameters").at(1).at("required").as_bool());
    EXPECT_TRUE(document.at("components").at("schemas").as_object().contains("http.MarkedPage"));
}

TEST_F(OpenApi, ThePageHasNoScriptsAndEscapesWhatItShows) {
    const auto html = api_page(routes_, texts_, "1");
    EXPECT_THAT(html, HasSubstr("Marks &lt;it&gt;"));
    EXPECT_THAT(html, HasSubstr("id=\"http.Marked\""));
    EXPECT_THAT(html, Not(HasSubstr("<script")));
    EXPECT_THAT(html, Not(HasSubstr("style=")));
    EXPECT_THAT(html, HasSubstr("<html lang=\"en\">"));
}

TEST_F(OpenApi, SystemPagesAreServed) {
    testing::TestDatabase database(testing::Schema::none);
    Router router(routes_,
                  Services{.database = *database,
                           .texts = texts_,
                           .authenticate = {},
                           .run_on_cpu = {},
                           .limit = {},
                           .origin = "",
                           .trusted_proxies = {}});
    bool ready = false;
    add_system_pages(
        router, routes_, texts_, {"1", [&] { return ready; }, [] { return std::string("up 1\n"); }});
    const auto get = [&](std::string target, std::string peer, std::string forwarded_for) {
        Request request;
        request.target = std::move(target);
        request.peer = std::move(peer);
        request.forwarded_for = std::move(forwarded_for);
        return router.call(std::move(request));
    };
    EXPECT_EQ(get("/healthz", "192.0.2.1", "").status, 200);
    EXPECT_EQ(get("/readyz", "192.0.2.1", "").status, 503);
    ready = true;
    EXPECT_EQ(get("/readyz", "192.0.2.1", "").status, 200);
    EXPECT_EQ(get("/metrics", "127.0.0.1", "").body, "up 1\n");
    EXPECT_EQ(get("/metrics", "192.0.2.1", "").status, 404);
    EXPECT_EQ(get("/metrics", "127.0.0.1", "192.0.2.1").status, 404);
    EXPECT_THAT(std::string(get("/api/openapi.json", "", "").shared_body), HasSubstr("\"openapi\""));
    EXPECT_EQ(get("/api", "", "").content_type, "text/html; charset=utf-8");
}

}  // namespace

}  // namespace educard::http
