// The school's side of a beginning: one-time codes for named guardians, handed over on paper.

#include "base/error.hpp"
#include "base/text.hpp"
#include "modules/families/acting.hpp"
#include "crypto/hand_code.hpp"
#include "modules/families/families.hpp"
#include "modules/families/store.hpp"

namespace educard::families {

InvitationView Families::invite(sql::Tx& tx, const Caller& caller, const Invite& input) const {
    const auto name = tidy_name(input.guardian_name);
    if (name.empty() || find_name_fault(name)) {
        throw Error::invalid("guardian_name", name.empty() ? "required" : "accounts.name");
    }
    const auto child = find_child(tx, caller, input);
    if (name_key(name) == name_key(child.name)) {
        throw Error::invalid("guardian_name", "accounts.own_guardian");
    }
    if (stage_of(child) == Stage::adult) {
        throw Error(Fault::conflict, "families.grown_up");
    }
    const auto now = parts_.clock.now();
    if (store::invitations_of(tx, child.person, now).size() >= kMostInvitations) {
        throw Error(Fault::conflict, "families.too_many");
    }
    const auto code = crypto::make_code(parts_.random);
    const auto id = parts_.ids.next<InvitationId>();
    const store::InvitationRow row{
        .digest = digest_of(code),
        .id = id,
        .person_id = child.person,
        .guardian_name = cipher_.seal(name, {"family_invitation", "guardian_name", id.value}),
        .relation = input.relation,
        .rights = input.rights,
        .made_by = caller.account,
        .made_at = now,
        .expires_at = now + kInvitationLife,
        .used_by = std::nullopt,
        .link_id = std::nullopt};
    EDU_ASSERT(store::insert_invitation(tx, row));
    parts_.audit.record(tx,
                        caller,
                        AuditEntry{.action = "families.invited",
                                   .organisation_path = child.path,
                                   .subject_kind = "person",
                                   .subject = std::to_string(child.person.value),
                                   .details = ""});
    return {.id = id,
            .child_name = child.name,
            .guardian_name = name,
            .relation = row.relation,
            .rights = row.rights,
            .made_by = std::nullopt,
            .made_at = row.made_at,
            .expires_at = row.expires_at,
            .code = code};
}

void Families::withdraw_invitation(sql::Tx& tx, const Caller& caller, InvitationId id) const {
    const auto row = store::find_invitation(tx, id);
    const auto child = row ? parts_.children.find(tx, row->person_id) : std::nullopt;
    if (!child || !may_speak_for_school(caller, *child) || !store::delete_invitation(tx, row->digest)) {
        throw Error(Fault::not_found, "families.invitation_unknown");
    }
    parts_.audit.record(tx,
                        caller,
                        AuditEntry{.action = "families.invitation_withdrawn",
                                   .organisation_path = child->path,
                                   .subject_kind = "person",
                                   .subject = std::to_string(child->person.value),
                                   .details = ""});
}

GuardiansOfChild Families::guardians_of(sql::Tx& tx, const Caller& caller, const ChildRef& ref) const {
    const auto child = find_child(tx, caller, ref);
    GuardiansOfChild result{.child_name = child.name,
                            .school = child.school,
                            .class_name = child.class_name,
                            .stage = stage_of(child),
                            .links = {},
                            .invitations = {}};
    for (const auto& row : store::links_of_child(tx, child.person)) {
        result.links.push_back(view_of(row, child));
    }
    for (const auto& row : store::invitations_of(tx, child.person, parts_.clock.now())) {
        const auto maker = parts_.accounts.find(tx, row.made_by);
        result.invitations.push_back(
            {.id = row.id,
             .child_name = child.name,
             .guardian_name =
                 cipher_.open(row.guardian_name, {"family_invitation", "guardian_name", row.id.value}),
             .relation = row.relation,
             .rights = row.rights,
             .made_by = maker ? std::optional(maker->name) : std::nullopt,
             .made_at = row.made_at,
             .expires_at = row.expires_at,
             .code = std::nullopt});
    }
    return result;
}

}  // namespace educard::families
