#pragma once
// The keys that sign tokens: in the database, sealed, so that every node signs with the same ones. A new key
// is published a day before it signs, and published on for a month after another took its place.

#include "crypto/field_cipher.hpp"
#include "crypto/jws.hpp"
#include "crypto/jwt.hpp"
#include "modules/oidc/oidc.hpp"

#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

namespace educard::oidc {

class SigningKeys {
public:
    static constexpr std::chrono::days kLife{90};  // as the signing one
    static constexpr std::chrono::days kPublishedAhead{1};
    static constexpr std::chrono::days kPublishedAfter{30};

    SigningKeys(sql::Database& database, const crypto::FieldCipher& cipher, const Clock& clock)
        : database_(database), cipher_(cipher), clock_(clock) {}

    /// Makes the first key of each algorithm and successors of those that are too old; reads what other nodes
    /// made.
    void renew();

    struct Signer {
        crypto::JwsKey key;
        std::string id;
    };
    Signer signer(Algorithm algorithm) const;
    boost::json::object jwks() const;
    /// A token that one of the published keys signed, whenever it was.
    std::optional<crypto::Jwt> read(std::string_view token) const;

private:
    struct Kept {
        Algorithm algorithm{};
        std::int64_t number = 0;
        Time signs_from;
        crypto::JwsKey key;
    };
    std::vector<Kept> load() const;
    void make(Algorithm algorithm, std::int64_t number, Time signs_from) const;

    sql::Database& database_;
    const crypto::FieldCipher& cipher_;
    const Clock& clock_;
    mutable std::shared_mutex mutex_;
    std::vector<Kept> keys_;  // under mutex_; oldest first
};

}  // namespace educard::oidc
