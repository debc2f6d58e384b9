#pragma once
// The SQL of sms, and nothing else.

#include "modules/sms/sms.hpp"

#include <boost/describe/class.hpp>

#include <optional>

namespace educard::sms::store {

struct Message {
    MessageId id;
    Bytes phone;  // this and the next: sealed
    Bytes text;
    State state{};
    Time created_at;
    Time expires_at;
};
BOOST_DESCRIBE_STRUCT(Message, (), (id, phone, text, state, created_at, expires_at))

void insert(sql::Tx& tx, const Message& message);
std::optional<Message> find(sql::Tx& tx, MessageId id);
/// Nothing when it is in another state.
void change_state(sql::Tx& tx, MessageId id, State from, State to, Time at);
/// One more in that period; false when there are `most` already (0: as many as come).
bool count_sent(sql::Tx& tx, std::string_view period, Time now, std::int64_t most);
/// One that was counted is not sent after all.
void give_back(sql::Tx& tx, std::string_view period);
void count_refused(sql::Tx& tx, std::string_view period, Time now);
std::int64_t refused_since(sql::Tx& tx, Time time);
std::int64_t remove_counts(sql::Tx& tx, Time before);

std::int64_t remove_before(sql::Tx& tx, Time time);

}  // namespace educard::sms::store
