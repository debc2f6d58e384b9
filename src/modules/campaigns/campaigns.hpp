#pragma once
// What a province, or any organisation for what is below it, wants done by when (F3): a campaign with phases,
// deadlines and a target in certified people; own deadlines and targets of those below; how far each is; and
// reminders to those who can act. Owns the tables campaign, campaign_phase, campaign_deadline,
// campaign_target, campaign_change, campaign_round, campaign_phase_reminder and campaign_call. What Parts
// refers to outlives it; any thread. Input and answers stand in views.hpp, for the routes.

#include "base/ids.hpp"
#include "base/time.hpp"
#include "modules/organisations/organisations.hpp"
#include "runtime/caller.hpp"
#include "sql/sql.hpp"

#include <functional>
#include <map>
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
namespace notices {
class Notices;
}
namespace rollout {
class Rollout;
}
}  // namespace educard

namespace educard::campaigns {

using CampaignId = Id<struct CampaignTag>;
enum class Phase;
struct CampaignInput;
struct CampaignEdit;
struct CampaignView;
struct CampaignItem;
struct CampaignRef;
struct ListInput;
struct ListSlice;
struct VersionInput;
struct WithdrawInput;
struct DeadlineInput;
struct OwnDeadline;
struct TargetInput;
struct OwnInput;
struct Preview;
struct Standings;
struct ChangeView;
struct CallPreview;
struct CallInput;
struct Line;
struct Walked;
struct DigestItem;
namespace store {
struct CampaignRow;
struct Reminder;
}  // namespace store

/// The deadlines of an organisation's children, from one look at the database.
class ChildDeadlines {
public:
    /// The day until which the child's people are to be certified; nothing when no campaign says.
    std::optional<Date> of(const organisations::Organisation& child) const;

private:
    friend class Campaigns;
    struct InForce {
        std::vector<organisations::SchoolKind> schools;  // empty: all
        std::optional<Date> inherited;                   // nothing: a campaign of one of the children
        std::map<OrganisationId, Date> own;
    };
    std::vector<InForce> campaigns_;
};

/// Those at or below an organisation for whose office a campaign trains people, and for which nobody was
/// trained yet.
using Untrained = std::function<std::vector<organisations::Organisation>(
    sql::Tx& tx, CampaignId campaign, const organisations::Organisation& organisation)>;

struct Parts {
    sql::Database& database;
    const Clock& clock;
    IdSource& ids;
    Audit& audit;
    Jobs& jobs;
    const organisations::Organisations& organisations;
    const rollout::Rollout& rollout;
    const notices::Notices& notices;
};

class Campaigns {
public:
    explicit Campaigns(const Parts& parts) : parts_(parts) {}

    /// The day until which an organisation's people are to be certified: of the published campaigns that have
    /// begun and concern it, the earliest. Nothing when there is none.
    std::optional<Date> deadline(sql::Tx& tx, const organisations::Organisation& organisation) const;
    /// The same for all children of an organisation.
    ChildDeadlines deadlines_of_children(sql::Tx& tx, const organisations::Organisation& parent) const;
    /// Whether the campaign concerns the organisation and is no draft: for what others tie to a campaign.
    bool concerns(sql::Tx& tx, CampaignId campaign, const organisations::Organisation& organisation) const;
    /// Its name; empty when there is none.
    std::string name_of(sql::Tx& tx, CampaignId campaign) const;

    /// Those that concern an organisation, and those of what is below it; newest first.
    ListSlice list(sql::Tx& tx, const Caller& caller, const ListInput& input) const;
    /// With what holds at an organisation; without one, at the caller's own highest that it concerns.
    CampaignView get(sql::Tx& tx, const Caller& caller, const CampaignRef& ref) const;
    CampaignView create(sql::Tx& tx, const Caller& caller, const CampaignInput& input) const;
    /// Throws conflict "campaigns.changed_meanwhile" when the version is not the present one.
    CampaignView edit(sql::Tx& tx, const Caller& caller, const CampaignEdit& edit) const;
    /// Drafts only.
    void remove(sql::Tx& tx, const Caller& caller, const VersionInput& input) const;
    /// What follows from publishing it.
    Preview preview(sql::Tx& tx, const Caller& caller, CampaignId campaign) const;
    CampaignView publish(sql::Tx& tx, const Caller& caller, const VersionInput& input) const;
    CampaignView finish(sql::Tx& tx, const Caller& caller, const VersionInput& input) const;
    CampaignView withdraw(sql::Tx& tx, const Caller& caller, const WithdrawInput& input) const;
    /// What was changed after publishing, as far as it concerns the organisation; newest first, at most 200.
    std::vector<ChangeView> changes(sql::Tx& tx, const Caller& caller, const CampaignRef& ref) const;

    CampaignView set_deadline(sql::Tx& tx, const Caller& caller, const DeadlineInput& input) const;
    CampaignView inherit_deadline(sql::Tx& tx, const Caller& caller, const OwnInput& input) const;
    CampaignView set_target(sql::Tx& tx, const Caller& caller, const TargetInput& input) const;
    CampaignView inherit_target(sql::Tx& tx, const Caller& caller, const OwnInput& input) const;

    /// An organisation and its children against target and deadline.
    Standings standings(sql::Tx& tx, const Caller& caller, const CampaignRef& ref) const;
    std::string standings_csv(sql::Tx& tx, const Caller& caller, const CampaignRef& ref) const;

    /// Who a reminder by hand would reach, without sending it.
    CallPreview preview_call(sql::Tx& tx, const Caller& caller, const CampaignRef& ref) const;
    /// Throws conflict "campaigns.called_today".
    void call(sql::Tx& tx, const Caller& caller, const CallInput& input) const;

    /// Who knows of training. Before jobs start; without it nobody is reminded of that.
    void know_training(Untrained untrained) { untrained_ = std::move(untrained); }
    /// Before jobs start.
    void handle_jobs() const;
    /// Begins the day's reminders unless some node did.
    void begin_round() const;
    void sweep(sql::Tx& tx) const;

private:
    /// A campaign that the caller may see, and the organisation that it is looked at from.
    Line look(sql::Tx& tx, const Caller& caller, const CampaignRef& ref) const;
    store::CampaignRow editable(sql::Tx& tx, const Caller& caller, CampaignId id, std::int64_t version) const;
    Line settable(sql::Tx& tx, const Caller& caller, CampaignId id, OrganisationId organisation) const;
    CampaignView view(sql::Tx& tx, const Caller& caller, const Line& line) const;
    CampaignView move_to(sql::Tx& tx,
                         const Caller& caller,
                         const VersionInput& input,
                         std::string_view from,
                         std::string_view to,
                         std::string_view reason) const;
    // forward.cpp
    /// After the value of `changed` became another, or the campaign's end: what is below it and was within
    /// what was allowed is brought to what is allowed now. Gives how many deadlines that were.
    std::int64_t bring_forward(sql::Tx& tx,
                               const Caller& caller,
                               const store::CampaignRow& campaign,
                               OrganisationId changed,
                               Phase phase,
                               const std::optional<OwnDeadline>& before) const;
    void tell_brought_forward(sql::Tx& tx,
                              const store::CampaignRow& campaign,
                              const OwnDeadline& before,
                              Date after) const;
    void note_change(sql::Tx& tx,
                     const Caller& caller,
                     CampaignId campaign,
                     OrganisationId organisation,
                     std::string field,
                     std::string before,
                     std::string after) const;
    void audit(sql::Tx& tx,
               const Caller& caller,
               std::string action,
               std::string_view path,
               CampaignId campaign) const;
    void remind(JobRun& run) const;
    std::string write_down(sql::Tx& tx, JobRun& run, Date day, const std::string& position) const;
    std::string tell_some(sql::Tx& tx, JobRun& run, Date day, const std::string& position) const;
    /// Who at an organisation, and in the classes of a school, is told what is missing there in a phase.
    std::vector<store::Reminder> reminders_at(sql::Tx& tx,
                                              const Walked& walked,
                                              Phase phase,
                                              const organisations::Organisation& organisation,
                                              Date deadline,
                                              Date day) const;
    /// What is missing at the organisation with all below it, and at each class of a school; 0 is left out.
    using Numbers = std::map<OrganisationId, std::int64_t>;
    Numbers untrained_at(sql::Tx& tx,
                         const Walked& walked,
                         const organisations::Organisation& organisation) const;
    Numbers without_roster(sql::Tx& tx,
                           const Walked& walked,
                           const organisations::Organisation& organisation) const;
    Numbers people_at(sql::Tx& tx,
                      const Walked& walked,
                      Phase phase,
                      const organisations::Organisation& organisation) const;
    DigestItem digest_item(sql::Tx& tx, const store::Reminder& reminder, std::string campaign) const;
    void handle_calls() const;
    std::vector<store::Reminder> not_certified(sql::Tx& tx,
                                               const Walked& walked,
                                               const organisations::Organisation& organisation,
                                               Date day) const;
    void call_all(JobRun& run) const;
    std::string call_some(sql::Tx& tx, JobRun& run, const std::string& position) const;
    void put_round(sql::Tx& tx) const;
    Date today() const { return parts_.organisations.today(); }

    Parts parts_;
    Untrained untrained_;
};

void add_routes(http::Routes& routes, Campaigns& campaigns);

}  // namespace educard::campaigns
