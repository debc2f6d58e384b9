#pragma once
// The SQL of cards. Only files of this module include it.

#include "modules/cards/cards.hpp"
#include "sql/sql.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace educard::cards::store {

/// Up to where serials were handed out, kept from changing until the transaction ends.
std::int64_t next_serial(sql::Tx& tx, std::string_view name);
void set_next_serial(sql::Tx& tx, std::string_view name, std::int64_t next);

struct SerialBlockRow {
    std::string name;
    std::int64_t next_serial = 0;
};
BOOST_DESCRIBE_STRUCT(SerialBlockRow, (), (name, next_serial))
std::vector<SerialBlockRow> list_serial_blocks(sql::Tx& tx);

struct CardRow {
    PersonId person_id;
    std::int64_t serial = 0;
    std::string number;
    CardState state{};
    std::optional<CardReason> reason;
    Time issued_at;
    Time changed_at;
};
BOOST_DESCRIBE_STRUCT(CardRow, (), (person_id, serial, number, state, reason, issued_at, changed_at))

std::optional<CardRow> find_card(sql::Tx& tx, PersonId person);
std::optional<CardRow> find_card_by_serial(sql::Tx& tx, std::int64_t serial);
/// Keeps the card and what its devices say from changing until the transaction ends. Nothing when there is
/// none.
std::optional<CardRow> hold_card(sql::Tx& tx, PersonId person);
/// False when the person has a card already.
bool insert_card(sql::Tx& tx, const CardRow& card);
/// False unless the card was in state `from`.
bool change_card(sql::Tx& tx,
                 PersonId person,
                 CardState from,
                 CardState to,
                 std::optional<CardReason> reason,
                 Time at,
                 std::optional<AccountId> by);

struct ChangeRow {
    CardState state{};
    std::optional<CardReason> reason;
    std::optional<std::string> note;
    Time at;
    std::optional<AccountId> account_id;
};
BOOST_DESCRIBE_STRUCT(ChangeRow, (), (state, reason, note, at, account_id))

void insert_change(sql::Tx& tx, PersonId person, std::int64_t id, const ChangeRow& change);
/// Newest first.
std::vector<ChangeRow> list_changes(sql::Tx& tx, PersonId person);

struct DeviceRow {
    DeviceId id;
    PersonId person_id;
    std::string thumbprint;
    std::string name;
    std::string claims_mark;
    std::int64_t status_list = 0;
    std::int64_t status_index = 0;
    std::int64_t status = 0;
    Time created_at;
    Time expires_at;
};
BOOST_DESCRIBE_STRUCT(
    DeviceRow,
    (),
    (id, person_id, thumbprint, name, claims_mark, status_list, status_index, status, created_at, expires_at))

/// Those not withdrawn, oldest first.
std::vector<DeviceRow> list_devices(sql::Tx& tx, PersonId person);
/// False when that key is enrolled already.
bool insert_device(sql::Tx& tx, const DeviceRow& device);
void renew_device(sql::Tx& tx, DeviceId id, std::string_view name, Time expires_at);
/// False when there is no such device of that person, or it was withdrawn before.
bool withdraw_device(sql::Tx& tx, PersonId person, DeviceId id, Time at);
/// At most `limit` of those that expired before; gives the lists in which one of them was marked.
std::vector<std::int64_t> delete_expired_devices(sql::Tx& tx, Time before, int limit);
/// The status lists in which the person's devices stand that are not withdrawn.
std::vector<ListName> list_names(sql::Tx& tx);
std::vector<std::int64_t> status_lists_of(sql::Tx& tx, PersonId person);
void set_status(sql::Tx& tx, DeviceId id, crypto::Status status);

struct ListRow {
    std::int64_t id = 0;
    std::string uri;
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(ListRow, (), (id, uri, version))

std::optional<ListRow> find_list(sql::Tx& tx, std::int64_t id);
void insert_list_unless_there(sql::Tx& tx, std::int64_t id, std::string_view uri);
void touch_list(sql::Tx& tx, std::int64_t id);

struct Entry {
    std::int64_t status_index = 0;
    std::int64_t status = 0;
};
BOOST_DESCRIBE_STRUCT(Entry, (), (status_index, status))

/// Every entry of the list that is not valid.
std::vector<Entry> blocked_entries(sql::Tx& tx, std::int64_t list);
/// The entry's status, and whose it is; nothing when no device has it.
struct EntryOwner {
    PersonId person_id;
    std::int64_t status = 0;
    std::optional<Time> withdrawn_at;
};
BOOST_DESCRIBE_STRUCT(EntryOwner, (), (person_id, status, withdrawn_at))
std::optional<EntryOwner> find_entry(sql::Tx& tx, std::string_view list_uri, std::int64_t index);

}  // namespace educard::cards::store
