#include "modules/accounts/store_events.hpp"

namespace educard::accounts::store {

void insert_event(sql::Tx& tx, const EventRow& row) {
    tx.post(
        R"(INSERT INTO account_event (account_id, id, at, kind, session_id, network, device_name, by_name, seen,
                                      about, page)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11))",
        row.account_id,
        row.id,
        row.at,
        row.kind,
        row.session_id,
        row.network,
        row.device_name,
        row.by_name,
        row.seen,
        row.about,
        row.page);
}

std::vector<AccountEvent> events(sql::Tx& tx, AccountId account, std::int64_t before, int limit) {
    return tx.list<AccountEvent>(
        R"(SELECT id, at, kind, network, device_name, by_name, about, page FROM account_event
           WHERE account_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3)",
        account,
        before,
        limit);
}

bool has_unseen_event(sql::Tx& tx,
                      AccountId account,
                      AccountEventKind kind,
                      std::string_view page,
                      std::string_view by_name,
                      Time since) {
    return tx
        .find<std::int64_t>(
            R"(SELECT 1 FROM account_event
               WHERE account_id = $1 AND seen = 0 AND at > $5 AND kind = $2 AND page = $3 AND by_name = $4
               LIMIT 1)",
            account,
            kind,
            page,
            by_name,
            since)
        .has_value();
}

std::int64_t count_unseen_events(sql::Tx& tx, AccountId account, Time since) {
    return tx
        .find<std::int64_t>(
            R"(SELECT COUNT(*) FROM account_event WHERE account_id = $1 AND seen = 0 AND at > $2)",
            account,
            since)
        .value_or(0);
}

std::vector<AccountEvent> unseen_events(sql::Tx& tx, AccountId account, SessionId but_of, Time since) {
    return tx.list<AccountEvent>(
        R"(SELECT id, at, kind, network, device_name, by_name, about, page FROM account_event
           WHERE account_id = $1 AND seen = 0 AND at > $3 AND (session_id IS NULL OR session_id <> $2)
           ORDER BY id DESC LIMIT 20)",
        account,
        but_of,
        since);
}

void see_events(sql::Tx& tx, AccountId account, SessionId but_of, AccountEventId last) {
    tx.post(R"(UPDATE account_event SET seen = 1
               WHERE account_id = $1 AND seen = 0 AND id <= $3 AND (session_id IS NULL OR session_id <> $2))",
            account,
            but_of,
            last);
}

}  // namespace educard::accounts::store
