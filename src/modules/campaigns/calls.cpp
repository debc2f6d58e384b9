// Reminders by hand: to those in an area who have not reached their target.
#include "modules/campaigns/telling.hpp"
#include "modules/notices/notices.hpp"
#include "runtime/jobs.hpp"

#include <fmt/format.h>

namespace educard::campaigns {

namespace {

constexpr auto kCallJob = "campaigns.call";

struct CallOrder {
    CampaignId campaign_id;
    OrganisationId organisation_id;
    Date day{};
    std::string by;  // the organisation that calls
};
BOOST_DESCRIBE_STRUCT(CallOrder, (), (campaign_id, organisation_id, day, by))

struct CallNotice {
    std::string by;  // the organisation
    std::vector<DigestItem> items;
};
BOOST_DESCRIBE_STRUCT(CallNotice, (), (by, items))

}  // namespace

void Campaigns::handle_calls() const {
    parts_.jobs.handle(kCallJob, [this](JobRun& run) { call_all(run); });
}

std::vector<store::Reminder> Campaigns::not_certified(sql::Tx& tx,
                                                      const Walked& walked,
                                                      const organisations::Organisation& organisation,
                                                      Date day) const {
    const auto deadline = deadline_for(walked, Phase::certification, organisation);
    return deadline ? reminders_at(tx, walked, Phase::certification, organisation, *deadline, day)
                    : std::vector<store::Reminder>();
}

CallPreview Campaigns::preview_call(sql::Tx& tx, const Caller& caller, const CampaignRef& ref) const {
    const auto line = look(tx, caller, ref);
    if (!may_administer(caller, line.here.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    CallPreview preview;
    preview.called_today = store::was_called(tx, ref.id, line.here.id, today());
    const auto walked = walked_of(tx, line.campaign, {Phase::certification});
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
        for (const auto& one : not_certified(tx, walked, line.here, today())) {
            if (one.organisation_id != line.here.id) {
                const auto room = parts_.organisations.get(tx, one.organisation_id);
                count(room.id, organisations::display_name(room, today()), 1);
            }
        }
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
    const auto walked = walked_of(tx, std::move(*campaign), {Phase::certification});
    const auto some = store::walk(tx, top.path, position, order.day, kOrganisationsAtOnce);
    // Whoever calls need not tell themselves; of a school, its class teachers are told.
    const bool classes = top.kind == organisations::Kind::school;
    std::map<AccountId, CallNotice> told;
    for (const auto& organisation : some) {
        if (organisation.id == top.id && !classes) {
            continue;
        }
        for (const auto& one : not_certified(tx, walked, organisation, order.day)) {
            if ((one.organisation_id != organisation.id) == classes) {
                auto& notice = told[one.account_id];
                notice.by = order.by;
                notice.items.push_back(digest_item(tx, one, walked.row.name));
            }
        }
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
                            .link = link_to(first),
                            .expires_at = now + kNoticeLife});
    }
    auto next = some.empty() ? position : some.back().path;
    run.save(tx, next, 0, 0);
    return next;
}

}  // namespace educard::campaigns
