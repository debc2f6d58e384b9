#include "http/bind.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace educard::http {

enum class Verdict { approve, send_back };
BOOST_DESCRIBE_ENUM(Verdict, approve, send_back)

struct DecideInput {
    ApplicationId id;
    Verdict verdict{};
    std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(DecideInput, (), (id, verdict, reason))

struct ListInput {
    std::string query;
    std::optional<int> limit;
    std::vector<Verdict> verdicts;
};
BOOST_DESCRIBE_STRUCT(ListInput, (), (query, limit, verdicts))

struct Item {
    ApplicationId id;
    std::string text;
};
BOOST_DESCRIBE_STRUCT(Item, (), (id, text))

namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

Item decide(const Caller&, const DecideInput& input) {
    return {input.id, input.reason.value_or("")};
}

Response call(const Endpoint& endpoint, const Arguments& arguments) {
    const auto input = endpoint.parse(arguments);
    const Upload upload{.path = "/tmp/x", .bytes = 3, .content_type = "text/csv"};
    return endpoint.run(nullptr, Caller{}, input.get(), &upload);
}

std::vector<FieldError> errors_of(const Endpoint& endpoint, const Arguments& arguments) {
    try {
        static_cast<void>(endpoint.parse(arguments));
    } catch (const Error& error) {
        return error.fields();
    }
    return {};
}

TEST(Bind, PathAndBodyMakeOneInput) {
    const Parameters path{{"id", "42"}};
    const auto response = call(blocking(&decide), {path, {}, R"({"verdict":"approve","reason":"好"})", true});
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, R"({"id":"42","text":"好"})");
}

TEST(Bind, ErrorsOfPathAndBodyComeTogether) {
    const Parameters path{{"id", "x"}};
    const Parameters query{{"verdict", "approve"}};
    EXPECT_THAT(errors_of(blocking(&decide), {path, query, R"({"id":"7","reason":3})", true}),
                UnorderedElementsAre(FieldError{"id", "value"},
                                     FieldError{"id", "unknown"},
                                     FieldError{"verdict", "required"},
                                     FieldError{"reason", "type"},
                                     FieldError{"verdict", "unknown"}));
}

TEST(Bind, AnEmptyBodyIsAnEmptyObject) {
    const Parameters path{{"id", "1"}};
    EXPECT_THAT(errors_of(blocking(&decide), {path, {}, "", true}),
                ElementsAre(FieldError{"verdict", "required"}));
}

TEST(Bind, QueriesFillTheInput) {
    const auto endpoint = blocking([](const Caller&, const ListInput& input) {
        Page<Item> page;
        page.items.push_back({ApplicationId{input.limit.value_or(0)}, input.query});
        page.items.push_back({ApplicationId{static_cast<std::int64_t>(input.verdicts.size())}, "verdicts"});
        return page;
    });
    const Parameters query{
        {"query", "张"}, {"limit", "5"}, {"verdicts", "approve,send_back"}, {"verdicts", "approve"}};
    EXPECT_EQ(call(endpoint, {{}, query, "", false}).body,
              R"({"items":[{"id":"5","text":"张"},{"id":"3","text":"verdicts"}],"next":null})");
    const Parameters twice{
        {"query", "a"}, {"query", "b"}, {"limit", "five"}, {"size", "1"}, {"verdicts", "no"}};
    EXPECT_THAT(errors_of(endpoint, {{}, twice, "", false}),
                UnorderedElementsAre(FieldError{"query", "too_many"},
                                     FieldError{"limit", "value"},
                                     FieldError{"size", "unknown"},
                                     FieldError{"verdicts[0]", "value"}));
}

TEST(Bind, ResultsChooseTheStatus) {
    const Arguments none{{}, {}, "", false};
    EXPECT_EQ(call(blocking([](const Caller&) {}), none).status, 204);
    EXPECT_EQ(call(blocking([](const Caller&) { return Created<Item>{Item{}}; }), none).status, 201);
    EXPECT_EQ(call(blocking([](const Caller&) { return Accepted<Item>{Item{}}; }), none).status, 202);
    const auto reply =
        call(blocking([](const Caller&) {
                 return Reply<Created<Item>>{Created<Item>{Item{}}, {Header{"Set-Cookie", "a=b"}}};
             }),
             none);
    EXPECT_EQ(reply.status, 201);
    EXPECT_EQ(reply.headers.at(0).value, "a=b");
    EXPECT_EQ(call(blocking([](const Caller&) { return Reply<NoContent>{}; }), none).status, 204);
}

TEST(Bind, DownloadsKeepForeignFileNames) {
    const auto response = call(
        blocking([](const Caller&) { return Download{"text/csv", "a,b", "名 册.csv", 0, std::nullopt}; }),
        {{}, {}, "", false});
    EXPECT_EQ(response.headers.at(0).value,
              "attachment; filename=\"_______.csv\"; filename*=UTF-8''%E5%90%8D%20%E5%86%8C.csv");
}

TEST(Bind, UploadsReachTheFunction) {
    const auto endpoint = upload([](const Caller&, const Upload& file) { return file.content_type; });
    EXPECT_EQ(call(endpoint, {{}, {}, "", false}).body, R"("text/csv")");
}

TEST(Bind, FunctionsOverATransactionBind) {
    const auto reading = read([](sql::Tx&, const Caller&, const ListInput&) { return std::vector<Item>(); });
    EXPECT_EQ(reading.kind, Endpoint::Kind::read);
    EXPECT_NE(reading.result, nullptr);
    const auto streaming = events([](sql::Tx&, const Caller&) { return Subscription{{"a"}}; });
    EXPECT_EQ(streaming.result_type, "text/event-stream");
    EXPECT_EQ(streaming.result, nullptr);
}

TEST(Routes, FaultyDeclarationsAreNamed) {
    Routes routes;
    routes.get("/api/v1/items/{id}", blocking(&decide)).summary("x").anyone();
    routes.get("/api/v1/items/{item}", blocking(&decide)).summary("x").anyone();
    routes.post("/api/v1/items", blocking(&decide));
    routes.get("/api/v1/mine", immediate([](const Caller&) { return Item{}; })).summary("x").signed_in();
    const auto faults = routes.faults();
    EXPECT_THAT(faults,
                UnorderedElementsAre("GET /api/v1/items/{item}: the input has no member item",
                                     "/api/v1/items/{item}: is declared twice",
                                     "POST /api/v1/items: says not who may call it",
                                     "POST /api/v1/items: has no summary",
                                     "GET /api/v1/mine: nobody looks up who is calling, so it must be "
                                     "for anyone"));
    EXPECT_EQ(routes.list().front()->tag, "items");
}

}  // namespace

}  // namespace educard::http
