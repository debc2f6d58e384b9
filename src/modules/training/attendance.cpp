// Signing up, and who was there.
#include "base/text.hpp"
#include "modules/accounts/accounts.hpp"
#include "modules/training/store.hpp"

#include <algorithm>

namespace educard::training {

namespace {

constexpr int kAttendees = 100;
constexpr auto kDoorsOpen = std::chrono::minutes(60);  // before it begins, and after it ends

Error not_invited() {
    return {Fault::forbidden, "training.not_invited"};
}

std::vector<Grant> grants_of(const std::vector<store::Office>& offices) {
    std::vector<Grant> grants;
    for (const auto& office : offices) {
        grants.push_back({office.role, office.organisation_id, office.path});
    }
    return grants;
}

void check_doors(const store::SessionRow& session, Time now) {
    if (session.state == State::cancelled) {
        throw Error(Fault::conflict, "training.cancelled");
    }
    if (session.begins_at > now + kDoorsOpen) {
        throw Error(Fault::conflict, "training.not_begun");
    }
}

}  // namespace

SessionView Training::sign_up(sql::Tx& tx, const Caller& caller, SessionId id) const {
    const auto session = readable(tx, caller, id);
    const auto as = invited_as(tx, caller.grants, id);
    if (!as) {
        throw not_invited();
    }
    if (session.state == State::cancelled) {
        throw Error(Fault::conflict, "training.cancelled");
    }
    const auto now = parts_.clock.now();
    if (session.sign_up_until < now) {
        throw Error(Fault::conflict, "training.sign_up_over");
    }
    const auto before = store::find_attendance(tx, id, caller.account);
    if (before && (before->signed_up || before->attended)) {
        return get(tx, caller, id);
    }
    if (!store::take_seat(tx, id)) {
        throw Error(Fault::conflict, "training.full");
    }
    const bool done =
        before ? store::set_signed_up(tx, id, caller.account, true, now)
               : store::insert_attendance(
                     tx, {id, caller.account, as->organisation_id, as->role, true, false, ""}, now);
    if (!done) {
        throw Error(Fault::conflict, "training.changed_meanwhile");  // signed up twice at the same time
    }
    return get(tx, caller, id);
}

SessionView Training::sign_off(sql::Tx& tx, const Caller& caller, SessionId id) const {
    readable(tx, caller, id);
    if (store::set_signed_up(tx, id, caller.account, false, parts_.clock.now())) {
        store::give_seat_back(tx, id);
    }
    return get(tx, caller, id);
}

void Training::attend(sql::Tx& tx,
                      SessionId session,
                      AccountId account,
                      const std::vector<Grant>& grants,
                      std::string_view how) const {
    const auto now = parts_.clock.now();
    if (store::find_attendance(tx, session, account)) {
        store::set_attended(tx, session, account, true, how, now);
        return;
    }
    const auto as = invited_as(tx, grants, session);
    if (!as) {
        throw not_invited();
    }
    store::insert_attendance(
        tx, {session, account, as->organisation_id, as->role, false, true, std::string(how)}, now);
}

SessionView Training::check_in(sql::Tx& tx, const Caller& caller, const CheckIn& input) const {
    const auto session = readable(tx, caller, input.id);
    if (session.state == State::cancelled) {
        throw Error(Fault::conflict, "training.cancelled");
    }
    const auto now = parts_.clock.now();
    if (now < session.begins_at - kDoorsOpen || now > session.ends_at + kDoorsOpen) {
        throw Error(Fault::conflict, "training.doors_closed");
    }
    if (tidy(input.code) != session.room_code) {
        throw Error::invalid("code", "training.wrong_code");
    }
    attend(tx, input.id, caller.account, caller.grants, "code");
    return get(tx, caller, input.id);
}

AttendeeSlice Training::attendees(sql::Tx& tx, const Caller& caller, const AttendeesInput& input) const {
    organised(tx, caller, input.id);
    auto rows = store::attendees(tx, input.id, input.after.value_or(AccountId{}), kAttendees + 1);
    AttendeeSlice slice;
    if (rows.size() > kAttendees) {
        rows.pop_back();
        slice.next = std::to_string(rows.back().account_id.value);
    }
    for (auto& row : rows) {
        const auto organisation = parts_.organisations.get(tx, row.organisation_id);
        slice.items.push_back({row.account_id,
                               std::move(row.name),
                               row.organisation_id,
                               organisations::display_name(organisation, parts_.organisations.today()),
                               row.role,
                               row.signed_up,
                               row.attended,
                               std::move(row.how)});
    }
    return slice;
}

void Training::tick(sql::Tx& tx, const Caller& caller, const Ticks& input) const {
    const auto session = organised(tx, caller, input.id);
    check_doors(session, parts_.clock.now());
    for (std::size_t at = 0; at < input.account_ids.items.size(); ++at) {
        const auto account = input.account_ids.items[at];
        if (!store::find_attendance(tx, input.id, account)) {
            throw Error::invalid("account_ids[" + std::to_string(at) + "]", "training.not_signed_up");
        }
        store::set_attended(
            tx, input.id, account, input.attended, input.attended ? "list" : "", parts_.clock.now());
    }
    audit(tx, caller, "training.attendance", session);
}

void Training::tick_by_name(sql::Tx& tx, const Caller& caller, const ByName& input) const {
    const auto session = organised(tx, caller, input.id);
    check_doors(session, parts_.clock.now());
    const auto account = parts_.accounts.find_by_user_name(tx, input.user_name);
    const auto grants =
        account ? grants_of(store::offices_of(tx, account->id, parts_.clock.now())) : std::vector<Grant>();
    // One answer for both: nobody learns here which user names there are.
    if (!account || !invited_as(tx, grants, input.id)) {
        throw Error::invalid("user_name", "training.nobody_invited");
    }
    attend(tx, input.id, account->id, grants, "list");
    audit(tx, caller, "training.attendance", session);
}

}  // namespace educard::training
