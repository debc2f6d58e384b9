// What time does to codes and tokens, which no test from outside can wait for.
#include "modules/oidc/oidc.hpp"

#include "base/error.hpp"
#include "crypto/digest.hpp"
#include "testing/accounts_world.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <gtest/gtest.h>

namespace educard::oidc {

namespace {

using namespace std::chrono_literals;

class Everybody final : public People {
public:
    std::optional<Standing> find_standing(sql::Tx&, AccountId) const override { return Standing{}; }
    std::optional<Person> find(sql::Tx&, AccountId) const override {
        Person person;
        person.id = PersonId{9};
        person.name = "王小明";
        return person;
    }
    std::optional<std::string> name_of(sql::Tx&, AccountId) const override { return "王小明"; }
    bool hold_session(sql::Tx&, AccountId, SessionId) const override { return true; }
};

class OidcTest : public ::testing::Test {
protected:
    OidcTest() {
        oidc_.renew_keys();
        const auto made = world_.database->write([&](sql::Tx& tx) {
            return oidc_.register_app(tx,
                                      Caller{},
                                      {.organisation_id = OrganisationId{32},
                                       .name = "口算",
                                       .purpose = "布置作业",
                                       .authentication = Authentication::client_secret,
                                       .redirect_uris = {"https://app.example.com/cb"},
                                       .essential = {Claim::name},
                                       .voluntary = {},
                                       .id_token_algorithm = Algorithm::ES256,
                                       .keys = "",
                                       .service = true});
        });
        app_ = made.app;
        as_app_.authorization =
            "Basic " + to_base64(as_bytes(std::to_string(app_.id.value) + ":" + *made.secret));
        person_.account = AccountId{5};
        person_.person = PersonId{9};
        person_.session = world_.ids.next<SessionId>();
        person_.methods = "pwd";
    }

    std::string code() {
        AuthorizationInput input;
        input.client_id = std::to_string(app_.id.value);
        input.redirect_uri = "https://app.example.com/cb";
        input.response_type = "code";
        input.scope = "openid profile offline_access";
        input.code_challenge = to_base64url(crypto::sha256(verifier_));
        input.code_challenge_method = "S256";
        input.allowed = true;
        const auto step =
            world_.database->write([&](sql::Tx& tx) { return oidc_.authorize(tx, person_, input); });
        const auto url = boost::urls::parse_uri(step.location.value()).value();
        return (*url.params().find("code")).value;
    }

    /// Empty when it is refused.
    boost::json::object change(const std::string& code) {
        TokenInput input;
        input.grant_type = "authorization_code";
        input.code = code;
        input.redirect_uri = "https://app.example.com/cb";
        input.code_verifier = verifier_;
        return ask(input);
    }

    boost::json::object ask(const TokenInput& input) {
        try {
            const auto answer =
                world_.database->write([&](sql::Tx& tx) { return oidc_.token(tx, as_app_, input); });
            return answer.status == 200 ? answer.body : boost::json::object();
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "oauth.invalid_grant");
            return {};
        }
    }

    bool active(const boost::json::object& tokens) {
        TokenInput input;
        input.token = std::string(tokens.at("access_token").as_string());
        return world_.database->read([&](sql::Tx& tx) { return oidc_.introspect(tx, as_app_, input); })
            .at("active")
            .as_bool();
    }

    educard::testing::AccountsWorld world_;
    Outbox outbox_{*world_.database, world_.clock, world_.ids};
    Everybody people_;
    Outgoing outgoing_;
    Oidc oidc_{{.database = *world_.database,
                .clock = world_.clock,
                .ids = world_.ids,
                .keys = world_.keys,
                .random = world_.random,
                .limits = world_.limits,
                .audit = world_.audit,
                .outbox = outbox_,
                .organisations = world_.organisations,
                .people = people_,
                .outgoing = outgoing_,
                .issuer = "https://card.example.edu.cn"}};
    App app_;
    Caller as_app_;
    Caller person_;
    const std::string verifier_ = std::string(43, 'v');
};

}  // namespace

TEST_F(OidcTest, ACodeIsGoodForAMinute) {
    const auto in_time = code();
    world_.clock.advance(Oidc::kCodeLife - 1s);
    EXPECT_FALSE(change(in_time).empty());
    const auto late = code();
    world_.clock.advance(Oidc::kCodeLife);
    EXPECT_TRUE(change(late).empty());
}

TEST_F(OidcTest, AUsedCodeEndsWhatItGaveAlsoAfterItsMinute) {
    const auto used = code();
    const auto tokens = change(used);
    ASSERT_TRUE(active(tokens));
    world_.clock.advance(10min);
    EXPECT_TRUE(change(used).empty());
    EXPECT_FALSE(active(tokens));
}

TEST_F(OidcTest, ACodeOfLastWeekEndsNothing) {
    const auto used = code();
    auto tokens = change(used);
    world_.clock.advance(std::chrono::days(7));
    EXPECT_TRUE(change(used).empty());
    TokenInput refresh;
    refresh.grant_type = "refresh_token";
    refresh.refresh_token = std::string(tokens.at("refresh_token").as_string());
    EXPECT_FALSE(ask(refresh).empty());
}

TEST_F(OidcTest, AnAccessTokenIsGoodForAQuarterOfAnHour) {
    const auto tokens = change(code());
    world_.clock.advance(Oidc::kAccessLife - 1s);
    EXPECT_TRUE(active(tokens));
    world_.clock.advance(1s);
    EXPECT_FALSE(active(tokens));
}

TEST_F(OidcTest, WhatWasGivenBackIsForgottenLongAfterItExpired) {
    const auto tokens = change(code());
    TokenInput input;
    input.token = std::string(tokens.at("access_token").as_string());
    const auto sweep_and_count = [&] {
        return world_.database->write([&](sql::Tx& tx) {
            oidc_.sweep(tx);
            return tx.find<std::int64_t>("SELECT COUNT(*) FROM app_revoked_token").value();
        });
    };
    world_.database->write([&](sql::Tx& tx) { oidc_.revoke(tx, as_app_, input); });
    EXPECT_FALSE(active(tokens));
    EXPECT_EQ(sweep_and_count(), 1);
    world_.clock.advance(std::chrono::days(2));
    EXPECT_EQ(sweep_and_count(), 0);
}

TEST_F(OidcTest, OnlyAServiceThatSpendsNothingIsAnsweredWithoutWriting) {
    TokenInput input;
    input.grant_type = "client_credentials";
    EXPECT_TRUE(Oidc::only_reads(as_app_, input));
    auto proves = as_app_;
    proves.dpop = "x";
    EXPECT_FALSE(Oidc::only_reads(proves, input));
    input.client_assertion = "x";
    EXPECT_FALSE(Oidc::only_reads(as_app_, input));
    input.client_assertion = std::nullopt;
    input.scope = std::string(4000, 's');
    EXPECT_FALSE(Oidc::only_reads(as_app_, input));
    for (const auto* other : {"authorization_code", "refresh_token", ""}) {
        input.scope = std::nullopt;
        input.grant_type = other;
        EXPECT_FALSE(Oidc::only_reads(as_app_, input));
    }
}

}  // namespace educard::oidc
