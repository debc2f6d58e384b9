// Orders: done at once, as a job, or on their day.

#include "modules/restructuring/restructuring.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "modules/restructuring/plan.hpp"
#include "modules/restructuring/store.hpp"

#include <charconv>
#include <chrono>
#include <fmt/format.h>
#include <set>
#include <utility>

namespace educard::restructuring {

namespace {

using organisations::display_name;

constexpr const char* kJob = "restructuring.order";
constexpr const char* kCardsJob = "restructuring.cards";
constexpr int kDueAtOnce = 500;
constexpr int kCardsAtOnce = 100;

struct OrderRef {
    RestructuringId id;
};
BOOST_DESCRIBE_STRUCT(OrderRef, (), (id))

struct SchoolRef {
    OrganisationId school_id;
};
BOOST_DESCRIBE_STRUCT(SchoolRef, (), (school_id))

std::int64_t number_in(const std::string& text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// What the audit says beside the organisation.
struct Audited {
    Act act{};
    std::string organisations;  // names, as they are now
    std::string into;
    Date on{};
    std::optional<std::string> error;  // of one that failed
    std::optional<std::string> error_name;
};
BOOST_DESCRIBE_STRUCT(Audited, (), (act, organisations, into, on, error, error_name))

bool is_final(const Error& error) {
    return error.fault() != Fault::unavailable && error.fault() != Fault::internal;
}

}  // namespace

Restructuring::Restructuring(Parts parts) : parts_(std::move(parts)) {}

void Restructuring::audit(sql::Tx& tx,
                          const Caller& caller,
                          std::string action,
                          const Organisation& organisation,
                          const store::Row& row) const {
    const auto order = json::decode<Order>(row.orders);
    const auto into = row.into_id ? row.into_id : order.into;
    Audited audited{.act = row.act,
                    .organisations = {},
                    .into = {},
                    .on = row.effective_on,
                    .error = row.error,
                    .error_name = row.error_name};
    for (const auto id : order.organisations.value_or(std::vector<OrganisationId>())) {
        audited.organisations +=
            (audited.organisations.empty() ? "" : ", ") + parts_.organisations.get(tx, id).name;
    }
    if (order.act == Act::found) {
        audited.organisations = order.founded->name;
        audited.into = parts_.organisations.get(tx, *order.into).name;
    } else {
        audited.into = order.act == Act::rename ? order.name.value_or("")
                       : into                   ? parts_.organisations.get(tx, *into).name
                       : order.founded          ? order.founded->name
                                                : "";
    }
    parts_.audit.record(tx,
                        caller,
                        AuditEntry{.action = std::move(action),
                                   .organisation_path = organisation.path,
                                   .subject_kind = "organisation",
                                   .subject = std::to_string(organisation.id.value),
                                   .details = json::encode(audited)});
}

View Restructuring::view_of(sql::Tx& tx, const store::Row& row) const {
    const auto& tree = parts_.organisations;
    const auto today = tree.today();
    const auto order = json::decode<Order>(row.orders);
    const bool was_renamed = row.act == Act::rename && row.state == State::done;
    const auto name_of = [&](OrganisationId id) {
        // What has another name now is called here as it was called before.
        const Date before = std::chrono::sys_days(row.effective_on) - std::chrono::days(1);
        const auto then = was_renamed ? tree.as_of(tx, id, before) : std::nullopt;
        const auto found = then ? then : tree.find(tx, id);
        return found ? display_name(*found, today) : std::string();
    };
    View view{.id = row.id,
              .act = row.act,
              .organisations = {},
              .into_id = row.into_id ? row.into_id : order.into,
              .into = {},
              .founded = order.founded ? std::optional(order.founded->name) : std::nullopt,
              .name = order.name,
              .order = order,
              .effective_on = row.effective_on,
              .state = row.state,
              .error = row.error,
              .error_name = row.error_name,
              .replaced_by = store::is_given_up(tx, row.replaced_by) ? std::nullopt : row.replaced_by,
              .units = static_cast<std::int64_t>(order.children ? order.children->size() : 0),
              .moved = row.moved,
              .job_id = row.job_id,
              .ordered_by = std::nullopt,
              .ordered_at = row.ordered_at,
              .finished_at = row.finished_at};
    for (const auto id : order.organisations.value_or(std::vector<OrganisationId>())) {
        view.organisations.push_back(name_of(id));
    }
    if (view.into_id && row.act != Act::rename) {
        view.into = name_of(*view.into_id);
    }
    const auto account = parts_.accounts.find(tx, row.ordered_by);
    view.ordered_by = account ? std::optional(account->name) : std::nullopt;
    return view;
}

View Restructuring::order(sql::Tx& tx, const Caller& caller, const Order& order) const {
    const auto seen = preview(tx, caller, order);
    if (!seen.blockers.empty()) {
        throw Error(Fault::conflict, seen.blockers.front().code);
    }
    if (order.people.value_or(0) != seen.people) {
        throw Error(Fault::conflict, "restructuring.people").with("people", std::to_string(seen.people));
    }
    const auto plan = plan_of(tx, caller, order, Moment::ordered);
    const auto& first = plan.sources.empty() ? *plan.into : plan.sources.front();
    const auto& office = office_for(caller, first.path);
    store::Row row;
    row.id = parts_.ids.next<RestructuringId>();
    row.act = order.act;
    row.organisation_id = first.id;
    row.orders = json::encode(order);
    row.effective_on = plan.day;
    row.state = plan.later ? State::planned : State::running;
    row.ordered_by = caller.account;
    row.ordered_at = parts_.clock.now();
    row.office_id = office.organisation;
    row.office_role = office.role;
    store::insert(tx, row);
    if (order.again && !store::set_replaced_by(tx, *order.again, row.id)) {
        throw Error(Fault::conflict, "restructuring.replaced");
    }
    if (plan.later) {
        audit(tx, caller, "restructuring.planned", first, row);
    } else if (plan.act == Act::move_classes) {
        const auto job = parts_.jobs.put(tx,
                                         {.kind = kJob,
                                          .payload = json::encode(OrderRef{row.id}),
                                          .total = static_cast<std::int64_t>(plan.units.size()),
                                          .owner = caller.account});
        store::set_job(tx, row.id, job);
        audit(tx, caller, "restructuring.begun", first, row);
    } else {
        const auto into = carry_out(tx, caller, plan);
        store::set_result(tx, row.id, into, static_cast<std::int64_t>(plan.units.size()));
        store::change_state(tx, row.id, State::running, State::done, parts_.clock.now());
        audit(tx, caller, "restructuring.done", first, row);
    }
    return view_of(tx, store::find(tx, row.id).value());
}

std::vector<View> Restructuring::list(sql::Tx& tx,
                                      const Caller& caller,
                                      OrganisationId organisation,
                                      std::optional<State> state,
                                      std::int64_t before,
                                      int limit) const {
    const auto found = parts_.organisations.get(tx, organisation);
    if (!may_administer(caller, found.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    std::vector<View> views;
    const char* wanted = state ? boost::describe::enum_to_string(*state, "") : "";
    for (const auto& row : store::list(tx, found.path, wanted, before, limit)) {
        views.push_back(view_of(tx, row));
    }
    return views;
}

View Restructuring::get(sql::Tx& tx, const Caller& caller, RestructuringId id) const {
    const auto row = store::find(tx, id);
    const auto place = row ? parts_.organisations.find(tx, row->organisation_id) : std::nullopt;
    if (!place || !may_administer(caller, place->path)) {
        throw Error(Fault::not_found, "restructuring.unknown");
    }
    return view_of(tx, *row);
}

/// One that failed is ordered again by one order that does the same, if not in the same way; what that one
/// becomes decides whether it may be once more.
void Restructuring::require_replaceable(sql::Tx& tx, const Caller& caller, const Order& order) const {
    if (!order.again) {
        return;
    }
    const auto failed = get(tx, caller, *order.again);
    if (failed.state != State::failed) {
        throw Error::invalid("again", "restructuring.not_failed");
    }
    if (failed.act != order.act || first_of(failed.order) != first_of(order)) {
        throw Error::invalid("again", "restructuring.something_else");
    }
    if (failed.replaced_by) {
        throw Error(Fault::conflict, "restructuring.replaced");
    }
}

View Restructuring::call_off(sql::Tx& tx, const Caller& caller, RestructuringId id, bool even_so) const {
    get(tx, caller, id);
    const auto row = store::find(tx, id).value();
    const auto place = parts_.organisations.get(tx, row.organisation_id);
    const bool is_within_place = row.act == Act::move_classes || row.act == Act::found;
    if (is_within_place ? !may_administer(caller, place.path)
                        : !parts_.organisations.may_edit(caller, place)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    if (!even_so) {
        require_nobody_counts_on(tx, row);
    }
    if (!store::change_state(tx, id, State::planned, State::called_off, parts_.clock.now())) {
        throw Error(Fault::conflict, "restructuring.not_planned");
    }
    audit(tx, caller, "restructuring.called_off", place, row);
    return view_of(tx, store::find(tx, id).value());
}

/// The office acts, whoever holds it by then: the place in whose name it was ordered, where that is now.
Caller Restructuring::caller_of(sql::Tx& tx, const store::Row& row) const {
    Caller caller;
    caller.account = row.ordered_by;
    const auto office = parts_.organisations.find(tx, row.office_id);
    if (office && office->is_open(parts_.organisations.today())) {
        caller.grants.push_back({.role = row.office_role, .organisation = office->id, .path = office->path});
    }
    return caller;
}

void Restructuring::begin_due(sql::Tx& tx) const {
    settle(tx);
    for (const auto id : store::due(tx, to_text(parts_.organisations.today()), kDueAtOnce)) {
        const auto now = parts_.clock.now();
        if (store::change_state(tx, id, State::planned, State::running, now)) {
            const auto row = store::find(tx, id).value();
            const auto job = parts_.jobs.put(
                tx,
                {.kind = kJob, .payload = json::encode(OrderRef{id}), .total = 1, .owner = row.ordered_by});
            store::set_job(tx, id, job);
        }
    }
}

void Restructuring::settle(sql::Tx& tx) const {
    for (const auto id : store::running(tx)) {
        const auto job = parts_.jobs.find(tx, store::find(tx, id).value().job_id.value());
        const bool ended = !job || job->state == JobState::failed || job->state == JobState::cancelled;
        if (ended) {
            fail(tx,
                 id,
                 {.code = job && job->error ? *job->error : "restructuring.stopped", .name = std::nullopt});
        }
    }
}

/// Says so in the list, in the audit, and to whom it concerns.
void Restructuring::fail(sql::Tx& tx, RestructuringId id, const Blocker& why) const {
    if (!store::change_state(tx, id, State::running, State::failed, parts_.clock.now())) {
        return;
    }
    store::set_error(tx, id, why.code, why.name);
    const auto row = store::find(tx, id).value();
    const auto place = parts_.organisations.get(tx, row.organisation_id);
    const auto view = view_of(tx, row);
    Caller orderer;
    orderer.account = row.ordered_by;
    audit(tx, orderer, "restructuring.failed", place, row);
    Failed failed{.id = id,
                  .act = row.act,
                  .organisation_id = place.id,
                  .organisations = fmt::format("{}", fmt::join(view.organisations, ", ")),
                  .into = view.name      ? *view.name
                          : view.founded ? *view.founded
                                         : view.into,
                  .on = row.effective_on,
                  .error = why.code,
                  .error_name = why.name};
    if (row.act == Act::found) {
        failed.organisations = view.founded.value_or("");
        failed.into = view.into;
    }
    std::set<AccountId> told{row.ordered_by};
    for (const auto& [where, role] : {std::pair(place.id, organisations::role_over(place.kind)),
                                      std::pair(row.office_id, row.office_role)}) {
        for (const auto& holder : parts_.accounts.holders(tx, where, role)) {
            told.insert(holder.account_id);
        }
    }
    for (const auto account : told) {
        if (tell_) {
            tell_(tx, account, failed);
        }
    }
}

void Restructuring::handle_jobs() {
    parts_.jobs.handle(kJob, [this](JobRun& run) { this->run(run); });
    parts_.jobs.handle(kCardsJob, [this](JobRun& run) { renew_cards(run); });
}

/// Classes one after the other, each with its own commit; everything else in one.
void Restructuring::run(JobRun& run) {
    const auto id = json::decode<OrderRef>(run.job().payload).id;
    const auto step = [&](std::int64_t at) {
        return parts_.database.write([&](sql::Tx& tx) {
            const auto row = store::find(tx, id);
            if (!row || row->state != State::running) {
                return true;
            }
            const auto caller = caller_of(tx, *row);
            auto order = json::decode<Order>(row->orders);
            order.on = row->effective_on;
            const auto total = static_cast<std::int64_t>(order.children ? order.children->size() : 0);
            const bool piecewise = order.act == Act::move_classes;
            if (piecewise) {
                order.children = std::vector{order.children->at(static_cast<std::size_t>(at))};
            }
            const auto plan = plan_of(tx, caller, order, Moment::carried_out);
            if (!plan.blockers.empty()) {
                const auto& why = plan.blockers.front();
                throw Error(Fault::conflict, why.code).with("name", why.name.value_or(""));
            }
            const auto into = carry_out(tx, caller, plan);
            const bool over = !piecewise || at + 1 == total;
            store::set_result(
                tx, id, into, piecewise ? at + 1 : static_cast<std::int64_t>(plan.units.size()));
            run.save(tx, std::to_string(at + 1), piecewise ? at + 1 : 1, piecewise ? total : 1);
            if (over) {
                store::change_state(tx, id, State::running, State::done, parts_.clock.now());
                audit(
                    tx,
                    caller,
                    "restructuring.done",
                    plan.sources.empty() ? *plan.into : parts_.organisations.get(tx, plan.sources.front().id),
                    store::find(tx, id).value());
            }
            return over;
        });
    };
    try {
        for (auto at = number_in(run.job().position); !step(at);) {
            ++at;
        }
    } catch (const Error& error) {
        if (!is_final(error)) {
            throw;
        }
        parts_.database.write([&](sql::Tx& tx) {
            const auto name = parameter_of(error, "name");
            fail(tx, id, {.code = code_of(error), .name = name.empty() ? std::nullopt : std::optional(name)});
        });
        throw;
    }
}

void Restructuring::put_cards_job(sql::Tx& tx, OrganisationId school) const {
    parts_.jobs.put(
        tx,
        {.kind = kCardsJob, .payload = json::encode(SchoolRef{school}), .total = 0, .owner = std::nullopt});
}

/// E-cards name the school: what devices hold of those who came is outdated now.
void Restructuring::renew_cards(JobRun& run) const {
    const auto school = json::decode<SchoolRef>(run.job().payload).school_id;
    std::int64_t done = 0;
    for (auto at = number_in(run.job().position); at >= 0;) {
        at = parts_.database.write([&](sql::Tx& tx) {
            const auto people = parts_.applications.people_at(tx, school, at, kCardsAtOnce);
            for (const auto& one : people) {
                parts_.holder_changed(tx, one.person_id);
            }
            done += static_cast<std::int64_t>(people.size());
            const bool over = people.size() < static_cast<std::size_t>(kCardsAtOnce);
            const auto next = people.empty() ? at : people.back().id;
            run.save(tx, std::to_string(next), done, done);
            return over ? std::int64_t{-1} : next;
        });
    }
}

}  // namespace educard::restructuring
