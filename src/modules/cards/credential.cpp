#include "modules/cards/credential.hpp"

#include "crypto/card_number.hpp"
#include "crypto/cbor.hpp"
#include "crypto/cose.hpp"

#include <fmt/format.h>
#include <utility>
#include <vector>

namespace educard::cards {

namespace {

namespace cbor = crypto::cbor;
namespace cose = crypto::cose;

constexpr std::int64_t kIssuer = 1;
constexpr std::int64_t kExpires = 4;
constexpr std::int64_t kNotBefore = 5;
constexpr std::int64_t kIssuedAt = 6;
constexpr std::int64_t kId = 7;
constexpr std::int64_t kConfirmation = 8;
constexpr std::int64_t kIdentity = 169;
constexpr std::int64_t kStatus = 65535;
constexpr std::int64_t kRole = -65537;
constexpr std::int64_t kSchoolCode = -65538;
constexpr std::int64_t kStage = -65539;
constexpr std::int64_t kConfirmationKey = 1;
constexpr std::int64_t kIdentityNumber = 1;
constexpr std::int64_t kIdentityName = 4;

constexpr std::string_view kCodePrefix = "EDU1:";
constexpr std::string_view kPresentationDomain = "educard/card-presentation/1";
constexpr std::size_t kMaxCode = 2000;             // characters; ours have 600
constexpr std::int64_t kLatest = 253'402'300'799;  // the end of the year 9999
constexpr std::size_t kMaxText = 200;

using Entries = std::vector<std::pair<Bytes, Bytes>>;

Bytes map_of(Entries entries) {
    return cbor::Writer().map(std::move(entries)).take();
}

std::int64_t seconds_of(Time time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::string big_endian(std::int64_t number) {
    std::string octets;
    for (int shift = 56; shift >= 0; shift -= 8) {
        octets += static_cast<char>(static_cast<std::uint64_t>(number) >> shift & 0xFFU);
    }
    return octets;
}

Bytes encode_claims(const Claims& claims) {
    Entries list;
    list.emplace_back(cbor::of("idx"), cbor::of(static_cast<std::int64_t>(claims.status_index)));
    list.emplace_back(cbor::of("uri"), cbor::of(std::string_view(claims.status_uri)));
    Entries status;
    status.emplace_back(cbor::of("status_list"), map_of(std::move(list)));
    Entries confirmation;
    confirmation.emplace_back(cbor::of(kConfirmationKey), cose::encode_key(claims.holder_key));
    Entries identity;
    identity.emplace_back(cbor::of(kIdentityNumber), cbor::of(std::string_view(claims.card_number)));
    identity.emplace_back(cbor::of(kIdentityName), cbor::of(std::string_view(claims.name)));

    Entries all;
    all.emplace_back(cbor::of(kIssuer), cbor::of(std::string_view(claims.issuer)));
    all.emplace_back(cbor::of(kExpires), cbor::of(seconds_of(claims.expires_at)));
    if (claims.not_before) {
        all.emplace_back(cbor::of(kNotBefore), cbor::of(seconds_of(*claims.not_before)));
    }
    all.emplace_back(cbor::of(kIssuedAt), cbor::of(seconds_of(claims.issued_at)));
    all.emplace_back(cbor::of(kId), cbor::of(as_bytes(big_endian(claims.credential_id))));
    all.emplace_back(cbor::of(kConfirmation), map_of(std::move(confirmation)));
    all.emplace_back(cbor::of(kIdentity), map_of(std::move(identity)));
    all.emplace_back(cbor::of(kStatus), map_of(std::move(status)));
    all.emplace_back(cbor::of(kRole), cbor::of(std::string_view(claims.role)));
    all.emplace_back(cbor::of(kSchoolCode), cbor::of(std::string_view(claims.school_code)));
    if (claims.stage) {
        all.emplace_back(cbor::of(kStage), cbor::of(std::string_view(*claims.stage)));
    }
    return map_of(std::move(all));
}

/// Reads members one after the other and remembers whether one was missing or wrong.
class ClaimReader {
public:
    explicit ClaimReader(const cbor::Value& map) : map_(map) {}

    std::string text(std::int64_t key) { return text_of(map_.find(key)); }
    std::string text(std::string_view key) { return text_of(map_.find(key)); }
    std::optional<std::string> optional_text(std::int64_t key) {
        return map_.find(key) != nullptr ? std::optional(text(key)) : std::nullopt;
    }
    Time time(std::int64_t key) { return time_of(map_.find(key)); }
    std::optional<Time> optional_time(std::int64_t key) {
        return map_.find(key) != nullptr ? std::optional(time(key)) : std::nullopt;
    }
    std::int64_t id(std::int64_t key) {
        const auto* value = map_.find(key);
        const auto octets = value != nullptr ? value->bytes() : std::nullopt;
        good_ = good_ && octets && octets->size() == 8;
        std::uint64_t number = 0;
        for (const auto octet : octets.value_or(ByteView())) {
            number = number << 8 | octet;
        }
        return static_cast<std::int64_t>(number);
    }
    std::uint64_t index(std::string_view key) {
        const auto* value = map_.find(key);
        const auto number = value != nullptr ? value->integer() : std::nullopt;
        good_ = good_ && number && *number >= 0;
        return good_ ? static_cast<std::uint64_t>(*number) : 0;
    }
    bool good() const { return good_; }

private:
    std::string text_of(const cbor::Value* value) {
        const auto text = value != nullptr ? value->text() : std::nullopt;
        good_ = good_ && text && text->size() <= kMaxText;
        return good_ ? std::string(*text) : std::string();
    }
    Time time_of(const cbor::Value* value) {
        const auto seconds = value != nullptr ? value->integer() : std::nullopt;
        good_ = good_ && seconds && *seconds >= 0 && *seconds <= kLatest;
        return good_ ? Time(std::chrono::seconds(*seconds)) : Time();
    }

    const cbor::Value& map_;
    bool good_ = true;
};

const cbor::Value* find_path(const cbor::Value& map, std::int64_t key, std::int64_t inner) {
    const auto* value = map.find(key);
    return value != nullptr ? value->find(inner) : nullptr;
}

std::optional<Claims> decode_claims(const cbor::Value& map) {
    const auto* key = find_path(map, kConfirmation, kConfirmationKey);
    const auto* identity = map.find(kIdentity);
    const auto* status = map.find(kStatus);
    const auto* list = status != nullptr ? status->find("status_list") : nullptr;
    const auto holder = key != nullptr ? cose::decode_key(*key) : std::nullopt;
    if (!holder || identity == nullptr || list == nullptr) {
        return std::nullopt;
    }
    ClaimReader outer(map);
    ClaimReader person(*identity);
    ClaimReader entry(*list);
    Claims claims{.issuer = outer.text(kIssuer),
                  .issued_at = outer.time(kIssuedAt),
                  .expires_at = outer.time(kExpires),
                  .not_before = outer.optional_time(kNotBefore),
                  .credential_id = outer.id(kId),
                  .holder_key = *holder,
                  .card_number = person.text(kIdentityNumber),
                  .name = person.text(kIdentityName),
                  .role = outer.text(kRole),
                  .school_code = outer.text(kSchoolCode),
                  .stage = outer.optional_text(kStage),
                  .status_uri = entry.text("uri"),
                  .status_index = entry.index("idx")};
    const bool good =
        outer.good() && person.good() && entry.good() && crypto::is_valid_card_number(claims.card_number);
    return good ? std::optional(std::move(claims)) : std::nullopt;
}

}  // namespace

Bytes sign_credential(const Claims& claims, const crypto::P256PrivateKey& key, crypto::KeyId key_id) {
    return cose::sign(encode_claims(claims), key, key_id);
}

Bytes presentation_message(ByteView credential, std::int64_t seconds) {
    const auto digest = crypto::sha256(credential);
    const auto time = big_endian(seconds);
    Bytes message;
    message.reserve(kPresentationDomain.size() + 1 + digest.size() + time.size());
    message.insert(message.end(), kPresentationDomain.begin(), kPresentationDomain.end());
    message.push_back(0);
    message.insert(message.end(), digest.begin(), digest.end());
    message.insert(message.end(), time.begin(), time.end());
    return message;
}

std::string present(ByteView credential, Time at, const crypto::P256PrivateKey& holder) {
    const auto seconds = seconds_of(at);
    const auto proof = holder.sign(presentation_message(credential, seconds));
    const auto octets = cbor::Writer().array(3).bytes(credential).integer(seconds).bytes(proof).take();
    return std::string(kCodePrefix) + to_base45(octets);
}

std::string enrolment_message(AccountId account,
                              std::int64_t seconds,
                              const crypto::P256PublicKey& public_key) {
    return fmt::format(
        "educard/device-enrolment/1\n{}\n{}\n{}", account.value, seconds, public_key.thumbprint());
}

std::optional<Presentation> parse_presentation(std::string_view code) {
    if (code.size() > kMaxCode || !code.starts_with(kCodePrefix)) {
        return std::nullopt;
    }
    auto octets = from_base45(code.substr(kCodePrefix.size()));
    const auto value = octets ? cbor::decode(*octets) : std::unexpected(cbor::CborFault::malformed);
    if (!value || value->kind != cbor::Kind::array || value->items.size() != 3) {
        return std::nullopt;
    }
    const auto credential = value->items[0].bytes();
    const auto seconds = value->items[1].integer();
    const auto proof = crypto::to_signature(value->items[2].bytes().value_or(ByteView()));
    if (!credential || !seconds || *seconds < 0 || *seconds > kLatest || !proof) {
        return std::nullopt;
    }
    // The views stay good: moving a vector moves no octet.
    return Presentation{.octets = std::move(*octets),
                        .credential = *credential,
                        .shown_at = Time(std::chrono::seconds(*seconds)),
                        .proof = *proof};
}

std::optional<SignedClaims> parse_credential(ByteView credential) {
    const auto message = cose::parse(credential);
    const auto key_id = message ? cose::key_id_from(message->key_id) : std::nullopt;
    if (!key_id) {
        return std::nullopt;
    }
    const auto payload = cbor::decode(message->payload);
    auto claims = payload ? decode_claims(*payload) : std::nullopt;
    if (!claims) {
        return std::nullopt;
    }
    return SignedClaims{.claims = std::move(*claims),
                        .key_id = *key_id,
                        .digest = message->digest(),
                        .signature = message->signature};
}

}  // namespace educard::cards
