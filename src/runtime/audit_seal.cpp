#include "runtime/audit_seal.hpp"

#include "base/error.hpp"
#include "runtime/audit.hpp"
#include "runtime/merkle.hpp"
#include "sql/rows.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <span>
#include <spdlog/spdlog.h>

namespace educard {

using namespace std::chrono_literals;

namespace {

constexpr std::int64_t kMaxBlock = 10'000;

/// Fields one after the other, each with its length before it, so that no two events are written alike.
class Canonical {
public:
    Canonical& add(std::int64_t number) {
        add_length(8);
        add_big_endian(static_cast<std::uint64_t>(number));
        return *this;
    }
    Canonical& add(Time time) { return add(std::int64_t{time.time_since_epoch().count()}); }
    Canonical& add(ByteView bytes) {
        add_length(bytes.size());
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
        return *this;
    }
    Canonical& add(std::string_view text) { return add(as_bytes(text)); }
    template <class Tag>
    Canonical& add(const std::optional<Id<Tag>>& id) {
        return id ? add(id->value) : add(std::string_view());
    }
    const Bytes& bytes() const { return bytes_; }

private:
    void add_length(std::size_t length) { add_big_endian(length); }
    void add_big_endian(std::uint64_t number) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes_.push_back(static_cast<std::uint8_t>(number >> shift));
        }
    }
    Bytes bytes_;
};

crypto::Digest leaf_of(const AuditEvent& event) {
    Canonical content;
    content.add("educard audit event 1")
        .add(event.id.value)
        .add(event.at)
        .add(event.account)
        .add(event.person)
        .add(event.action)
        .add(event.organisation_path)
        .add(event.subject_kind)
        .add(event.subject)
        .add(event.details)
        .add(event.network);
    return merkle_leaf(content.bytes());
}

std::vector<crypto::Digest> leaves_of(sql::Tx& tx, std::int64_t block) {
    std::vector<crypto::Digest> leaves;
    tx.each(
        R"(SELECT id, at, account, person, action, organisation_path, subject_kind, subject, details, network, block
           FROM audit_event WHERE block = $1 ORDER BY id)",
        [&](const sql::Row& row) { leaves.push_back(leaf_of(row.as<AuditEvent>())); },
        block);
    return leaves;
}

std::optional<AuditBlock> find_newest_block(sql::Tx& tx) {
    return tx.find<AuditBlock>(R"(SELECT number, sealed_at, events, root, previous, key_id, signature
                                  FROM audit_block ORDER BY number DESC LIMIT 1)");
}

constexpr const char* kBlockTaken = "runtime.audit_block_taken";

/// Another node was first; the events go into its next block or ours.
Error block_taken() {
    return {Fault::conflict, kBlockTaken};
}

void insert_block(sql::Tx& tx, const AuditBlock& block) {
    const auto inserted = tx.execute(
        R"(INSERT INTO audit_block (number, sealed_at, events, root, previous, key_id, signature)
           VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING)",
        block.number,
        block.sealed_at,
        block.events,
        block.root,
        block.previous,
        block.key_id,
        block.signature);
    if (inserted == 0) {
        throw block_taken();
    }
}

void insert_events(sql::Tx& tx, std::span<const AuditEvent> events, std::int64_t block) {
    sql::Rows rows("audit_event",
                   {"id",
                    "at",
                    "account",
                    "person",
                    "action",
                    "organisation_path",
                    "subject_kind",
                    "subject",
                    "details",
                    "network",
                    "block"});
    for (const auto& event : events) {
        rows.add_values(event.id,
                        event.at,
                        event.account,
                        event.person,
                        event.action,
                        event.organisation_path,
                        event.subject_kind,
                        event.subject,
                        event.details,
                        event.network,
                        block);
    }
    tx.insert(rows);
}

void check_block(sql::Tx& tx,
                 const AuditBlock& block,
                 const crypto::Digest& previous,
                 const AuditVerifier& verifier,
                 std::vector<AuditFault>& faults) {
    if (block.previous != previous) {
        faults.push_back({AuditFaultKind::broken_chain, block.number});
    }
    if (!verifier(block.key_id, hash_of(block), block.signature)) {
        faults.push_back({AuditFaultKind::bad_signature, block.number});
    }
    auto leaves = leaves_of(tx, block.number);
    if (static_cast<std::int64_t>(leaves.size()) != block.events) {
        faults.push_back({AuditFaultKind::wrong_count, block.number});
    } else if (merkle_root(std::move(leaves)) != block.root) {
        faults.push_back({AuditFaultKind::wrong_root, block.number});
    }
}

void check_strays(sql::Tx& tx, Time now, std::vector<AuditFault>& faults) {
    const auto strays = tx.list<std::int64_t>(R"(SELECT DISTINCT block FROM audit_event
        WHERE block IS NOT NULL AND block NOT IN (SELECT number FROM audit_block) ORDER BY block)");
    for (const auto block : strays) {
        faults.push_back({AuditFaultKind::unknown_block, block});
    }
    const auto old =
        tx.find<std::int64_t>("SELECT COUNT(*) FROM audit_event WHERE block IS NULL AND at < $1", now - 10s);
    if (old.value() > 0) {
        faults.push_back({AuditFaultKind::unsealed_events, 0});
    }
}

}  // namespace

crypto::Digest hash_of(const AuditBlock& block) {
    Canonical content;
    content.add("educard audit block 1")
        .add(block.number)
        .add(block.sealed_at)
        .add(block.events)
        .add(ByteView(block.root))
        .add(ByteView(block.previous))
        .add(block.key_id);
    return crypto::sha256(content.bytes());
}

AuditSealer::AuditSealer(sql::Database& database, const Clock& clock, AuditSigner signer)
    : database_(database), clock_(clock), signer_(std::move(signer)), all_sealed_at_(clock.now()) {}

AuditSealer::~AuditSealer() {
    stop();
}

void AuditSealer::start() {
    ticker_ = std::make_unique<Ticker>("sealing the audit log", 1s, [this] {
        seal();
        if (clock_.now() - head_logged_at_ >= 1h) {
            log_head();
        }
    });
}

void AuditSealer::stop() {
    if (ticker_) {
        ticker_->stop();
        ticker_.reset();
        run_logged("sealing the audit log", [this] {
            seal();
            log_head();
        });
    }
}

std::int64_t AuditSealer::seal() {
    std::int64_t sealed = 0;
    while (true) {
        const auto began = clock_.now();
        const auto waiting = database_.read([](sql::Tx& tx) {
            return tx.find<std::int64_t>("SELECT id FROM audit_event WHERE block IS NULL LIMIT 1")
                .has_value();
        });
        if (!waiting) {
            all_sealed_at_ = began;
            return sealed;
        }
        try {
            sealed += database_.write([&](sql::Tx& tx) { return seal_block(tx); });
        } catch (const Error& error) {
            if (error.code() != kBlockTaken) {
                throw;
            }
        }
    }
}

std::chrono::duration<double> AuditSealer::lag() const {
    return clock_.now() - all_sealed_at_.load();
}

AuditBlock AuditSealer::next_block(sql::Tx& tx) const {
    const auto newest = find_newest_block(tx);
    AuditBlock block;
    block.number = newest ? newest->number + 1 : 1;
    block.sealed_at = clock_.now();
    block.previous = newest ? hash_of(*newest) : crypto::Digest{};
    block.key_id = signer_.key_id;
    return block;
}

void AuditSealer::insert_sealed(sql::Tx& tx, std::vector<AuditEvent> events) {
    std::ranges::sort(events, {}, &AuditEvent::id);
    for (std::span<const AuditEvent> rest(events); !rest.empty();) {
        const auto taken = rest.first(std::min(rest.size(), static_cast<std::size_t>(kMaxBlock)));
        rest = rest.subspan(taken.size());
        auto block = next_block(tx);
        block.events = static_cast<std::int64_t>(taken.size());
        insert_events(tx, taken, block.number);
        std::vector<crypto::Digest> leaves;
        std::ranges::transform(taken, std::back_inserter(leaves), leaf_of);
        block.root = merkle_root(std::move(leaves));
        block.signature = signer_.sign(hash_of(block));
        insert_block(tx, block);
    }
}

/// Takes the events first and reads them back by their block, so that what is signed is exactly what was
/// taken.
std::int64_t AuditSealer::seal_block(sql::Tx& tx) {
    auto block = next_block(tx);
    const auto last = tx.find<std::int64_t>(
        R"(SELECT COALESCE(MAX(id), 0)
           FROM (SELECT id FROM audit_event WHERE block IS NULL ORDER BY id LIMIT $1) AS next)",
        kMaxBlock);
    block.events = tx.execute(
        "UPDATE audit_event SET block = $1 WHERE block IS NULL AND id <= $2", block.number, last.value());
    if (block.events == 0) {
        return 0;
    }
    auto leaves = leaves_of(tx, block.number);
    // On READ COMMITTED the block of another node may have been committed since its number was chosen here; then
    // that one's events are read too.
    if (static_cast<std::int64_t>(leaves.size()) != block.events) {
        throw block_taken();
    }
    block.root = merkle_root(std::move(leaves));
    block.signature = signer_.sign(hash_of(block));
    insert_block(tx, block);
    return block.events;
}

void AuditSealer::log_head() {
    spdlog::info("audit head {}", database_.read([](sql::Tx& tx) { return audit_head(tx); }));
    head_logged_at_ = clock_.now();
}

std::string audit_head(sql::Tx& tx) {
    const auto newest = find_newest_block(tx);
    return newest ? fmt::format("{} {}", newest->number, to_hex(hash_of(*newest))) : "0";
}

std::vector<AuditFault> verify_audit(sql::Tx& tx, Time now, const AuditVerifier& verifier) {
    std::vector<AuditFault> faults;
    std::int64_t expected = 1;
    crypto::Digest previous{};
    tx.each(
        "SELECT number, sealed_at, events, root, previous, key_id, signature FROM audit_block ORDER BY "
        "number",
        [&](const sql::Row& row) {
            const auto block = row.as<AuditBlock>();
            for (; expected < block.number; ++expected) {
                faults.push_back({AuditFaultKind::missing_block, expected});
            }
            check_block(tx, block, previous, verifier, faults);
            previous = hash_of(block);
            ++expected;
        });
    check_strays(tx, now, faults);
    return faults;
}

}  // namespace educard
