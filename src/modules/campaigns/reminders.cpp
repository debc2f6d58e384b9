// Reminders before the deadline of a phase and on the day after. A job walks the organisations in the order
// of the tree and writes down whom something is said to (a row for each thing, so that it is said once); then
// each of these people gets one notice for the day.
#include "modules/campaigns/telling.hpp"
#include "modules/notices/notices.hpp"
#include "runtime/jobs.hpp"

#include <fmt/format.h>

namespace educard::campaigns {

namespace {

constexpr auto kRemindJob = "campaigns.remind";
constexpr int kPeopleAtOnce = 200;
constexpr int kForgottenAtOnce = 5000;
constexpr auto kForgetAfter = std::chrono::days(120);  // longer than any reminder lies before its deadline
constexpr std::string_view kPeople = "people:";
constexpr auto kLookAhead = std::chrono::days(90);

struct Round {
    Date day{};
};
BOOST_DESCRIBE_STRUCT(Round, (), (day))

struct Digest {
    Date day{};
    std::vector<DigestItem> items;
};
BOOST_DESCRIBE_STRUCT(Digest, (), (day, items))

/// Whose a campaign is, and the phases of which something is said somewhere.
struct Due {
    OrganisationId owner;
    std::set<Phase> phases;
};

std::map<CampaignId, Due> due_on(sql::Tx& tx, Date day) {
    const auto from = std::chrono::sys_days(day) - std::chrono::days(1);
    const auto until = std::chrono::sys_days(day) + kLookAhead;
    std::map<CampaignId, Due> due;
    for (const auto& near : store::deadlines_near(tx, day, Date(from), Date(until))) {
        if (is_step(near.reminder_days, days_between(day, near.deadline))) {
            auto& campaign = due[near.campaign_id];
            campaign.owner = near.organisation_id;
            campaign.phases.insert(near.phase);
        }
    }
    return due;
}

}  // namespace

void Campaigns::handle_jobs() const {
    parts_.jobs.handle(kRemindJob, [this](JobRun& run) { remind(run); });
    handle_calls();
}

void Campaigns::put_round(sql::Tx& tx) const {
    parts_.jobs.put(tx,
                    {.kind = kRemindJob, .payload = json::encode(Round{today()}), .total = 0, .owner = {}});
}

void Campaigns::begin_round() const {
    parts_.database.write([&](sql::Tx& tx) {
        if (store::begin_round(tx, today(), parts_.clock.now())) {
            put_round(tx);
        }
    });
}

void Campaigns::remind(JobRun& run) const {
    const auto day = json::decode<Round>(run.job().payload).day;
    std::string position = run.job().position;
    while (!position.starts_with(kPeople)) {
        position = parts_.database.write([&](sql::Tx& tx) { return write_down(tx, run, day, position); });
    }
    for (bool more = true; more;) {
        const auto next =
            parts_.database.write([&](sql::Tx& tx) { return tell_some(tx, run, day, position); });
        more = next != position;
        position = next;
    }
}

/// Whom something is said to at the next organisations; gives where to go on.
std::string Campaigns::write_down(sql::Tx& tx, JobRun& run, Date day, const std::string& position) const {
    const auto campaigns = due_on(tx, day);
    const auto some = campaigns.empty() ? std::vector<organisations::Organisation>()
                                        : store::walk(tx, "/", position, day, kOrganisationsAtOnce);
    // Only those that concern somebody here: there may be a campaign of each school.
    std::set<OrganisationId> above;
    for (const auto& organisation : some) {
        const auto ids = ids_of(organisation.path);
        above.insert(ids.begin(), ids.end());
    }
    std::vector<Walked> due;
    for (const auto& [id, of] : campaigns) {
        auto row = above.contains(of.owner) ? store::find(tx, id) : std::nullopt;
        if (row) {
            due.push_back(walked_of(tx, std::move(*row), of.phases));
        }
    }
    for (const auto& organisation : some) {
        for (const auto& walked : due) {
            for (const auto phase : walked.phases) {
                const auto deadline = deadline_for(walked, phase, organisation);
                if (!deadline || !is_step(walked.row.reminder_days, days_between(day, *deadline))) {
                    continue;
                }
                for (const auto& one : reminders_at(tx, walked, phase, organisation, *deadline, day)) {
                    store::insert_reminder(tx, one);
                }
            }
        }
    }
    auto next = some.size() == kOrganisationsAtOnce ? some.back().path : std::string(kPeople);
    run.save(tx, next, 0, 0);
    return next;
}

/// One notice for each of the next people; gives where to go on, the same when all are told.
std::string Campaigns::tell_some(sql::Tx& tx, JobRun& run, Date day, const std::string& position) const {
    const auto after = parse_id(std::string_view(position).substr(kPeople.size())).value_or(0);
    const auto people = store::reminded_on(tx, day, AccountId{after}, kPeopleAtOnce);
    std::map<CampaignId, std::string> names;
    for (const auto account : people) {
        Digest digest{day, {}};
        for (const auto& one : store::reminders_of(tx, day, account)) {
            if (!names.contains(one.campaign_id)) {
                names[one.campaign_id] = name_of(tx, one.campaign_id);
            }
            digest.items.push_back(digest_item(tx, one, names[one.campaign_id]));
        }
        const auto& first = digest.items.front();
        parts_.notices.put(tx,
                           {.account = account,
                            .key = "campaigns.digest:" + to_text(day),
                            .kind = "campaigns.digest",
                            .details = json::encode(digest),
                            .link = digest.items.size() == 1 ? link_to(first) : "/admin/campaigns",
                            .expires_at = parts_.clock.now() + kNoticeLife});
    }
    auto next = people.empty() ? position : fmt::format("{}{}", kPeople, people.back().value);
    run.save(tx, next, 0, 0);
    return next;
}

void Campaigns::sweep(sql::Tx& tx) const {
    const auto days = std::chrono::sys_days(today()) - kForgetAfter;
    store::forget(tx, Date(days), kForgottenAtOnce);
}

}  // namespace educard::campaigns
