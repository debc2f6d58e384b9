#include "modules/cards/store.hpp"

#include "base/error.hpp"

#include <set>

namespace educard::cards::store {

std::int64_t next_serial(sql::Tx& tx, std::string_view name) {
    return tx
        .find<std::int64_t>(R"(
        UPDATE card_serial_block SET next_serial = next_serial WHERE name = $1 RETURNING next_serial)",
                            name)
        .value();
}

void set_next_serial(sql::Tx& tx, std::string_view name, std::int64_t next) {
    tx.execute("UPDATE card_serial_block SET next_serial = $2 WHERE name = $1", name, next);
}

std::vector<SerialBlockRow> list_serial_blocks(sql::Tx& tx) {
    return tx.list<SerialBlockRow>("SELECT name, next_serial FROM card_serial_block ORDER BY name");
}

std::optional<CardRow> find_card(sql::Tx& tx, PersonId person) {
    return tx.find<CardRow>(R"(
        SELECT person_id, serial, number, state, reason, issued_at, changed_at FROM card WHERE person_id = $1)",
                            person);
}

std::optional<CardRow> find_card_by_serial(sql::Tx& tx, std::int64_t serial) {
    return tx.find<CardRow>(R"(
        SELECT person_id, serial, number, state, reason, issued_at, changed_at FROM card WHERE serial = $1)",
                            serial);
}

std::optional<CardRow> hold_card(sql::Tx& tx, PersonId person) {
    return tx.find<CardRow>(R"(
        UPDATE card SET state = state WHERE person_id = $1
        RETURNING person_id, serial, number, state, reason, issued_at, changed_at)",
                            person);
}

bool insert_card(sql::Tx& tx, const CardRow& card) {
    return tx.execute(R"(
        INSERT INTO card (person_id, serial, number, state, issued_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (person_id) DO NOTHING)",
                      card.person_id,
                      card.serial,
                      card.number,
                      card.state,
                      card.issued_at,
                      card.changed_at) == 1;
}

bool change_card(sql::Tx& tx,
                 PersonId person,
                 CardState from,
                 CardState to,
                 std::optional<CardReason> reason,
                 Time at,
                 std::optional<AccountId> by) {
    return tx.execute(R"(
        UPDATE card SET state = $3, reason = $4, changed_at = $5, changed_by = $6 WHERE person_id = $1 AND state = $2)",
                      person,
                      from,
                      to,
                      reason,
                      at,
                      by) == 1;
}

void insert_change(sql::Tx& tx, PersonId person, std::int64_t id, const ChangeRow& change) {
    tx.post(R"(
        INSERT INTO card_change (person_id, id, state, reason, note, at, account_id) VALUES ($1, $2, $3, $4, $5, $6, $7))",
            person,
            id,
            change.state,
            change.reason,
            change.note,
            change.at,
            change.account_id);
}

std::vector<ChangeRow> list_changes(sql::Tx& tx, PersonId person) {
    return tx.list<ChangeRow>(R"(
        SELECT state, reason, note, at, account_id FROM card_change WHERE person_id = $1 ORDER BY id DESC LIMIT 200)",
                              person);
}

std::vector<DeviceRow> list_devices(sql::Tx& tx, PersonId person) {
    return tx.list<DeviceRow>(R"(
        SELECT id, person_id, thumbprint, name, claims_mark, status_list, status_index, status, created_at, expires_at
        FROM card_device WHERE person_id = $1 AND withdrawn_at IS NULL ORDER BY id)",
                              person);
}

bool insert_device(sql::Tx& tx, const DeviceRow& device) {
    return tx.execute(R"(
        INSERT INTO card_device (id, person_id, thumbprint, name, claims_mark, status_list, status_index, status,
                                 created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (person_id, thumbprint) WHERE withdrawn_at IS NULL DO NOTHING)",
                      device.id,
                      device.person_id,
                      device.thumbprint,
                      device.name,
                      device.claims_mark,
                      device.status_list,
                      device.status_index,
                      device.status,
                      device.created_at,
                      device.expires_at) == 1;
}

void renew_device(sql::Tx& tx, DeviceId id, std::string_view name, Time expires_at) {
    tx.execute("UPDATE card_device SET name = $2, expires_at = $3 WHERE id = $1", id, name, expires_at);
}

bool withdraw_device(sql::Tx& tx, PersonId person, DeviceId id, Time at) {
    return tx.execute(R"(
        UPDATE card_device SET withdrawn_at = $3, status = 1
        WHERE id = $2 AND person_id = $1 AND withdrawn_at IS NULL)",
                      person,
                      id,
                      at) == 1;
}

std::vector<std::int64_t> delete_expired_devices(sql::Tx& tx, Time before, int limit) {
    const auto marked = tx.list<std::int64_t>(R"(
        DELETE FROM card_device WHERE id IN (SELECT id FROM card_device WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)
        RETURNING CASE WHEN status <> 0 THEN status_list ELSE -1 END)",
                                              before,
                                              limit);
    std::set<std::int64_t> lists(marked.begin(), marked.end());
    lists.erase(-1);
    return {lists.begin(), lists.end()};
}

std::vector<ListName> list_names(sql::Tx& tx) {
    return tx.list<ListName>("SELECT id, uri FROM status_list ORDER BY id DESC");
}

std::vector<std::int64_t> status_lists_of(sql::Tx& tx, PersonId person) {
    return tx.list<std::int64_t>(
        "SELECT DISTINCT status_list FROM card_device WHERE person_id = $1 AND withdrawn_at IS NULL", person);
}

void set_status(sql::Tx& tx, DeviceId id, crypto::Status status) {
    tx.execute("UPDATE card_device SET status = $2 WHERE id = $1", id, static_cast<std::int64_t>(status));
}

std::optional<ListRow> find_list(sql::Tx& tx, std::int64_t id) {
    return tx.find<ListRow>("SELECT id, uri, version FROM status_list WHERE id = $1", id);
}

void insert_list_unless_there(sql::Tx& tx, std::int64_t id, std::string_view uri) {
    tx.execute(
        "INSERT INTO status_list (id, uri, version) VALUES ($1, $2, 0) ON CONFLICT (id) DO NOTHING", id, uri);
}

void touch_list(sql::Tx& tx, std::int64_t id) {
    tx.execute("UPDATE status_list SET version = version + 1 WHERE id = $1", id);
}

std::vector<Entry> blocked_entries(sql::Tx& tx, std::int64_t list) {
    return tx.list<Entry>(
        "SELECT status_index, status FROM card_device WHERE status_list = $1 AND status <> 0", list);
}

std::optional<EntryOwner> find_entry(sql::Tx& tx, std::string_view list_uri, std::int64_t index) {
    return tx.find<EntryOwner>(R"(
        SELECT device.person_id, device.status, device.withdrawn_at FROM status_list AS list
        JOIN card_device AS device ON device.status_list = list.id AND device.status_index = $2
        WHERE list.uri = $1)",
                               list_uri,
                               index);
}

}  // namespace educard::cards::store
