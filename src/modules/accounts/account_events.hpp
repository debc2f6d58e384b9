#pragma once
// What happened to an account, for its owner: so that whoever else has got at it does not stay unnoticed. Of
// what is grave the owner is told until they say that they have seen it, on any device but the one that did
// it.

#include "base/ids.hpp"
#include "base/time.hpp"
#include "runtime/caller.hpp"
#include "sql/sql.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::accounts {

using AccountEventId = Id<struct AccountEventTag>;

enum class AccountEventKind {
    new_device,  // signed in on a device that the account did not know
    recovered,   // got a one-time password at the owner's wish
    password_changed,
    second_factor_set_up,
    second_factor_removed,
    passkey_added,
    passkey_removed,
    recovery_codes_renewed,
    phone_changed,
    phone_verified,
    recovery_begun,    // a password was reset by SMS and waits to be good
    recovery_stopped,  // it will not be
    // What guardians are told; `about` is the child.
    child_asks_app,   // `by_name`: the app
    consent_missing,  // what somebody withdrew, or nobody gave yet
    guardian_joins,   // `by_name`: another guardian of the child, by now or once the school confirms it
    link_confirmed,   // this and the next: their own link with the child
    link_disputed,
    link_kept,
    link_ended
};
BOOST_DESCRIBE_ENUM(AccountEventKind,
                    new_device,
                    recovered,
                    password_changed,
                    second_factor_set_up,
                    second_factor_removed,
                    passkey_added,
                    passkey_removed,
                    recovery_codes_renewed,
                    phone_changed,
                    phone_verified,
                    recovery_begun,
                    recovery_stopped,
                    child_asks_app,
                    consent_missing,
                    guardian_joins,
                    link_confirmed,
                    link_disputed,
                    link_kept,
                    link_ended)

struct AccountEvent {
    AccountEventId id;
    Time at;
    AccountEventKind kind{};
    std::string network;
    std::string device_name;
    std::string by_name;  // empty: the owner, or whoever had got in
    std::string about;    // the child
    std::string page;     // where something can be done about it; empty: nowhere
};
BOOST_DESCRIBE_STRUCT(AccountEvent, (), (id, at, kind, network, device_name, by_name, about, page))

/// What somebody is told that concerns somebody else.
struct Notice {
    AccountEventKind kind{};
    std::string about;
    std::string by_name;
    std::string page;
};

class AccountEvents {
public:
    AccountEvents(const Clock& clock, IdSource& ids) : clock_(clock), ids_(ids) {}

    /// In the caller's own session, by themselves.
    void note(sql::Tx& tx, const Caller& owner, AccountEventKind kind) const;
    /// `session`: the one that was just opened.
    void note_new_device(sql::Tx& tx,
                         AccountId account,
                         SessionId session,
                         const Caller& caller,
                         std::string_view device_name) const;
    /// By somebody who is not signed in.
    void note_from(sql::Tx& tx, AccountId account, AccountEventKind kind, const Caller& caller) const;
    void note_by(sql::Tx& tx, AccountId account, AccountEventKind kind, std::string_view by_name) const;

    /// Not twice while the first one is not seen. False when it is there already.
    bool note_notice(sql::Tx& tx, AccountId account, const Notice& notice) const;

    /// Newest first, before `before`.
    std::vector<AccountEvent> list(sql::Tx& tx, AccountId account, std::int64_t before, int limit) const;
    /// Of the last month, what the owner is still to be told; not what this very session did.
    std::vector<AccountEvent> unseen(sql::Tx& tx, const Caller& owner) const;
    /// The owner was told of those up to `last`.
    void see(sql::Tx& tx, const Caller& owner, AccountEventId last) const;

private:
    const Clock& clock_;
    IdSource& ids_;
};

}  // namespace educard::accounts
