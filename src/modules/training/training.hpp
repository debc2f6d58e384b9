#pragma once
// The training plan (F2): who trains whom, when and where; invitations, sign-up, who was there, and for which
// organisations nobody was trained yet. Owns the tables training_*. What Parts refers to outlives it; any
// thread.

#include "base/ids.hpp"
#include "base/json.hpp"
#include "base/time.hpp"
#include "crypto/random.hpp"
#include "modules/campaigns/campaigns.hpp"
#include "modules/organisations/organisations.hpp"
#include "runtime/caller.hpp"
#include "sql/sql.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace educard {
class Audit;
class Jobs;
class JobRun;
namespace http {
class Routes;
}
namespace accounts {
class Accounts;
}
namespace notices {
class Notices;
}
}  // namespace educard

namespace educard::training {

using SessionId = Id<struct TrainingSessionTag>;
using MaterialId = Id<struct TrainingMaterialTag>;
using campaigns::CampaignId;

enum class State { planned, cancelled };
BOOST_DESCRIBE_ENUM(State, planned, cancelled)

/// Holders of a role at an organisation or below it.
struct Audience {
    OrganisationId organisation_id;
    Role role{};
};
BOOST_DESCRIBE_STRUCT(Audience, (), (organisation_id, role))

struct Content {
    std::string title;
    json::Text<std::size_t{1} << 14U> text;
    std::string trainer;
    std::string place;
    std::string link;
    Time begins_at;
    Time ends_at;
    std::optional<Time> sign_up_until;  // when it begins, when absent
    std::optional<std::int64_t> capacity;
    std::optional<CampaignId> campaign_id;
    json::List<Audience, 20> audience;
};
BOOST_DESCRIBE_STRUCT(
    Content,
    (),
    (title, text, trainer, place, link, begins_at, ends_at, sign_up_until, capacity, campaign_id, audience))

struct NewSession : Content {
    OrganisationId organisation_id;
};
BOOST_DESCRIBE_STRUCT(NewSession, (Content), (organisation_id))

struct SessionEdit : Content {
    SessionId id;
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(SessionEdit, (Content), (id, version))

struct Cancellation {
    SessionId id;
    std::int64_t version = 0;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(Cancellation, (), (id, version, reason))

struct AudienceView {
    OrganisationId organisation_id;
    std::string organisation_name;
    Role role{};
};
BOOST_DESCRIBE_STRUCT(AudienceView, (), (organisation_id, organisation_name, role))

struct MaterialView {
    MaterialId id;
    std::string title;
    std::optional<std::string> url;
    std::optional<std::string> file_name;
    std::optional<std::int64_t> octets;
};
BOOST_DESCRIBE_STRUCT(MaterialView, (), (id, title, url, file_name, octets))

/// What the caller has to do with a session.
enum class Mine { none, invited, signed_up, attended };
BOOST_DESCRIBE_ENUM(Mine, none, invited, signed_up, attended)

struct SessionItem {
    SessionId id;
    OrganisationId organisation_id;
    std::string organisation_name;
    std::string title;
    std::string trainer;
    std::string place;
    Time begins_at;
    Time ends_at;
    Time sign_up_until;
    std::optional<std::int64_t> capacity;
    std::int64_t signed_up = 0;
    State state{};
};
BOOST_DESCRIBE_STRUCT(SessionItem,
                      (),
                      (id,
                       organisation_id,
                       organisation_name,
                       title,
                       trainer,
                       place,
                       begins_at,
                       ends_at,
                       sign_up_until,
                       capacity,
                       signed_up,
                       state))

struct MyItem : SessionItem {
    Mine mine{};
};
BOOST_DESCRIBE_STRUCT(MyItem, (SessionItem), (mine))

struct SessionView : SessionItem {
    std::string text;
    std::string link;
    std::optional<CampaignId> campaign_id;
    std::optional<std::string> campaign_name;
    std::optional<std::string> reason;
    std::int64_t version = 0;
    std::vector<AudienceView> audience;
    std::vector<MaterialView> materials;
    Mine mine{};
    bool may_organise = false;
    std::optional<std::string> room_code;  // for organisers
    std::int64_t attended = 0;
};
BOOST_DESCRIBE_STRUCT(SessionView,
                      (SessionItem),
                      (text,
                       link,
                       campaign_id,
                       campaign_name,
                       reason,
                       version,
                       audience,
                       materials,
                       mine,
                       may_organise,
                       room_code,
                       attended))

struct SessionsInput {
    std::optional<OrganisationId> organisation_id;  // the caller's own highest when absent
    std::optional<bool> past;
    std::optional<std::string> query;  // part of the title
    std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(SessionsInput, (), (organisation_id, past, query, cursor))

struct SessionSlice {
    std::vector<SessionItem> items;
    std::optional<std::string> next;
    OrganisationId organisation_id;
};
BOOST_DESCRIBE_STRUCT(SessionSlice, (), (items, next, organisation_id))

struct Attendee {
    AccountId account_id;
    std::string name;
    OrganisationId organisation_id;
    std::string organisation_name;
    Role role{};
    bool signed_up = false;
    bool attended = false;
    std::string how;
};
BOOST_DESCRIBE_STRUCT(Attendee,
                      (),
                      (account_id, name, organisation_id, organisation_name, role, signed_up, attended, how))
struct AttendeeSlice {
    std::vector<Attendee> items;
    std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(AttendeeSlice, (), (items, next))

struct AttendeesInput {
    SessionId id;
    std::optional<AccountId> after;
};
BOOST_DESCRIBE_STRUCT(AttendeesInput, (), (id, after))

struct Ticks {
    SessionId id;
    json::List<AccountId, 500> account_ids;
    bool attended = false;
};
BOOST_DESCRIBE_STRUCT(Ticks, (), (id, account_ids, attended))
struct ByName {
    SessionId id;
    std::string user_name;
};
BOOST_DESCRIBE_STRUCT(ByName, (), (id, user_name))
struct CheckIn {
    SessionId id;
    std::string code;
};
BOOST_DESCRIBE_STRUCT(CheckIn, (), (id, code))

struct NewLink {
    SessionId id;
    std::string title;
    std::string url;
};
BOOST_DESCRIBE_STRUCT(NewLink, (), (id, title, url))
struct NewFile {
    SessionId id;
    std::string title;
    std::string file_name;
};
BOOST_DESCRIBE_STRUCT(NewFile, (), (id, title, file_name))
struct OpenedMaterial {
    std::string file_name;
    std::string content_type;
    std::string octets;
};

struct GapsInput {
    std::optional<OrganisationId> organisation_id;  // the caller's own highest when absent
    Role role{};
    std::optional<CampaignId> campaign_id;  // sessions of this campaign only
};
BOOST_DESCRIBE_STRUCT(GapsInput, (), (organisation_id, role, campaign_id))
struct GapRow {
    OrganisationId id;
    organisations::Kind kind{};
    std::string name;
    std::int64_t organisations = 0;  // that hold the role
    std::int64_t trained = 0;        // for which somebody was there
};
BOOST_DESCRIBE_STRUCT(GapRow, (), (id, kind, name, organisations, trained))
struct Gaps {
    GapRow organisation;
    std::vector<GapRow> children;
};
BOOST_DESCRIBE_STRUCT(Gaps, (), (organisation, children))

struct Parts {
    sql::Database& database;
    const Clock& clock;
    IdSource& ids;
    crypto::Random& random;
    Audit& audit;
    Jobs& jobs;
    const accounts::Accounts& accounts;
    const organisations::Organisations& organisations;
    const campaigns::Campaigns& campaigns;
    const notices::Notices& notices;
    std::string origin;
};

namespace store {
struct SessionRow;
}

class Training {
public:
    explicit Training(const Parts& parts) : parts_(parts) {}

    /// Sessions of an organisation and of all below it, for its administrators.
    SessionSlice list(sql::Tx& tx, const Caller& caller, const SessionsInput& input) const;
    /// For administrators of its organisation or above, and for whom it concerns.
    SessionView get(sql::Tx& tx, const Caller& caller, SessionId id) const;
    /// Invites whom it concerns.
    SessionView create(sql::Tx& tx, const Caller& caller, const NewSession& input) const;
    /// Whoever is invited is told when it is at another time or place. Throws conflict
    /// "training.changed_meanwhile".
    SessionView edit(sql::Tx& tx, const Caller& caller, const SessionEdit& input) const;
    SessionView cancel(sql::Tx& tx, const Caller& caller, const Cancellation& input) const;

    MaterialView add_link(sql::Tx& tx, const Caller& caller, const NewLink& input) const;
    MaterialView add_file(const Caller& caller,
                          const NewFile& input,
                          const std::filesystem::path& from) const;
    void remove_material(sql::Tx& tx, const Caller& caller, MaterialId id) const;
    OpenedMaterial open(const Caller& caller, MaterialId id) const;

    /// What the caller is invited to or came to: what lies ahead first, then the last hundred days.
    std::vector<MyItem> mine(sql::Tx& tx, const Caller& caller) const;
    SessionView sign_up(sql::Tx& tx, const Caller& caller, SessionId id) const;
    SessionView sign_off(sql::Tx& tx, const Caller& caller, SessionId id) const;
    SessionView check_in(sql::Tx& tx, const Caller& caller, const CheckIn& input) const;
    /// iCalendar (RFC 5545).
    std::string calendar(sql::Tx& tx, const Caller& caller, SessionId id) const;

    AttendeeSlice attendees(sql::Tx& tx, const Caller& caller, const AttendeesInput& input) const;
    void tick(sql::Tx& tx, const Caller& caller, const Ticks& input) const;
    /// Somebody who came without signing up.
    void tick_by_name(sql::Tx& tx, const Caller& caller, const ByName& input) const;

    /// For which organisations below nobody was trained yet.
    Gaps gaps(sql::Tx& tx, const Caller& caller, const GapsInput& input) const;
    std::string gaps_csv(sql::Tx& tx, const Caller& caller, const GapsInput& input) const;
    /// Those at or below an organisation whose office a campaign's sessions are for, and for which nobody was
    /// at one. Class teachers are looked at from a county downward.
    std::vector<organisations::Organisation> untrained(sql::Tx& tx,
                                                       CampaignId campaign,
                                                       const organisations::Organisation& organisation) const;

    /// Sessions of an organisation that are not over.
    std::int64_t count_ahead(sql::Tx& tx, OrganisationId organisation) const;
    /// One organisation has ended in another: its sessions that are not over are the other's, and whoever was
    /// invited there is invited here. All who are invited hear of it.
    void follow_merger(sql::Tx& tx,
                       const organisations::Organisation& from,
                       const organisations::Organisation& to) const;

    /// Before jobs start.
    void handle_jobs() const;

private:
    store::SessionRow readable(sql::Tx& tx, const Caller& caller, SessionId id) const;
    store::SessionRow organised(sql::Tx& tx, const Caller& caller, SessionId id) const;
    void check(sql::Tx& tx, const Content& content, const organisations::Organisation& organiser) const;
    void replace_audience(sql::Tx& tx, SessionId id, const std::vector<Audience>& audience) const;
    /// The office for which the caller is invited.
    std::optional<Audience> invited_as(sql::Tx& tx, const std::vector<Grant>& grants, SessionId id) const;
    void attend(sql::Tx& tx,
                SessionId session,
                AccountId account,
                const std::vector<Grant>& grants,
                std::string_view how) const;
    void tell(sql::Tx& tx, SessionId id, std::string_view what, std::int64_t version) const;
    void tell_all(JobRun& run) const;
    std::string tell_some(sql::Tx& tx, JobRun& run, const std::string& position) const;
    void audit(sql::Tx& tx, const Caller& caller, std::string action, const store::SessionRow& session) const;
    organisations::Organisation area(sql::Tx& tx,
                                     const Caller& caller,
                                     std::optional<OrganisationId> organisation) const;

    Parts parts_;
};

void add_routes(http::Routes& routes, Training& training);

}  // namespace educard::training
