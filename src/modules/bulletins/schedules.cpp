#include "modules/bulletins/bulletins.hpp"
#include "modules/bulletins/store.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

namespace educard::bulletins {

namespace {

using organisations::Organisation;
using std::chrono::days;
using std::chrono::sys_days;

constexpr int kMostDue = 100;
constexpr std::size_t kMostSchedules = 20;
constexpr days kFarthestStart{400};

struct Bounds {
    int least;
    int most;
};
Bounds bounds_of(Every every) {
    switch (every) {
        case Every::week:
            return {1, 7};
        case Every::month:
            return {1, 28};  // every month has them
        case Every::deadline:
            return {0, 60};
    }
    return {0, 0};
}

/// The first day from `from` on that fits; the day itself to look at a deadline.
Date next_from(Every every, int at, Date from) {
    sys_days day(from);
    const auto fits = [&] {
        return every == Every::week ? std::chrono::weekday(day).iso_encoding() == static_cast<unsigned>(at)
                                    : static_cast<unsigned>(Date(day).day()) == static_cast<unsigned>(at);
    };
    while (every != Every::deadline && !fits()) {
        day += days(1);
    }
    return Date(day);
}

Date plus(Date day, days number) {
    return Date(sys_days(day) + number);
}

}  // namespace

ScheduleView Bulletins::view_of(sql::Tx& tx,
                                const Organisation& organisation,
                                const store::ScheduleRow& row) const {
    ScheduleView view{.id = row.id,
                      .every = row.every,
                      .at = row.at,
                      .level = row.level,
                      .people = row.people,
                      .order_by_rate = row.order_by_rate,
                      .publish = row.publish,
                      .next_on = row.next_on,
                      .made_at = row.made_at};
    if (row.every == Every::deadline) {
        const auto deadline = parts_.rollout.deadline_of(tx, organisation);
        const bool to_come = deadline && deadline != row.done_for && *deadline >= row.next_on;
        view.next_on =
            to_come ? std::optional(std::max(row.next_on, plus(*deadline, days(-row.at)))) : std::nullopt;
    }
    return view;
}

std::vector<ScheduleView> Bulletins::schedules(sql::Tx& tx, const Caller& caller, OrganisationId id) const {
    const auto organisation = administered(tx, caller, id);
    std::vector<ScheduleView> views;
    for (const auto& row : store::schedules_of(tx, id)) {
        views.push_back(view_of(tx, organisation, row));
    }
    return views;
}

ScheduleView Bulletins::schedule(sql::Tx& tx, const Caller& caller, const NewSchedule& input) {
    const auto organisation = administered(tx, caller, input.organisation_id);
    const auto today = date_in_china(parts_.clock.now());
    const auto bounds = bounds_of(input.every);
    const auto starts_on = input.starts_on.value_or(plus(today, days(1)));
    std::vector<FieldError> faults;
    if (input.at < bounds.least || input.at > bounds.most) {
        faults.push_back({"at", "value"});
    }
    if (starts_on < today || starts_on > plus(today, kFarthestStart)) {
        faults.push_back({"starts_on", "bulletins.starts_on"});
    }
    const auto level = input.level.value_or(Level::children);
    if (level == Level::counties && organisation.kind != organisations::Kind::province) {
        faults.push_back({"level", "rollout.counties_of_province"});
    }
    if (!faults.empty()) {
        throw Error::invalid(std::move(faults));
    }
    if (store::schedules_of(tx, organisation.id).size() >= kMostSchedules) {
        throw Error(Fault::conflict, "bulletins.too_many_schedules");
    }
    const store::ScheduleRow row{.id = parts_.ids.next<ScheduleId>(),
                                 .organisation_id = organisation.id,
                                 .every = input.every,
                                 .at = input.at,
                                 .level = level,
                                 .people = input.people.value_or(People::everybody),
                                 .order_by_rate = input.order_by_rate.value_or(false),
                                 .publish = input.publish.value_or(false),
                                 .next_on = next_from(input.every, input.at, starts_on),
                                 .made_at = parts_.clock.now(),
                                 .made_by = caller.account};
    store::insert(tx, row);
    parts_.audit.record(tx,
                        caller,
                        {.action = "bulletins.scheduled",
                         .organisation_path = organisation.path,
                         .subject_kind = "organisation",
                         .subject = std::to_string(organisation.id.value)});
    tx.after_commit([this] {
        if (ticker_) {
            ticker_->wake();
        }
    });
    return view_of(tx, organisation, row);
}

void Bulletins::end_schedule(sql::Tx& tx, const Caller& caller, ScheduleId id) const {
    const auto row = store::find_schedule(tx, id);
    if (!row) {
        throw Error(Fault::not_found, "bulletins.schedule_unknown");
    }
    const auto organisation = parts_.organisations.get(tx, row->organisation_id);
    if (!may_administer(caller, organisation.path) || !store::end_schedule(tx, id, parts_.clock.now())) {
        throw Error(Fault::not_found, "bulletins.schedule_unknown");
    }
    parts_.audit.record(tx,
                        caller,
                        {.action = "bulletins.schedule_ended",
                         .organisation_path = organisation.path,
                         .subject_kind = "organisation",
                         .subject = std::to_string(organisation.id.value)});
}

void Bulletins::schedules_follow(sql::Tx& tx, const Organisation& from, const Organisation& to) const {
    auto there = store::schedules_of(tx, to.id);
    for (const auto& row : store::schedules_of(tx, from.id)) {
        const bool has_one = std::ranges::any_of(there, [&](const store::ScheduleRow& other) {
            return other.every == row.every && other.at == row.at && other.level == row.level &&
                   other.people == row.people;
        });
        const bool stays = !has_one && there.size() < kMostSchedules;
        if (stays) {
            store::hand_over(tx, row.id, to.id);
            there.push_back(row);
        } else {
            store::end_schedule(tx, row.id, parts_.clock.now());
        }
        parts_.audit.record(tx,
                            Caller{},
                            {.action = stays ? "bulletins.schedule_went_along" : "bulletins.schedule_ended",
                             .organisation_path = to.path,
                             .subject_kind = "organisation",
                             .subject = std::to_string(to.id.value)});
    }
}

void Bulletins::make(sql::Tx& tx, const store::ScheduleRow& row) const {
    const auto now = parts_.clock.now();
    const auto today = date_in_china(now);
    const auto organisation = parts_.organisations.get(tx, row.organisation_id);
    if (!organisation.is_open(today)) {
        store::end_schedule(tx, row.id, now);
        return;
    }
    bool due = true;
    auto done_for = row.done_for;
    if (row.every == Every::deadline) {
        const auto deadline = parts_.rollout.deadline_of(tx, organisation);
        due = deadline && deadline != row.done_for && today <= *deadline &&
              today >= plus(*deadline, days(-row.at));
        done_for = due ? deadline : row.done_for;
    }
    if (!store::advance(tx, row, next_from(row.every, row.at, plus(today, days(1))), done_for) || !due) {
        return;
    }
    const Caller system;
    Draft draft;
    draft.organisation_id = row.organisation_id;
    draft.level = row.level;
    draft.people = row.people;
    draft.order_by_rate = row.order_by_rate;
    const auto id = insert(tx, system, organisation, draft, row.id);
    if (row.publish) {
        make_public(tx, system, organisation, id, 1);
    }
}

void Bulletins::make_due() const {
    const auto today = date_in_china(parts_.clock.now());
    const auto due =
        parts_.database.read([&](sql::Tx& tx) { return store::due_schedules(tx, today, kMostDue); });
    for (const auto& row : due) {
        run_logged("bulletins.schedule", [&] { parts_.database.write([&](sql::Tx& tx) { make(tx, row); }); });
    }
}

}  // namespace educard::bulletins
