#pragma once
// Is this card good? One pure function for the API, for `educard verify` and for tests; docs/card-format.md
// has the table of reasons, whose names are API. Include modules/cards/cards.hpp. Values; any thread; never
// throws.

#include "base/time.hpp"
#include "crypto/key_ring.hpp"
#include "crypto/signature.hpp"
#include "crypto/status_list.hpp"
#include "modules/cards/credential.hpp"

#include <boost/describe/enum.hpp>

#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::cards {

enum class Result { accept, caution, refuse };
BOOST_DESCRIBE_ENUM(Result, accept, caution, refuse)

enum class Reason {
    valid,
    unreadable,
    unknown_issuer,
    bad_signature,
    wrong_holder,
    not_yet_valid,
    expired,
    from_future,
    stale,
    revoked,
    suspended,
    status_unknown,
    status_stale,
    outdated,  // online only
    // of a typed card number
    number_only,
    never_issued,
    bad_check_digits,
};
BOOST_DESCRIBE_ENUM(Reason,
                    valid,
                    unreadable,
                    unknown_issuer,
                    bad_signature,
                    wrong_holder,
                    not_yet_valid,
                    expired,
                    from_future,
                    stale,
                    revoked,
                    suspended,
                    status_unknown,
                    status_stale,
                    outdated,
                    number_only,
                    never_issued,
                    bad_check_digits)

/// accept for valid; caution for what is true but proves nothing; refuse for all else.
Result result_of(Reason reason);

/// Whose signatures are believed.
class Trust {
public:
    void add(std::string issuer, crypto::KeyId id, const crypto::P256PublicKey& key);
    /// Takes over what another one trusts.
    void add(const Trust& other);
    /// Null when there is no such key.
    const crypto::P256PublicKey* find(std::string_view issuer, crypto::KeyId id) const;
    /// The key of that id of any issuer, for status lists, which name none.
    std::vector<crypto::P256PublicKey> find(crypto::KeyId id) const;
    bool empty() const { return keys_.empty(); }

    /// Reads what GET /issuer-keys and `educard keys export-public` give; nothing when it is none.
    static std::optional<Trust> from_json(std::string_view text);

private:
    struct Key {
        std::string issuer;
        crypto::KeyId id = 0;
        crypto::P256PublicKey key;
    };
    std::vector<Key> keys_;
};

/// The key set in JSON, as GET /issuer-keys gives it: active and retired keys.
std::string issuer_keys_json(const crypto::KeyRing& ring);

/// `outdated`: withdrawn because the card says something else by now, which a status list cannot tell from
/// revoked.
enum class StatusAnswer { valid, revoked, suspended, outdated, unknown, stale };

/// Where the state of a credential is looked up.
class StatusSource {
public:
    virtual ~StatusSource() = default;
    virtual StatusAnswer find(std::string_view uri, std::uint64_t index, Time now) const = 0;
};

/// Status lists that were fetched before.
class KnownLists final : public StatusSource {
public:
    /// Reads a signed list; a newer one of the same uri takes an older one's place.
    std::expected<void, crypto::StatusListFault> add(ByteView token, const Trust& trust);
    StatusAnswer find(std::string_view uri, std::uint64_t index, Time now) const override;

private:
    std::vector<crypto::StatusList> lists_;
};

struct Limits {
    std::chrono::seconds max_age{30};    // of a shown code
    std::chrono::seconds max_ahead{30};  // by which clocks may differ
};

struct Verification {
    Reason reason = Reason::unreadable;
    std::optional<Claims> claims;  // believed only when the reason comes after bad_signature
    std::optional<Time> shown_at;

    /// Whether the issuer said what `claims` say.
    bool is_authentic() const {
        return claims && reason != Reason::unreadable && reason != Reason::unknown_issuer &&
               reason != Reason::bad_signature;
    }
};

/// Checks a code ("EDU1:…") in the order of docs/card-format.md. White space around it is ignored.
Verification verify(std::string_view code,
                    const Trust& trust,
                    Time now,
                    const StatusSource& statuses,
                    const Limits& limits = {});

/// "张*明", "李*", "J***h": first and last letter; of names of two letters the first.
std::string mask_name(std::string_view name);

}  // namespace educard::cards
