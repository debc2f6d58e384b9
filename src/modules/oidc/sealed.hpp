#pragma once
// Authorization codes and access tokens that stand in no table: what they stand for is sealed in their text
// (docs/decisions/0034-sealed-codes-and-tokens.md). A code is good once because its grant can be made only
// once; a token is good as long as its grant is. What is sealed as one does not open as the other, nor at
// another issuer. Inside of the module; any thread.

#include "crypto/field_cipher.hpp"
#include "modules/oidc/details.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace educard::oidc {

/// What a code stands for. `details.redirect_uri` is a digest (digest_of_uri).
struct Code {
    GrantId grant_id;
    AppId app_id;
    AccountId account_id;
    std::string scope;
    CodeDetails details;
    Time expires_at;
};

/// An address as a code keeps it: so many letters whatever it is.
std::string digest_of_uri(std::string_view uri);

/// What an access token stands for; `account_id` and `grant_id` are none for an app in its own name.
struct AccessToken {
    AppId app_id;
    AccountId account_id;
    GrantId grant_id;
    std::string scope;
    std::optional<std::string> key_thumbprint;
    Time expires_at;
    Bytes digest{};  // of what was opened: under this it is given back
};

class Seals {
public:
    /// Octets that the app chose itself (scope, nonce, challenge, thumbprint) which a code has room for, to
    /// stay below 1,024 letters, and a token's scope, to stay below 2,048. Whatever is longer is kept in
    /// app_token.
    static constexpr std::size_t kRoomInCode = 400;
    static constexpr std::size_t kRoomInToken = 1300;

    /// So long after it was retired a key still opens, for nodes that have not got the new one yet. Later
    /// somebody who stole it makes nothing with it.
    static constexpr std::chrono::days kRetiredKeyLife{1};

    /// `cipher`, which seals with `keys`, and the other two outlive it.
    Seals(const crypto::FieldCipher& cipher,
          const crypto::KeyRing& keys,
          const Clock& clock,
          std::string_view issuer);

    std::string seal(const Code& code) const;
    std::string seal(const AccessToken& token) const;
    /// Nothing when it is something else, or was changed.
    std::optional<Code> open_code(std::string_view text) const;
    std::optional<AccessToken> open_token(std::string_view text) const;

private:
    crypto::FieldPlace place(std::string_view kind) const;
    std::optional<std::string> open(ByteView sealed, std::string_view kind) const;

    const crypto::FieldCipher& cipher_;
    const crypto::KeyRing& keys_;
    const Clock& clock_;
    const std::int64_t issuer_;  // a part of its digest
};

}  // namespace educard::oidc
