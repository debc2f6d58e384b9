#pragma once
// Bulletins (通报, F4): the progress of the organisations below one, computed by the system, frozen with the
// meaning of its words, numbered by organisation and year, and published to everybody below. Nothing that was
// published changes: a correction is a new version of the same number that shows what is different; a
// withdrawn one stays readable. Owns bulletin, bulletin_version, bulletin_counter, bulletin_setting,
// bulletin_schedule and bulletin_read. What Parts refers to outlives it; any thread.

#include "base/ids.hpp"
#include "base/time.hpp"
#include "modules/bulletins/document.hpp"  // IWYU pragma: export
#include "modules/bulletins/figures.hpp"   // IWYU pragma: export
#include "modules/bulletins/wording.hpp"   // IWYU pragma: export
#include "modules/organisations/organisations.hpp"
#include "modules/rollout/rollout.hpp"
#include "runtime/audit.hpp"
#include "runtime/caller.hpp"
#include "runtime/ticker.hpp"
#include "sql/sql.hpp"

#include <boost/describe.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace educard::http {
class Routes;
}

namespace educard::bulletins {

namespace store {
struct BulletinRow;
struct VersionRow;
struct ScheduleRow;
}  // namespace store

using BulletinId = Id<struct BulletinTag>;
using ScheduleId = Id<struct BulletinScheduleTag>;

enum class State { draft, published, withdrawn };
BOOST_DESCRIBE_ENUM(State, draft, published, withdrawn)

/// `own` of the organisation, or of those `above` it.
enum class Box { all, own, above };
BOOST_DESCRIBE_ENUM(Box, all, own, above)

struct ListInput {
    std::optional<OrganisationId> organisation_id;  // the caller's own highest when absent
    std::optional<Box> box;
    std::optional<BulletinId> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(ListInput, (), (organisation_id, box, cursor, limit))

struct Summary {
    BulletinId id;
    OrganisationId organisation_id;
    std::string organisation_name;
    State state{};
    std::optional<std::string> number;
    std::string title;
    Date day{};
    Level level{};
    People people{};
    std::int64_t version = 0;
    bool scheduled = false;
    bool read = false;  // the present version, by the caller
    Time made_at;
    std::optional<Time> published_at;
};
BOOST_DESCRIBE_STRUCT(Summary,
                      (),
                      (id,
                       organisation_id,
                       organisation_name,
                       state,
                       number,
                       title,
                       day,
                       level,
                       people,
                       version,
                       scheduled,
                       read,
                       made_at,
                       published_at))

/// What a bulletin is made of.
struct Order {
    OrganisationId organisation_id;
    std::optional<Level> level;         // children when absent
    std::optional<People> people;       // everybody when absent
    std::optional<Date> day;            // now when absent or today; else as that day ended
    std::optional<bool> order_by_rate;  // in the order of codes when absent
};
BOOST_DESCRIBE_STRUCT(Order, (), (organisation_id, level, people, day, order_by_rate))

struct Draft : Order {
    std::optional<Wording> wording;  // the organisation's template when absent
};
BOOST_DESCRIBE_STRUCT(Draft, (Order), (wording))

struct VersionView {
    std::int64_t version = 0;
    Time made_at;
    std::optional<std::string> made_by;
    std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(VersionView, (), (version, made_at, made_by, reason))

/// How many have read the present version.
struct Readers {
    std::int64_t accounts = 0;
    std::int64_t organisations = 0;
};
BOOST_DESCRIBE_STRUCT(Readers, (), (accounts, organisations))

struct View {
    Summary summary;  // of the present version
    std::int64_t shown_version = 0;
    bool replaced = false;  // there is a later version than the one shown
    bool may_edit = false;
    std::int64_t revision = 0;
    Shown shown;
    std::optional<Wording> wording;  // with its placeholders, for those who may edit
    Figures figures;
    bool order_by_rate = false;
    std::vector<VersionView> versions;  // newest first
    std::optional<std::string> published_by;
    std::optional<Time> withdrawn_at;
    std::optional<std::string> withdrawn_reason;
    std::optional<Readers> readers;  // for those who may edit
};
BOOST_DESCRIBE_STRUCT(View,
                      (),
                      (summary,
                       shown_version,
                       replaced,
                       may_edit,
                       revision,
                       shown,
                       wording,
                       figures,
                       order_by_rate,
                       versions,
                       published_by,
                       withdrawn_at,
                       withdrawn_reason,
                       readers))

struct Preview {
    Shown shown;
    Wording wording;
    Figures figures;
};
BOOST_DESCRIBE_STRUCT(Preview, (), (shown, wording, figures))

struct WhichVersion {
    BulletinId id;
    std::optional<std::int64_t> version;  // the present one when absent
    std::optional<Language> language;     // the caller's when absent
};
BOOST_DESCRIBE_STRUCT(WhichVersion, (), (id, version, language))

/// Of a draft. What is absent stays.
struct Edit {
    BulletinId id;
    std::int64_t revision = 0;
    std::optional<Wording> wording;
    std::optional<bool> order_by_rate;
    std::optional<bool> recompute;
};
BOOST_DESCRIBE_STRUCT(Edit, (), (id, revision, wording, order_by_rate, recompute))

/// Of what is published.
struct Correction {
    BulletinId id;
    std::int64_t revision = 0;
    std::string reason;
    std::optional<Wording> wording;
    std::optional<bool> order_by_rate;
    std::optional<bool> recompute;  // of the same day: as it ended, or now when it is today
};
BOOST_DESCRIBE_STRUCT(Correction, (), (id, revision, reason, wording, order_by_rate, recompute))

struct Revision {
    BulletinId id;
    std::int64_t revision = 0;
};
BOOST_DESCRIBE_STRUCT(Revision, (), (id, revision))

struct Withdrawal {
    BulletinId id;
    std::int64_t revision = 0;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(Withdrawal, (), (id, revision, reason))

enum class TextPart { title, body };
BOOST_DESCRIBE_ENUM(TextPart, title, body)

struct ChangedText {
    TextPart part{};
    std::string before;
    std::string after;
};
BOOST_DESCRIBE_STRUCT(ChangedText, (), (part, before, after))

/// Between a version and the one before it.
struct Difference {
    std::int64_t before = 0;
    std::int64_t after = 0;
    std::optional<std::string> reason;
    std::vector<ChangedText> texts;
    json::List<ChangedCell, 40000> cells;
    bool reordered = false;
};
BOOST_DESCRIBE_STRUCT(Difference, (), (before, after, reason, texts, cells, reordered))

struct SettingView {
    OrganisationId organisation_id;
    std::string number_pattern;
    Wording wording;
    std::string next_number;  // how the next one will be called
    std::vector<std::string> placeholders;
};
BOOST_DESCRIBE_STRUCT(SettingView, (), (organisation_id, number_pattern, wording, next_number, placeholders))

struct SettingInput {
    OrganisationId organisation_id;
    std::string number_pattern;
    Wording wording;
};
BOOST_DESCRIBE_STRUCT(SettingInput, (), (organisation_id, number_pattern, wording))

enum class Every { week, month, deadline };
BOOST_DESCRIBE_ENUM(Every, week, month, deadline)

/// `at`: 1 (Monday) to 7 of the week; 1 to 28 of the month; 0 to 60 days before the deadline.
struct NewSchedule {
    OrganisationId organisation_id;
    Every every{};
    int at = 0;
    std::optional<Level> level;
    std::optional<People> people;
    std::optional<bool> order_by_rate;
    std::optional<bool> publish;    // a draft when absent
    std::optional<Date> starts_on;  // tomorrow when absent
};
BOOST_DESCRIBE_STRUCT(NewSchedule,
                      (),
                      (organisation_id, every, at, level, people, order_by_rate, publish, starts_on))

struct ScheduleView {
    ScheduleId id;
    Every every{};
    int at = 0;
    Level level{};
    People people{};
    bool order_by_rate = false;
    bool publish = false;
    std::optional<Date> next_on;  // nothing while there is no deadline
    Time made_at;
};
BOOST_DESCRIBE_STRUCT(ScheduleView,
                      (),
                      (id, every, at, level, people, order_by_rate, publish, next_on, made_at))

/// What Bulletins stands on; all of it outlives it.
struct Parts {
    sql::Database& database;
    const Clock& clock;
    IdSource& ids;
    Audit& audit;
    const organisations::Organisations& organisations;
    const rollout::Rollout& rollout;
    std::function<std::optional<std::string>(sql::Tx&, AccountId)> name_of;  // whom an account belongs to
};

class Bulletins {
public:
    explicit Bulletins(Parts parts);
    ~Bulletins();

    // bulletins.cpp: reading. Whoever holds a role at the organisation, below it, or over it; drafts are for
    // its administrators. Others hear not_found "bulletins.unknown".
    /// Newest first, with the next cursor.
    std::pair<std::vector<Summary>, std::optional<std::string>> list(sql::Tx& tx,
                                                                     const Caller& caller,
                                                                     const ListInput& input) const;
    View view(sql::Tx& tx, const Caller& caller, const WhichVersion& which) const;
    /// Throws conflict "bulletins.first_version".
    Difference difference_of(sql::Tx& tx, const Caller& caller, const WhichVersion& which) const;
    void mark_read(sql::Tx& tx, const Caller& caller, BulletinId id) const;
    /// Not inside a Tx: typesetting takes its time. Throws unavailable "bulletins.no_font".
    Document document(const Caller& caller, const WhichVersion& which) const;

    // publish.cpp: writing, by administrators of the organisation or above.
    Preview preview(sql::Tx& tx, const Caller& caller, const Order& order) const;
    View create(sql::Tx& tx, const Caller& caller, const Draft& draft) const;
    View edit(sql::Tx& tx, const Caller& caller, const Edit& edit) const;
    void discard(sql::Tx& tx, const Caller& caller, const Revision& which) const;
    View publish(sql::Tx& tx, const Caller& caller, const Revision& which) const;
    Difference preview_correction(sql::Tx& tx, const Caller& caller, const Correction& input) const;
    View correct(sql::Tx& tx, const Caller& caller, const Correction& input) const;
    View withdraw(sql::Tx& tx, const Caller& caller, const Withdrawal& input) const;

    /// One organisation has ended in another: its drafts go there with figures of the other, or are discarded
    /// where that has none for their day; its schedules go there, or end where there is such a one.
    void follow_merger(sql::Tx& tx,
                       const organisations::Organisation& from,
                       const organisations::Organisation& to) const;
    struct Kept {
        std::int64_t drafts = 0;
        std::int64_t published = 0;
        std::int64_t schedules = 0;
    };
    Kept kept_of(sql::Tx& tx, OrganisationId organisation) const;

    // settings.cpp
    SettingView setting(sql::Tx& tx, const Caller& caller, OrganisationId organisation) const;
    SettingView change_setting(sql::Tx& tx, const Caller& caller, const SettingInput& input) const;

    // schedules.cpp
    std::vector<ScheduleView> schedules(sql::Tx& tx, const Caller& caller, OrganisationId organisation) const;
    ScheduleView schedule(sql::Tx& tx, const Caller& caller, const NewSchedule& input);
    void end_schedule(sql::Tx& tx, const Caller& caller, ScheduleId id) const;
    /// Makes what is due, each once for all nodes.
    void make_due() const;

    /// Keeps days and makes what is due, until stop.
    void start();
    void stop();

private:
    struct Opened;
    Opened open(sql::Tx& tx, const Caller& caller, BulletinId id) const;
    Opened open_to_edit(sql::Tx& tx, const Caller& caller, BulletinId id) const;
    organisations::Organisation administered(sql::Tx& tx, const Caller& caller, OrganisationId id) const;
    Figures compute(sql::Tx& tx, const organisations::Organisation& organisation, const Order& order) const;
    std::pair<std::string, Wording> setting_of(sql::Tx& tx,
                                               const organisations::Organisation& organisation) const;
    BulletinId insert(sql::Tx& tx,
                      const Caller& caller,
                      const organisations::Organisation& organisation,
                      const Draft& draft,
                      std::optional<ScheduleId> schedule) const;
    void make_public(sql::Tx& tx,
                     const Caller& caller,
                     const organisations::Organisation& organisation,
                     BulletinId id,
                     std::int64_t revision) const;
    struct Corrected;
    Corrected corrected(sql::Tx& tx, const Caller& caller, const Correction& input) const;
    Difference compare(const Caller& caller,
                       const store::VersionRow& before,
                       const store::VersionRow& after,
                       std::optional<Language> language) const;
    Summary summary_of(sql::Tx& tx, const Caller& caller, const store::BulletinRow& row, bool read) const;
    View view_of(sql::Tx& tx, const Caller& caller, const WhichVersion& which) const;
    std::optional<std::string> name_of(sql::Tx& tx, std::optional<AccountId> account) const;
    void record(sql::Tx& tx,
                const Caller& caller,
                std::string action,
                const organisations::Organisation& organisation,
                BulletinId id,
                std::string details = {}) const;
    ScheduleView view_of(sql::Tx& tx,
                         const organisations::Organisation& organisation,
                         const store::ScheduleRow& row) const;
    void make(sql::Tx& tx, const store::ScheduleRow& row) const;
    void draft_follows(sql::Tx& tx,
                       const store::BulletinRow& row,
                       const organisations::Organisation& to) const;
    void schedules_follow(sql::Tx& tx,
                          const organisations::Organisation& from,
                          const organisations::Organisation& to) const;

    const Parts parts_;
    std::unique_ptr<Ticker> ticker_;
};

void add_routes(http::Routes& routes, Bulletins& bulletins);

}  // namespace educard::bulletins
