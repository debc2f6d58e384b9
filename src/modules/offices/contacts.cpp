// Contact persons, and the organisations that have none.

#include "base/error.hpp"
#include "base/text.hpp"
#include "modules/offices/fields.hpp"
#include "modules/offices/offices.hpp"
#include "modules/offices/store.hpp"

#include <algorithm>
#include <ranges>
#include <set>

namespace educard::offices {

namespace {

constexpr std::chrono::days kMemory{180};
constexpr std::int64_t kMostContacts = 10;  // of one organisation

store::ContactRecord record_of(const Offices&, const ContactFields& fields, Time now, const Caller& caller) {
    return {.id = {},
            .organisation_id = {},
            .name = fields.name,
            .duty = fields.duty,
            .phone = fields.phone,
            .mail = fields.mail,
            .account_id = std::nullopt,
            .changed_at = now,
            .changed_by = caller.account};
}

}  // namespace

Offices::Offices(const Parts& parts) : parts_(parts), index_(parts.keys) {}

organisations::Organisation Offices::require_administered(sql::Tx& tx,
                                                          const Caller& caller,
                                                          OrganisationId id) const {
    auto organisation = parts_.organisations.get(tx, id);
    if (!may_administer(caller, organisation.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    return organisation;
}

void Offices::audit(sql::Tx& tx,
                    const Caller& caller,
                    std::string action,
                    const organisations::Organisation& organisation,
                    std::string subject_kind,
                    std::int64_t subject) const {
    parts_.audit.record(tx,
                        caller,
                        AuditEntry{.action = std::move(action),
                                   .organisation_path = organisation.path,
                                   .subject_kind = std::move(subject_kind),
                                   .subject = std::to_string(subject),
                                   .details = ""});
}

Contact Offices::require_contact(sql::Tx& tx, const Caller& caller, ContactId id) const {
    const auto contact = store::find_contact(tx, id);
    const auto organisation =
        contact ? parts_.organisations.find(tx, contact->organisation_id) : std::nullopt;
    if (!organisation || !may_administer(caller, organisation->path)) {
        throw Error(Fault::not_found, "offices.contact_unknown");
    }
    return *contact;
}

Contact Offices::add_contact(sql::Tx& tx, const Caller& caller, const ContactInput& input) const {
    const auto organisation = require_administered(tx, caller, input.organisation_id);
    auto fields = tidy_fields(input.name, input.duty, input.phone, input.mail);
    require_valid(fields);
    if (organisation.kind == organisations::Kind::class_) {
        throw Error::invalid("organisation_id", "offices.no_contact_of_class");
    }
    if (!organisation.is_open(parts_.organisations.today())) {
        throw Error::invalid("organisation_id", "accounts.organisation_closed");
    }
    if (store::count_contacts(tx, organisation.id) >= kMostContacts) {
        throw Error(Fault::conflict, "offices.too_many_contacts");
    }
    auto row = record_of(*this, fields, parts_.clock.now(), caller);
    row.id = parts_.ids.next<ContactId>();
    row.organisation_id = organisation.id;
    if (input.user_name && !tidy(*input.user_name).empty()) {
        const auto account = parts_.accounts.find_by_user_name(tx, *input.user_name);
        if (!account) {
            throw Error::invalid("user_name", "accounts.user_name_unknown");
        }
        row.account_id = account->id;
    }
    store::insert_contact(tx, row);
    audit(tx, caller, "offices.contact_added", organisation, "contact_person", row.id.value);
    return store::find_contact(tx, row.id).value();
}

Contact Offices::change_contact(sql::Tx& tx, const Caller& caller, const ContactChange& input) const {
    const auto before = require_contact(tx, caller, input.id);
    const auto fields = tidy_fields(input.name, input.duty, input.phone, input.mail);
    require_valid(fields);
    auto row = record_of(*this, fields, parts_.clock.now(), caller);
    row.id = input.id;
    row.version = input.version;
    if (!store::update_contact(tx, row)) {
        throw Error(Fault::conflict, "offices.changed_meanwhile");
    }
    audit(tx,
          caller,
          "offices.contact_changed",
          parts_.organisations.get(tx, before.organisation_id),
          "contact_person",
          input.id.value);
    return store::find_contact(tx, input.id).value();
}

void Offices::remove_contact(sql::Tx& tx, const Caller& caller, ContactId id) const {
    const auto before = require_contact(tx, caller, id);
    if (!store::delete_contact(tx, id)) {
        throw Error(Fault::not_found, "offices.contact_unknown");
    }
    audit(tx,
          caller,
          "offices.contact_removed",
          parts_.organisations.get(tx, before.organisation_id),
          "contact_person",
          id.value);
}

std::vector<Contact> Offices::contacts(sql::Tx& tx, const Caller& caller, const ContactsQuery& query) const {
    const auto organisation = require_administered(tx, caller, query.organisation_id);
    return store::contacts(tx, query, organisation.path);
}

std::vector<Contact> Offices::contacts_above(sql::Tx& tx, const Caller& caller) const {
    std::vector<Contact> list;
    std::set<OrganisationId> seen;
    for (const auto& grant : caller.grants) {
        for (const auto& one :
             parts_.organisations.line(tx, parts_.organisations.get(tx, grant.organisation)) |
                 std::views::reverse) {
            if (one.id != grant.organisation && seen.insert(one.id).second) {
                std::ranges::move(store::contacts_of(tx, one.id), std::back_inserter(list));
            }
        }
    }
    return list;
}

GapCounts Offices::count_gaps(sql::Tx& tx, const Caller& caller, OrganisationId id) const {
    using organisations::Kind;
    constexpr int kMostBelow = 200;
    const auto organisation = require_administered(tx, caller, id);
    const auto today = to_text(parts_.organisations.today());
    const auto count = [&](const organisations::Organisation& one) {
        const auto counted = store::count_gaps(tx, one.path, today);
        return GapCount{.id = one.id,
                        .name = organisations::display_name(one, parts_.organisations.today()),
                        .kind = one.kind,
                        .organisations = counted.organisations,
                        .without = counted.without};
    };
    GapCounts counts{.all = count(organisation), .below = {}};
    for (const auto& child : parts_.organisations.open_children(tx, id, kMostBelow)) {
        if (child.kind != Kind::school && child.kind != Kind::class_) {
            counts.below.push_back(count(child));
        }
    }
    return counts;
}

Gaps Offices::gaps(sql::Tx& tx,
                   const Caller& caller,
                   OrganisationId id,
                   std::optional<organisations::Kind> kind,
                   const std::string& after,
                   int limit) const {
    const auto organisation = require_administered(tx, caller, id);
    auto rows = store::gaps(tx,
                            organisation.path,
                            kind ? boost::describe::enum_to_string(*kind, "") : "",
                            after,
                            to_text(parts_.organisations.today()),
                            limit + 1);
    Gaps gaps;
    if (rows.size() > static_cast<std::size_t>(limit)) {
        rows.pop_back();
        gaps.next = rows.back().path;
    }
    gaps.items.assign(rows.begin(), rows.end());
    return gaps;
}

void Offices::contacts_follow(sql::Tx& tx, OrganisationId from, OrganisationId to) const {
    if (store::count_contacts(tx, to) == 0) {
        store::move_contacts(tx, from, to);
    }
}

std::optional<std::string> Offices::name_of(sql::Tx& tx, AccountId account) const {
    const auto found = parts_.accounts.find(tx, account);
    return found ? std::optional(found->name) : std::nullopt;
}

std::int64_t Offices::sweep(sql::Tx& tx) const {
    return store::sweep(tx, parts_.clock.now() - kMemory);
}

}  // namespace educard::offices
