#include "crypto/key_ring.hpp"

#include "base/error.hpp"
#include "crypto/blind_index.hpp"
#include "crypto/field_cipher.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sys/stat.h>
#include <thread>

namespace educard::crypto {
namespace {

class KeyRingTest : public testing::Test {
protected:
    KeyRingTest() {
        auto pattern = (std::filesystem::temp_directory_path() / "educard-keys-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        file_ = folder_ / "keys.json";
    }
    ~KeyRingTest() override { std::filesystem::remove_all(folder_); }

    KeyRing open(std::optional<std::string> passphrase = std::nullopt) {
        return KeyRing::open(file_, clock_, random_, WhenMissing::create, passphrase);
    }
    std::string code_of_opening(std::optional<std::string> passphrase = std::nullopt,
                                WhenMissing missing = WhenMissing::create) {
        try {
            KeyRing::open(file_, clock_, random_, missing, passphrase);
        } catch (const Error& error) {
            return error.code();
        }
        return "";
    }
    std::string content() {
        std::ifstream in(file_);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void write(std::string_view text) { std::ofstream(file_) << text; }

    std::filesystem::path folder_;
    std::filesystem::path file_;
    SystemClock clock_;
    SystemRandom random_;
};

std::string hex_of(const Key& key) {
    return to_hex(key.material.view());
}

TEST_F(KeyRingTest, IsMadeOnceAndReadAgain) {
    const auto first = open();
    const auto second = open();
    EXPECT_EQ(first.installation(), second.installation());
    EXPECT_EQ(first.list().size(), 6U);
    EXPECT_EQ(second.list().size(), 6U);
    for (const auto* key : first.list()) {
        ASSERT_NE(second.find(key->purpose, key->id), nullptr);
        EXPECT_EQ(hex_of(*second.find(key->purpose, key->id)), hex_of(*key));
    }
}

TEST_F(KeyRingTest, IsReadableByItsOwnerOnly) {
    open();
    struct stat status{};
    ASSERT_EQ(::stat(file_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(KeyRingTest, IsNotMadeWhenItMustBeThere) {
    EXPECT_EQ(code_of_opening(std::nullopt, WhenMissing::refuse), "crypto.keys_missing");
    EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(KeyRingTest, KeepsOldKeysWhenRotated) {
    auto ring = open();
    const auto old = ring.active(Purpose::issuer_signature).id;
    const auto fresh = ring.rotate(Purpose::issuer_signature, clock_, random_).id;
    EXPECT_NE(old, fresh);
    const auto again = open();
    EXPECT_EQ(again.active(Purpose::issuer_signature).id, fresh);
    EXPECT_EQ(again.find(Purpose::issuer_signature, old)->state, KeyState::retired);
    EXPECT_TRUE(again.find(Purpose::issuer_signature, old)->retired_at);
    EXPECT_EQ(again.find(Purpose::audit_signature, old), nullptr);
}

TEST_F(KeyRingTest, RefusesToRotateKeysForLife) {
    auto ring = open();
    EXPECT_THROW(ring.rotate(Purpose::card_number, clock_, random_), Error);
    EXPECT_THROW(ring.rotate(Purpose::blind_index, clock_, random_), Error);
    EXPECT_EQ(open().list().size(), 6U);
}

TEST_F(KeyRingTest, IsSealedByAPassphrase) {
    const auto before = hex_of(open().active(Purpose::blind_index));
    const auto material = to_base64url(open().active(Purpose::blind_index).material.view());
    EXPECT_NE(content().find(material), std::string::npos);
    open("平安");
    EXPECT_EQ(content().find(material), std::string::npos);
    EXPECT_EQ(code_of_opening(), "crypto.passphrase_wrong");
    EXPECT_EQ(code_of_opening("other"), "crypto.passphrase_wrong");
    EXPECT_EQ(hex_of(open("平安").active(Purpose::blind_index)), before);
}

TEST_F(KeyRingTest, RefusesDamagedFiles) {
    open();
    const auto good = content();
    for (const std::string& bad : {std::string(),
                                   std::string("{}"),
                                   good.substr(0, good.size() / 2),
                                   std::string("[]"),
                                   std::string("{\"format\":2}")}) {
        write(bad);
        EXPECT_EQ(code_of_opening(), "crypto.keys_unreadable") << bad;
        EXPECT_EQ(content(), bad);  // and is left as it is
    }
}

TEST_F(KeyRingTest, IsMadeOnceByManyAtATime) {
    std::vector<std::string> seen(8);
    {
        std::vector<std::jthread> threads;
        for (auto& installation : seen) {
            threads.emplace_back([this, &installation] { installation = open().installation(); });
        }
    }
    for (const auto& installation : seen) {
        EXPECT_EQ(installation, seen[0]);
    }
}

TEST(KeyId, HasOneText) {
    EXPECT_EQ(to_text(KeyId{0xab}), "000000ab");
    EXPECT_EQ(parse_key_id("000000ab"), KeyId{0xab});
    EXPECT_FALSE(parse_key_id("ab"));
    EXPECT_FALSE(parse_key_id("00000000"));
    EXPECT_FALSE(parse_key_id("0000000g"));
}

class FieldCipherTest : public testing::Test {
protected:
    SystemClock clock_;
    SystemRandom random_;
    KeyRing ring_ = KeyRing::in_memory(clock_, random_);
    FieldCipher cipher_{ring_, random_};
    FieldPlace place_{"claim", "number", 7};
};

TEST_F(FieldCipherTest, OpensWhereItWasSealed) {
    const auto sealed = cipher_.seal("11010519491231002X", place_);
    EXPECT_EQ(cipher_.open(sealed, place_), "11010519491231002X");
    EXPECT_NE(sealed, cipher_.seal("11010519491231002X", place_));
    EXPECT_EQ(cipher_.open(cipher_.seal("", place_), place_), "");
}

TEST_F(FieldCipherTest, DoesNotOpenAnywhereElse) {
    const auto sealed = cipher_.seal("secret", place_);
    EXPECT_FALSE(cipher_.try_open(sealed, {"claim", "number", 8}));
    EXPECT_FALSE(cipher_.try_open(sealed, {"claim", "phone", 7}));
    EXPECT_FALSE(cipher_.try_open(sealed, {"person", "number", 7}));
    EXPECT_THROW(cipher_.open(sealed, {"claim", "number", 8}), Error);
}

TEST_F(FieldCipherTest, DoesNotOpenWhenABitIsChanged) {
    const auto sealed = cipher_.seal("secret", place_);
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        auto bad = sealed;
        bad[at] ^= 1;
        EXPECT_FALSE(cipher_.try_open(bad, place_)) << at;
        EXPECT_FALSE(cipher_.try_open(ByteView(sealed).first(at), place_)) << at;
    }
}

TEST_F(FieldCipherTest, OpensWithRetiredKeysAndTellsThem) {
    const auto sealed = cipher_.seal("secret", place_);
    EXPECT_FALSE(cipher_.is_outdated(sealed));
    ring_.rotate(Purpose::field_encryption, clock_, random_);
    EXPECT_EQ(cipher_.open(sealed, place_), "secret");
    EXPECT_TRUE(cipher_.is_outdated(sealed));
    EXPECT_FALSE(cipher_.is_outdated(cipher_.seal("secret", place_)));
}

TEST_F(FieldCipherTest, BlindIndexFindsEverySpellingOfOneNumber) {
    const BlindIndex index(ring_);
    const auto digest = index.of_document("1", "11010519491231002X");
    EXPECT_EQ(digest.size(), 32U);
    EXPECT_EQ(index.of_document("1", "11010519491231002x"), digest);
    EXPECT_EQ(index.of_document("1", " 110105 19491231 002X\t"), digest);
    EXPECT_EQ(index.of_document("1", "１１０１０５１９４９１２３１００２Ｘ"), digest);
    EXPECT_EQ(index.of_document("1", "11010519491231002ｘ　"), digest);
    EXPECT_NE(index.of_document("A", "11010519491231002X"), digest);
    EXPECT_NE(index.of_document("1", "440524188001010014"), digest);
    EXPECT_NE(index.of("document", "11010519491231002X"), digest);
    EXPECT_NE(BlindIndex(KeyRing::in_memory(clock_, random_)).of_document("1", "11010519491231002X"), digest);
}

}  // namespace
}  // namespace educard::crypto
