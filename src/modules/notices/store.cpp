#include "modules/notices/store.hpp"

namespace educard::notices::store {

void put(sql::Tx& tx, NoticeId id, const NewNotice& notice, Time at) {
    tx.post(R"(INSERT INTO notice (account_id, id, notice_key, kind, details, link, at, expires_at, dismissed)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)
               ON CONFLICT (account_id, notice_key) DO UPDATE SET
                      id = excluded.id, details = excluded.details, link = excluded.link, at = excluded.at,
                      expires_at = excluded.expires_at, dismissed = 0
               WHERE notice.details <> excluded.details)",
            notice.account,
            id,
            notice.key,
            notice.kind,
            notice.details,
            notice.link,
            at,
            notice.expires_at);
}

std::vector<NoticeRow> list(sql::Tx& tx, AccountId account, NoticeId before, Time now, int limit) {
    return tx.list<NoticeRow>(
        R"(SELECT id, kind, details, link, at FROM notice
           WHERE account_id = $1 AND id < $2 AND dismissed = 0 AND expires_at > $3 ORDER BY id DESC LIMIT $4)",
        account,
        before,
        now,
        limit);
}

bool dismiss(sql::Tx& tx, AccountId account, NoticeId notice) {
    return tx.execute("UPDATE notice SET dismissed = 1 WHERE account_id = $1 AND id = $2", account, notice) ==
           1;
}

void dismiss_until(sql::Tx& tx, AccountId account, NoticeId last) {
    tx.execute("UPDATE notice SET dismissed = 1 WHERE account_id = $1 AND id <= $2 AND dismissed = 0",
               account,
               last);
}

void forget(sql::Tx& tx, Time before, int limit) {
    tx.execute(R"(DELETE FROM notice WHERE (account_id, notice_key) IN
                      (SELECT account_id, notice_key FROM notice WHERE expires_at <= $1 LIMIT $2))",
               before,
               limit);
}

}  // namespace educard::notices::store
