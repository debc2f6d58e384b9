#pragma once
// What the program has to tell somebody inside itself: "12 of your pupils are missing, three days are left".
// A module puts a notice in the transaction of what it is about; the owner sees it on the workbench and the
// home page until they put it away. The words are the client's, by the notice's kind. Owns notice. The clock
// and the id source outlive it; any thread.

#include "base/ids.hpp"
#include "base/time.hpp"
#include "runtime/caller.hpp"
#include "sql/sql.hpp"

#include <boost/describe/class.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <vector>

namespace educard::http {
class Routes;
}

namespace educard::notices {

using NoticeId = Id<struct NoticeTag>;

struct NewNotice {
    AccountId account;
    std::string key;      // what is told once to an account
    std::string kind;     // "campaigns.digest"
    std::string details;  // a JSON object; no ID numbers
    std::string link;     // a path of the client
    Time expires_at;      // from when it is of no use
};

struct Notice {
    NoticeId id;
    std::string kind;
    boost::json::value details;
    std::string link;
    Time at;
};
BOOST_DESCRIBE_STRUCT(Notice, (), (id, kind, details, link, at))

class Notices {
public:
    Notices(const Clock& clock, IdSource& ids) : clock_(clock), ids_(ids) {}

    /// Once for each account and key, however often it is put; with other details it takes the place of what
    /// stood there and is to be read again.
    void put(sql::Tx& tx, const NewNotice& notice) const;

    /// What the account has not put away, newest first, at most 50 before `before`.
    std::vector<Notice> list(sql::Tx& tx, AccountId account, std::optional<NoticeId> before) const;
    /// Throws not_found "notices.unknown" for what is not the account's; twice is no fault.
    void dismiss(sql::Tx& tx, AccountId account, NoticeId notice) const;
    /// All up to that one.
    void dismiss_until(sql::Tx& tx, AccountId account, NoticeId last) const;

    /// Forgets some of what is of no use any more.
    void sweep(sql::Tx& tx) const;

private:
    const Clock& clock_;
    IdSource& ids_;
};

void add_routes(http::Routes& routes, Notices& notices);

}  // namespace educard::notices
