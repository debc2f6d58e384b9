#include "crypto/status_list.hpp"

#include "base/error.hpp"

#include <array>
#include <zlib.h>

namespace educard::crypto {

namespace {

constexpr std::string_view kType = "application/statuslist+cwt";
constexpr std::int64_t kSubject = 2;
constexpr std::int64_t kExpires = 4;
constexpr std::int64_t kIssuedAt = 6;
constexpr std::int64_t kTtl = 65534;
constexpr std::int64_t kStatusList = 65533;
constexpr std::int64_t kLatest = 253'402'300'799;  // the end of the year 9999

std::int64_t seconds_of(Time time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::optional<std::int64_t> integer_of(const cbor::Value& claims, std::int64_t key) {
    const auto* value = claims.find(key);
    return value != nullptr ? value->integer() : std::nullopt;
}

std::optional<Time> time_of(const cbor::Value& claims, std::int64_t key) {
    const auto seconds = integer_of(claims, key);
    return seconds && *seconds >= 0 && *seconds <= kLatest
               ? std::optional(Time(std::chrono::seconds(*seconds)))
               : std::nullopt;
}

std::optional<StatusList> decode_claims(const cbor::Value& claims) {
    const auto* subject = claims.find(kSubject);
    const auto* holder = claims.find(kStatusList);
    const auto issued = time_of(claims, kIssuedAt);
    const auto expires = time_of(claims, kExpires);
    if (subject == nullptr || !subject->text() || holder == nullptr || !issued || !expires) {
        return std::nullopt;
    }
    const auto* width = holder->find("bits");
    const auto* list = holder->find("lst");
    if (width == nullptr || width->integer() != 2 || list == nullptr || !list->bytes()) {
        return std::nullopt;
    }
    auto bits = StatusBits::decompress(*list->bytes());
    if (!bits) {
        return std::nullopt;
    }
    return StatusList{.uri = std::string(*subject->text()),
                      .issued_at = *issued,
                      .expires_at = *expires,
                      .ttl_seconds = integer_of(claims, kTtl).value_or(0),
                      .bits = std::move(*bits)};
}

}  // namespace

StatusBits::StatusBits(std::uint32_t entries) : octets_(entries / 4) {
    EDU_ASSERT(entries % 4 == 0 && entries <= kMaxEntries);
}

void StatusBits::set(std::uint32_t index, Status status) {
    EDU_ASSERT(index < size());
    const unsigned shift = index % 4 * 2;
    auto& octet = octets_[index / 4];
    octet = static_cast<std::uint8_t>((octet & ~(3U << shift)) | static_cast<unsigned>(status) << shift);
}

std::optional<Status> StatusBits::at(std::uint64_t index) const {
    if (index >= size()) {
        return std::nullopt;
    }
    return static_cast<Status>(octets_[index / 4] >> (index % 4 * 2) & 3U);
}

Bytes StatusBits::compress() const {
    auto length = compressBound(octets_.size());
    Bytes compressed(length);
    const int result =
        compress2(compressed.data(), &length, octets_.data(), octets_.size(), Z_BEST_COMPRESSION);
    EDU_ASSERT(result == Z_OK);
    compressed.resize(length);
    return compressed;
}

std::optional<StatusBits> StatusBits::decompress(ByteView compressed) {
    StatusBits bits(0);
    bits.octets_.resize(kMaxEntries / 4);
    uLongf length = bits.octets_.size();
    uLong consumed = compressed.size();
    if (uncompress2(bits.octets_.data(), &length, compressed.data(), &consumed) != Z_OK ||
        consumed != compressed.size()) {
        return std::nullopt;
    }
    bits.octets_.resize(length);
    bits.octets_.shrink_to_fit();
    return bits;
}

Bytes sign_status_list(const StatusList& list, const P256PrivateKey& key, KeyId key_id) {
    std::vector<std::pair<Bytes, Bytes>> holder;
    holder.emplace_back(cbor::of("bits"), cbor::of(std::int64_t{2}));
    holder.emplace_back(cbor::of("lst"), cbor::of(ByteView(list.bits.compress())));
    std::vector<std::pair<Bytes, Bytes>> claims;
    claims.emplace_back(cbor::of(kSubject), cbor::of(std::string_view(list.uri)));
    claims.emplace_back(cbor::of(kExpires), cbor::of(seconds_of(list.expires_at)));
    claims.emplace_back(cbor::of(kIssuedAt), cbor::of(seconds_of(list.issued_at)));
    claims.emplace_back(cbor::of(kTtl), cbor::of(list.ttl_seconds));
    claims.emplace_back(cbor::of(kStatusList), cbor::Writer().map(std::move(holder)).take());
    return cose::sign(cbor::Writer().map(std::move(claims)).take(), key, key_id, kType);
}

std::expected<StatusList, StatusListFault> read_status_list(ByteView token, const P256PublicKey& key) {
    const auto message = cose::parse(token);
    if (!message || message->type != kType) {
        return std::unexpected(StatusListFault::unreadable);
    }
    if (!message->verify(key)) {
        return std::unexpected(StatusListFault::bad_signature);
    }
    const auto claims = cbor::decode(message->payload);
    auto list = claims ? decode_claims(*claims) : std::nullopt;
    if (!list) {
        return std::unexpected(StatusListFault::unreadable);
    }
    return std::move(*list);
}

}  // namespace educard::crypto
