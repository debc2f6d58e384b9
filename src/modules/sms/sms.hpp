#pragma once
// Short messages to telephones, through whatever gateway the installation has (gateway.hpp). A message is put
// in the transaction that it belongs to and leaves after the commit, at least once; the gateway tells what
// became of it. Owns sms_message and sms_count. Any
// thread.

#include "base/ids.hpp"
#include "base/time.hpp"
#include "crypto/blind_index.hpp"
#include "crypto/field_cipher.hpp"
#include "crypto/key_ring.hpp"
#include "runtime/metrics.hpp"
#include "runtime/outbox.hpp"
#include "runtime/rate_limit.hpp"
#include "sql/sql.hpp"

#include <boost/describe/enum.hpp>

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace educard::http {
class Routes;
}

namespace educard::sms {

using MessageId = Id<struct SmsMessageTag>;

/// `accepted` by the gateway; `delivered` to the telephone; `expired`: it was too late to send it.
enum class State { waiting, accepted, delivered, failed, expired };
BOOST_DESCRIBE_ENUM(State, waiting, accepted, delivered, failed, expired)

/// Where messages leave. cli makes one of what the installation has set.
class Gateway {
public:
    virtual ~Gateway() = default;
    /// `report_url`: where the gateway tells what became of the message, with "%d" for the state. Throws
    /// unavailable when it should be tried again, invalid when never.
    virtual void send(const std::string& phone,
                      const std::string& text,
                      const std::string& report_url) const = 0;
};

/// Prints what it is given to the log: for development.
std::unique_ptr<Gateway> make_console_gateway();
/// Asks the URL with GET, in which {to}, {text} and {report} are replaced; any 2xx answer is acceptance. Made
/// for Kannel (its User Guide, "Using HTTP Interface to Send SMS") and what speaks like it.
std::unique_ptr<Gateway> make_http_gateway(std::string url_template);

/// How many messages the whole installation sends, on all nodes: whoever has messages sent to numbers that
/// cost (SMS pumping) costs no more than that. 0: no cap.
struct Caps {
    std::int64_t per_hour = 2'000;
    std::int64_t per_day = 20'000;
};

/// What Sms stands on; all of it outlives it.
struct Parts {
    sql::Database& database;
    const Clock& clock;
    IdSource& ids;
    const crypto::KeyRing& keys;
    crypto::Random& random;
    RateLimits& limits;
    Outbox& outbox;
    std::unique_ptr<Gateway> gateway;  // none: no messages are sent
    std::string origin;                // of the installation, for reports
    Caps caps{};
};

class Sms {
public:
    explicit Sms(Parts parts);

    bool is_available() const { return parts_.gateway != nullptr; }
    /// `phone` in national digits, or "+" and international ones. Nothing is sent after `life`. Throws
    /// conflict "sms.unavailable", and too_many "sms.slow_down" or, when the cap is reached,
    /// "sms.cap_reached": whoever lets that take the transaction back calls note_refusal().
    MessageId send(sql::Tx& tx,
                   std::string_view phone,
                   std::string_view text,
                   std::chrono::seconds life) const;
    /// The same for what is well known without it: false when it may not be sent now.
    bool try_send(sql::Tx& tx,
                  std::string_view phone,
                  std::string_view text,
                  std::chrono::seconds life) const;
    /// Counts what the cap held back in a transaction that was taken back because of it. Not inside a Tx.
    void note_refusal() const;
    /// What a gateway tells, in the numbers of Kannel's delivery reports: 1 delivered, 2 not, 8 accepted by
    /// the carrier, 16 refused by it; others mean nothing. Throws not_found "sms.report_unknown" unless `key`
    /// is of that message.
    void report(sql::Tx& tx, MessageId id, std::string_view key, int status) const;
    /// Before the outbox starts.
    void handle_outbox();
    /// Before serving starts.
    void measure(Metrics& metrics);
    /// How many messages the cap has held back in the last week.
    std::int64_t count_refused(sql::Tx& tx) const;
    std::int64_t sweep(sql::Tx& tx) const;

private:
    enum class Refused { slow_down, cap };
    struct Refusal {
        Refused why{};
        std::chrono::seconds wait{};
    };
    std::expected<MessageId, Refusal> accept(sql::Tx& tx,
                                             std::string_view phone,
                                             std::string_view text,
                                             std::chrono::seconds life) const;
    bool take_from_caps(sql::Tx& tx, Time now) const;
    void count_refusal(sql::Tx& tx, Time now) const;
    void deliver(const OutboxItem& item) const;
    std::string key_of(MessageId id) const;

    Parts parts_;
    crypto::FieldCipher cipher_;
    crypto::BlindIndex index_;
    std::optional<Counter> accepted_;
    std::optional<Counter> refused_;
};

void add_routes(http::Routes& routes, const Sms& sms);

}  // namespace educard::sms
