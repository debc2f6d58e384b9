#pragma once
// SQL of what happened to accounts, and nothing else.

#include "modules/accounts/account_events.hpp"

namespace educard::accounts::store {

struct EventRow {
    AccountId account_id;
    AccountEventId id;
    Time at;
    AccountEventKind kind{};
    std::optional<SessionId> session_id;
    std::string network;
    std::string device_name;
    std::string by_name;
    bool seen = false;
    std::string about{};
    std::string page{};
};

void insert_event(sql::Tx& tx, const EventRow& row);
std::vector<AccountEvent> events(sql::Tx& tx, AccountId account, std::int64_t before, int limit);
bool has_unseen_event(sql::Tx& tx,
                      AccountId account,
                      AccountEventKind kind,
                      std::string_view page,
                      std::string_view by_name,
                      Time since);
std::int64_t count_unseen_events(sql::Tx& tx, AccountId account, Time since);
/// The newest 20.
std::vector<AccountEvent> unseen_events(sql::Tx& tx, AccountId account, SessionId but_of, Time since);
void see_events(sql::Tx& tx, AccountId account, SessionId but_of, AccountEventId last);

}  // namespace educard::accounts::store
