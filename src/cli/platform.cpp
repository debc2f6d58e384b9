#include "cli/platform.hpp"

#include "modules/administration/administration.hpp"

#include <fmt/format.h>

namespace educard::cli {

namespace {

constexpr std::size_t kCpuQueue = 4096;
constexpr auto kCpuPatience =
    std::chrono::milliseconds(800);  // so that who is let in has an answer within two seconds
constexpr auto kForgetJobsAfter = std::chrono::days(30);
// 64 notices, each of which somebody may leave without an answer.
constexpr auto kOutboxLease = std::chrono::minutes(6);

AuditSigner signer_of(const crypto::KeyRing& keys) {
    return {.key_id = crypto::to_text(keys.active(crypto::Purpose::audit_signature).id),
            .sign = [key = std::make_shared<crypto::Ed25519PrivateKey>(keys.audit_key())](ByteView message) {
                const auto signature = key->sign(message);
                return Bytes(signature.begin(), signature.end());
            }};
}

std::unique_ptr<sms::Gateway> make_gateway(const std::string& setting) {
    if (setting.empty()) {
        return nullptr;
    }
    return setting == "console" ? sms::make_console_gateway() : sms::make_http_gateway(setting);
}

}  // namespace

void add_all_routes(http::Routes& routes, const Modules& modules) {
    accounts::add_routes(routes, modules.accounts);
    organisations::add_routes(routes, modules.organisations);
    organisations::add_routes(routes, modules.organisation_imports);
    roster::add_routes(routes, modules.roster);
    applications::add_routes(routes, modules.applications);
    applications::add_routes(routes, modules.bulk_works);
    cards::add_routes(routes, modules.cards);
    rollout::add_routes(routes, modules.rollout);
    oidc::add_routes(routes, modules.oidc);
    oidc::add_school_routes(routes, modules.oidc);
    oneroster::add_routes(routes, modules.oneroster);
    sms::add_routes(routes, modules.sms);
    families::add_routes(routes, modules.families);
    portal::add_routes(routes, modules.portal);
    webhooks::add_routes(routes, modules.webhooks);
    questions::add_routes(routes, modules.questions);
    problems::add_routes(routes, modules.problems);
    notices::add_routes(routes, modules.notices);
    campaigns::add_routes(routes, modules.campaigns);
    training::add_routes(routes, modules.training);
    offices::add_routes(routes, modules.offices);
    restructuring::add_routes(routes, modules.restructuring);
    settings::add_routes(routes, modules.settings);
    rollout::add_routes(routes, modules.outlines);
    bulletins::add_routes(routes, modules.bulletins);
    const administration::NameOf name_of{
        .account =
            [&accounts = modules.accounts](sql::Tx& tx, AccountId id) {
                const auto account = accounts.find(tx, id);
                return account ? std::optional(account->name) : std::nullopt;
            },
        .application = [&applications = modules.applications](
                           sql::Tx& tx, ApplicationId id) { return applications.name_of(tx, id); },
        .by_user_name =
            [&accounts = modules.accounts](sql::Tx& tx, std::string_view user_name) {
                const auto account = accounts.find_by_user_name(tx, user_name);
                return account ? std::optional(account->id) : std::nullopt;
            }};
    administration::add_routes(routes,
                               modules.accounts.database(),
                               modules.audit,
                               modules.jobs,
                               modules.organisations,
                               modules.rollout,
                               name_of);
}

Platform::Platform(const Settings& settings)
    : foundation(settings),
      cpu(settings.cpu_threads, kCpuQueue, kCpuPatience),
      jobs(*foundation.database, foundation.clock, foundation.ids, foundation.bus),
      sealer(*foundation.database, foundation.clock, signer_of(foundation.keys)),
      organisations(foundation.clock, foundation.ids, foundation.audit),
      organisation_imports(*foundation.database, organisations),
      people(foundation.clock, foundation.ids, foundation.cipher, foundation.audit),
      outbox(*foundation.database, foundation.clock, foundation.ids, {.lease = kOutboxLease}),
      sms({.database = *foundation.database,
           .clock = foundation.clock,
           .ids = foundation.ids,
           .keys = foundation.keys,
           .random = foundation.random,
           .limits = foundation.limits,
           .outbox = outbox,
           .gateway = make_gateway(settings.sms_gateway),
           .origin = settings.origin(),
           .caps = {.per_hour = settings.sms_per_hour, .per_day = settings.sms_per_day}}),
      accounts(accounts::Parts{.database = *foundation.database,
                               .clock = foundation.clock,
                               .ids = foundation.ids,
                               .keys = foundation.keys,
                               .random = foundation.random,
                               .limits = foundation.limits,
                               .audit = foundation.audit,
                               .organisations = organisations},
               accounts::Options{.recovery_wait = std::chrono::hours(settings.recovery_hours),
                                 .administrators_need_second_factor = settings.require_second_factor,
                                 .origin = settings.origin()}),
      rollout(foundation.clock, organisations, foundation.bus),
      progress_of_roster(rollout),
      roster(roster::Needs{.database = *foundation.database,
                           .clock = foundation.clock,
                           .ids = foundation.ids,
                           .organisations = organisations,
                           .cipher = foundation.cipher,
                           .blind_index = foundation.blind_index,
                           .audit = foundation.audit,
                           .jobs = jobs,
                           .texts = foundation.texts,
                           .observer = progress_of_roster,
                           .folder = settings.data + "/uploads"}),
      holders_of_cards(people, accounts, organisations, roster, foundation.blind_index),
      cards(cards::Parts{.database = *foundation.database,
                         .clock = foundation.clock,
                         .ids = foundation.ids,
                         .keys = foundation.keys,
                         .audit = foundation.audit,
                         .holders = holders_of_cards,
                         .origin = settings.origin(),
                         .serial_mark = settings.serials_file()}),
      cards_of_accounts(cards, holders_of_cards),
      cards_of_applications(cards),
      accounts_of_applicants(accounts, people),
      people_of_applications(people, accounts),
      roster_of_applications(roster),
      applications(applications::Needs{.clock = foundation.clock,
                                       .ids = foundation.ids,
                                       .organisations = organisations,
                                       .accounts = accounts_of_applicants,
                                       .people = people_of_applications,
                                       .roster = roster_of_applications,
                                       .cards = cards_of_applications,
                                       .cipher = foundation.cipher,
                                       .blind_index = foundation.blind_index,
                                       .audit = foundation.audit,
                                       .bus = foundation.bus,
                                       .jobs = jobs},
                   applications::Settings{.escalation_days = static_cast<int>(settings.escalation_days)}),
      bulk_works(applications, *foundation.database, foundation.texts),
      people_of_apps(accounts, people, holders_of_cards, cards),
      outgoing({.private_addresses = settings.reach_private}),
      oidc(oidc::Parts{
          .database = *foundation.database,
          .clock = foundation.clock,
          .ids = foundation.ids,
          .keys = foundation.keys,
          .random = foundation.random,
          .limits = foundation.limits,
          .audit = foundation.audit,
          .outbox = outbox,
          .organisations = organisations,
          .people = people_of_apps,
          .outgoing = outgoing,
          .issuer = settings.origin(),
          .service_scopes = {std::string(oneroster::kCoreScope), std::string(oneroster::kRosterScope)}}),
      oneroster(oneroster::Parts{.database = *foundation.database,
                                 .clock = foundation.clock,
                                 .audit = foundation.audit,
                                 .oidc = oidc,
                                 .organisations = organisations,
                                 .origin = settings.origin()}),
      children_of_families(ChildrenOfFamilies::Needs{.accounts = accounts,
                                                     .people = people,
                                                     .organisations = organisations,
                                                     .roster = roster,
                                                     .applications = applications,
                                                     .holders = holders_of_cards,
                                                     .cards = cards}),
      families(families::Parts{.database = *foundation.database,
                               .clock = foundation.clock,
                               .ids = foundation.ids,
                               .keys = foundation.keys,
                               .random = foundation.random,
                               .limits = foundation.limits,
                               .audit = foundation.audit,
                               .accounts = accounts,
                               .oidc = oidc,
                               .children = children_of_families,
                               .organisations = organisations}),
      families_of_applications(accounts, people, families),
      portal(portal::Parts{.database = *foundation.database,
                           .clock = foundation.clock,
                           .ids = foundation.ids,
                           .random = foundation.random,
                           .audit = foundation.audit,
                           .oidc = oidc,
                           .people = people_of_apps,
                           .organisations = organisations,
                           .issuer = settings.origin()}),
      webhooks(webhooks::Parts{
          .database = *foundation.database,
          .clock = foundation.clock,
          .ids = foundation.ids,
          .keys = foundation.keys,
          .random = foundation.random,
          .audit = foundation.audit,
          .metrics = foundation.metrics,
          .oidc = oidc,
          .organisations = organisations,
          .outgoing = outgoing,
          .account_of = [this](sql::Tx& tx, PersonId person) { return accounts.account_of(tx, person); }}),
      places_of_people(accounts, applications, families, organisations),
      questions(questions::Parts{.database = *foundation.database,
                                 .clock = foundation.clock,
                                 .ids = foundation.ids,
                                 .audit = foundation.audit,
                                 .organisations = organisations,
                                 .places = places_of_people}),
      officers_of_desks(accounts),
      problems(problems::Parts{.database = *foundation.database,
                               .clock = foundation.clock,
                               .ids = foundation.ids,
                               .limits = foundation.limits,
                               .audit = foundation.audit,
                               .organisations = organisations,
                               .questions = questions,
                               .places = places_of_people,
                               .officers = officers_of_desks},
               problems::Settings{.school_days = static_cast<int>(settings.problem_school_days),
                                  .level_days = static_cast<int>(settings.problem_level_days)}),
      notices(foundation.clock, foundation.ids),
      campaigns(campaigns::Parts{.database = *foundation.database,
                                 .clock = foundation.clock,
                                 .ids = foundation.ids,
                                 .audit = foundation.audit,
                                 .jobs = jobs,
                                 .organisations = organisations,
                                 .rollout = rollout,
                                 .notices = notices}),
      training(training::Parts{.database = *foundation.database,
                               .clock = foundation.clock,
                               .ids = foundation.ids,
                               .random = foundation.random,
                               .audit = foundation.audit,
                               .jobs = jobs,
                               .accounts = accounts,
                               .organisations = organisations,
                               .campaigns = campaigns,
                               .notices = notices,
                               .origin = settings.origin()}),
      outlines(*foundation.database, foundation.clock, organisations, foundation.audit),
      bulletins(bulletins::Parts{.database = *foundation.database,
                                 .clock = foundation.clock,
                                 .ids = foundation.ids,
                                 .audit = foundation.audit,
                                 .organisations = organisations,
                                 .rollout = rollout,
                                 .name_of =
                                     [this](sql::Tx& tx, AccountId id) {
                                         const auto account = accounts.find(tx, id);
                                         return account ? std::optional(account->name) : std::nullopt;
                                     }}),
      offices(offices::Parts{.database = *foundation.database,
                             .clock = foundation.clock,
                             .ids = foundation.ids,
                             .keys = foundation.keys,
                             .random = foundation.random,
                             .audit = foundation.audit,
                             .organisations = organisations,
                             .accounts = accounts,
                             .applications = applications,
                             .rollout = rollout,
                             .sms = sms,
                             .origin = settings.origin()}),
      restructuring(restructuring::Parts{
          .database = *foundation.database,
          .clock = foundation.clock,
          .ids = foundation.ids,
          .audit = foundation.audit,
          .jobs = jobs,
          .organisations = organisations,
          .accounts = accounts,
          .applications = applications,
          .roster = roster,
          .rollout = rollout,
          .holder_changed = [this](sql::Tx& tx, PersonId person) { cards.holder_changed(tx, person); }}),
      settings_of_places(settings::Parts{.clock = foundation.clock,
                                         .audit = foundation.audit,
                                         .organisations = organisations,
                                         .rollout = rollout,
                                         .place_of = [this](sql::Tx& tx, PersonId person) {
                                             const auto holder = holders_of_cards.find(tx, person);
                                             return holder ? std::optional(holder->path) : std::nullopt;
                                         }}) {
    tell_apps();
    rollout.know_deadlines([this](sql::Tx& tx, const std::vector<organisations::Organisation>& list) {
        return deadlines_of(tx, campaigns, organisations, list);
    });
    campaigns.know_training(
        [this](sql::Tx& tx, campaigns::CampaignId id, const organisations::Organisation& at) {
            return training.untrained(tx, id, at);
        });
    progress_of_roster.know(applications, cards, people);
    holders_of_cards.know(applications);
    accounts.recognise_cards(cards_of_accounts);
    accounts.recognise_guardians(families);
    accounts.reach_phones(sms, outbox);
    applications.recognise_families(families_of_applications);
    oidc.when_asked([this](sql::Tx& tx, AccountId child, const std::string& app) {
        families.tell_of_request(tx, child, app);
    });
    sms.measure(foundation.metrics);
    sms.handle_outbox();
    roster.handle_jobs();
    applications.handle_jobs(*foundation.database);
    bulk_works.handle_jobs();
    campaigns.handle_jobs();
    training.handle_jobs();
    jobs.measure(foundation.metrics);
    oidc.handle_outbox();
    restructuring.handle_jobs();
    organisations.hold_against_plans_with(
        [this](sql::Tx& tx, const Caller& caller, std::span<const organisations::Request> requests) {
            return restructuring.refusals_by_plans(tx, caller, requests);
        });
    restructuring.when_transferred(
        [this](sql::Tx& tx, const restructuring::Restructuring::Transferred& moved) {
            families.follow_school(tx, moved.from.id, moved.to.id, moved.class_id ? &moved.people : nullptr);
        });
    restructuring.when_merged(
        [this](sql::Tx& tx, const organisations::Organisation& from, const organisations::Organisation& to) {
            offices.contacts_follow(tx, from.id, to.id);
            training.follow_merger(tx, from, to);
            bulletins.follow_merger(tx, from, to);
        });
    restructuring.count_following_with([this](sql::Tx& tx, const organisations::Organisation& from) {
        const auto kept = bulletins.kept_of(tx, from.id);
        return restructuring::Following{.sessions = training.count_ahead(tx, from.id),
                                        .drafts = kept.drafts,
                                        .schedules = kept.schedules,
                                        .bulletins = kept.published};
    });
    restructuring.when_failed([this](sql::Tx& tx, AccountId account, const restructuring::Failed& failed) {
        constexpr auto kKept = std::chrono::days(60);
        notices.put(tx,
                    {.account = account,
                     .key = fmt::format("restructuring.failed:{}", failed.id.value),
                     .kind = "restructuring.failed",
                     .details = json::encode(failed),
                     .link = fmt::format("/admin/restructuring?organisation={}&state=failed",
                                         failed.organisation_id.value),
                     .expires_at = foundation.clock.now() + kKept});
    });
    bulk_works.when_done_at([this](sql::Tx& tx, const applications::BulkDoneAt& done) {
        constexpr auto kKept = std::chrono::days(30);
        for (const auto& holder : accounts.holders(tx, done.school_id, Role::school_admin)) {
            notices.put(
                tx,
                {.account = holder.account_id,
                 .key = fmt::format("applications.bulk:{}:{}", done.work_id.value, done.school_id.value),
                 .kind = "applications.bulk",
                 .details = json::encode(done),
                 .link =
                     fmt::format("/admin/reviews?shown={}", boost::describe::enum_to_string(done.state, "")),
                 .expires_at = foundation.clock.now() + kKept});
        }
    });
    portal.tell_with([this](sql::Tx& tx, AccountId account, const portal::Decided& decided) {
        constexpr auto kKept = std::chrono::days(30);
        notices.put(tx,
                    {.account = account,
                     .key = fmt::format("portal.decided:{}", decided.review_id.value),
                     .kind = "portal.decided",
                     .details = json::encode(decided),
                     .link = fmt::format("/developer/{}", decided.app_id.value),
                     .expires_at = foundation.clock.now() + kKept});
    });
    applications.when_delegated([this](sql::Tx& tx, const applications::DelegationView& delegation) {
        constexpr auto kEndInChina = std::chrono::hours(24 - 8);  // of the day, after its midnight UTC
        notices.put(tx,
                    {.account = delegation.to_account,
                     .key = fmt::format("applications.delegated:{}", delegation.id.value),
                     .kind = "applications.delegated",
                     .details = json::encode(delegation),
                     .link = "/admin/reviews",
                     .expires_at = Time(std::chrono::sys_days(delegation.ends_on)) + kEndInChina});
    });
    oidc.keep_reviewed_with(
        [this](sql::Tx& tx, const oidc::App& app) { return portal.is_reviewed(tx, app); });
    oidc.admit_testers_with([this](sql::Tx& tx, oidc::AppId app, AccountId account) {
        return portal.is_member(tx, app, account);
    });
    accounts.when_ended([this](sql::Tx& tx, AccountId account, SessionId session) {
        oidc.session_ended(tx, account, session);
    });
    organisations.when_renamed([this](sql::Tx& tx, const organisations::Organisation& organisation) {
        if (organisation.kind == organisations::Kind::school) {
            restructuring.put_cards_job(tx, organisation.id);
        }
    });
    organisations.when_moved(
        [this](sql::Tx& tx, std::string_view from, std::string_view to, int depth_change) {
            applications.follow_move(tx, from, to, depth_change);
            rollout.follow_move(tx, from, to);
            questions.follow_move(tx, from, to, depth_change);
            problems.follow_move(tx, from, to);
        });
    organisations.count_attached_with([this](sql::Tx& tx, const organisations::Organisation& organisation) {
        const auto counts = rollout.counts_of(tx, organisation);
        return organisations::Attached{.people = counts.total(),
                                       .certified = counts.certified,
                                       .offices = accounts.count_offices(tx, organisation.id)};
    });
    foundation.database->write([this](sql::Tx& tx) { organisations.seed(tx); });
}

Platform::~Platform() {
    stop();
}

Modules Platform::modules() {
    return {.organisations = organisations,
            .organisation_imports = organisation_imports,
            .accounts = accounts,
            .roster = roster,
            .applications = applications,
            .bulk_works = bulk_works,
            .cards = cards,
            .rollout = rollout,
            .oidc = oidc,
            .oneroster = oneroster,
            .sms = sms,
            .families = families,
            .portal = portal,
            .webhooks = webhooks,
            .questions = questions,
            .problems = problems,
            .notices = notices,
            .campaigns = campaigns,
            .training = training,
            .outlines = outlines,
            .bulletins = bulletins,
            .offices = offices,
            .restructuring = restructuring,
            .settings = settings_of_places,
            .audit = foundation.audit,
            .jobs = jobs};
}

void Platform::start() {
    jobs.start();
    sealer.start();
    rollout.start();
    bulletins.start();
    cards.start();
    oidc.renew_keys();
    outbox.start();
    webhooks.start();
    key_maker_ = std::make_unique<Ticker>(
        "key-maker", std::chrono::hours(1), [this] { oidc.renew_keys(); }, Ticker::First::after_interval);
    usage_counter_ =
        std::make_unique<Ticker>("usage-counter", std::chrono::minutes(10), [this] { portal.count_usage(); });
    sweeper_ =
        std::make_unique<Ticker>("sweeper", std::chrono::minutes(10), [this] { forget_what_expired(); });
    reminder_ =
        std::make_unique<Ticker>("reminder", std::chrono::minutes(10), [this] { campaigns.begin_round(); });
}

void Platform::stop() {
    reminder_.reset();
    sweeper_.reset();
    usage_counter_.reset();
    key_maker_.reset();
    webhooks.stop();
    outbox.stop();
    bulletins.stop();
    rollout.stop();
    jobs.stop();
    sealer.stop();
}

void Platform::tell_apps() {
    applications.when_changed([this](sql::Tx& tx, const applications::PlaceEvent& event) {
        using applications::PlaceChange;
        const auto role = boost::describe::enum_to_string(event.kind, "");
        webhooks.tell(tx,
                      {.type = event.change == PlaceChange::certified ? webhooks::kCertified
                               : event.change == PlaceChange::moved   ? webhooks::kChangedSchool
                                                                      : webhooks::kLeftSchool,
                       .person = event.person,
                       .former_role = event.change == PlaceChange::left ? std::optional<std::string>(role)
                                                                        : std::nullopt,
                       .former_school = event.former_school});
    });
    cards.when_changed([this](sql::Tx& tx, PersonId person, cards::CardState state) {
        const bool good = state == cards::CardState::active;
        webhooks.tell(tx,
                      {.type = good ? webhooks::kCardRestored : webhooks::kCardRevoked,
                       .person = person,
                       .state = boost::describe::enum_to_string(state, "")});
    });
    oidc.when_withdrawn([this](sql::Tx& tx, oidc::AppId app, AccountId account) {
        webhooks.tell(tx, {.type = webhooks::kWithdrawn, .account = account, .app = app});
    });
}

void Platform::forget_what_expired() {
    foundation.database->write([this](sql::Tx& tx) {
        accounts.sweep(tx);
        foundation.limits.sweep(tx);
        foundation.kept_answers.sweep(tx);
        const auto before = foundation.clock.now() - kForgetJobsAfter;
        cards.sweep(tx);
        roster.sweep(tx, before);
        bulk_works.sweep(tx);
        oidc.sweep(tx);
        oidc.sweep_school_approvals(tx);
        sms.sweep(tx);
        families.sweep(tx);
        portal.sweep(tx);
        webhooks.sweep(tx);
        problems.sweep(tx);
        offices.sweep(tx);
        restructuring.begin_due(tx);
        notices.sweep(tx);
        campaigns.sweep(tx);
        jobs.sweep(tx, before);
    });
}

}  // namespace educard::cli
