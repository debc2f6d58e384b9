#include "http/routes.hpp"

#include "runtime/texts.hpp"
#include "testing/accounts_world.hpp"
#include "testing/call.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <fmt/format.h>

namespace educard::accounts {
namespace {

using testing::AccountsWorld;

class AccountRoutesTest : public ::testing::Test {
protected:
    AccountRoutesTest() {
        add_routes(routes_, world_.accounts);
        api_ = std::make_unique<testing::Api>(
            *world_.database, routes_, [this](sql::Tx& tx, std::string_view token) {
                return world_.accounts.authenticate(tx, token);
            });
    }

    std::string sign_in_body(std::string_view login, std::string_view password, std::string_view transport) {
        const auto captcha = world_.captcha();
        return fmt::format(
            R"({{"login":"{}","password":"{}","captcha":{{"id":"{}","answer":"{}"}},"transport":"{}"}})",
            login,
            password,
            captcha.id.value,
            captcha.answer,
            transport);
    }
    testing::Answer with_token(std::string method,
                               std::string target,
                               std::string_view token,
                               std::string body = "") {
        http::Request request;
        request.method = std::move(method);
        request.target = std::move(target);
        request.authorization = "Bearer " + std::string(token);
        if (!body.empty()) {
            request.content_type = "application/json";
            request.body = std::move(body);
        }
        return api_->send(std::move(request));
    }

    AccountsWorld world_;
    http::Routes routes_;
    std::unique_ptr<testing::Api> api_;
};

TEST_F(AccountRoutesTest, ACaptchaIsForAnybody) {
    const auto answer = api_->post("/api/v1/captchas", R"({"form":"text","language":"en"})");
    EXPECT_EQ(answer.status, 201);
    EXPECT_TRUE(answer.json().at("question").is_string());
    EXPECT_EQ(api_->post("/api/v1/captchas", R"({"form":"smell"})").status, 422);
}

TEST_F(AccountRoutesTest, ACookieIsOutOfReachForScriptsAndOtherSites) {
    world_.register_adult("wanglei");
    const auto answer =
        api_->post("/api/v1/sessions", sign_in_body("wanglei", AccountsWorld::kPassword, "cookie"));
    ASSERT_EQ(answer.status, 201) << answer.body;
    const auto cookie = answer.header("Set-Cookie");
    EXPECT_TRUE(cookie.starts_with("__Host-educard="));
    for (const auto* flag :
         {"; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/", "; Max-Age=7776000"}) {
        EXPECT_NE(cookie.find(flag), std::string::npos) << flag;
    }
    const auto body = answer.json();
    EXPECT_FALSE(body.as_object().contains("token") && body.at("token").is_string());
    EXPECT_EQ(body.at("me").at("user_name").as_string(), "wanglei");
}

TEST_F(AccountRoutesTest, ATokenOpensWhatIsOnesOwnUntilSignedOut) {
    world_.register_adult("wanglei");
    const auto answer =
        api_->post("/api/v1/sessions", sign_in_body("wanglei", AccountsWorld::kPassword, "token"));
    ASSERT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(answer.header("Set-Cookie"), "");
    const std::string token(answer.json().at("token").as_string());
    const std::string session(answer.json().at("session_id").as_string());
    EXPECT_EQ(with_token("GET", "/api/v1/me", token).status, 200);
    EXPECT_EQ(with_token("GET", "/api/v1/sessions", token).status, 200);
    EXPECT_EQ(with_token("GET", "/api/v1/me/sign-ins?limit=1", token).status, 200);
    EXPECT_EQ(with_token("GET", "/api/v1/me/consents", token).body, "[]");
    EXPECT_EQ(with_token("PATCH", "/api/v1/me", token, R"({"language":"zh_cn"})").status, 200);
    const auto out = with_token("DELETE", "/api/v1/sessions/" + session, token);
    EXPECT_EQ(out.status, 204);
    EXPECT_NE(out.header("Set-Cookie").find("Max-Age=0"), std::string::npos);
    EXPECT_EQ(with_token("GET", "/api/v1/me", token).status, 401);
}

TEST_F(AccountRoutesTest, AFailedSignInSaysTheSameForEverybody) {
    world_.register_adult("wanglei");
    const auto wrong = api_->post("/api/v1/sessions", sign_in_body("wanglei", "wrong guess", "token"));
    const auto unknown = api_->post("/api/v1/sessions", sign_in_body("nobody", "wrong guess", "token"));
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(unknown.status, 401);
    EXPECT_EQ(wrong.code(), unknown.code());
    EXPECT_EQ(wrong.json().at("title"), unknown.json().at("title"));
}

TEST_F(AccountRoutesTest, RegisteringSignsIn) {
    const auto captcha = world_.captcha();
    const auto body = fmt::format(
        R"({{"document":{{"kind":"resident_id","number":"{}"}},"name":"王小明","user_name":"wanglei",
             "password":"three blue kites","captcha":{{"id":"{}","answer":"{}"}},"transport":"token"}})",
        testing::national_id("19900315", 1),
        captcha.id.value,
        captcha.answer);
    const auto answer = api_->post("/api/v1/accounts", body);
    ASSERT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(answer.body.find(testing::national_id("19900315", 1)), std::string::npos);
    EXPECT_EQ(with_token("GET", "/api/v1/me", answer.json().at("token").as_string()).status, 200);
    const auto again = api_->post("/api/v1/accounts", body);
    EXPECT_EQ(again.status, 422);
    EXPECT_EQ(again.body.find(testing::national_id("19900315", 1)), std::string::npos);
}

TEST_F(AccountRoutesTest, ThePolicyIsThereInBothLanguages) {
    const auto chinese = api_->get("/api/v1/policies/current?language=zh_cn");
    const auto english = api_->get("/api/v1/policies/current?language=en");
    EXPECT_EQ(chinese.json().at("version"), english.json().at("version"));
    EXPECT_NE(chinese.json().at("text"), english.json().at("text"));
}

TEST_F(AccountRoutesTest, WhatIsOnesOwnNeedsASignIn) {
    for (const auto* path :
         {"/api/v1/me", "/api/v1/sessions", "/api/v1/me/sign-ins", "/api/v1/me/consents"}) {
        EXPECT_EQ(api_->get(path).status, 401) << path;
    }
    EXPECT_EQ(api_->get("/api/v1/appointments?organisation_id=32").status, 401);
    const auto opened = world_.register_adult("wanglei");
    EXPECT_EQ(with_token("GET", "/api/v1/appointments?organisation_id=32", opened.token).status, 403);
}

}  // namespace
}  // namespace educard::accounts
