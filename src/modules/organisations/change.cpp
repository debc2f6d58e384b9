// Founding, changing and closing organisations: who may, what fits where, and the history that each step
// leaves.

#include "base/error.hpp"
#include "base/text.hpp"
#include "modules/organisations/organisations.hpp"
#include "modules/organisations/rules.hpp"
#include "modules/organisations/store.hpp"
#include "runtime/audit.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace educard::organisations {

namespace {

constexpr std::int64_t kMaxMoved = 50'000;
constexpr int kMaxAdopted = 2'000;

/// Authority over an organisation lies with those above it: with administrators whose own place contains the
/// parent.
bool may_edit_below(const Caller& caller, const std::string& parent_path, Kind child) {
    if (child == Kind::class_) {
        return may_administer(caller, parent_path);
    }
    return may_act(caller, parent_path, {Role::province_admin, Role::city_admin, Role::county_admin});
}

void require_edit_below(const Caller& caller, const std::string& parent_path, Kind child) {
    if (!may_edit_below(caller, parent_path, child)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
}

std::string parent_path_of(const Organisation& organisation) {
    const auto end = organisation.path.rfind('/', organisation.path.size() - 2);
    return organisation.path.substr(0, end + 1);
}

State state_of(const Organisation& organisation, HistoryChange change, Date from) {
    return State{.parent_id = organisation.parent_id,
                 .kind = organisation.kind,
                 .name = organisation.name,
                 .division_code = organisation.division_code,
                 .school_code = organisation.school_code,
                 .school_kind = organisation.school_kind,
                 .stage = organisation.stage,
                 .entry_year = organisation.entry_year,
                 .class_number = organisation.class_number,
                 .change = change,
                 .successor_id = std::nullopt,
                 .valid_from = from,
                 .valid_to = organisation.valid_to};
}

void claim_code(sql::Tx& tx, const Organisation& school) {
    if (!store::claim_school_code(tx, *school.school_code, school.id)) {
        throw Error(Fault::conflict, "organisations.school_code_taken");
    }
}

void write(sql::Tx& tx, const Organisation& organisation, Time at) {
    if (!store::update(tx, organisation, store::keys_of(organisation), at)) {
        throw Error(Fault::conflict, "organisations.changed_meanwhile");
    }
}

void place_below(Organisation& organisation, const Organisation& parent) {
    organisation.parent_id = parent.id;
    organisation.path = parent.path + std::to_string(organisation.id.value) + "/";
    organisation.depth = parent.depth + 1;
    organisation.direct = organisation.kind == Kind::county && parent.kind == Kind::province;
}

Date day_of_change(const std::optional<Date>& wanted,
                   Date today,
                   const Organisation& organisation,
                   const std::optional<State>& last) {
    const auto day = wanted.value_or(today);
    if (day > today) {
        throw Error::invalid("effective_on", "organisations.future_day");
    }
    if (organisation.valid_to || (last && day < last->valid_from)) {
        throw Error::invalid("effective_on", "organisations.before_last_change");
    }
    return day;
}

/// Puts into `organisation` what the change says; what kind of change that is.
HistoryChange apply(Organisation& organisation, const Change& change) {
    const auto before = organisation.name;
    if (change.name && organisation.kind != Kind::class_) {
        organisation.name = tidy(*change.name);
    }
    if (change.division_code) {
        organisation.division_code =
            change.division_code->empty() ? std::nullopt : std::optional(*change.division_code);
    }
    if (organisation.kind == Kind::school) {
        organisation.school_code = change.school_code ? change.school_code : organisation.school_code;
        organisation.school_kind = change.school_kind ? change.school_kind : organisation.school_kind;
    }
    if (organisation.kind == Kind::class_ && change.class_number) {
        organisation.class_number = change.class_number;
    }
    return before == organisation.name ? HistoryChange::changed : HistoryChange::renamed;
}

/// Without what stays as it is.
Change what_changes(Change change, const std::optional<Organisation>& now) {
    if (now) {
        const auto drop = [](auto& wanted, const auto& present) {
            if (wanted == present) {
                wanted.reset();
            }
        };
        if (change.name && name_key(*change.name) == name_key(now->name)) {
            change.name.reset();
        }
        drop(change.parent_id, now->parent_id);
        drop(change.division_code, now->division_code);
        drop(change.school_code, now->school_code);
    }
    return change;
}

}  // namespace

void Organisations::audit(sql::Tx& tx,
                          const Caller& caller,
                          std::string action,
                          const Organisation& organisation) const {
    audit_.record(tx,
                  caller,
                  AuditEntry{.action = std::move(action),
                             .organisation_path = organisation.path,
                             .subject_kind = "organisation",
                             .subject = std::to_string(organisation.id.value),
                             .details = ""});
}

/// What lies below moves along. It is counted first, so that one change cannot hold up all others.
void Organisations::move(sql::Tx& tx, Organisation& organisation, const Organisation& parent) const {
    if (is_within(parent.path, organisation.path)) {
        throw Error::invalid("parent_id", "organisations.circle");
    }
    const auto from = organisation.path;
    const int depth = organisation.depth;
    if (store::count_subtree(tx, from) > kMaxMoved) {
        throw Error(Fault::conflict, "organisations.move_too_large");
    }
    place_below(organisation, parent);
    store::move_subtree(tx, from, organisation.path, organisation.depth - depth);
    for (const auto& moved : when_moved_) {
        moved(tx, from, organisation.path, organisation.depth - depth);
    }
}

bool Organisations::may_edit(const Caller& reader, const Organisation& organisation) const {
    auto caller = reader;
    keep_to_acting(caller);
    return organisation.parent_id && may_edit_below(caller, parent_path_of(organisation), organisation.kind);
}

std::vector<FieldError> Organisations::faults_below(const Organisation& organisation,
                                                    const Organisation& parent) const {
    return organisations::faults_below(organisation, parent, today());
}

std::optional<Organisation> Organisations::namesake(sql::Tx& tx,
                                                    const Organisation& organisation,
                                                    OrganisationId parent,
                                                    Date day,
                                                    const Leaving& leaving) const {
    if (organisation.kind == Kind::class_) {
        return std::nullopt;  // their numbers tell them apart
    }
    for (auto& beside : store::namesakes(
             tx, parent, organisation.kind, name_key(organisation.name), to_text(std::max(day, today())))) {
        if (beside.id != organisation.id && std::ranges::find(leaving, beside.id) == leaving.end()) {
            return std::move(beside);
        }
    }
    return std::nullopt;
}

void Organisations::require_own_name(sql::Tx& tx,
                                     const Organisation& organisation,
                                     Date day,
                                     const Leaving& leaving) const {
    if (const auto other = namesake(tx, organisation, *organisation.parent_id, day, leaving)) {
        throw Error::invalid("name", "organisations.name_taken").with("name", other->name);
    }
}

std::int64_t Organisations::count_namesakes(sql::Tx& tx, Kind kind, std::string_view name) const {
    return store::count_namesakes(tx, kind, name_key(name), to_text(today()));
}

Below Organisations::count_below(sql::Tx& tx, const Organisation& organisation) const {
    return store::count_below(tx, organisation.path, to_text(today()));
}

bool Organisations::is_too_large_to_move(sql::Tx& tx, const Organisation& organisation) const {
    return store::count_subtree(tx, organisation.path) > kMaxMoved;
}

std::vector<Kind> Organisations::may_create(const Caller& reader, const Organisation& parent) const {
    auto caller = reader;
    keep_to_acting(caller);
    std::vector<Kind> kinds;
    for (const auto kind : {Kind::city, Kind::county, Kind::unit, Kind::school, Kind::class_}) {
        if (!parent.valid_to && fits_below(kind, parent.kind) && may_edit_below(caller, parent.path, kind)) {
            kinds.push_back(kind);
        }
    }
    return kinds;
}

Organisation Organisations::create(sql::Tx& tx,
                                   const Caller& caller,
                                   const Draft& draft,
                                   const Leaving& leaving) const {
    return create_below(tx, caller, get(tx, draft.parent_id), draft, leaving);
}

/// What the draft would make; its id is nobody's yet.
Organisation Organisations::drafted(sql::Tx& tx,
                                    const Caller& caller,
                                    const Organisation& parent,
                                    const Draft& draft,
                                    const Leaving& leaving) const {
    require_edit_below(caller, parent.path, draft.kind);
    Organisation made{.id = {},
                      .parent_id = parent.id,
                      .kind = draft.kind,
                      .path = {},
                      .depth = 0,
                      .name = draft.kind == Kind::class_ ? std::string() : tidy(draft.name.value_or("")),
                      .division_code = draft.division_code,
                      .direct = false,
                      .school_code = draft.kind == Kind::school ? draft.school_code : std::nullopt,
                      .school_kind = draft.kind == Kind::school ? draft.school_kind : std::nullopt,
                      .stage = draft.kind == Kind::class_ ? draft.stage : std::nullopt,
                      .entry_year = draft.kind == Kind::class_ ? draft.entry_year : std::nullopt,
                      .class_number = draft.kind == Kind::class_ ? draft.class_number : std::nullopt,
                      .valid_from = draft.valid_from.value_or(today()),
                      .valid_to = std::nullopt,
                      .version = 1};
    require_fit(made, parent, today());
    if (parent.valid_to) {
        throw Error(Fault::conflict, "organisations.parent_closed");
    }
    require_own_name(tx, made, made.valid_from, leaving);
    return made;
}

void Organisations::check(sql::Tx& tx,
                          const Caller& caller,
                          const Draft& draft,
                          const Leaving& leaving) const {
    const auto made = drafted(tx, caller, get(tx, draft.parent_id), draft, leaving);
    if (made.kind == Kind::school && was_school_code_used(tx, *made.school_code)) {
        throw Error::invalid("school_code", "organisations.school_code_taken");
    }
}

Organisation Organisations::create_below(sql::Tx& tx,
                                         const Caller& caller,
                                         const Organisation& parent,
                                         const Draft& draft,
                                         const Leaving& leaving) const {
    auto made = drafted(tx, caller, parent, draft, leaving);
    made.id = ids_.next<OrganisationId>();
    place_below(made, parent);
    if (made.kind == Kind::school) {
        claim_code(tx, made);
    }
    if (!store::insert(tx, made, store::keys_of(made))) {
        throw Error(Fault::conflict, "organisations.class_exists");
    }
    store::insert_state(tx,
                        ids_.next<OrganisationId>().value,
                        made.id,
                        state_of(made, HistoryChange::founded, made.valid_from),
                        clock_.now(),
                        caller.account);
    audit(tx, caller, "organisations.created", made);
    return made;
}

Organisation Organisations::change(sql::Tx& tx, const Caller& caller, const Change& change) const {
    auto organisation = get(tx, change.id);
    if (!may_edit(caller, organisation)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    if (organisation.version != change.version) {
        throw Error(Fault::conflict, "organisations.changed_meanwhile");
    }
    const auto last = store::last_state(tx, organisation.id);
    const auto day = day_of_change(change.effective_on, today(), organisation, last);
    const auto code_before = organisation.school_code;
    const auto name_before = organisation.name;
    auto what = apply(organisation, change);
    auto parent = get(tx, *organisation.parent_id);
    const bool moves = change.parent_id && *change.parent_id != parent.id;
    if (moves) {
        parent = get(tx, *change.parent_id);
        if (!may_move_below(organisation.kind, parent.kind)) {
            throw Error::invalid("parent_id", "organisations.wrong_place");
        }
        require_edit_below(caller, parent.path, organisation.kind);
        if (parent.valid_to) {
            throw Error(Fault::conflict, "organisations.parent_closed");
        }
    }
    require_fit(organisation, parent, today());
    if (moves) {
        move(tx, organisation, parent);
        what = HistoryChange::moved;
    }
    if (moves || organisation.name != name_before) {
        require_own_name(tx, organisation, day, {});
    }
    if (organisation.kind == Kind::school && organisation.school_code != code_before) {
        claim_code(tx, organisation);
    }
    if (organisation.kind == Kind::class_ && store::class_exists(tx, organisation)) {
        throw Error(Fault::conflict, "organisations.class_exists");
    }
    ++organisation.version;
    write(tx, organisation, clock_.now());
    store::end_last_state(tx, organisation.id, to_text(day), std::nullopt);
    store::insert_state(tx,
                        ids_.next<OrganisationId>().value,
                        organisation.id,
                        state_of(organisation, what, day),
                        clock_.now(),
                        caller.account);
    audit(tx, caller, "organisations.changed", organisation);
    if (organisation.name != name_before) {
        for (const auto& renamed : when_renamed_) {
            renamed(tx, organisation);
        }
    }
    return organisation;
}

void Organisations::adopt(
    sql::Tx& tx, const Caller& caller, const Organisation& from, OrganisationId to, Date day) const {
    const auto successor = get(tx, to);
    if (successor.id == from.id || successor.kind != from.kind || successor.valid_to) {
        throw Error::invalid("successor_id", "organisations.wrong_successor");
    }
    require_edit_below(caller, parent_path_of(successor), successor.kind);
    const auto children = store::open_children(tx, from.id, kMaxAdopted + 1);
    if (children.size() > kMaxAdopted) {
        throw Error(Fault::conflict, "organisations.move_too_large");
    }
    for (auto child : children) {
        if (child.kind == Kind::class_) {
            continue;  // the classes of a school end with it
        }
        if (namesake(tx, child, to, day, {})) {
            throw Error::invalid("successor_id", "organisations.namesake_there").with("name", child.name);
        }
        move(tx, child, successor);
        ++child.version;
        write(tx, child, clock_.now());
        store::end_last_state(tx, child.id, to_text(day), std::nullopt);
        store::insert_state(tx,
                            ids_.next<OrganisationId>().value,
                            child.id,
                            state_of(child, HistoryChange::moved, day),
                            clock_.now(),
                            caller.account);
    }
}

Organisation Organisations::relocate(sql::Tx& tx,
                                     const Caller& caller,
                                     Organisation organisation,
                                     const Organisation& parent,
                                     Date day,
                                     std::optional<int> class_number) const {
    if (organisation.valid_to || parent.valid_to) {
        throw Error(Fault::conflict,
                    organisation.valid_to ? "organisations.closed" : "organisations.parent_closed");
    }
    const auto last = store::last_state(tx, organisation.id);
    if (day > today() || (last && day < last->valid_from)) {
        throw Error::invalid("effective_on",
                             day > today() ? "organisations.future_day" : "organisations.before_last_change");
    }
    if (class_number && organisation.kind == Kind::class_) {
        organisation.class_number = class_number;
    }
    require_fit(organisation, parent, today());
    move(tx, organisation, parent);
    require_own_name(tx, organisation, day, {});
    if (organisation.kind == Kind::class_ && store::class_exists(tx, organisation)) {
        throw Error(Fault::conflict, "organisations.class_exists");
    }
    ++organisation.version;
    write(tx, organisation, clock_.now());
    store::end_last_state(tx, organisation.id, to_text(day), std::nullopt);
    store::insert_state(tx,
                        ids_.next<OrganisationId>().value,
                        organisation.id,
                        state_of(organisation, HistoryChange::moved, day),
                        clock_.now(),
                        caller.account);
    audit(tx, caller, "organisations.moved", organisation);
    return organisation;
}

std::vector<Organisation> Organisations::open_children(sql::Tx& tx, OrganisationId parent, int limit) const {
    return store::open_children(tx, parent, limit);
}

Date Organisations::state_since(sql::Tx& tx, const Organisation& organisation) const {
    const auto last = store::last_state(tx, organisation.id);
    return last ? last->valid_from : organisation.valid_from;
}

Attached Organisations::attached_to(sql::Tx& tx, const Organisation& organisation) const {
    return count_attached_ ? count_attached_(tx, organisation) : Attached();
}

BeforeClosing Organisations::before_closing(sql::Tx& tx, const Caller& caller, OrganisationId id) const {
    const auto organisation = get(tx, id);
    if (!organisation.parent_id || !may_edit_below(caller, parent_path_of(organisation), organisation.kind)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    const auto attached = attached_to(tx, organisation);
    return BeforeClosing{.id = id,
                         .version = organisation.version,
                         .open_below = store::count_open_children(tx, id),
                         .people = attached.people,
                         .certified = attached.certified,
                         .offices = attached.offices};
}

Organisation Organisations::close(sql::Tx& tx, const Caller& caller, const Closing& closing) const {
    auto organisation = get(tx, closing.id);
    if (!may_edit(caller, organisation)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    if (organisation.version != closing.version) {
        throw Error(Fault::conflict, "organisations.changed_meanwhile");
    }
    const auto last = store::last_state(tx, organisation.id);
    const auto day = closing.valid_to.value_or(today());
    if (organisation.valid_to) {
        throw Error(Fault::conflict, "organisations.closed");
    }
    if (last && day < last->valid_from) {
        throw Error::invalid("valid_to", "organisations.before_last_change");
    }
    const bool takes_children = organisation.kind == Kind::school || closing.successor_id;
    if (!takes_children && !store::open_children(tx, organisation.id, 1).empty()) {
        throw Error(Fault::conflict, "organisations.has_children");
    }
    const auto people = attached_to(tx, organisation).people;
    if (closing.people.value_or(0) != people) {
        throw Error(Fault::conflict, "organisations.has_people").with("people", std::to_string(people));
    }
    if (closing.successor_id) {
        adopt(tx, caller, organisation, *closing.successor_id, day);
    }
    if (organisation.kind == Kind::school) {
        store::end_states_of_children(tx, organisation.id, to_text(day));
        store::close_with(tx, organisation.id, to_text(day), clock_.now());
    }
    organisation.valid_to = day;
    ++organisation.version;
    write(tx, organisation, clock_.now());
    store::end_last_state(tx, organisation.id, to_text(day), closing.successor_id);
    audit(tx, caller, "organisations.closed", organisation);
    return organisation;
}

void Organisations::begin_again(sql::Tx& tx, const Caller& caller, const Organisation& organisation) const {
    auto day = today();
    if (const auto last = store::last_state(tx, organisation.id)) {
        day = std::max(day, last->valid_from);
    }
    store::end_states_by(tx, organisation.id, to_text(day));  // of a closing that lay ahead
    store::insert_state(tx,
                        ids_.next<OrganisationId>().value,
                        organisation.id,
                        state_of(organisation, HistoryChange::reopened, day),
                        clock_.now(),
                        caller.account);
}

std::vector<std::optional<Error>> Organisations::refusals_by_plans(sql::Tx& tx,
                                                                   const Caller& caller,
                                                                   std::span<const Request> requests) const {
    std::vector<Request> wanted(requests.begin(), requests.end());
    for (auto& request : wanted) {
        if (auto* change = std::get_if<Change>(&request)) {
            *change = what_changes(*change, find(tx, change->id));
        }
    }
    return against_plans_ ? against_plans_(tx, caller, wanted)
                          : std::vector<std::optional<Error>>(wanted.size());
}

Organisation Organisations::reopen(sql::Tx& tx, const Caller& caller, const Reopening& reopening) const {
    auto organisation = get(tx, reopening.id);
    if (!may_edit(caller, organisation)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    if (organisation.version != reopening.version) {
        throw Error(Fault::conflict, "organisations.changed_meanwhile");
    }
    if (!organisation.valid_to) {
        throw Error(Fault::conflict, "organisations.not_closed");
    }
    // Of a school that was merged nothing is left but its retired code: the classes are the successor's.
    const auto states = history(tx, organisation.id);
    const bool has_successor = !states.empty() && states.back().successor_id;
    if (has_successor && organisation.kind == Kind::school &&
        store::closed_with(tx, organisation.id).empty()) {
        throw Error(Fault::conflict, "organisations.went_into_another");
    }
    if (get(tx, *organisation.parent_id).valid_to) {
        throw Error(Fault::conflict, "organisations.parent_closed");
    }
    if (organisation.kind == Kind::class_ && store::class_exists(tx, organisation)) {
        throw Error(Fault::conflict, "organisations.class_exists");
    }
    if (namesake(tx, organisation, *organisation.parent_id, today(), {})) {
        throw Error(Fault::conflict, "organisations.name_taken");
    }
    organisation.valid_to = std::nullopt;
    ++organisation.version;
    write(tx, organisation, clock_.now());
    begin_again(tx, caller, organisation);
    for (auto& ended : store::closed_with(tx, organisation.id)) {
        ended.valid_to = std::nullopt;
        begin_again(tx, caller, ended);
    }
    store::open_again(tx, organisation.id, clock_.now());
    audit(tx, caller, "organisations.reopened", organisation);
    return organisation;
}

}  // namespace educard::organisations
