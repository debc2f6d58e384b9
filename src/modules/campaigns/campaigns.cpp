#include "modules/campaigns/campaigns.hpp"

#include "base/text.hpp"
#include "modules/campaigns/content.hpp"
#include "modules/campaigns/line.hpp"
#include "modules/rollout/rollout.hpp"
#include "runtime/audit.hpp"
#include "sql/like.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

namespace educard::campaigns {

namespace {

constexpr int kPage = 50;
constexpr int kChangesShown = 200;
constexpr std::size_t kLongestReason = 1000;  // octets

Error unknown() {
    return {Fault::not_found, "campaigns.unknown"};
}

std::string shortened(std::string_view text) {
    constexpr std::size_t kMost = 200;
    auto cut = text.substr(0, kMost);
    while (cut.size() < text.size() && !cut.empty() &&
           (static_cast<unsigned char>(text[cut.size()]) & 0xC0U) == 0x80U) {
        cut.remove_suffix(1);
    }
    return std::string(cut) + (cut.size() < text.size() ? "…" : "");
}

std::string text_of(const OwnDeadline& own) {
    auto text = to_text(own.deadline);
    if (own.later != Later::locked) {
        text += own.later == Later::open ? " +" : " ≤ " + to_text(own.latest.value_or(own.deadline));
    }
    return text;
}

}  // namespace

void Campaigns::audit(
    sql::Tx& tx, const Caller& caller, std::string action, std::string_view path, CampaignId campaign) const {
    parts_.audit.record(tx,
                        caller,
                        {.action = std::move(action),
                         .organisation_path = std::string(path),
                         .subject_kind = "campaign",
                         .subject = std::to_string(campaign.value),
                         .details = ""});
}

void Campaigns::note_change(sql::Tx& tx,
                            const Caller& caller,
                            CampaignId campaign,
                            OrganisationId organisation,
                            std::string field,
                            std::string before,
                            std::string after) const {
    if (before == after) {
        return;
    }
    store::insert_change(tx,
                         campaign,
                         {.id = parts_.ids.next<CampaignId>().value,
                          .organisation_id = organisation,
                          .organisation_name = "",
                          .at = parts_.clock.now(),
                          .account_id = caller.account,
                          .field = std::move(field),
                          .before_value = shortened(before),
                          .after_value = shortened(after)});
}

ListSlice Campaigns::list(sql::Tx& tx, const Caller& caller, const ListInput& input) const {
    auto asked = input.organisation_id;
    if (!asked) {
        const auto highest =
            std::ranges::min_element(caller.grants, {}, [](const Grant& grant) { return grant.path.size(); });
        if (highest == caller.grants.end()) {
            throw Error(Fault::forbidden, "scope.outside");
        }
        asked = highest->organisation;
    }
    const auto here = parts_.organisations.get(tx, *asked);
    require_scope(caller, here.path, kOfficers);
    const auto found =
        store::list(tx,
                    ids_of(here.path),
                    here.path,
                    input.state ? boost::describe::enum_to_string(*input.state, "") : "",
                    sql::escape_like(trim(input.query ? std::string_view(*input.query) : std::string_view())),
                    input.before.value_or(CampaignId{std::numeric_limits<std::int64_t>::max()}),
                    kPage + 1);
    ListSlice slice;
    slice.organisation_id = here.id;
    auto acting = caller;
    keep_to_acting(acting);  // an inspector is not told that they may do something
    slice.may_create = may_administer(acting, here.path) && here.kind != organisations::Kind::class_;
    for (const auto& item : found) {
        if (&item - found.data() == kPage) {
            slice.next = std::to_string(found[kPage - 1].id.value);
            break;
        }
        // What is not published yet is nobody's business below.
        if (item.state != State::draft ||
            may_administer(caller, parts_.organisations.get(tx, item.organisation_id).path)) {
            slice.items.push_back(item);
        }
    }
    return slice;
}

Line Campaigns::look(sql::Tx& tx, const Caller& caller, const CampaignRef& ref) const {
    auto campaign = store::find(tx, ref.id);
    const auto owner = campaign ? parts_.organisations.find(tx, campaign->organisation_id) : std::nullopt;
    if (!owner) {
        throw unknown();
    }
    auto here = *owner;
    if (ref.organisation_id) {
        here = parts_.organisations.get(tx, *ref.organisation_id);
    } else if (!may_act(caller, owner->path, kOfficers)) {
        // The highest of the caller's own that it concerns.
        const Grant* highest = nullptr;
        for (const auto& grant : caller.grants) {
            if (is_within(grant.path, owner->path) &&
                (highest == nullptr || grant.path.size() < highest->path.size())) {
                highest = &grant;
            }
        }
        if (highest == nullptr) {
            throw unknown();
        }
        here = parts_.organisations.get(tx, highest->organisation);
    }
    require_scope(caller, here.path, kOfficers);
    const bool drafted = campaign->state == State::draft && !may_administer(caller, owner->path);
    if (drafted || !is_within(here.path, owner->path)) {
        throw unknown();
    }
    auto ids = ids_below(here.path, owner->id);
    return {std::move(*campaign), *owner, std::move(here), std::move(ids)};
}

CampaignView Campaigns::get(sql::Tx& tx, const Caller& caller, const CampaignRef& ref) const {
    return view(tx, caller, look(tx, caller, ref));
}

CampaignView Campaigns::create(sql::Tx& tx, const Caller& caller, const CampaignInput& input) const {
    const auto owner = parts_.organisations.get(tx, input.organisation_id);
    if (!may_administer(caller, owner.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    auto tidied = input;
    auto errors = find_faults(tidied);
    if (owner.kind == organisations::Kind::class_) {
        errors.push_back({"organisation_id", "campaigns.not_for_classes"});
    } else if (!owner.is_open(today())) {
        errors.push_back({"organisation_id", "campaigns.organisation_closed"});
    }
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    store::CampaignRow row;
    row.id = parts_.ids.next<CampaignId>();
    row.organisation_id = owner.id;
    row.created_by = caller.account;
    row.created_at = parts_.clock.now();
    write_content(tidied, row);
    store::insert(tx, row);
    store::replace_phases(tx, row.id, tidied.phases.items);
    for (const auto& phase : tidied.phases.items) {
        store::insert_deadline(
            tx, row.id, {owner.id, phase.phase, phase.deadline, phase.later, phase.latest, 1});
    }
    store::insert_target(tx, row.id, {owner.id, tidied.target_percent, std::nullopt, 1});
    audit(tx, caller, "campaigns.created", owner.path, row.id);
    return get(tx, caller, {row.id, owner.id});
}

store::CampaignRow Campaigns::editable(sql::Tx& tx,
                                       const Caller& caller,
                                       CampaignId id,
                                       std::int64_t version) const {
    const auto line = look(tx, caller, {id, std::nullopt});
    if (!may_administer(caller, line.owner.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    if (line.campaign.state == State::finished || line.campaign.state == State::withdrawn) {
        throw Error(Fault::conflict, "campaigns.over");
    }
    if (line.campaign.version != version) {
        throw changed_meanwhile();
    }
    return line.campaign;
}

CampaignView Campaigns::edit(sql::Tx& tx, const Caller& caller, const CampaignEdit& edit) const {
    const auto before = editable(tx, caller, edit.id, edit.version);
    auto tidied = edit;
    if (auto errors = find_faults(tidied); !errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    auto row = before;
    write_content(tidied, row);
    row.version = edit.version + 1;
    if (!store::update(tx, row)) {
        throw changed_meanwhile();
    }
    const auto owner = parts_.organisations.get(tx, row.organisation_id);
    const bool seen = row.state == State::published;
    if (seen) {
        put_round(tx);  // a day that was changed may be today's
    }
    const auto note = [&](std::string field, const std::string& was, const std::string& is) {
        if (seen) {
            note_change(tx, caller, row.id, owner.id, std::move(field), was, is);
        }
    };
    note("name", before.name, row.name);
    note("text", before.text, row.text);
    note("begins_on", to_text(before.begins_on), to_text(row.begins_on));
    note("ends_on", to_text(before.ends_on), to_text(row.ends_on));
    note("concerns", before.concerns, row.concerns);
    note("school_kinds", before.school_kinds, row.school_kinds);
    note("reminder_days", before.reminder_days, row.reminder_days);

    const std::array line{owner.id};
    const auto deadlines = store::deadlines_on(tx, row.id, line);
    const auto phases = store::phases(tx, row.id);
    store::replace_phases(tx, row.id, tidied.phases.items);
    for (const auto& old : deadlines) {
        const auto kept = std::ranges::find(tidied.phases.items, old.phase, &PhaseInput::phase);
        if (kept == tidied.phases.items.end()) {
            store::remove_deadlines(tx, row.id, old.phase);
            note(
                fmt::format("deadline.{}", boost::describe::enum_to_string(old.phase, "")), text_of(old), "");
        }
    }
    std::int64_t brought_forward = 0;
    for (const auto& phase : tidied.phases.items) {
        OwnDeadline own{owner.id, phase.phase, phase.deadline, phase.later, phase.latest, 1};
        const auto old = std::ranges::find(deadlines, phase.phase, &OwnDeadline::phase);
        if (old == deadlines.end()) {
            store::insert_deadline(tx, row.id, own);
        } else {
            own.version = old->version + 1;
            store::update_deadline(tx, row.id, own);
        }
        brought_forward += bring_forward(tx,
                                         caller,
                                         row,
                                         owner.id,
                                         phase.phase,
                                         old == deadlines.end() ? std::nullopt : std::optional(*old));
        const std::string name = boost::describe::enum_to_string(phase.phase, "");
        note("deadline." + name, old == deadlines.end() ? "" : text_of(*old), text_of(own));
        const auto began = std::ranges::find(phases, phase.phase, &store::PhaseRow::phase);
        note("begins_on." + name,
             began == phases.end() ? "" : to_text(began->begins_on),
             to_text(phase.begins_on));
    }
    const auto targets = store::targets_on(tx, row.id, line);
    for (auto target : targets) {
        note("target",
             fmt::format("{}%", target.percent.value_or(0)),
             fmt::format("{}%", tidied.target_percent));
        target.percent = tidied.target_percent;
        ++target.version;
        store::update_target(tx, row.id, target);
    }
    audit(tx, caller, "campaigns.changed", owner.path, row.id);
    auto view = get(tx, caller, {row.id, owner.id});
    view.brought_forward = brought_forward;
    return view;
}

void Campaigns::remove(sql::Tx& tx, const Caller& caller, const VersionInput& input) const {
    const auto row = editable(tx, caller, input.id, input.version);
    if (row.state != State::draft) {
        throw Error(Fault::conflict, "campaigns.published");
    }
    if (!store::remove(tx, input.id, input.version)) {
        throw changed_meanwhile();
    }
    audit(tx, caller, "campaigns.removed", parts_.organisations.get(tx, row.organisation_id).path, input.id);
}

Preview Campaigns::preview(sql::Tx& tx, const Caller& caller, CampaignId campaign) const {
    const auto line = look(tx, caller, {campaign, std::nullopt});
    if (!may_administer(caller, line.owner.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    const auto seen = standings(tx, caller, {campaign, line.owner.id}).organisation;
    Preview preview;
    const auto& path = line.owner.path;
    preview.cities = store::count_below(tx, "city", path, today());
    preview.counties =
        store::count_below(tx, "county", path, today()) + store::count_below(tx, "unit", path, today());
    preview.schools = store::count_below(tx, "school", path, today());
    preview.people = seen.roster;
    preview.certified = seen.certified;
    preview.target = seen.target;
    const auto deadlines = store::deadlines_on(tx, campaign, line.ids);
    auto steps = parted_days(line.campaign.reminder_days);
    steps.push_back(-1);
    for (const auto& phase : store::phases(tx, campaign)) {
        const auto chain = along(line.ids, deadlines, phase.phase);
        if (chain.empty()) {
            continue;
        }
        for (const auto days : steps) {
            const Date day = std::chrono::sys_days(chain.back().deadline) - std::chrono::days(days);
            if (day >= std::max(today(), phase.begins_on)) {
                preview.reminders.push_back({phase.phase, day, days});
            }
        }
    }
    return preview;
}

CampaignView Campaigns::move_to(sql::Tx& tx,
                                const Caller& caller,
                                const VersionInput& input,
                                std::string_view from,
                                std::string_view to,
                                std::string_view reason) const {
    const auto row = editable(tx, caller, input.id, input.version);
    if (boost::describe::enum_to_string(row.state, "") != from) {
        throw Error(Fault::conflict,
                    row.state == State::draft ? "campaigns.not_published" : "campaigns.published");
    }
    if (!store::change_state(tx, input.id, input.version, from, to, reason, parts_.clock.now())) {
        throw changed_meanwhile();
    }
    const auto owner = parts_.organisations.get(tx, row.organisation_id);
    if (from != "draft") {
        note_change(tx, caller, row.id, owner.id, "state", std::string(from), std::string(to));
    }
    audit(tx, caller, fmt::format("campaigns.{}", to), owner.path, row.id);
    return get(tx, caller, {row.id, owner.id});
}

CampaignView Campaigns::publish(sql::Tx& tx, const Caller& caller, const VersionInput& input) const {
    const auto row = editable(tx, caller, input.id, input.version);
    const std::array line{row.organisation_id};
    for (const auto& own : store::deadlines_on(tx, row.id, line)) {
        if (own.phase == Phase::certification && own.deadline < today()) {
            throw Error(Fault::conflict, "campaigns.deadline_passed");
        }
    }
    auto view = move_to(tx, caller, input, "draft", "published", "");
    put_round(tx);  // today may be one of its days
    return view;
}

CampaignView Campaigns::finish(sql::Tx& tx, const Caller& caller, const VersionInput& input) const {
    return move_to(tx, caller, input, "published", "finished", "");
}

CampaignView Campaigns::withdraw(sql::Tx& tx, const Caller& caller, const WithdrawInput& input) const {
    const std::string reason(trim(input.reason));
    if (reason.empty() || reason.size() > kLongestReason) {
        throw Error::invalid("reason", reason.empty() ? "required" : "too_long");
    }
    return move_to(tx, caller, {input.id, input.version}, "published", "withdrawn", reason);
}

std::vector<ChangeView> Campaigns::changes(sql::Tx& tx, const Caller& caller, const CampaignRef& ref) const {
    const auto line = look(tx, caller, ref);
    std::vector<ChangeView> views;
    for (auto& row : store::changes(tx, ref.id, line.ids, kChangesShown)) {
        views.push_back({row.at,
                         {row.organisation_id, std::move(row.organisation_name)},
                         std::move(row.field),
                         std::move(row.before_value),
                         std::move(row.after_value)});
    }
    return views;
}

}  // namespace educard::campaigns
