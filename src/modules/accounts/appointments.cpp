// Offices. The rules: an office fits one kind of organisation; only administrators appoint and end, and only
// strictly below the organisation of their own office; a province administrator, above whom nobody stands,
// may also appoint and end others of the province; nobody appoints or ends themselves. A class has one class
// teacher at a time.

#include "base/text.hpp"
#include "modules/accounts/accounts.hpp"
#include "modules/accounts/one_time_password.hpp"
#include "modules/accounts/passwords.hpp"
#include "modules/accounts/store.hpp"
#include "modules/accounts/user_names.hpp"

#include <algorithm>
#include <array>

namespace educard::accounts {

namespace {

using organisations::Kind;

constexpr auto kFurthestAhead = std::chrono::days(366);
constexpr int kMostReplacements = 8;  // of a class teacher, by others, while we replace one

bool fits(Role role, Kind kind) {
    switch (role) {
        case Role::province_admin:
            return kind == Kind::province;
        case Role::city_admin:
            return kind == Kind::city;
        case Role::county_admin:
            return kind == Kind::county || kind == Kind::unit;
        case Role::school_admin:
            return kind == Kind::school;
        case Role::class_teacher:
            return kind == Kind::class_;
        case Role::inspector:
            return kind != Kind::class_;
    }
    return false;
}

Time start_of_day_in_china(Date day) {
    return Time(std::chrono::sys_days(day)) - std::chrono::hours(8);
}

/// The days, where they were given, as moments.
Appoint with_moments(Appoint input) {
    if (input.begins_on) {
        input.starts_at = start_of_day_in_china(*input.begins_on);
    }
    if (input.ends_on) {
        input.ends_at = start_of_day_in_china(*input.ends_on) + std::chrono::days(1);
    }
    return input;
}

Office office_of(const store::OfficeRow& row, Time now) {
    Office office;
    static_cast<Appointment&>(office) = row;
    organisations::Organisation place;
    place.kind = row.kind;
    place.name = row.organisation;
    place.stage = row.stage;
    place.entry_year = row.entry_year;
    place.class_number = row.class_number;
    office.organisation = organisations::display_name(place, date_in_china(now));
    office.begins_on = date_in_china(row.starts_at);
    if (row.ends_at) {
        office.ends_on = date_in_china(*row.ends_at - Microseconds(1));
    }
    office.state = row.ends_at && *row.ends_at <= now ? OfficeState::former
                   : row.starts_at > now              ? OfficeState::upcoming
                                                      : OfficeState::present;
    return office;
}

void check_input(const Appoint& input,
                 const organisations::Organisation& organisation,
                 Time now,
                 Date today) {
    std::vector<FieldError> errors;
    if (!fits(input.role, organisation.kind)) {
        errors.push_back({"role", "accounts.role_does_not_fit"});
    }
    if (!organisation.is_open(today)) {
        errors.push_back({"organisation_id", "accounts.organisation_closed"});
    }
    if (input.starts_at && *input.starts_at > now + kFurthestAhead) {
        errors.push_back({input.begins_on ? "begins_on" : "starts_at", "accounts.begins_too_late"});
    }
    if (input.ends_at && (*input.ends_at <= now || *input.ends_at <= input.starts_at.value_or(now))) {
        errors.push_back({input.ends_on ? "ends_on" : "ends_at", "accounts.ends_too_early"});
    }
    if (input.name) {
        const auto name = tidy_name(*input.name);
        if (name.empty() || find_name_fault(name)) {
            errors.push_back({"name", name.empty() ? "required" : "accounts.name"});
        }
        if (auto fault = find_user_name_fault(input.user_name)) {
            errors.push_back({"user_name", *std::move(fault)});
        }
    }
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
}

}  // namespace

void Accounts::check_appointer(const Caller& caller,
                               const organisations::Organisation& organisation,
                               Role role) const {
    if (!may_administer(caller, organisation.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    const bool allowed = std::ranges::any_of(caller.grants, [&](const Grant& grant) {
        const bool above =
            grant.organisation != organisation.id || role == Role::province_admin || role == Role::inspector;
        return above && grant.role != Role::class_teacher && is_within(organisation.path, grant.path);
    });
    if (!allowed) {
        throw Error(Fault::forbidden, "accounts.only_from_above");
    }
}

Appointed Accounts::appoint(const Caller& caller, const Appoint& given) const {
    const auto input = with_moments(given);
    parts_.database.read([&](sql::Tx& tx) {
        const auto organisation = parts_.organisations.get(tx, input.organisation_id);
        check_appointer(caller, organisation, input.role);
        check_input(input, organisation, parts_.clock.now(), date_in_china(parts_.clock.now()));
    });
    Appointed result;
    std::optional<NewAccount> created;
    if (input.name) {
        result.one_time_password = make_one_time_password(parts_.random);
        result.one_time_password_expires_at = parts_.clock.now() + options_.one_time_password_life;
        created = NewAccount{.name = tidy_name(*input.name),
                             .user_name = tidy(input.user_name),
                             .password_hash = hash(*result.one_time_password),
                             .document = std::nullopt,
                             .birth_date = std::nullopt,
                             .phone = std::nullopt,
                             .consent = std::nullopt,
                             .language = caller.language,
                             .one_time_until = result.one_time_password_expires_at,
                             .created_by = caller.account};
    }
    result.appointment = parts_.database.write([&](sql::Tx& tx) {
        const auto account = created ? std::optional(create(tx, *created))
                                     : store::find_by_name(tx, user_name_key(input.user_name));
        if (!account) {
            throw Error::invalid("user_name", "accounts.user_name_unknown");
        }
        require_age_of_work(tx, *account);
        return insert_appointment(tx, caller, input, *account);
    });
    return result;
}

/// A mistyped user name must not make a pupil the class teacher. Labour Law, art. 15: sixteen.
void Accounts::require_age_of_work(sql::Tx& tx, AccountId account) const {
    constexpr int kAgeOfWork = 16;
    const auto born = store::find_account(tx, account)->birth_date;
    if (born && years_between(*born, date_in_china(parts_.clock.now())) < kAgeOfWork) {
        throw Error::invalid("user_name", "accounts.too_young");
    }
}

Appointment Accounts::insert_appointment(sql::Tx& tx,
                                         const Caller& caller,
                                         const Appoint& input,
                                         AccountId account) const {
    if (account == caller.account) {
        throw Error(Fault::forbidden, "accounts.own_appointment");
    }
    const auto organisation = parts_.organisations.get(tx, input.organisation_id);
    check_appointer(caller, organisation, input.role);  // once more, on the state that is written
    const auto now = parts_.clock.now();
    store::close_expired(tx, organisation.id, now);
    const auto starts_at = std::max(input.starts_at.value_or(now), now);
    const bool replaces = input.role == Role::class_teacher && input.replace.value_or(false);
    Appointment appointment;
    appointment.id = parts_.ids.next<AppointmentId>();
    appointment.account_id = account;
    appointment.role = input.role;
    appointment.organisation_id = organisation.id;
    appointment.starts_at = starts_at;
    appointment.ends_at = input.ends_at;
    appointment.appointed_by = caller.account;
    // Somebody else may appoint for the same class at the same time; what stood in the way is visible then.
    for (int attempt = 0; attempt < kMostReplacements; ++attempt) {
        if (replaces) {
            end_present(tx, caller, organisation, now);
        } else if (input.role == Role::class_teacher &&
                   !store::appointments_of(tx, organisation.id, now, 0, 1).empty()) {
            throw Error(Fault::conflict, "accounts.class_has_teacher");
        }
        if (store::insert_appointment(tx, appointment)) {
            audit(tx, caller, "accounts.appointed", organisation.path, account);
            return store::find_appointment(tx, appointment.id).value();
        }
    }
    throw Error(Fault::conflict, "accounts.office_held");
}

/// The class has no teacher after this.
void Accounts::end_present(sql::Tx& tx,
                           const Caller& caller,
                           const organisations::Organisation& organisation,
                           Time now) const {
    for (const auto& present : store::appointments_of(tx, organisation.id, now, 0, 10)) {
        if (store::end_appointment(tx, present.id, caller.account, now)) {
            audit(tx, caller, "accounts.appointment_ended", organisation.path, present.account_id);
        }
    }
}

void Accounts::end_appointment(sql::Tx& tx, const Caller& caller, AppointmentId id) const {
    const auto appointment = store::find_appointment(tx, id);
    if (!appointment) {
        throw Error(Fault::not_found, "accounts.appointment_unknown");
    }
    const auto organisation = parts_.organisations.get(tx, appointment->organisation_id);
    if (!may_administer(caller, organisation.path)) {
        throw Error(Fault::not_found, "accounts.appointment_unknown");
    }
    if (appointment->account_id == caller.account) {
        throw Error(Fault::forbidden, "accounts.own_appointment");
    }
    check_appointer(caller, organisation, appointment->role);
    if (!store::end_appointment(tx, id, caller.account, parts_.clock.now())) {
        throw Error(Fault::not_found, "accounts.appointment_unknown");
    }
    audit(tx, caller, "accounts.appointment_ended", organisation.path, appointment->account_id);
}

std::vector<Appointment> Accounts::appointments(sql::Tx& tx,
                                                const Caller& caller,
                                                OrganisationId organisation,
                                                bool below,
                                                std::int64_t cursor,
                                                int limit) const {
    const auto found = parts_.organisations.get(tx, organisation);
    if (!may_administer(caller, found.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    const auto now = parts_.clock.now();
    return below ? store::appointments_below(tx, found.path, end_of_subtree(found.path), now, cursor, limit)
                 : store::appointments_of(tx, organisation, now, cursor, limit);
}

std::vector<Office> Accounts::offices(sql::Tx& tx, const Caller& caller, const OfficesQuery& query) const {
    const auto found = parts_.organisations.get(tx, query.organisation_id);
    if (!may_administer(caller, found.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    const auto now = parts_.clock.now();
    std::vector<Office> list;
    for (const auto& row : store::offices(tx, query, found.path, now)) {
        list.push_back(office_of(row, now));
        list.back().state = query.state;
    }
    return list;
}

std::vector<Office> Accounts::offices_of(sql::Tx& tx, AccountId account) const {
    const auto now = parts_.clock.now();
    std::vector<Office> list;
    for (const auto& row : store::offices_of(tx, account, now)) {
        list.push_back(office_of(row, now));
    }
    return list;
}

std::optional<Appointment> Accounts::find_appointment(sql::Tx& tx, AppointmentId id) const {
    return store::find_appointment(tx, id);
}

void Accounts::require_appointer(sql::Tx& tx,
                                 const Caller& caller,
                                 OrganisationId organisation,
                                 Role role) const {
    check_appointer(caller, parts_.organisations.get(tx, organisation), role);
}

void Accounts::check_office(sql::Tx& tx, const Caller& caller, const Appoint& input) const {
    const auto organisation = parts_.organisations.get(tx, input.organisation_id);
    check_appointer(caller, organisation, input.role);
    check_input(with_moments(input), organisation, parts_.clock.now(), date_in_china(parts_.clock.now()));
}

Appointment Accounts::appoint_account(sql::Tx& tx,
                                      const Caller& caller,
                                      const Appoint& input,
                                      AccountId account) const {
    check_office(tx, caller, input);
    require_age_of_work(tx, account);
    return insert_appointment(tx, caller, with_moments(input), account);
}

bool Accounts::end_office(sql::Tx& tx,
                          const Caller& caller,
                          const Appointment& office,
                          std::optional<Time> at) const {
    const auto now = parts_.clock.now();
    const bool ended = at && *at > now ? store::shorten_appointment(tx, office.id, *at)
                                       : store::end_appointment(tx, office.id, caller.account, now);
    if (ended) {
        const auto organisation = parts_.organisations.get(tx, office.organisation_id);
        audit(tx, caller, "accounts.appointment_ended", organisation.path, office.account_id);
    }
    return ended;
}

Caller Accounts::acting_as(sql::Tx& tx, AccountId account) const {
    const auto now = parts_.clock.now();
    Caller caller;
    caller.account = account;
    for (const auto& row : store::grants(tx, account, now, date_in_china(now))) {
        caller.grants.push_back(store::grant_of(row.role, row.organisation_id, row.path, row.kind));
    }
    keep_to_acting(caller);
    return caller;
}

std::vector<Appointment> Accounts::holders(sql::Tx& tx, OrganisationId organisation, Role role) const {
    return store::holders(tx, organisation, role, parts_.clock.now());
}

std::int64_t Accounts::count_offices(sql::Tx& tx, OrganisationId organisation) const {
    return store::count_offices(tx, organisation, parts_.clock.now());
}

bool Accounts::appoint_directly(sql::Tx& tx,
                                AccountId account,
                                Role role,
                                OrganisationId organisation) const {
    return appoint_directly(tx, account, role, parts_.organisations.get(tx, organisation));
}

bool Accounts::appoint_directly(sql::Tx& tx,
                                AccountId account,
                                Role role,
                                const organisations::Organisation& organisation) const {
    if (!fits(role, organisation.kind)) {
        throw Error::invalid("role", "accounts.role_does_not_fit");
    }
    Appointment appointment;
    appointment.id = parts_.ids.next<AppointmentId>();
    appointment.account_id = account;
    appointment.role = role;
    appointment.organisation_id = organisation.id;
    appointment.starts_at = parts_.clock.now();
    store::close_expired(tx, organisation.id, appointment.starts_at);
    const bool made = store::insert_appointment(tx, appointment);
    if (made) {
        audit(tx, Caller{}, "accounts.appointed", organisation.path, account);
    }
    return made;
}

AccountId Accounts::create_first_administrator(const std::string& user_name,
                                               const std::string& name,
                                               const std::string& password) const {
    std::vector<FieldError> errors;
    if (auto fault = find_user_name_fault(user_name)) {
        errors.push_back({"user_name", *std::move(fault)});
    }
    if (find_name_fault(tidy_name(name))) {
        errors.push_back({"name", "accounts.name"});
    }
    const std::array<std::string, 1> personal{user_name_key(user_name)};
    if (auto fault = find_password_fault(password, personal)) {
        errors.push_back({"password", *std::move(fault)});
    }
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    NewAccount account;
    account.name = tidy_name(name);
    account.user_name = tidy(user_name);
    account.password_hash = hash(password);
    return parts_.database.write([&](sql::Tx& tx) {
        const auto province = store::find_root(tx);
        if (!province) {
            throw Error(Fault::conflict, "accounts.no_province");
        }
        const auto id = create(tx, account);
        appoint_directly(tx, id, Role::province_admin, *province);
        return id;
    });
}

}  // namespace educard::accounts
