#pragma once
// Makes the audit log tamper-evident. A block holds the Merkle root of its events, the hash of the block
// before it, and a signature over both; whoever has the public key can check it. Events wait at most a second
// for their block; there is no chain through the events themselves, which would make every commit wait for
// the one before.
//
// What the blocks alone cannot show is that the newest ones were cut off together with their events. So the
// sealer logs the head ("audit head 1234 <hash>") once an hour and when it stops: a log that is kept
// elsewhere is the witness.

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "crypto/digest.hpp"
#include "runtime/ticker.hpp"
#include "sql/sql.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace educard {

struct AuditEvent;

struct AuditBlock {
    std::int64_t number = 0;  // 1, 2, 3 … without gaps
    Time sealed_at;
    std::int64_t events = 0;
    crypto::Digest root{};
    crypto::Digest previous{};  // hash of the block before; zeros in the first
    std::string key_id;
    Bytes signature;
};
BOOST_DESCRIBE_STRUCT(AuditBlock, (), (number, sealed_at, events, root, previous, key_id, signature))

/// SHA-256 over all of the block but its signature: what is signed, and what the next block names.
crypto::Digest hash_of(const AuditBlock& block);

struct AuditSigner {
    std::string key_id;
    std::function<Bytes(ByteView message)> sign;
};
/// Whether `signature` over `message` is by the key of that name.
using AuditVerifier = std::function<bool(std::string_view key_id, ByteView message, ByteView signature)>;

class AuditSealer {
public:
    AuditSealer(sql::Database& database, const Clock& clock, AuditSigner signer);
    ~AuditSealer();
    AuditSealer(const AuditSealer&) = delete;
    AuditSealer& operator=(const AuditSealer&) = delete;

    /// Seals every second until stopped.
    void start();
    /// Seals what is left, and waits.
    void stop();
    /// Seals the events that have no block yet, 10,000 to a block. Gives how many there were.
    std::int64_t seal();
    /// Writes events of the past together with the blocks that seal them, for those who fill an installation.
    /// Nobody else seals meanwhile.
    void insert_sealed(sql::Tx& tx, std::vector<AuditEvent> events);
    /// How long ago everything was sealed; in health that is about a second.
    std::chrono::duration<double> lag() const;

private:
    std::int64_t seal_block(sql::Tx& tx);
    AuditBlock next_block(sql::Tx& tx) const;
    void log_head();

    sql::Database& database_;
    const Clock& clock_;
    const AuditSigner signer_;
    std::atomic<Time> all_sealed_at_;
    Time head_logged_at_{};
    std::unique_ptr<Ticker> ticker_;
};

enum class AuditFaultKind {
    missing_block,    // a number is not there
    broken_chain,     // the block does not name the one before it
    bad_signature,    // changed, or not by one of our keys
    wrong_count,      // an event was removed from the block or put into it
    wrong_root,       // an event of the block was changed
    unknown_block,    // events say they are in a block that does not exist
    unsealed_events,  // events that should have a block by now (the sealer does not run, or they were put in)
};
BOOST_DESCRIBE_ENUM(AuditFaultKind,
                    missing_block,
                    broken_chain,
                    bad_signature,
                    wrong_count,
                    wrong_root,
                    unknown_block,
                    unsealed_events)

struct AuditFault {
    AuditFaultKind kind{};
    std::int64_t block = 0;

    bool operator==(const AuditFault&) const = default;
};

/// Checks the whole log, one block in memory at a time, on the snapshot of `tx`. Empty when all is well.
/// Events younger than ten seconds before `now` need no block yet.
std::vector<AuditFault> verify_audit(sql::Tx& tx, Time now, const AuditVerifier& verifier);

/// Number and hash of the newest block, as logged: "1234 9f86d0…"; "0" when there is none.
std::string audit_head(sql::Tx& tx);

}  // namespace educard
