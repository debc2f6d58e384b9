#pragma once
// The SQL of training, and nothing else.

#include "modules/training/training.hpp"

#include <span>
#include <vector>

namespace educard::training::store {

struct SessionRow {
    SessionId id;
    OrganisationId organisation_id;
    std::optional<CampaignId> campaign_id;
    std::string title;
    std::string text;
    std::string trainer;
    std::string place;
    std::string link;
    Time begins_at;
    Time ends_at;
    Time sign_up_until;
    std::optional<std::int64_t> capacity;
    State state{};
    std::optional<std::string> reason;
    std::string room_code;
    std::int64_t signed_up = 0;
    std::int64_t version = 0;
    AccountId created_by;
    Time created_at;
};
BOOST_DESCRIBE_STRUCT(SessionRow,
                      (),
                      (id,
                       organisation_id,
                       campaign_id,
                       title,
                       text,
                       trainer,
                       place,
                       link,
                       begins_at,
                       ends_at,
                       sign_up_until,
                       capacity,
                       state,
                       reason,
                       room_code,
                       signed_up,
                       version,
                       created_by,
                       created_at))

void insert(sql::Tx& tx, const SessionRow& row);
std::optional<SessionRow> find(sql::Tx& tx, SessionId id);
/// Where the version is still row.version - 1 and it is not cancelled.
bool update(sql::Tx& tx, const SessionRow& row);
bool cancel(sql::Tx& tx, SessionId id, std::int64_t version, std::string_view reason);
struct Place {
    Time at;
    SessionId id;
};
/// That end after `now`, soonest first, after a place in that order.
std::vector<SessionItem> ahead(
    sql::Tx& tx, std::string_view path, std::string_view part, Time now, Place after, int limit);
/// That are over, newest first.
std::vector<SessionItem> past(
    sql::Tx& tx, std::string_view path, std::string_view part, Time now, Place before, int limit);

std::int64_t count_ahead_of(sql::Tx& tx, OrganisationId organisation, Time now);
/// That are not over and are an organisation's, or are for roles at it.
std::vector<SessionId> concerned_by(sql::Tx& tx, OrganisationId organisation, Time now);
void hand_over(sql::Tx& tx, SessionId id, OrganisationId to, std::optional<CampaignId> campaign);
void move_audience(sql::Tx& tx, SessionId id, OrganisationId from, OrganisationId to);

std::vector<AudienceView> audience(sql::Tx& tx, SessionId id);
/// Whom a campaign's sessions are for, at, above and below a path; each once, what is above first.
struct AudienceArea {
    Role role{};
    std::string path;
};
BOOST_DESCRIBE_STRUCT(AudienceArea, (), (role, path))
std::vector<AudienceArea> audience_of_campaign(sql::Tx& tx, CampaignId campaign, std::string_view path);
void clear_audience(sql::Tx& tx, SessionId id);
void add_audience(sql::Tx& tx, SessionId id, const Audience& audience);
/// Sessions since `since` that concern a role at one of these organisations.
std::vector<SessionItem> invitations(
    sql::Tx& tx, std::span<const OrganisationId> line, Role role, Time since, int limit);
/// Sessions since then that the account signed up for or attended.
std::vector<SessionItem> attended_by(sql::Tx& tx, AccountId account, Time since, int limit);

struct MaterialRow {
    MaterialId id;
    SessionId session_id;
    std::string title;
    std::optional<std::string> url;
    std::optional<std::string> file_name;
    std::optional<std::string> content_type;
    std::optional<std::int64_t> octets;
};
BOOST_DESCRIBE_STRUCT(MaterialRow, (), (id, session_id, title, url, file_name, content_type, octets))
std::vector<MaterialRow> materials(sql::Tx& tx, SessionId id);
std::optional<MaterialRow> find_material(sql::Tx& tx, MaterialId id);
void insert_material(sql::Tx& tx, const MaterialRow& row, Time at);
bool remove_material(sql::Tx& tx, MaterialId id);
void insert_piece(sql::Tx& tx, MaterialId id, std::int64_t piece, std::string_view octets);
std::string octets_of(sql::Tx& tx, MaterialId id);

struct AttendanceRow {
    SessionId session_id;
    AccountId account_id;
    OrganisationId organisation_id;
    Role role{};
    bool signed_up = false;
    bool attended = false;
    std::string how;
};
BOOST_DESCRIBE_STRUCT(AttendanceRow,
                      (),
                      (session_id, account_id, organisation_id, role, signed_up, attended, how))
std::optional<AttendanceRow> find_attendance(sql::Tx& tx, SessionId session, AccountId account);
/// False when there is one already.
bool insert_attendance(sql::Tx& tx, const AttendanceRow& row, Time at);
bool set_signed_up(sql::Tx& tx, SessionId session, AccountId account, bool signed_up, Time at);
bool set_attended(
    sql::Tx& tx, SessionId session, AccountId account, bool attended, std::string_view how, Time at);
/// Takes a seat; false when there is none.
bool take_seat(sql::Tx& tx, SessionId id);
void give_seat_back(sql::Tx& tx, SessionId id);
std::int64_t count_attended(sql::Tx& tx, SessionId id);
struct AttendeeRow : AttendanceRow {
    std::string name;
    BOOST_DESCRIBE_CLASS(AttendeeRow, (AttendanceRow), (name), (), ())
};
std::vector<AttendeeRow> attendees(sql::Tx& tx, SessionId id, AccountId after, int limit);

/// Another module's tables: the offices of many organisations, and of one account.
struct Office {
    AccountId account_id;
    OrganisationId organisation_id;
    std::string path;
    Role role{};
};
BOOST_DESCRIBE_STRUCT(Office, (), (account_id, organisation_id, path, role))
/// Holders of a role at or below a path, of the organisations after one, all of some organisations together;
/// gives the path of the last of these, empty when there are no more.
std::string holders(sql::Tx& tx,
                    std::string_view path,
                    std::string_view after,
                    Role role,
                    Date today,
                    Time now,
                    int organisations,
                    std::vector<Office>& found);
std::vector<Office> offices_of(sql::Tx& tx, AccountId account, Time now);

struct GapCount {
    std::int64_t organisations = 0;
    std::int64_t trained = 0;
};
GapCount count_gaps(
    sql::Tx& tx, std::string_view path, Role role, std::optional<CampaignId> campaign, Date today);
/// The organisations for which nobody was trained, in the order of the tree.
std::vector<organisations::Organisation> untrained(
    sql::Tx& tx, std::string_view path, Role role, std::optional<CampaignId> campaign, Date today, int limit);

}  // namespace educard::training::store
