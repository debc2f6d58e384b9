#pragma once
// What a code keeps of the authorization request for the moment when it is changed for tokens, how tokens are
// looked up, and what is said to apps. Inside of the module.

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/time.hpp"
#include "crypto/digest.hpp"
#include "modules/oidc/oidc.hpp"

#include <boost/describe/class.hpp>

namespace educard::oidc {

struct CodeDetails {
    std::string redirect_uri;
    std::string challenge;
    std::optional<std::string> nonce;
    std::vector<Claim> claims;
    Time signed_in_at;
    std::optional<std::string> dpop_jkt;
    std::optional<SessionId> session;
    std::optional<std::vector<Claim>> id_token_claims;
    std::optional<std::string> methods;  // Caller::methods
    std::optional<bool> of_child;        // a guardian or the school decides
};
BOOST_DESCRIBE_STRUCT(CodeDetails,
                      (),
                      (redirect_uri,
                       challenge,
                       nonce,
                       claims,
                       signed_in_at,
                       dpop_jkt,
                       session,
                       id_token_claims,
                       methods,
                       of_child))

enum class DeviceAnswer { pending, allowed, denied };
BOOST_DESCRIBE_ENUM(DeviceAnswer, pending, allowed, denied)

/// What a device code stands for; the last four once it is allowed.
struct DeviceDetails {
    DeviceAnswer answer{};
    std::vector<Claim> claims;
    std::optional<Time> signed_in_at;
    std::optional<SessionId> session;
    std::optional<std::string> methods;
    std::optional<bool> of_child;
};
BOOST_DESCRIBE_STRUCT(DeviceDetails, (), (answer, claims, signed_in_at, session, methods, of_child))

/// A token is 256 random bits, so an unkeyed digest keeps it.
inline Bytes digest_of_token(std::string_view token) {
    const auto digest = crypto::sha256(token);
    return {digest.begin(), digest.end()};
}

/// In the outbox.
inline constexpr std::string_view kApprovalWithdrawn = "oidc.approval_withdrawn";

/// What is wrong with an app, by the names of NewApp.
std::vector<FieldError> find_faults(const NewApp& app);

// What is thrown to apps, with the codes of RFC 6749, 5.2 and RFC 9449, 5.
Error invalid_client();
Error invalid_grant();
Error invalid_request(std::string_view what);
Error invalid_proof(Fault fault);

/// Seconds since 1970, as tokens have them.
inline std::int64_t seconds(Time time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace educard::oidc
