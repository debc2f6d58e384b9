#pragma once
// The whole program: every module, built in the order in which they need each other and wired. The only place
// that knows them all. Members die in the reverse order. start() and stop() belong to one thread.

#include "cli/desk_wiring.hpp"
#include "cli/foundation.hpp"
#include "cli/wiring.hpp"
#include "http/router.hpp"
#include "http/static_files.hpp"
#include "modules/applications/bulk_works.hpp"
#include "modules/bulletins/bulletins.hpp"
#include "modules/campaigns/campaigns.hpp"
#include "modules/notices/notices.hpp"
#include "modules/offices/offices.hpp"
#include "modules/portal/portal.hpp"
#include "modules/restructuring/restructuring.hpp"
#include "modules/settings/settings.hpp"
#include "modules/training/training.hpp"
#include "modules/webhooks/webhooks.hpp"
#include "runtime/audit_seal.hpp"
#include "runtime/cpu_pool.hpp"
#include "runtime/jobs.hpp"
#include "runtime/ticker.hpp"

#include <memory>

namespace educard::cli {

/// Every route of the program, whose functions refer to the modules given.
struct Modules {
    organisations::Organisations& organisations;
    organisations::Imports& organisation_imports;
    accounts::Accounts& accounts;
    roster::Roster& roster;
    applications::Applications& applications;
    applications::BulkWorks& bulk_works;
    cards::Cards& cards;
    rollout::Rollout& rollout;
    oidc::Oidc& oidc;
    oneroster::OneRoster& oneroster;
    sms::Sms& sms;
    families::Families& families;
    portal::Portal& portal;
    webhooks::Webhooks& webhooks;
    questions::Questions& questions;
    problems::Problems& problems;
    notices::Notices& notices;
    campaigns::Campaigns& campaigns;
    training::Training& training;
    const rollout::Outlines& outlines;
    bulletins::Bulletins& bulletins;
    offices::Offices& offices;
    restructuring::Restructuring& restructuring;
    settings::Settings& settings;
    Audit& audit;
    Jobs& jobs;
};
void add_all_routes(http::Routes& routes, const Modules& modules);

class Platform {
public:
    explicit Platform(const Settings& settings);
    ~Platform();

    Modules modules();
    /// Background work: jobs, sealing, live progress, forgetting what expired.
    void start();
    /// Ends it in the reverse order, each waited for.
    void stop();

    Foundation foundation;
    CpuPool cpu;
    Jobs jobs;
    AuditSealer sealer;
    organisations::Organisations organisations;
    organisations::Imports organisation_imports;
    people::People people;
    Outbox outbox;
    sms::Sms sms;
    accounts::Accounts accounts;
    rollout::Rollout rollout;
    ProgressOfRoster progress_of_roster;
    roster::Roster roster;
    HoldersOfCards holders_of_cards;
    cards::Cards cards;
    CardsOfAccounts cards_of_accounts;
    CardsOfApplications cards_of_applications;
    AccountsOfApplicants accounts_of_applicants;
    PeopleOfApplications people_of_applications;
    RosterOfApplications roster_of_applications;
    applications::Applications applications;
    applications::BulkWorks bulk_works;
    PeopleOfApps people_of_apps;
    Outgoing outgoing;
    oidc::Oidc oidc;
    oneroster::OneRoster oneroster;
    ChildrenOfFamilies children_of_families;
    families::Families families;
    FamiliesOfApplications families_of_applications;
    portal::Portal portal;
    webhooks::Webhooks webhooks;
    PlacesOfPeople places_of_people;
    questions::Questions questions;
    OfficersOfDesks officers_of_desks;
    problems::Problems problems;
    notices::Notices notices;
    campaigns::Campaigns campaigns;
    training::Training training;
    rollout::Outlines outlines;
    bulletins::Bulletins bulletins;
    offices::Offices offices;
    restructuring::Restructuring restructuring;
    settings::Settings settings_of_places;

private:
    void tell_apps();
    void forget_what_expired();

    std::unique_ptr<Ticker> sweeper_;
    std::unique_ptr<Ticker> key_maker_;
    std::unique_ptr<Ticker> usage_counter_;
    std::unique_ptr<Ticker> reminder_;
};

}  // namespace educard::cli
