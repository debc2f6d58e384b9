#include "modules/accounts/passkeys.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "crypto/digest.hpp"
#include "modules/accounts/store_factors.hpp"

#include <boost/describe/enum_to_string.hpp>

#include <spdlog/spdlog.h>

namespace educard::accounts {

namespace {

constexpr crypto::FieldPlace kChallengePlace{"passkey", "challenge", 0};
constexpr std::size_t kHandleSize = 32;
constexpr std::size_t kMostPasskeys = 20;
constexpr std::size_t kMostName = 60;  // characters

/// What a challenge holds. Two are never the same, for no two sealed texts are.
struct Asked {
    std::optional<AccountId> account;  // of an offer
    std::string handle;                // of an offer, base64url
    Time until;
};
BOOST_DESCRIBE_STRUCT(Asked, (), (account, handle, until))

Asked read_challenge(const crypto::FieldCipher& cipher, std::string_view challenge) {
    const auto sealed = from_base64url(challenge);
    const auto text = sealed ? cipher.try_open(*sealed, kChallengePlace) : std::nullopt;
    return text ? json::decode<Asked>(*text) : Asked{};
}

Error refused(std::string_view why) {
    spdlog::info("passkey refused: {}", why);
    return Error::invalid("passkey", "accounts.passkey_refused");
}

template <class T>
T require(std::expected<T, webauthn::WebauthnFault> found) {
    if (!found) {
        throw refused(boost::describe::enum_to_string(found.error(), "?"));
    }
    return *std::move(found);
}

Bytes octets_of(std::string_view name, const std::string& text) {
    auto octets = from_base64url(text);
    if (!octets || octets->empty()) {
        throw Error::invalid(std::string(name), text.empty() ? "required" : "value");
    }
    return *std::move(octets);
}

}  // namespace

void Passkeys::require_name() const {
    if (party_.id.empty()) {
        throw Error(Fault::conflict, "accounts.passkeys_need_a_name");
    }
}

std::string Passkeys::make_challenge(std::optional<AccountId> account, std::string_view handle) const {
    require_name();
    const Asked asked{.account = account, .handle = std::string(handle), .until = clock_.now() + life_};
    return to_base64url(cipher_.seal(json::encode(asked), kChallengePlace));
}

std::string Passkeys::take_challenge(sql::Tx& tx,
                                     std::string_view challenge,
                                     std::optional<AccountId> account) const {
    auto asked = read_challenge(cipher_, challenge);
    const auto digest = crypto::sha256(challenge);
    if (asked.until <= clock_.now() || asked.account != account ||
        !store::answer_challenge(tx, Bytes(digest.begin(), digest.end()), asked.until)) {
        throw Error::invalid("passkey", "accounts.passkey_expired");
    }
    return std::move(asked.handle);
}

PasskeyChallenge Passkeys::challenge() const {
    return {.challenge = make_challenge(std::nullopt, ""),
            .party = party_.id,
            .expires_at = clock_.now() + life_};
}

PasskeyOffer Passkeys::offer(sql::Tx& tx,
                             AccountId account,
                             const std::string& user_name,
                             const std::string& name) const {
    const auto rows = store::passkeys(tx, account);
    auto handle = to_base64url(rows.empty() ? random_.bytes(kHandleSize) : rows.front().user_handle);
    PasskeyOffer offer{.challenge = make_challenge(account, handle),
                       .party = party_.id,
                       .user_handle = std::move(handle),
                       .user_name = user_name,
                       .display_name = name,
                       .algorithms = {webauthn::kAlgorithms.begin(), webauthn::kAlgorithms.end()},
                       .present = {},
                       .expires_at = clock_.now() + life_};
    for (const auto& row : rows) {
        offer.present.push_back(to_base64url(row.credential_id));
    }
    return offer;
}

PasskeyView Passkeys::add(sql::Tx& tx, AccountId account, const NewPasskey& answer) const {
    const auto name = tidy(answer.name);
    if (name.empty() || count_characters(name) > kMostName) {
        throw Error::invalid("name", name.empty() ? "required" : "too_long");
    }
    const auto client_data = octets_of("client_data", answer.client_data);
    const auto attestation = octets_of("attestation", answer.attestation);
    const auto challenge =
        require(webauthn::read_challenge(party_, webauthn::Ceremony::create, as_text(client_data)));
    auto made = require(webauthn::read_attestation(party_, attestation));
    const auto handle = take_challenge(tx, challenge, account);
    const auto present = store::passkeys(tx, account);
    if (present.size() >= kMostPasskeys) {
        throw Error::invalid("passkey", "too_many");
    }
    const store::PasskeyRow row{.credential_id = std::move(made.id),
                                .id = ids_.next<PasskeyId>(),
                                .account_id = account,
                                .user_handle = from_base64url(handle).value(),
                                .name = name,
                                .public_key = std::move(made.public_key),
                                .sign_count = made.sign_count,
                                .synced = made.synced,
                                .created_at = clock_.now(),
                                .last_used_at = std::nullopt};
    if (!store::insert_passkey(tx, row)) {
        throw Error::invalid("passkey", "accounts.passkey_present");
    }
    return {row.id, row.name, row.synced, row.created_at, row.last_used_at};
}

AccountId Passkeys::use(sql::Tx& tx, const PasskeyAnswer& answer) const {
    const auto client_data = octets_of("client_data", answer.client_data);
    const auto authenticator_data = octets_of("authenticator_data", answer.authenticator_data);
    const auto signature = octets_of("signature", answer.signature);
    const auto challenge =
        require(webauthn::read_challenge(party_, webauthn::Ceremony::get, as_text(client_data)));
    const auto row = store::find_passkey(tx, octets_of("credential_id", answer.credential_id));
    if (!row) {
        throw Error::invalid("passkey", "accounts.passkey_unknown");
    }
    if (answer.user_handle && from_base64url(*answer.user_handle) != row->user_handle) {
        throw refused("another user");
    }
    const auto count = require(webauthn::check_assertion(
        party_, row->public_key, authenticator_data, as_text(client_data), signature));
    take_challenge(tx, challenge, std::nullopt);
    if (!store::use_passkey(tx, row->credential_id, count, clock_.now())) {
        throw refused("its counter went back, so there may be a copy of it");
    }
    return row->account_id;
}

std::vector<PasskeyView> Passkeys::list(sql::Tx& tx, AccountId account) const {
    std::vector<PasskeyView> views;
    for (const auto& row : store::passkeys(tx, account)) {
        views.push_back({row.id, row.name, row.synced, row.created_at, row.last_used_at});
    }
    return views;
}

bool Passkeys::remove(sql::Tx& tx, AccountId account, PasskeyId id) const {
    return store::remove_passkey(tx, account, id);
}

void Passkeys::remove_all(sql::Tx& tx, AccountId account) const {
    store::remove_passkeys(tx, account);
}

}  // namespace educard::accounts
