#pragma once
// The SQL of families, and nothing else.

#include "modules/families/families.hpp"

#include <optional>
#include <vector>

namespace educard::families::store {

struct LinkRow {
    LinkId id;
    PersonId person_id;
    AccountId account_id;
    Bytes guardian_name;
    GuardianRelation relation{};
    Rights rights{};
    LinkState state{};
    Origin origin{};
    OrganisationId school_id;
    std::optional<AccountId> made_by;
    Time made_at;
    Time changed_at;
};
BOOST_DESCRIBE_STRUCT(LinkRow,
                      (),
                      (id,
                       person_id,
                       account_id,
                       guardian_name,
                       relation,
                       rights,
                       state,
                       origin,
                       school_id,
                       made_by,
                       made_at,
                       changed_at))

/// False when the account has a link with the child that has not ended.
bool insert_link(sql::Tx& tx, const LinkRow& row, std::optional<Date> of_age_on);
std::optional<LinkRow> find_link(sql::Tx& tx, LinkId id);
/// That has not ended.
std::optional<LinkRow> find_link(sql::Tx& tx, PersonId child, AccountId account);
/// These two: that have not ended, oldest first.
std::vector<LinkRow> links_of_child(sql::Tx& tx, PersonId child);
std::vector<LinkRow> links_of_account(sql::Tx& tx, AccountId account);
/// That wait or are disputed.
std::vector<LinkRow> open_links(sql::Tx& tx, OrganisationId school, int limit);
/// Disputed ones of the schools at or below that path, after `cursor`.
std::vector<LinkRow> open_disputes(
    sql::Tx& tx, std::string_view path, std::string_view path_end, LinkId cursor, int limit);
/// False when state or rights are no longer those of `before`.
bool change_link(sql::Tx& tx, const LinkRow& before, LinkState state, Rights rights, Time now);
void set_school(sql::Tx& tx, const LinkRow& row, OrganisationId school);
/// Locks the row; false unless it is active with full rights.
bool hold_link(sql::Tx& tx, const LinkRow& row);
bool has_children(sql::Tx& tx, AccountId account);
bool has_deciding_guardian(sql::Tx& tx, PersonId child);
/// Of children who are of age on that day, that have not ended.
std::vector<LinkRow> links_of_grown_up(sql::Tx& tx, Date day, int limit);

struct EventRow {
    std::int64_t id = 0;
    LinkId link_id;
    Time at;
    EventKind kind{};
    std::optional<AccountId> account_id;
    std::optional<Bytes> reason;
};
BOOST_DESCRIBE_STRUCT(EventRow, (), (id, link_id, at, kind, account_id, reason))
void insert_event(sql::Tx& tx, PersonId child, const EventRow& row);
/// Newest first.
std::vector<EventRow> events_of(sql::Tx& tx, PersonId child, LinkId link, int limit);
/// Whether the school ever ended a link of the child.
bool has_ended_link(sql::Tx& tx, PersonId child);

struct InvitationRow {
    Bytes digest;
    InvitationId id;
    PersonId person_id;
    Bytes guardian_name;
    GuardianRelation relation{};
    Rights rights{};
    AccountId made_by;
    Time made_at;
    Time expires_at;
    std::optional<AccountId> used_by;
    std::optional<LinkId> link_id;
};
BOOST_DESCRIBE_STRUCT(
    InvitationRow,
    (),
    (digest, id, person_id, guardian_name, relation, rights, made_by, made_at, expires_at, used_by, link_id))
bool insert_invitation(sql::Tx& tx, const InvitationRow& row);
std::optional<InvitationRow> find_invitation(sql::Tx& tx, const Bytes& digest);
std::optional<InvitationRow> find_invitation(sql::Tx& tx, InvitationId id);
/// That may still be used.
std::vector<InvitationRow> invitations_of(sql::Tx& tx, PersonId child, Time now);
/// False when it was used before or is over.
bool use_invitation(sql::Tx& tx, const Bytes& digest, AccountId account, Time now);
void set_link_of(sql::Tx& tx, const Bytes& digest, LinkId link);
/// False when it was used.
bool delete_invitation(sql::Tx& tx, const Bytes& digest);
std::int64_t delete_invitations(sql::Tx& tx, Time expired_before);

}  // namespace educard::families::store
