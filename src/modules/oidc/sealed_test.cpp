#include "modules/oidc/sealed.hpp"

#include "crypto/key_ring.hpp"
#include "testing/fake_clock.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace educard::oidc {

namespace {

class SealsTest : public ::testing::Test {
protected:
    Code code() const {
        return {.grant_id = GrantId{7001},
                .app_id = AppId{7002},
                .account_id = AccountId{7003},
                .scope = "openid profile offline_access",
                .details = {.redirect_uri = digest_of_uri("https://app.example.com/cb"),
                            .challenge = std::string(43, 'c'),
                            .nonce = "n-0S6_WzA2Mj",
                            .claims = {Claim::name, Claim::school},
                            .signed_in_at = clock_.now() - std::chrono::hours(3),
                            .dpop_jkt = std::string(43, 'k'),
                            .session = SessionId{7004},
                            .id_token_claims = std::vector<Claim>{Claim::card_number},
                            .methods = "pwd otp",
                            .of_child = true},
                .expires_at = clock_.now() + Oidc::kCodeLife};
    }

    AccessToken token() const {
        return {.app_id = AppId{7002},
                .account_id = AccountId{7003},
                .grant_id = GrantId{7001},
                .scope = "openid",
                .key_thumbprint = std::nullopt,
                .expires_at = clock_.now() + Oidc::kAccessLife};
    }

    educard::testing::FakeClock clock_;
    crypto::SystemRandom random_;
    crypto::KeyRing keys_ = crypto::KeyRing::in_memory(clock_, random_);
    const crypto::FieldCipher cipher_{keys_, random_};
    const Seals seals_{cipher_, keys_, clock_, "https://card.example.edu.cn"};
};

}  // namespace

TEST_F(SealsTest, ACodeSaysAllThatItWasMadeOf) {
    const auto made = code();
    const auto opened = seals_.open_code(seals_.seal(made)).value();
    EXPECT_EQ(opened.grant_id, made.grant_id);
    EXPECT_EQ(opened.app_id, made.app_id);
    EXPECT_EQ(opened.account_id, made.account_id);
    EXPECT_EQ(opened.scope, made.scope);
    EXPECT_EQ(opened.expires_at, made.expires_at);
    EXPECT_EQ(opened.details.redirect_uri, made.details.redirect_uri);
    EXPECT_EQ(opened.details.challenge, made.details.challenge);
    EXPECT_EQ(opened.details.nonce, made.details.nonce);
    EXPECT_EQ(opened.details.claims, made.details.claims);
    EXPECT_EQ(opened.details.signed_in_at, made.details.signed_in_at);
    EXPECT_EQ(opened.details.dpop_jkt, made.details.dpop_jkt);
    EXPECT_EQ(opened.details.session, made.details.session);
    EXPECT_EQ(opened.details.id_token_claims, made.details.id_token_claims);
    EXPECT_EQ(opened.details.methods, made.details.methods);
    EXPECT_EQ(opened.details.of_child, made.details.of_child);
}

TEST_F(SealsTest, WhatIsMissingStaysMissing) {
    auto made = code();
    made.details.nonce = std::nullopt;
    made.details.dpop_jkt = std::nullopt;
    made.details.session = std::nullopt;
    made.details.methods = std::nullopt;
    const auto opened = seals_.open_code(seals_.seal(made)).value();
    EXPECT_FALSE(opened.details.nonce);
    EXPECT_FALSE(opened.details.dpop_jkt);
    EXPECT_FALSE(opened.details.session);
    EXPECT_FALSE(opened.details.methods);
}

TEST_F(SealsTest, ATokenSaysAllThatItWasMadeOf) {
    auto made = token();
    made.key_thumbprint = std::string(43, 'k');
    const auto opened = seals_.open_token(seals_.seal(made)).value();
    EXPECT_EQ(opened.app_id, made.app_id);
    EXPECT_EQ(opened.account_id, made.account_id);
    EXPECT_EQ(opened.grant_id, made.grant_id);
    EXPECT_EQ(opened.scope, made.scope);
    EXPECT_EQ(opened.key_thumbprint, made.key_thumbprint);
    EXPECT_EQ(opened.expires_at, made.expires_at);
}

TEST_F(SealsTest, OctetsThatAreNoTextComeBackAsTheyWere) {
    auto made = code();
    made.details.nonce = std::string("\0\xff\x80\n", 4);
    made.scope = "openid \xc3\x28";
    const auto opened = seals_.open_code(seals_.seal(made)).value();
    EXPECT_EQ(opened.details.nonce, made.details.nonce);
    EXPECT_EQ(opened.scope, made.scope);
}

TEST_F(SealsTest, TwoOfTheSameAreDifferentTexts) {
    const auto one = seals_.seal(token());
    const auto other = seals_.seal(token());
    EXPECT_NE(one, other);
    EXPECT_NE(seals_.open_token(one)->digest, seals_.open_token(other)->digest);
}

TEST_F(SealsTest, OneKindDoesNotOpenAsTheOther) {
    EXPECT_FALSE(seals_.open_token(seals_.seal(code())));
    EXPECT_FALSE(seals_.open_code(seals_.seal(token())));
    const auto ticket = to_base64url(cipher_.seal(std::string(100, 'x'), {"app", "form_post", 0}));
    EXPECT_FALSE(seals_.open_code(ticket));
    EXPECT_FALSE(seals_.open_token(ticket));
}

TEST_F(SealsTest, AnotherIssuerOrInstallationOpensNothing) {
    const Seals elsewhere(cipher_, keys_, clock_, "https://card.example.org");
    const auto other_keys = crypto::KeyRing::in_memory(clock_, random_);
    const crypto::FieldCipher other_cipher(other_keys, random_);
    const Seals stranger(other_cipher, other_keys, clock_, "https://card.example.edu.cn");
    for (const auto* seals : {&elsewhere, &stranger}) {
        EXPECT_FALSE(seals->open_code(seals_.seal(code())));
        EXPECT_FALSE(seals->open_token(seals_.seal(token())));
    }
}

TEST_F(SealsTest, AKeyThatWasReplacedOpensForADay) {
    const auto before = seals_.seal(token());
    clock_.advance(std::chrono::hours(1));
    keys_.rotate(crypto::Purpose::field_encryption, clock_, random_);
    const auto after = seals_.seal(token());
    clock_.advance(Seals::kRetiredKeyLife - std::chrono::seconds(1));
    EXPECT_TRUE(seals_.open_token(before));
    clock_.advance(std::chrono::seconds(1));
    EXPECT_FALSE(seals_.open_token(before));
    EXPECT_TRUE(seals_.open_token(after));
}

TEST_F(SealsTest, NoLetterCanBeChangedTakenOrAdded) {
    for (const auto& text : {seals_.seal(code()), seals_.seal(token())}) {
        const auto opens = [&](const std::string& tried) {
            return seals_.open_code(tried).has_value() || seals_.open_token(tried).has_value();
        };
        ASSERT_TRUE(opens(text));
        for (std::size_t i = 0; i < text.size(); ++i) {
            auto changed = text;
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            EXPECT_FALSE(opens(changed)) << i;
            EXPECT_FALSE(opens(text.substr(0, i))) << i;
            EXPECT_FALSE(opens(text.substr(i + 1))) << i;
        }
        for (const auto* more : {"A", "AA", "AAA", "AAAA", "=", " ", "\n"}) {
            EXPECT_FALSE(opens(text + more));
        }
    }
}

TEST_F(SealsTest, LengthsStayWithinAUrlAndAHeader) {
    auto long_code = code();
    long_code.details.claims = {
        Claim::name, Claim::role, Claim::stage, Claim::school, Claim::class_name, Claim::card_number};
    long_code.details.id_token_claims = long_code.details.claims;
    long_code.details.methods = "pwd hwk otp sms mfa";
    long_code.scope = std::string(Seals::kRoomInCode - 43 - 43 - long_code.details.nonce->size(), 's');
    for (auto* id : {&long_code.grant_id.value, &long_code.app_id.value, &long_code.account_id.value}) {
        *id = std::numeric_limits<std::int64_t>::max();
    }
    EXPECT_LT(seals_.seal(long_code).size(), 1024U);
    auto long_token = token();
    long_token.scope = std::string(Seals::kRoomInToken, 's');
    long_token.key_thumbprint = std::string(43, 'k');
    EXPECT_LT(seals_.seal(long_token).size(), 2048U);
}

}  // namespace educard::oidc
