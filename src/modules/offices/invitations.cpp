// Somebody is asked to take an office on: with a code that is shown once, and goes to a telephone where
// messages are sent. Who accepts has the office in the name of who invited, whose right to give it is looked
// at once more.

#include "base/error.hpp"
#include "base/text.hpp"
#include "crypto/hand_code.hpp"
#include "modules/offices/offers.hpp"

#include <fmt/format.h>

namespace educard::offices {

namespace {

using organisations::display_name;

std::string_view word_of(Role role) {
    switch (role) {
        case Role::province_admin:
            return "省级管理员";
        case Role::city_admin:
            return "市级管理员";
        case Role::county_admin:
            return "县区管理员";
        case Role::school_admin:
            return "学校管理员";
        case Role::class_teacher:
            return "班主任";
        case Role::inspector:
            return "督导";
    }
    return "";
}

Error code_unknown() {
    return Error::invalid("code", "offices.code_unknown");
}

}  // namespace

InvitationView Offices::view_of(sql::Tx& tx, const store::InvitationRow& row) const {
    InvitationView view{.id = row.id,
                        .name = row.name,
                        .offices = {},
                        .begins_on = row.begins_on,
                        .ends_on = row.ends_on,
                        .made_by = name_of(tx, row.made_by),
                        .made_at = row.made_at,
                        .expires_at = row.expires_at,
                        .state = row.state,
                        .answered_at = row.answered_at,
                        .code = std::nullopt};
    if (row.state == InvitationState::waiting && row.expires_at <= parts_.clock.now()) {
        view.state = InvitationState::expired;
    }
    const auto today = parts_.organisations.today();
    for (const auto& offer : json::decode<std::vector<Offer>>(row.offices)) {
        OfferedOffice office{
            .organisation_id = offer.organisation_id, .organisation = {}, .role = offer.role};
        if (const auto place = parts_.organisations.find(tx, offer.organisation_id)) {
            office.organisation = display_name(*place, today);
            if (place->kind == organisations::Kind::class_) {
                office.organisation =
                    parts_.organisations.school_of(tx, *place).name + " " + office.organisation;
            }
        }
        if (offer.takes_over) {
            const auto present =
                parts_.accounts.find_appointment(tx, accounts::AppointmentId{*offer.takes_over});
            office.present = present ? std::optional(present->name) : std::nullopt;
        }
        view.offices.push_back(std::move(office));
    }
    return view;
}

InvitationView Offices::make_invitation(sql::Tx& tx,
                                        const Caller& caller,
                                        const Invite& input,
                                        const std::vector<Offer>& offers) const {
    const auto name = tidy_name(input.name);
    if (name.empty() || find_name_fault(name)) {
        throw Error::invalid("name", name.empty() ? "required" : "accounts.name");
    }
    const auto typed = tidy(input.phone.value_or(""));
    const auto phone = applications::normalise_phone(typed);
    if (!typed.empty() && !phone) {
        throw Error::invalid("phone", "accounts.phone");
    }
    const auto now = parts_.clock.now();
    const auto code = crypto::make_code(parts_.random);
    const store::InvitationRow row{.digest = index_.of("office.code", code),
                                   .id = parts_.ids.next<InvitationId>(),
                                   .organisation_id = input.organisation_id,
                                   .offices = json::encode(offers),
                                   .name = name,
                                   .begins_on = input.begins_on,
                                   .ends_on = input.ends_on,
                                   .made_by = caller.account,
                                   .made_at = now,
                                   .expires_at = now + kInvitationLife,
                                   .state = InvitationState::waiting,
                                   .answered_by = std::nullopt,
                                   .answered_at = std::nullopt};
    EDU_ASSERT(store::insert_invitation(tx, row));
    const auto organisation = parts_.organisations.get(tx, input.organisation_id);
    audit(tx, caller, "offices.invited", organisation, "office_invitation", row.id.value);
    auto view = view_of(tx, row);
    if (phone && parts_.sms.is_available()) {
        // The code is shown too, so nothing is lost when no message may leave now.
        view.sent = parts_.sms.try_send(
            tx,
            *phone,
            fmt::format("{}您好，邀请您担任{}的{}。请在{}天内打开 {}/office-invitation 并输入邀请码 {}",
                        name,
                        view.offices.front().organisation,
                        word_of(input.role),
                        kInvitationLife.count(),
                        parts_.origin,
                        code),
            kInvitationLife);
    }
    view.code = code;
    return view;
}

InvitationView Offices::invite(sql::Tx& tx, const Caller& caller, const Invite& input) const {
    accounts::Appoint office;
    office.organisation_id = input.organisation_id;
    office.role = input.role;
    office.begins_on = input.begins_on;
    office.ends_on = input.ends_on;
    parts_.accounts.check_office(tx, caller, office);
    return make_invitation(tx,
                           caller,
                           input,
                           {Offer{.organisation_id = input.organisation_id,
                                  .role = input.role,
                                  .takes_over = std::nullopt,
                                  .ends_at = std::nullopt,
                                  .replace = input.replace.value_or(false)}});
}

std::vector<InvitationView> Offices::invitations(
    sql::Tx& tx, const Caller& caller, OrganisationId id, std::int64_t before, int limit) const {
    const auto organisation = require_administered(tx, caller, id);
    std::vector<InvitationView> list;
    for (const auto& row : store::invitations(tx, organisation.path, before, limit)) {
        list.push_back(view_of(tx, row));
    }
    return list;
}

void Offices::revoke(sql::Tx& tx, const Caller& caller, InvitationId id) const {
    const auto row = store::find_invitation(tx, id);
    const auto organisation = row ? parts_.organisations.find(tx, row->organisation_id) : std::nullopt;
    if (!organisation || !may_administer(caller, organisation->path)) {
        throw Error(Fault::not_found, "offices.invitation_unknown");
    }
    for (const auto& offer : json::decode<std::vector<Offer>>(row->offices)) {
        parts_.accounts.require_appointer(tx, caller, offer.organisation_id, offer.role);
    }
    if (!store::answer(tx, row->digest, InvitationState::revoked, std::nullopt, parts_.clock.now())) {
        throw Error(Fault::conflict, "offices.answered_already");
    }
    audit(tx, caller, "offices.invitation_revoked", *organisation, "office_invitation", id.value);
}

store::InvitationRow Offices::require_waiting(sql::Tx& tx, const std::string& text) const {
    const auto code = crypto::read_code(text);
    auto row = code ? store::find_invitation(tx, index_.of("office.code", *code)) : std::nullopt;
    if (!row || row->state == InvitationState::revoked || row->expires_at <= parts_.clock.now()) {
        throw code_unknown();
    }
    return *std::move(row);
}

InvitationView Offices::look_at(sql::Tx& tx, const Caller& caller, const std::string& code) const {
    const auto row = require_waiting(tx, code);
    if (row.answered_by && row.answered_by != caller.account) {
        throw code_unknown();
    }
    return view_of(tx, row);
}

InvitationView Offices::answer(sql::Tx& tx, const Caller& caller, const Answer& answer) const {
    const auto row = require_waiting(tx, answer.code);
    const auto wanted = answer.accept ? InvitationState::accepted : InvitationState::declined;
    if (row.answered_by) {
        if (row.answered_by == caller.account && row.state == wanted) {
            return view_of(tx, row);
        }
        throw code_unknown();
    }
    const auto account = parts_.accounts.find(tx, caller.account).value();
    if (name_key(account.name) != name_key(row.name)) {
        throw Error(Fault::conflict, "offices.other_name");
    }
    if (!store::answer(tx, row.digest, wanted, caller.account, parts_.clock.now())) {
        throw code_unknown();
    }
    const auto organisation = parts_.organisations.get(tx, row.organisation_id);
    audit(tx,
          caller,
          answer.accept ? "offices.invitation_accepted" : "offices.invitation_declined",
          organisation,
          "office_invitation",
          row.id.value);
    if (answer.accept) {
        const auto giver = parts_.accounts.acting_as(tx, row.made_by);
        std::vector<accounts::Appointment> made;
        for (const auto& offer : json::decode<std::vector<Offer>>(row.offices)) {
            take_over(tx, giver, offer, caller.account, row.begins_on, row.ends_on, made);
        }
    }
    return view_of(tx, store::find_invitation(tx, row.digest).value());
}

}  // namespace educard::offices
