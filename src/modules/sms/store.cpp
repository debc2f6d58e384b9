#include "modules/sms/store.hpp"

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

}  // namespace educard::sms::store
