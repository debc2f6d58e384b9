#include "crypto/cose.hpp"

#include "crypto/status_list.hpp"

#include <gtest/gtest.h>

#include <zlib.h>

namespace educard::crypto {
namespace {

using cose::CoseFault;

Bytes hex(std::string_view text) {
    return from_hex(text).value();
}

// RFC 9052, Appendix C.2.1 (Single ECDSA Signature), by the key "11" of its C.7.1.
const auto kStandardMessage =
    hex("d28443a10126a10442313154546869732069732074686520636f6e74656e742e58408eb33e4ca31d1c465ab05aac34cc6b23"
        "d58fef5c083106c4"
        "d25a91aef0b0117e2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36");

P256PublicKey standard_key() {
    return P256PublicKey::from_point(hex("bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff"),
                                     hex("20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e"))
        .value();
}

TEST(Cose, AcceptsTheMessageOfTheStandard) {
    const auto message = cose::parse(kStandardMessage);
    ASSERT_TRUE(message);
    EXPECT_EQ(as_text(message->payload), "This is the content.");
    EXPECT_EQ(as_text(message->key_id), "11");
    EXPECT_TRUE(message->verify(standard_key()));
}

TEST(Cose, RefusesTheMessageOfTheStandardWithOneBitChanged) {
    for (std::size_t at = 0; at < kStandardMessage.size(); ++at) {
        auto bad = kStandardMessage;
        bad[at] ^= 1;
        const auto message = cose::parse(bad);
        if (message && message->verify(standard_key())) {
            // Only the kid is not signed.
            EXPECT_NE(as_text(message->key_id), "11") << at;
        }
    }
}

TEST(Cose, KeepsWhatItSigned) {
    const auto key = P256PrivateKey::generate();
    const auto token = cose::sign(as_bytes("payload"), key, 0x0a1b2c3d, "text/x");
    const auto message = cose::parse(token);
    ASSERT_TRUE(message);
    EXPECT_EQ(as_text(message->payload), "payload");
    EXPECT_EQ(message->type, "text/x");
    EXPECT_EQ(cose::key_id_from(message->key_id), 0x0a1b2c3dU);
    EXPECT_TRUE(message->verify(key.public_key()));
    EXPECT_FALSE(message->verify(standard_key()));
    EXPECT_EQ(token[0], 0xD8);
    EXPECT_EQ(token[1], 61);
    EXPECT_EQ(token[2], 0xD2);
}

TEST(Cose, RefusesOtherAlgorithmsAndShapes) {
    const auto with_header = [](std::string_view header) {
        return cbor::Writer()
            .array(4)
            .bytes(hex(header))
            .map({})
            .bytes(as_bytes("x"))
            .bytes(Bytes(64))
            .take();
    };
    EXPECT_EQ(cose::parse({}).error(), CoseFault::not_cbor);
    EXPECT_EQ(cose::parse(hex("00")).error(), CoseFault::not_sign1);
    EXPECT_EQ(cose::parse(hex("83404040")).error(), CoseFault::not_sign1);
    EXPECT_EQ(cose::parse(hex("8440a0f640")).error(), CoseFault::not_sign1);  // detached payload
    EXPECT_EQ(cose::parse(with_header("")).error(), CoseFault::other_algorithm);
    EXPECT_EQ(cose::parse(with_header("a10127")).error(), CoseFault::other_algorithm);    // EdDSA
    EXPECT_EQ(cose::parse(with_header("a1013822")).error(), CoseFault::other_algorithm);  // ES384
    EXPECT_EQ(cose::parse(with_header("a20126028104")).error(), CoseFault::critical_header);
    EXPECT_EQ(cose::parse(with_header("a10126")).error(), CoseFault::no_key_id);
    const auto short_signature = cbor::Writer()
                                     .array(4)
                                     .bytes(hex("a2012604413a"))
                                     .map({})
                                     .bytes(as_bytes("x"))
                                     .bytes(Bytes(63))
                                     .take();
    EXPECT_EQ(cose::parse(short_signature).error(), CoseFault::bad_signature_length);
}

TEST(Cose, KeepsKeys) {
    const auto key = P256PrivateKey::generate().public_key();
    const auto plain = cose::encode_key(key);
    EXPECT_EQ(cose::decode_key(*cbor::decode(plain)), key);
    const auto named = cose::encode_key(key, 7);
    EXPECT_EQ(cose::decode_key(*cbor::decode(named)), key);
    EXPECT_EQ(cbor::decode(named)->find(2)->bytes()->size(), 4U);
    EXPECT_FALSE(cose::decode_key(*cbor::decode(hex("a0"))));
    auto other_curve = plain;
    other_curve[4] = 2;
    EXPECT_FALSE(cose::decode_key(*cbor::decode(other_curve)));
}

// draft-ietf-oauth-status-list, 4.2: twelve entries of two bits.
TEST(StatusBits, MatchTheExampleOfTheDraft) {
    StatusBits bits(12);
    const std::array<unsigned, 12> values{1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3};
    for (std::uint32_t i = 0; i < values.size(); ++i) {
        bits.set(i, static_cast<Status>(values.at(i)));
    }
    EXPECT_EQ(to_hex(bits.compress()), "78da3be9f2130003df0207");
    EXPECT_EQ(StatusBits::decompress(hex("78da3be9f2130003df0207")), bits);
    EXPECT_EQ(bits.at(3), Status::reserved);
    EXPECT_EQ(bits.at(9), Status::suspended);
    EXPECT_FALSE(bits.at(12));
    bits.set(9, Status::valid);
    EXPECT_EQ(bits.at(9), Status::valid);
    EXPECT_EQ(bits.at(8), Status::revoked);
    EXPECT_EQ(bits.at(10), Status::reserved);
}

TEST(StatusBits, RefuseBombsAndDamage) {
    const auto good = StatusBits(StatusBits::kMaxEntries).compress();
    EXPECT_TRUE(StatusBits::decompress(good));
    EXPECT_FALSE(StatusBits::decompress(ByteView(good).first(good.size() - 1)));
    auto longer = good;
    longer.push_back(0);
    EXPECT_FALSE(StatusBits::decompress(longer));
    EXPECT_FALSE(StatusBits::decompress({}));
    const Bytes zeros(StatusBits::kMaxEntries / 4 + 1);
    uLongf length = compressBound(zeros.size());
    Bytes bomb(length);
    ASSERT_EQ(compress(bomb.data(), &length, zeros.data(), zeros.size()), Z_OK);
    bomb.resize(length);
    EXPECT_FALSE(StatusBits::decompress(bomb));
}

class StatusListTest : public testing::Test {
protected:
    static StatusList list() {
        const Time now(std::chrono::seconds(1'795'000'000));
        StatusList made{.uri = "https://x/0",
                        .issued_at = now,
                        .expires_at = now + std::chrono::hours(24),
                        .ttl_seconds = 300,
                        .bits = StatusBits(64)};
        made.bits.set(5, Status::suspended);
        return made;
    }
    P256PrivateKey key_ = P256PrivateKey::generate();
};

TEST_F(StatusListTest, KeepsWhatItSigned) {
    const auto token = sign_status_list(list(), key_, 1);
    const auto read = read_status_list(token, key_.public_key());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->uri, "https://x/0");
    EXPECT_EQ(read->issued_at, list().issued_at);
    EXPECT_EQ(read->expires_at, list().expires_at);
    EXPECT_EQ(read->ttl_seconds, 300);
    EXPECT_EQ(read->bits, list().bits);
}

TEST_F(StatusListTest, IsReadOnlyWithItsIssuersKey) {
    const auto token = sign_status_list(list(), key_, 1);
    EXPECT_EQ(read_status_list(token, standard_key()).error(), StatusListFault::bad_signature);
    EXPECT_EQ(read_status_list({}, key_.public_key()).error(), StatusListFault::unreadable);
    EXPECT_EQ(read_status_list(cose::sign(as_bytes("x"), key_, 1), key_.public_key()).error(),
              StatusListFault::unreadable);
    EXPECT_EQ(
        read_status_list(cose::sign(as_bytes("x"), key_, 1, "application/statuslist+cwt"), key_.public_key())
            .error(),
        StatusListFault::unreadable);
}

}  // namespace
}  // namespace educard::crypto
