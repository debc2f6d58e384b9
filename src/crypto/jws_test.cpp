#include "crypto/jws.hpp"

#include "base/json.hpp"
#include "crypto/signature.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <array>

namespace educard::crypto {
namespace {

constexpr std::array kAll{JwsAlgorithm::RS256, JwsAlgorithm::ES256, JwsAlgorithm::EdDSA};

TEST(Jws, KeysComeBackFromTheirOctetsAndFitNoOtherAlgorithm) {
    for (const auto algorithm : kAll) {
        const auto key = JwsKey::generate(algorithm);
        const auto der = key.to_der();
        for (const auto other : kAll) {
            const auto read = JwsKey::from_der(other, der.view());
            EXPECT_EQ(read.has_value(), other == algorithm);
            if (read) {
                EXPECT_EQ(read->public_jwk(), key.public_jwk());
            }
        }
        EXPECT_FALSE(JwsKey::from_der(algorithm, as_bytes("nonsense")));
    }
}

TEST(Jws, PublishedKeysHaveNoPrivateMembers) {
    for (const auto algorithm : kAll) {
        const auto jwk = JwsKey::generate(algorithm).public_jwk();
        for (const auto* member : {"d", "p", "q", "dp", "dq", "qi", "k"}) {
            EXPECT_FALSE(jwk.contains(member)) << member;
        }
    }
}

TEST(Jws, AnEs256TokenIsCheckedByThePlainSignature) {
    const auto key = JwsKey::generate(JwsAlgorithm::ES256);
    const auto token = make_jwt(key, "k1", "JWT", {{"sub", "x"}});
    const auto first = token.find('.');
    const auto second = token.find('.', first + 1);
    const auto header =
        boost::json::parse(as_text(from_base64url(token.substr(0, first)).value())).as_object();
    EXPECT_EQ(header, (boost::json::object{{"alg", "ES256"}, {"kid", "k1"}, {"typ", "JWT"}}));
    const auto jwk = key.public_jwk();
    const auto member = [&](const char* name) { return std::string(jwk.at(name).as_string()); };
    const auto public_key = P256PublicKey::from_jwk({member("kty"), member("crv"), member("x"), member("y")});
    ASSERT_TRUE(public_key);
    const auto signature = to_signature(from_base64url(token.substr(second + 1)).value());
    EXPECT_TRUE(public_key->verify(as_bytes(std::string_view(token).substr(0, second)), signature.value()));
}

}  // namespace
}  // namespace educard::crypto
