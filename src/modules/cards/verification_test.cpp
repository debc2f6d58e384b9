#include "modules/cards/verification.hpp"

#include "base/json.hpp"
#include "crypto/cbor.hpp"
#include "modules/cards/cards.hpp"
#include "testing/fake_clock.hpp"

#include <gtest/gtest.h>

namespace educard::cards {
namespace {

using namespace std::chrono_literals;
using crypto::P256PrivateKey;

constexpr crypto::KeyId kKeyId = 0x0a1b2c3d;
constexpr std::string_view kUri = "https://card.example/api/v1/status-lists/0";

class VerificationTest : public ::testing::Test {
protected:
    VerificationTest() {
        trust_.add("educard:test", kKeyId, issuer_.public_key());
        list_.bits.set(5, crypto::Status::suspended);
        list_.bits.set(6, crypto::Status::revoked);
        list_.bits.set(7, crypto::Status::reserved);
        fetch_list();
    }

    Claims claims() const {
        return Claims{.issuer = "educard:test",
                      .issued_at = now_ - 24h,
                      .expires_at = now_ + 24h,
                      .not_before = std::nullopt,
                      .credential_id = 42,
                      .holder_key = holder_.public_key(),
                      .card_number = "3235481960292229",
                      .name = "张小明",
                      .role = "student",
                      .school_code = "2132000001",
                      .stage = "primary",
                      .status_uri = std::string(kUri),
                      .status_index = 77};
    }
    void fetch_list() { ASSERT_TRUE(lists_.add(crypto::sign_status_list(list_, issuer_, kKeyId), trust_)); }
    std::string shown(const Claims& claims) const { return shown(claims, now_); }
    std::string shown(const Claims& claims, Time at) const {
        return present(sign_credential(claims, issuer_, kKeyId), at, holder_);
    }
    Reason reason_of(const std::string& code) const { return verify(code, trust_, now_, lists_).reason; }

    const Time now_{std::chrono::seconds(1'795'000'000)};
    const P256PrivateKey issuer_ = P256PrivateKey::generate();
    const P256PrivateKey holder_ = P256PrivateKey::generate();
    Trust trust_;
    crypto::StatusList list_{.uri = std::string(kUri),
                             .issued_at = now_,
                             .expires_at = now_ + 24h,
                             .ttl_seconds = 300,
                             .bits = crypto::StatusBits(128)};
    KnownLists lists_;
};

TEST_F(VerificationTest, AcceptsAGoodCard) {
    const auto outcome = verify("  " + shown(claims()) + "\r\n", trust_, now_, lists_);
    EXPECT_EQ(outcome.reason, Reason::valid);
    EXPECT_EQ(result_of(outcome.reason), Result::accept);
    const auto view = view_of(outcome, now_);
    EXPECT_EQ(view.name, "张*明");
    EXPECT_EQ(view.role, "student");
    EXPECT_EQ(view.school_code, "2132000001");
    EXPECT_EQ(view.stage, "primary");
    EXPECT_EQ(view.card_number, "32** **** **** **29");
    EXPECT_EQ(view.shown_at, now_);
}

TEST_F(VerificationTest, FitsTheQrCodeThatTheFormatPromises) {
    const auto code = shown(claims());
    EXPECT_LE(code.size(), 667U);  // version 14 at level L, alphanumeric
    EXPECT_EQ(code.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"), std::string::npos);
}

TEST_F(VerificationTest, CallsWhatIsNoCodeUnreadable) {
    const auto good = shown(claims());
    for (const auto& bad : {std::string(),
                            std::string("EDU1:"),
                            std::string("EDU2:") + good.substr(5),
                            good.substr(5),
                            good.substr(0, good.size() - 1),
                            good + "0",
                            "EDU1:" + to_base45(as_bytes("hello")),
                            "EDU1:" + std::string(3000, '0'),
                            std::string("https://example.org/")}) {
        EXPECT_EQ(reason_of(bad), Reason::unreadable) << bad;
    }
    EXPECT_FALSE(view_of(verify("EDU1:", trust_, now_, lists_), now_).name);
}

TEST_F(VerificationTest, CallsAMissingOrWrongClaimUnreadable) {
    auto wrong = claims();
    wrong.card_number = "3235481960292228";
    EXPECT_EQ(reason_of(shown(wrong)), Reason::unreadable);
    wrong = claims();
    wrong.name.assign(300, 'x');
    EXPECT_EQ(reason_of(shown(wrong)), Reason::unreadable);
}

TEST_F(VerificationTest, RefusesUnknownIssuers) {
    auto other = claims();
    other.issuer = "educard:other";
    EXPECT_EQ(reason_of(shown(other)), Reason::unknown_issuer);
    const auto other_id = present(sign_credential(claims(), issuer_, 7), now_, holder_);
    EXPECT_EQ(reason_of(other_id), Reason::unknown_issuer);
    EXPECT_EQ(verify(shown(claims()), Trust(), now_, lists_).reason, Reason::unknown_issuer);
}

TEST_F(VerificationTest, RefusesForgedCredentials) {
    const auto forger = P256PrivateKey::generate();
    const auto forged = present(sign_credential(claims(), forger, kKeyId), now_, holder_);
    EXPECT_EQ(reason_of(forged), Reason::bad_signature);
    EXPECT_FALSE(view_of(verify(forged, trust_, now_, lists_), now_).name);
}

TEST_F(VerificationTest, NeverAcceptsACodeWithOneOctetChanged) {
    const auto octets = from_base45(shown(claims()).substr(5)).value();
    for (std::size_t at = 0; at < octets.size(); ++at) {
        auto bad = octets;
        bad[at] ^= 0x01;
        EXPECT_NE(reason_of("EDU1:" + to_base45(bad)), Reason::valid) << at;
    }
}

TEST_F(VerificationTest, RefusesACredentialOnAnotherDevice) {
    const auto thief = P256PrivateKey::generate();
    const auto copied = present(sign_credential(claims(), issuer_, kKeyId), now_, thief);
    EXPECT_EQ(reason_of(copied), Reason::wrong_holder);
    EXPECT_FALSE(view_of(verify(copied, trust_, now_, lists_), now_).name);
}

TEST_F(VerificationTest, RefusesAScreenshotWhoseTimeWasChanged) {
    const auto credential = sign_credential(claims(), issuer_, kKeyId);
    const auto old = parse_presentation(present(credential, now_ - 1h, holder_)).value();
    const auto octets = crypto::cbor::Writer()
                            .array(3)
                            .bytes(credential)
                            .integer(now_.time_since_epoch() / 1s)
                            .bytes(old.proof)
                            .take();
    EXPECT_EQ(reason_of("EDU1:" + to_base45(octets)), Reason::wrong_holder);
}

TEST_F(VerificationTest, RefusesStaleCodesAndCodesFromTheFuture) {
    EXPECT_EQ(reason_of(shown(claims(), now_ - 30s)), Reason::valid);
    EXPECT_EQ(reason_of(shown(claims(), now_ - 31s)), Reason::stale);
    EXPECT_EQ(reason_of(shown(claims(), now_ + 30s)), Reason::valid);
    EXPECT_EQ(reason_of(shown(claims(), now_ + 31s)), Reason::from_future);
}

TEST_F(VerificationTest, RefusesCredentialsOutsideTheirLife) {
    auto bounded = claims();
    bounded.expires_at = now_;
    EXPECT_EQ(reason_of(shown(bounded)), Reason::expired);
    bounded.expires_at = now_ + 1s;
    EXPECT_EQ(reason_of(shown(bounded)), Reason::valid);
    bounded.not_before = now_ + 31s;
    EXPECT_EQ(reason_of(shown(bounded)), Reason::not_yet_valid);
    bounded.not_before = std::nullopt;
    bounded.issued_at = now_ + 1h;
    EXPECT_EQ(reason_of(shown(bounded)), Reason::not_yet_valid);
}

TEST_F(VerificationTest, SaysWhatTheStatusListSays) {
    auto listed = claims();
    listed.status_index = 5;
    EXPECT_EQ(reason_of(shown(listed)), Reason::suspended);
    listed.status_index = 6;
    EXPECT_EQ(reason_of(shown(listed)), Reason::revoked);
    listed.status_index = 7;
    EXPECT_EQ(reason_of(shown(listed)), Reason::revoked);
    listed.status_index = 128;
    EXPECT_EQ(reason_of(shown(listed)), Reason::status_unknown);
    listed.status_uri = "https://card.example/api/v1/status-lists/1";
    EXPECT_EQ(reason_of(shown(listed)), Reason::status_unknown);
    EXPECT_EQ(result_of(Reason::status_unknown), Result::caution);
}

TEST_F(VerificationTest, DoesNotRelyOnAnOldStatusListForGoodNews) {
    const auto later = now_ + 24h;
    auto long_lived = claims();
    long_lived.expires_at = now_ + 48h;
    EXPECT_EQ(verify(shown(long_lived, later), trust_, later, lists_).reason, Reason::status_stale);
    long_lived.status_index = 5;
    EXPECT_EQ(verify(shown(long_lived, later), trust_, later, lists_).reason, Reason::suspended);
}

TEST_F(VerificationTest, KeepsTheNewerOfTwoStatusLists) {
    auto listed = claims();
    listed.status_index = 5;
    auto older = list_;
    older.issued_at = now_ - 1h;
    older.bits.set(5, crypto::Status::valid);
    ASSERT_TRUE(lists_.add(crypto::sign_status_list(older, issuer_, kKeyId), trust_));
    EXPECT_EQ(reason_of(shown(listed)), Reason::suspended);
    list_.issued_at = now_ + 1s;
    list_.bits.set(5, crypto::Status::valid);
    fetch_list();
    EXPECT_EQ(reason_of(shown(listed)), Reason::valid);
}

TEST_F(VerificationTest, TakesNoStatusListFromStrangers) {
    const auto forger = P256PrivateKey::generate();
    const auto forged = crypto::sign_status_list(list_, forger, kKeyId);
    EXPECT_EQ(lists_.add(forged, trust_).error(), crypto::StatusListFault::bad_signature);
    const auto unknown = crypto::sign_status_list(list_, issuer_, 9);
    EXPECT_EQ(lists_.add(unknown, trust_).error(), crypto::StatusListFault::unknown_issuer);
    EXPECT_EQ(lists_.add(as_bytes("x"), trust_).error(), crypto::StatusListFault::unreadable);
    // A credential is signed by the same key, but is no list.
    EXPECT_EQ(lists_.add(sign_credential(claims(), issuer_, kKeyId), trust_).error(),
              crypto::StatusListFault::unreadable);
}

TEST(MaskName, ShowsFirstAndLast) {
    EXPECT_EQ(mask_name("张小明"), "张*明");
    EXPECT_EQ(mask_name("李雷"), "李*");
    EXPECT_EQ(mask_name("李"), "李*");
    EXPECT_EQ(mask_name("欧阳小明"), "欧**明");
    EXPECT_EQ(mask_name("阿卜杜热合曼·买买提"), "阿***提");
    EXPECT_EQ(mask_name("John"), "J**n");
    EXPECT_EQ(mask_name("𬭊明䶮"), "𬭊*䶮");
    EXPECT_EQ(mask_name(""), "");
}

TEST(IssuerKeys, ComeBackFromTheirJson) {
    educard::testing::FakeClock clock;
    crypto::SystemRandom random;
    auto ring = crypto::KeyRing::in_memory(clock, random);
    const auto old_id = ring.active(crypto::Purpose::issuer_signature).id;
    ring.rotate(crypto::Purpose::issuer_signature, clock, random);
    const auto new_id = ring.active(crypto::Purpose::issuer_signature).id;
    const auto trust = Trust::from_json(issuer_keys_json(ring));
    ASSERT_TRUE(trust);
    EXPECT_NE(trust->find(ring.issuer(), old_id), nullptr);
    ASSERT_NE(trust->find(ring.issuer(), new_id), nullptr);
    EXPECT_EQ(*trust->find(ring.issuer(), new_id), ring.issuer_key().public_key());
    EXPECT_EQ(trust->find("other", new_id), nullptr);
    for (const std::string_view bad : {"", "{}", "[]", R"({"issuer":"x","keys":[{}],"cose_keys":""})"}) {
        EXPECT_FALSE(Trust::from_json(bad)) << bad;
    }
}

}  // namespace
}  // namespace educard::cards
