// Own deadlines and targets of those below, and where what holds comes from.
#include "modules/campaigns/content.hpp"
#include "modules/campaigns/line.hpp"
#include "modules/rollout/rollout.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

namespace educard::campaigns {

namespace {

constexpr std::int64_t kMostPeople = 100'000'000;

/// The earlier of the two; the campaign ends anyway.
Date earlier_of(std::optional<Date> limit, Date end) {
    return limit && *limit < end ? *limit : end;
}

std::string text_of(const OwnTarget& own) {
    return (own.percent ? fmt::format("{}%", *own.percent) : std::string()) +
           (own.people ? fmt::format(" {}", *own.people) : std::string());
}

std::string field_of(Phase phase) {
    return fmt::format("deadline.{}", boost::describe::enum_to_string(phase, ""));
}

/// The least part that whoever is bound by these may set.
std::int64_t least_percent(const std::vector<OwnTarget>& bound) {
    std::int64_t least = 1;
    for (const auto& own : bound) {
        least = own.percent.value_or(least);
    }
    return least;
}

std::vector<OwnTarget> chain_of(const Line& line, const std::vector<OwnTarget>& targets) {
    std::vector<OwnTarget> chain;
    for (const auto id : line.ids) {
        if (const auto* own = own_of(id, targets)) {
            chain.push_back(*own);
        }
    }
    return chain;
}

}  // namespace

std::vector<OrganisationId> ids_below(std::string_view path, OrganisationId owner) {
    auto ids = ids_of(path);
    ids.erase(ids.begin(), std::ranges::find(ids, owner));
    return ids;
}

std::string_view path_to(std::string_view path, OrganisationId id) {
    const auto step = fmt::format("/{}/", id.value);
    const auto found = path.find(step);
    return found == std::string_view::npos ? std::string_view() : path.substr(0, found + step.size());
}

CampaignView Campaigns::view(sql::Tx& tx, const Caller& caller, const Line& line) const {
    const auto& row = line.campaign;
    std::map<OrganisationId, std::string> names;
    for (const auto& step : parts_.organisations.line(tx, line.here)) {
        names[step.id] = organisations::display_name(step, today());
    }
    const auto source = [&](OrganisationId id) { return Source{id, names[id]}; };
    CampaignView view;
    view.id = row.id;
    view.owner = source(line.owner.id);
    view.seen_from = source(line.here.id);
    view.name = row.name;
    view.text = row.text;
    view.begins_on = row.begins_on;
    view.ends_on = row.ends_on;
    view.concerns = parted<Concern>(row.concerns);
    view.school_kinds = parted<organisations::SchoolKind>(row.school_kinds);
    view.reminder_days = parted_days(row.reminder_days);
    view.state = row.state;
    view.reason = row.reason && !row.reason->empty() ? row.reason : std::nullopt;
    view.version = row.version;

    const auto all = store::deadlines_on(tx, row.id, line.ids);
    for (const auto& phase : store::phases(tx, row.id)) {
        auto chain = along(line.ids, all, phase.phase);
        if (chain.empty()) {
            continue;
        }
        const auto holds = chain.back();
        PhaseView shown;
        shown.phase = phase.phase;
        shown.begins_on = phase.begins_on;
        shown.deadline = holds.deadline;
        shown.from = source(holds.organisation_id);
        shown.later = holds.later;
        shown.latest = holds.latest;
        shown.own = holds.organisation_id == line.here.id;
        shown.version = shown.own ? holds.version : 0;
        if (shown.own && chain.size() > 1) {
            chain.pop_back();
        }
        shown.above = chain.back().deadline;
        const auto bound = binding(caller, line.here.path, chain);
        shown.latest_for_me = earlier_of(latest_allowed(bound), row.ends_on);
        view.phases.push_back(std::move(shown));
    }

    const auto targets = store::targets_on(tx, row.id, line.ids);
    if (const auto* percent = nearest_percent(line.ids, targets)) {
        view.target.percent = *percent->percent;
        view.target.from = source(percent->organisation_id);
        view.target.own = percent->organisation_id == line.here.id;
    }
    if (const auto* own = own_of(line.here.id, targets)) {
        view.target.people = own->people;
        view.target.version = own->version;
    }
    view.target.least_percent = least_percent(binding(caller, line.here.path, chain_of(line, targets)));

    auto acting = caller;
    keep_to_acting(acting);  // an inspector is not told that they may do something
    const bool administers = may_administer(acting, line.here.path);
    const bool running = row.state == State::published;
    view.may_edit = may_administer(acting, line.owner.path) && (running || row.state == State::draft);
    view.may_set = administers && running && line.here.id != line.owner.id &&
                   line.here.kind != organisations::Kind::class_;
    view.may_call = administers && running && line.here.kind != organisations::Kind::class_;
    return view;
}

Line Campaigns::settable(sql::Tx& tx,
                         const Caller& caller,
                         CampaignId id,
                         OrganisationId organisation) const {
    auto line = look(tx, caller, {id, organisation});
    if (!may_administer(caller, line.here.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    if (line.campaign.state != State::published) {
        throw Error(Fault::conflict,
                    line.campaign.state == State::draft ? "campaigns.not_published" : "campaigns.over");
    }
    if (line.here.id == line.owner.id) {
        throw Error::invalid("organisation_id", "campaigns.at_owner");
    }
    if (line.here.kind == organisations::Kind::class_) {
        throw Error::invalid("organisation_id", "campaigns.not_for_classes");
    }
    return line;
}

CampaignView Campaigns::set_deadline(sql::Tx& tx, const Caller& caller, const DeadlineInput& input) const {
    const auto line = settable(tx, caller, input.id, input.organisation_id);
    const auto phases = store::phases(tx, input.id);
    const auto phase = std::ranges::find(phases, input.phase, &store::PhaseRow::phase);
    if (phase == phases.end()) {
        throw Error::invalid("phase", "campaigns.no_such_phase");
    }
    auto chain = along(line.ids, store::deadlines_on(tx, input.id, line.ids), input.phase);
    std::optional<OwnDeadline> before;
    if (!chain.empty() && chain.back().organisation_id == line.here.id) {
        before = chain.back();
        chain.pop_back();
    }
    const auto limit = latest_allowed(binding(caller, line.here.path, chain));
    std::vector<FieldError> errors;
    const auto check = [&](const std::string& field, Date day) {
        if (day > line.campaign.ends_on) {
            errors.push_back({field, "campaigns.after_end"});
        } else if (limit && day > *limit) {
            errors.push_back({field, "campaigns.later_than_allowed"});
        }
    };
    if (input.deadline < phase->begins_on) {
        errors.push_back({"deadline", "campaigns.deadline_before_begin"});
    } else {
        check("deadline", input.deadline);
    }
    if (input.later == Later::until) {
        if (!input.latest) {
            errors.push_back({"latest", "required"});
        } else if (*input.latest < input.deadline) {
            errors.push_back({"latest", "campaigns.latest_before_deadline"});
        } else {
            check("latest", *input.latest);
        }
    }
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    if (input.version < 0 || input.version == std::numeric_limits<std::int64_t>::max()) {
        throw changed_meanwhile();
    }
    const OwnDeadline own{line.here.id,
                          input.phase,
                          input.deadline,
                          input.later,
                          input.later == Later::until ? input.latest : std::nullopt,
                          input.version + 1};
    const bool written = input.version == 0 ? store::insert_deadline(tx, input.id, own)
                                            : store::update_deadline(tx, input.id, own);
    if (!written) {
        throw changed_meanwhile();
    }
    note_change(tx,
                caller,
                input.id,
                line.here.id,
                field_of(input.phase),
                before ? to_text(before->deadline) : "",
                to_text(own.deadline));
    const auto brought_forward = bring_forward(tx, caller, line.campaign, line.here.id, input.phase, before);
    put_round(tx);  // today may be one of its days now
    audit(tx, caller, "campaigns.deadline_set", line.here.path, input.id);
    auto view = get(tx, caller, {input.id, line.here.id});
    view.brought_forward = brought_forward;
    return view;
}

CampaignView Campaigns::inherit_deadline(sql::Tx& tx, const Caller& caller, const OwnInput& input) const {
    const auto line = settable(tx, caller, input.id, input.organisation_id);
    if (!input.phase) {
        throw Error::invalid("phase", "required");
    }
    const auto chain = along(line.ids, store::deadlines_on(tx, input.id, line.ids), *input.phase);
    if (!store::remove_deadline(tx, input.id, line.here.id, *input.phase, input.version)) {
        throw changed_meanwhile();
    }
    note_change(
        tx, caller, input.id, line.here.id, field_of(*input.phase), to_text(chain.back().deadline), "");
    const auto brought_forward =
        bring_forward(tx, caller, line.campaign, line.here.id, *input.phase, chain.back());
    put_round(tx);
    audit(tx, caller, "campaigns.deadline_inherited", line.here.path, input.id);
    auto view = get(tx, caller, {input.id, line.here.id});
    view.brought_forward = brought_forward;
    return view;
}

CampaignView Campaigns::set_target(sql::Tx& tx, const Caller& caller, const TargetInput& input) const {
    const auto line = settable(tx, caller, input.id, input.organisation_id);
    const auto targets = store::targets_on(tx, input.id, line.ids);
    auto chain = chain_of(line, targets);
    std::optional<OwnTarget> before;
    if (!chain.empty() && chain.back().organisation_id == line.here.id) {
        before = chain.back();
        chain.pop_back();
    }
    const auto bound = binding(caller, line.here.path, chain);
    const auto least = least_percent(bound);
    std::vector<FieldError> errors;
    if (!input.percent && !input.people) {
        errors.push_back({"percent", "required"});
    }
    if (input.percent && (*input.percent < 1 || *input.percent > 100)) {
        errors.push_back({"percent", "campaigns.percent"});
    } else if (input.percent && *input.percent < least) {
        errors.push_back({"percent", "campaigns.lower_than_above"});
    }
    if (input.people && (*input.people < 0 || *input.people > kMostPeople)) {
        errors.push_back({"people", "campaigns.people"});
    } else if (input.people && !bound.empty()) {
        const auto counts = parts_.rollout.counts_by_kind(
            tx, line.here, parted<organisations::SchoolKind>(line.campaign.school_kinds));
        std::int64_t roster = 0;
        for (const auto concern : parted<Concern>(line.campaign.concerns)) {
            roster += (concern == Concern::student   ? counts.student
                       : concern == Concern::teacher ? counts.teacher
                                                     : counts.staff)
                          .total();
        }
        if (*input.people < target_of(roster, least)) {
            errors.push_back({"people", "campaigns.fewer_than_above"});
        }
    }
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    if (input.version < 0 || input.version == std::numeric_limits<std::int64_t>::max()) {
        throw changed_meanwhile();
    }
    const OwnTarget own{line.here.id, input.percent, input.people, input.version + 1};
    const bool written = input.version == 0 ? store::insert_target(tx, input.id, own)
                                            : store::update_target(tx, input.id, own);
    if (!written) {
        throw changed_meanwhile();
    }
    note_change(tx, caller, input.id, line.here.id, "target", before ? text_of(*before) : "", text_of(own));
    audit(tx, caller, "campaigns.target_set", line.here.path, input.id);
    return get(tx, caller, {input.id, line.here.id});
}

CampaignView Campaigns::inherit_target(sql::Tx& tx, const Caller& caller, const OwnInput& input) const {
    const auto line = settable(tx, caller, input.id, input.organisation_id);
    const auto targets = store::targets_on(tx, input.id, line.ids);
    const auto* before = own_of(line.here.id, targets);
    if (!store::remove_target(tx, input.id, line.here.id, input.version)) {
        throw changed_meanwhile();
    }
    note_change(tx, caller, input.id, line.here.id, "target", before != nullptr ? text_of(*before) : "", "");
    audit(tx, caller, "campaigns.target_inherited", line.here.path, input.id);
    return get(tx, caller, {input.id, line.here.id});
}

}  // namespace educard::campaigns
