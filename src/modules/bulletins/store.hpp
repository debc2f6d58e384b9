#pragma once
// The SQL of bulletins, and nothing else.

#include "modules/bulletins/bulletins.hpp"

#include <set>
#include <span>
#include <vector>

namespace educard::bulletins::store {

struct BulletinRow {
    BulletinId id;
    OrganisationId organisation_id;
    Level level{};
    People people{};
    State state{};
    Date day{};
    std::int64_t version = 0;
    std::int64_t revision = 0;
    std::optional<std::string> number_text;
    std::string title_zh_cn;
    std::string title_en;
    std::optional<ScheduleId> schedule_id;
    Time made_at;
    std::optional<AccountId> made_by;
    std::optional<Time> published_at;
    std::optional<AccountId> published_by;
    std::optional<Time> withdrawn_at;
    std::optional<std::string> withdrawn_reason;
};
BOOST_DESCRIBE_STRUCT(BulletinRow,
                      (),
                      (id,
                       organisation_id,
                       level,
                       people,
                       state,
                       day,
                       version,
                       revision,
                       number_text,
                       title_zh_cn,
                       title_en,
                       schedule_id,
                       made_at,
                       made_by,
                       published_at,
                       published_by,
                       withdrawn_at,
                       withdrawn_reason))

struct VersionRow {
    BulletinId bulletin_id;
    std::int64_t version = 0;
    std::string wording;
    std::string figures;
    bool order_by_rate = false;
    std::optional<std::string> reason;
    Time made_at;
    std::optional<AccountId> made_by;
};
BOOST_DESCRIBE_STRUCT(VersionRow,
                      (),
                      (bulletin_id, version, wording, figures, order_by_rate, reason, made_at, made_by))

/// What of a version its list shows.
struct VersionHead {
    std::int64_t version = 0;
    std::optional<std::string> reason;
    Time made_at;
    std::optional<AccountId> made_by;
};
BOOST_DESCRIBE_STRUCT(VersionHead, (), (version, reason, made_at, made_by))

struct SettingRow {
    std::string number_pattern;
    std::string wording;
};
BOOST_DESCRIBE_STRUCT(SettingRow, (), (number_pattern, wording))

struct ScheduleRow {
    ScheduleId id;
    OrganisationId organisation_id;
    Every every{};
    int at = 0;
    Level level{};
    People people{};
    bool order_by_rate = false;
    bool publish = false;
    Date next_on{};
    std::optional<Date> done_for;
    Time made_at;
    std::optional<AccountId> made_by;
    std::optional<Time> ended_at;
};
BOOST_DESCRIBE_STRUCT(ScheduleRow,
                      (),
                      (id,
                       organisation_id,
                       every,
                       at,
                       level,
                       people,
                       order_by_rate,
                       publish,
                       next_on,
                       done_for,
                       made_at,
                       made_by,
                       ended_at))

void insert(sql::Tx& tx, const BulletinRow& row);
std::optional<BulletinRow> find(sql::Tx& tx, BulletinId id);
/// How many organisations' bulletins are asked for at once; more than a tree is deep.
inline constexpr std::size_t kMostOwners = 8;
/// Those of these organisations before `before`, newest first; drafts only of `drafts_of`.
std::vector<BulletinRow> list(sql::Tx& tx,
                              std::span<const OrganisationId> owners,
                              OrganisationId drafts_of,
                              BulletinId before,
                              int limit);

/// What a change of the present version brings; false when somebody changed the bulletin meanwhile.
struct Present {
    BulletinId id;
    std::int64_t revision = 0;
    State state{};  // which it has to be in
    std::int64_t version = 0;
    Date day{};
    std::string title_zh_cn;
    std::string title_en;
};
bool change(sql::Tx& tx, const Present& present);
std::vector<BulletinRow> drafts_of(sql::Tx& tx, OrganisationId organisation);
void hand_over(sql::Tx& tx, BulletinId id, OrganisationId to);
std::int64_t count(sql::Tx& tx, OrganisationId organisation, State state);
bool remove_draft(sql::Tx& tx, BulletinId id, std::int64_t revision);
bool publish(sql::Tx& tx, BulletinId id, std::int64_t revision, Time at, std::optional<AccountId> by);
void give_number(sql::Tx& tx, BulletinId id, int year, std::int64_t number, std::string_view text);
bool withdraw(sql::Tx& tx, BulletinId id, std::int64_t revision, Time at, std::string_view reason);

void insert_version(sql::Tx& tx, const VersionRow& row);
/// Of a draft.
void replace_version(sql::Tx& tx, const VersionRow& row);
std::optional<VersionRow> find_version(sql::Tx& tx, BulletinId id, std::int64_t version);
/// Newest first.
std::vector<VersionHead> versions(sql::Tx& tx, BulletinId id);

/// The next number of the year; whoever asks at the same time waits until we have committed.
std::int64_t next_number(sql::Tx& tx, OrganisationId organisation, int year);
std::int64_t last_number(sql::Tx& tx, OrganisationId organisation, int year);

std::optional<SettingRow> find_setting(sql::Tx& tx, OrganisationId organisation);
void put_setting(sql::Tx& tx, OrganisationId organisation, const SettingRow& row);

void mark_read(sql::Tx& tx,
               AccountId account,
               BulletinId id,
               std::int64_t version,
               OrganisationId organisation,
               Time at);
/// Which of the bulletins from `first` to `last` the account has read, each with its version.
std::set<std::pair<BulletinId, std::int64_t>> read_by(sql::Tx& tx,
                                                      AccountId account,
                                                      BulletinId first,
                                                      BulletinId last);
Readers readers(sql::Tx& tx, BulletinId id, std::int64_t version);

void insert(sql::Tx& tx, const ScheduleRow& row);
std::optional<ScheduleRow> find_schedule(sql::Tx& tx, ScheduleId id);
std::vector<ScheduleRow> schedules_of(sql::Tx& tx, OrganisationId organisation);
std::vector<ScheduleRow> due_schedules(sql::Tx& tx, Date today, int limit);
/// False when another node was there first.
bool advance(sql::Tx& tx, const ScheduleRow& row, Date next_on, std::optional<Date> done_for);
void hand_over(sql::Tx& tx, ScheduleId id, OrganisationId to);
bool end_schedule(sql::Tx& tx, ScheduleId id, Time at);

}  // namespace educard::bulletins::store
