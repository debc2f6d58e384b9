#include "modules/oidc/signing_keys.hpp"

#include "base/error.hpp"
#include "modules/oidc/store.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <mutex>
#include <ranges>

namespace educard::oidc {

namespace {

crypto::JwsAlgorithm jws(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::RS256:
            return crypto::JwsAlgorithm::RS256;
        case Algorithm::ES256:
            return crypto::JwsAlgorithm::ES256;
        case Algorithm::EdDSA:
            break;
    }
    return crypto::JwsAlgorithm::EdDSA;
}

std::string id_of(Algorithm algorithm, std::int64_t number) {
    return fmt::format("{}-{}", boost::describe::enum_to_string(algorithm, ""), number);
}

std::string text_of(const crypto::Secret& secret) {
    return std::string(as_text(secret.view()));
}

crypto::FieldPlace place_of(std::string_view id, std::int64_t number) {
    return {.table = "token_key", .column = id, .row = number};
}

}  // namespace

std::vector<SigningKeys::Kept> SigningKeys::load() const {
    const auto rows = database_.read([](sql::Tx& tx) { return store::token_keys(tx); });
    std::vector<Kept> kept;
    for (const auto& row : rows) {
        const auto id = id_of(row.algorithm, row.number);
        const auto der = cipher_.open(row.material, place_of(id, row.number));
        auto key = crypto::JwsKey::from_der(jws(row.algorithm), as_bytes(der));
        EDU_ASSERT(key.has_value());
        kept.push_back({.algorithm = row.algorithm,
                        .number = row.number,
                        .signs_from = row.signs_from,
                        .key = *std::move(key)});
    }
    return kept;
}

void SigningKeys::make(Algorithm algorithm, std::int64_t number, Time signs_from) const {
    const auto key = crypto::JwsKey::generate(jws(algorithm));
    const auto id = id_of(algorithm, number);
    const store::TokenKey row{.algorithm = algorithm,
                              .number = number,
                              .material = cipher_.seal(text_of(key.to_der()), place_of(id, number)),
                              .created_at = clock_.now(),
                              .signs_from = signs_from};
    database_.write([&](sql::Tx& tx) { store::insert_token_key(tx, row); });  // another node may be first
}

void SigningKeys::renew() {
    auto kept = load();
    const auto now = clock_.now();
    bool made = false;
    for (const auto algorithm : {Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA}) {
        const auto newest = std::ranges::find(kept.rbegin(), kept.rend(), algorithm, &Kept::algorithm);
        if (newest == kept.rend()) {
            make(algorithm, 1, now);
            made = true;
        } else if (newest->signs_from + kLife <= now) {
            make(algorithm, newest->number + 1, now + kPublishedAhead);
            made = true;
        }
    }
    if (made) {
        kept = load();
    }
    const std::unique_lock lock(mutex_);
    keys_ = std::move(kept);
}

SigningKeys::Signer SigningKeys::signer(Algorithm algorithm) const {
    const auto now = clock_.now();
    const std::shared_lock lock(mutex_);
    for (const auto& kept : std::views::reverse(keys_)) {
        if (kept.algorithm == algorithm && kept.signs_from <= now) {
            return {.key = kept.key, .id = id_of(algorithm, kept.number)};
        }
    }
    throw Error(Fault::internal, "oidc.no_key");
}

boost::json::object SigningKeys::jwks() const {
    const auto now = clock_.now();
    boost::json::array keys;
    const std::shared_lock lock(mutex_);
    for (const auto& kept : keys_) {
        const bool replaced = std::ranges::any_of(keys_, [&](const Kept& other) {
            return other.algorithm == kept.algorithm && other.number > kept.number &&
                   other.signs_from + kPublishedAfter <= now;
        });
        if (!replaced) {
            auto jwk = kept.key.public_jwk();
            jwk["kid"] = id_of(kept.algorithm, kept.number);
            keys.push_back(std::move(jwk));
        }
    }
    return {{"keys", std::move(keys)}};
}

std::optional<crypto::Jwt> SigningKeys::read(std::string_view token) const {
    auto read = crypto::read_jwt(token);
    const auto* id = read ? read->header.if_contains("kid") : nullptr;
    const auto* type = read ? read->header.if_contains("typ") : nullptr;
    // A logout token is signed by the same keys and is no ID token (RFC 8725, 3.11).
    if (id == nullptr || !id->is_string() || type == nullptr || *type != "JWT") {
        return std::nullopt;
    }
    const std::shared_lock lock(mutex_);
    for (const auto& kept : keys_) {
        if (id_of(kept.algorithm, kept.number) == std::string_view(id->get_string())) {
            const auto key = crypto::JwtKey::from_jwk(kept.key.public_jwk());
            return key && read->is_signed_by(*key) ? std::move(read) : std::nullopt;
        }
    }
    return std::nullopt;
}

}  // namespace educard::oidc
