#include "modules/accounts/store.hpp"

namespace educard::accounts::store {

void insert_captcha(sql::Tx& tx, const CaptchaRow& row) {
    tx.post(R"(INSERT INTO captcha (id, answer, strength, expires_at) VALUES ($1, $2, $3, $4))",
            row.id,
            row.answer,
            row.strength,
            row.expires_at);
}

std::optional<CaptchaRow> find_captcha(sql::Tx& tx, CaptchaId id) {
    return tx.find<CaptchaRow>(R"(SELECT id, answer, strength, expires_at FROM captcha WHERE id = $1)", id);
}

bool delete_captcha(sql::Tx& tx, CaptchaId id) {
    return tx.execute(R"(DELETE FROM captcha WHERE id = $1)", id) == 1;
}

void insert_session(sql::Tx& tx, ByteView token_hash, const SessionRow& row, std::string_view methods) {
    tx.post(
        R"(INSERT INTO session (token_hash, id, account_id, transport, device_name, user_agent, network,
                                       created_at, last_seen_at, expires_at, proved_at, methods)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $8, $11))",
        token_hash,
        row.id,
        row.account_id,
        row.transport,
        row.device_name,
        row.user_agent,
        row.network,
        row.created_at,
        row.last_seen_at,
        row.expires_at,
        methods);
}

std::vector<SessionRow> sessions(sql::Tx& tx, AccountId account) {
    return tx.list<SessionRow>(
        R"(SELECT id, account_id, transport, device_name, user_agent, network, created_at, last_seen_at,
                  expires_at
           FROM session WHERE account_id = $1 ORDER BY id DESC)",
        account);
}

bool delete_session(sql::Tx& tx, AccountId account, SessionId id) {
    // Twice: whoever renews its token at the same time puts another row in its place, which the first
    // statement, having waited for the old one, does not see.
    const auto remove = [&] {
        return tx.execute(R"(DELETE FROM session WHERE account_id = $1 AND id = $2)", account, id) == 1;
    };
    return remove() || remove();
}

std::optional<Bytes> session_token(sql::Tx& tx, AccountId account, SessionId id) {
    return tx.find<Bytes>(R"(SELECT token_hash FROM session WHERE account_id = $1 AND id = $2)", account, id);
}

// Rows are distributed by the token, which therefore cannot be changed where it is: a new row takes the place
// of the old one.
std::optional<WholeSession> replace_session_token(
    sql::Tx& tx, ByteView present, ByteView renewed, SessionId id, std::optional<Time> proved_at) {
    auto row = tx.find<WholeSession>(
        R"(DELETE FROM session WHERE token_hash = $1 AND id = $2
           RETURNING id, account_id, transport, device_name, user_agent, network, created_at, last_seen_at,
                     expires_at, proved_at, methods)",
        present,
        id);
    if (row) {
        tx.post(
            R"(INSERT INTO session (token_hash, id, account_id, transport, device_name, user_agent, network,
                                    created_at, last_seen_at, expires_at, proved_at, methods)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12))",
            renewed,
            row->id,
            row->account_id,
            row->transport,
            row->device_name,
            row->user_agent,
            row->network,
            row->created_at,
            row->last_seen_at,
            row->expires_at,
            proved_at.value_or(row->proved_at),
            row->methods);
    }
    return row;
}

bool hold_session(sql::Tx& tx, AccountId account, SessionId id) {
    const auto hold = [&] {
        return tx.execute(
                   R"(UPDATE session SET last_seen_at = last_seen_at WHERE account_id = $1 AND id = $2)",
                   account,
                   id) == 1;
    };
    return hold() || hold();  // the first one may have waited for a row whose token was just renewed
}

void touch_session(sql::Tx& tx, ByteView token_hash, Time older_than, Time now) {
    tx.post(R"(UPDATE session SET last_seen_at = $3 WHERE token_hash = $1 AND last_seen_at < $2)",
            token_hash,
            older_than,
            now);
}

std::optional<Holder> find_holder(sql::Tx& tx, ByteView token_hash, Time now, Date today) {
    std::optional<Holder> holder;
    // A row for each office, for every request asks this.
    tx.each(
        R"(SELECT s.id AS session_id, s.account_id, a.person_id, a.language, a.must_change_password,
                  CASE WHEN f.confirmed_at IS NOT NULL THEN 1
                       WHEN EXISTS (SELECT 1 FROM passkey k WHERE k.account_id = s.account_id) THEN 1
                       ELSE 0 END AS has_second_factor,
                  s.methods, s.proved_at, s.last_seen_at, s.expires_at, p.role, p.organisation_id, o.path, o.kind
           FROM session s JOIN account a ON a.id = s.account_id
                LEFT JOIN authenticator f ON f.account_id = s.account_id
                LEFT JOIN appointment p ON p.account_id = s.account_id AND p.ended_by IS NULL
                     AND p.starts_at <= $2 AND (p.ends_at IS NULL OR p.ends_at > $2)
                LEFT JOIN organisation o ON o.id = p.organisation_id AND (o.valid_to IS NULL OR o.valid_to > $3)
           WHERE s.token_hash = $1
           ORDER BY o.depth, p.id)",
        [&](const sql::Row& row) {
            constexpr int kRole = 10;  // this and the next two: the office
            if (!holder) {
                holder = Holder{.row = row.as<HolderRow>(), .grants = {}};
            }
            if (!row.is_null(kRole) && !row.is_null(kRole + 2)) {
                holder->grants.push_back(grant_of(row.get<Role>(kRole),
                                                  row.get<OrganisationId>(kRole + 1),
                                                  row.get<std::string>(kRole + 2),
                                                  row.get<organisations::Kind>(kRole + 3)));
            }
        },
        token_hash,
        now,
        today);
    return holder;
}

void insert_device(sql::Tx& tx, ByteView token_hash, AccountId account, Time now) {
    tx.post(R"(INSERT INTO known_device (token_hash, account_id, last_used_at) VALUES ($1, $2, $3))",
            token_hash,
            account,
            now);
}

bool is_known_device(sql::Tx& tx, ByteView token_hash, AccountId account) {
    return tx
        .find<std::int64_t>(
            R"(SELECT 1 FROM known_device WHERE token_hash = $1 AND account_id = $2)", token_hash, account)
        .has_value();
}

void touch_device(sql::Tx& tx, ByteView token_hash, Time now) {
    tx.post(R"(UPDATE known_device SET last_used_at = $2 WHERE token_hash = $1)", token_hash, now);
}

void delete_devices(sql::Tx& tx, AccountId account) {
    tx.execute(R"(DELETE FROM known_device WHERE account_id = $1)", account);
}

void insert_sign_in_event(sql::Tx& tx, AccountId account, const SignInEvent& event) {
    tx.post(R"(INSERT INTO sign_in_event (id, account_id, at, outcome, network, device_name)
                  VALUES ($1, $2, $3, $4, $5, $6))",
            event.id,
            account,
            event.at,
            event.outcome,
            event.network,
            event.device_name);
}

void set_outcome(sql::Tx& tx, Id<SignInEventTag> id, SignInOutcome outcome) {
    tx.post(R"(UPDATE sign_in_event SET outcome = $2 WHERE id = $1)", id, outcome);
}

bool has_signed_in(sql::Tx& tx, AccountId account, Time now) {
    return tx
        .find<std::int64_t>(
            R"(SELECT 1 FROM sign_in_event WHERE account_id = $1 AND at < $2 AND outcome = 'signed_in' LIMIT 1)",
            account,
            now)
        .has_value();
}

std::vector<SignInEvent> sign_in_events(sql::Tx& tx, AccountId account, std::int64_t before, int limit) {
    return tx.list<SignInEvent>(
        R"(SELECT id, at, outcome, network, device_name FROM sign_in_event
           WHERE account_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3)",
        account,
        before,
        limit);
}

std::int64_t delete_expired(sql::Tx& tx, const Expiry& expiry) {
    return tx.execute(R"(DELETE FROM captcha WHERE expires_at <= $1)", expiry.now) +
           tx.execute(R"(DELETE FROM answered_challenge WHERE expires_at <= $1)", expiry.now) +
           tx.execute(R"(DELETE FROM session WHERE expires_at <= $1 OR last_seen_at <= $2)",
                      expiry.now,
                      expiry.idle_since) +
           tx.execute(R"(DELETE FROM known_device WHERE last_used_at <= $1)", expiry.forget_before) +
           tx.execute(R"(DELETE FROM sign_in_event WHERE at <= $1)", expiry.forget_before) +
           tx.execute(R"(DELETE FROM account_event WHERE at <= $1)", expiry.forget_before);
}

}  // namespace educard::accounts::store
