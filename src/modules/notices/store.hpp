#pragma once
// The SQL of notices, and nothing else.

#include "modules/notices/notices.hpp"

#include <vector>

namespace educard::notices::store {

struct NoticeRow {
    NoticeId id;
    std::string kind;
    std::string details;
    std::string link;
    Time at;
};
BOOST_DESCRIBE_STRUCT(NoticeRow, (), (id, kind, details, link, at))

void put(sql::Tx& tx, NoticeId id, const NewNotice& notice, Time at);
std::vector<NoticeRow> list(sql::Tx& tx, AccountId account, NoticeId before, Time now, int limit);
/// False when the account has no such notice.
bool dismiss(sql::Tx& tx, AccountId account, NoticeId notice);
void dismiss_until(sql::Tx& tx, AccountId account, NoticeId last);
/// At most `limit`.
void forget(sql::Tx& tx, Time before, int limit);

}  // namespace educard::notices::store
