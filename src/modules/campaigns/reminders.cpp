// Reminders before a deadline and on the day after, and those by hand. A job walks the organisations in the
// order of the tree and writes down whom something is said to (a row for each thing, so that it is said
// once); then each of these people gets one notice for the day.
#include "modules/campaigns/content.hpp"
#include "modules/campaigns/standing.hpp"
#include "modules/notices/notices.hpp"
#include "runtime/audit.hpp"
#include "runtime/jobs.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace educard::campaigns {

namespace {

constexpr auto kRemindJob = "campaigns.remind";
constexpr auto kCallJob = "campaigns.call";
constexpr int kOrganisationsAtOnce = 40;
constexpr int kPeopleAtOnce = 200;
constexpr int kForgottenAtOnce = 5000;
constexpr auto kNoticeLife = std::chrono::days(14);
constexpr auto kForgetAfter = std::chrono::days(120);  // longer than any reminder lies before its deadline
constexpr std::string_view kPeople = "people:";
constexpr std::int64_t kDayAfter = -1;
constexpr auto kLookAhead = std::chrono::days(90);

struct Round {
    Date day{};
};
BOOST_DESCRIBE_STRUCT(Round, (), (day))

struct CallOrder {
    CampaignId campaign_id;
    OrganisationId organisation_id;
    Date day{};
    std::string by;  // the organisation that calls
};
BOOST_DESCRIBE_STRUCT(CallOrder, (), (campaign_id, organisation_id, day, by))

/// One line of a notice.
struct DigestItem {
    CampaignId campaign_id;
    std::string campaign;
    OrganisationId organisation_id;
    std::string organisation;
    Date deadline{};
    std::int64_t days_left = 0;
    std::int64_t missing = 0;
};
BOOST_DESCRIBE_STRUCT(DigestItem,
                      (),
                      (campaign_id, campaign, organisation_id, organisation, deadline, days_left, missing))
struct Digest {
    Date day{};
    std::vector<DigestItem> items;
};
BOOST_DESCRIBE_STRUCT(Digest, (), (day, items))
struct CallNotice {
    std::string by;  // the organisation
    std::vector<DigestItem> items;
};
BOOST_DESCRIBE_STRUCT(CallNotice, (), (by, items))

/// A campaign with all its settings, for one step of a walk.
struct Walked {
    store::CampaignRow row;
    Asked asked;
    std::vector<std::int64_t> steps;  // days left on which something is said

    bool says(std::int64_t days_left) const {
        return days_left == kDayAfter || std::ranges::find(steps, days_left) != steps.end();
    }
};

Walked walked_of(sql::Tx& tx, store::CampaignRow row) {
    Walked walked{std::move(row), {}, {}};
    walked.asked = asked_of(tx, walked.row);
    walked.asked.deadlines = store::deadlines(tx, walked.row.id, Phase::certification);
    walked.asked.targets = store::targets(tx, walked.row.id);
    walked.steps = parted_days(walked.row.reminder_days);
    return walked;
}

/// The campaigns of which something is said somewhere on that day, with whose they are.
std::map<CampaignId, OrganisationId> due_on(sql::Tx& tx, Date day) {
    const auto from = std::chrono::sys_days(day) - std::chrono::days(1);
    const auto until = std::chrono::sys_days(day) + kLookAhead;
    std::map<CampaignId, OrganisationId> due;
    for (const auto& near : store::deadlines_near(tx, day, Date(from), Date(until))) {
        const auto left = days_between(day, near.deadline);
        const auto steps = parted_days(near.reminder_days);
        if (left == kDayAfter || std::ranges::find(steps, left) != steps.end()) {
            due.emplace(near.campaign_id, near.organisation_id);
        }
    }
    return due;
}

std::string link_to(CampaignId campaign, OrganisationId organisation) {
    return fmt::format("/admin/campaigns/{}?organisation={}", campaign.value, organisation.value);
}

/// What is missing at an organisation, and at each class of a school.
template <class Say>
void each_missing(sql::Tx& tx,
                  const Walked& walked,
                  const organisations::Organisation& organisation,
                  const rollout::Rollout& rollout,
                  Time now,
                  Date today,
                  Say&& say) {
    const auto ids = ids_below(organisation.path, walked.row.organisation_id);
    if (ids.empty() || ids.front() != walked.row.organisation_id) {
        return;
    }
    const auto row = standing_row(walked.asked,
                                  ids,
                                  organisation,
                                  rollout.counts_by_kind(tx, organisation, walked.asked.schools),
                                  today);
    if (row.missing == 0) {
        return;
    }
    for (const auto& office : store::offices_at(tx, organisation.id, now)) {
        say(office, row);
    }
    if (organisation.kind != organisations::Kind::school) {
        return;
    }
    const auto teachers = store::class_teachers_of(tx, organisation.id, now);
    const auto counts = teachers.empty() ? std::map<OrganisationId, rollout::CountsByKind>()
                                         : rollout.counts_of_children(tx, organisation, walked.asked.schools);
    for (const auto& office : teachers) {
        const auto found = counts.find(office.organisation_id);
        if (found == counts.end()) {
            continue;
        }
        // A class has no values of its own.
        auto of_class = organisation;
        of_class.id = office.organisation_id;
        const auto seen = standing_row(walked.asked, ids, of_class, found->second, today);
        if (seen.missing > 0) {
            say(office, seen);
        }
    }
}

}  // namespace

void Campaigns::handle_jobs() const {
    parts_.jobs.handle(kRemindJob, [this](JobRun& run) { remind(run); });
    parts_.jobs.handle(kCallJob, [this](JobRun& run) { call_all(run); });
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
    const auto now = parts_.clock.now();
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
    for (const auto& [id, owner] : campaigns) {
        auto row = above.contains(owner) ? store::find(tx, id) : std::nullopt;
        if (row) {
            due.push_back(walked_of(tx, std::move(*row)));
        }
    }
    for (const auto& organisation : some) {
        for (const auto& walked : due) {
            const auto say = [&](const store::Office& office, const StandingRow& row) {
                if (walked.says(row.days_left)) {
                    store::insert_reminder(tx,
                                           {office.account_id,
                                            walked.row.id,
                                            office.organisation_id,
                                            row.deadline,
                                            row.days_left,
                                            day,
                                            row.missing});
                }
            };
            each_missing(tx, walked, organisation, parts_.rollout, now, day, say);
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
            const auto organisation = parts_.organisations.get(tx, one.organisation_id);
            digest.items.push_back({one.campaign_id,
                                    names[one.campaign_id],
                                    one.organisation_id,
                                    organisations::display_name(organisation, day),
                                    one.deadline,
                                    one.days_left,
                                    one.missing});
        }
        const auto& first = digest.items.front();
        parts_.notices.put(
            tx,
            {.account = account,
             .key = "campaigns.digest:" + to_text(day),
             .kind = "campaigns.digest",
             .details = json::encode(digest),
             .link = digest.items.size() == 1 ? link_to(first.campaign_id, first.organisation_id)
                                              : "/admin/campaigns",
             .expires_at = parts_.clock.now() + kNoticeLife});
    }
    auto next = people.empty() ? position : fmt::format("{}{}", kPeople, people.back().value);
    run.save(tx, next, 0, 0);
    return next;
}

CallPreview Campaigns::preview_call(sql::Tx& tx, const Caller& caller, const CampaignRef& ref) const {
    const auto line = look(tx, caller, ref);
    if (!may_administer(caller, line.here.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    CallPreview preview;
    preview.called_today = store::was_called(tx, ref.id, line.here.id, today());
    const auto walked = walked_of(tx, line.campaign);
    const auto now = parts_.clock.now();
    std::map<OrganisationId, CallRow> rows;  // by the child that it lies below
    const auto count = [&](OrganisationId child, std::string name, std::int64_t people) {
        auto& row = rows[child];
        row.id = child;
        if (row.name.empty()) {
            row.name = std::move(name);
        }
        ++row.organisations;
        row.people += people;
        ++preview.organisations;
        preview.people += people;
    };
    if (line.here.kind == organisations::Kind::school) {
        each_missing(
            tx, walked, line.here, parts_.rollout, now, today(), [&](const auto& office, const auto&) {
                if (office.organisation_id != line.here.id) {
                    const auto room = parts_.organisations.get(tx, office.organisation_id);
                    count(room.id, organisations::display_name(room, today()), 1);
                }
            });
    } else {
        const auto offices = store::count_offices(tx, line.here.path, now);
        // Parent by parent: the counts of a county's schools come together.
        for (const auto& parent : store::above_schools(tx, line.here.path, today())) {
            const auto counts = parts_.rollout.counts_of_children(tx, parent, walked.asked.schools);
            for (const auto& organisation : store::open_children(tx, parent.id, today())) {
                auto ids = ids_below(parent.path, walked.row.organisation_id);
                ids.push_back(organisation.id);
                const auto found = counts.find(organisation.id);
                const auto row = standing_row(walked.asked,
                                              ids,
                                              organisation,
                                              found == counts.end() ? rollout::CountsByKind() : found->second,
                                              today());
                if (row.missing > 0) {
                    const auto child = ids[line.ids.size()];
                    const auto people = offices.find(organisation.id);
                    count(child,
                          rows.contains(child) ? std::string() : parts_.organisations.get(tx, child).name,
                          people == offices.end() ? 0 : people->second);
                }
            }
        }
    }
    for (auto& [id, row] : rows) {
        preview.rows.push_back(std::move(row));
    }
    return preview;
}

void Campaigns::call(sql::Tx& tx, const Caller& caller, const CallInput& input) const {
    const auto line = look(tx, caller, {input.id, input.organisation_id});
    if (!may_administer(caller, line.here.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    if (line.campaign.state != State::published) {
        throw Error(Fault::conflict,
                    line.campaign.state == State::draft ? "campaigns.not_published" : "campaigns.over");
    }
    if (line.here.kind == organisations::Kind::class_) {
        throw Error::invalid("organisation_id", "campaigns.not_for_classes");
    }
    if (!store::insert_call(tx, input.id, line.here.id, today(), caller.account, parts_.clock.now())) {
        throw Error(Fault::conflict, "campaigns.called_today");
    }
    parts_.jobs.put(tx,
                    {.kind = kCallJob,
                     .payload = json::encode(CallOrder{
                         input.id, line.here.id, today(), organisations::display_name(line.here, today())}),
                     .total = 0,
                     .owner = caller.account});
    audit(tx, caller, "campaigns.called", line.here.path, input.id);
}

void Campaigns::call_all(JobRun& run) const {
    std::string position = run.job().position;
    for (bool more = true; more;) {
        const auto next = parts_.database.write([&](sql::Tx& tx) { return call_some(tx, run, position); });
        more = next != position;
        position = next;
    }
}

/// Gives where to go on; the same when all are told.
std::string Campaigns::call_some(sql::Tx& tx, JobRun& run, const std::string& position) const {
    const auto order = json::decode<CallOrder>(run.job().payload);
    const auto now = parts_.clock.now();
    auto campaign = store::find(tx, order.campaign_id);
    const auto top = parts_.organisations.get(tx, order.organisation_id);
    if (!campaign) {
        return position;
    }
    const auto walked = walked_of(tx, std::move(*campaign));
    const auto some = store::walk(tx, top.path, position, order.day, kOrganisationsAtOnce);
    // Whoever calls need not tell themselves; of a school, its class teachers are told.
    const bool classes = top.kind == organisations::Kind::school;
    std::map<AccountId, CallNotice> told;
    for (const auto& organisation : some) {
        if (organisation.id == top.id && !classes) {
            continue;
        }
        const auto tell = [&](const store::Office& office, const StandingRow& row) {
            if ((office.organisation_id != organisation.id) != classes) {
                return;
            }
            auto& notice = told[office.account_id];
            notice.by = order.by;
            const auto of = parts_.organisations.get(tx, office.organisation_id);
            notice.items.push_back({walked.row.id,
                                    walked.row.name,
                                    of.id,
                                    organisations::display_name(of, order.day),
                                    row.deadline,
                                    row.days_left,
                                    row.missing});
        };
        each_missing(tx, walked, organisation, parts_.rollout, now, order.day, tell);
    }
    for (const auto& [account, notice] : told) {
        const auto& first = notice.items.front();
        parts_.notices.put(tx,
                           {.account = account,
                            .key = fmt::format("campaigns.call:{}:{}:{}:{}",
                                               to_text(order.day),
                                               order.campaign_id.value,
                                               order.organisation_id.value,
                                               first.organisation_id.value),
                            .kind = "campaigns.call",
                            .details = json::encode(notice),
                            .link = link_to(first.campaign_id, first.organisation_id),
                            .expires_at = now + kNoticeLife});
    }
    auto next = some.empty() ? position : some.back().path;
    run.save(tx, next, 0, 0);
    return next;
}

void Campaigns::sweep(sql::Tx& tx) const {
    const auto days = std::chrono::sys_days(today()) - kForgetAfter;
    store::forget(tx, Date(days), kForgottenAtOnce);
}

}  // namespace educard::campaigns
