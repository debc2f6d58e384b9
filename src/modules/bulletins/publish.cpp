#include "modules/bulletins/bulletins.hpp"
#include "modules/bulletins/opened.hpp"

namespace educard::bulletins {

namespace {

using organisations::Organisation;

Error changed_meanwhile() {
    return Error(Fault::conflict, "bulletins.changed_meanwhile");
}

void require_sound(const Wording& wording, const Wording* before) {
    auto faults = faults_of(wording, "wording", before);
    if (!faults.empty()) {
        throw Error::invalid(std::move(faults));
    }
}

store::Present present_of(const store::BulletinRow& row,
                          State state,
                          std::int64_t revision,
                          std::int64_t version,
                          const Wording& wording,
                          const Figures& figures) {
    return {.id = row.id,
            .revision = revision,
            .state = state,
            .version = version,
            .day = figures.day,
            .title_zh_cn = show(wording, figures, Language::zh_cn).title,
            .title_en = show(wording, figures, Language::en).title};
}

}  // namespace

void require_reason(const std::string& reason) {
    if (reason.find_first_not_of(" \t\r\n") == std::string::npos) {
        throw Error::invalid("reason", "required");
    }
    if (reason.size() > kMostReason) {
        throw Error::invalid("reason", "too_long");
    }
}

Organisation Bulletins::administered(sql::Tx& tx, const Caller& caller, OrganisationId id) const {
    auto organisation = parts_.organisations.get(tx, id);
    if (!may_administer(caller, organisation.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    if (organisation.kind == organisations::Kind::class_) {
        throw Error::invalid("organisation_id", "bulletins.of_class");
    }
    return organisation;
}

Figures Bulletins::compute(sql::Tx& tx, const Organisation& organisation, const Order& order) const {
    const auto today = date_in_china(parts_.clock.now());
    const auto level = order.level.value_or(Level::children);
    const auto people = order.people.value_or(People::everybody);
    if (!order.day || *order.day == today) {
        return figures_of(parts_.rollout.level_now(tx, organisation, level), level, people, today);
    }
    if (*order.day > today) {
        throw Error::invalid("day", "bulletins.day_to_come");
    }
    const auto then = parts_.rollout.level_on(tx, organisation, level, *order.day);
    if (!then) {
        throw Error::invalid("day", "bulletins.day_not_kept");
    }
    return figures_of(*then, level, people, today);
}

void Bulletins::record(sql::Tx& tx,
                       const Caller& caller,
                       std::string action,
                       const Organisation& organisation,
                       BulletinId id,
                       std::string details) const {
    parts_.audit.record(tx,
                        caller,
                        {.action = std::move(action),
                         .organisation_path = organisation.path,
                         .subject_kind = "bulletin",
                         .subject = std::to_string(id.value),
                         .details = std::move(details)});
}

Preview Bulletins::preview(sql::Tx& tx, const Caller& caller, const Order& order) const {
    const auto organisation = administered(tx, caller, order.organisation_id);
    Preview preview{.wording = setting_of(tx, organisation).second,
                    .figures = compute(tx, organisation, order)};
    preview.shown = show(preview.wording, preview.figures, caller.language);
    if (order.order_by_rate.value_or(false)) {
        preview.figures.rows.items = by_rate(std::move(preview.figures.rows.items));
    }
    return preview;
}

BulletinId Bulletins::insert(sql::Tx& tx,
                             const Caller& caller,
                             const Organisation& organisation,
                             const Draft& draft,
                             std::optional<ScheduleId> schedule) const {
    const auto usual = setting_of(tx, organisation).second;
    const auto wording = draft.wording.value_or(usual);
    if (draft.wording) {
        require_sound(wording, &usual);
    }
    const auto figures = compute(tx, organisation, draft);
    const auto id = parts_.ids.next<BulletinId>();
    const auto now = parts_.clock.now();
    const auto by = caller.signed_in() ? std::optional(caller.account) : std::nullopt;
    store::insert(tx,
                  {.id = id,
                   .organisation_id = organisation.id,
                   .level = figures.level,
                   .people = figures.people,
                   .state = State::draft,
                   .day = figures.day,
                   .version = 1,
                   .revision = 1,
                   .title_zh_cn = show(wording, figures, Language::zh_cn).title,
                   .title_en = show(wording, figures, Language::en).title,
                   .schedule_id = schedule,
                   .made_at = now,
                   .made_by = by});
    store::insert_version(tx,
                          {.bulletin_id = id,
                           .version = 1,
                           .wording = json::encode(wording),
                           .figures = json::encode(figures),
                           .order_by_rate = draft.order_by_rate.value_or(false),
                           .made_at = now,
                           .made_by = by});
    record(tx, caller, "bulletins.made", organisation, id);
    return id;
}

View Bulletins::create(sql::Tx& tx, const Caller& caller, const Draft& draft) const {
    const auto organisation = administered(tx, caller, draft.organisation_id);
    return view_of(tx, caller, {.id = insert(tx, caller, organisation, draft, std::nullopt)});
}

View Bulletins::edit(sql::Tx& tx, const Caller& caller, const Edit& edit) const {
    const auto opened = open_to_edit(tx, caller, edit.id);
    const auto& row = opened.row;
    if (row.state != State::draft) {
        throw Error(Fault::conflict, "bulletins.not_draft");
    }
    auto version = store::find_version(tx, row.id, row.version);
    if (!version || row.revision != edit.revision) {
        throw changed_meanwhile();
    }
    auto wording = json::decode<Wording>(version->wording);
    if (edit.wording) {
        require_sound(*edit.wording, &wording);
        wording = *edit.wording;
        version->wording = json::encode(wording);
    }
    auto figures = json::decode<Figures>(version->figures);
    if (edit.recompute.value_or(false)) {
        // What was counted in the course of a day is counted now; a day that ended stays that day.
        const auto day = figures.live ? std::nullopt : std::optional(figures.day);
        figures = compute(tx, opened.organisation, {row.organisation_id, row.level, row.people, day, {}});
        version->figures = json::encode(figures);
    }
    version->order_by_rate = edit.order_by_rate.value_or(version->order_by_rate);
    if (!store::change(tx, present_of(row, State::draft, edit.revision, row.version, wording, figures))) {
        throw changed_meanwhile();
    }
    store::replace_version(tx, *version);
    return view_of(tx, caller, {.id = row.id});
}

void Bulletins::discard(sql::Tx& tx, const Caller& caller, const Revision& which) const {
    const auto opened = open_to_edit(tx, caller, which.id);
    if (opened.row.state != State::draft) {
        throw Error(Fault::conflict, "bulletins.not_draft");
    }
    if (!store::remove_draft(tx, which.id, which.revision)) {
        throw changed_meanwhile();
    }
    record(tx, caller, "bulletins.discarded", opened.organisation, which.id);
}

void Bulletins::make_public(sql::Tx& tx,
                            const Caller& caller,
                            const Organisation& organisation,
                            BulletinId id,
                            std::int64_t revision) const {
    const auto now = parts_.clock.now();
    const auto today = date_in_china(now);
    const auto by = caller.signed_in() ? std::optional(caller.account) : std::nullopt;
    if (!store::publish(tx, id, revision, now, by)) {
        throw changed_meanwhile();
    }
    const auto year = static_cast<int>(today.year());
    const auto number = store::next_number(tx, organisation.id, year);
    const auto text = number_text(
        setting_of(tx, organisation).first, organisations::display_name(organisation, today), year, number);
    store::give_number(tx, id, year, number, text);
    record(tx,
           caller,
           "bulletins.published",
           organisation,
           id,
           json::encode(std::map<std::string, std::string>{{"number", text}}));
}

View Bulletins::publish(sql::Tx& tx, const Caller& caller, const Revision& which) const {
    const auto opened = open_to_edit(tx, caller, which.id);
    if (opened.row.state != State::draft) {
        throw Error(Fault::conflict, "bulletins.not_draft");
    }
    make_public(tx, caller, opened.organisation, which.id, which.revision);
    return view_of(tx, caller, {.id = which.id});
}

Bulletins::Corrected Bulletins::corrected(sql::Tx& tx, const Caller& caller, const Correction& input) const {
    require_reason(input.reason);
    auto opened = open_to_edit(tx, caller, input.id);
    const auto& row = opened.row;
    if (row.state != State::published) {
        throw Error(Fault::conflict, "bulletins.not_published");
    }
    const auto before = store::find_version(tx, row.id, row.version);
    if (!before || row.revision != input.revision) {
        throw changed_meanwhile();
    }
    auto wording = json::decode<Wording>(before->wording);
    if (input.wording) {
        require_sound(*input.wording, &wording);
        wording = *input.wording;
    }
    const auto old_figures = json::decode<Figures>(before->figures);
    auto figures = old_figures;
    if (input.recompute.value_or(false)) {
        // The same day again. It is over by now, as a rule: as it ended.
        figures = compute(
            tx, opened.organisation, {row.organisation_id, row.level, row.people, old_figures.day, {}});
    }
    auto after = *before;
    after.version = row.version + 1;
    after.wording = json::encode(wording);
    after.figures = json::encode(figures);
    after.order_by_rate = input.order_by_rate.value_or(before->order_by_rate);
    after.reason = input.reason;
    after.made_at = parts_.clock.now();
    after.made_by = caller.account;
    const bool same_figures =
        figures.organisation == old_figures.organisation && figures.rows == old_figures.rows;
    if (same_figures && after.wording == before->wording && after.order_by_rate == before->order_by_rate) {
        throw Error(Fault::conflict, "bulletins.nothing_to_correct");
    }
    return {std::move(opened), *before, std::move(after), std::move(figures), std::move(wording)};
}

Difference Bulletins::preview_correction(sql::Tx& tx, const Caller& caller, const Correction& input) const {
    const auto found = corrected(tx, caller, input);
    return compare(caller, found.before, found.after, std::nullopt);
}

View Bulletins::correct(sql::Tx& tx, const Caller& caller, const Correction& input) const {
    const auto found = corrected(tx, caller, input);
    const auto& row = found.opened.row;
    const auto present =
        present_of(row, State::published, input.revision, found.after.version, found.wording, found.figures);
    if (!store::change(tx, present)) {
        throw changed_meanwhile();
    }
    store::insert_version(tx, found.after);
    record(tx,
           caller,
           "bulletins.corrected",
           found.opened.organisation,
           row.id,
           json::encode(std::map<std::string, std::string>{
               {"reason", input.reason}, {"version", std::to_string(found.after.version)}}));
    return view_of(tx, caller, {.id = row.id});
}

View Bulletins::withdraw(sql::Tx& tx, const Caller& caller, const Withdrawal& input) const {
    require_reason(input.reason);
    const auto opened = open_to_edit(tx, caller, input.id);
    if (opened.row.state != State::published) {
        throw Error(Fault::conflict, "bulletins.not_published");
    }
    if (!store::withdraw(tx, input.id, input.revision, parts_.clock.now(), input.reason)) {
        throw changed_meanwhile();
    }
    record(tx,
           caller,
           "bulletins.withdrawn",
           opened.organisation,
           input.id,
           json::encode(std::map<std::string, std::string>{{"reason", input.reason}}));
    return view_of(tx, caller, {.id = input.id});
}

void Bulletins::draft_follows(sql::Tx& tx, const store::BulletinRow& row, const Organisation& to) const {
    const Caller system;
    auto version = store::find_version(tx, row.id, row.version);
    EDU_ASSERT(version.has_value());
    const auto wording = json::decode<Wording>(version->wording);
    auto figures = json::decode<Figures>(version->figures);
    const auto day = figures.live ? std::nullopt : std::optional(figures.day);
    try {
        figures = compute(tx, to, {to.id, row.level, row.people, day, {}});
    } catch (const Error& error) {
        if (error.fault() != Fault::invalid) {
            throw;
        }
        store::remove_draft(tx, row.id, row.revision);
        record(tx,
               system,
               "bulletins.discarded",
               to,
               row.id,
               json::encode(std::map<std::string, std::string>{{"title", row.title_zh_cn}}));
        return;
    }
    version->figures = json::encode(figures);
    store::change(tx, present_of(row, State::draft, row.revision, row.version, wording, figures));
    store::replace_version(tx, *version);
    store::hand_over(tx, row.id, to.id);
    record(tx, system, "bulletins.went_along", to, row.id);
}

void Bulletins::follow_merger(sql::Tx& tx, const Organisation& from, const Organisation& to) const {
    for (const auto& row : store::drafts_of(tx, from.id)) {
        draft_follows(tx, row, to);
    }
    schedules_follow(tx, from, to);
}

Bulletins::Kept Bulletins::kept_of(sql::Tx& tx, OrganisationId organisation) const {
    return {.drafts = store::count(tx, organisation, State::draft),
            .published = store::count(tx, organisation, State::published),
            .schedules = static_cast<std::int64_t>(store::schedules_of(tx, organisation).size())};
}

}  // namespace educard::bulletins
