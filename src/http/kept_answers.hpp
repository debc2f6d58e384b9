#pragma once
// What makes it safe to send a request again whose answer got lost: the client gives the request a key of its
// own (Idempotency-Key), the answer is kept under it for a day, and the same request with the same key gets
// that answer instead of being done twice. Follows the IETF draft "The Idempotency-Key HTTP Header Field".
// Any thread.

#include "base/time.hpp"
#include "crypto/digest.hpp"
#include "crypto/field_cipher.hpp"
#include "http/endpoint.hpp"

#include <optional>

namespace educard::http {

struct Request;

/// Whose request it is, and which. Two requests are the same when method, target and body are.
struct RepeatKey {
    crypto::Digest key{};
    crypto::Digest fingerprint{};
};

/// Nothing when the request has no key. Throws Error(invalid) when the key is not 8 to 128 visible ASCII
/// characters.
std::optional<RepeatKey> repeat_key_of(const Request& request, const Caller& caller);

class KeptAnswers {
public:
    KeptAnswers(const crypto::FieldCipher& cipher, const Clock& clock) : cipher_(cipher), clock_(clock) {}

    /// The answer that was given before; or nothing, and then the request is the caller's to do. Throws
    /// Error(conflict, "http.key_reused") when the key came with another request, and
    /// Error(conflict, "http.under_way") while somebody else is doing the same.
    std::optional<Response> claim(sql::Tx& tx, const RepeatKey& repeat) const;
    /// In the transaction that did what was asked for, where that is one; else right after it.
    void keep(sql::Tx& tx, const RepeatKey& repeat, const Response& response) const;
    /// What was asked for failed, so it may be tried again under the same key.
    void give_up(sql::Tx& tx, const RepeatKey& repeat) const;
    /// Forgets what is older than a day. Gives how many.
    std::int64_t sweep(sql::Tx& tx) const;

private:
    const crypto::FieldCipher& cipher_;
    const Clock& clock_;
};

}  // namespace educard::http
