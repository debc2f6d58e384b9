#pragma once
// The SQL of portal, and nothing else.

#include "modules/portal/portal.hpp"

namespace educard::portal::store {

struct Listing {
    AppId app_id;
    State state{};
    std::string shown;                    // JSON: Shown
    std::optional<std::string> proposal;  // JSON: Draft
    bool everywhere = false;
    std::int64_t version = 0;
    std::optional<AccountId> made_by;
    std::optional<AccountId> submitted_by;
    std::optional<Time> submitted_at;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(
    Listing,
    (),
    (app_id, state, shown, proposal, everywhere, version, made_by, submitted_by, submitted_at, reason))

std::optional<Listing> find_listing(sql::Tx& tx, AppId app);
std::vector<Listing> listings(sql::Tx& tx);
/// A new one, or in place of the one with the version before `listing.version`. False when that is not the
/// present one.
bool put_listing(sql::Tx& tx, const Listing& listing);

struct LogoRow {
    Bytes digest;
    AppId app_id;
    std::string content_type;
    Bytes picture;
    Time created_at;
};
BOOST_DESCRIBE_STRUCT(LogoRow, (), (digest, app_id, content_type, picture, created_at))
void insert_logo(sql::Tx& tx, const LogoRow& logo);
std::optional<LogoRow> find_logo(sql::Tx& tx, const Bytes& digest);
/// Whether the app brought it.
bool has_logo(sql::Tx& tx, AppId app, const Bytes& digest);
/// Its digest and whose it is, of those made before `before`, the oldest first.
struct LogoKey {
    Bytes digest;
    AppId app_id;
};
BOOST_DESCRIBE_STRUCT(LogoKey, (), (digest, app_id))
std::vector<LogoKey> logos_before(sql::Tx& tx, Time before, int most);
/// Not looked at again for some time.
void keep_logo(sql::Tx& tx, const Bytes& digest, Time now);
void remove_logo(sql::Tx& tx, const Bytes& digest);
std::int64_t count_logos(sql::Tx& tx, AppId app);

struct MemberRow {
    AppId app_id;
    AccountId account_id;
    MemberRole role{};
    Time since;
};
BOOST_DESCRIBE_STRUCT(MemberRow, (), (app_id, account_id, role, since))
std::vector<MemberRow> members(sql::Tx& tx, AppId app);
std::vector<MemberRow> memberships(sql::Tx& tx, AccountId account);
std::optional<MemberRow> find_member(sql::Tx& tx, AppId app, AccountId account);
/// Whoever is a developer stays one.
void put_member(sql::Tx& tx, const MemberRow& member);
bool remove_member(sql::Tx& tx, AppId app, AccountId account);

struct InvitationRow {
    Bytes digest;
    InvitationId id;
    AppId app_id;
    MemberRole role{};
    std::int64_t uses_left = 0;
    Time made_at;
    Time expires_at;
};
BOOST_DESCRIBE_STRUCT(InvitationRow, (), (digest, id, app_id, role, uses_left, made_at, expires_at))
void insert_invitation(sql::Tx& tx, const InvitationRow& invitation);
std::vector<InvitationRow> invitations(sql::Tx& tx, AppId app, Time now);
/// Nothing when it is over or there is none.
std::optional<InvitationRow> find_invitation(sql::Tx& tx, const Bytes& digest, Time now);
/// Takes one use. False when none is left.
bool use_invitation(sql::Tx& tx, const Bytes& digest, Time now);
bool remove_invitation(sql::Tx& tx, AppId app, InvitationId id);
void forget_invitations(sql::Tx& tx, Time before);

struct ReviewRow {
    ReviewId id;
    AppId app_id;
    Time at;
    Act act{};
    std::optional<AccountId> account_id;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(ReviewRow, (), (id, app_id, at, act, account_id, reason))
void insert_review(sql::Tx& tx, const ReviewRow& row);
std::vector<ReviewRow> reviews(sql::Tx& tx, AppId app, int most);

struct Counted {
    AppId app_id;
    std::int64_t sign_ins = 0;
    std::int64_t people = 0;
};
BOOST_DESCRIBE_STRUCT(Counted, (), (app_id, sign_ins, people))
/// From what oidc keeps of each sign-in.
std::vector<Counted> count_sign_ins(sql::Tx& tx, Time from, Time until);
/// When the day was counted last.
std::optional<Time> counted_at(sql::Tx& tx, Date day);
/// Whether nobody has counted the day since `before`; then it is counted now.
bool begin_count(sql::Tx& tx, Date day, std::optional<Time> before, Time now);
void put_usage(sql::Tx& tx, Date day, const Counted& counted);
std::vector<UsageDay> usage(sql::Tx& tx, AppId app, Date from, Date until);

}  // namespace educard::portal::store
