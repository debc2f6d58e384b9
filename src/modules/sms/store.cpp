#include "modules/sms/store.hpp"

#include <limits>

namespace educard::sms::store {

void insert(sql::Tx& tx, const Message& message) {
    tx.post(R"(INSERT INTO sms_message (id, phone, text, state, created_at, expires_at, changed_at)
               VALUES ($1, $2, $3, $4, $5, $6, $5))",
            message.id,
            message.phone,
            message.text,
            message.state,
            message.created_at,
            message.expires_at);
}

std::optional<Message> find(sql::Tx& tx, MessageId id) {
    return tx.find<Message>(
        "SELECT id, phone, text, state, created_at, expires_at FROM sms_message WHERE id = $1", id);
}

void change_state(sql::Tx& tx, MessageId id, State from, State to, Time at) {
    tx.post(
        "UPDATE sms_message SET state = $3, changed_at = $4 WHERE id = $1 AND state = $2", id, from, to, at);
}

std::int64_t remove_before(sql::Tx& tx, Time time) {
    return tx.execute("DELETE FROM sms_message WHERE created_at < $1", time);
}

bool count_sent(sql::Tx& tx, std::string_view period, Time now, std::int64_t most) {
    constexpr std::int64_t kNoCap = std::numeric_limits<std::int64_t>::max();
    return tx.execute(
               R"(INSERT INTO sms_count (period, sent, refused, begun_at) VALUES ($1, 1, 0, $2)
                  ON CONFLICT (period) DO UPDATE SET sent = sms_count.sent + 1 WHERE sms_count.sent < $3)",
               period,
               now,
               most == 0 ? kNoCap : most) == 1;
}

void give_back(sql::Tx& tx, std::string_view period) {
    tx.execute("UPDATE sms_count SET sent = sent - 1 WHERE period = $1", period);
}

void count_refused(sql::Tx& tx, std::string_view period, Time now) {
    tx.execute(R"(INSERT INTO sms_count (period, sent, refused, begun_at) VALUES ($1, 0, 1, $2)
                  ON CONFLICT (period) DO UPDATE SET refused = sms_count.refused + 1)",
               period,
               now);
}

std::int64_t refused_since(sql::Tx& tx, Time time) {
    std::int64_t refused = 0;
    for (const auto count :
         tx.list<std::int64_t>("SELECT refused FROM sms_count WHERE begun_at >= $1 AND refused > 0", time)) {
        refused += count;
    }
    return refused;
}

std::int64_t remove_counts(sql::Tx& tx, Time before) {
    return tx.execute("DELETE FROM sms_count WHERE begun_at < $1", before);
}

}  // namespace educard::sms::store
