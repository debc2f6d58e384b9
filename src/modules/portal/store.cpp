#include "modules/portal/store.hpp"

namespace educard::portal::store {

std::optional<Listing> find_listing(sql::Tx& tx, AppId app) {
    return tx.find<Listing>(R"(
        SELECT app_id, state, shown, proposal, everywhere, version, made_by, submitted_by, submitted_at, reason
        FROM app_listing WHERE app_id = $1)",
                            app);
}

std::vector<Listing> listings(sql::Tx& tx) {
    return tx.list<Listing>(R"(
        SELECT app_id, state, shown, proposal, everywhere, version, made_by, submitted_by, submitted_at, reason
        FROM app_listing ORDER BY app_id)");
}

bool put_listing(sql::Tx& tx, const Listing& listing) {
    if (listing.version == 1) {
        return tx.execute(R"(
            INSERT INTO app_listing (app_id, state, shown, proposal, everywhere, version, made_by, submitted_by,
                                     submitted_at, reason)
            VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9) ON CONFLICT DO NOTHING)",
                          listing.app_id,
                          listing.state,
                          listing.shown,
                          listing.proposal,
                          listing.everywhere,
                          listing.made_by,
                          listing.submitted_by,
                          listing.submitted_at,
                          listing.reason) == 1;
    }
    return tx.execute(R"(
        UPDATE app_listing SET state = $2, shown = $3, proposal = $4, everywhere = $5, version = version + 1,
                               submitted_by = $6, submitted_at = $7, reason = $8
        WHERE app_id = $1 AND version = $9)",
                      listing.app_id,
                      listing.state,
                      listing.shown,
                      listing.proposal,
                      listing.everywhere,
                      listing.submitted_by,
                      listing.submitted_at,
                      listing.reason,
                      listing.version - 1) == 1;
}

void insert_logo(sql::Tx& tx, const LogoRow& logo) {
    tx.execute(R"(
        INSERT INTO app_logo (digest, app_id, content_type, picture, created_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (digest) DO UPDATE SET created_at = EXCLUDED.created_at)",
               logo.digest,
               logo.app_id,
               logo.content_type,
               logo.picture,
               logo.created_at);
}

std::optional<LogoRow> find_logo(sql::Tx& tx, const Bytes& digest) {
    return tx.find<LogoRow>(
        "SELECT digest, app_id, content_type, picture, created_at FROM app_logo WHERE digest = $1", digest);
}

bool has_logo(sql::Tx& tx, AppId app, const Bytes& digest) {
    return tx.find<int>("SELECT 1 FROM app_logo WHERE digest = $1 AND app_id = $2", digest, app).has_value();
}

std::vector<LogoKey> logos_before(sql::Tx& tx, Time before, int most) {
    return tx.list<LogoKey>(R"(
        SELECT digest, app_id FROM app_logo WHERE created_at < $1 ORDER BY created_at LIMIT $2)",
                            before,
                            most);
}

void keep_logo(sql::Tx& tx, const Bytes& digest, Time now) {
    tx.execute("UPDATE app_logo SET created_at = $2 WHERE digest = $1", digest, now);
}

void remove_logo(sql::Tx& tx, const Bytes& digest) {
    tx.execute("DELETE FROM app_logo WHERE digest = $1", digest);
}

std::int64_t count_logos(sql::Tx& tx, AppId app) {
    return *tx.find<std::int64_t>("SELECT COUNT(*) FROM app_logo WHERE app_id = $1", app);
}

std::vector<MemberRow> members(sql::Tx& tx, AppId app) {
    return tx.list<MemberRow>(
        "SELECT app_id, account_id, role, since FROM app_member WHERE app_id = $1 ORDER BY since, account_id",
        app);
}

std::vector<MemberRow> memberships(sql::Tx& tx, AccountId account) {
    return tx.list<MemberRow>(
        "SELECT app_id, account_id, role, since FROM app_member WHERE account_id = $1 ORDER BY app_id",
        account);
}

std::optional<MemberRow> find_member(sql::Tx& tx, AppId app, AccountId account) {
    return tx.find<MemberRow>(
        "SELECT app_id, account_id, role, since FROM app_member WHERE app_id = $1 AND account_id = $2",
        app,
        account);
}

void put_member(sql::Tx& tx, const MemberRow& member) {
    tx.execute(R"(
        INSERT INTO app_member (app_id, account_id, role, since) VALUES ($1, $2, $3, $4)
        ON CONFLICT (app_id, account_id) DO UPDATE SET role = EXCLUDED.role
        WHERE app_member.role <> 'developer')",
               member.app_id,
               member.account_id,
               member.role,
               member.since);
}

bool remove_member(sql::Tx& tx, AppId app, AccountId account) {
    return tx.execute("DELETE FROM app_member WHERE app_id = $1 AND account_id = $2", app, account) == 1;
}

void insert_invitation(sql::Tx& tx, const InvitationRow& invitation) {
    tx.execute(R"(
        INSERT INTO app_invitation (digest, id, app_id, role, uses_left, made_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7))",
               invitation.digest,
               invitation.id,
               invitation.app_id,
               invitation.role,
               invitation.uses_left,
               invitation.made_at,
               invitation.expires_at);
}

std::vector<InvitationRow> invitations(sql::Tx& tx, AppId app, Time now) {
    return tx.list<InvitationRow>(R"(
        SELECT digest, id, app_id, role, uses_left, made_at, expires_at FROM app_invitation
        WHERE app_id = $1 AND uses_left > 0 AND expires_at > $2 ORDER BY id)",
                                  app,
                                  now);
}

std::optional<InvitationRow> find_invitation(sql::Tx& tx, const Bytes& digest, Time now) {
    return tx.find<InvitationRow>(R"(
        SELECT digest, id, app_id, role, uses_left, made_at, expires_at FROM app_invitation
        WHERE digest = $1 AND expires_at > $2)",
                                  digest,
                                  now);
}

bool use_invitation(sql::Tx& tx, const Bytes& digest, Time now) {
    return tx.execute(R"(
        UPDATE app_invitation SET uses_left = uses_left - 1
        WHERE digest = $1 AND uses_left > 0 AND expires_at > $2)",
                      digest,
                      now) == 1;
}

bool remove_invitation(sql::Tx& tx, AppId app, InvitationId id) {
    return tx.execute("DELETE FROM app_invitation WHERE app_id = $1 AND id = $2", app, id) == 1;
}

void forget_invitations(sql::Tx& tx, Time before) {
    tx.execute("DELETE FROM app_invitation WHERE expires_at < $1", before);
}

void insert_review(sql::Tx& tx, const ReviewRow& row) {
    tx.execute(
        "INSERT INTO app_review (id, app_id, at, act, account_id, reason) VALUES ($1, $2, $3, $4, $5, $6)",
        row.id,
        row.app_id,
        row.at,
        row.act,
        row.account_id,
        row.reason);
}

std::vector<ReviewRow> reviews(sql::Tx& tx, AppId app, int most) {
    return tx.list<ReviewRow>(R"(
        SELECT id, app_id, at, act, account_id, reason FROM app_review WHERE app_id = $1 ORDER BY id DESC LIMIT $2)",
                              app,
                              most);
}

std::vector<Counted> count_sign_ins(sql::Tx& tx, Time from, Time until) {
    return tx.list<Counted>(R"(
        SELECT app_id, COUNT(*) AS sign_ins, COUNT(DISTINCT account_id) AS people
        FROM app_grant WHERE created_at >= $1 AND created_at < $2 GROUP BY app_id)",
                            from,
                            until);
}

std::optional<Time> counted_at(sql::Tx& tx, Date day) {
    return tx.find<Time>("SELECT counted_at FROM app_usage_day WHERE day = $1", day);
}

bool begin_count(sql::Tx& tx, Date day, std::optional<Time> before, Time now) {
    if (!before) {
        return tx.execute(
                   "INSERT INTO app_usage_day (day, counted_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                   day,
                   now) == 1;
    }
    return tx.execute("UPDATE app_usage_day SET counted_at = $2 WHERE day = $1 AND counted_at = $3",
                      day,
                      now,
                      *before) == 1;
}

void put_usage(sql::Tx& tx, Date day, const Counted& counted) {
    tx.execute(R"(
        INSERT INTO app_usage (app_id, day, sign_ins, people) VALUES ($1, $2, $3, $4)
        ON CONFLICT (app_id, day) DO UPDATE SET sign_ins = EXCLUDED.sign_ins, people = EXCLUDED.people)",
               counted.app_id,
               day,
               counted.sign_ins,
               counted.people);
}

std::vector<UsageDay> usage(sql::Tx& tx, AppId app, Date from, Date until) {
    return tx.list<UsageDay>(R"(
        SELECT day, sign_ins, people FROM app_usage
        WHERE app_id = $1 AND day >= $2 AND day <= $3 ORDER BY day)",
                             app,
                             from,
                             until);
}

}  // namespace educard::portal::store
