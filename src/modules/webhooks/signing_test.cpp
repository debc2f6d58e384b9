#include "modules/webhooks/signing.hpp"

#include "base/bytes.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace educard::webhooks {
namespace {

// The example of the specification and its libraries: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw.
Bytes example_secret() {
    return from_base64url("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").value();
}
constexpr const char* kId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::int64_t kSeconds = 1614265330;
constexpr const char* kBody = R"({"test": 2432232314})";
constexpr const char* kSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

TEST(WebhookSigning, SignsTheExampleOfTheSpecification) {
    EXPECT_EQ(sign(std::vector<Bytes>{example_secret()}, kId, kSeconds, kBody), kSignature);
}

TEST(WebhookSigning, TwoSecretsGiveTwoSignatures) {
    const Bytes other(kSecretOctets, 7);
    const auto both = sign(std::vector<Bytes>{other, example_secret()}, kId, kSeconds, kBody);
    EXPECT_TRUE(both.ends_with(std::string(" ") + kSignature));
    EXPECT_NE(both.substr(0, both.find(' ')), kSignature);
}

TEST(WebhookSigning, EveryPartCounts) {
    const std::vector<Bytes> secrets{example_secret()};
    EXPECT_NE(sign(secrets, "msg_other", kSeconds, kBody), kSignature);
    EXPECT_NE(sign(secrets, kId, kSeconds + 1, kBody), kSignature);
    EXPECT_NE(sign(secrets, kId, kSeconds, R"({"test": 2432232315})"), kSignature);
}

TEST(WebhookSigning, SecretsAreCopiedInBase64) {
    EXPECT_EQ(text_of_secret(example_secret()), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
}

}  // namespace
}  // namespace educard::webhooks
