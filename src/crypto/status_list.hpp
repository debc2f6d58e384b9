#pragma once
// Token Status List (draft-ietf-oauth-status-list): two bits for each credential, compressed and signed, so
// that a gate can know without a network who is suspended or revoked. Reading never throws. Values; any
// thread.

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "crypto/cose.hpp"

#include <boost/describe/enum.hpp>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

namespace educard::crypto {

/// The values on the wire are the numbers 0 to 3.
enum class Status { valid, revoked, suspended, reserved };
BOOST_DESCRIBE_ENUM(Status, valid, revoked, suspended, reserved)

/// The bits of one list; starts with every entry valid.
class StatusBits {
public:
    static constexpr std::uint32_t kMaxEntries = 1U << 20;

    /// `entries` is a multiple of 4 and at most kMaxEntries.
    explicit StatusBits(std::uint32_t entries);

    void set(std::uint32_t index, Status status);
    /// Nothing past the end.
    std::optional<Status> at(std::uint64_t index) const;
    std::uint32_t size() const { return static_cast<std::uint32_t>(octets_.size() * 4); }

    Bytes compress() const;
    /// Refuses what would unfold to more than kMaxEntries.
    static std::optional<StatusBits> decompress(ByteView compressed);

    bool operator==(const StatusBits&) const = default;

private:
    Bytes octets_;
};

struct StatusList {
    std::string uri;
    Time issued_at;
    Time expires_at;
    std::int64_t ttl_seconds = 0;
    StatusBits bits{0};
};

enum class StatusListFault { unreadable, unknown_issuer, bad_signature };
BOOST_DESCRIBE_ENUM(StatusListFault, unreadable, unknown_issuer, bad_signature)

/// The signed list, media type application/statuslist+cwt.
Bytes sign_status_list(const StatusList& list, const P256PrivateKey& key, KeyId key_id);

/// The list when `key` made its signature. Whether it is still good (expires_at) is the caller's question.
std::expected<StatusList, StatusListFault> read_status_list(ByteView token, const P256PublicKey& key);

}  // namespace educard::crypto
