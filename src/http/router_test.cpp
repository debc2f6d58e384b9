#include "http/router.hpp"

#include "http/bind.hpp"
#include "http/either_way.hpp"
#include "testing/call.hpp"
#include "testing/test_database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace educard::http {

struct NoteInput {
    OrganisationId id;
    std::string text;
    std::optional<bool> fail;
};
BOOST_DESCRIBE_STRUCT(NoteInput, (), (id, text, fail))

struct Note {
    std::string text;
};
BOOST_DESCRIBE_STRUCT(Note, (), (text))

struct FileInput {
    std::string name;
};
BOOST_DESCRIBE_STRUCT(FileInput, (), (name))

namespace {

using ::testing::HasSubstr;

class RouterTest : public ::testing::Test {
protected:
    RouterTest() {
        database_->write([](sql::Tx& tx) { tx.execute("CREATE TABLE note (text TEXT PRIMARY KEY)"); });
        declare();
        api_ = std::make_unique<testing::Api>(*database_, routes_);
    }

    void declare() {
        routes_
            .put("/api/v1/organisations/{id}/note",
                 write([](sql::Tx& tx, const Caller&, const NoteInput& input) {
                     tx.execute("INSERT INTO note (text) VALUES ($1)", input.text);
                     if (input.fail.value_or(false)) {
                         throw Error(Fault::conflict, "http.busy");
                     }
                     return Note{input.text};
                 }))
            .summary("Writes a note")
            .allow({Role::school_admin});
        routes_
            .get("/api/v1/notes", read([](sql::Tx& tx, const Caller&) {
                     return Page<std::string>{tx.list<std::string>("SELECT text FROM note ORDER BY text"),
                                              {}};
                 }))
            .summary("Lists notes")
            .anyone();
        routes_
            .get("/api/v1/me", read([](sql::Tx&, const Caller& caller) {
                     return Note{std::to_string(caller.account.value) + " " + caller.network};
                 }))
            .summary("Who I am")
            .signed_in();
        routes_
            .post("/api/v1/hashes", blocking([this](const Caller&, const FileInput& input) {
                      database_->write([&](sql::Tx& tx) {
                          tx.execute("INSERT INTO note (text) VALUES ($1)", input.name);
                      });
                  }))
            .summary("Works on the CPU pool")
            .anyone();
        routes_
            .post("/api/v1/files", upload([](const Caller&, const FileInput& input, const Upload& file) {
                      return Note{input.name + " " + std::to_string(file.bytes)};
                  }))
            .summary("Takes a file")
            .anyone();
        routes_
            .get("/api/v1/constants", immediate([this](const Caller& caller, const FileInput& input) {
                     answered_on_ = std::this_thread::get_id();
                     if (input.name == "fail") {
                         throw Error(Fault::not_found, "http.not_found");
                     }
                     return Note{input.name + (caller.signed_in() ? " known" : " unknown")};
                 }))
            .summary("Needs no database")
            .anyone();
        routes_
            .post(
                "/api/v1/marks",
                brief(write_unless([](const Caller&, const FileInput& input) { return input.name == "look"; },
                                   [this](sql::Tx& tx, const Caller&, const FileInput& input) {
                                       answered_on_ = std::this_thread::get_id();
                                       if (input.name != "look") {
                                           tx.execute("INSERT INTO note (text) VALUES ($1)", input.name);
                                       }
                                       return Note{input.name};
                                   })))
            .summary("Writes, or only looks")
            .anyone();
        routes_
            .get("/api/v1/broken",
                 read([](sql::Tx&, const Caller&) -> Note { throw std::runtime_error("secret"); }))
            .summary("Fails")
            .anyone();
    }

    testing::TestDatabase database_{testing::Schema::none};
    std::thread::id answered_on_;
    Routes routes_;
    std::unique_ptr<testing::Api> api_;
    Caller admin_ = testing::caller_with(Role::school_admin, OrganisationId{7}, "/1/7/");
};

TEST_F(RouterTest, AWriteIsThereForTheNextRead) {
    const auto written = api_->put("/api/v1/organisations/7/note", R"({"text":"你好"})", admin_);
    EXPECT_EQ(written.status, 200);
    EXPECT_EQ(written.body, R"({"text":"你好"})");
    EXPECT_EQ(api_->get("/api/v1/notes").body, R"({"items":["你好"],"next":null})");
}

TEST_F(RouterTest, ARefusedWriteLeavesNothingBehind) {
    const auto refused = api_->put("/api/v1/organisations/7/note", R"({"text":"x","fail":true})", admin_);
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(api_->get("/api/v1/notes").body, R"({"items":[],"next":null})");
}

TEST_F(RouterTest, AnImmediateRouteAnswersOnTheCallersThreadAndKnowsNobody) {
    const auto answer = api_->get("/api/v1/constants?name=x", admin_);
    EXPECT_EQ(answer.body, R"({"text":"x unknown"})");
    EXPECT_EQ(answered_on_, std::this_thread::get_id());
    EXPECT_EQ(api_->get("/api/v1/constants?name=fail").status, 404);
    EXPECT_EQ(api_->get("/api/v1/constants").status, 422);
}

TEST_F(RouterTest, AWriteThatOnlyLooksNeedNotWaitForTheWriter) {
    EXPECT_EQ(api_->post("/api/v1/marks", R"({"name":"look"})").body, R"({"text":"look"})");
    const bool is_inside = database_->engine() == "sqlite";
    EXPECT_EQ(answered_on_ == std::this_thread::get_id(), is_inside);
    EXPECT_EQ(api_->post("/api/v1/marks", R"({"name":"x"})").status, 200);
    EXPECT_NE(answered_on_, std::this_thread::get_id());
    EXPECT_EQ(api_->get("/api/v1/notes").body, R"({"items":["x"],"next":null})");
}

TEST_F(RouterTest, OnlyTheDeclaredRolesMayCall) {
    const std::string body = R"({"text":"x"})";
    EXPECT_EQ(api_->put("/api/v1/organisations/7/note", body).status, 401);
    const auto teacher = testing::caller_with(Role::class_teacher, OrganisationId{7}, "/1/7/");
    const auto refused = api_->put("/api/v1/organisations/7/note", body, teacher);
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.code(), "http.role_required");
    EXPECT_EQ(api_->get("/api/v1/me").code(), "http.sign_in_required");
    EXPECT_EQ(api_->get("/api/v1/me", teacher).body, R"({"text":"1 192.0.2.1"})");
}

TEST_F(RouterTest, FieldErrorsAreProblemDetailsInTheCallersLanguage) {
    Request request{.method = "PUT", .target = "/api/v1/organisations/x/note"};
    request.accept_language = "en-GB,en;q=0.9,zh;q=0.1";
    request.content_type = "application/json; charset=utf-8";
    request.body = "{}";
    request.id = "r1";
    const auto answer = api_->send(request, admin_);
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(answer.content_type, "application/problem+json");
    EXPECT_EQ(
        answer.body,
        R"({"type":"/api#input.invalid","title":"Some of the input needs to be corrected.","status":422,)"
        R"("code":"input.invalid","errors":[{"path":"id","code":"value","message":"This value cannot be used."},)"
        R"({"path":"text","code":"required","message":"This is required."}],"request_id":"r1"})");
    request.accept_language = "";
    EXPECT_THAT(api_->send(request, admin_).body, HasSubstr("必填。"));
}

TEST_F(RouterTest, InternalErrorsKeepTheirDetails) {
    const auto answer = api_->get("/api/v1/broken");
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.code(), "http.internal");
    EXPECT_EQ(answer.body.find("secret"), std::string::npos);
}

TEST_F(RouterTest, BlockingWorkMayUseTheDatabase) {
    EXPECT_EQ(api_->post("/api/v1/hashes", R"({"name":"n"})").status, 204);
    EXPECT_EQ(api_->get("/api/v1/notes").body, R"({"items":["n"],"next":null})");
}

TEST_F(RouterTest, UploadsComeWithTheirQuery) {
    EXPECT_EQ(api_->upload("/api/v1/files?name=%E5%90%8D%20a+b", "12345", "text/csv").body,
              R"({"text":"名 a b 5"})");
    EXPECT_EQ(api_->upload("/api/v1/files", "12345", "text/csv").status, 422);
}

TEST_F(RouterTest, WhatIsNotDeclaredIsNotThere) {
    EXPECT_EQ(api_->get("/api/v1/nothing").code(), "http.not_found");
    EXPECT_EQ(api_->get("/api/v1/notes/").status, 404);
    EXPECT_EQ(api_->get("//api/v1/notes").status, 404);
    EXPECT_EQ(api_->get("/api/v1/organisations//note").status, 404);
    const auto refused = api_->post("/api/v1/notes", "{}");
    EXPECT_EQ(refused.status, 405);
    EXPECT_EQ(refused.header("Allow"), "OPTIONS, GET, HEAD");
    EXPECT_EQ(api_->send({.method = "OPTIONS", .target = "/api/v1/notes"}).status, 204);
    EXPECT_EQ(api_->send({.method = "BREW", .target = "/api/v1/notes"}).status, 405);
}

TEST_F(RouterTest, MalformedTargetsAreRefused) {
    for (const auto* target : {"/api/v1/organisations/%zz/note",
                               "/api/v1/organisations/%ff/note",
                               "/api/v1/organisations/%00/note",
                               "/api/v1/organisations/7/note?a=%"}) {
        EXPECT_EQ(api_->put(target, "{}", admin_).status, 400) << target;
    }
    EXPECT_EQ(api_->get("").status, 400);
    EXPECT_EQ(api_->get("/api/v1/notes?nonsense=1").status, 422);
}

TEST_F(RouterTest, ABodyMustSayThatItIsJson) {
    Request request{.method = "PUT", .target = "/api/v1/organisations/7/note"};
    request.content_type = "application/x-www-form-urlencoded";
    request.body = "text=x";
    EXPECT_EQ(api_->send(request, admin_).status, 415);
}

TEST_F(RouterTest, WritesWithACookieNeedTheSameOrigin) {
    const auto status = [&](std::string fetch_site, std::string origin, std::string cookie) {
        Request request{.method = "POST", .target = "/api/v1/hashes", .host = "card.example.cn"};
        request.fetch_site = std::move(fetch_site);
        request.origin = std::move(origin);
        request.cookie = std::move(cookie);
        return api_->send(request).status;
    };
    const std::string cookie = "__Host-educard=abc";
    EXPECT_EQ(status("cross-site", "", ""), 403);
    EXPECT_EQ(status("same-site", "", cookie), 403);
    EXPECT_EQ(status("", "https://evil.example", cookie), 403);
    EXPECT_EQ(status("", "null", cookie), 403);
    EXPECT_EQ(status("", "", cookie), 403);
    EXPECT_EQ(status("same-origin", "", cookie), 422);
    EXPECT_EQ(status("", "https://card.example.cn", cookie), 422);
    EXPECT_EQ(status("", "http://localhost:8080", cookie), 422);
    EXPECT_EQ(status("", "", ""), 422);
}

TEST(Request, APageWithoutTlsIsForeignToAnInstallationThatHasIt) {
    const auto is_foreign_from = [](std::string origin, std::string_view own_origin) {
        Request request{.method = "POST", .target = "/", .host = "card.example.cn"};
        request.origin = std::move(origin);
        return is_foreign(request, own_origin);
    };
    const std::string_view with_tls = "https://card.example.cn";
    EXPECT_FALSE(is_foreign_from("https://card.example.cn", with_tls));
    EXPECT_TRUE(is_foreign_from("http://card.example.cn", with_tls));
    EXPECT_TRUE(is_foreign_from("ftp://card.example.cn", with_tls));
    EXPECT_TRUE(is_foreign_from("HTTP://card.example.cn", with_tls));
    EXPECT_TRUE(is_foreign_from("card.example.cn", with_tls));
    // Reached by another of its names, by TLS too.
    EXPECT_FALSE(is_foreign_from("https://card.example.cn", "https://other.example.cn"));
    EXPECT_TRUE(is_foreign_from("http://card.example.cn", "https://other.example.cn"));
    // Without TLS, or when nobody said what browsers see.
    EXPECT_FALSE(is_foreign_from("http://card.example.cn", "http://localhost:8080"));
    EXPECT_FALSE(is_foreign_from("https://card.example.cn", "http://localhost:8080"));
}

TEST(Request, TheClientsNetworkComesFromTrustedProxiesOnly) {
    Request request;
    request.peer = "2001:db8:1:2:3:4:5:6";
    request.forwarded_for = "10.0.0.1, 203.0.113.9";
    EXPECT_EQ(client_network(request, {}), "2001:db8:1:2::/64");
    EXPECT_EQ(client_network(request, {"2001:db8:1:2:3:4:5:6"}), "203.0.113.9");
    EXPECT_EQ(client_network(request, {"2001:db8:1:2:3:4:5:6", "203.0.113.9"}), "10.0.0.1");
    request.forwarded_for = "nonsense";
    EXPECT_EQ(client_network(request, {"2001:db8:1:2:3:4:5:6"}), "unknown");
    request.peer = "::ffff:192.0.2.7";
    EXPECT_EQ(client_network(request, {}), "192.0.2.7");
}

TEST(Request, TheLanguageIsTheCookiesOrTheBrowsersChoice) {
    Request request;
    EXPECT_EQ(choose_language(request), Language::zh_cn);
    request.accept_language = "fr, en;q=0.8, zh;q=0.7";
    EXPECT_EQ(choose_language(request), Language::en);
    request.cookie = "a=b; educard_language=zh-CN";
    EXPECT_EQ(choose_language(request), Language::zh_cn);
}

}  // namespace

}  // namespace educard::http
